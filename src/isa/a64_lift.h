/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* AArch64 code as operations of isa/flow.h. Register 31 is the stack pointer; the zero register
 * never appears. */
#ifndef RP_ISA_A64_LIFT_H
#define RP_ISA_A64_LIFT_H

#include "isa/flow.h"

/* Lifts one function into arena memory; false when memory ran out. */
RP_MUST_CHECK bool rp_a64_lift(rp_arena *arena, const rp_code_range *range, rp_ops *ret);

/* The operations of the instruction at an offset; how many. */
enum { RP_A64_OPS = 4 };
unsigned rp_a64_lift_one(const rp_code_range *range, uint32_t offset, rp_op ret[RP_A64_OPS]);

/* The registers that those of the commonest instructions write behind which control goes on; false:
 * another one, to be lifted. */
bool rp_a64_writes(const rp_code_range *range, uint32_t offset, uint32_t *ret);

void rp_a64_flow_env(rp_flow_env *env);

#endif
