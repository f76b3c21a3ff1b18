/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* x86 code as operations of isa/flow.h; full decoding is Zydis'. */
#ifndef RP_ISA_X86_LIFT_H
#define RP_ISA_X86_LIFT_H

#include "isa/flow.h"

/* Lifts one function into arena memory; false when memory ran out. Bytes that do not decode become
 * traps. */
RP_MUST_CHECK bool rp_x86_lift(rp_arena *arena, const rp_code_range *range, bool mode64,
                               rp_ops *ret);

/* Registers of rp_flow_env for the System V and Microsoft conventions. */
void rp_x86_flow_env(rp_flow_env *env, bool mode64, bool microsoft);

#endif
