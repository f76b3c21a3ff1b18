/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "facts/code_facts_parts.h"

#include "origin/demangle.h"

#include <stdlib.h>

/* ---- whose a function is ---- */

/* Names and what they are the name of, to be sorted and numbered. */
typedef struct {
    rp_str name;
    uint32_t function;
} labelled;

static int by_label(const void *a, const void *b)
{
    const labelled *x = a, *y = b;
    int c = rp_str_cmp(x->name, y->name);
    return c != 0 ? c : (x->function > y->function) - (x->function < y->function);
}

/* Numbers the different names of `items` (sorted here) by name; tells each function its number. */
static bool number(rp_arena *arena, labelled *items, uint32_t n, rp_code_who *who, bool crates,
                   const rp_str **ret, uint32_t *ret_n)
{
    if (n > 1)
        qsort(items, n, sizeof *items, by_label);
    uint32_t different = 0;
    for (uint32_t i = 0; i < n; i++)
        different += i == 0 || !rp_str_eq(items[i].name, items[i - 1].name);
    rp_str *names = rp_new(arena, different, rp_str);
    if (names == NULL)
        return false;
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || !rp_str_eq(items[i].name, items[i - 1].name))
            names[at++] = items[i].name;
        rp_code_who *w = &who[items[i].function];
        *(crates ? &w->crate : &w->object) = at - 1;
    }
    *ret = names;
    *ret_n = different;
    return true;
}

/* What crates are listed as: "regex 1.10.2", "regex". */
static const rp_str *crate_labels(rp_arena *arena, const rp_attribution *a)
{
    rp_str *labels = rp_new(arena, a->ncrates, rp_str);
    for (uint32_t i = 0; labels != NULL && i < a->ncrates; i++) {
        const rp_crate *c = &a->crates[i];
        labels[i] = c->version.len == 0
                        ? c->name
                        : rp_arena_printf(arena, "%.*s %.*s", RP_FMT(c->name), RP_FMT(c->version));
        if (labels[i].ptr == NULL && c->version.len != 0)
            return NULL;
    }
    return labels;
}

static bool find_who(rp_code_view *v, const rp_attribution *a)
{
    uint32_t n = v->functions->n, ncrates = 0, nobjects = 0;
    rp_code_who *who = rp_new(v->arena, n, rp_code_who);
    labelled *crates = rp_new(v->arena, n, labelled);
    labelled *objects = rp_new(v->arena, n, labelled);
    const rp_str *labels = crate_labels(v->arena, a);
    if (who == NULL || crates == NULL || objects == NULL || labels == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        const rp_fn_origin *o = &a->items[i];
        who[i] = (rp_code_who){RP_WHO_NONE, RP_WHO_NONE, o->owner};
        if (o->crate < a->ncrates && labels[o->crate].len != 0)
            crates[ncrates++] = (labelled){labels[o->crate], i};
        if (o->object.len != 0)
            objects[nobjects++] = (labelled){o->object, i};
    }
    v->who = who;
    return number(v->arena, crates, ncrates, who, true, &v->crates, &v->ncrates) &&
           number(v->arena, objects, nobjects, who, false, &v->objects, &v->nobjects);
}

/* ---- order ---- */

/* LLVM gives the hash before a function a symbol of its own, "__cfi_<function>". */
static bool is_kcfi_prefix(const rp_code_view *v, uint32_t i)
{
    const rp_functions *fns = v->functions;
    const rp_function *f = &fns->items[i];
    return rp_str_starts(f->name, "__cfi_") && f->end - f->start <= 16 && i + 1 < fns->n &&
           fns->items[i + 1].start == f->end;
}

bool rp_code_counts(const rp_code_view *v, uint32_t function)
{
    return v->pass->scanned[function] && v->functions->items[function].kind == RP_FN_NORMAL &&
           !v->helpers[function] && v->who[function].owner != RP_OWNER_RUNTIME &&
           !is_kcfi_prefix(v, function);
}

static uint32_t bucket_of(const rp_code_view *v, uint32_t i)
{
    const rp_code_who *w = &v->who[i];
    uint32_t crate = w->crate == RP_WHO_NONE ? 0 : w->crate + 1;
    return (uint32_t)w->owner * (v->ncrates + 1) + crate;
}

/* Functions stand in address order, so a counting sort by owner and crate keeps that inside. */
static bool find_order(rp_code_view *v)
{
    uint32_t n = v->functions->n;
    uint64_t nbuckets = (uint64_t)RP_OWNER_COUNT * (v->ncrates + 1ull);
    uint32_t *order = rp_new(v->arena, n, uint32_t);
    uint32_t *next = rp_new(v->arena, nbuckets + 1, uint32_t);
    if (order == NULL || next == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (rp_code_counts(v, i))
            next[bucket_of(v, i) + 1]++;
    for (uint64_t b = 0; b < nbuckets; b++)
        next[b + 1] += next[b];
    v->norder = next[nbuckets];
    for (uint32_t i = 0; i < n; i++)
        if (rp_code_counts(v, i))
            order[next[bucket_of(v, i)]++] = i;
    v->order = order;
    return true;
}

/* A crate's and an object's owner is that of the first function in the order whose owner is known.
 */
static bool find_owners(rp_code_view *v)
{
    rp_owner *crates = rp_new(v->arena, v->ncrates, rp_owner);
    rp_owner *objects = rp_new(v->arena, v->nobjects, rp_owner);
    if (crates == NULL || objects == NULL)
        return false;
    for (uint32_t i = 0; i < v->norder; i++) {
        const rp_code_who *w = &v->who[v->order[i]];
        if (w->crate != RP_WHO_NONE && crates[w->crate] == RP_OWNER_UNKNOWN)
            crates[w->crate] = w->owner;
        if (w->object != RP_WHO_NONE && objects[w->object] == RP_OWNER_UNKNOWN)
            objects[w->object] = w->owner;
    }
    v->crate_owners = crates;
    v->object_owners = objects;
    return true;
}

bool rp_code_view_build(rp_code_view *v, const rp_attribution *attribution)
{
    v->names = rp_new(v->arena, v->functions->n, rp_str);
    return v->names != NULL && find_who(v, attribution) && find_order(v) && find_owners(v);
}

bool rp_code_function_name(const rp_code_view *v, uint32_t function, rp_str *ret)
{
    rp_str *name = &v->names[function];
    rp_str mangled = v->functions->items[function].name;
    if (name->ptr == NULL) {
        rp_buf readable = {0};
        bool ok = rp_demangle(mangled, false, &readable);
        *name = ok ? rp_arena_str(v->arena, rp_buf_str(&readable)) : mangled;
        ok = !readable.bad && (!ok || name->ptr != NULL);
        rp_buf_free(&readable);
        if (!ok)
            return false;
        if (name->ptr == NULL)
            *name = RP_STR("");
    }
    *ret = *name;
    return true;
}
