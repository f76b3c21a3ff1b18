/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of Mach-O files: LC_FUNCTION_STARTS has every function of a linked file; compact unwind
 * tables tell those of a file that was linked without it. Data in code: LC_DATA_IN_CODE. Sources:
 * mach-o/loader.h, mach-o/compact_unwind_encoding.h. */
#include "base/limits.h"
#include "base/numbers.h"
#include "obj/function_sources.h"
#include "obj/macho.h"
#include "obj/macho_format.h"

#include <stdlib.h>

enum { UNWIND_REGULAR = 2, UNWIND_COMPRESSED = 3, INDEX_ENTRY = 12, DATA_ENTRY = 8 };

/* Unwind data that tells of functions elsewhere is wrong: ld64.lld 14 writes such .eh_frame. */
static void drop_others(rp_fn_builder *b, const rp_macho_functions *starts)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < b->candidates.n; i++) {
        const rp_fn_candidate *c = &b->candidates.items[i];
        if (c->source != RP_FN_BY_UNWIND || bsearch(&c->start, starts->addresses, starts->n,
                                                    sizeof c->start, rp_ascending_u64) != NULL)
            b->candidates.items[kept++] = *c;
    }
    b->candidates.n = kept;
}

static bool from_starts(rp_fn_builder *b, rp_macho_functions *ret)
{
    rp_error err = {0};
    if (rp_macho_function_starts(b->img, true, ret, &err) != RP_OK)
        return false;
    b->cut_short |= ret->known == RP_UNKNOWN && b->img->macho->function_starts.at != RP_NOWHERE;
    for (uint32_t i = 0; i < ret->n; i++)
        if (!rp_fn_add_range(b, ret->addresses[i], 0, RP_FN_BY_STARTS, RP_FN_NORMAL))
            return false;
    return true;
}

/* ---- __unwind_info ---- */

typedef struct {
    rp_fn_builder *b;
    rp_reader r; /* of the section */
    uint64_t base;
    uint32_t common_at, ncommon;
    uint64_t budget; /* entries that the section has room for: pages may be named twice */
} unwind;

static uint32_t encoding_at(const unwind *u, uint64_t at)
{
    rp_reader r = u->r;
    rp_seek(&r, at);
    return rp_u32(&r);
}

/* An entry whose encoding is 0 begins a stretch without unwind data: no function, or none that is
 * told apart. */
static bool entry(unwind *u, uint64_t offset, uint32_t encoding)
{
    return encoding == 0 ||
           rp_fn_add_range(u->b, u->base + offset, 0, RP_FN_BY_UNWIND, RP_FN_NORMAL);
}

static bool regular_page(unwind *u, rp_reader page, uint64_t at)
{
    uint32_t entries = rp_u16(&page), n = rp_u16(&page);
    rp_seek(&page, at + entries);
    for (uint32_t i = 0; i < n && !page.bad && u->budget != 0; i++, u->budget--) {
        uint32_t offset = rp_u32(&page), encoding = rp_u32(&page);
        if (!page.bad && !entry(u, offset, encoding))
            return false;
    }
    u->b->cut_short |= page.bad;
    return true;
}

/* Entries: offset from the page's first function in 24 bits, index of the encoding in 8: in the
 * table that all pages share, then in the page's own. */
static bool compressed_page(unwind *u, rp_reader page, uint64_t at, uint32_t first)
{
    uint32_t entries = rp_u16(&page), n = rp_u16(&page), own = rp_u16(&page);
    rp_seek(&page, at + entries);
    for (uint32_t i = 0; i < n && !page.bad && u->budget != 0; i++, u->budget--) {
        uint32_t word = rp_u32(&page), which = word >> 24;
        uint64_t where = which < u->ncommon ? u->common_at + 4ull * which
                                            : at + own + 4ull * (which - u->ncommon);
        if (!page.bad && !entry(u, (uint64_t)first + (word & 0xffffffu), encoding_at(u, where)))
            return false;
    }
    u->b->cut_short |= page.bad;
    return true;
}

static bool read_index(unwind *u, uint32_t at, uint32_t n)
{
    rp_reader index = u->r;
    rp_seek(&index, at);
    for (uint32_t i = 0; i + 1 < n; i++) { /* the last one only ends the list */
        uint32_t first = rp_u32(&index), page_at = rp_u32(&index);
        (void)rp_u32(&index); /* language-specific data */
        if (index.bad)
            break;
        if (page_at == 0)
            continue;
        rp_reader page = u->r;
        rp_seek(&page, page_at);
        uint32_t kind = rp_u32(&page);
        if (kind == UNWIND_REGULAR
                ? !regular_page(u, page, page_at)
                : kind == UNWIND_COMPRESSED && !compressed_page(u, page, page_at, first))
            return false;
    }
    u->b->cut_short |= index.bad || u->budget == 0;
    return true;
}

static bool from_unwind(rp_fn_builder *b)
{
    const rp_section *s = rp_image_section(b->img, "__TEXT,__unwind_info");
    unwind u = {.b = b, .base = rp_macho_base(b->img)};
    if (s == NULL || s->offset == RP_NOWHERE)
        return true;
    if (!rp_source_reader(b->img->src, s->offset, s->filesz, b->img->big, &u.r)) {
        b->cut_short = true;
        return true;
    }
    u.budget = s->filesz / 4 + 1;
    rp_reader head = u.r;
    uint32_t version = rp_u32(&head);
    u.common_at = rp_u32(&head);
    u.ncommon = rp_u32(&head);
    rp_skip_bytes(&head, 8); /* personalities */
    uint32_t index = rp_u32(&head), n = rp_u32(&head);
    if (head.bad || version != 1 || n > s->filesz / INDEX_ENTRY) {
        rp_image_odd(b->img, s->offset, "compact unwind data that no unwinder would read");
        b->cut_short = true;
        return true;
    }
    return read_index(&u, index, n);
}

/* ---- */

/* LC_DATA_IN_CODE: offset from the start of the file's first segment, length, kind. */
static bool from_data_in_code(rp_fn_builder *b)
{
    const rp_macho_range *range = &b->img->macho->data_in_code;
    rp_reader r;
    if (range->at == RP_NOWHERE || range->size == 0)
        return true;
    if (!rp_source_reader(b->img->src, range->off, range->size, b->img->big, &r)) {
        b->cut_short = true;
        return true;
    }
    uint64_t base = rp_macho_base(b->img), last = 0;
    while (rp_left(&r) >= DATA_ENTRY) {
        uint64_t start = base + rp_u32(&r), end = start + rp_u16(&r);
        (void)rp_u16(&r);
        if (start < last || end <= start) { /* not in order: no linker writes that */
            b->cut_short = true;
            continue;
        }
        rp_data_in_code *d = rp_vec_push(b->img->arena, &b->data);
        if (d == NULL)
            return false;
        *d = (rp_data_in_code){start, end};
        last = end;
    }
    return true;
}

static bool from_stubs(rp_fn_builder *b)
{
    static const char *const names[] = {"__TEXT,__objc_stubs", "__TEXT,__symbol_stub",
                                        "__TEXT,__picsymbolstub1", "__TEXT,__delay_stubs",
                                        "__TEXT,__delay_helper"};
    for (size_t i = 0; i < RP_COUNT(names); i++) {
        const rp_section *s = rp_image_section(b->img, names[i]);
        if (s != NULL && s->size <= UINT64_MAX - s->addr &&
            !rp_fn_add_range(b, s->addr, s->addr + s->size, RP_FN_BY_STARTS, RP_FN_PLT))
            return false;
    }
    return true;
}

bool rp_fn_from_macho(rp_fn_builder *b)
{
    if (b->img->kind == RP_KIND_DEBUG || b->img->kind == RP_KIND_OBJECT)
        return from_data_in_code(b);
    /* LC_UNIXTHREAD's and LC_MAIN's entry in dylinkers and kernels, which are no executables */
    if (b->img->entry != 0 && !rp_fn_add_range(b, b->img->entry, 0, RP_FN_BY_ENTRY, RP_FN_STARTUP))
        return false;
    rp_macho_functions starts;
    if (!from_starts(b, &starts) || !from_unwind(b))
        return false;
    if (starts.known == RP_UNKNOWN || starts.n == 0) {
        if (!rp_fn_from_targets(b))
            return false;
    } else if (b->img->arch != RP_ARCH_ARM) {
        drop_others(b, &starts);
    }
    return from_data_in_code(b) && from_stubs(b);
}
