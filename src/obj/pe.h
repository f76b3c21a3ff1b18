/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_OBJ_PE_H
#define RP_OBJ_PE_H

#include "obj/image.h"

rp_format rp_pe_identify(rp_bytes head, uint64_t size);
RP_MUST_CHECK rp_code rp_pe_open(rp_image *img, rp_error *err);
void rp_pe_symbols(rp_image *img);

#endif
