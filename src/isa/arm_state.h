/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the scans of T32 and A32 code keep while they read a function. Register numbers are Arm's:
 * 13 stack pointer, 14 link register, 15 program counter. */
#ifndef RP_ISA_ARM_STATE_H
#define RP_ISA_ARM_STATE_H

#include "isa/code.h"

enum { RP_ARM_SP = 13, RP_ARM_LR = 14, RP_ARM_PC = 15, RP_ARM_POOL = 1024 };

typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_fn_code *fn;
    uint64_t addr;           /* of the instruction */
    size_t at;               /* its offset in the range */
    uint32_t value[16];      /* constants in registers: valid where `known` has the bit */
    uint32_t known;          /* … */
    uint32_t loaded;         /* registers just loaded from memory that may be written */
    uint32_t slot;           /* registers just loaded from a slot that cannot be written */
    uint32_t untouched, run; /* stack taken since the last store to it; since some was given back */
    uint32_t
        pool[RP_ARM_POOL / 32]; /* words ahead that are literals: bit (address / 4) % RP_ARM_POOL */
    uint32_t npool;
    uint32_t compared; /* immediate of the last compare: bound of a jump table */
    bool thumb;
    bool lr_reloaded, authenticated;
    bool thread; /* the thread pointer was read */
} rp_arm_state;

void rp_arm_forget(rp_arm_state *s, uint32_t registers);
/* Registers whose values do not outlive a call or a jump. */
void rp_arm_call(rp_arm_state *s);

void rp_arm_take(rp_arm_state *s, uint32_t bytes);
void rp_arm_touch(rp_arm_state *s, uint32_t offset);
void rp_arm_give_back(rp_arm_state *s);
/* push, pop of a list of registers; a popped pc returns. */
void rp_arm_push(rp_arm_state *s, uint32_t list);
void rp_arm_pop(rp_arm_state *s, uint32_t list);
/* sub sp, sp, rM */
void rp_arm_take_register(rp_arm_state *s, unsigned reg);

/* Control leaves the function: return or tail call. */
void rp_arm_leave(rp_arm_state *s);
void rp_arm_direct(rp_arm_state *s, uint64_t to, bool call);
void rp_arm_indirect(rp_arm_state *s, unsigned reg, bool call);
/* ldr pc, [memory] other than a return or a jump table. */
void rp_arm_jump_memory(rp_arm_state *s, bool fixed);
/* A jump through a table of n entries of `size` bytes that begins at `table` (0: not in the code).
 */
void rp_arm_jump_table(rp_arm_state *s, uint64_t table, uint32_t size);

void rp_arm_constant(rp_arm_state *s, unsigned reg, uint32_t value);
void rp_arm_address(rp_arm_state *s, uint32_t to);
/* Load from the literal pool at `from`. */
void rp_arm_literal(rp_arm_state *s, unsigned reg, uint64_t from);
/* Load of reg from [base + offset]; offset known. */
void rp_arm_load(rp_arm_state *s, unsigned reg, unsigned base, uint32_t offset);
/* Load of reg from [base + index]: a slot where both are known, a GOT's base and an offset in it.
 */
void rp_arm_load_indexed(rp_arm_state *s, unsigned reg, unsigned base, unsigned index);
/* Is the word at this address a literal? Takes it out. */
bool rp_arm_take_literal(rp_arm_state *s);

uint32_t rp_arm_word(const uint8_t *p);

#endif
