/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/rodata.h"

#include "obj/elf.h"
#include "obj/macho.h"
#include "obj/pe.h"

#include <stdlib.h>

typedef RP_VEC(rp_range) ranges;

static bool add(const rp_image *img, ranges *all, uint64_t off, uint64_t len, bool *clipped)
{
    uint64_t size = img->src->size;
    if (len == 0 || off == RP_NOWHERE)
        return true;
    if (off > size || len > size - off) {
        *clipped = true;
        if (off >= size)
            return true;
        len = size - off;
    }
    rp_range *r = rp_vec_push(img->arena, all);
    if (r == NULL)
        return false;
    *r = (rp_range){off, off + len};
    return true;
}

static bool add_sections(const rp_image *img, ranges *all, bool *clipped)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (s->kind == RP_SEC_RODATA && !add(img, all, s->offset, s->filesz, clipped))
            return false;
    }
    return true;
}

static bool add_segments(const rp_image *img, ranges *all, uint8_t perm, bool *clipped)
{
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (s->perm == perm && !add(img, all, s->offset, s->filesz, clipped))
            return false;
    }
    return true;
}

static int by_offset(const void *a, const void *b)
{
    const rp_range *x = a;
    const rp_range *y = b;
    if (x->off != y->off)
        return x->off < y->off ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Sections may overlap in hostile files: without this a table of a million could make us read the
 * file a million times. A small gap is alignment. */
static uint32_t merge(rp_range *r, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (kept != 0 && r[i].off <= r[kept - 1].end + 64) {
            if (r[i].end > r[kept - 1].end)
                r[kept - 1].end = r[i].end;
        } else {
            r[kept++] = r[i];
        }
    }
    return kept;
}

/* Whether there may be constants that no range shows: a file or tables of headers that end early,
 * or an image that seems to hold none at all. Apple's encryption leaves the headers as they are. */
static bool may_hide(const rp_image *img, uint32_t nranges)
{
    if (img->macho != NULL && (!img->macho->commands_whole || img->macho->cryptid != 0))
        return true;
    if (img->pe != NULL && (img->pe->sections_cut || img->pe->promised_size > img->src->size))
        return true;
    if (img->elf != NULL && rp_elf_loads_cut(img))
        return true;
    return nranges == 0 && img->kind != RP_KIND_OBJECT;
}

bool rp_rodata_ranges(const rp_image *img, const rp_range **ret, uint32_t *ret_n, bool *ret_clipped)
{
    ranges all = {NULL, 0, 0};
    bool clipped = false;
    if (!add_sections(img, &all, &clipped))
        return false;
    if (all.n == 0 && img->kind != RP_KIND_OBJECT && !add_segments(img, &all, RP_R, &clipped))
        return false;
    if (all.n == 0 && img->kind != RP_KIND_OBJECT &&
        !add_segments(img, &all, RP_R | RP_X, &clipped))
        return false;
    if (all.n > 1)
        qsort(all.items, all.n, sizeof *all.items, by_offset);
    *ret = all.items;
    *ret_n = all.n == 0 ? 0 : merge(all.items, all.n);
    *ret_clipped = clipped || may_hide(img, *ret_n);
    return true;
}
