/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ARM64X and ARM64EC images hold code for two processors: the CHPE metadata's code map says which
 * lies where. What is not for the machine that the header names is left out. Source: LLVM's
 * Object/COFF.h, chpe_metadata and chpe_range_entry. */
#include "base/limits.h"
#include "base/numbers.h"
#include "obj/function_sources.h"
#include "obj/pe.h"
#include "obj/pe_load_config.h"

#include <stdlib.h>

typedef enum { CODE_ARM64, CODE_ARM64EC, CODE_X64 } code_kind;

typedef struct {
    uint64_t start, end;
} own_range;

typedef RP_VEC(own_range) own_ranges;

/* Entries ascend; bits 0 and 1 of a start are its kind. *ret_known false: not all can be read. */
static bool read_map(rp_fn_builder *b, uint64_t metadata, code_kind own, own_ranges *ret,
                     bool *ret_known)
{
    enum { HEAD = 12, ENTRY = 8 };
    const struct rp_pe *pe = b->img->pe;
    rp_reader r;
    *ret_known = false;
    if (metadata < pe->image_base || !rp_pe_reader(b->img, metadata - pe->image_base, HEAD, &r))
        return true;
    rp_skip_bytes(&r, 4); /* version */
    uint32_t map = rp_u32(&r), n = rp_u32(&r);
    if (n > RP_MAX_SECTIONS || !rp_pe_reader(b->img, map, (uint64_t)n * ENTRY, &r))
        return true;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t start = rp_u32(&r), length = rp_u32(&r);
        if ((start & 3u) != (uint32_t)own)
            continue;
        own_range *to = rp_vec_push(b->img->arena, ret);
        if (to == NULL)
            return false;
        uint64_t first = pe->image_base + (start & ~3u);
        *to = (own_range){first, first + length};
    }
    *ret_known = true;
    return true;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* What areas and ranges have in common, each byte once; both ascend, or else less remains. */
static bool keep_own(rp_fn_builder *b, const own_ranges *own)
{
    uint32_t n = b->areas.n, k = 0;
    uint64_t done = 0;
    const rp_fn_area *areas = b->areas.items;
    b->areas.items = NULL;
    b->areas.n = b->areas.cap = 0;
    for (uint32_t i = 0; i < n && k < own->n;) {
        const own_range *r = &own->items[k];
        uint64_t low = areas[i].addr, high = low + areas[i].size;
        uint64_t from = larger(larger(r->start, low), done), to = r->end < high ? r->end : high;
        if (from < to && !rp_fn_area_add(b, from, to - from, areas[i].offset + (from - low)))
            return false;
        done = larger(done, to);
        if (r->end < high)
            k++;
        else
            i++;
    }
    return true;
}

bool rp_fn_leave_foreign(rp_fn_builder *b)
{
    rp_pe_load_config lc;
    own_ranges own = {0};
    bool known;
    if (b->img->pe == NULL || !b->img->pe->image)
        return true;
    rp_pe_read_load_config(b->img, &lc);
    uint64_t metadata = lc.field[RP_LC_CHPE_METADATA].value;
    bool arm = b->img->pe->machine == RP_PE_ARM64;
    if (metadata == 0 || (!arm && b->img->pe->machine != RP_PE_AMD64))
        return true;
    if (!read_map(b, metadata, arm ? CODE_ARM64 : CODE_X64, &own, &known))
        return false;
    b->cut_short = true; /* the other processor's code is not read */
    b->hybrid = known;
    return !known || keep_own(b, &own);
}
