/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The cheapest second look at AArch64 branches: straight back from each. */
#ifndef RP_ISA_A64_NEAR_H
#define RP_ISA_A64_NEAR_H

#include "isa/flow.h"

/* May a comparison be a check: does a conditional branch lead at once to one of the traps that the
 * scan has found? */
bool rp_a64_may_check(const rp_code_sink *sink, const rp_code_range *range);

/* For a function without checks: decides those undecided branches whose target comes from writable
 * memory, a computation or the caller, on the one way that leads straight to them or on every way,
 * which is enough to be unguarded (isa/flow_ways.h). Returns whether some are left. */
bool rp_a64_near(const rp_flow_env *env, const rp_code_range *range, rp_branch *sites, uint32_t n);

#endif
