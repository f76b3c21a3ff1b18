/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A database from what its readers found: kinds, order, look-up. */
#include "deps/advisory.h"

#include "base/search.h"
#include "deps/advisory_parts.h"
#include "deps/cvss.h"
#include "deps/db_place.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- what readers share ---- */

static uint32_t line_at(rp_str text, uint64_t at)
{
    uint32_t line = 1;
    for (size_t i = 0; i < text.len && i < at; i++)
        line += text.ptr[i] == '\n';
    return line;
}

void rp_advisory_fault_at(rp_advisory_loader *l, uint64_t at, bool lost, const char *format, ...)
{
    char text[200];
    l->faults_in_all++;
    l->lost += lost;
    if (l->faults.n >= RP_MAX_ADVISORY_FAULTS)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rp_advisory_fault *f = rp_vec_push(l->arena, &l->faults);
    rp_str what = rp_arena_str(l->arena, rp_str_from(text));
    if (f == NULL || what.ptr == NULL) {
        l->no_memory = true;
        return;
    }
    *f = (rp_advisory_fault){l->file, at == RP_NOWHERE ? 0 : line_at(l->text, at), what, lost};
}

bool rp_advisory_room(rp_advisory_loader *l, uint32_t n)
{
    uint64_t all = (uint64_t)l->items.n + n;
    if (all <= l->items.cap)
        return true;
    rp_advisory *items = all <= UINT32_MAX ? rp_new(l->arena, all, rp_advisory) : NULL;
    if (items == NULL)
        return false;
    if (l->items.n > 0)
        memcpy(items, l->items.items, l->items.n * sizeof *items);
    l->items.items = items;
    l->items.cap = (uint32_t)all;
    return true;
}

rp_advisory *rp_advisory_new(rp_advisory_loader *l)
{
    rp_advisory *a = rp_vec_push(l->arena, &l->items);
    if (a == NULL) {
        l->no_memory = true;
        return NULL;
    }
    a->score = UINT16_MAX;
    a->database = l->database;
    a->file = l->file;
    return a;
}

bool rp_advisory_rate(rp_advisory *a)
{
    rp_cvss c;
    if (!rp_cvss_parse(a->vector, &c))
        return false;
    a->score = c.score;
    a->severity = c.severity;
    return true;
}

rp_advisory_kind rp_advisory_kind_of(rp_str id, rp_str informational, const rp_strs *categories)
{
    static const struct {
        const char *word;
        rp_advisory_kind kind;
    } words[] = {{"unsound", RP_ADVISORY_UNSOUND},
                 {"unmaintained", RP_ADVISORY_UNMAINTAINED},
                 {"notice", RP_ADVISORY_NOTICE}};
    for (uint32_t i = 0; i < categories->n; i++)
        if (rp_str_is(categories->items[i], "malicious"))
            return RP_ADVISORY_MALICIOUS;
    if (rp_str_starts(id, "MAL-"))
        return RP_ADVISORY_MALICIOUS;
    for (size_t i = 0; i < RP_COUNT(words); i++)
        if (rp_str_is(informational, words[i].word))
            return words[i].kind;
    return informational.len > 0 ? RP_ADVISORY_OTHER : RP_ADVISORY_VULNERABILITY;
}

/* ---- dates ---- */

static bool number(rp_str s, size_t at, size_t n, uint32_t *ret)
{
    *ret = 0;
    for (size_t i = at; i < at + n; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        *ret = *ret * 10 + (uint32_t)(s.ptr[i] - '0');
    }
    return true;
}

uint32_t rp_advisory_day(rp_str date)
{
    static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    uint32_t y, m, d;
    if (date.len < 10 || date.ptr[4] != '-' || date.ptr[7] != '-' || !number(date, 0, 4, &y) ||
        !number(date, 5, 2, &m) || !number(date, 8, 2, &d) || y < 1971 || m < 1 || m > 12 || d < 1)
        return 0;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    uint32_t length = (uint32_t)(before[m] - before[m - 1]) + (leap && m == 2);
    if (d > length)
        return 0;
    uint32_t years = y - 1; /* whole ones, from year 1 on */
    uint32_t days = years * 365 + years / 4 - years / 100 + years / 400;
    return days + before[m - 1] + (leap && m > 2) + d - 1 - 719162; /* 1970-01-01 */
}

/* ---- order ---- */

int rp_advisory_cmp(const rp_advisory *a, const rp_advisory *b)
{
    int c = (int)a->collection - (int)b->collection;
    if (c == 0)
        c = rp_str_cmp(a->package, b->package);
    return c != 0 ? c : rp_str_cmp(a->id, b->id);
}

static int by_place(const void *a, const void *b)
{
    const rp_advisory *x = a;
    const rp_advisory *y = b;
    int c = rp_advisory_cmp(x, y);
    if (c == 0)
        c = (x->database > y->database) - (x->database < y->database);
    if (c == 0)
        c = rp_str_cmp(x->file, y->file);
    return c != 0 ? c : (x > y) - (x < y);
}

/* An index is in order already: sorting it would copy every record several times. */
static bool is_sorted(const rp_advisory *items, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (by_place(&items[i - 1], &items[i]) > 0)
            return false;
    return true;
}

/* What an earlier database says of an id and package holds; entries of one database stay. */
static uint32_t drop_repeated(rp_advisory *items, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool again = kept > 0 && rp_advisory_cmp(&items[kept - 1], &items[i]) == 0 &&
                     items[kept - 1].database != items[i].database;
        if (again)
            continue;
        if (kept != i)
            items[kept] = items[i];
        kept++;
    }
    return kept;
}

uint32_t rp_advisory_settle(rp_advisory *items, uint32_t n)
{
    if (!is_sorted(items, n))
        qsort(items, n, sizeof *items, by_place);
    return drop_repeated(items, n);
}

/* ---- opening ---- */

static rp_str newest_date(const rp_advisory_loader *l, uint32_t from)
{
    rp_str newest = {"", 0};
    for (uint32_t i = from; i < l->items.n; i++)
        if (rp_str_cmp(l->items.items[i].date, newest) > 0)
            newest = l->items.items[i].date;
    return newest;
}

/* The stamp's date: the server said then that it is current. */
void rp_advisory_date(rp_dep_database *db, const char *path, uint32_t today, rp_arena *arena)
{
    rp_db_stamp stamp = {.checked = {"", 0}};
    if (rp_db_stamp_read(path, arena, &stamp, NULL) == RP_OK && stamp.checked.len >= 10)
        db->as_of = rp_str_sub(stamp.checked, 0, 10);
    uint32_t day = rp_advisory_day(db->as_of);
    db->age_days = day == 0 || today < day ? UINT32_MAX : today - day;
}

rp_code rp_advisory_open_one(rp_advisory_loader *l, const char *path, uint32_t today,
                             rp_dep_database *ret, rp_error *err)
{
    uint32_t from = l->items.n, lost = l->lost;
    rp_code code = rp_advisory_load_path(l, path, err);
    if (code != RP_OK || l->no_memory)
        return code != RP_OK ? code : rp_fail_memory(err);
    ret->path = rp_arena_str(l->arena, rp_str_from(path));
    ret->as_of = newest_date(l, from);
    ret->advisories = l->items.n - from;
    ret->broken = l->lost - lost;
    rp_advisory_date(ret, path, today, l->arena);
    if (ret->path.ptr == NULL)
        return rp_fail_memory(err);
    if (ret->advisories == 0 && ret->broken == 0)
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "%.150s holds no advisory", path);
    return RP_OK;
}

rp_code rp_advisory_db_open(const char *const *paths, uint32_t n, uint32_t today, rp_arena *arena,
                            const rp_advisory_db **ret, rp_error *err)
{
    rp_advisory_loader l = {.arena = arena};
    rp_advisory_db *db = rp_new(arena, 1, rp_advisory_db);
    rp_dep_database *databases = rp_new(arena, n, rp_dep_database);
    if (db == NULL || databases == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < n; i++) {
        l.database = i;
        rp_code code = rp_advisory_open_one(&l, paths[i], today, &databases[i], err);
        if (code != RP_OK)
            return code;
    }
    db->n = rp_advisory_settle(l.items.items, l.items.n);
    db->items = l.items.items;
    db->repeated = l.items.n - db->n;
    db->faults = l.faults.items;
    db->nfaults = l.faults.n;
    db->faults_in_all = l.faults_in_all;
    db->databases = databases;
    db->ndatabases = n;
    *ret = db;
    return RP_OK;
}

/* ---- looking up ---- */

static uint32_t lower_bound(const rp_advisory *items, uint32_t n, const rp_advisory *key)
{
    uint32_t low;
    RP_SEARCH(low, n, rp_advisory_cmp(&items[low], key) < 0);
    return low;
}

const rp_advisory *rp_advisories_among(const rp_advisory *items, uint32_t n,
                                       rp_advisory_collection collection, rp_str package,
                                       uint32_t *ret_n)
{
    const rp_advisory key = {.collection = collection, .package = package, .id = {"", 0}};
    uint32_t first = lower_bound(items, n, &key), end = first;
    while (end < n && items[end].collection == collection && rp_str_eq(items[end].package, package))
        end++;
    *ret_n = end - first;
    return end > first ? &items[first] : NULL;
}

rp_code rp_advisories_on(const rp_advisory_db *db, rp_advisory_collection collection,
                         rp_str package, const rp_advisory **ret, uint32_t *ret_n, rp_error *err)
{
    if (db->lazy != NULL)
        return rp_advisory_lazy_on(db->lazy, collection, package, ret, ret_n, err);
    *ret = rp_advisories_among(db->items, db->n, collection, package, ret_n);
    return RP_OK;
}

bool rp_advisory_affects(const rp_advisory *a, const rp_semver *v, rp_str version)
{
    for (uint32_t i = 0; i < a->nranges; i++)
        if (rp_semver_in(&a->ranges[i], v))
            return true;
    for (uint32_t i = 0; i < a->versions.n; i++)
        if (rp_str_eq(a->versions.items[i], version))
            return true;
    return false;
}
