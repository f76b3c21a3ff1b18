/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/promised.h"

#include "obj/elf.h"
#include "obj/pe.h"

typedef struct {
    uint64_t end, at;
} promise;

static void stretch(promise *p, uint64_t offset, uint64_t filesz, uint64_t at)
{
    if (offset == RP_NOWHERE || filesz == 0)
        return;
    uint64_t end = filesz > UINT64_MAX - offset ? UINT64_MAX : offset + filesz;
    if (end > p->end)
        *p = (promise){end, at};
}

/* The tables of headers themselves: the section headers usually end an ELF file. */
static void stretch_by_tables(promise *p, const struct rp_elf *elf, uint8_t bits)
{
    enum { E_PHOFF_64 = 0x20, E_PHOFF_32 = 0x1c, E_SHOFF_64 = 0x28, E_SHOFF_32 = 0x20 };
    stretch(p, elf->phoff, (uint64_t)elf->nphdrs * elf->phentsize,
            bits == 64 ? E_PHOFF_64 : E_PHOFF_32);
    if (elf->shoff != 0)
        stretch(p, elf->shoff, (uint64_t)elf->shnum * elf->shentsize,
                bits == 64 ? E_SHOFF_64 : E_SHOFF_32);
}

uint64_t rp_promised_size(const rp_image *img, uint64_t *ret_at)
{
    promise p = {0, RP_NOWHERE};
    /* segments of separate debug information describe the file that it was taken from */
    for (uint32_t i = 0; i < img->nsegments && img->kind != RP_KIND_DEBUG; i++)
        stretch(&p, img->segments[i].offset, img->segments[i].filesz, img->segments[i].at);
    for (uint32_t i = 0; i < img->nsections; i++)
        stretch(&p, img->sections[i].offset, img->sections[i].filesz, img->sections[i].at);
    if (img->pe != NULL && img->pe->promised_size != 0)
        stretch(&p, 0, img->pe->promised_size, img->pe->promised_at);
    if (img->elf != NULL)
        stretch_by_tables(&p, img->elf, img->bits);
    *ret_at = p.at;
    return p.end;
}
