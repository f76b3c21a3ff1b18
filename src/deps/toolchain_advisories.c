/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Our own table of advisories on Rust itself, as a database. */
#include "deps/advisory_match.h"
#include "deps/advisory_parts.h"

#include <stdlib.h>

typedef struct {
    const char *package, *id, *alias, *date, *title, *vector, *unaffected, *patched, *os,
        *functions, *url, *read_again;
} row;

static const row rows[] = {
#include "deps/toolchain_advisories.inc"
};

/* One item, or none for "". */
static rp_strs one(rp_advisory_loader *l, const char *text)
{
    rp_str *item = text[0] != '\0' ? rp_new(l->arena, 1, rp_str) : NULL;
    l->no_memory |= item == NULL && text[0] != '\0';
    if (item == NULL)
        return (rp_strs){NULL, 0};
    *item = rp_str_from(text);
    return (rp_strs){item, 1};
}

static void fill_ranges(rp_advisory_loader *l, rp_advisory *a)
{
    const rp_strs *const lists[] = {&a->patched, &a->unaffected};
    rp_semver_range ranges[2], *gaps = NULL;
    uint32_t n = 0;
    for (size_t i = 0; i < RP_COUNT(lists); i++)
        if (lists[i]->n > 0 &&
            rp_semver_range_parse(lists[i]->items[0], l->arena, &ranges[n], NULL) == RP_OK)
            n++;
    if (rp_semver_complement(ranges, n, l->arena, &gaps, &a->nranges) != RP_OK)
        l->no_memory = true;
    a->ranges = gaps;
}

static void fill_functions(rp_advisory_loader *l, rp_advisory *a, const char *list)
{
    uint32_t n = list[0] != '\0';
    for (const char *p = list; *p != '\0'; p++)
        n += *p == ';';
    rp_advisory_function *to = n > 0 ? rp_new(l->arena, n, rp_advisory_function) : NULL;
    l->no_memory |= to == NULL && n > 0;
    if (to == NULL)
        return;
    for (const char *p = list; a->nfunctions < n;) {
        size_t len = strcspn(p, ";");
        to[a->nfunctions++] = (rp_advisory_function){.path = {p, len}, .always = true};
        p += len + (p[len] == ';');
    }
    a->functions = to;
}

static void add_row(rp_advisory_loader *l, const row *r)
{
    rp_advisory *a = rp_advisory_new(l);
    if (a == NULL)
        return;
    a->collection = RP_COLLECTION_RUST;
    a->package = rp_str_from(r->package);
    a->id = rp_str_from(r->id);
    a->date = rp_str_from(r->date);
    a->title = rp_str_from(r->title);
    a->url = rp_str_from(r->url);
    a->vector = rp_str_from(r->vector);
    a->aliases = one(l, r->alias);
    a->patched = one(l, r->patched);
    a->unaffected = one(l, r->unaffected);
    a->os = one(l, r->os);
    fill_functions(l, a, r->functions);
    fill_ranges(l, a);
    (void)rp_advisory_rate(a);
}

static int by_place(const void *a, const void *b)
{
    return rp_advisory_cmp(a, b);
}

rp_code rp_toolchain_advisories(rp_arena *arena, const rp_advisory_db **ret, rp_error *err)
{
    rp_advisory_loader l = {.arena = arena};
    rp_advisory_db *db = rp_new(arena, 1, rp_advisory_db);
    rp_dep_database *about = rp_new(arena, 1, rp_dep_database);
    l.file = RP_STR("toolchain_advisories.inc");
    for (size_t i = 0; i < RP_COUNT(rows); i++)
        add_row(&l, &rows[i]);
    if (db == NULL || about == NULL || l.no_memory)
        return rp_fail_memory(err);
    qsort(l.items.items, l.items.n, sizeof *l.items.items, by_place);
    *about = (rp_dep_database){.path = RP_STR("rustproof's own table"),
                               .as_of = RP_STR("2026-05-25"),
                               .advisories = l.items.n,
                               .age_days = UINT32_MAX};
    *db = (rp_advisory_db){
        .items = l.items.items, .n = l.items.n, .databases = about, .ndatabases = 1};
    *ret = db;
    return RP_OK;
}
