/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Crates by name, version and disambiguator, while functions are attributed. */
#ifndef RP_ORIGIN_CRATE_TABLE_H
#define RP_ORIGIN_CRATE_TABLE_H

#include "base/vec.h"
#include "origin/attribution.h"

typedef struct {
    rp_str name;
    rp_str version;
    uint64_t disambiguator; /* v0's, 0 unknown or legacy */
    bool legacy;            /* from a legacy name */
    bool asked_by_std;      /* std itself instantiated something of it */
    rp_owner owner;  /* UNKNOWN: a name that std's dependency and the program's could share */
    uint32_t merged; /* index in the final table */
} rp_crate_row;

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_crate_row) rows;
    uint32_t *slots; /* open addressing, index + 1; size mask + 1 */
    uint32_t mask;
} rp_crate_table;

/* The row of that name, version, disambiguator and scheme, added when new; RP_NO_CRATE when out of
 * memory. */
uint32_t rp_crate_table_row(rp_crate_table *table, const rp_crate_row *row);

#endif
