/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who asks for whom. */
#include "deps/inventory_build.h"

#include "base/buf.h"

#include <stdlib.h>

/* Breadth first over edges that have one of `kinds` (0: any) from what is in queue[0..n). */
static uint32_t spread(rp_inventory *inv, uint32_t *queue, uint32_t n, bool *seen, uint8_t kinds)
{
    rp_component *c = (rp_component *)(uintptr_t)inv->components;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < c[queue[i]].ndeps; k++) {
            const rp_dep_edge *e = &c[queue[i]].deps[k];
            if (seen[e->to] || (kinds != 0 && e->kinds != 0 && (e->kinds & kinds) == 0))
                continue;
            seen[e->to] = true;
            c[e->to].via = queue[i];
            queue[n++] = e->to;
        }
    return n;
}

bool rp_inventory_reach(rp_inventory *inv, rp_arena *arena)
{
    uint32_t *queue = rp_new(arena, inv->ncomponents, uint32_t), n = 0;
    bool *seen = rp_new(arena, inv->ncomponents, bool);
    if (queue == NULL || seen == NULL)
        return false;
    for (uint32_t i = 0; i < inv->ncomponents; i++) {
        ((rp_component *)(uintptr_t)inv->components)[i].via = RP_NO_COMPONENT;
        if (inv->components[i].root) {
            seen[i] = true;
            queue[n++] = i;
        }
    }
    n = spread(inv, queue, n, seen, RP_DEP_NORMAL); /* a path into the program says more … */
    n = spread(inv, queue, n, seen, RP_DEP_BUILD);
    (void)spread(inv, queue, n, seen, 0); /* … than one into its tests */
    return true;
}

uint32_t rp_inventory_find(const rp_inventory *inv, rp_str name, rp_str version)
{
    uint32_t low = 0, high = inv->ncomponents;
    while (low < high) { /* crates come first, by name */
        uint32_t mid = low + (high - low) / 2;
        const rp_component *c = &inv->components[mid];
        if (c->kind == RP_COMPONENT_CRATE && rp_str_cmp(c->name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < inv->ncomponents && rp_str_eq(inv->components[low].name, name); low++)
        if (version.len == 0 || rp_str_eq(inv->components[low].version, version))
            return low;
    return RP_NO_COMPONENT;
}

enum { PATH_STEPS = 8 };

rp_str rp_inventory_path(const rp_inventory *inv, uint32_t index, rp_arena *arena)
{
    uint32_t steps = 0, total = 0, path[PATH_STEPS];
    rp_buf text = {0};
    for (uint32_t at = index; at != RP_NO_COMPONENT && total <= inv->ncomponents;
         at = inv->components[at].via)
        total++;
    for (uint32_t at = index, i = 0; i < total; at = inv->components[at].via, i++)
        if (i < PATH_STEPS / 2 || total - i <= PATH_STEPS / 2)
            path[steps++] = at; /* both ends of a long one */
    for (uint32_t i = steps; i-- > 0;) {
        const rp_component *c = &inv->components[path[i]];
        rp_buf_printf(&text, "%.*s%s%.*s", RP_FMT(c->name), c->version.len ? " " : "",
                      RP_FMT(c->version));
        if (i != 0)
            rp_buf_puts(&text, total > steps && i == PATH_STEPS / 2 ? " → … → " : " → ");
    }
    rp_str copy = text.bad ? (rp_str){0} : rp_arena_str(arena, rp_buf_str(&text));
    rp_buf_free(&text);
    return copy;
}

uint32_t rp_inventory_origin(const rp_inventory *inv, uint32_t index)
{
    for (uint32_t i = 0; i < inv->ncomponents; i++) {
        if (inv->components[index].via == RP_NO_COMPONENT)
            break;
        index = inv->components[index].via;
    }
    return index;
}

/* ---- backwards ---- */

typedef struct {
    uint32_t *start; /* of each component's part of `from`; one more than components */
    uint32_t *from;
} reverse;

static bool reverse_edges(const rp_inventory *inv, uint8_t kinds, rp_arena *arena, reverse *ret)
{
    uint64_t edges = 0;
    uint32_t *start = rp_new(arena, (uint64_t)inv->ncomponents + 2, uint32_t);
    if (start == NULL)
        return false;
    for (uint32_t i = 0; i < inv->ncomponents; i++)
        for (uint32_t k = 0; k < inv->components[i].ndeps; k++, edges++)
            start[inv->components[i].deps[k].to + 2]++;
    uint32_t *from = rp_new(arena, edges, uint32_t);
    if (from == NULL)
        return false;
    for (uint32_t i = 2; i < inv->ncomponents + 2; i++)
        start[i] += start[i - 1];
    for (uint32_t i = 0; i < inv->ncomponents; i++)
        for (uint32_t k = 0; k < inv->components[i].ndeps; k++) {
            const rp_dep_edge *e = &inv->components[i].deps[k];
            bool counts = kinds == 0 || e->kinds == 0 || (e->kinds & kinds) != 0;
            from[start[e->to + 1]++] = counts ? i : RP_NO_COMPONENT;
        }
    *ret = (reverse){start, from};
    return true;
}

const uint32_t *rp_inventory_pulled_by(const rp_inventory *inv, uint32_t index, uint8_t kinds,
                                       rp_arena *arena, uint32_t *ret_n)
{
    reverse r = {0};
    bool *seen = rp_new(arena, inv->ncomponents, bool);
    uint32_t *queue = rp_new(arena, inv->ncomponents, uint32_t), n = 1;
    uint32_t *found = rp_new(arena, inv->ncomponents, uint32_t);
    *ret_n = 0;
    if (seen == NULL || queue == NULL || found == NULL || !reverse_edges(inv, kinds, arena, &r))
        return NULL;
    queue[0] = index;
    seen[index] = true;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = r.start[queue[i]]; k < r.start[queue[i] + 1]; k++)
            if (r.from[k] != RP_NO_COMPONENT && !seen[r.from[k]]) {
                seen[r.from[k]] = true;
                queue[n++] = r.from[k];
            }
    for (uint32_t i = 0; i < inv->ncomponents; i++)
        if (seen[i] && (inv->components[i].member || inv->components[i].root))
            found[(*ret_n)++] = i;
    return found;
}
