/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What cargo-auditable wrote into a binary: zlib-packed JSON in the section `.dep-v0` (ELF, PE,
 * Mach-O, WebAssembly), up to 0.1 in `.rust-deps-v0`, `rdep-v0` or `rust-deps-v0`. Nothing in it
 * is signed: it says what the build says of itself. */
#ifndef RP_DEPS_AUDITABLE_H
#define RP_DEPS_AUDITABLE_H

#include "deps/inventory.h"
#include "obj/image.h"

typedef struct {
    rp_tri found;    /* NO: there is none; UNKNOWN: there, but nothing of it can be used */
    const char *odd; /* first thing that is wrong with it, NULL: nothing */
    uint64_t at;     /* file offset of the data */
    uint32_t format; /* of the document: 0 cargo metadata, 1 proc-macros are told, 8 from an SBOM */
    uint32_t packages;
} rp_auditable;

/* Adds the packages of an image and records what is odd as its anomalies. Fails when memory ran out
 * or with the builder's error. */
RP_MUST_CHECK rp_code rp_auditable_image(rp_image *img, rp_inventory_builder *b, rp_auditable *ret,
                                         rp_error *err);
/* The same for packed bytes that were found at `at`. Where edges or single packages are wrong, the
 * rest is used and the inventory is not taken for whole. */
RP_MUST_CHECK rp_code rp_auditable_bytes(rp_bytes packed, uint64_t at, rp_arena *arena,
                                         rp_inventory_builder *b, rp_auditable *ret, rp_error *err);

enum {
    RP_AUDITABLE_PACKED_MAX = 8 << 20,
    RP_AUDITABLE_JSON_MAX = 8 << 20 /* what cargo-audit takes */
};

#endif
