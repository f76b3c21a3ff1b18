/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_OBJ_ELF_H
#define RP_OBJ_ELF_H

#include "obj/image.h"

bool rp_elf_identify(rp_bytes head, uint64_t size);
RP_MUST_CHECK rp_code rp_elf_open(rp_image *img, rp_error *err);
void rp_elf_symbols(rp_image *img);

#endif
