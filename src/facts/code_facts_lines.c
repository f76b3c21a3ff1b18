/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* File and line of the places outside coverages, from debug information. */
#include "facts/code_facts_parts.h"

#include <stdlib.h>

static int by_addr(const void *a, const void *b)
{
    const rp_dwarf_place *x = a, *y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

/* One look-up for each different address, sorted. */
static rp_dwarf_place *look_ups(const rp_code_view *v, rp_code_facts *c, uint32_t *ret_n)
{
    uint32_t n = 0, kept = 0;
    for (unsigned i = 0; i < RP_COVERAGES; i++)
        n += rp_code_coverage(c, i)->noutside;
    rp_dwarf_place *places = rp_new(v->arena, n, rp_dwarf_place);
    if (places == NULL)
        return NULL;
    n = 0;
    for (unsigned i = 0; i < RP_COVERAGES; i++) {
        const rp_coverage *of = rp_code_coverage(c, i);
        for (uint32_t k = 0; k < of->noutside; k++)
            places[n++].addr = of->outside[k].mapped;
    }
    if (n > 1)
        qsort(places, n, sizeof *places, by_addr);
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || places[i].addr != places[kept - 1].addr)
            places[kept++] = places[i];
    *ret_n = kept;
    return places;
}

static bool hand_out(const rp_code_view *v, const rp_dwarf_place *places, uint32_t n,
                     rp_coverage *of)
{
    rp_code_place *outside = rp_new(v->arena, of->noutside, rp_code_place);
    if (outside == NULL)
        return false;
    for (uint32_t i = 0; i < of->noutside; i++) {
        rp_dwarf_place key = {.addr = of->outside[i].mapped};
        const rp_dwarf_place *found = bsearch(&key, places, n, sizeof key, by_addr);
        outside[i] = of->outside[i];
        if (found != NULL && found->line != 0) {
            outside[i].file = found->file;
            outside[i].line = found->line;
        }
    }
    of->outside = outside;
    return true;
}

bool rp_code_facts_lines(const rp_code_view *v, rp_dwarf *dwarf, rp_code_facts *c)
{
    uint32_t n = 0;
    if (dwarf->known == RP_NO)
        return true;
    rp_dwarf_place *places = look_ups(v, c, &n);
    if (places == NULL || (n != 0 && !rp_dwarf_lines(dwarf, v->arena, places, n)))
        return false;
    for (unsigned i = 0; i < RP_COVERAGES; i++) {
        rp_coverage *of = rp_code_coverage(c, i);
        if (of->noutside != 0 && !hand_out(v, places, n, of))
            return false;
    }
    return true;
}
