/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Comments in the source that allow findings: `// rustproof: allow(RP5103, unsafe-scope) reason`,
 * on the line of the finding or above it. */
#ifndef RP_FACTS_SOURCE_ALLOW_H
#define RP_FACTS_SOURCE_ALLOW_H

#include "facts/source_build.h"
#include "rust/rule.h"

typedef struct {
    RP_VEC(rp_rust_allow) items; /* by file and target */
    RP_VEC(uint32_t) rules;      /* of each item, nnames where no rule is called so */
    RP_VEC(uint32_t) first;      /* of each file of the crate, and one behind the last */
    const rp_rule_name *names;
    uint32_t nnames;
} rp_source_allows;

/* Reads the comments of all files; false when memory ran out. */
RP_MUST_CHECK bool rp_source_allows_read(rp_rust_crate *c, const rp_rust_rule *const *rules,
                                         const rp_rule_name *names, uint32_t n, rp_arena *arena,
                                         rp_source_allows *ret);
/* The one that allows the note, NULL when none does; those that are about it are used now. */
const rp_rust_allow *rp_source_allow_of(rp_source_allows *allows, const rp_rule_note *note);

#endif
