/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/from_lock.h"

#include "base/search.h"

#include <stdlib.h>

/* The package that is meant when `i` is asked for: [replace] may be chained. */
static uint32_t stand_in(const rp_lock *lock, uint32_t i)
{
    for (uint32_t steps = 0; steps < 8 && lock->packages[i].replaced != RP_NO_PACKAGE; steps++)
        i = lock->packages[i].replaced;
    return i;
}

static bool *find_roots(const rp_lock *lock, rp_arena *arena)
{
    bool *asked = rp_new(arena, lock->npackages, bool);
    bool *root = rp_new(arena, lock->npackages, bool);
    bool any = false;
    if (asked == NULL || root == NULL)
        return NULL;
    for (uint32_t i = 0; i < lock->npackages; i++)
        for (uint32_t k = 0; k < lock->packages[i].ndeps; k++)
            if (lock->packages[i].deps[k] != i)
                asked[lock->packages[i].deps[k]] = true;
    for (uint32_t i = 0; i < lock->npackages; i++) {
        const rp_lock_package *p = &lock->packages[i];
        root[i] = p->root || (p->source_text.len == 0 && !asked[i]);
        any |= root[i];
    }
    for (uint32_t i = 0; i < lock->npackages && !any; i++)
        root[i] = lock->packages[i].source_text.len == 0;
    return root;
}

static rp_seen seen_of(const rp_lock *lock, uint32_t i, const rp_lock_context *context, bool root)
{
    const rp_lock_package *p = &lock->packages[i];
    bool member = context->member != NULL ? context->member[i] : p->source_text.len == 0;
    return (rp_seen){
        .kind = RP_COMPONENT_CRATE,
        .name = p->name,
        .version = p->version,
        .source = p->source,
        .checksum = p->checksum,
        .kinds = context->resolved != NULL ? context->resolved->kinds[i] : 0,
        .root = context->member != NULL ? member : root,
        .member = member,
        .certainty = RP_EXACT,
        .seen = {.what = RP_WITNESS_LOCK,
                 .file = context->file,
                 .at = p->at,
                 .line = p->line,
                 .text = p->source_text},
    };
}

static int by_ends(const void *a, const void *b)
{
    const rp_resolved_edge *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

static rp_resolved_edge *sorted(const rp_resolved *r, rp_arena *arena)
{
    rp_resolved_edge *edges = rp_new(arena, r->nedges, rp_resolved_edge);
    if (edges != NULL && r->nedges != 0)
        memcpy(edges, r->edges, r->nedges * sizeof *edges);
    if (edges != NULL && r->nedges > 1)
        qsort(edges, r->nedges, sizeof *edges, by_ends);
    return edges;
}

/* Kinds of the active dependencies of `from` on `to`, RP_DEP_OFF without one. */
static uint8_t kinds_of(const rp_resolved_edge *edges, uint32_t n, uint32_t from, uint32_t to)
{
    uint32_t low;
    uint8_t kinds = 0;
    rp_resolved_edge wanted = {.from = from, .to = to};
    RP_SEARCH(low, n, by_ends(&edges[low], &wanted) < 0);
    if (low == n || by_ends(&edges[low], &wanted) != 0)
        return RP_DEP_OFF;
    for (; low < n && by_ends(&edges[low], &wanted) == 0; low++)
        kinds |= edges[low].kinds;
    return kinds;
}

static rp_code add_edges(rp_inventory_builder *b, const rp_lock *lock,
                         const rp_lock_context *context, const uint32_t *ids, rp_arena *arena,
                         rp_error *err)
{
    const rp_resolved_edge *edges =
        context->resolved != NULL ? sorted(context->resolved, arena) : NULL;
    if (context->resolved != NULL && edges == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < lock->npackages; i++)
        for (uint32_t k = 0; k < lock->packages[i].ndeps; k++) {
            uint32_t to = stand_in(lock, lock->packages[i].deps[k]);
            uint8_t kinds = edges != NULL ? kinds_of(edges, context->resolved->nedges, i, to) : 0;
            rp_code code = rp_inventory_edge(b, ids[i], ids[to], kinds, err);
            if (code != RP_OK)
                return code;
        }
    return RP_OK;
}

rp_code rp_inventory_add_lock(rp_inventory_builder *b, const rp_lock *lock,
                              const rp_lock_context *context, rp_arena *arena, uint32_t **ret_ids,
                              rp_error *err)
{
    uint32_t *ids = rp_new(arena, lock->npackages, uint32_t);
    bool *root = find_roots(lock, arena);
    if (ids == NULL || root == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_inventory_expect(b, lock->npackages, err);
    for (uint32_t i = 0; i < lock->npackages && code == RP_OK; i++) {
        rp_seen seen = seen_of(lock, i, context, root[i]);
        code = rp_inventory_add(b, &seen, &ids[i], err);
    }
    if (code != RP_OK)
        return code;
    rp_inventory_whole(b);
    *ret_ids = ids;
    return add_edges(b, lock, context, ids, arena, err);
}
