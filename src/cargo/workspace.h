/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The manifests around a lock file: workspace root, members, other packages by path. */
#ifndef RP_CARGO_WORKSPACE_H
#define RP_CARGO_WORKSPACE_H

#include "cargo/manifest.h"

typedef struct {
    const rp_manifest *manifest;
    bool member; /* else a path dependency or patch from elsewhere */
} rp_local_package;

typedef struct {
    const rp_manifest *root; /* Cargo.toml beside the lock file */
    const rp_local_package *packages;
    uint32_t npackages;
    const char *doubt; /* a manifest could not be read, …: members may be missing; NULL */
} rp_workspace;

/* Reads FOLDER/Cargo.toml and what it leads to. RP_E_IO: there is none; RP_E_FORMAT: it is no TOML.
 */
RP_MUST_CHECK rp_code rp_workspace_read(rp_str folder, rp_arena *arena, const rp_workspace **ret,
                                        rp_error *err);

#endif
