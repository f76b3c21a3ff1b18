/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/index.h"

#include "base/vec.h"
#include "cargo/index_line.h"
#include "text/json_read.h"

#include <stdlib.h>

enum { CACHE_VERSION = 3, MAX_LINE = 1 << 20 };

/* The text up to the next NUL; *at behind it. False: there is none any more. */
static bool next_text(rp_bytes file, size_t *at, rp_str *ret)
{
    const uint8_t *end = *at < file.len ? memchr(file.ptr + *at, '\0', file.len - *at) : NULL;
    if (end == NULL)
        return false;
    *ret = (rp_str){(const char *)file.ptr + *at, (size_t)(end - (file.ptr + *at))};
    *at = (size_t)(end - file.ptr) + 1;
    return true;
}

static bool truth(const rp_json_value *o, const char *key, bool otherwise)
{
    const rp_json_value *v = rp_json_get(o, key);
    return v != NULL && v->kind == RP_JSON_BOOL ? v->truth : otherwise;
}

/* ---- a line as a manifest ---- */

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_manifest_dep) deps;
    RP_VEC(rp_manifest_feature) features;
    bool out_of_memory;
} reader;

static bool strings(reader *r, const rp_json_value *list, const rp_str **ret, uint32_t *ret_n)
{
    rp_str *out = rp_new(r->arena, list->n, rp_str);
    uint32_t n = 0;
    if (out == NULL)
        return !(r->out_of_memory = true);
    for (uint32_t i = 0; i < list->n; i++)
        if (list->items[i].value.kind == RP_JSON_STRING)
            out[n++] = list->items[i].value.text;
    *ret = out;
    *ret_n = n;
    return true;
}

static void add_dep(reader *r, const rp_json_value *v)
{
    rp_str kind = rp_json_get_str(v, "kind"), package = rp_json_get_str(v, "package");
    rp_manifest_dep *d = rp_vec_push(r->arena, &r->deps);
    if (d == NULL) {
        r->out_of_memory = true;
        return;
    }
    *d = (rp_manifest_dep){
        .key = rp_json_get_str(v, "name"),
        .name = package.len != 0 ? package : rp_json_get_str(v, "name"),
        .req = rp_json_get_str(v, "req"),
        .kind = rp_str_is(kind, "dev")     ? RP_DEP_DEV
                : rp_str_is(kind, "build") ? RP_DEP_BUILD
                                           : RP_DEP_NORMAL,
        .target = rp_json_get_str(v, "target"),
        .optional = truth(v, "optional", false),
        .default_features = truth(v, "default_features", true),
        .registry = rp_json_get_str(v, "registry"),
    };
    (void)strings(r, rp_json_get_list(v, "features"), &d->features, &d->nfeatures);
}

static void add_features(reader *r, const rp_json_value *table)
{
    for (uint32_t i = 0; table != NULL && table->kind == RP_JSON_OBJECT && i < table->n; i++) {
        rp_manifest_feature *f = rp_vec_push(r->arena, &r->features);
        if (f == NULL) {
            r->out_of_memory = true;
            return;
        }
        f->name = table->items[i].key;
        if (table->items[i].value.kind == RP_JSON_ARRAY &&
            !strings(r, &table->items[i].value, &f->values, &f->nvalues))
            return;
    }
}

static const rp_manifest *manifest_of(const rp_json_value *line, rp_arena *arena)
{
    reader r = {.arena = arena};
    rp_manifest *m = rp_new(arena, 1, rp_manifest);
    const rp_json_value *deps = rp_json_get_list(line, "deps");
    if (m == NULL)
        return NULL;
    for (uint32_t i = 0; i < deps->n && !r.out_of_memory; i++)
        add_dep(&r, &deps->items[i].value);
    add_features(&r, rp_json_get(line, "features"));
    add_features(&r, rp_json_get(line, "features2"));
    m->package = true;
    m->name = rp_json_get_str(line, "name");
    m->version = rp_json_get_str(line, "vers");
    m->links = rp_json_get_str(line, "links");
    if (r.out_of_memory ||
        !rp_manifest_fill(m, r.deps.items, r.deps.n, r.features.items, r.features.n, arena))
        return NULL;
    return m;
}

/* ---- the file ---- */

static rp_code read_whole_line(rp_str text, rp_arena *arena, rp_index_entry *ret, rp_error *err)
{
    const rp_json_value *line = NULL;
    rp_str kept = rp_arena_str(arena, text);
    if (kept.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_json_read(kept, arena, &line, err);
    if (code != RP_OK)
        return code;
    ret->yanked = truth(line, "yanked", false) ? RP_YES : RP_NO;
    ret->checksum = rp_json_get_str(line, "cksum");
    ret->published = rp_json_get_str(line, "pubtime");
    ret->manifest = manifest_of(line, arena);
    return ret->manifest != NULL ? RP_OK : rp_fail_memory(err);
}

static rp_code keep_values(const rp_index_line *line, rp_arena *arena, rp_index_entry *ret,
                           rp_error *err)
{
    ret->yanked = line->yanked ? RP_YES : RP_NO;
    ret->checksum = rp_arena_str(arena, line->checksum);
    ret->published = rp_arena_str(arena, line->published);
    return ret->checksum.ptr != NULL && ret->published.ptr != NULL ? RP_OK : rp_fail_memory(err);
}

/* Three values of a line: what else is in it is not kept. */
static rp_code read_line(rp_str text, rp_arena *arena, rp_index_entry *ret, rp_error *err)
{
    rp_index_line line;
    if (rp_index_line_glance(text, &line))
        return keep_values(&line, arena, ret, err);
    const rp_json_value *tree = NULL;
    rp_arena scratch = {.limit = arena->limit, .chunk = 16 << 10};
    rp_code code = rp_json_read(text, &scratch, &tree, err);
    line = (rp_index_line){.checksum = rp_json_get_str(tree, "cksum"),
                           .published = rp_json_get_str(tree, "pubtime"),
                           .yanked = truth(tree, "yanked", false)};
    if (code == RP_OK)
        code = keep_values(&line, arena, ret, err);
    rp_arena_free(&scratch);
    return code;
}

rp_code rp_index_read(rp_bytes file, rp_str version, bool with_manifest, rp_arena *arena,
                      rp_index_entry *ret, rp_error *err)
{
    size_t at = 5;
    rp_str text = {0}, number = {0};
    *ret = (rp_index_entry){.yanked = RP_UNKNOWN};
    if (file.len < at || file.ptr[0] != CACHE_VERSION || !next_text(file, &at, &text))
        return rp_fail(err, RP_E_FORMAT, 0, "no cache file of a registry's index");
    while (next_text(file, &at, &number) && next_text(file, &at, &text))
        if (rp_str_eq(number, version) && text.len <= MAX_LINE)
            return with_manifest ? read_whole_line(text, arena, ret, err)
                                 : read_line(text, arena, ret, err);
    return RP_OK;
}
