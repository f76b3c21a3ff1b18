/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who asks for whom. */
#include "deps/inventory_build.h"

#include "base/buf.h"
#include "base/search.h"

#include <stdlib.h>

/* A search of shortest paths. Components are settled in rounds: what a round reaches keeps its path
 * in the next ones, which go on from there by further kinds of edges. */
typedef struct {
    rp_component *c;
    uint32_t *queue;  /* of settled components, by their steps: those before the round, then its own
                       */
    uint32_t *merged; /* room for as many */
    uint32_t *steps;  /* from a root; NO_STEPS: not settled */
    uint32_t n;
} search;

enum { NO_STEPS = UINT32_MAX };

/* Settles what the edges from `at` lead to that have one of `kinds` (0: any). */
static void settle(search *s, uint32_t at, uint8_t kinds)
{
    for (uint32_t k = 0; k < s->c[at].ndeps; k++) {
        const rp_dep_edge *e = &s->c[at].deps[k];
        if (s->steps[e->to] != NO_STEPS || (kinds != 0 && e->kinds != 0 && !(e->kinds & kinds)))
            continue;
        s->steps[e->to] = s->steps[at] + 1;
        s->c[e->to].via = at;
        s->queue[s->n++] = e->to;
    }
}

/* Both parts of the queue have the fewer steps first, so that they come in the order of steps. */
static void spread(search *s, uint8_t kinds)
{
    uint32_t before = s->n, old = 0, new = before, n = 0;
    while (old < before || new < s->n) {
        bool first =
            new == s->n || (old < before && s->steps[s->queue[old]] <= s->steps[s->queue[new]]);
        uint32_t at = s->queue[first ? old++ : new ++];
        settle(s, at, kinds);
        s->merged[n++] = at;
    }
    uint32_t *queue = s->queue;
    s->queue = s->merged;
    s->merged = queue;
}

/* A path into the program says more than one into its tests; one by edges that are off is there for
 * what is in no build. */
static bool find_paths(rp_inventory *inv, uint32_t *queue, rp_arena *arena)
{
    const uint8_t rounds[] = {RP_DEP_NORMAL, RP_DEP_NORMAL | RP_DEP_BUILD,
                              RP_DEP_NORMAL | RP_DEP_BUILD | RP_DEP_DEV, 0};
    search s = {.c = (rp_component *)(uintptr_t)inv->components,
                .queue = queue,
                .merged = rp_new(arena, inv->ncomponents, uint32_t),
                .steps = rp_new(arena, inv->ncomponents, uint32_t)};
    if (s.merged == NULL || s.steps == NULL)
        return false;
    for (uint32_t i = 0; i < inv->ncomponents; i++) {
        s.c[i].via = RP_NO_COMPONENT;
        s.steps[i] = s.c[i].root ? 0 : NO_STEPS;
        if (s.c[i].root)
            s.queue[s.n++] = i;
    }
    for (size_t i = 0; i < RP_COUNT(rounds); i++)
        spread(&s, rounds[i]);
    return true;
}

uint32_t rp_inventory_find(const rp_inventory *inv, rp_str name, rp_str version)
{
    const rp_component *all = inv->components;
    uint32_t low; /* crates come first, by name */
    RP_SEARCH(low, inv->ncomponents,
              all[low].kind == RP_COMPONENT_CRATE && rp_str_cmp(all[low].name, name) < 0);
    for (; low < inv->ncomponents && rp_str_eq(all[low].name, name); low++)
        if (version.len == 0 || rp_str_eq(all[low].version, version))
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

/* ---- who pulls it in ---- */

enum { STARTS = 64, SHARED = STARTS - 1, SHOWN = 8 };

static bool is_start(const rp_component *c)
{
    return c->root || c->member;
}

/* Tests are those of the member that one begins at: nobody builds the tests of what it asks for. */
static bool is_followed(const rp_dep_edge *e, bool from_start)
{
    const uint8_t program = RP_DEP_NORMAL | RP_DEP_BUILD | RP_DEP_PROC_MACRO;
    return e->kinds == 0 || (e->kinds & (from_start ? program | RP_DEP_DEV : program)) != 0;
}

/* Gives `bit` to all that the start asks for. `queue` has room for every component once more. */
static void mark(rp_component *c, uint32_t start, uint64_t bit, uint32_t *queue)
{
    uint32_t n = 1;
    queue[0] = start;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < c[queue[i]].ndeps; k++) {
            const rp_dep_edge *e = &c[queue[i]].deps[k];
            if (e->to == start || (c[e->to].pulled_by & bit) != 0 || !is_followed(e, i == 0))
                continue;
            c[e->to].pulled_by |= bit;
            queue[n++] = e->to;
        }
}

static void mark_all(rp_inventory *inv, uint32_t *queue)
{
    rp_component *c = (rp_component *)(uintptr_t)inv->components;
    unsigned nth = 0;
    for (uint32_t i = 0; i < inv->ncomponents; i++)
        if (is_start(&c[i])) {
            mark(c, i, (uint64_t)1 << nth, queue);
            nth += nth < SHARED;
        }
}

rp_str rp_inventory_pulled_by(const rp_inventory *inv, uint32_t index, rp_arena *arena)
{
    uint64_t left = inv->components[index].pulled_by;
    unsigned nth = 0, shown = 0;
    rp_buf text = {0};
    for (uint32_t i = 0; i < inv->ncomponents && left != 0 && nth < SHARED; i++) {
        if (!is_start(&inv->components[i]))
            continue;
        bool has = (left >> nth & 1) != 0;
        left &= ~((uint64_t)1 << nth++);
        if (has && shown++ < SHOWN)
            rp_buf_printf(&text, "%s%.*s", shown > 1 ? ", " : "", RP_FMT(inv->components[i].name));
    }
    bool others = left != 0; /* how many share the last bit is not known */
    if (shown > SHOWN)
        rp_buf_printf(&text, " and %u more", shown - SHOWN);
    if (others)
        rp_buf_puts(&text, shown == 0 ? "some of many members" : ", and others");
    rp_str copy = text.bad ? (rp_str){0} : rp_arena_str(arena, rp_buf_str(&text));
    rp_buf_free(&text);
    return copy;
}

bool rp_inventory_reach(rp_inventory *inv, rp_arena *arena)
{
    uint32_t *queue = rp_new(arena, (uint64_t)inv->ncomponents + 1, uint32_t);
    if (queue == NULL || !find_paths(inv, queue, arena))
        return false;
    mark_all(inv, queue);
    return true;
}
