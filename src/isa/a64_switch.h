/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Compressed jump tables of AArch64: base + entry, the entry of one, two or four bytes. */
#ifndef RP_ISA_A64_SWITCH_H
#define RP_ISA_A64_SWITCH_H

#include "isa/flow_ways.h"

/* The table of the `br` at an offset, as the code straight before it tells: the comparison that
 * bounds the index included. False: no such switch, or its bound does not stand there. */
bool rp_a64_switch(const rp_code_range *range, uint32_t offset, rp_switch *ret);

#endif
