/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Dependencies inside a WebAssembly module or component: the custom section `.dep-v0`, rustc's
 * version in `producers`, paths among its data. */
#ifndef RP_DEPS_WASM_H
#define RP_DEPS_WASM_H

#include "deps/auditable.h"

/* "\0asm" and a version that is known: a module (1) or a component (0x1000d). */
bool rp_wasm_identify(rp_bytes head);

/* Reads one; what is odd is in ret->odd. Fails when memory ran out or with the builder's error. */
RP_MUST_CHECK rp_code rp_wasm_deps(rp_source *src, rp_arena *arena, rp_inventory_builder *b,
                                   rp_auditable *ret, rp_error *err);

#endif
