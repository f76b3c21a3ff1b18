/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Joining what witnesses saw. Entries are what was added, equal ones together; at the end, those
 * that lack a source or a version join the one entry that they can only mean. */
#include "deps/inventory_build.h"

#include "base/limits.h"

#include <stdlib.h>

/* ---- names ---- */

static char folded(char c)
{
    return c == '-' ? '_' : c;
}

/* By folded bytes, then length. */
static int name_cmp(rp_str a, rp_str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (folded(a.ptr[i]) != folded(b.ptr[i]))
            return (uint8_t)folded(a.ptr[i]) < (uint8_t)folded(b.ptr[i]) ? -1 : 1;
    return a.len < b.len ? -1 : a.len > b.len;
}

/* FNV-1a */
static uint32_t hash_text(uint32_t h, rp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.ptr[i]) * 16777619u;
    return (h ^ 0xff) * 16777619u;
}

static uint32_t hash_seen(const rp_seen *s)
{
    uint32_t h = hash_text(2166136261u, s->name);
    h = hash_text(hash_text(h, s->version), s->source.url);
    h = hash_text(hash_text(h, s->source.revision), s->source.path);
    return (h ^ (uint32_t)s->kind ^ ((uint32_t)s->source.kind << 8)) * 16777619u;
}

/* ---- entries ---- */

/* Order of witnesses, strongest first, total: what comes first is kept. */
static int sighting_cmp(const rp_sighting *a, const rp_sighting *b)
{
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    int c = rp_str_cmp(a->file, b->file);
    if (c != 0)
        return c;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return rp_str_cmp(a->text, b->text);
}

/* Nearly every crate of a lock file is seen once. */
static bool sighting_room(rp_inventory_builder *b, rp_inventory_entry *e)
{
    if (e->nsightings > 1)
        return true;
    rp_sighting *room = rp_new(b->arena, e->nsightings == 0 ? 1 : RP_MAX_SIGHTINGS, rp_sighting);
    b->out_of_memory |= room == NULL;
    if (room == NULL)
        return false;
    if (e->nsightings == 1)
        room[0] = e->sightings[0];
    e->sightings = room;
    return true;
}

static void keep_sighting(rp_inventory_builder *b, rp_inventory_entry *e, const rp_sighting *s)
{
    uint32_t at = 0;
    int c = 1;
    e->witnesses |= 1u << s->what;
    while (at < e->nsightings && (c = sighting_cmp(&e->sightings[at], s)) < 0)
        at++;
    if (at == RP_MAX_SIGHTINGS || (at < e->nsightings && c == 0) || !sighting_room(b, e))
        return;
    if (e->nsightings < RP_MAX_SIGHTINGS)
        e->nsightings++;
    for (uint32_t i = e->nsightings - 1; i > at; i--)
        e->sightings[i] = e->sightings[i - 1];
    e->sightings[at] = *s;
}

/* A name of a manifest stands above one of symbols; a checksum of a stronger witness above others;
 * between equals bytes decide, so that no order of adding shows. */
static void keep_texts(rp_inventory_entry *e, rp_str name, bool from_symbols, rp_str checksum,
                       uint32_t rank)
{
    if (e->from_symbols != from_symbols ? e->from_symbols : rp_str_cmp(name, e->name) < 0) {
        e->name = name;
        e->from_symbols = from_symbols;
    }
    if (checksum.len != 0 &&
        (e->checksum.len == 0 || rank < e->checksum_rank ||
         (rank == e->checksum_rank && rp_str_cmp(checksum, e->checksum) < 0))) {
        e->checksum = checksum;
        e->checksum_rank = rank;
    }
}

static void fold_seen(rp_inventory_builder *b, rp_inventory_entry *e, const rp_seen *s)
{
    uint32_t rank = (uint32_t)s->certainty * RP_WITNESS_COUNT + (uint32_t)s->seen.what;
    keep_texts(e, s->name, s->from_symbols, s->checksum, rank);
    keep_sighting(b, e, &s->seen);
    e->kinds |= s->kinds;
    e->root |= s->root;
    e->member |= s->member;
    if (s->certainty < e->certainty)
        e->certainty = s->certainty;
}

static bool same_entry(const rp_inventory_entry *e, const rp_seen *s)
{
    return e->kind == s->kind && e->from_symbols == s->from_symbols &&
           rp_str_eq(e->name, s->name) && rp_str_eq(e->version, s->version) &&
           rp_crate_source_eq(&e->source, &s->source);
}

static bool grow_slots(rp_inventory_builder *b)
{
    uint32_t n = b->slots != NULL ? (b->mask + 1) * 2 : 256;
    uint32_t *slots = rp_new(b->arena, n, uint32_t);
    if (slots == NULL)
        return false;
    b->slots = slots;
    b->mask = n - 1;
    for (uint32_t i = 0; i < b->entries.n; i++) {
        uint32_t at = b->entries.items[i].hash & b->mask;
        while (slots[at] != 0)
            at = (at + 1) & b->mask;
        slots[at] = i + 1;
    }
    return true;
}

static rp_inventory_entry *new_entry(rp_inventory_builder *b, const rp_seen *s, uint32_t hash)
{
    rp_inventory_entry *e = rp_vec_push(b->arena, &b->entries);
    if (e == NULL)
        return NULL;
    e->kind = s->kind;
    e->name = s->name;
    e->version = s->version;
    e->source = s->source;
    e->from_symbols = s->from_symbols;
    e->certainty = s->certainty;
    e->hash = hash;
    e->into = RP_NO_COMPONENT;
    return e;
}

rp_inventory_builder *rp_inventory_start(rp_arena *arena)
{
    rp_inventory_builder *b = rp_new(arena, 1, rp_inventory_builder);
    if (b != NULL)
        b->arena = arena;
    return b;
}

rp_code rp_inventory_expect(rp_inventory_builder *b, uint32_t n, rp_error *err)
{
    return rp_vec_reserve(b->arena, &b->entries, n) ? RP_OK : rp_fail_memory(err);
}

rp_code rp_inventory_add(rp_inventory_builder *b, const rp_seen *seen, uint32_t *ret_id,
                         rp_error *err)
{
    if ((b->slots == NULL || b->entries.n >= b->mask / 2) && !grow_slots(b))
        return rp_fail_memory(err);
    uint32_t hash = hash_seen(seen), at = hash & b->mask;
    rp_inventory_entry *e = NULL;
    for (; b->slots[at] != 0 && e == NULL; at = (at + 1) & b->mask)
        if (b->entries.items[b->slots[at] - 1].hash == hash &&
            same_entry(&b->entries.items[b->slots[at] - 1], seen))
            e = &b->entries.items[b->slots[at] - 1];
    if (e == NULL) {
        if (b->entries.n >= RP_MAX_COMPONENTS)
            return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "more than %u crates", RP_MAX_COMPONENTS);
        e = new_entry(b, seen, hash);
        if (e == NULL)
            return rp_fail_memory(err);
        b->slots[at] = b->entries.n;
    }
    fold_seen(b, e, seen);
    if (b->out_of_memory)
        return rp_fail_memory(err);
    *ret_id = (uint32_t)(e - b->entries.items);
    return RP_OK;
}

rp_code rp_inventory_edge(rp_inventory_builder *b, uint32_t from, uint32_t to, uint8_t kinds,
                          rp_error *err)
{
    if (from >= b->entries.n || to >= b->entries.n)
        return rp_fail(err, RP_E_INTERNAL, RP_NOWHERE, "an edge between crates that do not exist");
    if (b->edges.n >= RP_MAX_DEP_EDGES)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "more than %u dependencies", RP_MAX_DEP_EDGES);
    rp_inventory_edge_row *row = rp_vec_push(b->arena, &b->edges);
    if (row == NULL)
        return rp_fail_memory(err);
    *row = (rp_inventory_edge_row){from, to, kinds};
    return RP_OK;
}

rp_code rp_inventory_feature(rp_inventory_builder *b, uint32_t id, rp_str feature, rp_error *err)
{
    if (id >= b->entries.n)
        return rp_fail(err, RP_E_INTERNAL, RP_NOWHERE, "a feature of a crate that does not exist");
    if (b->features.n >= RP_MAX_DEP_EDGES)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "more than %u features", RP_MAX_DEP_EDGES);
    rp_inventory_feature_row *row = rp_vec_push(b->arena, &b->features);
    if (row == NULL)
        return rp_fail_memory(err);
    *row = (rp_inventory_feature_row){id, feature};
    return RP_OK;
}

void rp_inventory_whole(rp_inventory_builder *b)
{
    b->whole = true;
}

/* ---- joining ---- */

static int entry_cmp(const void *a, const void *b)
{
    const rp_inventory_entry *x = *(rp_inventory_entry *const *)a,
                             *y = *(rp_inventory_entry *const *)b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int c = name_cmp(x->name, y->name);
    c = c != 0 ? c : rp_str_cmp(x->version, y->version);
    return c != 0 ? c : x < y ? -1 : x > y;
}

static bool prefix_of(rp_str a, rp_str b)
{
    return a.len <= b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Both can be one source, as far as they are known. */
static bool may_be(const rp_crate_source *a, const rp_crate_source *b)
{
    if (a->kind == RP_FROM_UNKNOWN || b->kind == RP_FROM_UNKNOWN)
        return true;
    if (a->kind != b->kind)
        return false;
    if (a->url.len != 0 && b->url.len != 0 && !rp_str_eq(a->url, b->url))
        return false;
    return prefix_of(a->revision, b->revision) || prefix_of(b->revision, a->revision);
}

static bool is_vague(const rp_inventory_entry *e)
{
    return e->version.len == 0 || e->source.kind == RP_FROM_UNKNOWN || e->from_symbols ||
           (e->source.kind != RP_FROM_STD && e->source.kind != RP_FROM_PATH &&
            e->source.url.len == 0);
}

static bool fits(const rp_inventory_entry *vague, const rp_inventory_entry *e)
{
    return (vague->version.len == 0 || rp_str_eq(vague->version, e->version)) &&
           (vague->from_symbols || e->from_symbols || rp_str_eq(vague->name, e->name)) &&
           may_be(&vague->source, &e->source);
}

static void join(rp_inventory_builder *b, rp_inventory_entry *from, rp_inventory_entry *to)
{
    from->into = (uint32_t)(to - b->entries.items);
    keep_texts(to, from->name, from->from_symbols, from->checksum, from->checksum_rank);
    for (uint32_t i = 0; i < from->nsightings; i++)
        keep_sighting(b, to, &from->sightings[i]);
    to->witnesses |= from->witnesses;
    to->kinds |= from->kinds;
    to->root |= from->root;
    to->member |= from->member;
    if (from->certainty < to->certainty)
        to->certainty = from->certainty;
    if (to->source.kind == RP_FROM_UNKNOWN ||
        (to->source.kind == from->source.kind && to->source.url.len + to->source.revision.len == 0))
        to->source = from->source;
    if (to->version.len == 0)
        to->version = from->version;
}

/* Above this many of one name, who means whom is not asked: a file that has so many is made up. */
enum { MAX_GROUP = 64 };

/* One pass over a group of equal names: vague entries (`want` of them asked for) join the only one
 * that they fit. What is vague stays beside several that it could be. */
static void join_group(rp_inventory_builder *b, rp_inventory_entry **group, uint32_t n,
                       bool versionless)
{
    for (uint32_t i = 0; i < n; i++) {
        rp_inventory_entry *v = group[i], *only = NULL;
        uint32_t found = 0;
        if (v->into != RP_NO_COMPONENT || !is_vague(v) || (v->version.len == 0) != versionless)
            continue;
        for (uint32_t k = 0; k < n; k++) {
            rp_inventory_entry *e = group[k];
            bool better = versionless ? e->version.len != 0 : !is_vague(e);
            if (e != v && better && e->into == RP_NO_COMPONENT && fits(v, e)) {
                only = e;
                found++;
            }
        }
        if (found == 1)
            join(b, v, only);
    }
}

/* Vague ones of the same version (or none) that are left mean one another: "foo_bar" of symbols and
 * "foo-bar" of a path. */
static void join_equals(rp_inventory_builder *b, rp_inventory_entry **group, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (group[i]->into == RP_NO_COMPONENT && group[k]->into == RP_NO_COMPONENT &&
                is_vague(group[i]) && is_vague(group[k]) &&
                rp_str_eq(group[i]->version, group[k]->version) && fits(group[i], group[k]))
                join(b, group[i], group[k]);
}

static rp_inventory_entry **sorted_entries(rp_inventory_builder *b)
{
    rp_inventory_entry **order = rp_new(b->arena, b->entries.n, rp_inventory_entry *);
    for (uint32_t i = 0; order != NULL && i < b->entries.n; i++)
        order[i] = &b->entries.items[i];
    if (order != NULL && b->entries.n > 1)
        qsort(order, b->entries.n, sizeof(rp_inventory_entry *), entry_cmp);
    return order;
}

static bool join_all(rp_inventory_builder *b)
{
    rp_inventory_entry **order = sorted_entries(b);
    if (order == NULL)
        return false;
    for (uint32_t i = 0, end; i < b->entries.n; i = end) {
        for (end = i + 1; end < b->entries.n && order[end]->kind == order[i]->kind &&
                          name_cmp(order[end]->name, order[i]->name) == 0;)
            end++;
        if (end - i == 1 || end - i > MAX_GROUP)
            continue;
        join_group(b, order + i, end - i, false);
        join_equals(b, order + i, end - i);
        join_group(b, order + i, end - i, true);
    }
    return true;
}

/* ---- the finished inventory ---- */

static int source_cmp(const rp_crate_source *a, const rp_crate_source *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int c = rp_str_cmp(a->url, b->url);
    c = c != 0 ? c : rp_str_cmp(a->reference, b->reference);
    c = c != 0 ? c : rp_str_cmp(a->revision, b->revision);
    return c != 0 ? c : rp_str_cmp(a->path, b->path);
}

static int final_cmp(const void *a, const void *b)
{
    const rp_inventory_entry *x = *(rp_inventory_entry *const *)a,
                             *y = *(rp_inventory_entry *const *)b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int c = rp_str_cmp(x->name, y->name);
    c = c != 0 ? c : rp_str_cmp(x->version, y->version);
    return c != 0 ? c : source_cmp(&x->source, &y->source);
}

static void fill(rp_component *c, const rp_inventory_entry *e)
{
    *c = (rp_component){.kind = e->kind,
                        .name = e->name,
                        .version = e->version,
                        .source = e->source,
                        .checksum = e->checksum,
                        .kinds = e->kinds,
                        .root = e->root,
                        .member = e->member,
                        .in_build = RP_UNKNOWN,
                        .yanked = RP_UNKNOWN,
                        .via = RP_NO_COMPONENT,
                        .certainty = e->certainty,
                        .witnesses = e->witnesses,
                        .sightings = e->sightings,
                        .nsightings = e->nsightings};
}

/* Components in their order; for each entry its index in *index. */
static bool fill_components(rp_inventory_builder *b, rp_inventory *inv, uint32_t *index)
{
    rp_inventory_entry **order = rp_new(b->arena, b->entries.n, rp_inventory_entry *);
    uint32_t n = 0;
    for (uint32_t i = 0; order != NULL && i < b->entries.n; i++)
        if (b->entries.items[i].into == RP_NO_COMPONENT)
            order[n++] = &b->entries.items[i];
    rp_component *c = rp_new(b->arena, n, rp_component);
    if (order == NULL || c == NULL)
        return false;
    if (n > 1)
        qsort(order, n, sizeof(rp_inventory_entry *), final_cmp);
    for (uint32_t i = 0; i < n; i++) {
        fill(&c[i], order[i]);
        index[order[i] - b->entries.items] = i;
    }
    for (uint32_t i = 0; i < b->entries.n; i++) { /* chains end: each joins a better one */
        uint32_t to = i;
        while (b->entries.items[to].into != RP_NO_COMPONENT)
            to = b->entries.items[to].into;
        index[i] = index[to];
    }
    inv->components = c;
    inv->ncomponents = n;
    return true;
}

static int edge_cmp(const void *a, const void *b)
{
    const rp_inventory_edge_row *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

static bool fill_edges(rp_inventory_builder *b, rp_inventory *inv, const uint32_t *index)
{
    uint32_t n = b->edges.n, out = 0;
    rp_inventory_edge_row *rows = b->edges.items;
    rp_dep_edge *edges = rp_new(b->arena, n, rp_dep_edge);
    if (edges == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        rows[i].from = index[rows[i].from];
        rows[i].to = index[rows[i].to];
    }
    if (n > 1)
        qsort(rows, n, sizeof *rows, edge_cmp);
    for (uint32_t i = 0; i < n; i++) {
        rp_component *c = &((rp_component *)(uintptr_t)inv->components)[rows[i].from];
        if (c->deps == NULL)
            c->deps = &edges[out];
        if (c->ndeps != 0 && edges[out - 1].to == rows[i].to) {
            edges[out - 1].kinds |= rows[i].kinds;
            continue;
        }
        edges[out++] = (rp_dep_edge){rows[i].to, rows[i].kinds};
        c->ndeps++;
    }
    inv->edges = n != 0;
    return true;
}

static int feature_cmp(const void *a, const void *b)
{
    const rp_inventory_feature_row *x = a, *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return rp_str_cmp(x->feature, y->feature);
}

static bool fill_features(rp_inventory_builder *b, rp_inventory *inv, const uint32_t *index)
{
    uint32_t n = b->features.n, out = 0;
    rp_inventory_feature_row *rows = b->features.items;
    rp_str *names = rp_new(b->arena, n, rp_str);
    if (names == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        rows[i].component = index[rows[i].component];
    if (n > 1)
        qsort(rows, n, sizeof *rows, feature_cmp);
    for (uint32_t i = 0; i < n; i++) {
        rp_component *c = &((rp_component *)(uintptr_t)inv->components)[rows[i].component];
        if (i != 0 && feature_cmp(&rows[i - 1], &rows[i]) == 0)
            continue;
        if (c->nfeatures++ == 0)
            c->features = &names[out];
        names[out++] = rows[i].feature;
    }
    return true;
}

rp_code rp_inventory_finish(rp_inventory_builder *b, const rp_inventory **ret,
                            const uint32_t **ret_index, rp_error *err)
{
    rp_inventory *inv = rp_new(b->arena, 1, rp_inventory);
    uint32_t *index = rp_new(b->arena, b->entries.n, uint32_t);
    if (inv == NULL || index == NULL || !join_all(b) || !fill_components(b, inv, index) ||
        !fill_edges(b, inv, index) || !fill_features(b, inv, index) || b->out_of_memory)
        return rp_fail_memory(err);
    inv->whole = b->whole;
    if (!rp_inventory_reach(inv, b->arena))
        return rp_fail_memory(err);
    *ret = inv;
    if (ret_index != NULL)
        *ret_index = index;
    return RP_OK;
}
