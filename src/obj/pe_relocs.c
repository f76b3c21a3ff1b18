/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Base relocations: which words hold addresses. Source: Microsoft "PE Format", 6.6 ".reloc". */
#include "obj/pe.h"

enum { BLOCK_HEADER = 8, REL_HIGHLOW = 3, REL_HIGHADJ = 4, REL_DIR64 = 10 };

static bool each_of_block(rp_reader *block, uint64_t page, rp_pe_reloc_fn visit, void *user)
{
    while (rp_left(block) >= 2) {
        unsigned word = rp_u16(block), type = word >> 12;
        if (type == REL_HIGHADJ)
            (void)rp_u16(block); /* its operand */
        if ((type == REL_DIR64 || type == REL_HIGHLOW) && !visit(user, page + (word & 0xfffu)))
            return false;
    }
    return true;
}

bool rp_pe_relocs_each(rp_image *img, rp_pe_reloc_fn visit, void *user)
{
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_BASERELOC];
    rp_reader r;
    if (dir->rva == 0 || dir->size == 0)
        return rp_pe_why_unknown(img, RP_PE_DIR_BASERELOC) == NULL;
    if (!rp_pe_reader(img, dir->rva, dir->size, &r))
        return false;
    while (rp_left(&r) >= BLOCK_HEADER) {
        uint32_t page = rp_u32(&r), size = rp_u32(&r);
        rp_reader block;
        if (page == 0 && size == 0)
            break; /* padding */
        if (size < BLOCK_HEADER || !rp_window(&r, r.pos, size - BLOCK_HEADER, &block))
            return false;
        if (!each_of_block(&block, img->pe->image_base + page, visit, user))
            break;
        rp_skip_bytes(&r, size - BLOCK_HEADER);
    }
    return true;
}
