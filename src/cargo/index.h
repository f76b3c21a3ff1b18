/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cargo's local copy of a registry's index: one file for each crate, a line for each version. */
#ifndef RP_CARGO_INDEX_H
#define RP_CARGO_INDEX_H

#include "cargo/manifest.h"

typedef struct {
    rp_tri yanked; /* UNKNOWN: the version is not in the copy, or its line cannot be read */
    rp_str checksum;
    rp_str published;            /* "2026-08-20T06:12:03Z", "" when the index does not say */
    const rp_manifest *manifest; /* dependencies and features, NULL unless asked for */
} rp_index_entry;

/* Cargo, sources/registry/index/cache.rs: a byte (3), a 32-bit number (2), the index' own version,
 * NUL, then for each version its number, NUL, a line of JSON, NUL. What is returned lives in
 * `arena` and borrows nothing of `file`, which is often a thousand times larger. RP_E_FORMAT: no
 * such file.
 */
RP_MUST_CHECK rp_code rp_index_read(rp_bytes file, rp_str version, bool with_manifest,
                                    rp_arena *arena, rp_index_entry *ret, rp_error *err);

#endif
