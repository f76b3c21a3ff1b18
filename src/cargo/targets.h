/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The crates of a Cargo package: where its library, programs, build script, examples, tests and
 * benches begin (the Cargo Book, "Cargo Targets", "Package Layout"; Cargo, util/toml/targets.rs).
 */
#ifndef RP_CARGO_TARGETS_H
#define RP_CARGO_TARGETS_H

#include "cargo/manifest.h"

typedef enum {
    RP_CARGO_LIB, /* proc-macros too */
    RP_CARGO_BIN,
    RP_CARGO_BUILD,
    RP_CARGO_EXAMPLE,
    RP_CARGO_TEST,
    RP_CARGO_BENCH
} rp_cargo_target_kind;

typedef struct {
    rp_cargo_target_kind kind;
    rp_str name;      /* of the crate, with underscores */
    rp_str root;      /* path of its root file, which exists */
    uint32_t edition; /* 2015 … */
    rp_str manifest;  /* path */
    uint32_t lints;   /* RP_LINT_ of rust/crate.h, from [lints] here or in the workspace */
    rp_str built_by;  /* the package, when a build script is run for it; "" */
    bool again;       /* its root is that of a target before, too */
} rp_cargo_target;

typedef RP_VEC(rp_cargo_target) rp_cargo_targets;

/* Adds the targets of the package whose manifest is at `path`, and of all members of its workspace
 * when it is the root of one (what default-members leaves out, too); `all`: examples, tests and
 * benches too. What a member inherits is looked for in the manifests above it. A manifest that
 * cannot be read or is no TOML is an error; members that cannot be read make *ret_doubt the reason.
 */
RP_MUST_CHECK rp_code rp_cargo_targets_of(rp_str path, bool all, rp_arena *arena,
                                          rp_cargo_targets *ret, const char **ret_doubt,
                                          rp_error *err);

#endif
