/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the x86 scanner's files only: fences against load value injection. */
#ifndef RP_ISA_X86_FENCES_H
#define RP_ISA_X86_FENCES_H

#include "isa/code.h"

/* The instruction at hand is an lfence, or a return: notes in *fn what it stands for. `at`: its
 * offset in the range, with those of the instructions before it before; `n`: how many they are. */
void rp_x86_lfence(const rp_code_range *range, const uint32_t *at, uint32_t n, rp_fn_code *fn);
void rp_x86_return(const rp_code_range *range, const uint32_t *at, uint32_t n, rp_fn_code *fn);

#endif
