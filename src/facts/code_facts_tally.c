/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/limits.h"
#include "facts/code_facts_parts.h"
#include "obj/place.h"

#include <stdlib.h>

const char *rp_owner_name(rp_owner owner)
{
    static const char *const names[RP_OWNER_COUNT] = {
        [RP_OWNER_UNKNOWN] = "unknown",  [RP_OWNER_RUST_USER] = "Rust",
        [RP_OWNER_RUST_STD] = "std",     [RP_OWNER_C] = "C",
        [RP_OWNER_CPP] = "C++",          [RP_OWNER_ASSEMBLY] = "assembly",
        [RP_OWNER_RUNTIME] = "run-time", [RP_OWNER_OTHER] = "other",
    };
    return names[owner];
}

void rp_tally_start(rp_tally *t, const rp_code_view *v, rp_coverage *ret)
{
    *t = (rp_tally){.view = v, .ret = ret};
    ret->known = RP_YES;
    t->crate = rp_new(v->arena, v->ncrates, rp_tally_count);
    t->object = rp_new(v->arena, v->nobjects, rp_tally_count);
    t->out_of_memory = t->crate == NULL || t->object == NULL;
}

static void count(rp_tally *t, uint32_t function, uint32_t covered, uint32_t total)
{
    const rp_code_who *w = &t->view->who[function];
    if (t->out_of_memory)
        return;
    t->ret->covered += covered;
    t->ret->total += total;
    t->owner[w->owner].covered += covered;
    t->owner[w->owner].total += total;
    if (w->crate != RP_WHO_NONE) {
        t->crate[w->crate].covered += covered;
        t->crate[w->crate].total += total;
    }
    if (w->object != RP_WHO_NONE) {
        t->object[w->object].covered += covered;
        t->object[w->object].total += total;
    }
}

void rp_tally_add_covered(rp_tally *t, uint32_t function, uint32_t n)
{
    count(t, function, n, n);
}

void rp_tally_add(rp_tally *t, uint32_t function, bool covered, uint64_t addr, uint64_t at,
                  uint32_t detail)
{
    const rp_code_view *v = t->view;
    count(t, function, covered, 1);
    if (covered || t->out_of_memory || t->outside.n >= RP_MAX_PLACES)
        return;
    rp_code_place *place = rp_vec_push(v->arena, &t->outside);
    if (place == NULL) {
        t->out_of_memory = true;
        return;
    }
    const rp_code_who *w = &v->who[function];
    rp_str none = RP_STR("");
    uint64_t start = v->functions->items[function].start;
    *place = (rp_code_place){.crate = w->crate != RP_WHO_NONE ? v->crates[w->crate] : none,
                             .object = w->object != RP_WHO_NONE ? v->objects[w->object] : none,
                             .addr = rp_placed_offset(v->img, addr),
                             .at = rp_placed_file_offset(v->img, addr, at),
                             .mapped = addr,
                             .function = rp_placed_offset(v->img, start),
                             .size = v->functions->items[function].end -
                                     v->functions->items[function].start,
                             .detail = detail,
                             .owner = w->owner};
    if (!rp_code_function_name(v, function, &place->name))
        t->out_of_memory = true;
}

static int by_place(const void *a, const void *b)
{
    const rp_code_place *x = a, *y = b;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    int c = rp_str_cmp(x->crate, y->crate);
    if (c == 0)
        c = rp_str_cmp(x->name, y->name);
    return c != 0 ? c : (x->addr > y->addr) - (x->addr < y->addr);
}

/* Rows of what has a total, in the order of the names; names NULL: owners by their own names. */
static bool make_rows(const rp_tally *t, const rp_tally_count *counts, const rp_str *names,
                      const rp_owner *owners, uint32_t n, const rp_coverage_row **ret,
                      uint32_t *ret_n)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < n; i++)
        used += counts[i].total != 0;
    rp_coverage_row *rows = rp_new(t->view->arena, used, rp_coverage_row);
    if (rows == NULL)
        return false;
    for (uint32_t i = 0, at = 0; i < n; i++) {
        if (counts[i].total == 0)
            continue;
        rp_owner owner = owners != NULL ? owners[i] : (rp_owner)i;
        rp_str name = names != NULL ? names[i] : rp_str_from(rp_owner_name(owner));
        rows[at++] = (rp_coverage_row){name, counts[i].covered, counts[i].total, owner};
    }
    *ret = rows;
    *ret_n = used;
    return true;
}

static bool make_all_rows(rp_tally *t)
{
    const rp_code_view *v = t->view;
    rp_coverage *c = t->ret;
    return make_rows(t, t->owner, NULL, NULL, RP_OWNER_COUNT, &c->by_owner, &c->nby_owner) &&
           make_rows(t, t->crate, v->crates, v->crate_owners, v->ncrates, &c->by_crate,
                     &c->nby_crate) &&
           make_rows(t, t->object, v->objects, v->object_owners, v->nobjects, &c->by_object,
                     &c->nby_object);
}

bool rp_tally_end(rp_tally *t)
{
    if (t->out_of_memory || !make_all_rows(t))
        return false;
    if (t->outside.n > 1)
        qsort(t->outside.items, t->outside.n, sizeof *t->outside.items, by_place);
    t->ret->outside = t->outside.items;
    t->ret->noutside = t->outside.n;
    return true;
}
