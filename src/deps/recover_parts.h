/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Shared by the files of recovery: the crates met so far. */
#ifndef RP_DEPS_RECOVER_PARTS_H
#define RP_DEPS_RECOVER_PARTS_H

#include "deps/recover.h"
#include "origin/crate_place.h"

typedef struct {
    rp_crate_place place; /* kind RP_PLACE_NONE: a name from symbols, or the program's own */
    rp_str lib;           /* name in code when a debug unit tells it, "" not known */
    rp_str folder;        /* of a crate of the program's own, "" unknown */
    bool std;             /* sources of the standard library's tree */
    bool own;
    rp_witness by; /* strongest that saw it */
    uint64_t at;   /* file offset of what was seen */
    rp_str text;
} rp_recovered;

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_recovered) rows;
    uint32_t *slots; /* open addressing, index + 1; size mask + 1 */
    uint32_t mask;
    bool full; /* RP_MAX_COMPONENTS were met */
} rp_recovery;

/* Adds it unless the same crate of the same place is there by a witness as strong. False: out of
 * memory. */
RP_MUST_CHECK bool rp_recovery_add(rp_recovery *r, const rp_recovered *seen);
/* What a path tells; `row` has by, at and text. False only when memory ran out. */
RP_MUST_CHECK bool rp_recovery_path(rp_recovery *r, rp_str path, const rp_recovered *row);

/* The witnesses. False only when memory ran out. */
RP_MUST_CHECK bool rp_recover_locations(rp_recovery *r, rp_image *img);
RP_MUST_CHECK bool rp_recover_strings(rp_recovery *r, rp_image *img);
RP_MUST_CHECK bool rp_recover_range(rp_recovery *r, rp_source *src, uint64_t off, uint64_t len);
RP_MUST_CHECK bool rp_recover_symbols(rp_recovery *r, rp_image *img);
RP_MUST_CHECK bool rp_recover_debug(rp_recovery *r, rp_image *img);

#endif
