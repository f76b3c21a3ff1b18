/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names of other crates: the sources of what a crate depends on are opened when a name in them is
 * asked for, items only. What is not on this machine stays unknown. */
#ifndef RP_RUST_EXTERNS_H
#define RP_RUST_EXTERNS_H

#include "rust/outline.h"
#include "rust/resolve.h"

/* A crate that another one may name. */
typedef struct {
    rp_str name; /* as the source that depends on it spells it */
    uint32_t package;
} rp_rust_link;

typedef struct {
    rp_rust_source source; /* of its library; root "" when it has none to read */
    const rp_rust_link *links;
    uint32_t nlinks;
} rp_rust_package;

/* Who knows where sources lie (cargo/crates.h). Functions may be called by several threads, each
 * with projects of its own. */
typedef struct rp_rust_opener {
    rp_str cargo_home;     /* "" unknown */
    rp_outlines *outlines; /* of the run; NULL: each crate that is audited reads its own */
    /* The project of a manifest, in the arena; *ret_package: the manifest's own. NULL: none. */
    void *(*project)(const struct rp_rust_opener *opener, rp_str manifest, rp_arena *arena,
                     uint32_t *ret_package);
    /* False when nothing is known of it. */
    bool (*package)(void *project, uint32_t package, rp_rust_package *ret);
} rp_rust_opener;

/* `res` is UNKNOWN, STD, PRIMITIVE, or DEF of crate `c` (which is linked). */
typedef struct {
    rp_rust_crate *c;
    rp_res res;
} rp_extern;

/* What a path that begins with another crate's name, as rp_res.path has it, leads to; re-exports
 * are followed through further crates. */
rp_extern rp_extern_find(rp_rust_crate *c, rp_str path, rp_namespace ns);

/* May crate `c` name a crate like that? */
bool rp_extern_known(rp_rust_crate *c, rp_str name);

/* For rp_rust_crate_read: NULL without an opener, or when out of memory (the arena's refused). */
struct rp_externs *rp_externs_new(const rp_rust_source *source, rp_arena *arena);
/* Gives back the outlines in use; NULL is fine. */
void rp_externs_close(struct rp_externs *x);

/* Before the impls of a crate are asked for, which may be one that was opened: few are. */
void rp_extern_link(rp_rust_crate *c);

#endif
