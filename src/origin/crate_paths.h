/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which crate a Rust source file belongs to, by its path as panics print it. */
#ifndef RP_ORIGIN_CRATE_PATHS_H
#define RP_ORIGIN_CRATE_PATHS_H

#include "base/base.h"

typedef enum {
    RP_CRATE_UNPLACED, /* absolute, no known layout: the folder that holds src/ names it */
    RP_CRATE_OWN,      /* relative: the package or workspace that was built */
    RP_CRATE_REGISTRY, /* Cargo's registry, a distribution's, a vendor folder */
    RP_CRATE_GIT,      /* Cargo's git checkouts */
    RP_CRATE_STD,      /* std's sources and those of its dependencies */
    RP_CRATE_BUILT     /* a build script wrote it; the name is its package's */
} rp_crate_layout;

typedef struct {
    rp_str name;    /* as the path spells it ("regex-automata"); "" for a bare "src/main.rs" */
    rp_str version; /* "0.4.7", "" unknown */
    rp_crate_layout layout;
} rp_crate_path;

/* Everything in *ret is borrowed from `path` or a literal. False: no path of a Rust source. */
RP_MUST_CHECK bool rp_crate_of_path(rp_str path, rp_crate_path *ret);
/* Crate names equal but for '-' and '_'. */
bool rp_crate_name_eq(rp_str a, rp_str b);
/* core, alloc, std and the other crates of the library folder: no user crate is called so. */
bool rp_crate_is_std(rp_str name);
/* What std brings along under its own name: hashbrown, gimli, …. A program can have its own copy.
 */
bool rp_crate_is_std_dependency(rp_str name);

#endif
