/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/pass_parts.h"

#include "base/numbers.h"
#include "isa/x86_lift.h"

#include <stdlib.h>

/* Parts of one function; bytes of all of them. The parts lie one behind the other in a range of
 * their own, where no code has its address (x86-64: not canonical), with one byte that traps behind
 * each: control falls from none into the next. */
enum { MAX_PARTS = 16, MAX_BYTES = 1 << 20, SEPARATOR = 1 };
static const uint64_t JOINED = (uint64_t)1 << 63;

typedef RP_VEC(uint32_t) numbers;

typedef struct {
    rp_code_range range;
    uint32_t at; /* where it begins in the joined range */
    uint32_t function;
} part;

typedef struct {
    rp_code_range range; /* the first member: callbacks get its address */
    const rp_decoder *decoder;
    part parts[MAX_PARTS];
    unsigned n;
    const rp_frame *frames[MAX_PARTS];
    unsigned nframes;
    numbers starts, calls, jumps, compares;
    RP_VEC(uint64_t) labels, formed;
    RP_VEC(rp_code_exit) exits;
    RP_VEC(rp_branch) sites;
    bool checks; /* it calls what checks, or reports failed checks: nothing is decided here */
} joined;

/* ---- which functions are parts of one ---- */

/* Does the function begin in the middle of what the compiler made? By its frame, or by the name
 * that BOLT and compilers give to such parts. */
bool rp_parts_is_fragment(const rp_functions *all, const rp_function *f)
{
    if (f->frame < all->frames.n && (all->frames.items[f->frame].flags & RP_FRAME_INSIDE) != 0)
        return true;
    return rp_str_find(f->name, RP_STR(".cold")) != SIZE_MAX ||
           rp_str_find(f->name, RP_STR(".warm")) != SIZE_MAX;
}

/* The function that a branch to an address from outside makes one with where that comes from: none
 * but a part's own start is a function's; UINT32_MAX without. */
static uint32_t part_of(const rp_pass_common *c, uint64_t addr)
{
    const rp_function *fns = c->functions->items;
    uint64_t bucket = (addr - fns[0].start) >> c->bucket_shift;
    if (addr < fns[0].start || bucket >= c->nbuckets)
        return UINT32_MAX;
    uint32_t low = c->buckets[bucket], high = c->buckets[bucket + 1];
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (fns[mid].start <= addr)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0 || addr >= fns[low - 1].end)
        return UINT32_MAX;
    bool own = addr == fns[low - 1].start && !rp_parts_is_fragment(c->functions, &fns[low - 1]);
    return own ? UINT32_MAX : low - 1;
}

bool rp_parts_note(rp_pass_worker *w, uint32_t function)
{
    const rp_code_sink *s = &w->sink;
    uint64_t last = UINT64_MAX;
    for (uint32_t i = 0; i < s->exits.n; i++) {
        uint32_t to = part_of(w->common, s->exits.items[i].to);
        uint64_t pair = (uint64_t)function << 32 | to;
        if (to == UINT32_MAX || to == function || pair == last)
            continue;
        uint64_t *at = rp_vec_push(&w->kept, &w->crossings);
        if (at == NULL)
            return false;
        last = *at = pair;
    }
    return true;
}

/* ---- the joined range ---- */

static const part *part_at(const joined *j, uint32_t offset)
{
    unsigned i = j->n - 1;
    while (i > 0 && j->parts[i].at > offset)
        i--;
    return &j->parts[i];
}

static uint64_t place(const rp_code_range *range, uint64_t addr)
{
    const joined *j = (const joined *)(const void *)range;
    for (unsigned i = 0; i < j->n; i++) {
        const part *p = &j->parts[i];
        if (addr - p->range.start < p->range.bytes.len)
            return JOINED + p->at + (addr - p->range.start);
    }
    return addr;
}

static unsigned lift(const rp_code_range *range, uint32_t offset, rp_op ret[RP_LIFTED_OPS])
{
    const joined *j = (const joined *)(const void *)range;
    const part *p = part_at(j, offset);
    if (offset - p->at >= p->range.bytes.len) {
        ret[0] = (rp_op){.addr = JOINED + offset,
                         .value = 1,
                         .kind = RP_OP_TRAP,
                         .dst = RP_LOC_NONE,
                         .src = RP_LOC_NONE,
                         .src2 = RP_LOC_NONE,
                         .base = RP_LOC_NONE};
        return 1;
    }
    unsigned n = j->decoder->lift_one(&p->range, offset - p->at, ret);
    for (unsigned i = 0; i < n; i++)
        if (ret[i].kind == RP_OP_BRANCH || ret[i].kind == RP_OP_JUMP)
            ret[i].target = place(range, ret[i].target);
    return n;
}

static bool writes(const rp_code_range *range, uint32_t offset, uint32_t *ret)
{
    const joined *j = (const joined *)(const void *)range;
    const part *p = part_at(j, offset);
    return offset - p->at < p->range.bytes.len && j->decoder->writes != NULL &&
           j->decoder->writes(&p->range, offset - p->at, ret);
}

/* ---- one function of several parts ---- */

static bool add(rp_arena *arena, numbers *to, const uint32_t *from, uint32_t n, uint32_t plus)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *item = rp_vec_push(arena, to);
        if (item == NULL)
            return false;
        *item = from[i] + plus;
    }
    return true;
}

static bool add_label(rp_arena *arena, joined *j, uint64_t offset, uint32_t insn)
{
    uint64_t *label = rp_vec_push(arena, &j->labels);
    if (label != NULL)
        *label = offset << 32 | insn;
    return label != NULL;
}

/* What the scan of part `p` left in the sink, whose instructions are those from `insn` on. */
static bool add_scan(rp_arena *a, joined *j, const part *p, const rp_code_sink *s, uint32_t insn)
{
    bool ok = add(a, &j->starts, s->trail.items, s->trail.n, p->at) &&
              add(a, &j->calls, s->calls.items, s->calls.n, insn) &&
              add(a, &j->jumps, s->jumps.items, s->jumps.n, insn) &&
              add(a, &j->compares, s->compares.items, s->compares.n, insn);
    for (uint32_t i = 0; ok && i < s->labels.n; i++) {
        uint64_t l = s->labels.items[i];
        ok = add_label(a, j, (l >> 32) + p->at, (uint32_t)l + insn);
    }
    for (uint32_t i = 0; ok && i < s->formed.n; i++) {
        uint64_t *to = rp_vec_push(a, &j->formed);
        ok = to != NULL;
        if (ok)
            *to = s->formed.items[i];
    }
    for (uint32_t i = 0; ok && i < s->exits.n; i++) {
        rp_code_exit *to = rp_vec_push(a, &j->exits);
        ok = to != NULL;
        if (ok)
            *to = (rp_code_exit){s->exits.items[i].to, s->exits.items[i].insn + insn};
    }
    j->checks |= s->checks;
    return ok;
}

/* Its branches, at their places in the joined range. */
static bool add_sites(rp_pass_worker *w, joined *j, const part *p, const rp_branch *branches)
{
    const rp_fn_code *fn = &w->common->fns[p->function];
    for (uint32_t i = 0; i < fn->nsites; i++) {
        rp_branch *to = rp_vec_push(&w->scratch, &j->sites);
        if (to == NULL)
            return false;
        *to = branches[fn->sites + i];
        to->addr = place(&j->range, to->addr);
    }
    return true;
}

/* Reads the function again, with a sink whose counts nobody asks for. */
static bool add_part(rp_pass_worker *w, joined *j, rp_code_sink *sink, uint32_t function,
                     const rp_branch *branches)
{
    const rp_functions *all = w->common->functions;
    const rp_function *f = &all->items[function];
    part *p = &j->parts[j->n];
    size_t len = (size_t)(f->end - f->start);
    uint8_t *bytes = rp_arena_array(&w->scratch, len, 1);
    rp_fn_code code;
    if (bytes == NULL)
        return false;
    *p = (part){.at = (uint32_t)j->range.bytes.len, .function = function};
    p->range = (rp_code_range){.start = f->start,
                               .bytes = {bytes, rp_source_copy(w->img.src, f->at, bytes, len)},
                               .index = function,
                               .landmarks = &w->sink.landmarks};
    p->range.around = p->range.bytes;
    p->range.around_start = f->start;
    j->n++;
    j->range.bytes.len += p->range.bytes.len + SEPARATOR;
    if (f->frame < all->frames.n)
        j->frames[j->nframes++] = &all->frames.items[f->frame];
    sink->branches.n = sink->taken.n = sink->file_votes.n = 0;
    sink->traps = sink->checks = false;
    w->common->decoder->scan(sink, &p->range, f->thumb, &code);
    uint32_t separator = p->at + (uint32_t)p->range.bytes.len;
    return !sink->out_of_memory && add_scan(&w->scratch, j, p, sink, j->starts.n) &&
           add(&w->scratch, &j->starts, &separator, 1, 0) && add_sites(w, j, p, branches);
}

/* Branches from one part to another, now that all parts have their places. */
static bool link_parts(rp_arena *arena, joined *j)
{
    for (uint32_t i = 0; i < j->exits.n; i++) {
        uint64_t to = place(&j->range, j->exits.items[i].to);
        if (to - JOINED < j->range.bytes.len &&
            !add_label(arena, j, to - JOINED, j->exits.items[i].insn))
            return false;
    }
    return true;
}

static bool decide(rp_pass_worker *w, joined *j)
{
    rp_ways_code code = {.range = &j->range,
                         .starts = j->starts.items,
                         .n = j->starts.n,
                         .labels = j->labels.items,
                         .nlabels = j->labels.n,
                         .calls = j->calls.items,
                         .ncalls = j->calls.n,
                         .compares = j->compares.items,
                         .ncompares = j->compares.n,
                         .jumps = j->jumps.items,
                         .njumps = j->jumps.n,
                         .formed = j->formed.items,
                         .nformed = j->formed.n,
                         .frame = j->nframes != 0 ? j->frames[0] : NULL,
                         .more_frames = j->frames + 1,
                         .nmore_frames = j->nframes != 0 ? j->nframes - 1 : 0,
                         .lift = lift,
                         .writes = writes,
                         .place = place};
    bool follow;
    code.frame_register =
        rp_x86_frame_register(j->parts[0].range.bytes, w->common->img->bits == 64);
    return rp_ways_decide(&w->room, &w->env, &code, j->sites.items, j->sites.n, &follow);
}

static void hand_back(const rp_pass_worker *w, const joined *j, rp_branch *branches)
{
    uint32_t k = 0;
    for (unsigned i = 0; i < j->n; i++) {
        const rp_fn_code *fn = &w->common->fns[j->parts[i].function];
        for (uint32_t s = 0; s < fn->nsites; s++, k++) {
            branches[fn->sites + s].edge = j->sites.items[k].edge;
            branches[fn->sites + s].reason = j->sites.items[k].reason;
        }
    }
}

/* The parts [members, members + n): that where the function is entered comes first. */
static bool join(rp_pass_worker *w, rp_code_sink *sink, const uint32_t *members, uint32_t n,
                 rp_branch *branches)
{
    joined *j = rp_new(&w->scratch, 1, joined);
    if (j == NULL)
        return false;
    j->decoder = w->common->decoder;
    j->range.start = JOINED;
    for (uint32_t i = 0; i < n; i++)
        if (!add_part(w, j, sink, members[i], branches))
            return false;
    if (!link_parts(&w->scratch, j))
        return false;
    if (!j->checks) {
        if (!decide(w, j))
            return false;
        hand_back(w, j, branches);
    }
    return true;
}

/* ---- all of them ---- */

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* Puts the part where the function is entered first; false: that is not one of them. */
static bool entry_first(const rp_functions *all, uint32_t *members, uint32_t n)
{
    uint32_t entries = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (rp_parts_is_fragment(all, &all->items[members[i]]))
            continue;
        uint32_t entry = members[i];
        members[i] = members[0];
        members[0] = entry;
        entries++;
    }
    return entries == 1;
}

/* Is something left to decide, in parts that are not too much? */
static bool worth_it(const rp_pass_common *c, const uint32_t *members, uint32_t n,
                     const rp_branch *branches)
{
    uint64_t bytes = 0;
    bool left = false;
    for (uint32_t i = 0; i < n && n <= MAX_PARTS; i++) {
        const rp_fn_code *fn = &c->fns[members[i]];
        bytes += c->functions->items[members[i]].end - c->functions->items[members[i]].start;
        for (uint32_t s = 0; s < fn->nsites; s++)
            left |= branches[fn->sites + s].edge == RP_EDGE_UNDECIDED;
        if (c->scanned[members[i]] == 0)
            return false;
    }
    return left && bytes <= MAX_BYTES;
}

/* Members of each function, as root << 32 | member in ascending order; *ret_n how many. */
static uint64_t *find_members(rp_arena *arena, uint32_t nfunctions, const uint64_t *crossings,
                              uint32_t n, uint32_t *ret_n)
{
    uint32_t *parent = rp_new(arena, nfunctions, uint32_t);
    uint64_t *members = rp_new(arena, (uint64_t)n * 2, uint64_t);
    *ret_n = 0;
    if (parent == NULL || members == NULL)
        return NULL;
    for (uint32_t i = 0; i < nfunctions; i++)
        parent[i] = i;
    for (uint32_t i = 0; i < n; i++)
        parent[root_of(parent, (uint32_t)crossings[i])] =
            root_of(parent, (uint32_t)(crossings[i] >> 32));
    for (uint32_t i = 0; i < 2 * n; i++) {
        uint32_t one = (uint32_t)(crossings[i / 2] >> (32 * (i & 1)));
        members[i] = (uint64_t)root_of(parent, one) << 32 | one;
    }
    qsort(members, 2 * (size_t)n, sizeof *members, rp_ascending_u64);
    for (uint32_t i = 0; i < 2 * n; i++)
        if (i == 0 || members[i] != members[i - 1])
            members[(*ret_n)++] = members[i];
    return members;
}

bool rp_parts_join(rp_pass_worker *w, const uint64_t *crossings, uint32_t n, rp_branch *branches)
{
    uint32_t nmembers, some[MAX_PARTS];
    rp_code_sink sink = w->sink;
    if (n == 0 || w->common->decoder->lift_one == NULL || w->common->map->forwards)
        return true;
    uint64_t *members = find_members(&w->kept, w->common->functions->n, crossings, n, &nmembers);
    bool ok = members != NULL;
    memset(&sink.branches, 0, sizeof sink.branches);
    memset(&sink.taken, 0, sizeof sink.taken);
    memset(&sink.file_votes, 0, sizeof sink.file_votes);
    memset(&sink.uses, 0, sizeof sink.uses);
    for (uint32_t i = 0, next; ok && i < nmembers; i = next) {
        for (next = i; next < nmembers && members[next] >> 32 == members[i] >> 32; next++)
            if (next - i < MAX_PARTS)
                some[next - i] = (uint32_t)members[next];
        if (next - i > MAX_PARTS || !worth_it(w->common, some, next - i, branches) ||
            !entry_first(w->common->functions, some, next - i))
            continue;
        ok = join(w, &sink, some, next - i, branches) && !w->scratch.refused;
        rp_arena_reset(&w->scratch);
    }
    return ok;
}
