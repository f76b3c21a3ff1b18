/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* First pass over RISC-V code, one function at a time, compressed instructions included. Source:
 * the unprivileged specification (20240411; chapters 2, 28 "C" and 31 "RV32/64G instruction set
 * listings"), Zicfilp and Zicfiss 1.0. */
#ifndef RP_ISA_RV_SCAN_H
#define RP_ISA_RV_SCAN_H

#include "isa/code.h"

/* `wide`: RV64, else RV32. There is no second pass: an indirect branch is UNGUARDED when its target
 * was just loaded from memory that may be written, NOT_ATTACKABLE when from a landmark's slot, else
 * UNDECIDED. */
void rp_rv_scan(rp_code_sink *sink, const rp_code_range *range, bool wide, rp_fn_code *ret);

/* A compressed instruction as the full one that it stands for; 0 when it is none. */
uint32_t rp_rv_expand(uint32_t half, bool wide);

#endif
