/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is known of addresses before the code is read, by format. */
#include "facts/code_facts_parts.h"
#include "isa/landmarks_elf.h"
#include "isa/landmarks_macho.h"
#include "isa/landmarks_pe.h"

bool rp_code_map_of(rp_image *img, const rp_functions *functions, rp_code_map *ret)
{
    if (img->elf != NULL)
        return rp_landmarks_elf(img, functions, ret, NULL) == RP_OK;
    if (img->pe != NULL)
        return rp_landmarks_pe(img, functions, ret, NULL) == RP_OK;
    return rp_landmarks_macho(img, functions, ret, NULL) == RP_OK;
}
