/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Released compilers by commit. releases.inc is written by tools/gen_releases.py. */
#ifndef RP_ORIGIN_RELEASE_H
#define RP_ORIGIN_RELEASE_H

#include "base/base.h"

typedef struct {
    const char *commit; /* 40 hex digits */
    const char *version;
    const char *date; /* of the commit */
} rp_release;

/* The release whose commit begins with `commit` (nine digits at least), or NULL. */
const rp_release *rp_release_of(rp_str commit);

#endif
