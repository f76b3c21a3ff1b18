/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/elf.h"

bool rp_elf_identify(rp_bytes head, uint64_t size)
{
    (void)head;
    (void)size;
    return false;
}

rp_code rp_elf_open(rp_image *img, rp_error *err)
{
    (void)img;
    return rp_fail(err, RP_E_UNSUPPORTED, 0, "not read yet");
}

void rp_elf_symbols(rp_image *img)
{
    (void)img;
}
