/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of PE images: the exception directory (.pdata) has all but leaf functions, whose starts
 * are told by exports, the guard function table, TLS callbacks and the entry point. What lies in
 * between and is no padding is a leaf function too: x64 and ARM64 code that has no unwind data may
 * neither call nor take stack. Source: Microsoft "x64 exception handling", "ARM64 exception
 * handling", "ARM exception handling". */
#include "base/limits.h"
#include "base/numbers.h"
#include "obj/function_sources.h"
#include "obj/pe.h"
#include "obj/pe_load_config.h"

#include <stdlib.h>

enum { UNW_CHAININFO = 4, MAX_CALLBACKS = 4096, ALIGNMENT = 16 };

static bool add_start(rp_fn_builder *b, uint64_t rva, rp_fn_source source, rp_fn_kind kind)
{
    const rp_pe_span *span = rp_pe_span_of(b->img, rva);
    if (span == NULL || (span->perm & RP_X) == 0)
        return true;
    return rp_fn_add_range(b, b->img->pe->image_base + rva, 0, source, kind);
}

/* ---- .pdata ---- */

typedef struct {
    uint32_t begin, end;
    bool chained; /* a later part of the function before it */
} entry;

/* UNWIND_INFO with UNW_FLAG_CHAININFO, or an entry that names another entry: the range is a part of
 * a function that has its own entry. */
static bool is_chained(rp_image *img, uint32_t unwind)
{
    rp_reader r;
    if ((unwind & 1u) != 0)
        return true;
    return rp_pe_reader(img, unwind, 4, &r) && (rp_u8(&r) >> 3 & UNW_CHAININFO) != 0;
}

static bool read_x64(rp_image *img, rp_reader *r, entry *ret)
{
    ret->begin = rp_u32(r);
    ret->end = rp_u32(r);
    ret->chained = is_chained(img, rp_u32(r));
    return ret->end > ret->begin;
}

/* ARM64: lengths in words; ARM: in halfwords. Flag 0: the length is in the .xdata record; 1:
 * packed; 2: packed, a fragment without prologue. */
static bool read_arm(rp_image *img, rp_reader *r, entry *ret)
{
    bool wide = img->arch == RP_ARCH_AARCH64;
    uint32_t unit = wide ? 4 : 2;
    ret->begin = rp_u32(r);
    uint32_t data = rp_u32(r), length = data >> 2 & 0x7ffu;
    ret->chained = false;
    if ((data & 3u) == 3)
        return false;
    if ((data & 3u) == 0) {
        rp_reader x;
        if (!rp_pe_reader(img, data, 4, &x))
            return false;
        length = rp_u32(&x) & 0x3ffffu;
    }
    uint64_t end = (uint64_t)(wide ? ret->begin : ret->begin & ~1u) + (uint64_t)length * unit;
    ret->end = (uint32_t)end;
    return length != 0 && end <= UINT32_MAX;
}

/* Parts that follow their function at once belong to it; others stand for themselves. */
static bool add_entries(rp_fn_builder *b, rp_reader *r, uint32_t width)
{
    uint64_t base = b->img->pe->image_base;
    uint32_t broken = 0;
    rp_fn_candidate *last = NULL;
    while (rp_left(r) >= width) {
        entry e = {0};
        uint64_t at = rp_at(r);
        bool good = width == 12 ? read_x64(b->img, r, &e) : read_arm(b->img, r, &e);
        if (!good) {
            if ((e.begin | e.end) != 0 && broken++ == 0) /* zeros pad the table */
                rp_image_odd(b->img, at, "an entry of the exception directory cannot be");
            continue;
        }
        last = b->candidates.n != 0 ? &b->candidates.items[b->candidates.n - 1] : NULL;
        if (e.chained && last != NULL && last->source == RP_FN_BY_UNWIND &&
            last->end == base + e.begin)
            last->end = base + e.end;
        else if (!rp_fn_add_range(b, base + e.begin, base + e.end, RP_FN_BY_UNWIND, RP_FN_NORMAL))
            return false;
    }
    b->cut_short |= broken != 0;
    return true;
}

static bool from_pdata(rp_fn_builder *b)
{
    rp_image *img = b->img;
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_EXCEPTION];
    uint32_t width = img->pe->machine == RP_PE_AMD64 ? 12 : 8;
    rp_reader r;
    if (rp_pe_why_unknown(img, RP_PE_DIR_EXCEPTION) != NULL || img->arch == RP_ARCH_X86)
        b->cut_short = true; /* 32-bit x86 has no such table */
    if (dir->rva == 0 || dir->size == 0 || img->arch == RP_ARCH_X86)
        return true;
    uint64_t room = rp_pe_room(img, dir->rva);
    uint64_t size = dir->size < room ? dir->size : room;
    if (size < dir->size) {
        rp_image_odd(img, dir->at, "the exception directory lies outside the image");
        b->cut_short = true;
    }
    if (size / width > RP_MAX_FUNCTIONS || !rp_pe_reader(img, dir->rva, size, &r)) {
        b->cut_short = true;
        return true;
    }
    return add_entries(b, &r, width);
}

/* ---- starts ---- */

static bool from_rva_table(rp_fn_builder *b, const rp_pe_load_config *lc, rp_lc_field table,
                           rp_lc_field count, uint32_t extra)
{
    rp_image *img = b->img;
    uint32_t rva;
    rp_reader r;
    uint64_t n = lc->field[count].value;
    if (!lc->field[table].there || !lc->field[count].there || lc->field[table].value == 0 || n == 0)
        return true;
    if (n > RP_MAX_FUNCTIONS || !rp_pe_rva(img, lc->field[table].value, &rva) ||
        !rp_pe_reader(img, rva, n * (4 + extra), &r)) {
        b->cut_short = true;
        return true;
    }
    for (uint64_t i = 0; i < n; i++) {
        uint32_t start = rp_u32(&r);
        rp_skip_bytes(&r, extra);
        if (!add_start(b, start, RP_FN_BY_STARTS, RP_FN_NORMAL))
            return false;
    }
    return true;
}

/* The guard function table and, in 32-bit images, the registered exception handlers. */
static bool from_load_config(rp_fn_builder *b)
{
    rp_pe_load_config lc;
    rp_pe_read_load_config(b->img, &lc);
    uint32_t extra = (uint32_t)lc.field[RP_LC_GUARD_FLAGS].value >> RP_GUARD_STRIDE_SHIFT;
    if (!from_rva_table(b, &lc, RP_LC_CF_TABLE, RP_LC_CF_COUNT, extra))
        return false;
    return b->img->arch != RP_ARCH_X86 ||
           from_rva_table(b, &lc, RP_LC_SE_HANDLER_TABLE, RP_LC_SE_HANDLER_COUNT, 0);
}

static bool from_exports(rp_fn_builder *b)
{
    const struct rp_pe *pe = b->img->pe;
    rp_pe_read_tables(b->img);
    for (uint32_t i = 0; i < pe->exports.n; i++)
        if (!pe->exports.items[i].forwarded &&
            !add_start(b, pe->exports.items[i].rva, RP_FN_BY_EXPORT, RP_FN_NORMAL))
            return false;
    return true;
}

/* AddressOfCallBacks names a list of pointers that ends with a null pointer. */
static bool from_tls(rp_fn_builder *b)
{
    rp_image *img = b->img;
    const rp_pe_dir *dir = &img->pe->dir[RP_PE_DIR_TLS];
    unsigned width = img->pe->pe32_plus ? 8 : 4;
    rp_reader r;
    uint32_t rva, callback;
    if (dir->rva == 0 || !rp_pe_reader(img, dir->rva, 4ull * width + 8, &r))
        return true;
    rp_seek(&r, 3ull * width);
    if (!rp_pe_rva(img, rp_uint(&r, width), &rva))
        return true;
    for (uint32_t i = 0; i < MAX_CALLBACKS; i++) {
        if (!rp_pe_reader(img, rva + (uint64_t)i * width, width, &r))
            return true;
        uint64_t at = rp_uint(&r, width);
        if (at == 0)
            return true;
        if (rp_pe_rva(img, at, &callback) && !add_start(b, callback, RP_FN_BY_ENTRY, RP_FN_NORMAL))
            return false;
    }
    return true;
}

/* ---- what lies between ---- */

typedef struct {
    uint64_t start, end;
} range;

typedef struct {
    rp_fn_builder *b;
    uint64_t addr;      /* of code.ptr[0] */
    rp_bytes code;      /* of the area at hand */
    uint64_t low, high; /* of the area */
} gaps;

static int by_start(const void *x, const void *y)
{
    const range *a = x, *b = y;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->end < b->end) - (a->end > b->end);
}

static const uint8_t *at(const gaps *g, uint64_t addr)
{
    return g->code.ptr + (addr - g->addr);
}

static uint32_t word(const gaps *g, uint64_t addr)
{
    return rp_le32(at(g, addr));
}

static bool is_x86(const gaps *g)
{
    return g->b->img->arch == RP_ARCH_X86 || g->b->img->arch == RP_ARCH_X86_64;
}

/* int3, nop, zeros; AArch64: brk #0xf000, nop, zeros. Steps of one instruction. */
static bool is_padding(const gaps *g, uint64_t addr)
{
    if (is_x86(g)) {
        uint8_t byte = *at(g, addr);
        return byte == 0xcc || byte == 0x90 || byte == 0;
    }
    uint32_t w = word(g, addr);
    return w == 0 || w == 0xd503201f || w == 0xd43e0000 || w == 0xdefedefe;
}

static uint64_t skip_padding(const gaps *g, uint64_t from, uint64_t end)
{
    uint64_t step = is_x86(g) ? 1 : 4;
    while (end - from >= step) {
        size_t no_op = is_x86(g) && from % ALIGNMENT != 0
                           ? rp_fn_x86_no_op((rp_bytes){at(g, from), (size_t)(end - from)})
                           : 0;
        if (no_op == 0 && !is_padding(g, from))
            return from;
        from += no_op != 0 ? no_op : step;
    }
    return end;
}

/* Only what cannot be the end of an instruction goes: no-ops are left, they are code. */
static uint64_t trim_padding(const gaps *g, uint64_t from, uint64_t end)
{
    uint64_t step = is_x86(g) ? 1 : 4;
    while (end - from > step && (is_x86(g) ? *at(g, end - 1) == 0xcc : is_padding(g, end - step)))
        end -= step;
    return end;
}

/* Jump tables of MSVC lie between functions: offsets from the image's base, or addresses. */
static bool is_data(const gaps *g, uint64_t from, uint64_t end)
{
    uint64_t base = g->b->img->bits == 32 ? 0 : g->b->img->pe->image_base;
    if (end - from < 8)
        return false;
    uint64_t first = base + word(g, from), second = base + word(g, from + 4);
    bool table = first >= g->low && first < g->high && second >= g->low && second < g->high;
    return table || (word(g, from) == UINT32_MAX && word(g, from + 4) == UINT32_MAX);
}

/* jmp [slot]; AArch64: adrp x16; ldr x16, [x16, #n]; br x16: calls of imported functions come here.
 */
static uint64_t thunk_length(const gaps *g, uint64_t from, uint64_t end)
{
    if (is_x86(g)) {
        bool wide = g->b->img->bits == 64 && *at(g, from) == 0x48; /* MSVC's tail calls: REX.W */
        uint64_t op = from + (wide ? 1 : 0);
        bool jump = end - op >= 6 && at(g, op)[0] == 0xff && at(g, op)[1] == 0x25;
        return jump ? op + 6 - from : 0;
    }
    bool thunk = end - from >= 12 && (word(g, from) & 0x9f00001fu) == 0x90000010 &&
                 (word(g, from + 4) & 0xffc003ffu) == 0xf9400210 && word(g, from + 8) == 0xd61f0200;
    return thunk ? 12 : 0;
}

/* Compilers and linkers for COFF fill up with int3; no-ops stand before loops as well. */
static bool ends_before(const gaps *g, uint64_t from, uint64_t border)
{
    if (!is_x86(g))
        return is_padding(g, border - 4) && word(g, border - 4) != 0xd503201f;
    uint8_t before = border - from >= 2 ? *at(g, border - 2) : 0;
    return *at(g, border - 1) == 0xcc && (before == 0xcc || before == 0xc3);
}

/* Where padding before a 16-byte border ends one function. */
static uint64_t next_border(const gaps *g, uint64_t from, uint64_t end)
{
    uint64_t border = (from + ALIGNMENT) & ~(uint64_t)(ALIGNMENT - 1);
    for (; border < end && border >= from; border += ALIGNMENT) {
        if (ends_before(g, from, border))
            return border;
    }
    return end;
}

/* [from, end) is code that no table tells of; or, `known`, a function that begins at `from`. */
static bool one_gap(gaps *g, uint64_t from, uint64_t end, bool known)
{
    while (from < end) {
        uint64_t start = known ? from : skip_padding(g, from, end);
        if (end - start < (is_x86(g) ? 1u : 4u))
            return true;
        uint64_t thunk = thunk_length(g, start, end);
        uint64_t stop = thunk != 0 ? start + thunk : next_border(g, start, end);
        bool data = !known && thunk == 0 && is_data(g, start, stop);
        if (!data && !rp_fn_add_range(g->b, start, trim_padding(g, start, stop), RP_FN_BY_STARTS,
                                      thunk != 0 ? RP_FN_PLT : RP_FN_NORMAL))
            return false;
        from = stop;
        known = false;
    }
    return true;
}

/* The end of known[i], which does not say it: the next start. */
static uint64_t open_end(const gaps *g, const range *known, uint32_t n, uint32_t i)
{
    for (uint32_t k = i + 1; k < n; k++)
        if (known[k].start != known[i].start)
            return known[k].start < g->high ? known[k].start : g->high;
    return g->high;
}

/* Walks the known ranges of one area, which come by start, longest first: those without an end get
 * one, and gaps are looked through. */
static bool area_gaps(gaps *g, const range *known, uint32_t n)
{
    uint64_t done = g->low;
    for (uint32_t i = 0; i < n && known[i].start < g->high; i++) {
        uint64_t start = known[i].start, end = known[i].end;
        if (start < done) {
            done = end > done ? end : done;
            continue;
        }
        if (!one_gap(g, done, start, false))
            return false;
        if (end == 0) {
            end = open_end(g, known, n, i);
            if (!one_gap(g, start, end, true))
                return false;
        }
        done = end;
    }
    return done >= g->high || one_gap(g, done, g->high, false);
}

static bool copy_ranges(const rp_fn_builder *b, range **ret)
{
    range *all = rp_new(b->img->arena, b->candidates.n, range);
    if (all == NULL)
        return false;
    for (uint32_t i = 0; i < b->candidates.n; i++)
        all[i] = (range){b->candidates.items[i].start, b->candidates.items[i].end};
    if (b->candidates.n > 1)
        qsort(all, b->candidates.n, sizeof *all, by_start);
    *ret = all;
    return true;
}

static bool from_gaps(rp_fn_builder *b)
{
    range *all = NULL;
    uint32_t n = b->candidates.n, first = 0;
    uint64_t done = 0; /* sections may overlap: nothing is looked through twice */
    if (b->img->arch == RP_ARCH_ARM)
        return true;
    if (!copy_ranges(b, &all))
        return false;
    for (uint32_t i = 0; i < b->areas.n; i++) {
        const rp_fn_area *a = &b->areas.items[i];
        gaps g = {.b = b, .addr = a->addr, .low = a->addr, .high = a->addr + a->size};
        g.low = g.low > done ? g.low : done;
        if (g.low >= g.high)
            continue;
        done = g.high;
        if (!rp_source_bytes(b->img->src, a->offset, a->size, &g.code)) {
            b->cut_short = true;
            continue;
        }
        while (first < n && all[first].start < g.low)
            first++;
        if (!area_gaps(&g, all + first, n - first))
            return false;
    }
    return true;
}

/* Objects: one table for each section of code, relocated. */
static bool from_placed(rp_fn_builder *b)
{
    const rp_image *img = b->img;
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        rp_reader r;
        if (!rp_str_starts(s->name, ".pdata") || s->addr == 0 || img->arch == RP_ARCH_X86)
            continue;
        if (!rp_source_reader(img->src, s->offset, s->filesz, false, &r)) {
            b->cut_short = true;
            continue;
        }
        if (!add_entries(b, &r, img->pe->machine == RP_PE_AMD64 ? 12 : 8))
            return false;
    }
    return true;
}

bool rp_fn_from_pe(rp_fn_builder *b)
{
    const rp_image *img = b->img;
    if (img->placed != NULL)
        return from_placed(b);
    if (!img->pe->image || img->kind == RP_KIND_DEBUG)
        return true;
    if (img->pe->entry_rva != 0 && !add_start(b, img->pe->entry_rva, RP_FN_BY_ENTRY, RP_FN_STARTUP))
        return false;
    return from_pdata(b) && from_load_config(b) && from_exports(b) && from_tls(b) &&
           rp_fn_from_targets(b) && from_gaps(b);
}
