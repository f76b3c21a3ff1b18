/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where the libraries lie that a package's source may name: by its lock file in Cargo's home, a
 * folder of vendored sources or the workspace; without a lock file path dependencies alone. */
#ifndef RP_CARGO_CRATES_H
#define RP_CARGO_CRATES_H

#include "rust/externs.h"

/* An opener of names in other crates, for rp_rust_source.opener. `cargo_home`: "" unknown.
 * `outlines`: NULL, or those that the crates of a run share. */
rp_rust_opener rp_cargo_opener(rp_str cargo_home, rp_outlines *outlines);

/* Cargo's name for an edition; unknown ones are the newest. */
rp_edition rp_cargo_edition(uint32_t year);

#endif
