/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/pe.h"

rp_format rp_pe_identify(rp_bytes head, uint64_t size)
{
    (void)head;
    (void)size;
    return RP_FORMAT_NONE;
}

rp_code rp_pe_open(rp_image *img, rp_error *err)
{
    (void)img;
    return rp_fail(err, RP_E_UNSUPPORTED, 0, "not read yet");
}

void rp_pe_symbols(rp_image *img)
{
    (void)img;
}
