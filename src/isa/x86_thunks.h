/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Thunks that compilers call instead of branching through a register, against speculation: such a
 * call or jump is an indirect one. LLVM: X86IndirectThunks.cpp; GCC: -mindirect-branch=. */
#ifndef RP_ISA_X86_THUNKS_H
#define RP_ISA_X86_THUNKS_H

#include "isa/flow.h"

/* rp_landmark.index of thunks. Bit 0 is left to slots (RP_SLOT_WRITABLE). */
enum {
    RP_THUNK_UNKNOWN = 0,      /* through what is not known */
    RP_THUNK_STACK = 17 * 2,   /* through the top of the stack, where the caller pushed it */
    RP_THUNK_REGISTERS = 1 * 2 /* through register n: this + 2 * n */
};

/* What the name's last part says: "_r11", "_eax", none or "_push". */
uint32_t rp_x86_thunk_of_name(rp_str name);
/* Is the code a thunk's? Fills id and index of the landmark. */
bool rp_x86_thunk_code(rp_bytes code, bool mode64, rp_landmark *ret);
/* Where the thunk would begin whose lfence is at code.ptr[fence]. */
size_t rp_x86_thunk_start(rp_bytes code, size_t fence);

/* Bytes that inline thunks and their calls reach. */
enum { RP_THUNK_REACH = 64 };
/* Thunks inside of functions (-mindirect-branch=thunk-inline). The call at an offset of the range
 * is such a thunk, which begins with it, or calls it: `jump` tells which. */
bool rp_x86_inline_thunk(const rp_code_range *range, size_t at, bool mode64, uint32_t *ret_index,
                         bool *ret_jump);

/* Rewrites a direct call or jump of a thunk as what it does, a conditional one as a branch over
 * such a jump, to `next`. Up to two operations; 0: `o` is no such branch, or it is not known what
 * it goes through. */
unsigned rp_x86_through_thunk(const rp_code_range *range, bool mode64, rp_op o, uint64_t next,
                              rp_op ret[2]);

#endif
