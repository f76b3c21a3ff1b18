/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the walk back needs to know of a whole AArch64 function. */
#ifndef RP_ISA_A64_OUTLINE_H
#define RP_ISA_A64_OUTLINE_H

#include "isa/a64_idioms.h"
#include "isa/a64_masks.h"

/* What may matter, by its top eight bits. */
enum {
    RP_A64_TOP_LABEL = 1,    /* b, b.cond, cbz, tbz */
    RP_A64_TOP_CALL = 2,     /* bl */
    RP_A64_TOP_REGISTER = 4, /* br, blr, ret */
    RP_A64_TOP_TRAP = 8,     /* brk, udf */
    RP_A64_TOP_COMPARE = 16,
    RP_A64_TOP_ROTATE = 32,
    RP_A64_TOP_ADDRESS = 64 /* adr, adrp, add of a constant */
};
/* What the words from `first` on are, 64 at most. */
void rp_a64_look_at_tops(const rp_a64_code *c, size_t first, uint8_t ret[RP_A64_BLOCK]);

/* Fills the sink's lists of the function at hand (labels, calls, jumps, formed, compares), which
 * the scan leaves to those that need them. */
void rp_a64_outline(rp_code_sink *sink, const rp_code_range *range);

#endif
