/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/numbers.h"
#include "base/search.h"
#include "isa/flow_ways_parts.h"

/* Entries of one table, edges of a function beside its direct branches, instructions from the load
 * of an entry to the jump. */
enum { DISPATCH = 4, MAX_ENTRIES = 2048, MAX_EDGES = 1 << 20, CHUNK = 64, MIN_HEADS = 64 };

static uint32_t head_of(const rp_ways_graph *g, uint32_t offset)
{
    return (offset * 0x9e3779b1u >> 7) & g->mask;
}

static uint64_t edge(const rp_ways_graph *g, uint32_t i)
{
    uint32_t n = g->code->nlabels;
    return i < n ? g->code->labels[i] : g->edges.items[i - n];
}

static void link_edge(rp_ways_graph *g, uint32_t i, uint32_t offset)
{
    uint32_t *head = &g->heads[head_of(g, offset)];
    g->next[i] = *head;
    *head = i + 1;
    g->leaders[offset >> 6] |= (uint64_t)1 << (offset & 63u);
}

/* Room for n items, zeroed. */
static void *room_for(rp_arena *arena, void *have, uint32_t *cap, uint64_t n, size_t size)
{
    if (n <= *cap) {
        memset(have, 0, n * size);
        return have;
    }
    uint64_t more = n + n / 2 + MIN_HEADS;
    void *to = more <= UINT32_MAX ? rp_arena_array(arena, more, size) : NULL;
    *cap = to != NULL ? (uint32_t)more : 0;
    return to;
}

bool rp_ways_graph_make(rp_ways_graph *g, rp_ways_room *room, const rp_flow_env *env,
                        const rp_ways_code *code)
{
    rp_arena *a = room->arena;
    uint32_t heads = MIN_HEADS;
    while (heads < code->nlabels)
        heads *= 2;
    *g = (rp_ways_graph){.env = env, .code = code, .room = room, .mask = heads - 1};
    room->seen = room_for(a, room->seen, &room->seen_cap, code->n, sizeof *room->seen);
    room->leaders = room_for(a, room->leaders, &room->leaders_cap, code->range->bytes.len / 64 + 1,
                             sizeof *room->leaders);
    room->heads = room_for(a, room->heads, &room->heads_cap, heads, sizeof *room->heads);
    room->next =
        room_for(a, room->next, &room->next_cap, (uint64_t)code->nlabels + 1, sizeof *room->next);
    g->seen = room->seen;
    g->leaders = room->leaders;
    g->heads = room->heads;
    g->next = room->next;
    if (g->seen == NULL || g->leaders == NULL || g->heads == NULL || g->next == NULL)
        return false;
    for (uint32_t i = 0; i < code->nlabels; i++)
        link_edge(g, i, (uint32_t)(code->labels[i] >> 32));
    return true;
}

unsigned rp_ways_lift(const rp_ways_graph *g, uint32_t k, rp_op ret[RP_LIFTED_OPS])
{
    return g->code->lift(g->code->range, rp_ways_offset(g, k), ret);
}

static rp_ways_insn look_closer(const rp_ways_graph *g, uint32_t k)
{
    rp_ways_insn i = {.flags = RP_WAYS_KNOWN | RP_WAYS_PADDING};
    RP_UNINITIALIZED rp_op ops[RP_LIFTED_OPS];
    unsigned n = rp_ways_lift(g, k, ops);
    bool passes = ops[0].kind == RP_OP_BRANCH; /* whatever stands behind it */
    for (unsigned j = 0; j < n; j++) {
        i.writes |= rp_ways_written(g->env, &ops[j]);
        i.flags |= !passes && rp_flow_ends_way(g->env, &ops[j]) ? (unsigned)RP_WAYS_ENDS : 0;
        i.flags |= rp_ways_calls(&ops[j]) ? (unsigned)RP_WAYS_CALL : 0;
        if (ops[j].kind != RP_OP_NOP)
            i.flags &= ~(unsigned)RP_WAYS_PADDING;
    }
    return i;
}

rp_ways_insn rp_ways_look(rp_ways_graph *g, uint32_t k)
{
    rp_ways_insn *to = &g->seen[k];
    if ((to->flags & RP_WAYS_KNOWN) != 0)
        return *to;
    if (g->code->writes != NULL &&
        g->code->writes(g->code->range, rp_ways_offset(g, k), &to->writes))
        to->flags = RP_WAYS_KNOWN;
    else
        *to = look_closer(g, k);
    return *to;
}

bool rp_ways_index(const rp_ways_graph *g, uint64_t offset, uint32_t *ret)
{
    uint32_t low, n = g->code->n;
    if (g->code->starts == NULL) {
        *ret = (uint32_t)(offset / 4);
        return offset % 4 == 0 && offset / 4 < n;
    }
    RP_SEARCH(low, n, g->code->starts[low] < offset);
    *ret = low;
    return low < n && g->code->starts[low] == offset;
}

/* Where the block of instruction k begins, of instructions of four bytes: at a label or the start.
 */
static uint32_t block_of(const rp_ways_graph *g, uint32_t k)
{
    size_t at = 4 * (size_t)k, i = at >> 6;
    uint64_t labels = g->leaders[i] & UINT64_MAX >> (63 - (at & 63u));
    while (labels == 0 && i > 0)
        labels = g->leaders[--i];
    return labels != 0 ? (uint32_t)((i * 64 + 63 - (unsigned)__builtin_clzll(labels)) / 4) : 0;
}

uint32_t rp_ways_pass(const rp_ways_graph *g, uint32_t k, uint8_t reg)
{
    const rp_ways_code *c = g->code;
    return c->back != NULL && k > 0 ? c->back(c->range, block_of(g, k - 1), k, reg) : k;
}

bool rp_ways_source(const rp_ways_graph *g, uint32_t k, uint32_t *it, uint32_t *ret_from)
{
    uint32_t offset = rp_ways_offset(g, k);
    uint32_t i = *it == 0 ? g->heads[head_of(g, offset)] : g->next[*it - 1];
    while (i != 0 && edge(g, i - 1) >> 32 != offset)
        i = g->next[i - 1];
    if (i == 0)
        return false;
    *it = i;
    *ret_from = (uint32_t)edge(g, i - 1);
    return true;
}

/* ---- what is no direct branch ---- */

/* Edges are added jump by jump and the last one stands first: only that can be the same. */
static bool known_edge(const rp_ways_graph *g, uint32_t to, uint32_t from)
{
    uint32_t it = 0, source;
    return rp_ways_source(g, to, &it, &source) && source == from;
}

/* Switches of a function may be many more than its direct branches. */
static bool more_heads(rp_ways_graph *g)
{
    uint32_t had = g->mask + 1, n = g->code->nlabels + g->edges.n;
    rp_ways_room *room = g->room;
    room->heads = room_for(room->arena, room->heads, &room->heads_cap, had * 4u, sizeof *g->heads);
    g->heads = room->heads;
    if (g->heads == NULL)
        return false;
    g->mask = had * 4 - 1;
    for (uint32_t i = 0; i < n; i++)
        link_edge(g, i, (uint32_t)(edge(g, i) >> 32));
    return true;
}

static bool more_room(rp_ways_graph *g)
{
    rp_ways_room *room = g->room;
    uint32_t had = room->next_cap;
    uint32_t *old = g->next;
    g->next = room->next =
        room_for(room->arena, old, &room->next_cap, (uint64_t)had * 2, sizeof *old);
    if (g->next != NULL)
        memcpy(g->next, old, had * sizeof *old);
    return g->next != NULL;
}

/* Control may come to instruction `to` from instruction `from`. */
static void add_edge(rp_ways_graph *g, uint32_t to, uint32_t from)
{
    uint32_t i = g->code->nlabels + g->edges.n;
    if (known_edge(g, to, from))
        return;
    if (g->edges.n == MAX_EDGES) {
        g->too_many = true;
        return;
    }
    bool room = (i < g->room->next_cap || more_room(g)) && (i <= g->mask || more_heads(g));
    uint64_t *e = room ? rp_vec_push(g->env->scratch, &g->edges) : NULL;
    if (e == NULL) {
        g->out_of_memory = true;
        return;
    }
    uint32_t offset = rp_ways_offset(g, to);
    *e = (uint64_t)offset << 32 | from;
    link_edge(g, i, offset);
}

/* Index in code->calls of the first call at or behind an offset. */
static uint32_t first_call(const rp_ways_graph *g, uint64_t offset)
{
    uint32_t low;
    RP_SEARCH(low, g->code->ncalls, rp_ways_offset(g, g->code->calls[low]) < offset);
    return low;
}

/* Where in the range an address of the function lies. */
static uint64_t place(const rp_ways_graph *g, uint64_t addr)
{
    return g->code->place != NULL ? g->code->place(g->code->range, addr) : addr;
}

/* A call may continue at its landing pad: callee-saved registers are as they were. */
static void add_landing(rp_ways_graph *g, const rp_landing *l)
{
    uint64_t base = g->code->range->start, start = place(g, l->start), to = place(g, l->pad);
    uint64_t end = start + (l->end - l->start);
    uint32_t pad;
    if (to < base || start < base || !rp_ways_index(g, to - base, &pad))
        return;
    for (uint32_t i = first_call(g, start - base); i < g->code->ncalls; i++) {
        if (rp_ways_offset(g, g->code->calls[i]) >= end - base || g->out_of_memory)
            break;
        add_edge(g, pad, g->code->calls[i]);
    }
}

static void add_landings(rp_ways_graph *g, const rp_frame *frame)
{
    const rp_landing *items;
    uint32_t n;
    uint64_t last = 0;
    if (frame == NULL || frame->lsda == 0 || g->env->image == NULL)
        return;
    if (!rp_unwind_landings(g->env->image, frame, g->env->scratch, &items, &n)) {
        g->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++) { /* in order, as compilers write them: each call once */
        if (items[i].start < last)
            continue;
        add_landing(g, &items[i]);
        last = items[i].end;
    }
}

void rp_ways_add_landings(rp_ways_graph *g)
{
    add_landings(g, g->code->frame);
    for (uint32_t i = 0; i < g->code->nmore_frames; i++)
        add_landings(g, g->code->more_frames[i]);
}

/* The instruction that an entry leads to: a distance from `base`, or an address. */
static bool entry(const rp_ways_graph *g, const uint8_t *p, uint64_t base, bool absolute,
                  uint32_t *ret)
{
    uint64_t to = base + (uint64_t)(int64_t)(int32_t)rp_le32(p);
    if (absolute)
        to = g->env->word == 8 ? rp_le32(p) | (uint64_t)rp_le32(p + 4) << 32 : rp_le32(p);
    else if (g->env->word == 4)
        to = (uint32_t)to;
    to = place(g, to);
    return to >= g->code->range->start && rp_ways_index(g, to - g->code->range->start, ret);
}

static bool loads_entry(const rp_ways_graph *g, uint32_t k)
{
    rp_op ops[RP_LIFTED_OPS];
    unsigned n = rp_ways_lift(g, k, ops);
    for (unsigned j = 0; j < n; j++)
        if (ops[j].kind == RP_OP_LOAD_TABLE)
            return true;
    return false;
}

/* Is instruction k between the load of a switch's entry and the jump there? No label stands there:
 * what leads to it is not this table's. (Tables of functions that follow one another do, too.) */
static bool inside_dispatch(rp_ways_graph *g, uint32_t k)
{
    uint32_t low;
    RP_SEARCH(low, g->code->njumps, g->code->jumps[low] < k);
    if (low == g->code->njumps || g->code->jumps[low] - k > DISPATCH)
        return false;
    for (uint32_t i = k; i < g->code->jumps[low]; i++)
        if ((rp_ways_look(g, i).flags & RP_WAYS_ENDS) != 0 || loads_entry(g, i))
            return false;
    for (uint32_t i = k; i > 0 && k - i < DISPATCH; i--) {
        if ((rp_ways_look(g, i - 1).flags & RP_WAYS_ENDS) != 0)
            return false;
        if (loads_entry(g, i - 1))
            return true;
    }
    return false;
}

bool rp_ways_add_table(rp_ways_graph *g, uint32_t k, uint64_t at, uint64_t end, bool absolute)
{
    uint8_t buf[CHUNK * 8];
    unsigned size = absolute ? g->env->word : 4;
    uint64_t offset = g->env->image != NULL ? rp_image_offset(g->env->image, at) : RP_NOWHERE;
    uint64_t base = at;
    uint32_t n = 0, to, first = 0;
    bool more = offset != RP_NOWHERE;
    while (more && n < MAX_ENTRIES) {
        size_t got = rp_source_copy(g->env->image->src, offset, buf, n == 0 ? 64 : sizeof buf);
        more = got >= size;
        if (n == 0 && more && !absolute && !entry(g, buf, at, false, &to))
            base = rp_flow_image_base(g->env, at);
        for (size_t i = 0; more && i + size <= got; i += size) {
            more = at + (uint64_t)n * size < end && entry(g, buf + i, base, absolute, &to) &&
                   !inside_dispatch(g, to);
            if (more && n == 0)
                first = to;
            else if (more)
                add_edge(g, to, k);
            n += more;
        }
        offset += got / size * size;
    }
    if (n >= 2) /* one may be an accident */
        add_edge(g, first, k);
    return n >= 2;
}

/* Does nothing lead to the instructions from the one behind offset `from` to k? */
static bool straight(const rp_ways_graph *g, uint32_t from, uint32_t k)
{
    while (k > 0 && rp_ways_offset(g, k) > from && !rp_ways_is_leader(g, k))
        k--;
    return rp_ways_offset(g, k) <= from;
}

/* Does every way to the switch at instruction k lead over its comparison? */
static bool only_compared(const rp_ways_graph *g, uint32_t k, const rp_switch *s)
{
    uint32_t by, block, it = 0, source;
    if (s->block == 0)
        return straight(g, s->from, k);
    return rp_ways_index(g, s->by, &by) && rp_ways_index(g, s->block, &block) &&
           straight(g, s->block, k) && straight(g, s->from, by) &&
           rp_ways_source(g, block, &it, &source) && source == by &&
           !rp_ways_source(g, block, &it, &source);
}

/* Entry i of those in `bytes`: where it leads. */
static uint64_t led_to(const rp_switch *s, const uint8_t *bytes, uint32_t i)
{
    const uint8_t *p = bytes + ((size_t)i << s->size_log2);
    uint64_t v = p[0], top = (uint64_t)0x80 << (8 * ((1u << s->size_log2) - 1));
    if (s->size_log2 == 1)
        v |= (uint64_t)p[1] << 8;
    else if (s->size_log2 == 2)
        v = rp_le32(p);
    if (s->is_signed)
        v = (v ^ top) - top;
    return s->base + (v << s->shift);
}

bool rp_ways_add_switch(rp_ways_graph *g, uint32_t k, const rp_switch *s)
{
    uint8_t buf[MAX_ENTRIES * 4];
    uint32_t to[MAX_ENTRIES];
    const rp_image *img = g->env->image;
    uint64_t offset = img != NULL ? rp_image_offset(img, s->table) : RP_NOWHERE;
    size_t size = (size_t)s->entries << s->size_log2;
    if (offset == RP_NOWHERE || s->entries > MAX_ENTRIES || !only_compared(g, k, s) ||
        !rp_flow_env_read_only(g->env, s->table) ||
        rp_source_copy(img->src, offset, buf, size) != size)
        return false;
    for (uint32_t i = 0; i < s->entries; i++) {
        uint64_t at = led_to(s, buf, i);
        if (at < g->code->range->start || !rp_ways_index(g, at - g->code->range->start, &to[i]))
            return false;
    }
    for (uint32_t i = 0; i < s->entries; i++)
        add_edge(g, to[i], k);
    return true;
}
