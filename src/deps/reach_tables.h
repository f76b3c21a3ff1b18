/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From functions through the tables that they use to what those hold. */
#ifndef RP_DEPS_REACH_TABLES_H
#define RP_DEPS_REACH_TABLES_H

#include "isa/calls.h"

/* Where a table begins, or code loads from one. */
typedef struct {
    uint64_t at;
    uint64_t end; /* where the next table begins */
    bool begins;
    bool opened;
} rp_table_start;

typedef struct {
    const rp_code_tables *tables;
    const rp_calls *calls;
    rp_table_start *starts; /* ascending */
    uint32_t *todo;         /* starts that are still to be looked at: room for all */
    uint32_t nstarts, ntodo;
} rp_table_walk;

/* False only when memory ran out. */
RP_MUST_CHECK bool rp_table_walk_start(const rp_code_tables *tables, const rp_calls *calls,
                                       rp_arena *arena, rp_table_walk *ret);
/* Calls give for each function in tables that `function` uses, or that lie behind those, with the
 * table's address; each table is opened once. */
void rp_table_walk_from(rp_table_walk *w, uint32_t function,
                        void (*give)(void *user, uint32_t to, uint64_t table), void *user);

#endif
