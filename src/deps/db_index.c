/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The compact index of a database: one file, little-endian whatever the machine.
 *
 *   "RPADVIDX"  8 bytes
 *   u32         version, advisories, packages, faults, faults in all, advisories lost
 *   u64         where the records begin
 *   identity    string: of what it is the index
 *   newest      string: date of the newest advisory
 *   packages    by collection and name: u32 collection, u32 advisories, u64 bytes of their
 *               records, name
 *   records     one for each advisory, by collection, package, id
 *   faults
 *   "END."
 *
 * Numbers take 8 bytes. A string is its length and its bytes, a list its count and its items. One
 * function says what a record holds; run forwards it writes, backwards it reads. Reading goes
 * straight through with a sticky reader, and packages lie back to back, so nothing in the file can
 * point anywhere or be read twice. Who asks for a few packages reads the head and their records.
 *
 * Counts are held against the bytes that remain, and every item takes at least half as many bytes
 * in the file as in memory: a forged count reserves no more than twice the file. */
#include "base/reader.h"
#include "deps/advisory_parts.h"

#include <stdlib.h>

static const char magic[] = "RPADVIDX", trailer[] = "END.";
enum {
    VERSION = 2,
    MAGIC = 8,
    HEAD = MAGIC + 6 * 4 + 8,
    /* bytes of an item at least */
    STRING = 8,
    SEMVER = 3 * 8 + STRING,
    RANGE = 2 * SEMVER + 8,
    FUNCTION = STRING + 2 * 8,
    SCALARS = 5,
    TEXTS = 12,
    LISTS = 10,
    RECORD = (SCALARS + TEXTS + LISTS + 2) * 8,
    FAULT = 2 * STRING + 2 * 8,
    PACKAGE = 2 * 4 + 8 + STRING
};

/* What the head of this file promises. */
#define AT_MOST_TWICE(type, bytes)                                                                 \
    _Static_assert(sizeof(type) <= 2 * (bytes), "a forged count reserves too much")
AT_MOST_TWICE(rp_str, STRING);
AT_MOST_TWICE(rp_semver_range, RANGE);
AT_MOST_TWICE(rp_advisory_function, FUNCTION);
AT_MOST_TWICE(rp_advisory, RECORD);
AT_MOST_TWICE(rp_advisory_fault, FAULT);
AT_MOST_TWICE(rp_index_package, PACKAGE);

typedef struct {
    rp_buf *out; /* NULL: reading */
    rp_reader in;
    rp_arena *arena;
    bool no_memory;
} codec;

/* ---- scalars ---- */

static void put_le(rp_buf *out, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        rp_buf_char(out, (char)(uint8_t)(v >> (8 * i)));
}

static void code_uint(codec *c, uint64_t *v)
{
    if (c->out == NULL)
        *v = rp_u64(&c->in);
    else
        put_le(c->out, *v, 8);
}

/* An unsigned number up to max: more makes the reader bad. */
static uint32_t code_small(codec *c, uint32_t v, uint32_t max)
{
    uint64_t wide = v;
    code_uint(c, &wide);
    if (wide > max) {
        c->in.bad = true;
        return 0;
    }
    return (uint32_t)wide;
}

static void code_str(codec *c, rp_str *s)
{
    uint64_t n = s->len;
    code_uint(c, &n);
    if (c->out != NULL)
        rp_buf_put(c->out, *s);
    else
        *s = rp_next_str(&c->in, n <= rp_left(&c->in) ? (size_t)n : SIZE_MAX);
}

/* Room for the n items of a list, each of which takes at least `bytes` of what is left. */
static void *room(codec *c, uint32_t n, size_t size, size_t bytes)
{
    if (n > rp_left(&c->in) / bytes) {
        c->in.bad = true;
        return NULL;
    }
    void *items = rp_arena_array(c->arena, n, size);
    c->no_memory |= items == NULL;
    return items;
}

static void code_strs(codec *c, rp_strs *list)
{
    uint32_t n = code_small(c, list->n, UINT32_MAX);
    if (c->out != NULL) {
        for (uint32_t i = 0; i < n; i++) {
            rp_str s = list->items[i];
            code_str(c, &s);
        }
        return;
    }
    rp_str *items = n > 0 ? room(c, n, sizeof(rp_str), STRING) : NULL;
    *list = (rp_strs){items, items != NULL ? n : 0};
    for (uint32_t i = 0; i < list->n; i++)
        code_str(c, &items[i]);
}

static void code_version(codec *c, rp_semver *v)
{
    code_uint(c, &v->major);
    code_uint(c, &v->minor);
    code_uint(c, &v->patch);
    code_str(c, &v->pre);
    if (c->out == NULL)
        v->build = (rp_str){"", 0};
}

/* ---- a record ---- */

static void code_range(codec *c, rp_semver_range *r)
{
    code_version(c, &r->from);
    r->open = code_small(c, r->open, 1) != 0;
    code_version(c, &r->to); /* of an open one nothing, in the room of something */
}

static void code_ranges(codec *c, rp_advisory *a)
{
    uint32_t n = code_small(c, a->nranges, UINT32_MAX);
    if (c->out != NULL) {
        for (uint32_t i = 0; i < n; i++) {
            rp_semver_range r = a->ranges[i];
            code_range(c, &r);
        }
        return;
    }
    rp_semver_range *items = n > 0 ? room(c, n, sizeof(rp_semver_range), RANGE) : NULL;
    a->ranges = items;
    a->nranges = items != NULL ? n : 0;
    for (uint32_t i = 0; i < a->nranges; i++)
        code_range(c, &items[i]);
}

static void code_function(codec *c, rp_advisory_function *f)
{
    code_str(c, &f->path);
    code_strs(c, &f->reqs);
    f->always = code_small(c, f->always, 1) != 0;
}

static void code_functions(codec *c, rp_advisory *a)
{
    uint32_t n = code_small(c, a->nfunctions, UINT32_MAX);
    if (c->out != NULL) {
        for (uint32_t i = 0; i < n; i++) {
            rp_advisory_function f = a->functions[i];
            code_function(c, &f);
        }
        return;
    }
    rp_advisory_function *items = n > 0 ? room(c, n, sizeof(rp_advisory_function), FUNCTION) : NULL;
    a->functions = items;
    a->nfunctions = items != NULL ? n : 0;
    for (uint32_t i = 0; i < a->nfunctions; i++)
        code_function(c, &items[i]);
}

static void code_advisory(codec *c, rp_advisory *a)
{
    rp_str *const texts[TEXTS] = {&a->id,        &a->package,       &a->title,       &a->date,
                                  &a->withdrawn, &a->url,           &a->source,      &a->license,
                                  &a->vector,    &a->informational, &a->description, &a->file};
    rp_strs *const lists[LISTS] = {&a->aliases,    &a->related, &a->references, &a->categories,
                                   &a->keywords,   &a->arch,    &a->os,         &a->patched,
                                   &a->unaffected, &a->versions};
    a->collection =
        (rp_advisory_collection)code_small(c, (uint32_t)a->collection, RP_COLLECTION_RUST);
    a->kind = (rp_advisory_kind)code_small(c, (uint32_t)a->kind, RP_ADVISORY_OTHER);
    a->severity = (rp_severity)code_small(c, (uint32_t)a->severity, RP_SEVERITY_CRITICAL);
    a->score = (uint16_t)code_small(c, a->score, UINT16_MAX);
    a->expect_deleted = code_small(c, a->expect_deleted, 1) != 0;
    for (size_t i = 0; i < TEXTS; i++)
        code_str(c, texts[i]);
    for (size_t i = 0; i < LISTS; i++)
        code_strs(c, lists[i]);
    code_ranges(c, a);
    code_functions(c, a);
}

static void code_fault(codec *c, rp_advisory_fault *f)
{
    code_str(c, &f->file);
    f->line = code_small(c, f->line, UINT32_MAX);
    code_str(c, &f->what);
    f->lost = code_small(c, f->lost, 1) != 0;
}

/* ---- writing ---- */

static int by_place(const void *a, const void *b)
{
    return rp_advisory_cmp(a, b);
}

static bool is_same_package(const rp_advisory *a, const rp_advisory *b)
{
    return a->collection == b->collection && rp_str_eq(a->package, b->package);
}

static rp_str newest_of(const rp_advisory *items, uint32_t n)
{
    rp_str newest = {"", 0};
    for (uint32_t i = 0; i < n; i++)
        if (rp_str_cmp(items[i].date, newest) > 0)
            newest = items[i].date;
    return newest;
}

/* The records of n advisories, and in `head` what says where each package's are. */
static uint32_t put_records(const rp_advisory *items, uint32_t n, rp_buf *head, rp_buf *records)
{
    codec to_head = {.out = head}, to_records = {.out = records};
    uint32_t packages = 0;
    for (uint32_t i = 0, next; i < n; i = next, packages++) {
        size_t begin = records->len;
        for (next = i; next < n && is_same_package(&items[i], &items[next]); next++) {
            rp_advisory a = items[next];
            code_advisory(&to_records, &a);
        }
        rp_str name = items[i].package;
        put_le(head, (uint64_t)items[i].collection, 4);
        put_le(head, next - i, 4);
        put_le(head, records->len - begin, 8);
        code_str(&to_head, &name);
    }
    return packages;
}

void rp_advisory_index_put(rp_advisory_loader *l, rp_str identity, rp_buf *out)
{
    rp_buf head = {0}, records = {0};
    codec c = {.out = &head};
    uint32_t n = l->items.n;
    if (n > 1)
        qsort(l->items.items, n, sizeof *l->items.items, by_place);
    rp_str newest = newest_of(l->items.items, n);
    code_str(&c, &identity);
    code_str(&c, &newest);
    uint32_t packages = put_records(l->items.items, n, &head, &records);
    rp_buf_put(out, (rp_str){magic, MAGIC});
    const uint32_t counts[] = {VERSION, n, packages, l->faults.n, l->faults_in_all, l->lost};
    for (size_t i = 0; i < RP_COUNT(counts); i++)
        put_le(out, counts[i], 4);
    put_le(out, HEAD + head.len, 8);
    rp_buf_put(out, rp_buf_str(&head));
    rp_buf_put(out, rp_buf_str(&records));
    out->bad |= head.bad || records.bad;
    rp_buf_free(&head);
    rp_buf_free(&records);
    c.out = out;
    for (uint32_t i = 0; i < l->faults.n; i++) {
        rp_advisory_fault f = l->faults.items[i];
        code_fault(&c, &f);
    }
    rp_buf_puts(out, trailer);
}

/* ---- reading ---- */

bool rp_advisory_is_index(rp_bytes head)
{
    return head.len >= MAGIC && memcmp(head.ptr, magic, MAGIC) == 0;
}

static rp_code broken(const codec *c, rp_error *err)
{
    return c->no_memory
               ? rp_fail_memory(err)
               : rp_fail(err, RP_E_FORMAT, rp_at(&c->in), "the index of advisories is damaged");
}

static bool follows(const rp_index_package *a, const rp_index_package *b)
{
    return a->collection < b->collection ||
           (a->collection == b->collection && rp_str_cmp(a->name, b->name) < 0);
}

/* Where each package's records are; they have to fill the file up to the faults. */
static void read_packages(codec *c, rp_advisory_index *x, uint32_t n, uint64_t size)
{
    uint64_t at = x->records, advisories = 0;
    rp_index_package *packages = room(c, n, sizeof *packages, PACKAGE);
    for (uint32_t i = 0; packages != NULL && i < n && !c->in.bad; i++) {
        rp_index_package *p = &packages[i];
        uint32_t collection = rp_u32(&c->in);
        p->collection = (rp_advisory_collection)collection;
        p->n = rp_u32(&c->in);
        p->len = rp_u64(&c->in);
        p->at = at;
        code_str(c, &p->name);
        c->in.bad |= collection > RP_COLLECTION_RUST || p->len > size - at || p->n == 0 ||
                     p->n > p->len / RECORD || (i > 0 && !follows(&packages[i - 1], p));
        at += c->in.bad ? 0 : p->len;
        advisories += p->n;
    }
    x->packages = packages;
    x->npackages = packages != NULL ? n : 0;
    x->faults_at = at;
    c->in.bad |= advisories != x->advisories;
}

rp_code rp_advisory_index_head(rp_bytes head, uint64_t size, rp_arena *arena,
                               rp_advisory_index *ret, rp_error *err)
{
    codec c = {.in = rp_reader_of(head, 0, false), .arena = arena};
    rp_advisory_index x = {0};
    if (!rp_advisory_is_index(head))
        return rp_fail(err, RP_E_FORMAT, 0, "no index of advisories");
    rp_skip_bytes(&c.in, MAGIC);
    if (rp_u32(&c.in) != VERSION)
        return rp_fail(err, RP_E_UNSUPPORTED, MAGIC, "the index has another version than %d",
                       VERSION);
    x.advisories = rp_u32(&c.in);
    uint32_t packages = rp_u32(&c.in);
    x.nfaults = rp_u32(&c.in);
    x.faults_in_all = rp_u32(&c.in);
    x.lost = rp_u32(&c.in);
    x.records = rp_u64(&c.in);
    if (c.in.bad || x.records < HEAD || x.records > size)
        return broken(&c, err);
    *ret = x;
    if (x.records > head.len) /* the caller reads more */
        return RP_OK;
    c.in.buf.len = (size_t)x.records;
    code_str(&c, &x.identity);
    code_str(&c, &x.newest);
    read_packages(&c, &x, packages, size);
    if (c.in.bad || c.no_memory || rp_left(&c.in) != 0)
        return broken(&c, err);
    x.whole = true;
    *ret = x;
    return RP_OK;
}

rp_code rp_advisory_index_records(rp_advisory_loader *l, const rp_index_package *p,
                                  rp_bytes records, rp_error *err)
{
    codec c = {.in = rp_reader_of(records, p->at, false), .arena = l->arena};
    const rp_advisory *before = NULL;
    if (p->n > records.len / RECORD)
        return broken(&c, err);
    if (!rp_advisory_room(l, p->n))
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < p->n; i++) {
        rp_advisory *a = rp_advisory_new(l);
        if (a == NULL)
            return rp_fail_memory(err);
        code_advisory(&c, a);
        if (c.in.bad || c.no_memory || a->collection != p->collection ||
            !rp_str_eq(a->package, p->name) || (before != NULL && rp_advisory_cmp(before, a) > 0))
            return broken(&c, err);
        before = a;
    }
    return rp_left(&c.in) == 0 ? RP_OK : broken(&c, err);
}

static rp_code read_faults(rp_advisory_loader *l, codec *c, uint32_t n, rp_error *err)
{
    if (n > RP_MAX_ADVISORY_FAULTS || n > rp_left(&c->in) / FAULT)
        return broken(c, err);
    for (uint32_t i = 0; i < n; i++) {
        rp_advisory_fault *f = rp_vec_push(l->arena, &l->faults);
        if (f == NULL)
            return rp_fail_memory(err);
        code_fault(c, f);
    }
    return RP_OK;
}

rp_code rp_advisory_index_read(rp_advisory_loader *l, rp_bytes bytes, rp_str *ret_identity,
                               rp_error *err)
{
    rp_advisory_index x = {0};
    rp_code code = rp_advisory_index_head(bytes, bytes.len, l->arena, &x, err);
    if (code == RP_OK && !rp_advisory_room(l, x.advisories))
        code = rp_fail_memory(err);
    for (uint32_t i = 0; code == RP_OK && i < x.npackages; i++) {
        const rp_index_package *p = &x.packages[i];
        const rp_bytes records = {bytes.ptr + p->at, (size_t)p->len};
        code = rp_advisory_index_records(l, p, records, err);
    }
    if (code != RP_OK)
        return code;
    codec c = {.in = rp_reader_of(bytes, 0, false), .arena = l->arena};
    rp_seek(&c.in, x.faults_at);
    code = read_faults(l, &c, x.nfaults, err);
    if (code != RP_OK)
        return code;
    if (!rp_str_is(rp_next_str(&c.in, 4), trailer) || rp_left(&c.in) != 0 || c.in.bad)
        return broken(&c, err);
    l->faults_in_all += x.faults_in_all;
    l->lost += x.lost;
    *ret_identity = x.identity;
    return RP_OK;
}
