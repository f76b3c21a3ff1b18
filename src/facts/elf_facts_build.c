/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/elf_facts_build.h"

rp_code rp_elf_facts_build(rp_image *img, uint32_t needs, const rp_elf_facts **ret, rp_error *err)
{
    (void)img;
    (void)needs;
    (void)ret;
    return rp_fail(err, RP_E_UNSUPPORTED, 0, "ELF facts are not read yet");
}
