/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/functions.h"

#include "base/limits.h"
#include "obj/elf.h"
#include "obj/function_sources.h"

#include <stdlib.h>

static uint32_t code_sections(const rp_image *img, rp_fn_builder *b)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (img->macho != NULL && s->kind != RP_SEC_CODE)
            continue; /* __TEXT holds constants too */
        if ((s->perm & RP_X) != 0 && s->size != 0 && s->offset != RP_NOWHERE &&
            !rp_fn_area_add(b, s->addr, s->filesz < s->size ? s->filesz : s->size, s->offset))
            return 0;
    }
    return b->areas.n;
}

/* Where code may lie: executable sections, or executable segments when there is no section table.
 */
static bool find_areas(rp_fn_builder *b)
{
    const rp_image *img = b->img;
    if (code_sections(img, b) != 0)
        return true;
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if ((s->perm & RP_X) != 0 && s->filesz != 0 &&
            !rp_fn_area_add(b, s->addr, s->filesz, s->offset))
            return false;
    }
    return true;
}

static int by_start(const void *a, const void *b)
{
    const rp_fn_candidate *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    int c = rp_str_cmp(x->name, y->name);
    size_t lx = x->name.len, ly = y->name.len;
    return lx != ly && lx != 0 && ly != 0 ? (lx < ly ? -1 : 1) : c;
}

/* The functions' ends once all candidates of one address are joined: what a source said, else the
 * next start. */
typedef struct {
    rp_fn_builder *b;
    RP_VEC(rp_function) fns;
    RP_VEC(rp_str) aliases;
} joiner;

static rp_function *open_function(joiner *j, const rp_fn_candidate *c)
{
    rp_function *f = rp_vec_push(j->b->img->arena, &j->fns);
    if (f == NULL)
        return NULL;
    *f = (rp_function){.start = c->start,
                       .end = c->end,
                       .name = c->name,
                       .frame = c->frame,
                       .object = c->object,
                       .source = c->source,
                       .kind = c->kind,
                       .thumb = c->thumb};
    return f;
}

/* One more candidate at the same start. An unwind range is exact; a symbol's size may leave out
 * cold parts. */
static bool join(joiner *j, rp_function *f, const rp_fn_candidate *c)
{
    if (c->frame != UINT32_MAX) {
        f->frame = c->frame;
        f->end = c->end;
    } else if (f->end == 0) {
        f->end = c->end;
    }
    f->thumb |= c->thumb;
    if (f->kind == RP_FN_NORMAL)
        f->kind = c->kind;
    if (c->name.len == 0 || rp_str_eq(c->name, f->name))
        return true;
    if (f->name.len == 0) {
        f->name = c->name;
        f->object = c->object;
        f->source = c->source < f->source ? c->source : f->source;
        return true;
    }
    if (f->naliases == UINT16_MAX)
        return true;
    rp_str *alias = rp_vec_push(j->b->img->arena, &j->aliases);
    if (alias == NULL)
        return false;
    *alias = c->name;
    f->naliases++;
    return true;
}

/* A start that only guesses (a label, a size-less symbol) inside a function whose extent is known
 * is none. */
static bool inside(const rp_function *last, const rp_fn_candidate *c)
{
    return last != NULL && last->end > c->start && c->start != last->start && c->end == 0 &&
           c->frame == UINT32_MAX;
}

static bool join_all(joiner *j)
{
    rp_function *last = NULL;
    for (uint32_t i = 0; i < j->b->candidates.n; i++) {
        const rp_fn_candidate *c = &j->b->candidates.items[i];
        if (inside(last, c))
            continue;
        if (last != NULL && last->start == c->start) {
            if (!join(j, last, c))
                return false;
            continue;
        }
        if (j->fns.n >= RP_MAX_FUNCTIONS)
            return true;
        last = open_function(j, c);
        if (last == NULL)
            return false;
    }
    return true;
}

/* Aliases were pushed in the order of functions. */
static void hand_out_aliases(joiner *j)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < j->fns.n; i++) {
        if (j->fns.items[i].naliases != 0)
            j->fns.items[i].aliases = j->aliases.items + at;
        at += j->fns.items[i].naliases;
    }
}

static const rp_fn_area *area_of(const rp_fn_builder *b, uint64_t addr)
{
    uint32_t low = 0, high = b->areas.n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (b->areas.items[mid].addr + b->areas.items[mid].size <= addr)
            low = mid + 1;
        else
            high = mid;
    }
    const rp_fn_area *a = low < b->areas.n ? &b->areas.items[low] : NULL;
    return a != NULL && addr >= a->addr ? a : NULL;
}

/* Sets ends and file offsets; drops what lies outside all code. */
static void settle(joiner *j, rp_functions *ret)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < j->fns.n; i++) {
        rp_function f = j->fns.items[i];
        const rp_fn_area *a = area_of(j->b, f.start);
        if (a == NULL)
            continue;
        uint64_t limit = a->addr + a->size;
        if (i + 1 < j->fns.n && j->fns.items[i + 1].start < limit)
            limit = j->fns.items[i + 1].start;
        if (f.end <= f.start || f.end > limit)
            f.end = limit;
        f.at = a->offset + (f.start - a->addr);
        ret->covered_bytes += f.end - f.start;
        j->fns.items[kept++] = f;
    }
    ret->items = j->fns.items;
    ret->n = kept;
}

static int by_addr(const void *a, const void *b)
{
    const rp_fn_area *x = a, *y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

bool rp_functions_read(rp_image *img, rp_functions *ret)
{
    rp_fn_builder b = {.img = img};
    *ret = (rp_functions){.whole = RP_YES};
    if (!find_areas(&b) || !rp_unwind_frames(img, &ret->frames))
        return false;
    if (b.areas.n == 0)
        return true;
    qsort(b.areas.items, b.areas.n, sizeof *b.areas.items, by_addr);
    for (uint32_t i = 0; i < b.areas.n; i++)
        ret->code_bytes += b.areas.items[i].size;
    if (!rp_fn_from_frames(&b, &ret->frames) || !rp_fn_from_symbols(&b) || !rp_fn_from_format(&b))
        return false;
    if (b.candidates.n > 1)
        qsort(b.candidates.items, b.candidates.n, sizeof *b.candidates.items, by_start);
    joiner j = {.b = &b};
    if (!join_all(&j))
        return false;
    hand_out_aliases(&j);
    settle(&j, ret);
    ret->objects = b.objects.items;
    ret->nobjects = b.objects.n;
    ret->data = b.data.items;
    ret->ndata = b.data.n;
    if (!ret->frames.whole || img->symbols_known == RP_UNKNOWN || b.cut_short)
        ret->whole = RP_UNKNOWN;
    return true;
}
