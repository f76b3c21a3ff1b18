/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A line of a registry's index at a glance: three members of its object, found without a tree of
 * the rest, which for a crate with many features is most of the time of a run. */
#ifndef RP_CARGO_INDEX_LINE_H
#define RP_CARGO_INDEX_LINE_H

#include "base/base.h"

typedef struct {
    rp_str checksum, published; /* borrowed from the line, "" when it has none */
    bool yanked;
} rp_index_line;

/* False: no plain object with each of them at most once and without escapes; a real reader of JSON
 * must say what it is. What lies inside of other members is only skipped. */
bool rp_index_line_glance(rp_str line, rp_index_line *ret);

#endif
