/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a package's build script wrote when the package was built here (the Cargo Book, "Outputs of
 * the Build Script"; Cargo, core/compiler/layout.rs: TARGET/PROFILE/build/PACKAGE-HASH/out, for a
 * named target TARGET/TRIPLE/PROFILE/build/…). */
#ifndef RP_CARGO_OUT_DIR_H
#define RP_CARGO_OUT_DIR_H

#include "base/arena.h"

/* The folder of artefacts for the manifest at `manifest`: the first `target` beside a Cargo.toml
 * from there upwards; "" none. {NULL, 0} when out of memory. */
rp_str rp_cargo_target_above(rp_str manifest, rp_arena *arena);

/* Where the build script of `package` wrote at last, whatever the profile; "" when it was not run,
 * or that cannot be told. {NULL, 0} when out of memory. */
rp_str rp_cargo_out_dir(rp_str target, rp_str package, rp_arena *arena);

#endif
