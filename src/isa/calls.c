/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/calls.h"

#include "base/limits.h"
#include "base/numbers.h"
#include "base/search.h"
#include "isa/calls_decode.h"
#include "isa/landmarks_elf.h"
#include "isa/landmarks_macho.h"
#include "isa/landmarks_pe.h"

#include <stdlib.h>

enum { WINDOW = 1 << 20 };

typedef struct {
    rp_image *img;
    const rp_functions *functions;
    rp_code_map map;
    uint64_t text_low;
    const rp_code_tables *tables;
    const uint64_t *asked;
    uint32_t nasked;
    rp_mention *mentions;
    RP_VEC(rp_table_use) uses;
    RP_VEC(rp_overflow_site) overflow;
    uint32_t *first;
    RP_VEC(uint32_t) edges;
    uint32_t function; /* the one in hand */
    uint64_t code;     /* bytes that may still be read */
    uint8_t *window;
    uint64_t at; /* file offset of window[0] */
    size_t len;
    bool out_of_memory;
    const char *why;
} reader;

/* ---- look-ups ---- */

/* Number of functions that begin at or below `addr`. */
static uint32_t upto(const rp_functions *f, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, f->n, f->items[low].start <= addr);
    return low;
}

uint32_t rp_function_starting(const rp_functions *f, uint64_t addr)
{
    uint32_t n = upto(f, addr);
    return n != 0 && f->items[n - 1].start == addr ? n - 1 : RP_NO_FUNCTION;
}

uint32_t rp_function_holding(const rp_functions *f, uint64_t addr)
{
    uint32_t n = upto(f, addr);
    return n != 0 && addr < f->items[n - 1].end ? n - 1 : RP_NO_FUNCTION;
}

static void mention(reader *r, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, r->nasked, r->asked[low] < addr);
    if (low < r->nasked && r->asked[low] == addr && r->mentions[low].function == RP_NO_FUNCTION)
        r->mentions[low].function = r->function;
}

/* ---- edges ---- */

static void use_table(reader *r, uint64_t addr, bool begins)
{
    if (!rp_is_code_table(r->tables, addr) || r->uses.n >= RP_MAX_CALL_EDGES)
        return;
    rp_table_use *use = rp_vec_push(r->img->arena, &r->uses);
    if (use != NULL)
        *use = (rp_table_use){r->function, addr, begins};
    r->out_of_memory |= use == NULL;
}

/* Slots of this artefact's own functions, by relocations. */
static uint64_t behind_slot(const reader *r, uint64_t slot)
{
    const rp_landmark *l = rp_landmarks_find(&r->map.landmarks, slot);
    return l != NULL && l->id == RP_LM_LOCAL_SLOT ? r->text_low + l->index : RP_NOWHERE;
}

/* Panics of overflow checks are landmarks, as are slots that hold their addresses: who loads one
 * calls it. */
static void overflow_site(reader *r, uint64_t to, uint64_t from)
{
    const rp_landmark *l = rp_landmarks_find(&r->map.landmarks, to);
    if (l == NULL || l->id != RP_LM_OVERFLOW || r->overflow.n >= RP_MAX_CALL_EDGES)
        return;
    rp_overflow_site *site = rp_vec_push(r->img->arena, &r->overflow);
    if (site != NULL)
        *site = (rp_overflow_site){r->function, from};
    r->out_of_memory |= site == NULL;
}

static void target(void *user, rp_target_kind kind, uint64_t addr, uint64_t from)
{
    reader *r = user;
    const rp_function *own = &r->functions->items[r->function];
    bool formed = kind != RP_TARGET_CALL && kind != RP_TARGET_SLOT;
    if ((kind == RP_TARGET_ADDRESS || kind == RP_TARGET_PAGE) && r->nasked != 0)
        mention(r, addr);
    if ((kind == RP_TARGET_ADDRESS || kind == RP_TARGET_LOAD) && r->tables != NULL)
        use_table(r, addr, kind == RP_TARGET_ADDRESS);
    if (!formed || kind == RP_TARGET_LOAD)
        overflow_site(r, addr, from);
    if (kind == RP_TARGET_SLOT || kind == RP_TARGET_LOAD)
        addr = behind_slot(r, addr);
    if (addr >= own->start && addr < own->end)
        return;
    uint32_t to = addr != RP_NOWHERE ? rp_function_starting(r->functions, addr) : RP_NO_FUNCTION;
    if (to == RP_NO_FUNCTION || r->out_of_memory)
        return;
    if (r->edges.n >= RP_MAX_CALL_EDGES) {
        r->why = "there are too many calls to follow";
        return;
    }
    uint32_t *edge = rp_vec_push(r->img->arena, &r->edges);
    if (edge == NULL)
        r->out_of_memory = true;
    else
        *edge = to << 1 | formed;
}

/* Sorts what was added behind `from`; a function that is called needs no edge for its address. */
static void settle(reader *r, uint32_t from)
{
    uint32_t n = r->edges.n - from, kept = from;
    uint32_t *e = r->edges.items;
    if (n > 1)
        qsort(e + from, n, sizeof *e, rp_ascending_u32);
    for (uint32_t i = from; i < r->edges.n; i++)
        if (kept == from || rp_edge_to(e[kept - 1]) != rp_edge_to(e[i]))
            e[kept++] = e[i];
    r->edges.n = kept;
}

/* ---- bytes ---- */

static bool bytes_of(reader *r, const rp_function *f, rp_bytes *ret)
{
    const rp_source *src = r->img->src;
    uint64_t len = f->end - f->start;
    if (f->at == RP_NOWHERE || f->end <= f->start || f->at > src->size || len > src->size - f->at)
        return false;
    if (src->memory.ptr != NULL) {
        *ret = (rp_bytes){src->memory.ptr + f->at, (size_t)len};
        return true;
    }
    if (len > WINDOW)
        return rp_source_bytes(r->img->src, f->at, len, ret);
    if (f->at < r->at || f->at - r->at > r->len || len > r->len - (f->at - r->at)) {
        r->at = f->at;
        r->len = rp_source_copy(src, f->at, r->window, WINDOW);
    }
    *ret = (rp_bytes){r->window + (f->at - r->at), (size_t)len};
    return len <= r->len - (f->at - r->at);
}

static void read_function(reader *r, uint32_t i)
{
    const rp_function *f = &r->functions->items[i];
    rp_targets_fn targets = rp_targets_of(r->img, f->thumb);
    uint32_t from = r->edges.n;
    rp_bytes code;
    r->function = i;
    r->first[i] = from;
    if (r->why != NULL || targets == NULL)
        return;
    if (!bytes_of(r, f, &code)) {
        r->why = f->at == RP_NOWHERE || f->end <= f->start ? NULL : "the file is cut short";
        return;
    }
    if (code.len > r->code) {
        r->why = "there is too much code to follow";
        return;
    }
    r->code -= code.len;
    targets(code, f->start, target, r);
    settle(r, from);
}

static bool read_map(reader *r)
{
    rp_image *img = r->img;
    rp_code code = img->elf != NULL  ? rp_landmarks_elf(img, r->functions, &r->map, NULL)
                   : img->pe != NULL ? rp_landmarks_pe(img, r->functions, &r->map, NULL)
                                     : rp_landmarks_macho(img, r->functions, &r->map, NULL);
    r->text_low = UINT64_MAX;
    for (uint32_t i = 0; i < img->nsegments; i++)
        if ((img->segments[i].perm & RP_X) && img->segments[i].addr < r->text_low)
            r->text_low = img->segments[i].addr;
    return code == RP_OK;
}

static bool prepare(reader *r)
{
    rp_arena *arena = r->img->arena;
    r->first = rp_new(arena, (uint64_t)r->functions->n + 1, uint32_t);
    r->mentions = rp_new(arena, r->nasked, rp_mention);
    r->window = r->img->src->memory.ptr == NULL ? rp_new(arena, WINDOW, uint8_t) : NULL;
    if (r->first == NULL || r->mentions == NULL ||
        (r->window == NULL && r->img->src->memory.ptr == NULL))
        return false;
    for (uint32_t i = 0; i < r->nasked; i++)
        r->mentions[i].function = RP_NO_FUNCTION;
    return true;
}

bool rp_calls_read(rp_image *img, const rp_functions *functions, const rp_code_tables *tables,
                   const uint64_t *asked, uint32_t nasked, rp_calls *ret)
{
    reader r = {.img = img,
                .functions = functions,
                .tables = tables,
                .asked = asked,
                .nasked = nasked,
                .code = RP_MAX_CALL_CODE};
    if (!prepare(&r))
        return false;
    if (functions->n == 0)
        r.why = "nothing tells where its functions begin";
    else if (rp_targets_of(img, false) == NULL)
        r.why = "there is no decoder for this machine's code";
    else if (!read_map(&r))
        return false;
    for (uint32_t i = 0; i < functions->n && !r.out_of_memory; i++)
        read_function(&r, i);
    r.first[functions->n] = r.edges.n;
    *ret = (rp_calls){.known = r.why == NULL ? RP_YES : RP_UNKNOWN,
                      .why = r.why,
                      .first = r.first,
                      .edges = r.edges.items,
                      .nedges = r.edges.n,
                      .mentions = r.mentions,
                      .uses = r.uses.items,
                      .nuses = r.uses.n,
                      .overflow = r.overflow.items,
                      .noverflow = r.overflow.n};
    return !r.out_of_memory;
}
