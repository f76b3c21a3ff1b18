/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* First pass over 32-bit Arm code, one function at a time. Instructions are little-endian (BE8
 * where the data is big-endian). Source: Arm ARM (DDI 0406, F5 and F6; DDI 0553 for v8.1-M's
 * PACBTI). */
#ifndef RP_ISA_T32_SCAN_H
#define RP_ISA_T32_SCAN_H

#include "isa/code.h"

/* `thumb`: T32, else A32. There is no second pass: an indirect branch is UNGUARDED when its target
 * was just loaded from memory that may be written, NOT_ATTACKABLE when from a landmark's slot, else
 * UNDECIDED. Stack probes do not exist for these targets: RP_FN_UNPROBED says that a frame
 * exceeds sink->guard_size, whoever is to blame. */
void rp_t32_scan(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret);

#endif
