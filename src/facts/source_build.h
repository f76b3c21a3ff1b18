/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Building rp_source_facts: reads a crate and runs rules over it. */
#ifndef RP_FACTS_SOURCE_BUILD_H
#define RP_FACTS_SOURCE_BUILD_H

#include "base/arena.h"
#include "base/error.h"
#include "facts/source_facts.h"

/* One crate: a target of a Cargo package, or a file that somebody named. */
typedef struct {
    rp_str name, root, manifest;
    uint32_t edition; /* 2015 to 2024 */
    uint32_t lints;   /* RP_LINT_ of rust/crate.h */
    bool build_script;
    rp_str out_dir; /* of rust/crate.h */
} rp_source_crate;

struct rp_rust_rule;   /* rust/rule.h */
struct rp_rust_opener; /* rust/externs.h */

/* How a rule may be named in a comment that allows its findings. */
typedef struct {
    const char *code, *name;
} rp_rule_name;

/* rules[i] may be NULL; note.rule is i. `opener`: of names in other crates, NULL: they are unknown.
 * Fails on out of memory and when the root cannot be read;
 * everything else ends in unknown sources. */
RP_MUST_CHECK rp_code rp_source_build(const rp_source_crate *crate,
                                      const struct rp_rust_rule *const *rules,
                                      const rp_rule_name *names, uint32_t nrules,
                                      const struct rp_rust_opener *opener, bool strict,
                                      rp_arena *arena, rp_source_facts **ret, rp_error *err);

#endif
