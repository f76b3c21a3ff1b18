/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where the sources of a lock file's packages are on this machine: in a workspace, a folder of
 * vendored sources, Cargo's home. */
#ifndef RP_CARGO_HOME_H
#define RP_CARGO_HOME_H

#include "cargo/config.h"
#include "cargo/lock.h"
#include "cargo/workspace.h"

typedef struct {
    rp_str home;   /* "" unknown */
    rp_str folder; /* of the project */
    const rp_config *config;
    const rp_workspace *workspace; /* NULL: no manifest beside the lock file */
    bool archives;                 /* look for those too */
    bool dependents_only;          /* sources only of registries' packages that have dependencies */
} rp_cargo_places;

typedef struct {
    rp_str sources; /* folder with Cargo.toml; "" not here */
    bool vendored;  /* in a directory source: a .cargo-checksum.json lies with it */
    rp_str archive; /* the .crate as it was downloaded; "" not here, or not looked for */
    rp_str index;   /* file of the local index cache, "" not here */
} rp_package_place;

/* Places of each package of the lock file. Fails only on out of memory. */
RP_MUST_CHECK rp_code rp_package_places(const rp_cargo_places *where, const rp_lock *lock,
                                        rp_arena *arena, const rp_package_place **ret,
                                        rp_error *err);

#endif
