/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the passes, for functions in which nothing can check a target: what does the register of
 * an indirect branch hold on every way that leads there? Walks back from each branch over the
 * function's control flow and reads no more of it than that takes. Says what isa/flow.h would say,
 * which follows whole functions forwards. */
#ifndef RP_ISA_FLOW_WAYS_H
#define RP_ISA_FLOW_WAYS_H

#include "isa/flow.h"

enum { RP_LIFTED_OPS = 4 /* … that one instruction may become */ };

/* A switch as its code tells: the entries of `table` are distances from `base`. */
typedef struct {
    uint64_t table, base;
    uint32_t entries; /* by the comparison that bounds the index */
    /* Offsets: of the comparison; of the branch that goes by it; of what that leads to, 0 when the
       switch stands behind it. Who comes in between was not compared. */
    uint32_t from, by, block;
    uint8_t size_log2; /* of an entry: 0 bytes, 1 halves, 2 words */
    uint8_t shift;     /* to the left, of an entry */
    bool is_signed;
} rp_switch;

/* A function as the first pass left it. */
typedef struct {
    const rp_code_range *range;
    const uint32_t *starts; /* offsets of instructions, ascending; NULL: one every four bytes */
    uint32_t n;             /* instructions */
    const uint64_t *labels; /* direct branches: target's offset << 32 | index of the instruction */
    uint32_t nlabels;
    const uint32_t *compares; /* instructions that are comparisons as CFI makes them */
    uint32_t ncompares;
    const uint32_t *calls; /* instructions that are calls, direct or not */
    uint32_t ncalls;
    const uint32_t *jumps; /* … indirect jumps */
    uint32_t njumps;
    const uint64_t *formed; /* addresses of data that the function forms, in any order */
    uint32_t nformed;
    const rp_frame *frame;              /* that tells its landing pads; NULL without */
    const rp_frame *const *more_frames; /* … of its other parts */
    uint32_t nmore_frames;
    bool fragment; /* nothing is known of registers at its first instruction: it is no function's */
    uint8_t frame_register; /* holds an address in the frame throughout; RP_LOC_NONE without */
    unsigned (*lift)(const rp_code_range *range, uint32_t offset, rp_op ret[RP_LIFTED_OPS]);
    /* The registers that an instruction writes which does something and behind which control goes
     * on; false: not known, lift it. May be NULL. */
    bool (*writes)(const rp_code_range *range, uint32_t offset, uint32_t *ret);
    /* Of instructions of four bytes: those [the answer, k) neither write a register nor call nor
     * end the way; the one before may, or the answer is `least`. NULL: not told. */
    uint32_t (*back)(const rp_code_range *range, uint32_t least, uint32_t k, unsigned reg);
    /* The table of the indirect jump at an offset, where the code tells its bound. May be NULL. */
    bool (*table)(const rp_code_range *range, uint32_t offset, rp_switch *ret);
    /* Where code of the function lies in the range that has another address. May be NULL. */
    uint64_t (*place)(const rp_code_range *range, uint64_t addr);
} rp_ways_code;

/* Memory that is kept from one function to the next; zero to begin with, its arena is never reset
 * meanwhile. */
typedef struct {
    rp_arena *arena;
    struct rp_ways_insn *seen;
    uint64_t *leaders;
    uint32_t *heads, *next;
    struct rp_ways_mark *marks;
    uint32_t seen_cap, leaders_cap, heads_cap, next_cap, marks_cap;
    uint32_t functions; /* so far */
} rp_ways_room;

/* Decides those of the branches [sites, sites + n), with ascending addresses, that are UNDECIDED.
 * *ret_follow: some are left that isa/flow.h may decide: a check was seen after all, or something
 * that only it understands. False when memory ran out. */
RP_MUST_CHECK bool rp_ways_decide(rp_ways_room *room, const rp_flow_env *env,
                                  const rp_ways_code *code, rp_branch *sites, uint32_t n,
                                  bool *ret_follow);

#endif
