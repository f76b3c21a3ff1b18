/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* AArch64 code as operations of isa/flow.h. Register 31 is the stack pointer; the zero register
 * never appears. */
#ifndef RP_ISA_A64_LIFT_H
#define RP_ISA_A64_LIFT_H

#include "isa/flow.h"

/* Lifts one function into arena memory; false when memory ran out. */
RP_MUST_CHECK bool rp_a64_lift(rp_arena *arena, const rp_code_range *range, rp_ops *ret);

void rp_a64_flow_env(rp_flow_env *env);

#endif
