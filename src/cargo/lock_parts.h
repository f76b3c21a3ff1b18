/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of the lock reader share. */
#ifndef RP_CARGO_LOCK_PARTS_H
#define RP_CARGO_LOCK_PARTS_H

#include "cargo/lock.h"
#include "text/toml.h"

typedef struct {
    rp_arena *arena;
    rp_str text;
    rp_lock *lock;
    RP_VEC(rp_lock_package) packages;
    RP_VEC(const rp_toml *) tables; /* of the packages */
    RP_VEC(rp_lock_note) notes;
    uint32_t *by_name; /* packages, by name, version, order of the file */
    bool v1_checksums, v2_checksums;
    /* the line of the last offset that was asked for: offsets come in rising order mostly */
    uint64_t line_at;
    uint32_t line;
    bool out_of_memory;
} rp_lock_reader;

uint32_t rp_lock_line(rp_lock_reader *r, uint64_t at);
void rp_lock_note_add(rp_lock_reader *r, rp_lock_oddity what, uint32_t package, uint64_t at,
                      rp_str text);
/* Sorts by_name. */
RP_MUST_CHECK bool rp_lock_index(rp_lock_reader *r);
/* Fills deps and replaced of every package. */
RP_MUST_CHECK bool rp_lock_resolve(rp_lock_reader *r);
/* Checksums of format 1. */
RP_MUST_CHECK bool rp_lock_metadata(rp_lock_reader *r, const rp_toml *metadata);

#endif
