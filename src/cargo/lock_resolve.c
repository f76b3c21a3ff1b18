/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* "name", "name version", "name version (source)": which package of the file is meant, by the rules
 * of Cargo's src/cargo/core/resolver/encode.rs. */
#include "cargo/lock_parts.h"

#include "base/limits.h"
#include "base/search.h"

#include <stdlib.h>

typedef struct {
    rp_str name, version, source; /* "" not given */
} package_id;

static package_id split_id(rp_str s)
{
    package_id id = {0};
    const char *space = s.len != 0 ? memchr(s.ptr, ' ', s.len) : NULL;
    size_t n = space != NULL ? (size_t)(space - s.ptr) : s.len;
    id.name = rp_str_sub(s, 0, n);
    s = rp_str_sub(s, n + 1, SIZE_MAX);
    space = s.len != 0 ? memchr(s.ptr, ' ', s.len) : NULL;
    n = space != NULL ? (size_t)(space - s.ptr) : s.len;
    id.version = rp_str_sub(s, 0, n);
    s = rp_str_sub(s, n + 1, SIZE_MAX);
    if (rp_str_starts(s, "(") && rp_str_ends(s, ")") && s.len >= 2)
        id.source = rp_str_sub(s, 1, s.len - 2);
    return id;
}

/* ---- the index ---- */

typedef struct {
    const rp_lock_package *package;
    uint32_t index;
} named;

static int by_name_and_version(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int c = rp_str_cmp(x->package->name, y->package->name);
    c = c != 0 ? c : rp_str_cmp(x->package->version, y->package->version);
    c = c != 0 ? c : rp_str_cmp(x->package->source_text, y->package->source_text);
    return c != 0 ? c : x->index < y->index ? -1 : x->index > y->index;
}

bool rp_lock_index(rp_lock_reader *r)
{
    named *order = rp_new(r->arena, r->packages.n, named);
    r->by_name = rp_new(r->arena, r->packages.n, uint32_t);
    if (order == NULL || r->by_name == NULL)
        return false;
    for (uint32_t i = 0; i < r->packages.n; i++)
        order[i] = (named){&r->packages.items[i], i};
    if (r->packages.n > 1)
        qsort(order, r->packages.n, sizeof *order, by_name_and_version);
    for (uint32_t i = 0; i < r->packages.n; i++)
        r->by_name[i] = order[i].index;
    return true;
}

static const rp_lock_package *nth(const rp_lock_reader *r, uint32_t i)
{
    return &r->packages.items[r->by_name[i]];
}

/* Order of package i against (name, version); "" version: the name alone counts. */
static int against(const rp_lock_package *p, rp_str name, rp_str version)
{
    int c = rp_str_cmp(p->name, name);
    return c != 0 || version.len == 0 ? c : rp_str_cmp(p->version, version);
}

/* The part of by_name that has this name (and version). */
static uint32_t range(const rp_lock_reader *r, rp_str name, rp_str version, uint32_t *ret_end)
{
    uint32_t first;
    RP_SEARCH(first, r->packages.n, against(nth(r, first), name, version) < 0);
    RP_SEARCH(*ret_end, r->packages.n, against(nth(r, *ret_end), name, version) <= 0);
    return first;
}

/* ---- sources as dependencies write them ---- */

static rp_str trimmed_url(rp_str url)
{
    while (rp_str_ends(url, "/"))
        url.len--;
    if (rp_str_ends(url, ".git"))
        url.len -= 4;
    return url;
}

/* A dependency on a git package has no "#commit"; its URL may differ by what Cargo takes for equal.
 */
static bool same_source(const rp_crate_source *package, const rp_crate_source *wanted, bool loosely)
{
    if (package->kind != wanted->kind)
        return false;
    if (package->kind != RP_FROM_GIT)
        return rp_str_eq(package->url, wanted->url);
    if (!rp_str_eq(trimmed_url(package->url), trimmed_url(wanted->url)))
        return false;
    if (wanted->revision.len != 0 && !rp_str_eq(wanted->revision, package->revision))
        return false;
    /* format 3 began to write the branch master, which was the default before */
    return loosely || rp_str_eq(package->reference, wanted->reference) ||
           (package->reference.len + wanted->reference.len == strlen("branch=master") &&
            (rp_str_is(package->reference, "branch=master") ||
             rp_str_is(wanted->reference, "branch=master")));
}

/* More packages of one name and version than this, that only their sources tell apart, are made up:
 * they are not searched. */
enum { MAX_SOURCES = 64 };

static uint32_t by_source(const rp_lock_reader *r, uint32_t low, uint32_t end, rp_str source)
{
    rp_crate_source wanted = {0};
    if (end - low > MAX_SOURCES)
        return RP_NO_PACKAGE;
    for (uint32_t i = low; i < end; i++)
        if (rp_str_eq(nth(r, i)->source_text, source))
            return r->by_name[i];
    if (!rp_crate_source_parse(source, r->lock->version >= 4, r->arena, &wanted))
        return RP_NO_PACKAGE;
    for (int loosely = 0; loosely < 2; loosely++) {
        uint32_t found = RP_NO_PACKAGE, n = 0;
        for (uint32_t i = low; i < end; i++)
            if (same_source(&nth(r, i)->source, &wanted, loosely)) {
                found = r->by_name[i];
                n++;
            }
        if (n == 1)
            return found;
    }
    return RP_NO_PACKAGE;
}

/* Without a source: the only package of a path, else the only package. */
static uint32_t without_source(const rp_lock_reader *r, uint32_t low, uint32_t end)
{
    uint32_t paths = 0, path = RP_NO_PACKAGE;
    if (end - low > MAX_SOURCES)
        return RP_NO_PACKAGE;
    for (uint32_t i = low; i < end; i++)
        if (nth(r, i)->source_text.len == 0) {
            path = r->by_name[i];
            paths++;
        }
    if (paths != 0)
        return paths == 1 ? path : RP_NO_PACKAGE;
    return end - low == 1 ? r->by_name[low] : RP_NO_PACKAGE;
}

static uint32_t find(const rp_lock_reader *r, const package_id *id)
{
    uint32_t end, low = range(r, id->name, id->version, &end);
    if (low == end)
        return RP_NO_PACKAGE;
    if (id->version.len == 0 && !rp_str_eq(nth(r, low)->version, nth(r, end - 1)->version))
        return RP_NO_PACKAGE; /* several versions: the file has to say which */
    return id->source.len != 0 ? by_source(r, low, end, id->source) : without_source(r, low, end);
}

/* ---- edges ---- */

static bool resolve_deps(rp_lock_reader *r, uint32_t i, uint64_t *edges)
{
    const rp_toml *list = rp_toml_get(r->tables.items[i], "dependencies");
    if (list == NULL || list->kind != RP_TOML_ARRAY)
        return true;
    *edges += list->n;
    uint32_t *deps = rp_new(r->arena, list->n, uint32_t), n = 0;
    if (deps == NULL)
        return false;
    for (uint32_t k = 0; k < list->n; k++) {
        const rp_toml *item = list->items[k].value;
        package_id id = split_id(item->kind == RP_TOML_STRING ? item->text : RP_STR(""));
        uint32_t found = *edges <= RP_MAX_DEP_EDGES ? find(r, &id) : RP_NO_PACKAGE;
        if (found != RP_NO_PACKAGE)
            deps[n++] = found;
        else
            rp_lock_note_add(r, RP_LOCK_DANGLING, i, item->at, id.name);
    }
    r->packages.items[i].deps = deps;
    r->packages.items[i].ndeps = n;
    return true;
}

static void resolve_replace(rp_lock_reader *r, uint32_t i)
{
    rp_str text = rp_toml_string(r->tables.items[i], "replace");
    if (text.len == 0)
        return;
    package_id id = split_id(text);
    uint32_t found = find(r, &id);
    if (found != RP_NO_PACKAGE && found != i)
        r->packages.items[i].replaced = found;
    else
        rp_lock_note_add(r, RP_LOCK_DANGLING, i, r->packages.items[i].at, id.name);
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* A manifest may ask for as many dependencies as its package has: each is looked up by name. */
static bool order_deps(const rp_lock_reader *r, const uint32_t *rank, rp_lock_package *p)
{
    uint32_t *order = rp_new(r->arena, p->ndeps, uint32_t);
    if (order == NULL)
        return false;
    for (uint32_t i = 0; i < p->ndeps; i++) {
        uint32_t to = p->deps[i], other = r->packages.items[to].replaced;
        order[i] = rank[other != RP_NO_PACKAGE ? other : to];
    }
    if (p->ndeps > 1)
        qsort(order, p->ndeps, sizeof *order, by_number);
    for (uint32_t i = 0; i < p->ndeps; i++)
        order[i] = r->by_name[order[i]];
    p->deps_by_name = order;
    return true;
}

static bool order_all_deps(rp_lock_reader *r)
{
    uint32_t *rank = rp_new(r->arena, r->packages.n, uint32_t);
    if (rank == NULL)
        return false;
    for (uint32_t i = 0; i < r->packages.n; i++)
        rank[r->by_name[i]] = i;
    for (uint32_t i = 0; i < r->packages.n; i++)
        if (!order_deps(r, rank, &r->packages.items[i]))
            return false;
    return true;
}

bool rp_lock_resolve(rp_lock_reader *r)
{
    uint64_t edges = 0;
    for (uint32_t i = 0; i < r->packages.n; i++) {
        if (!resolve_deps(r, i, &edges))
            return false;
        resolve_replace(r, i);
    }
    return !r->out_of_memory && order_all_deps(r);
}

/* ---- checksums of format 1 ---- */

/* "checksum NAME VERSION (SOURCE)" = "<64 hex>" or "<none>" */
bool rp_lock_metadata(rp_lock_reader *r, const rp_toml *metadata)
{
    static const char word[] = "checksum ";
    if (metadata->kind != RP_TOML_TABLE)
        return true;
    for (uint32_t i = 0; i < metadata->n; i++) {
        const rp_toml_item *item = &metadata->items[i];
        if (!rp_str_starts(item->key, word) || item->value->kind != RP_TOML_STRING)
            continue;
        r->v1_checksums = true;
        package_id id = split_id(rp_str_sub(item->key, strlen(word), SIZE_MAX));
        uint32_t found = find(r, &id);
        if (found == RP_NO_PACKAGE)
            rp_lock_note_add(r, RP_LOCK_DANGLING, RP_NO_PACKAGE, item->key_at, id.name);
        else if (!rp_str_is(item->value->text, "<none>") &&
                 r->packages.items[found].checksum.len == 0)
            r->packages.items[found].checksum = item->value->text;
    }
    return !r->out_of_memory;
}
