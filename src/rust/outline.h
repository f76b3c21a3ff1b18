/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Dependencies that a run reads once, however many crates name them. An outline is a crate as its
 * own files give it: definitions, imports, macros, impls, no bodies, and nothing of other crates,
 * since which crates those are is a matter of each project's lock file. It does not change once it
 * is made; what depends on the project is in a view of it. */
#ifndef RP_RUST_OUTLINE_H
#define RP_RUST_OUTLINE_H

#include "rust/crate.h"

typedef struct rp_outline rp_outline;

/* Outlines of a run, for all its threads. */
typedef struct rp_outlines rp_outlines;

/* In `arena`, which is not used by others meanwhile. `limit`: bytes of one outline. Outlines that
 * nobody uses are given up, the least recently used first, while all together take more than `keep`
 * bytes. NULL when out of memory. */
rp_outlines *rp_outlines_new(rp_arena *arena, uint64_t limit, uint64_t keep);
/* When nobody uses one any more. */
void rp_outlines_free(rp_outlines *all);

/* The outline of a library, read now if it is not there. Modules that x86-64 Linux does not have
 * are left out, unless `whole`. NULL when out of memory. */
rp_outline *rp_outline_take(rp_outlines *all, const rp_rust_source *source, bool whole);
void rp_outline_give(rp_outlines *all, rp_outline *outline);

/* NULL: its source cannot be read, or takes more than the limit. */
const rp_rust_crate *rp_outline_crate(const rp_outline *outline);
uint64_t rp_outline_bytes(const rp_outline *outline);

/* An outline that nobody shares, in an arena with a limit: NULL as above. */
const rp_rust_crate *rp_outline_read(const rp_rust_source *source, const rp_cfg *cfg,
                                     rp_arena *arena);
/* The configuration that outlines are read for at first. */
RP_MUST_CHECK bool rp_outline_usual(rp_arena *arena, rp_cfg *ret);

/* The crate as one project sees it: what is found out about names is the view's own. NULL when out
 * of memory. */
rp_rust_crate *rp_outline_view(const rp_rust_crate *outline, rp_arena *arena);
/* rp_rust_crate_link, for a view with its `externs`. */
void rp_outline_view_link(rp_rust_crate *view);

#endif
