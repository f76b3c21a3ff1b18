/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/functions.h"

#include "base/limits.h"
#include "base/search.h"
#include "obj/elf.h"
#include "obj/elf_const.h"
#include "obj/function_sources.h"
#include "obj/macho.h"
#include "obj/plt_shapes.h"

#include <stdlib.h>

static bool code_sections(const rp_image *img, rp_fn_builder *b)
{
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (img->macho != NULL && s->kind != RP_SEC_CODE)
            continue; /* __TEXT holds constants too */
        if ((s->perm & RP_X) != 0 && s->size != 0 && s->offset != RP_NOWHERE &&
            !rp_fn_area_add(b, s->addr, s->filesz < s->size ? s->filesz : s->size, s->offset))
            return false;
    }
    return true;
}

/* Where code may lie: executable sections, or executable segments when there is no section table.
 */
static bool find_areas(rp_fn_builder *b)
{
    const rp_image *img = b->img;
    if (!code_sections(img, b))
        return false;
    if (b->areas.n != 0)
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
    if (x->name.len != y->name.len && x->name.len != 0 && y->name.len != 0)
        return x->name.len < y->name.len ? -1 : 1;
    int c = rp_str_cmp(x->name, y->name);
    if (c == 0) /* the order of the rest must not depend on qsort: the longest first */
        c = (x->end < y->end) - (x->end > y->end);
    return c != 0 ? c : (x->frame > y->frame) - (x->frame < y->frame);
}

/* The functions' ends once all candidates of one address are joined: what a source said, else the
 * next start. */
typedef struct {
    rp_fn_builder *b;
    rp_function_list fns;
    RP_VEC(rp_str) aliases;
    bool thumb_known; /* of the last function */
    uint64_t limit;   /* end of the last function's area */
    uint64_t told;    /* bytes in functions whose extent a source told */
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
    j->thumb_known |= c->thumb_known;
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
    if (f->naliases == UINT16_MAX ||
        (f->naliases != 0 && rp_str_eq(c->name, j->aliases.items[j->aliases.n - 1])))
        return true;
    rp_str *alias = rp_vec_push(j->b->img->arena, &j->aliases);
    if (alias == NULL)
        return false;
    *alias = c->name;
    f->naliases++;
    return true;
}

/* A start that only guesses (a label, a size-less symbol) inside a function whose extent is known
 * is none, and no symbol splits what has one frame. */
static bool inside(const joiner *j, const rp_function *last, const rp_fn_candidate *c)
{
    if (last == NULL || last->end <= c->start || c->start == last->start || c->start >= j->limit ||
        c->frame != UINT32_MAX)
        return false;
    return c->end == 0 || (last->frame != UINT32_MAX && c->end <= last->end);
}

static void guess_thumb(joiner *j, rp_function *f)
{
    if (f == NULL || j->thumb_known || j->b->img->arch != RP_ARCH_ARM)
        return;
    const rp_fn_area *a = rp_fn_area_of(j->b, f->start);
    if (a != NULL)
        f->thumb = rp_fn_guess_thumb(j->b, f->start, a->offset + (f->start - a->addr));
}

static bool join_all(joiner *j)
{
    rp_function *last = NULL;
    for (uint32_t i = 0; i < j->b->candidates.n; i++) {
        const rp_fn_candidate *c = &j->b->candidates.items[i];
        if (inside(j, last, c))
            continue;
        if (last != NULL && last->start == c->start) {
            if (!join(j, last, c))
                return false;
            continue;
        }
        if (j->fns.n >= RP_MAX_FUNCTIONS)
            break;
        guess_thumb(j, last);
        const rp_fn_area *a = rp_fn_area_of(j->b, c->start);
        j->limit = a ? a->addr + a->size : 0;
        j->thumb_known = c->thumb_known;
        last = open_function(j, c);
        if (last == NULL)
            return false;
    }
    guess_thumb(j, last);
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

const rp_fn_area *rp_fn_area_of(const rp_fn_builder *b, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, b->areas.n, b->areas.items[low].addr + b->areas.items[low].size <= addr);
    const rp_fn_area *a = low < b->areas.n ? &b->areas.items[low] : NULL;
    return a != NULL && addr >= a->addr ? a : NULL;
}

/* Without section headers nothing names a linker's stubs; their own frames make functions of them.
 */
static bool is_stub(const joiner *j, const rp_function *f)
{
    const rp_image *img = j->b->img;
    uint8_t head[RP_PLT_SHAPE_BYTES];
    if (img->elf == NULL || img->nsections != 0 || f->kind != RP_FN_NORMAL || f->name.len != 0)
        return false;
    uint64_t size = f->end - f->start, len = size < sizeof head ? size : sizeof head;
    size_t got = rp_source_copy(img->src, f->at, head, (size_t)len);
    return rp_plt_shape(img->arch, (rp_bytes){head, got}, size);
}

/* Sets ends and file offsets; drops what lies outside all code. */
static void settle(joiner *j)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < j->fns.n; i++) {
        rp_function f = j->fns.items[i];
        const rp_fn_area *a = rp_fn_area_of(j->b, f.start);
        if (a == NULL)
            continue;
        uint64_t limit = a->addr + a->size;
        if (i + 1 < j->fns.n && j->fns.items[i + 1].start < limit)
            limit = j->fns.items[i + 1].start;
        f.at = a->offset + (f.start - a->addr);
        bool guessed = f.end <= f.start;
        if (guessed || f.end > limit)
            f.end = limit;
        /* a symbol without a size (start files, assembly) leaves nothing out up to the next one */
        bool told = !guessed || f.source == RP_FN_BY_SYMBOL;
        j->told += told ? f.end - f.start : 0;
        if (guessed && f.kind != RP_FN_PLT)
            f.end = rp_fn_trim(j->b, &f);
        if (is_stub(j, &f))
            f.kind = RP_FN_PLT;
        j->fns.items[kept++] = f;
    }
    j->fns.n = kept;
}

static int by_name(const void *a, const void *b)
{
    return rp_str_cmp(*(const rp_str *)a, *(const rp_str *)b);
}

static bool body_of_slot(const rp_str *bodies, uint32_t n, rp_str name)
{
    if (rp_str_ends(name, ".cfi_jt"))
        return true;
    return n != 0 && bsearch(&name, bodies, n, sizeof *bodies, by_name) != NULL;
}

/* LLVM CFI moves a function's body to NAME.cfi; NAME, or NAME.cfi_jt, is its slot in a jump table.
 */
static bool mark_slots(joiner *j)
{
    RP_VEC(rp_str) bodies = {0};
    for (uint32_t i = 0; i < j->fns.n; i++) {
        rp_str name = j->fns.items[i].name;
        if (!rp_str_ends(name, ".cfi"))
            continue;
        rp_str *to = rp_vec_push(j->b->img->arena, &bodies);
        if (to == NULL)
            return false;
        *to = rp_str_sub(name, 0, name.len - 4);
    }
    if (bodies.n > 1)
        qsort(bodies.items, bodies.n, sizeof *bodies.items, by_name);
    for (uint32_t i = 0; i < j->fns.n; i++) {
        rp_function *f = &j->fns.items[i];
        bool slot = body_of_slot(bodies.items, bodies.n, f->name);
        for (uint32_t k = 0; k < f->naliases && !slot; k++)
            slot = body_of_slot(bodies.items, bodies.n, f->aliases[k]);
        if (slot && f->frame == UINT32_MAX && f->end - f->start <= 16)
            f->kind = RP_FN_CFI_TABLE;
    }
    return true;
}

static int by_addr(const void *a, const void *b)
{
    const rp_fn_area *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return (x->size < y->size) - (x->size > y->size);
}

/* Sorts the areas and cuts each where another has begun. Together they are no longer than the file:
 * a table of a million sections may give all of them the same bytes. */
static void tidy_areas(rp_fn_builder *b)
{
    rp_fn_area *a = b->areas.items;
    uint64_t left = b->img->src->size;
    uint32_t kept = 0;
    if (b->areas.n > 1)
        qsort(a, b->areas.n, sizeof *a, by_addr);
    for (uint32_t i = 0; i < b->areas.n; i++) {
        uint64_t end = kept ? a[kept - 1].addr + a[kept - 1].size : 0;
        rp_fn_area next = a[i];
        if (next.addr < end) {
            uint64_t cut = end - next.addr < next.size ? end - next.addr : next.size;
            next.addr += cut;
            next.offset += cut;
            next.size -= cut;
        }
        if (next.size > left) {
            b->cut_short = true;
            next.size = left;
        }
        left -= next.size;
        if (next.size != 0)
            a[kept++] = next;
    }
    b->areas.n = kept;
}

/* What lies between functions and is nothing but padding: it hides none. */
static uint64_t padding_between(const joiner *j)
{
    uint64_t sum = 0;
    for (uint32_t i = 1; i < j->fns.n; i++) {
        const rp_function *f = &j->fns.items[i - 1], *next = f + 1;
        rp_function gap = {.start = f->end, .end = next->start, .thumb = f->thumb};
        gap.at = f->at + (f->end - f->start);
        if (gap.end > gap.start && next->at > gap.at && next->at - gap.at == gap.end - gap.start)
            sum += rp_fn_padding(j->b, &gap);
    }
    return sum;
}

static void hand_over(const joiner *j, rp_functions *ret)
{
    const rp_fn_builder *b = j->b;
    ret->items = j->fns.items;
    ret->n = j->fns.n;
    for (uint32_t i = 0; i < ret->n; i++)
        ret->covered_bytes += ret->items[i].end - ret->items[i].start;
    ret->objects = b->objects.items;
    ret->nobjects = b->objects.n;
    ret->data = b->data.items;
    ret->ndata = b->data.n;
    if (!ret->frames.whole || b->img->symbols_known == RP_UNKNOWN || b->cut_short)
        ret->whole = RP_UNKNOWN;
    /* starts alone do not tell what they leave out: merged entries of .ARM.exidx, static files
     * without section headers, Mach-O that Go's linker wrote */
    const rp_macho *m = b->img->macho;
    bool starts = m != NULL && m->function_starts.at != RP_NOWHERE; /* of all functions */
    if (b->img->pe == NULL && !starts && j->told < ret->code_bytes / 2 &&
        j->told + padding_between(j) < ret->code_bytes / 2)
        ret->whole = RP_UNKNOWN;
}

bool rp_functions_read(rp_image *img, rp_functions *ret)
{
    rp_fn_builder b = {.img = img};
    *ret = (rp_functions){.whole = RP_YES};
    bool object = img->elf != NULL && img->elf->e_type == ET_REL;
    if ((img->kind == RP_KIND_OBJECT || object) && img->placed == NULL) {
        ret->whole = RP_UNKNOWN; /* sections have no addresses yet: see obj/place.h */
        return true;
    }
    if (!find_areas(&b) || !rp_unwind_frames(img, &ret->frames))
        return false;
    tidy_areas(&b);
    if (!rp_fn_leave_foreign(&b))
        return false;
    ret->hybrid = b.hybrid;
    ret->whole = b.hybrid ? RP_UNKNOWN : RP_YES;
    if (b.areas.n == 0)
        return true;
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
    settle(&j);
    if (!mark_slots(&j) || !rp_fn_jump_tables(&b, &j.fns))
        return false;
    hand_over(&j, ret);
    return true;
}
