/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_OBJ_MACHO_H
#define RP_OBJ_MACHO_H

#include "obj/image.h"

bool rp_macho_identify(rp_bytes head, uint64_t size);
RP_MUST_CHECK rp_code rp_macho_open(rp_image *img, rp_error *err);
void rp_macho_symbols(rp_image *img);

#endif
