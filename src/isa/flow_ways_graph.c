/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/flow_ways_parts.h"

/* Entries of one table, and edges of a function beside its direct branches. */
enum { MAX_ENTRIES = 2048, MAX_EDGES = 65536, CHUNK = 64, MIN_HEADS = 64 };

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

bool rp_ways_graph_make(rp_ways_graph *g, const rp_flow_env *env, const rp_ways_code *code)
{
    rp_arena *a = env->scratch;
    uint32_t heads = MIN_HEADS;
    *g = (rp_ways_graph){.env = env, .code = code};
    while (heads < code->nlabels)
        heads *= 2;
    g->mask = heads - 1;
    g->room = code->nlabels;
    g->seen = rp_new(a, code->n, rp_ways_insn);
    g->leaders = rp_new(a, code->range->bytes.len / 64 + 1, uint64_t);
    g->heads = rp_new(a, heads, uint32_t);
    g->next = rp_new(a, code->nlabels, uint32_t);
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

rp_ways_insn rp_ways_look(rp_ways_graph *g, uint32_t k)
{
    rp_ways_insn *to = &g->seen[k];
    rp_op ops[RP_LIFTED_OPS];
    if ((to->flags & RP_WAYS_KNOWN) != 0)
        return *to;
    unsigned n = rp_ways_lift(g, k, ops);
    to->flags = RP_WAYS_KNOWN | RP_WAYS_PADDING;
    for (unsigned j = 0; j < n; j++) {
        to->writes |= rp_ways_written(g->env, &ops[j]);
        to->flags |= rp_flow_ends_way(g->env, &ops[j]) ? (unsigned)RP_WAYS_ENDS : 0;
        to->flags |= rp_ways_calls(&ops[j]) ? (unsigned)RP_WAYS_CALL : 0;
        if (ops[j].kind != RP_OP_NOP)
            to->flags &= ~(unsigned)RP_WAYS_PADDING;
    }
    return *to;
}

bool rp_ways_index(const rp_ways_graph *g, uint64_t offset, uint32_t *ret)
{
    uint32_t low = 0, high = g->code->n;
    if (g->code->starts == NULL) {
        *ret = (uint32_t)(offset / 4);
        return offset % 4 == 0 && offset / 4 < high;
    }
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (g->code->starts[mid] < offset)
            low = mid + 1;
        else
            high = mid;
    }
    *ret = low;
    return low < g->code->n && g->code->starts[low] == offset;
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

static bool known_edge(const rp_ways_graph *g, uint32_t to, uint32_t from)
{
    uint32_t it = 0, source;
    while (rp_ways_source(g, to, &it, &source))
        if (source == from)
            return true;
    return false;
}

static bool more_room(rp_ways_graph *g)
{
    uint32_t room = g->room * 2 + MIN_HEADS;
    uint32_t *next = rp_new(g->env->scratch, room, uint32_t);
    if (next == NULL)
        return false;
    if (g->room != 0)
        memcpy(next, g->next, g->room * sizeof *next);
    g->next = next;
    g->room = room;
    return true;
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
    uint64_t *e = i < g->room || more_room(g) ? rp_vec_push(g->env->scratch, &g->edges) : NULL;
    if (e == NULL) {
        g->out_of_memory = true;
        return;
    }
    uint32_t offset = rp_ways_offset(g, to);
    *e = (uint64_t)offset << 32 | from;
    link_edge(g, i, offset);
}

/* A call may continue at its landing pad: callee-saved registers are as they were. */
static void add_landing(rp_ways_graph *g, const rp_landing *l)
{
    const rp_code_range *range = g->code->range;
    uint64_t base = range->start;
    uint32_t pad, k;
    if (l->pad < base || !rp_ways_index(g, l->pad - base, &pad) || l->start < base)
        return;
    (void)rp_ways_index(g, l->start - base, &k);
    for (; k < g->code->n && !g->out_of_memory; k++) {
        uint32_t at = rp_ways_offset(g, k);
        if (at >= l->end - base)
            break;
        if (g->code->is_call(range->bytes.ptr + at, range->bytes.len - at))
            add_edge(g, pad, k);
    }
}

void rp_ways_add_landings(rp_ways_graph *g)
{
    const rp_landing *items;
    uint32_t n;
    uint64_t last = 0;
    if (g->code->frame == NULL || g->code->frame->lsda == 0 || g->env->image == NULL)
        return;
    if (!rp_unwind_landings(g->env->image, g->code->frame, g->env->scratch, &items, &n)) {
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

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The instruction that an entry leads to: a distance from the table, or an address. */
static bool entry(const rp_ways_graph *g, const uint8_t *p, uint64_t at, bool absolute,
                  uint32_t *ret)
{
    uint64_t to = at + (uint64_t)(int64_t)(int32_t)le32(p);
    if (absolute)
        to = g->env->word == 8 ? le32(p) | (uint64_t)le32(p + 4) << 32 : le32(p);
    else if (g->env->word == 4)
        to = (uint32_t)to;
    return to >= g->code->range->start && rp_ways_index(g, to - g->code->range->start, ret);
}

bool rp_ways_add_table(rp_ways_graph *g, uint32_t k, uint64_t at, uint64_t end, bool absolute)
{
    uint8_t buf[CHUNK * 8];
    unsigned size = absolute ? g->env->word : 4;
    uint64_t offset = g->env->image != NULL ? rp_image_offset(g->env->image, at) : RP_NOWHERE;
    uint32_t n = 0, to, first = 0;
    bool more = offset != RP_NOWHERE;
    while (more && n < MAX_ENTRIES) {
        size_t got = rp_source_copy(g->env->image->src, offset, buf, n == 0 ? 64 : sizeof buf);
        more = got >= size;
        for (size_t i = 0; more && i + size <= got; i += size) {
            more = at + (uint64_t)n * size < end && entry(g, buf + i, at, absolute, &to);
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
