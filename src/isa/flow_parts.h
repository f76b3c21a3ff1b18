/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of the data-flow share: flow.c walks the blocks, flow_step.c says what one
 * operation does, flow_join.c what holds where ways meet, flow_table.c where switches go. */
#ifndef RP_ISA_FLOW_PARTS_H
#define RP_ISA_FLOW_PARTS_H

#include "isa/flow_state.h"

/* What is known of the value that an operation defined. */
typedef enum {
    RP_KNOW_NOTHING,
    RP_KNOW_CONST,
    RP_KNOW_SLOT,
    RP_KNOW_DIFFERENCE,
    RP_KNOW_ROTATED,
    RP_KNOW_TABLE /* at: an entry of the table there, or where it leads */
} rp_knowledge;

typedef struct {
    uint64_t at;    /* CONST: the constant; SLOT: its landmark id; DIFFERENCE, ROTATED: the constant
                       that was subtracted, or from which */
    rp_value_id of; /* DIFFERENCE, ROTATED: of which value */
    rp_knowledge kind;
} rp_flow_fact;

typedef struct {
    uint32_t first, last; /* operations [first, last) */
    uint32_t runs;        /* how often it was run */
    bool dirty;
    bool has_sites;
    rp_flow_state in;
} rp_flow_block;

/* A switch's table: where its entries lead. */
typedef struct {
    uint64_t at;
    uint32_t first, n; /* in flow.table_targets */
} rp_flow_table;

typedef struct {
    const rp_flow_env *env;
    const rp_ops *ops;
    rp_flow_fact *facts; /* by operation: of its dst */
    rp_flow_block *blocks;
    uint32_t nblocks;
    uint32_t *block_of; /* operation → block */
    RP_VEC(rp_flow_table) tables;
    RP_VEC(uint32_t) table_targets; /* operations */
    rp_flow_state table_state;      /* what holds at jumps through tables that could not be read */
    rp_branch *sites;
    uint32_t nsites;
    unsigned nregs;
    bool relearned; /* a fact that others built on has changed */
    bool again;     /* the block at hand ran before: its values may be left over from then */
    bool deciding;  /* the states are final: judge */
} rp_flow;

/* flow_step.c: what operation `op` does to the state. *ret_table is set when it jumps through a
 * table that could be read. */
void rp_flow_step(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_flow_table **ret_table);
bool rp_flow_read_only(const rp_flow *f, uint64_t addr);

/* flow_join.c: what holds on both ways into block `b`, put into *into; true when that changed. */
bool rp_flow_join(rp_flow *f, rp_flow_state *into, const rp_flow_state *from, uint32_t b);
/* … at the entries of a table that could not be read. */
void rp_flow_to_unread_table(rp_flow *f, const rp_flow_state *s);
rp_value_id rp_flow_joined_id(const rp_flow *f, uint32_t b, unsigned place);

/* flow_table.c: reads the tables that the function's constants may be the address of. False when
 * memory ran out. */
RP_MUST_CHECK bool rp_flow_find_tables(rp_flow *f);
const rp_flow_table *rp_flow_table_at(const rp_flow *f, uint64_t at);
bool rp_flow_op_at(const rp_ops *ops, uint64_t addr, uint32_t *ret);

#endif
