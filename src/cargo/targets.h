/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The crates of a Cargo package: where its library, programs and build script begin (the Cargo
 * Book, "Cargo Targets", "Package Layout", "Workspaces"). */
#ifndef RP_CARGO_TARGETS_H
#define RP_CARGO_TARGETS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

typedef enum { RP_CARGO_LIB, RP_CARGO_BIN, RP_CARGO_BUILD } rp_cargo_target_kind;

typedef struct {
    rp_cargo_target_kind kind;
    rp_str name;     /* of the crate, with underscores */
    rp_str root;     /* path of its root file, which exists */
    rp_str edition;  /* "2021"; as written, "2015" by default */
    rp_str manifest; /* path */
    uint32_t lints;  /* RP_LINT_ of rust/crate.h, from [lints] here or in the workspace */
} rp_cargo_target;

typedef RP_VEC(rp_cargo_target) rp_cargo_targets;

/* Adds the targets of the package whose manifest is at `path`, and of the members of its workspace.
 * A manifest that cannot be read or is no TOML is an error; a member's is passed over and counted
 * in *ret_missing. */
RP_MUST_CHECK rp_code rp_cargo_targets_of(rp_str path, rp_arena *arena, rp_cargo_targets *ret,
                                          uint32_t *ret_missing, rp_error *err);

#endif
