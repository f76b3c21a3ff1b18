/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* First pass over x86 code, one function at a time. */
#ifndef RP_ISA_X86_SCAN_H
#define RP_ISA_X86_SCAN_H

#include "isa/code.h"

/* Reads one function and fills *ret; adds its undecided branches, taken addresses and votes to the
 * sink. */
void rp_x86_scan(rp_code_sink *sink, const rp_code_range *range, bool mode64, rp_fn_code *ret);

#endif
