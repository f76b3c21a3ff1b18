/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of the walk back share: flow_ways.c walks and decides, flow_ways_graph.c knows
 * where control comes from. */
#ifndef RP_ISA_FLOW_WAYS_PARTS_H
#define RP_ISA_FLOW_WAYS_PARTS_H

#include "isa/flow_ways.h"

enum {                            /* rp_ways_insn.flags */
       RP_WAYS_KNOWN = 1u << 0,   /* the instruction was looked at */
       RP_WAYS_ENDS = 1u << 1,    /* control does not go on behind it */
       RP_WAYS_PADDING = 1u << 2, /* does nothing */
       RP_WAYS_CALL = 1u << 3
};

typedef struct rp_ways_insn {
    uint32_t writes; /* registers */
    uint32_t flags;
} rp_ways_insn;

/* Where control of one function comes from. */
typedef struct {
    const rp_flow_env *env;
    const rp_ways_code *code;
    rp_ways_room *room;
    rp_ways_insn *seen;     /* by instruction */
    uint64_t *leaders;      /* bits, by offset: a label */
    RP_VEC(uint64_t) edges; /* as labels: what switches and landing pads add to them */
    uint32_t *heads, *next; /* labels by hash of their target: index + 1, 0 none */
    uint32_t mask;          /* of heads */
    RP_VEC(uint32_t) open;  /* jumps through tables that could not be read */
    bool too_many;          /* edges: some are missing */
    bool out_of_memory;
} rp_ways_graph;

/* Registers that an operation writes. */
static inline bool rp_ways_calls(const rp_op *o)
{
    return o->kind >= RP_OP_CALL && o->kind <= RP_OP_CALL_TABLE && !o->tail;
}
static inline uint32_t rp_ways_written(const rp_flow_env *env, const rp_op *o)
{
    uint32_t w = o->clobbers | (rp_ways_calls(o) ? env->call_clobbers : 0);
    return o->dst < RP_LOC_REGS ? w | 1u << o->dst : w;
}

RP_MUST_CHECK bool rp_ways_graph_make(rp_ways_graph *g, rp_ways_room *room, const rp_flow_env *env,
                                      const rp_ways_code *code);
rp_ways_insn rp_ways_look(rp_ways_graph *g, uint32_t k);
unsigned rp_ways_lift(const rp_ways_graph *g, uint32_t k, rp_op ret[RP_LIFTED_OPS]);
/* The instruction that begins at an offset. */
bool rp_ways_index(const rp_ways_graph *g, uint64_t offset, uint32_t *ret);

static inline uint32_t rp_ways_offset(const rp_ways_graph *g, uint32_t k)
{
    return g->code->starts != NULL ? g->code->starts[k] : k * 4;
}
static inline bool rp_ways_is_leader(const rp_ways_graph *g, uint32_t k)
{
    uint32_t at = rp_ways_offset(g, k);
    return g->leaders[at >> 6] >> (at & 63u) & 1u;
}

/* Passes instructions before k that matter neither to the register nor to the way, back to the
 * start of the block at most: the first of them, or k. */
uint32_t rp_ways_pass(const rp_ways_graph *g, uint32_t k, uint8_t reg);

/* The branches to instruction k, one after the other: *it is 0 first; false behind the last. */
bool rp_ways_source(const rp_ways_graph *g, uint32_t k, uint32_t *it, uint32_t *ret_from);

/* Adds where calls continue when they unwind. */
void rp_ways_add_landings(rp_ways_graph *g);
/* Adds where the jump at instruction k leads through the table at `at`, which does not reach beyond
 * `end`; `absolute`: of addresses. False when it cannot be read. */
bool rp_ways_add_table(rp_ways_graph *g, uint32_t k, uint64_t at, uint64_t end, bool absolute);
/* The same for a switch that tells its bound. False when it cannot be read, an entry leads out of
 * the function, or its index may not have been compared. */
bool rp_ways_add_switch(rp_ways_graph *g, uint32_t k, const rp_switch *s);

#endif
