/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Crates inside a binary that says nothing of itself: by the source files that its panic locations
 * name, by such paths among its strings, by symbols and by debug information.
 *
 * A path in a known layout (origin/crate_place.h) names crate and version; symbols name crates
 * without. What the standard library brings along is RP_FROM_STD. The program's own package has no
 * version, unless the folder it was built in tells one, and is `root`. */
#ifndef RP_DEPS_RECOVER_H
#define RP_DEPS_RECOVER_H

#include "deps/inventory.h"
#include "obj/image.h"

typedef struct {
    rp_str rustc, commit; /* the compiler as identity has it (rp_rust_facts), "" unknown */
    rp_str rustc_by;      /* how that is known */
    uint64_t rustc_at;    /* and by what */
    bool no_strings, no_symbols, no_debug; /* witnesses that are not asked */
} rp_recover_options;

/* Adds what is found; all of its strings live in the image's arena. Fails when memory ran out or
 * with the builder's error; everything else ends in anomalies. */
RP_MUST_CHECK rp_code rp_recover(rp_image *img, const rp_recover_options *options,
                                 rp_inventory_builder *b, rp_error *err);
/* Strings alone, of bytes whose format has no image (WebAssembly). */
RP_MUST_CHECK rp_code rp_recover_bytes(rp_source *src, rp_arena *arena, rp_inventory_builder *b,
                                       rp_error *err);

#endif
