/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One A32 instruction of t32_scan's pass. */
#ifndef RP_ISA_A32_SCAN_H
#define RP_ISA_A32_SCAN_H

#include "isa/arm_state.h"

void rp_a32_instruction(rp_arm_state *s, uint32_t w);

#endif
