/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which packages of a lock file are in the build for a target and a set of features, with which
 * kind: Cargo's feature resolver (versions 1 to 3) over the manifests of the packages. */
#ifndef RP_CARGO_RESOLVE_H
#define RP_CARGO_RESOLVE_H

#include "cargo/lock.h"
#include "cargo/manifest.h"

typedef struct {
    rp_str target;          /* triple; "": platforms are not looked at, every one counts */
    rp_str host;            /* for build scripts and proc-macros; "" as target */
    const rp_str *features; /* of members: "x" or "member/x" */
    uint32_t nfeatures;
    bool all_features, no_default_features;
    bool dev;          /* with what tests, examples and benches of members need */
    uint32_t resolver; /* 1 to 3 */
} rp_resolve_options;

typedef struct {
    uint32_t from, to; /* packages of the lock file */
    uint8_t kinds;     /* RP_DEP_ bits of dependencies that are active */
} rp_resolved_edge;

typedef struct {
    const uint8_t
        *kinds; /* of each package: RP_DEP_NORMAL linked, RP_DEP_BUILD runs on the host (and
                   what that needs), RP_DEP_DEV only for members' tests; 0: not in the build */
    const rp_resolved_edge *edges;
    uint32_t nedges;
    uint32_t unknown;   /* packages in the build without a manifest: all that the lock file says of
                           them counts as active */
    uint32_t undecided; /* platforms that could not be judged: they count as active */
} rp_resolved;

/* manifests[i] belongs to lock->packages[i], NULL where it is not known; member[i]: built. */
RP_MUST_CHECK rp_code rp_resolve(const rp_resolve_options *opt, const rp_lock *lock,
                                 const rp_manifest *const *manifests, const bool *member,
                                 rp_arena *arena, const rp_resolved **ret, rp_error *err);

/* The package of the lock file that dependency `d` of package `p` means; RP_NO_PACKAGE: none. */
uint32_t rp_lock_dep(const rp_lock *lock, uint32_t p, const rp_manifest_dep *d);

#endif
