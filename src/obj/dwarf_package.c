/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/dwarf_package.h"

#include "base/limits.h"
#include "base/reader.h"
#include "base/search.h"

#include <stdlib.h>

enum { COLUMNS_MAX = 16 };

enum { /* DW_SECT_, both versions; 8 is MACRO in version 2, where ranges stay in the program */
       SECT_INFO = 1,
       SECT_ABBREV = 3,
       SECT_STR_OFFSETS = 6,
       SECT_RNGLISTS = 8
};

typedef struct {
    uint32_t version, columns, units, slots;
    uint32_t column[COLUMNS_MAX];
} header;

static bool read_header(rp_reader *r, header *h)
{
    uint32_t version = rp_u32(r); /* 2, or a half 5 and padding */
    h->version = version & 0xffffu;
    if (version == (5u << 16) && r->big)
        h->version = 5;
    h->columns = rp_u32(r);
    h->units = rp_u32(r);
    h->slots = rp_u32(r);
    if (r->bad || (h->version != 2 && h->version != 5) || h->columns == 0 ||
        h->columns > COLUMNS_MAX || h->units > RP_MAX_UNITS || (uint64_t)h->slots * 12 > rp_left(r))
        return false;
    rp_skip_bytes(r, (uint64_t)h->slots * 12); /* signatures, then numbers of rows */
    for (uint32_t i = 0; i < h->columns; i++)
        h->column[i] = rp_u32(r);
    return !r->bad && (uint64_t)h->units * h->columns * 8 <= rp_left(r);
}

static void keep(const header *h, uint32_t column, uint32_t value, rp_dwarf_contribution *to)
{
    switch (h->column[column]) {
    case SECT_INFO:
        to->info = value;
        return;
    case SECT_ABBREV:
        to->abbrev = value;
        return;
    case SECT_STR_OFFSETS:
        to->str_offsets = value;
        return;
    case SECT_RNGLISTS:
        if (h->version == 5)
            to->rnglists = value;
        return;
    default:
        return;
    }
}

static int by_place(const void *a, const void *b)
{
    const rp_dwarf_contribution *x = a, *y = b;
    return (x->info > y->info) - (x->info < y->info);
}

bool rp_dwarf_package_read(rp_debug_sections *sections, rp_arena *arena, rp_dwarf_package *ret)
{
    rp_bytes index;
    header h = {0};
    *ret = (rp_dwarf_package){.whole = true};
    rp_tri there = rp_debug_section_bytes(sections, RP_DEBUG_CU_INDEX, &index);
    ret->whole = there != RP_UNKNOWN;
    if (there != RP_YES)
        return !sections->out_of_memory;
    rp_reader r = rp_reader_of(index, 0, sections->img->big);
    ret->whole = read_header(&r, &h);
    if (!ret->whole)
        return true;
    rp_dwarf_contribution *rows = rp_new(arena, h.units, rp_dwarf_contribution);
    if (rows == NULL)
        return false;
    for (uint32_t i = 0; i < h.units; i++)
        for (uint32_t k = 0; k < h.columns; k++)
            keep(&h, k, rp_u32(&r), &rows[i]);
    for (uint32_t i = 0; i < h.units; i++)
        for (uint32_t k = 0; k < h.columns; k++) {
            uint32_t size = rp_u32(&r);
            rows[i].info_len = h.column[k] == SECT_INFO ? size : rows[i].info_len;
        }
    if (h.units > 1)
        qsort(rows, h.units, sizeof *rows, by_place);
    ret->rows = rows;
    ret->n = h.units;
    return true;
}

rp_dwarf_contribution rp_dwarf_contribution_of(const rp_dwarf_package *p, uint64_t at)
{
    uint32_t low;
    RP_SEARCH(low, p->n, p->rows[low].info <= at);
    bool inside = low != 0 && at - p->rows[low - 1].info < p->rows[low - 1].info_len;
    return inside ? p->rows[low - 1] : (rp_dwarf_contribution){0};
}
