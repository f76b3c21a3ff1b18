/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/pass.h"

#include "isa/a64_lift.h"
#include "isa/a64_scan.h"
#include "isa/flow_ways.h"
#include "isa/rv_scan.h"
#include "isa/t32_scan.h"
#include "isa/x86_lift.h"
#include "isa/x86_op.h"
#include "isa/x86_scan.h"
#include "obj/elf.h"

enum { EF_ARM_BE8 = 0x00800000 };

enum { WINDOW = 1 << 20, GUARD_SIZE = 4096, DRAIN_AT = 4096 };

/* What an architecture brings. lift and flow are NULL where branches are not followed. */
typedef struct {
    void (*scan)(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret);
    bool (*lift)(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret);
    void (*flow_env)(rp_flow_env *env, bool microsoft);
    unsigned (*lift_one)(const rp_code_range *range, uint32_t offset, rp_op *ret);
    bool (*writes)(const rp_code_range *range, uint32_t offset, uint32_t *ret);
    void (*outline)(rp_code_sink *sink, const rp_code_range *range); /* NULL: the scan did it */
} decoder;

static void scan_x86(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_x86_scan(sink, range, false, ret);
}

static void scan_x86_64(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_x86_scan(sink, range, true, ret);
}

static void scan_a64(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_a64_scan(sink, range, ret);
}

static void scan_rv32(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_rv_scan(sink, range, false, ret);
}

static void scan_rv64(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    (void)thumb;
    rp_rv_scan(sink, range, true, ret);
}

static bool lift_x86(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    (void)thumb;
    return rp_x86_lift(arena, range, false, ret);
}

static bool lift_x86_64(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    (void)thumb;
    return rp_x86_lift(arena, range, true, ret);
}

static bool writes_x86_64(const rp_code_range *range, uint32_t offset, uint32_t *ret)
{
    const uint8_t *p = range->bytes.ptr + offset;
    rp_x86_insn i;
    if (range->bytes.len - offset < RP_X86_WINDOW || !rp_x86_decode_plain(p, true, &i))
        return false;
    *ret = rp_x86_writes(p, i);
    return *ret != RP_X86_UNTOLD;
}

static bool lift_a64(rp_arena *arena, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    (void)thumb;
    return rp_a64_lift(arena, range, ret);
}

static unsigned lift_x86_at(const rp_code_range *range, uint32_t offset, bool mode64, rp_op *ret)
{
    const uint8_t *p = range->bytes.ptr + offset;
    size_t left = range->bytes.len - offset;
    return rp_x86_lift_one(p, left, rp_x86_decode(p, left, mode64), range->start + offset, mode64,
                           ret);
}

static unsigned one_x86(const rp_code_range *range, uint32_t offset, rp_op *ret)
{
    return lift_x86_at(range, offset, false, ret);
}

static unsigned one_x86_64(const rp_code_range *range, uint32_t offset, rp_op *ret)
{
    return lift_x86_at(range, offset, true, ret);
}

static void env_x86(rp_flow_env *env, bool microsoft)
{
    rp_x86_flow_env(env, false, microsoft);
}

static void env_x86_64(rp_flow_env *env, bool microsoft)
{
    rp_x86_flow_env(env, true, microsoft);
}

static void env_a64(rp_flow_env *env, bool microsoft)
{
    (void)microsoft;
    rp_a64_flow_env(env);
}

static const decoder *decoder_of(const rp_image *img)
{
    static const decoder rv64 = {.scan = scan_rv64};
    static const decoder decoders[RP_ARCH_COUNT] = {
        [RP_ARCH_X86] = {scan_x86, lift_x86, env_x86, one_x86, NULL, NULL},
        [RP_ARCH_X86_64] = {scan_x86_64, lift_x86_64, env_x86_64, one_x86_64, writes_x86_64, NULL},
        [RP_ARCH_AARCH64] = {scan_a64, lift_a64, env_a64, rp_a64_lift_one, NULL, rp_a64_outline},
        [RP_ARCH_ARM] = {.scan = rp_t32_scan},
        [RP_ARCH_RISCV] = {.scan = scan_rv32},
    };
    /* AAELF32, EF_ARM_BE8: only then are the instructions of big-endian files little-endian */
    if (img->arch == RP_ARCH_ARM && img->big &&
        (img->elf == NULL || !(img->elf->e_flags & EF_ARM_BE8)))
        return NULL;
    if (img->arch == RP_ARCH_RISCV && img->bits == 64)
        return &rv64;
    return decoders[img->arch].scan != NULL ? &decoders[img->arch] : NULL;
}

bool rp_pass_supports(const rp_image *img)
{
    return decoder_of(img) != NULL;
}

/* ---- bytes: one window slides over the file, functions come in the order of their addresses ----
 */

typedef struct {
    rp_source *src;
    uint8_t *buf;
    size_t cap;
    uint64_t at; /* file offset of buf[0] */
    size_t len;
} window;

static bool window_open(window *w, rp_image *img, uint64_t longest)
{
    *w = (window){.src = img->src};
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
static bool window_get(window *w, uint64_t at, uint64_t len, rp_bytes *ret)
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

/* ---- the pass ---- */

typedef struct {
    rp_image *img;
    const rp_functions *functions;
    const rp_code_map *map;
    const decoder *decoder;
    rp_code_sink sink;
    rp_flow_env env;
    rp_arena scratch, kept; /* reset after each function; not */
    rp_ways_room room;
    window window;
    rp_fn_code *fns;
    uint8_t *scanned;
    uint8_t *taken;   /* by function */
    uint32_t data_at; /* first entry of functions->data that may still matter */
    uint64_t done;    /* code below this address has been read */
    uint32_t npieces; /* of the function at hand */
    rp_pass *ret;
} pass;

/* Marks the function that starts at each address in `addrs`. */
static void mark_taken(pass *p, const uint64_t *addrs, uint32_t n)
{
    const rp_function *fns = p->functions->items;
    uint64_t bit = p->img->arch == RP_ARCH_ARM ? 1 : 0; /* Thumb's */
    for (uint32_t i = 0; i < n; i++) {
        uint64_t addr = addrs[i] & ~bit;
        uint32_t low = 0, high = p->functions->n;
        while (low < high) {
            uint32_t mid = low + (high - low) / 2;
            if (fns[mid].start < addr)
                low = mid + 1;
            else
                high = mid;
        }
        if (low < p->functions->n && fns[low].start == addr)
            p->taken[low] = 1;
    }
}

static void drain_taken(pass *p)
{
    mark_taken(p, p->sink.taken.items, p->sink.taken.n);
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
    to->nsites = sum_16(to->nsites, piece->nsites);
    to->overflow = sum_16(to->overflow, piece->overflow);
    to->bounds = sum_16(to->bounds, piece->bounds);
    to->debug_asserts = sum_16(to->debug_asserts, piece->debug_asserts);
    to->panics = sum_16(to->panics, piece->panics);
    to->guarded_calls = sum_16(to->guarded_calls, piece->guarded_calls);
}

/* Pieces of code in a function: what lies between its literal pools. */
typedef struct {
    rp_code_range whole, piece;
    uint32_t data;
    uint64_t next;
} pieces;

static bool next_piece(const pass *p, pieces *it)
{
    const rp_functions *fns = p->functions;
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

static pieces pieces_of(const pass *p, const rp_code_range *range)
{
    return (pieces){.whole = *range, .data = p->data_at, .next = range->start};
}

static void scan_function(pass *p, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    pieces it = pieces_of(p, range);
    bool first = true;
    p->npieces = 0;
    while (next_piece(p, &it)) {
        rp_fn_code piece;
        p->npieces++;
        p->decoder->scan(&p->sink, &it.piece, thumb, &piece);
        if (first)
            *ret = piece;
        else
            merge(ret, &piece);
        first = false;
    }
}

/* Operations of all pieces, one after the other. */
static bool lift_function(pass *p, const rp_code_range *range, bool thumb, rp_ops *ret)
{
    pieces it = pieces_of(p, range);
    bool first = true;
    while (next_piece(p, &it)) {
        rp_ops ops = {0};
        if (!p->decoder->lift(&p->scratch, &it.piece, thumb, &ops))
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
static bool walk_back(pass *p, const rp_function *f, const rp_code_range *range, rp_fn_code *fn,
                      bool *ret_follow)
{
    const rp_code_sink *s = &p->sink;
    bool fixed = p->decoder->outline != NULL; /* every instruction is four bytes long */
    *ret_follow = true;
    if (p->decoder->lift_one == NULL || p->npieces != 1 || (fixed && p->img->pe != NULL))
        return true;
    if (fixed)
        p->decoder->outline(&p->sink, range);
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
                         .lift = p->decoder->lift_one,
                         .calls = s->calls.items,
                         .ncalls = s->calls.n,
                         .formed = s->formed.items,
                         .nformed = s->formed.n,
                         .writes = p->decoder->writes};
    code.frame_register = RP_LOC_NONE;
    if (!fixed)
        code.frame_register = rp_x86_frame_register(range->bytes, p->img->bits == 64);
    if (f->frame < p->functions->frames.n)
        code.frame = &p->functions->frames.items[f->frame];
    return rp_ways_decide(&p->room, &p->env, &code, s->branches.items + fn->sites, fn->nsites,
                          ret_follow);
}

static bool flow(pass *p, const rp_function *f, const rp_code_range *range, rp_fn_code *fn)
{
    rp_ops ops = {0};
    if (!lift_function(p, range, f->thumb, &ops))
        return false;
    if (f->frame < p->functions->frames.n &&
        !rp_unwind_landings(p->img, &p->functions->frames.items[f->frame], &p->scratch,
                            &ops.landings, &ops.nlandings))
        return false;
    (void)!rp_flow_decide(&p->env, &ops, p->sink.branches.items + fn->sites, fn->nsites);
    return true;
}

/* Looks again at a function whose branches the scan could not set aside. What is too large or too
 * strange for the data-flow stays undecided. */
static bool follow(pass *p, const rp_function *f, const rp_code_range *range, rp_fn_code *fn)
{
    bool further;
    if (p->decoder->lift == NULL || !any_undecided(p->sink.branches.items + fn->sites, fn->nsites))
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

static void note_prefix(pass *p, const rp_function *f, rp_fn_code *fn)
{
    rp_bytes before;
    if ((p->img->arch == RP_ARCH_X86_64) && f->at >= 16 &&
        window_get(&p->window, f->at - 16, 16, &before) && x86_kcfi_prefix(before))
        fn->flags |= RP_FN_KCFI_PREFIX;
}

static bool is_stub(const rp_function *f)
{
    return f->kind == RP_FN_PLT || f->kind == RP_FN_THUNK || f->kind == RP_FN_CFI_TABLE;
}

static bool one_function(pass *p, uint32_t index)
{
    const rp_functions *all = p->functions;
    const rp_function *f = &all->items[index];
    rp_fn_code *fn = &p->fns[index];
    if (is_stub(f) || f->end <= f->start || f->start < p->done)
        return true;
    rp_code_range range = {.start = f->start, .index = index};
    if (f->at == RP_NOWHERE || !window_get(&p->window, f->at, f->end - f->start, &range.bytes)) {
        p->ret->nmissing++;
        return true;
    }
    range.around = range.bytes;
    range.around_start = f->start;
    p->done = f->end;
    while (p->data_at < all->ndata && all->data[p->data_at].end <= f->start)
        p->data_at++;
    scan_function(p, &range, f->thumb, fn);
    p->scanned[index] = 1;
    p->ret->nscanned++;
    bool ok = !p->sink.out_of_memory && follow(p, f, &range, fn);
    if (p->sink.taken.n >= DRAIN_AT)
        drain_taken(p);
    note_prefix(p, f, fn);
    return ok;
}

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

static void start(pass *p)
{
    const rp_code_map *map = p->map;
    p->sink = (rp_code_sink){.arena = p->img->arena,
                             .landmarks = map->landmarks,
                             .read_only = map->read_only,
                             .nread_only = map->nread_only,
                             .unsafe_stack = map->unsafe_stack,
                             .guard_size = GUARD_SIZE};
    p->room.arena = &p->kept;
    find_text(p->img, &p->sink);
    p->env = (rp_flow_env){.landmarks = &p->sink.landmarks,
                           .text_low = p->sink.text_low,
                           .text_high = p->sink.text_high,
                           .image = p->img,
                           .scratch = &p->scratch,
                           .read_only = map->read_only,
                           .nread_only = map->nread_only};
    if (p->decoder->flow_env != NULL)
        p->decoder->flow_env(&p->env, p->img->pe != NULL);
}

static bool run(pass *p)
{
    const rp_functions *all = p->functions;
    uint64_t longest = 0;
    for (uint32_t i = 0; i < all->n; i++)
        if (all->items[i].end > all->items[i].start &&
            all->items[i].end - all->items[i].start > longest)
            longest = all->items[i].end - all->items[i].start;
    p->fns = rp_new(p->img->arena, all->n, rp_fn_code);
    p->scanned = rp_new(p->img->arena, all->n, uint8_t);
    p->taken = rp_new(p->img->arena, all->n, uint8_t);
    if (p->fns == NULL || p->scanned == NULL || p->taken == NULL ||
        !window_open(&p->window, p->img, longest))
        return false;
    for (uint32_t i = 0; i < all->n; i++)
        if (!one_function(p, i))
            return false;
    drain_taken(p);
    mark_taken(p, p->map->pointers, p->map->npointers);
    for (uint32_t i = 0; i < all->n; i++)
        if (p->taken[i])
            p->fns[i].flags |= RP_FN_TAKEN;
    return true;
}

static void hand_over(const pass *p, rp_pass *ret)
{
    const rp_code_sink *s = &p->sink;
    ret->fns = p->fns;
    ret->scanned = p->scanned;
    ret->branches = s->branches.items;
    ret->nbranches = s->branches.n;
    ret->crate_votes = s->crate_votes.items;
    ret->ncrate_votes = s->crate_votes.n;
    ret->instructions = s->instructions;
    ret->bytes = s->bytes;
    ret->bad_bytes = s->bad_bytes;
    memcpy(ret->set_aside, s->set_aside, sizeof ret->set_aside);
}

bool rp_pass_run(rp_image *img, const rp_functions *functions, const rp_code_map *map, rp_pass *ret)
{
    *ret = (rp_pass){0};
    pass p = {
        .img = img, .functions = functions, .map = map, .decoder = decoder_of(img), .ret = ret};
    if (p.decoder == NULL)
        return true;
    start(&p);
    bool ok = run(&p);
    rp_arena_free(&p.scratch);
    rp_arena_free(&p.kept);
    if (ok)
        hand_over(&p, ret);
    return ok;
}
