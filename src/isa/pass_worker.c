/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/pass_worker.h"

#include "isa/pass_parts.h"

#include "base/search.h"
#include "isa/x86_lift.h"

enum { WINDOW = 1 << 20, GUARD_SIZE = 4096, DRAIN_AT = 4096 };

/* ---- bytes: one window slides over a chunk, whose functions come in the order of their addresses
 */

static bool window_open(rp_pass_window *w, rp_image *img, uint64_t longest)
{
    *w = (rp_pass_window){.src = img->src};
    if (img->src->memory.ptr != NULL)
        return true;
    uint64_t cap = longest > WINDOW ? longest : WINDOW;
    if (cap > img->src->size)
        cap = img->src->size;
    w->cap = (size_t)cap;
    w->buf = rp_arena_array(img->arena, cap, 1);
    return w->buf != NULL;
}

/* Bytes [at, at + len) of the file; false when it does not have them. Valid until the next call. */
static bool window_get(rp_pass_window *w, uint64_t at, uint64_t len, rp_bytes *ret)
{
    if (at > w->src->size || len > w->src->size - at)
        return false;
    if (w->src->memory.ptr != NULL) {
        *ret = (rp_bytes){w->src->memory.ptr + at, (size_t)len};
        return true;
    }
    if (len > w->cap)
        return false;
    if (at < w->at || at - w->at > w->len || len > w->len - (at - w->at)) {
        w->at = at;
        w->len = rp_source_copy(w->src, at, w->buf, w->cap);
        if (len > w->len)
            return false;
    }
    *ret = (rp_bytes){w->buf + (at - w->at), (size_t)len};
    return true;
}

/* ---- one function ---- */

/* As many buckets as functions, or up to twice: a search inside of one ends at once, unless all
 * functions lie together in few of them. */
bool rp_pass_index_starts(rp_pass_common *c)
{
    const rp_function *fns = c->functions->items;
    uint32_t n = c->functions->n;
    if (n == 0)
        return true;
    uint64_t low = fns[0].start, span = fns[n - 1].start - low;
    while (span >> c->bucket_shift >= n)
        c->bucket_shift++;
    c->nbuckets = (uint32_t)(span >> c->bucket_shift) + 1;
    c->buckets = rp_arena_array(c->img->arena, (uint64_t)c->nbuckets + 1, sizeof *c->buckets);
    c->starts = rp_arena_array(c->img->arena, n, sizeof *c->starts);
    if (c->buckets == NULL || c->starts == NULL)
        return false;
    uint32_t done = 0; /* buckets */
    for (uint32_t i = 0; i < n; i++) {
        c->starts[i] = fns[i].start;
        for (uint64_t own = (fns[i].start - low) >> c->bucket_shift; done <= own; done++)
            c->buckets[done] = i;
    }
    c->buckets[done] = n;
    return true;
}

void rp_pass_mark_taken(const rp_pass_common *c, uint8_t *taken, const uint64_t *addrs, uint32_t n)
{
    uint64_t bit = c->img->arch == RP_ARCH_ARM ? 1 : 0; /* Thumb's */
    for (uint32_t i = 0; i < n && c->nbuckets != 0; i++) {
        uint64_t addr = addrs[i] & ~bit, own = (addr - c->starts[0]) >> c->bucket_shift;
        if (own >= c->nbuckets)
            continue;
        uint32_t low = c->buckets[own], high = c->buckets[own + 1];
        while (low < high) {
            uint32_t mid = low + (high - low) / 2;
            if (c->starts[mid] < addr)
                low = mid + 1;
            else
                high = mid;
        }
        if (low < c->functions->n && c->starts[low] == addr)
            taken[low] = 1;
    }
}

static void drain_taken(rp_pass_worker *p)
{
    rp_pass_mark_taken(p->common, p->taken, p->sink.taken.items, p->sink.taken.n);
    p->sink.taken.n = 0;
}

static uint16_t sum_16(uint16_t a, uint16_t b)
{
    return b > UINT16_MAX - a ? UINT16_MAX : (uint16_t)(a + b);
}

/* Adds what a later piece of a function (behind a literal pool) says to what the first said. */
static void merge(rp_fn_code *to, const rp_fn_code *piece)
{
    uint32_t every = RP_FN_SLS; /* holds when it holds in all pieces */
    uint32_t all = to->flags & piece->flags & every;
    to->flags = ((to->flags | piece->flags) & ~every & ~(uint32_t)RP_FN_LANDING) | all |
                (to->flags & RP_FN_LANDING);
    to->frame = piece->frame > to->frame ? piece->frame : to->frame;
    to->step = piece->step > to->step ? piece->step : to->step;
    if (to->nsites == 0)
        to->sites = piece->sites;
    to->nsites += piece->nsites;
    to->overflow = sum_16(to->overflow, piece->overflow);
    to->unplaced = sum_16(to->unplaced, piece->unplaced);
    to->bounds = sum_16(to->bounds, piece->bounds);
    to->debug_asserts = sum_16(to->debug_asserts, piece->debug_asserts);
    to->panics = sum_16(to->panics, piece->panics);
    to->guarded_calls = sum_16(to->guarded_calls, piece->guarded_calls);
    to->typed_calls = sum_16(to->typed_calls, piece->typed_calls);
    to->returns = sum_16(to->returns, piece->returns);
    to->fenced_returns = sum_16(to->fenced_returns, piece->fenced_returns);
    to->fences = sum_16(to->fences, piece->fences);
}

/* Pieces of code in a function: what lies between its literal pools. */
typedef struct {
    rp_code_range whole, piece;
    uint32_t data;
    uint64_t next;
} pieces;

static bool next_piece(const rp_pass_worker *p, pieces *it)
{
    const rp_functions *fns = p->common->functions;
    uint64_t end = it->whole.start + it->whole.bytes.len;
    while (it->next < end) {
        uint64_t from = it->next, to = end;
        if (it->data < fns->ndata) {
            const rp_data_in_code *d = &fns->data[it->data];
            if (d->end <= from) {
                it->data++;
                continue;
            }
            if (d->start < end) {
                to = d->start > from ? d->start : from;
                it->next = d->end < end ? d->end : end;
                it->data++;
            } else {
                it->next = end;
            }
        } else {
            it->next = end;
        }
        if (to == from)
            continue;
        it->piece = it->whole;
        it->piece.start = from;
        it->piece.bytes.ptr += from - it->whole.start;
        it->piece.bytes.len = (size_t)(to - from);
        return true;
    }
    return false;
}

static pieces pieces_of(const rp_pass_worker *p, const rp_code_range *range)
{
    return (pieces){.whole = *range, .data = p->data_at, .next = range->start};
}

static void scan_function(rp_pass_worker *p, const rp_code_range *range, bool thumb,
                          rp_fn_code *ret)
{
    pieces it = pieces_of(p, range);
    bool first = true;
    p->npieces = 0;
    p->sink.traps = p->sink.checks = false;
    p->sink.location = 0;
    while (next_piece(p, &it)) {
        rp_fn_code piece;
        p->npieces++;
        p->common->decoder->scan(&p->sink, &it.piece, thumb, &piece);
        if (first)
            *ret = piece;
        else
            merge(ret, &piece);
        first = false;
    }
}

/* Operations of all pieces, one after the other. */
static bool lift_function(rp_pass_worker *p, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    pieces it = pieces_of(p, range);
    bool first = true;
    while (next_piece(p, &it)) {
        rp_ops ops = {0};
        if (!p->common->decoder->lift(&p->scratch, &it.piece, thumb, &ops))
            return false;
        if (first) {
            *ret = ops;
            first = false;
            continue;
        }
        rp_op *both = rp_new(&p->scratch, (uint64_t)ret->n + ops.n, rp_op);
        if (both == NULL)
            return false;
        if (ret->n != 0)
            memcpy(both, ret->items, ret->n * sizeof *both);
        if (ops.n != 0)
            memcpy(both + ret->n, ops.items, ops.n * sizeof *both);
        *ret = (rp_ops){.items = both, .n = ret->n + ops.n, .end = ops.end};
    }
    return true;
}

static bool any_undecided(const rp_branch *sites, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (sites[i].edge == RP_EDGE_UNDECIDED)
            return true;
    return false;
}

/* Decides branches by walking back from them, where nothing in the function can be a check.
 * *ret_follow: some need the data-flow. */
static bool walk_back(rp_pass_worker *p, const rp_function *f, const rp_code_range *range,
                      rp_fn_code *fn, bool *ret_follow)
{
    const rp_code_sink *s = &p->sink;
    bool fixed = p->common->decoder->outline != NULL; /* every instruction is four bytes long */
    *ret_follow = true;
    if (p->common->decoder->lift_one == NULL || p->npieces != 1 || p->common->map->forwards ||
        (fixed && p->common->img->pe != NULL))
        return true;
    if (fixed)
        p->sink.traps = s->traps && p->common->decoder->may_check(s, range);
    if (fixed && !s->checks && !s->traps &&
        !p->common->decoder->near(&p->env, range, p->sink.branches.items + fn->sites, fn->nsites)) {
        *ret_follow = false;
        return true;
    }
    if (fixed)
        p->common->decoder->outline(&p->sink, range);
    if (s->checks || s->out_of_memory)
        return !s->out_of_memory;
    rp_ways_code code = {.range = range,
                         .starts = fixed ? NULL : s->trail.items,
                         .n = fixed ? (uint32_t)(range->bytes.len / 4) : s->trail.n,
                         .labels = s->labels.items,
                         .nlabels = s->labels.n,
                         .compares = s->compares.items,
                         .ncompares = s->compares.n,
                         .jumps = s->jumps.items,
                         .njumps = s->jumps.n,
                         .lift = p->common->decoder->lift_one,
                         .calls = s->calls.items,
                         .ncalls = s->calls.n,
                         .formed = s->formed.items,
                         .nformed = s->formed.n,
                         .writes = p->common->decoder->writes,
                         .back = p->common->decoder->back,
                         .table = p->common->decoder->table};
    code.frame_register = RP_LOC_NONE;
    code.fragment = rp_parts_is_fragment(p->common->functions, f);
    if (!fixed)
        code.frame_register = rp_x86_frame_register(range->bytes, p->common->img->bits == 64);
    if (f->frame < p->common->functions->frames.n)
        code.frame = &p->common->functions->frames.items[f->frame];
    return rp_ways_decide(&p->room, &p->env, &code, s->branches.items + fn->sites, fn->nsites,
                          ret_follow);
}

static bool flow(rp_pass_worker *p, const rp_function *f, const rp_code_range *range,
                 rp_fn_code *fn)
{
    rp_ops ops = {0};
    if (!lift_function(p, range, f->thumb, &ops))
        return false;
    if (f->frame < p->common->functions->frames.n &&
        !rp_unwind_landings(&p->img, &p->common->functions->frames.items[f->frame], &p->scratch,
                            &ops.landings, &ops.nlandings))
        return false;
    (void)!rp_flow_decide(&p->env, &ops, p->sink.branches.items + fn->sites, fn->nsites);
    return true;
}

/* Looks again at a function whose branches the scan could not set aside. What is too large or too
 * strange for the data-flow stays undecided. */
static bool follow(rp_pass_worker *p, const rp_function *f, const rp_code_range *range,
                   rp_fn_code *fn)
{
    bool further;
    if (p->common->decoder->lift == NULL ||
        !any_undecided(p->sink.branches.items + fn->sites, fn->nsites))
        return true;
    bool ok = walk_back(p, f, range, fn, &further) && (!further || flow(p, f, range, fn));
    ok = ok && !p->scratch.refused;
    rp_arena_reset(&p->scratch);
    return ok;
}

/* KCFI on x86: eleven one-byte no-ops and "mov reg32, hash" stand before the entry. */
static bool x86_kcfi_prefix(rp_bytes before)
{
    for (unsigned i = 0; i < 11; i++)
        if (before.ptr[i] != 0x90)
            return false;
    return (before.ptr[11] & 0xf8u) == 0xb8;
}

static void note_prefix(rp_pass_worker *p, const rp_function *f, rp_fn_code *fn)
{
    rp_bytes before;
    if ((p->common->img->arch == RP_ARCH_X86_64) && f->at >= 16 &&
        window_get(&p->window, f->at - 16, 16, &before) && x86_kcfi_prefix(before))
        fn->flags |= RP_FN_KCFI_PREFIX;
}

static bool one_function(rp_pass_worker *p, uint32_t index)
{
    const rp_functions *all = p->common->functions;
    const rp_function *f = &all->items[index];
    rp_fn_code *fn = &p->common->fns[index];
    if (!rp_pass_reads(f, p->done))
        return true;
    rp_code_range range = {.start = f->start, .index = index};
    if (f->at == RP_NOWHERE || !window_get(&p->window, f->at, f->end - f->start, &range.bytes)) {
        p->out->nmissing++;
        return true;
    }
    range.around = range.bytes;
    range.around_start = f->start;
    range.landmarks = &p->sink.landmarks;
    p->done = f->end;
    while (p->data_at < all->ndata && all->data[p->data_at].end <= f->start)
        p->data_at++;
    scan_function(p, &range, f->thumb, fn);
    p->common->scanned[index] = 1;
    p->out->nscanned++;
    bool ok = !p->sink.out_of_memory && (p->sink.exits.n == 0 || rp_parts_note(p, index)) &&
              follow(p, f, &range, fn);
    if (p->sink.taken.n >= DRAIN_AT)
        drain_taken(p);
    note_prefix(p, f, fn);
    return ok;
}

/* ---- the worker ---- */

static void find_text(const rp_image *img, rp_code_sink *sink)
{
    sink->text_low = UINT64_MAX;
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if ((s->perm & RP_X) == 0 || s->size == 0 || s->size > UINT64_MAX - s->addr)
            continue;
        sink->text_low = s->addr < sink->text_low ? s->addr : sink->text_low;
        sink->text_high = s->addr + s->size > sink->text_high ? s->addr + s->size : sink->text_high;
    }
}

bool rp_pass_worker_open(rp_pass_worker *w, const rp_pass_common *c)
{
    const rp_code_map *map = c->map;
    *w = (rp_pass_worker){.common = c, .src = *c->img->src, .img = *c->img};
    w->kept.limit = w->scratch.limit = c->img->arena->limit;
    w->src.arena = w->img.arena = &w->kept;
    w->img.src = &w->src;
    w->sink = (rp_code_sink){.arena = &w->kept,
                             .landmarks = map->landmarks,
                             .read_only = map->read_only,
                             .nread_only = map->nread_only,
                             .unsafe_stack = map->unsafe_stack,
                             .windows = c->img->pe != NULL,
                             .guard_size = GUARD_SIZE};
    w->room.arena = &w->kept;
    find_text(c->img, &w->sink);
    if (c->functions->n != 0) {
        w->sink.fn_low = c->functions->items[0].start;
        w->sink.fn_high = c->functions->items[c->functions->n - 1].end;
    }
    w->env = (rp_flow_env){.landmarks = &w->sink.landmarks,
                           .text_low = w->sink.text_low,
                           .text_high = w->sink.text_high,
                           .image = &w->img,
                           .scratch = &w->scratch,
                           .read_only = map->read_only,
                           .nread_only = map->nread_only};
    if (c->decoder->flow_env != NULL)
        c->decoder->flow_env(&w->env, c->img->pe != NULL);
    w->taken = rp_new(&w->kept, c->functions->n, uint8_t);
    return w->taken != NULL && window_open(&w->window, &w->img, c->longest);
}

/* Index of the first entry of functions->data that ends behind an address. */
static uint32_t first_data(const rp_functions *fns, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, fns->ndata, fns->data[low].end <= addr);
    return low;
}

bool rp_pass_worker_run(rp_pass_worker *w, rp_pass_chunk *chunk)
{
    rp_code_sink *s = &w->sink;
    const rp_functions *all = w->common->functions;
    w->out = chunk;
    w->done = chunk->done;
    w->data_at = first_data(all, all->items[chunk->first].start);
    chunk->worker = w;
    chunk->branches = s->branches.n;
    chunk->votes = s->file_votes.n;
    for (uint32_t i = chunk->first; i < chunk->last; i++)
        if (!one_function(w, i))
            return false;
    drain_taken(w);
    chunk->nbranches = s->branches.n - chunk->branches;
    chunk->nvotes = s->file_votes.n - chunk->votes;
    return !s->out_of_memory;
}

void rp_pass_worker_close(rp_pass_worker *w)
{
    rp_arena_free(&w->scratch);
    rp_arena_free(&w->kept);
}
