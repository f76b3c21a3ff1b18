/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* UPX: the program inside is compressed; headers, segments and code are the unpacking stub's. */
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

/* UPX writes its l_info record ("UPX!" at 4) right behind the program headers, and a copy of the
 * magic at the end of the file. A hacked stub may lack either. */
static uint64_t find_marker(rp_image *img, uint64_t off, uint64_t len)
{
    rp_bytes b;
    if (off > img->src->size || !rp_source_upto(img->src, off, len, &b))
        return RP_NOWHERE;
    size_t at = rp_bytes_find(b, RP_STR("UPX!"));
    return at == SIZE_MAX ? RP_NOWHERE : off + at;
}

/* The unpacked image needs far more memory than the file gives it. */
static bool grows(const rp_image *img)
{
    for (uint32_t i = 0; i < img->elf->nphdrs; i++) {
        const rp_elf_phdr *p = &img->elf->phdrs[i];
        if (p->type == PT_LOAD && p->memsz > 0x1000 && p->filesz < p->memsz / 2)
            return true;
    }
    return false;
}

rp_tri rp_elf_packed(rp_image *img, uint64_t *ret_at)
{
    const struct rp_elf *elf = img->elf;
    *ret_at = RP_NOWHERE;
    if (elf->nphdrs == 0 || elf->has_sections || !grows(img))
        return RP_NO;
    uint64_t headers = elf->phoff + (uint64_t)elf->nphdrs * elf->phentsize;
    uint64_t at = find_marker(img, headers, 256);
    if (at == RP_NOWHERE) {
        uint64_t size = img->src->size;
        at = find_marker(img, size > 64 ? size - 64 : 0, 64);
    }
    *ret_at = at;
    return at == RP_NOWHERE ? RP_NO : RP_YES;
}
