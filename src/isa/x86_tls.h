/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which TLS model a piece of x86 code uses, where landmarks do not say: from the instructions
 * around. Source: the psABIs' TLS chapters and Drepper, ELF Handling For Thread-Local Storage. */
#ifndef RP_ISA_X86_TLS_H
#define RP_ISA_X86_TLS_H

#include "base/base.h"

/* RP_FN_TLS_GD or RP_FN_TLS_LD for the call of __tls_get_addr at code.ptr[at], `len` bytes long. */
uint32_t rp_x86_tls_call(rp_bytes code, size_t at, unsigned len, bool mode64);

/* Instruction `index` of the trail (offsets of instructions in the code) reads the thread pointer,
 * or memory at a register's offset from it: RP_FN_TLS_IE, RP_FN_TLS_LE or 0. *ret_offset: the
 * constant offset, where it was just moved to a register. */
uint32_t rp_x86_tls_use(rp_bytes code, const uint32_t *trail, uint32_t n, uint32_t index,
                        bool mode64, int64_t *ret_offset);

#endif
