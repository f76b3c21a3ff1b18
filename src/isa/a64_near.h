/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The cheapest second look at AArch64 branches: straight back from each. */
#ifndef RP_ISA_A64_NEAR_H
#define RP_ISA_A64_NEAR_H

#include "isa/flow.h"

/* For a function that calls nothing which checks: decides those undecided branches whose target
 * comes from writable memory, a computation or the caller, on the one way that leads straight to
 * them or on every way, which is enough to be unguarded (isa/flow_ways.h). `traps`: it has traps;
 * where a comparison may lead to one, none is decided. Returns whether some are left. */
bool rp_a64_near(const rp_flow_env *env, const rp_code_range *range, bool traps, rp_branch *sites,
                 uint32_t n);

#endif
