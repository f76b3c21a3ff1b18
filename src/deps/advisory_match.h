/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which advisories apply to what is inside. */
#ifndef RP_DEPS_ADVISORY_MATCH_H
#define RP_DEPS_ADVISORY_MATCH_H

#include "deps/advisory.h"

typedef struct {
    rp_str os, arch; /* of the target as Rust names them ("linux", "x86_64"), "" not known */
    bool withdrawn;  /* report withdrawn advisories too */
} rp_match_options;

/* What came to no match though it may be one. */
typedef struct {
    uint32_t crates;     /* whose version is unknown or no SemVer */
    uint32_t advisories; /* on packages of the inventory, that could not be read */
} rp_unjudged;

/* "x86_64-pc-windows-msvc" → windows, x86_64; what is not known stays "". Static strings. */
rp_match_options rp_match_target(rp_str triple);

/* Matches every component of the inventory: crates against the database (and, by name and version
 * only, crates of other registries and from git: source_doubt says so; local packages never), the
 * toolchain and crates that came with it against the advisories on Rust itself, also those of
 * deps/toolchain_advisories.inc. One advisory that two databases hold, or that is known by an
 * alias, is one match. A crate whose version is unknown or no SemVer matches nothing: it is counted
 * in *ret_unjudged, as are advisories that could not be read. By component, then id; in the arena.
 * db may be NULL: our own table only. */
RP_MUST_CHECK rp_code rp_advisories_match(const rp_advisory_db *db, const rp_inventory *inventory,
                                          const rp_match_options *options, rp_arena *arena,
                                          rp_dep_match **ret, uint32_t *ret_n,
                                          rp_unjudged *ret_unjudged, rp_error *err);

/* What our own table says of a release of the toolchain: "std", "cargo", "rustdoc", "rustc". */
RP_MUST_CHECK rp_code rp_toolchain_advisories(rp_arena *arena, const rp_advisory_db **ret,
                                              rp_error *err);

/* The match's advisory, for reports that show all of it. */
const rp_advisory *rp_advisory_of(const rp_advisory_db *db, const rp_dep_match *match,
                                  rp_str package);

#endif
