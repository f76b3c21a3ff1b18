/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the walk back needs to know of a whole AArch64 function. */
#ifndef RP_ISA_A64_OUTLINE_H
#define RP_ISA_A64_OUTLINE_H

#include "isa/code.h"

/* Fills the sink's lists of the function at hand (labels, calls, jumps, formed, compares), which
 * the scan leaves to those that need them. */
void rp_a64_outline(rp_code_sink *sink, const rp_code_range *range);

#endif
