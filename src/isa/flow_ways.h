/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the passes, for functions in which nothing can check a target: what does the register of
 * an indirect branch hold on every way that leads there? Walks back from each branch over the
 * function's control flow and reads no more of it than that takes. Says what isa/flow.h would say,
 * which follows whole functions forwards. */
#ifndef RP_ISA_FLOW_WAYS_H
#define RP_ISA_FLOW_WAYS_H

#include "isa/flow.h"

enum { RP_LIFTED_OPS = 4 /* … that one instruction may become */ };

/* A function as the first pass left it. */
typedef struct {
    const rp_code_range *range;
    const uint32_t *starts; /* offsets of instructions, ascending; NULL: one every four bytes */
    uint32_t n;             /* instructions */
    const uint64_t *labels; /* direct branches: target's offset << 32 | index of the instruction */
    uint32_t nlabels;
    const uint32_t *compares; /* instructions that are comparisons as CFI makes them */
    uint32_t ncompares;
    const uint32_t *jumps; /* instructions that are indirect jumps */
    uint32_t njumps;
    const rp_frame *frame;  /* that tells its landing pads; NULL without */
    uint8_t frame_register; /* holds an address in the frame throughout; RP_LOC_NONE without */
    unsigned (*lift)(const rp_code_range *range, uint32_t offset, rp_op ret[RP_LIFTED_OPS]);
    bool (*is_call)(const uint8_t *p, size_t left); /* does a call, direct or not, begin at p? */
    /* Does the instruction at p put an address of the image into a register? NULL: not known. */
    bool (*forms)(const uint8_t *p, size_t left, uint64_t addr, uint64_t *ret);
} rp_ways_code;

/* Decides those of the branches [sites, sites + n), with ascending addresses, that are UNDECIDED.
 * *ret_follow: some are left that isa/flow.h may decide: a check was seen after all, or something
 * that only it understands. False when memory ran out. */
RP_MUST_CHECK bool rp_ways_decide(const rp_flow_env *env, const rp_ways_code *code,
                                  rp_branch *sites, uint32_t n, bool *ret_follow);

#endif
