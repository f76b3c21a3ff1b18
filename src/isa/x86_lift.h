/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* x86 code as operations of isa/flow.h; full decoding is Zydis'. */
#ifndef RP_ISA_X86_LIFT_H
#define RP_ISA_X86_LIFT_H

#include "isa/flow.h"
#include "isa/x86_insn.h"

/* Lifts one function into arena memory; false when memory ran out. Bytes that do not decode become
 * traps. */
RP_MUST_CHECK bool rp_x86_lift(rp_arena *arena, const rp_code_range *range, bool mode64,
                               rp_ops *ret);

/* The operations of one instruction, decoded as `i`, at an offset of the range; how many. */
unsigned rp_x86_lift_one(const rp_code_range *range, size_t at, rp_x86_insn i, bool mode64,
                         rp_op ret[2]);
/* The register that holds an address in the frame from the first instructions on, by the function's
 * first bytes; RP_LOC_NONE without. */
uint8_t rp_x86_frame_register(rp_bytes function, bool mode64);

/* Registers of rp_flow_env for the System V and Microsoft conventions. */
void rp_x86_flow_env(rp_flow_env *env, bool mode64, bool microsoft);

#endif
