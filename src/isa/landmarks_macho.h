/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Landmarks of Mach-O files: symbols, pointers that dyld fills and stubs, which the indirect symbol
 * table names also in stripped files. */
#ifndef RP_ISA_LANDMARKS_MACHO_H
#define RP_ISA_LANDMARKS_MACHO_H

#include "isa/code.h"
#include "obj/functions.h"

/* Fills *ret in the image's arena; reads symbols. Odd tables are anomalies and make `whole`
 * unknown. Fails only with RP_E_MEMORY. */
RP_MUST_CHECK rp_code rp_landmarks_macho(rp_image *img, const rp_functions *functions,
                                         rp_code_map *ret, rp_error *err);

#endif
