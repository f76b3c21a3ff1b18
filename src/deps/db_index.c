/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The compact index of a database: one file, little-endian whatever the machine.
 *
 *   "RPADVIDX"  8 bytes
 *   u32 version, u32 advisories, u32 faults, u32 faults in all, u32 lost
 *   identity    string: of what it is the index
 *   records     one for each advisory, by collection, package, id
 *   faults
 *   "END."
 *
 * A string is its length (LEB128) and its bytes, a list its count and its items. One function says
 * what a record holds; run forwards it writes, backwards it reads. Reading goes straight through
 * with a sticky reader, so nothing in the file can point anywhere; counts are held against the
 * bytes that remain. */
#include "base/reader.h"
#include "deps/advisory_parts.h"

#include <stdlib.h>

static const char magic[] = "RPADVIDX", trailer[] = "END.";
enum {
    VERSION = 1,
    MAGIC = 8,
    RECORD = 20 /* bytes of a record at least: each of its fields takes one */
};

typedef struct {
    rp_buf *out; /* NULL: reading */
    rp_reader in;
    rp_arena *arena;
    bool no_memory;
} codec;

/* ---- scalars ---- */

static void code_uint(codec *c, uint64_t *v)
{
    if (c->out == NULL) {
        *v = rp_uleb(&c->in);
        return;
    }
    uint64_t left = *v;
    do {
        uint8_t b = left & 0x7f;
        left >>= 7;
        rp_buf_char(c->out, (char)(left != 0 ? b | 0x80 : b));
    } while (left != 0);
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

/* Room for the n items of a list; each takes at least one byte of what is left. */
static void *room(codec *c, uint32_t n, size_t size)
{
    if (n > rp_left(&c->in)) {
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
    rp_str *items = n > 0 ? room(c, n, sizeof(rp_str)) : NULL;
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
    if (!r->open)
        code_version(c, &r->to);
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
    rp_semver_range *items = n > 0 ? room(c, n, sizeof(rp_semver_range)) : NULL;
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
    rp_advisory_function *items = n > 0 ? room(c, n, sizeof(rp_advisory_function)) : NULL;
    a->functions = items;
    a->nfunctions = items != NULL ? n : 0;
    for (uint32_t i = 0; i < a->nfunctions; i++)
        code_function(c, &items[i]);
}

static void code_advisory(codec *c, rp_advisory *a)
{
    rp_str *const texts[] = {&a->id,        &a->package,       &a->title,       &a->date,
                             &a->withdrawn, &a->url,           &a->source,      &a->license,
                             &a->vector,    &a->informational, &a->description, &a->file};
    rp_strs *const lists[] = {&a->aliases,    &a->related, &a->references, &a->categories,
                              &a->keywords,   &a->arch,    &a->os,         &a->patched,
                              &a->unaffected, &a->versions};
    a->collection =
        (rp_advisory_collection)code_small(c, (uint32_t)a->collection, RP_COLLECTION_RUST);
    a->kind = (rp_advisory_kind)code_small(c, (uint32_t)a->kind, RP_ADVISORY_OTHER);
    a->severity = (rp_severity)code_small(c, (uint32_t)a->severity, RP_SEVERITY_CRITICAL);
    a->score = (uint16_t)code_small(c, a->score, UINT16_MAX);
    a->expect_deleted = code_small(c, a->expect_deleted, 1) != 0;
    for (size_t i = 0; i < RP_COUNT(texts); i++)
        code_str(c, texts[i]);
    for (size_t i = 0; i < RP_COUNT(lists); i++)
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

/* ---- the file ---- */

static void put_u32(rp_buf *out, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        rp_buf_char(out, (char)(uint8_t)(v >> (8 * i)));
}

static int by_place(const void *a, const void *b)
{
    return rp_advisory_cmp(a, b);
}

void rp_advisory_index_put(rp_advisory_loader *l, rp_str identity, rp_buf *out)
{
    codec c = {.out = out};
    uint32_t n = l->items.n;
    if (n > 1)
        qsort(l->items.items, n, sizeof *l->items.items, by_place);
    rp_buf_put(out, (rp_str){magic, MAGIC});
    put_u32(out, VERSION);
    put_u32(out, n);
    put_u32(out, l->faults.n);
    put_u32(out, l->faults_in_all);
    put_u32(out, l->lost);
    code_str(&c, &identity);
    for (uint32_t i = 0; i < n; i++) {
        rp_advisory a = l->items.items[i];
        code_advisory(&c, &a);
    }
    for (uint32_t i = 0; i < l->faults.n; i++) {
        rp_advisory_fault f = l->faults.items[i];
        code_fault(&c, &f);
    }
    rp_buf_puts(out, trailer);
}

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

static rp_code read_records(rp_advisory_loader *l, codec *c, uint32_t n, rp_error *err)
{
    const rp_advisory *before = NULL;
    if (n > rp_left(&c->in) / RECORD)
        return broken(c, err);
    if (!rp_advisory_room(l, n))
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < n; i++) {
        rp_advisory *a = rp_advisory_new(l);
        if (a == NULL)
            return rp_fail_memory(err);
        code_advisory(c, a);
        if (c->in.bad || c->no_memory || (before != NULL && rp_advisory_cmp(before, a) > 0))
            return broken(c, err);
        before = a;
    }
    return RP_OK;
}

static rp_code read_faults(rp_advisory_loader *l, codec *c, uint32_t n, rp_error *err)
{
    if (n > RP_MAX_ADVISORY_FAULTS)
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
    codec c = {.in = rp_reader_of(bytes, 0, false), .arena = l->arena};
    if (!rp_advisory_is_index(bytes))
        return rp_fail(err, RP_E_FORMAT, 0, "no index of advisories");
    rp_skip_bytes(&c.in, MAGIC);
    if (rp_u32(&c.in) != VERSION)
        return rp_fail(err, RP_E_UNSUPPORTED, MAGIC, "the index has another version than %d",
                       VERSION);
    uint32_t n = rp_u32(&c.in), faults = rp_u32(&c.in), in_all = rp_u32(&c.in),
             lost = rp_u32(&c.in);
    code_str(&c, ret_identity);
    rp_code code = read_records(l, &c, n, err);
    if (code == RP_OK)
        code = read_faults(l, &c, faults, err);
    if (code != RP_OK)
        return code;
    if (!rp_str_is(rp_next_str(&c.in, 4), trailer) || rp_left(&c.in) != 0 || c.in.bad)
        return broken(&c, err);
    l->faults_in_all += in_all;
    l->lost += lost;
    return RP_OK;
}
