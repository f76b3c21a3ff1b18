/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/numbers.h"
#include "base/search.h"
#include "isa/flow_parts.h"

#include <stdlib.h>

/* Entries of one table and of all tables of a function; constants that are tried. */
enum { MAX_ENTRIES = 2048, MAX_TARGETS = 32768, MAX_TRIED = 4096, CHUNK = 64 };

bool rp_flow_op_at(const rp_ops *ops, uint64_t addr, uint32_t *ret)
{
    uint32_t low;
    RP_SEARCH(low, ops->n, ops->items[low].addr < addr);
    *ret = low;
    return low < ops->n && ops->items[low].addr == addr;
}

/* The operation that entry `p` leads to: a distance from `base`, or an address. */
static bool entry(const rp_flow *f, const uint8_t *p, uint64_t base, bool absolute, uint32_t *ret)
{
    uint64_t to = base + (uint64_t)(int64_t)(int32_t)rp_le32(p);
    if (absolute)
        to = f->env->word == 8 ? rp_le32(p) | (uint64_t)rp_le32(p + 4) << 32 : rp_le32(p);
    else if (f->env->word == 4)
        to = (uint32_t)to;
    return to >= f->ops->items[0].addr && to < f->ops->end && rp_flow_op_at(f->ops, to, ret);
}

/* Reads entries until one leads out of the function. */
static bool read_entries(rp_flow *f, uint64_t at, bool absolute)
{
    uint8_t buf[CHUNK * 8];
    unsigned size = absolute ? f->env->word : 4;
    uint64_t offset = rp_image_offset(f->env->image, at), base = at;
    uint32_t first = f->table_targets.n, op;
    for (unsigned n = 0; n < MAX_ENTRIES && offset != RP_NOWHERE;) {
        size_t got = rp_source_copy(f->env->image->src, offset, buf, n == 0 ? 8 : sizeof buf);
        bool go_on = got >= size;
        if (n == 0 && go_on && !absolute && !entry(f, buf, at, false, &op))
            base = rp_flow_image_base(f->env, at);
        for (size_t i = 0; i + size <= got; i += size, n++) {
            if (!entry(f, buf + i, base, absolute, &op) || f->table_targets.n >= MAX_TARGETS) {
                go_on = false;
                break;
            }
            uint32_t *to = rp_vec_push(f->env->scratch, &f->table_targets);
            if (to == NULL)
                return false;
            *to = op;
        }
        if (!go_on)
            break;
        offset += got / size * size;
    }
    if (f->table_targets.n - first < 2) { /* one may be an accident */
        f->table_targets.n = first;
        return true;
    }
    rp_flow_table *t = rp_vec_push(f->env->scratch, &f->tables);
    if (t != NULL)
        *t = (rp_flow_table){at, first, f->table_targets.n - first};
    return t != NULL;
}

static int by_address(const void *a, const void *b)
{
    const rp_flow_table *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* A table ends where the next begins; each target counts once. */
static void tidy(rp_flow *f)
{
    rp_flow_table *t = f->tables.items;
    uint32_t n = 0;
    if (f->tables.n > 1)
        qsort(t, f->tables.n, sizeof *t, by_address);
    for (uint32_t i = 0; i < f->tables.n; i++)
        if (n == 0 || t[n - 1].at != t[i].at)
            t[n++] = t[i];
    f->tables.n = n;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t room = i + 1 < n ? (t[i + 1].at - t[i].at + 3) / 4 : t[i].n;
        uint32_t *to = f->table_targets.items + t[i].first, kept = 0;
        uint32_t have = room < t[i].n ? (uint32_t)room : t[i].n;
        qsort(to, have, sizeof *to, rp_ascending_u32);
        for (uint32_t k = 0; k < have; k++)
            if (kept == 0 || to[kept - 1] != to[k])
                to[kept++] = to[k];
        t[i].n = kept;
    }
}

static bool jumps_through_tables(const rp_flow *f)
{
    for (uint32_t i = 0; i < f->ops->n; i++) {
        const rp_op *o = &f->ops->items[i];
        if (o->tail && (o->kind == RP_OP_CALL_REG || o->kind == RP_OP_CALL_TABLE))
            return true;
    }
    return false;
}

bool rp_flow_find_tables(rp_flow *f)
{
    unsigned tried = 0;
    if (f->env->image == NULL || !jumps_through_tables(f))
        return true;
    for (uint32_t i = 0; i < f->ops->n && tried < MAX_TRIED; i++) {
        const rp_op *o = &f->ops->items[i];
        bool absolute = o->kind == RP_OP_LOAD_TABLE || o->kind == RP_OP_CALL_TABLE;
        uint64_t at = (uint64_t)o->value;
        if ((o->kind != RP_OP_CONST && !(absolute && o->base == RP_LOC_NONE)) || at % 4 != 0 ||
            !rp_flow_read_only(f, at) || rp_flow_table_at(f, at) != NULL)
            continue;
        tried++;
        if (!read_entries(f, at, absolute))
            return false;
    }
    tidy(f);
    return true;
}

/* While tables are being found they are in no order yet; the last ones are the likeliest. */
const rp_flow_table *rp_flow_table_at(const rp_flow *f, uint64_t at)
{
    for (uint32_t i = f->tables.n; i > 0 && i + 16 > f->tables.n; i--)
        if (f->tables.items[i - 1].at == at)
            return &f->tables.items[i - 1];
    uint32_t low;
    RP_SEARCH(low, f->tables.n, f->tables.items[low].at < at);
    return low < f->tables.n && f->tables.items[low].at == at ? &f->tables.items[low] : NULL;
}
