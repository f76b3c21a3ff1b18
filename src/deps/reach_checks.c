/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Do overflow checks stand where an affected function was seen? rustc emits a check when both the
 * crate that wrote the arithmetic and the crate that it is compiled in ask for them: generic
 * functions are compiled in their users. So a place counts when its code calls an overflow panic
 * from a line of the affected crate's own sources; a check that core brings along proves nothing of
 * that crate. */
#include "base/search.h"
#include "deps/reach_parts.h"

#include "origin/crate_paths.h"

#include <stdlib.h>

/* A call of an overflow panic. */
typedef struct {
    rp_dwarf_place at;
    uint32_t place; /* index of the place that holds it */
} site;

typedef struct {
    rp_arena *arena;
    RP_VEC(site) sites;
} collector;

/* The first site of the function, or of one behind it. */
static uint32_t first_site(const rp_calls *calls, uint32_t function)
{
    uint32_t low;
    RP_SEARCH(low, calls->noverflow, calls->overflow[low].function < function);
    return low;
}

/* Panics that the function at the place calls. */
static bool collect(collector *c, const rp_reach_code *code, const rp_reach_place *p,
                    uint32_t index)
{
    uint32_t at = p->data ? RP_NO_FUNCTION : rp_function_holding(&code->functions, p->addr);
    const rp_calls *calls = &code->calls;
    if (at == RP_NO_FUNCTION)
        return true;
    for (uint32_t i = first_site(calls, at);
         i < calls->noverflow && calls->overflow[i].function == at; i++) {
        site *s = rp_vec_push(c->arena, &c->sites);
        if (s == NULL)
            return false;
        *s = (site){{.addr = calls->overflow[i].addr}, index};
    }
    return true;
}

static int by_addr(const void *a, const void *b)
{
    const site *x = a, *y = b;
    return (x->at.addr > y->at.addr) - (x->at.addr < y->at.addr);
}

static bool read_lines(collector *c, rp_dwarf *dwarf)
{
    rp_dwarf_place *lines = rp_new(c->arena, c->sites.n, rp_dwarf_place);
    if (lines == NULL)
        return false;
    if (c->sites.n > 1)
        qsort(c->sites.items, c->sites.n, sizeof *c->sites.items, by_addr);
    for (uint32_t i = 0; i < c->sites.n; i++)
        lines[i] = c->sites.items[i].at;
    if (c->sites.n != 0 && !rp_dwarf_lines(dwarf, c->arena, lines, c->sites.n))
        return false;
    for (uint32_t i = 0; i < c->sites.n; i++)
        c->sites.items[i].at = lines[i];
    return true;
}

static bool is_of(const rp_reach_query *q, rp_str file)
{
    rp_crate_path path;
    return q->version.len != 0 && rp_crate_of_path(file, &path) &&
           rp_crate_name_eq(path.name, q->crate) && rp_str_eq(path.version, q->version);
}

bool rp_reach_checks(rp_image *img, const rp_reach_code *code, rp_dwarf *dwarf,
                     const rp_reach_query *queries, const rp_reach_place *places, uint32_t n,
                     rp_reach *ret)
{
    collector c = {.arena = img->arena};
    bool *checked = rp_new(img->arena, n, bool);
    if (checked == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (ret[places[i].query].overflow_checked && !collect(&c, code, &places[i], i))
            return false;
    if (!read_lines(&c, dwarf))
        return false;
    for (uint32_t i = 0; i < c.sites.n; i++) {
        const site *s = &c.sites.items[i];
        checked[s->place] |= is_of(&queries[places[s->place].query], s->at.file);
    }
    for (uint32_t i = 0; i < n; i++)
        ret[places[i].query].overflow_checked &= checked[i];
    return true;
}
