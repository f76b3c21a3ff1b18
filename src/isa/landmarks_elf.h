/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Landmarks of ELF files: symbols, slots that the loader fills, linkers' stubs, and, in stripped
 * files, panic functions known by the text they print. */
#ifndef RP_ISA_LANDMARKS_ELF_H
#define RP_ISA_LANDMARKS_ELF_H

#include "isa/code.h"
#include "obj/functions.h"

/* Fills *ret in the image's arena; reads symbols and relocations. Odd tables are anomalies and make
 * `whole` unknown. Fails only with RP_E_MEMORY. */
RP_MUST_CHECK rp_code rp_landmarks_elf(rp_image *img, const rp_functions *functions,
                                       rp_code_map *ret, rp_error *err);

#endif
