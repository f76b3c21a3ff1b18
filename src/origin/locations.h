/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* core::panic::Location records: {file.ptr, file.len, line: u32, column: u32} in read-only data,
 * one for each place that can panic. strip keeps them, and their paths name crates with versions.
 * Layout: library/core/src/panic/location.rs (repr(Rust), but stable since 1.42 and since 1.86
 * "nul-terminated" variants keep the order). */
#ifndef RP_ORIGIN_LOCATIONS_H
#define RP_ORIGIN_LOCATIONS_H

#include "isa/code.h"
#include "origin/crate_paths.h"

typedef struct {
    uint64_t addr; /* of the record */
    uint32_t line, column;
    uint32_t crate; /* index into rp_locations.crates */
    uint32_t file;  /* index into rp_locations.files */
    rp_str path;    /* borrowed from the file's bytes */
} rp_location;

/* A source file that records name. Two addresses may hold the same text. */
typedef struct {
    rp_str path;
    uint32_t crate;    /* index into rp_locations.crates */
    uint64_t location; /* address of the first record met that names it */
} rp_location_file;

typedef struct {
    const rp_location *items; /* by address */
    uint32_t n;
    const rp_crate_path *crates; /* different ones */
    uint32_t ncrates;
    const rp_location_file *files; /* a landmark's index points here */
    uint32_t nfiles;
    rp_tri whole; /* UNKNOWN: data or relocations could not all be read, or a cap was met */
} rp_locations;

/* Finds them, once per image; everything lives in `arena`. False only when memory ran out. */
RP_MUST_CHECK bool rp_locations_read(rp_image *img, rp_arena *arena, rp_locations *ret);
/* Adds one RP_LM_LOCATION per record, index: its source file. Call before the scanners run. */
RP_MUST_CHECK bool rp_locations_landmarks(const rp_locations *locations, rp_arena *arena,
                                          rp_landmarks *map);

#endif
