/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* First pass over AArch64 code, one function at a time. Words are little-endian whatever the data's
 * byte order is. Source: Arm ARM (DDI 0487), C4 "A64 instruction set encoding". */
#ifndef RP_ISA_A64_SCAN_H
#define RP_ISA_A64_SCAN_H

#include "isa/code.h"

void rp_a64_scan(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret);

#endif
