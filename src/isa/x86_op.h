/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One x86 instruction as an operation of isa/flow.h, from its shape alone: which general registers
 * it writes, whether it changes the flags, and what it computes where the data-flow cares. */
#ifndef RP_ISA_X86_OP_H
#define RP_ISA_X86_OP_H

#include "isa/flow.h"
#include "isa/x86_insn.h"

/* False: an instruction whose effects are not told by tables (left to a full decoder). p is the
 * instruction at address `addr`, as rp_x86_decode saw it. */
bool rp_x86_op(const uint8_t *p, rp_x86_insn i, uint64_t addr, bool mode64, rp_op *ret);

/* The general registers that a plain instruction (rp_x86_decode_plain) of 64-bit mode writes; it
 * does something and control goes on behind it. RP_X86_UNTOLD: see rp_x86_op. */
enum { RP_X86_UNTOLD = 1 << 30 };
uint32_t rp_x86_writes(const uint8_t *p, rp_x86_insn i);

#endif
