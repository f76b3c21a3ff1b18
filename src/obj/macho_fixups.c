/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* LC_FUNCTION_STARTS and LC_DYLD_CHAINED_FIXUPS. */
#include "base/limits.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

/* Counts, and writes at most `cap` addresses. False: the data cannot be. */
static bool read_starts(rp_reader r, uint64_t base, uint64_t *addresses, uint32_t cap, uint32_t *n)
{
    uint64_t addr = base;
    *n = 0;
    while (rp_left(&r) != 0) {
        uint64_t delta = rp_uleb(&r);
        if (delta == 0) /* the end; zeros pad the rest */
            return !r.bad;
        addr += delta;
        if (addr < delta || *n == RP_MAX_FUNCTIONS)
            return false;
        if (*n < cap)
            addresses[*n] = addr;
        (*n)++;
    }
    return true;
}

rp_code rp_macho_function_starts(rp_image *img, bool addresses, rp_macho_functions *ret,
                                 rp_error *err)
{
    const rp_macho_range *range = &img->macho->function_starts;
    *ret = (rp_macho_functions){.known = RP_UNKNOWN};
    if (range->at == RP_NOWHERE) {
        ret->known = img->macho->commands_whole ? RP_NO : RP_UNKNOWN;
        return RP_OK;
    }
    uint64_t base = rp_macho_base(img);
    rp_reader r;
    uint32_t n = 0;
    if (range->twice || !rp_source_reader(img->src, range->off, range->size, img->big, &r))
        return RP_OK;
    if (!read_starts(r, base, NULL, 0, &n)) {
        rp_image_odd(img, range->off, "function starts: impossible after %u functions", n);
        return RP_OK;
    }
    if (addresses) {
        uint64_t *list = rp_new(img->arena, n, uint64_t);
        if (list == NULL)
            return rp_fail_memory(err);
        (void)read_starts(r, base, list, n, &n);
        ret->addresses = list;
    }
    ret->known = RP_YES;
    ret->n = n;
    return RP_OK;
}

typedef struct {
    rp_image *img;
    rp_macho_fixups *ret;
    bool walk;
    uint64_t budget; /* pointers that the file has room for: a chain that returns is found out */
} fixups;

static bool can_authenticate(unsigned format)
{
    return format == RP_CHAIN_ARM64E || format == RP_CHAIN_ARM64E_KERNEL ||
           format == RP_CHAIN_ARM64E_USERLAND || format == RP_CHAIN_ARM64E_FIRMWARE ||
           format == RP_CHAIN_ARM64E_USERLAND24;
}

static bool is_known_format(unsigned format)
{
    return format >= RP_CHAIN_ARM64E && format <= 14;
}

/* dyld_chained_ptr_arm64e_*: next in bits 51 to 61, bind 62, auth 63. The kernel's and firmware's
 * stride is 4, the others' 8. */
static bool walk_page(fixups *f, rp_reader page, unsigned start, unsigned format)
{
    bool narrow = format == RP_CHAIN_ARM64E_KERNEL || format == RP_CHAIN_ARM64E_FIRMWARE;
    unsigned stride = narrow ? 4 : 8;
    rp_seek(&page, start);
    for (;;) {
        size_t pos = page.pos;
        uint64_t word = rp_u64(&page);
        if (page.bad || f->budget == 0)
            return false;
        f->budget--;
        f->ret->pointers++;
        f->ret->authenticated += (uint32_t)(word >> 63);
        uint64_t next = (word >> 51) & 0x7ffu;
        if (next == 0)
            return true;
        rp_seek(&page, pos + next * stride);
    }
}

static bool walk_segment(fixups *f, rp_reader r, const rp_segment *s, uint64_t page_size,
                         unsigned format, uint32_t pages)
{
    rp_reader whole;
    if (!rp_source_reader(f->img->src, s->offset, s->filesz, f->img->big, &whole))
        return false;
    for (uint32_t i = 0; i < pages; i++) {
        unsigned start = rp_u16(&r);
        if (r.bad || f->budget == 0)
            return false;
        f->budget--;
        if (start == 0xffff) /* DYLD_CHAINED_PTR_START_NONE */
            continue;
        uint64_t off = i * page_size;
        if (off >= s->filesz)
            return false;
        uint64_t len = s->filesz - off < page_size ? s->filesz - off : page_size;
        rp_reader page;
        if (!rp_window(&whole, off, len, &page) || !walk_page(f, page, start, format))
            return false;
    }
    return true;
}

/* dyld_chained_starts_in_segment */
static bool read_segment_starts(fixups *f, rp_reader r, const rp_segment *s)
{
    (void)rp_u32(&r); /* size */
    unsigned page_size = rp_u16(&r);
    unsigned format = rp_u16(&r);
    uint64_t offset = rp_u64(&r);
    (void)rp_u32(&r); /* max_valid_pointer */
    uint32_t pages = rp_u16(&r);
    if (r.bad || !is_known_format(format) || page_size == 0)
        return false;
    if (f->ret->format == 0)
        f->ret->format = format;
    f->ret->can_authenticate |= can_authenticate(format);
    if (!f->walk || !can_authenticate(format))
        return true;
    (void)offset; /* repeats the segment's place */
    if (!rp_window(&r, r.pos, (uint64_t)pages * 2, &r))
        return false;
    return walk_segment(f, r, s, page_size, format, pages);
}

/* dyld_chained_starts_in_image: one offset per segment, 0 where there is nothing to fix */
static bool read_starts_in_image(fixups *f, const rp_reader *all, uint64_t at)
{
    rp_reader r = *all;
    rp_seek(&r, at);
    uint32_t n = rp_u32(&r);
    if (r.bad || n > f->img->nsegments)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t offset = rp_u32(&r);
        if (r.bad)
            return false;
        if (offset == 0)
            continue;
        rp_reader segment = *all;
        rp_seek(&segment, at + offset);
        if (!read_segment_starts(f, segment, &f->img->segments[i]))
            return false;
    }
    return true;
}

void rp_macho_chained_fixups(rp_image *img, bool walk, rp_macho_fixups *ret)
{
    const rp_macho_range *range = &img->macho->chained_fixups;
    *ret = (rp_macho_fixups){.known = RP_UNKNOWN, .walked = RP_UNKNOWN};
    if (range->at == RP_NOWHERE) {
        ret->known = img->macho->commands_whole ? RP_NO : RP_UNKNOWN;
        return;
    }
    rp_reader r;
    if (range->twice || !rp_source_reader(img->src, range->off, range->size, img->big, &r))
        return;
    uint32_t version = rp_u32(&r);
    uint32_t starts = rp_u32(&r);
    rp_skip_bytes(&r, 8); /* offsets of imports and of their names */
    ret->nimports = rp_u32(&r);
    fixups f = {.img = img, .ret = ret, .walk = walk, .budget = img->src->size / 4 + 1};
    if (r.bad || version != 0 || !read_starts_in_image(&f, &r, starts)) {
        rp_image_odd(img, range->off, "chained fixups that no dyld would follow");
        return;
    }
    ret->known = RP_YES;
    ret->walked = walk ? RP_YES : RP_UNKNOWN;
}
