/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/dwarf_ranges.h"

static bool step(const rp_dwarf_bases *b)
{
    if (*b->steps != 0)
        --*b->steps;
    return *b->steps != 0;
}

uint64_t rp_dwarf_table_entry(rp_debug_sections *s, rp_debug_section which, uint64_t base,
                              uint64_t index, unsigned width)
{
    rp_bytes b;
    if (rp_debug_section_bytes(s, which, &b) != RP_YES || base > b.len ||
        index > (b.len - base) / width)
        return 0;
    rp_reader r = rp_reader_of(b, 0, s->img->big);
    rp_seek(&r, base + index * width);
    return rp_uint(&r, width);
}

static uint64_t indexed(const rp_dwarf_bases *b, uint64_t index)
{
    return rp_dwarf_table_entry(b->addresses, RP_DEBUG_ADDR, b->addr_base, index,
                                b->e.address_size);
}

uint64_t rp_dwarf_address(const rp_dwarf_bases *b, rp_dwarf_value v)
{
    return rp_dwarf_form_is_addrx(v.form) ? indexed(b, v.value) : v.value;
}

typedef struct {
    rp_dwarf_range_fn visit;
    void *user;
} sink;

static bool give(const sink *to, uint64_t start, uint64_t end)
{
    if (start < 2 || end <= start || start >= UINT64_MAX - 1)
        return true;
    return to->visit(to->user, start, end);
}

/* DWARF 4, 2.17.3: pairs relative to a base; the largest address selects a new base */
static void ranges_4(const rp_dwarf_bases *b, uint64_t off, uint64_t base, const sink *to)
{
    rp_bytes bytes;
    unsigned width = b->e.address_size;
    uint64_t select = width == 8 ? UINT64_MAX : UINT32_MAX;
    if (rp_debug_section_bytes(b->sections, RP_DEBUG_RANGES, &bytes) != RP_YES)
        return;
    rp_reader r = rp_reader_of(bytes, 0, b->sections->img->big);
    rp_seek(&r, off);
    for (;;) {
        uint64_t start = rp_uint(&r, width), end = rp_uint(&r, width);
        if (r.bad || (start == 0 && end == 0) || !step(b))
            return;
        if (start == select)
            base = end;
        else if (!give(to, base + start, base + end))
            return;
    }
}

enum { /* 7.25, table 7.30 */
       RLE_END,
       RLE_BASE_ADDRESSX,
       RLE_STARTX_ENDX,
       RLE_STARTX_LENGTH,
       RLE_OFFSET_PAIR,
       RLE_BASE_ADDRESS,
       RLE_START_END,
       RLE_START_LENGTH
};

/* One entry; false at the end of the list. */
static bool range_entry(const rp_dwarf_bases *b, rp_reader *r, uint64_t *base, const sink *to)
{
    unsigned width = b->e.address_size;
    uint64_t start, end;
    switch (rp_u8(r)) {
    case RLE_BASE_ADDRESSX:
        *base = indexed(b, rp_uleb(r));
        return !r->bad;
    case RLE_BASE_ADDRESS:
        *base = rp_uint(r, width);
        return !r->bad;
    case RLE_STARTX_ENDX:
        start = indexed(b, rp_uleb(r));
        end = indexed(b, rp_uleb(r));
        break;
    case RLE_STARTX_LENGTH:
        start = indexed(b, rp_uleb(r));
        end = start + rp_uleb(r);
        break;
    case RLE_OFFSET_PAIR:
        start = *base + rp_uleb(r);
        end = *base + rp_uleb(r);
        break;
    case RLE_START_END:
        start = rp_uint(r, width);
        end = rp_uint(r, width);
        break;
    case RLE_START_LENGTH:
        start = rp_uint(r, width);
        end = start + rp_uleb(r);
        break;
    default:
        return false;
    }
    return !r->bad && give(to, start, end);
}

static void ranges_5(const rp_dwarf_bases *b, rp_dwarf_value v, uint64_t base, const sink *to)
{
    rp_bytes bytes;
    uint64_t off = v.value, table = b->rnglists_base;
    if (v.form == DW_FORM_rnglistx)
        off = table + rp_dwarf_table_entry(b->sections, RP_DEBUG_RNGLISTS, table, v.value,
                                           b->e.wide ? 8 : 4);
    if (rp_debug_section_bytes(b->sections, RP_DEBUG_RNGLISTS, &bytes) != RP_YES)
        return;
    rp_reader r = rp_reader_of(bytes, 0, b->sections->img->big);
    rp_seek(&r, off);
    while (!r.bad && step(b) && range_entry(b, &r, &base, to))
        continue;
}

void rp_dwarf_ranges(const rp_dwarf_bases *b, rp_dwarf_value low, rp_dwarf_value high,
                     rp_dwarf_value ranges, uint64_t base, rp_dwarf_range_fn visit, void *user)
{
    sink to = {visit, user};
    if (ranges.form != 0 && b->e.version >= 5) {
        ranges_5(b, ranges, base, &to);
    } else if (ranges.form != 0) {
        ranges_4(b, b->ranges_base + ranges.value, base, &to);
    } else if (low.form != 0 && high.form != 0) {
        uint64_t start = rp_dwarf_address(b, low);
        bool address = high.form == DW_FORM_addr || rp_dwarf_form_is_addrx(high.form);
        (void)give(&to, start, address ? rp_dwarf_address(b, high) : start + high.value);
    }
}
