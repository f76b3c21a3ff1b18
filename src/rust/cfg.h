/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Conditional compilation (Reference, "Conditional compilation"): is a node there for a chosen
 * target and chosen features? What is not known stays RP_UNKNOWN: the node is kept "under cfg". */
#ifndef RP_RUST_CFG_H
#define RP_RUST_CFG_H

#include "rust/ast.h"

typedef struct {
    rp_str key;   /* unix, target_os, feature, … */
    rp_str value; /* empty for a name alone */
    rp_tri is;    /* RP_YES: set; RP_NO: known not to be */
} rp_cfg_name;

/* What is known. Names that are not listed are unknown, but for the two groups below. */
typedef struct {
    const rp_cfg_name *names;
    uint32_t n;
    bool target_known;   /* unix, windows, target_*: a value that is not listed is not set */
    bool features_known; /* feature = "…": what is not listed is off */
    bool usual;          /* what few builds set is off: loom, fuzzing, docsrs, no_…; not listed */
} rp_cfg;

/* All that a target's name says, and `features` (may be empty) set, those not in it off; without a
 * target (empty) nothing of it is known. `test`, `doc`, `doctest` and `miri` are off, `panic`,
 * `debug_assertions`, `target_feature` and names of the project are unknown. RP_E_UNSUPPORTED: no
 * such target in rustc 1.95. */
RP_MUST_CHECK rp_code rp_cfg_make(rp_str target, const rp_str *features, uint32_t n_features,
                                  rp_arena *arena, rp_cfg *ret, rp_error *err);

/* Does the predicate in tokens [from, to) hold? A malformed one is unknown. */
rp_tri rp_cfg_eval(const rp_tokens *t, uint32_t from, uint32_t to, const rp_cfg *cfg);
/* Do all #[cfg] of a node hold, those in #[cfg_attr] too? RP_YES when it has none. */
rp_tri rp_cfg_of(const rp_ast *ast, rp_id id, const rp_cfg *cfg);

/* One attribute as the compiler sees it: cfg_attr is replaced by what is in it. */
typedef struct {
    rp_id attr;        /* the ATTR it stands in */
    rp_tri active;     /* of the cfg_attr around it; never RP_NO */
    uint32_t from, to; /* tokens of path and arguments: `doc = "x"`, `derive(A, B)` */
} rp_meta;
/* Calls visit for each attribute of a node (documentation comments left out) until it gives false.
 */
typedef bool (*rp_meta_fn)(void *user, const rp_meta *meta);
void rp_metas(const rp_ast *ast, rp_id id, const rp_cfg *cfg, rp_meta_fn visit, void *user);
/* Is its path exactly this word? */
bool rp_meta_is(const rp_tokens *t, const rp_meta *meta, const char *word);
/* What follows `=` when it is one string literal. */
RP_MUST_CHECK bool rp_meta_string(const rp_tokens *t, const rp_meta *meta, rp_arena *arena,
                                  rp_str *ret);

#endif
