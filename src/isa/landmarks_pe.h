/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Landmarks of PE images: import slots, Control Flow Guard's slots and the security cookie that the
 * load configuration names, and helpers of the C runtime, which stripped files tell by their first
 * instructions. */
#ifndef RP_ISA_LANDMARKS_PE_H
#define RP_ISA_LANDMARKS_PE_H

#include "isa/code.h"
#include "obj/functions.h"

/* Fills *ret in the image's arena; reads symbols, imports, base relocations. Odd tables are
 * anomalies and make `whole` unknown. Fails only with RP_E_MEMORY. */
RP_MUST_CHECK rp_code rp_landmarks_pe(rp_image *img, const rp_functions *functions,
                                      rp_code_map *ret, rp_error *err);

#endif
