/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the lines of a source become when the edits of a finding are made. */
#ifndef RP_FACTS_SOURCE_EDITS_H
#define RP_FACTS_SOURCE_EDITS_H

#include "facts/source_facts.h"
#include "rust/rule.h"

/* Fills changes and nchanges of `to` from the edits of `note`: one for each line that an edit
 * begins on, in the order of the files and lines. False when out of memory. */
RP_MUST_CHECK bool rp_source_changes(rp_rust_crate *c, const rp_rule_note *note, rp_arena *arena,
                                     rp_rust_note *to);

#endif
