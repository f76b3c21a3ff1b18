/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/from_sbom.h"

#include "base/limits.h"
#include "text/json_read.h"

/* A crate here is a unit of the build: a package stands several times in the list when it is built
 * for target and host, or has a build script (a unit of the kind "custom-build"). */
typedef struct {
    uint32_t id; /* handle in the builder, RP_NO_COMPONENT: left out */
    bool script, proc_macro;
    const rp_json_value *deps;
    uint8_t kinds; /* that the walk found */
} unit;

typedef struct {
    const rp_json_value *crates;
    unit *units;
    uint32_t root;
    rp_str file;
    rp_sbom *ret;
    rp_arena *arena;
    rp_inventory_builder *b;
    rp_error *err;
} document;

static void odd(document *d, const char *what)
{
    if (d->ret->odd == NULL)
        d->ret->odd = what;
}

/* ---- package ids ---- */

typedef struct {
    rp_str name, version;
    rp_crate_source source;
} package_id;

static size_t last_of(rp_str s, char c)
{
    size_t at = s.len;
    while (at > 0 && s.ptr[at - 1] != c)
        at--;
    return at == 0 ? s.len : at - 1;
}

/* Cargo, pkgid-spec: KIND+URL[?QUERY]#[NAME@]VERSION; without NAME it is the last part of the URL.
 * A version holds no '#', so the last one ends the URL. *ret->name is empty when it is none. */
static bool parse_id(rp_str text, rp_arena *arena, package_id *ret)
{
    *ret = (package_id){.name = {"", 0}};
    size_t hash = last_of(text, '#');
    if (hash == text.len || text.len > RP_MAX_NAME)
        return true;
    rp_str url = rp_str_sub(text, 0, hash), end = rp_str_sub(text, hash + 1, text.len - hash - 1);
    size_t at = last_of(end, '@');
    if (at != end.len) {
        ret->name = rp_str_sub(end, 0, at);
        ret->version = rp_str_sub(end, at + 1, end.len - at - 1);
    } else {
        const char *query = memchr(url.ptr, '?', url.len);
        rp_str path = query != NULL ? rp_str_sub(url, 0, (size_t)(query - url.ptr)) : url;
        size_t slash = last_of(path, '/');
        if (slash == path.len)
            return true;
        ret->name = rp_str_sub(path, slash + 1, path.len - slash - 1);
        ret->version = end;
    }
    if (!rp_crate_source_parse(url, true, arena, &ret->source))
        return false;
    ret->source.path = (rp_str){"", 0}; /* a folder of the builder tells no package from another */
    return true;
}

/* ---- units ---- */

static bool has_kind(const rp_json_value *crate, const char *name)
{
    const rp_json_value *kinds = rp_json_get_list(crate, "kind");
    for (uint32_t i = 0; i < kinds->n; i++)
        if (kinds->items[i].value.kind == RP_JSON_STRING &&
            rp_str_is(kinds->items[i].value.text, name))
            return true;
    return false;
}

static uint32_t index_of(const document *d, const rp_json_value *v)
{
    if (v == NULL || v->kind != RP_JSON_INTEGER || v->integer < 0 ||
        v->integer >= (int64_t)d->crates->n)
        return UINT32_MAX;
    return (uint32_t)v->integer;
}

static const rp_json_value *deps_of(const document *d, uint32_t i)
{
    return d->units[i].deps;
}

/* The unit that dependency `k` of `i` is, UINT32_MAX; *ret_build: it runs on the builder. */
static uint32_t dependency(const document *d, uint32_t i, uint32_t k, bool *ret_build)
{
    const rp_json_value *dep = &deps_of(d, i)->items[k].value;
    *ret_build = rp_str_is(rp_json_get_str(dep, "kind"), "build");
    return index_of(d, rp_json_get(dep, "index"));
}

static void read_units(document *d)
{
    for (uint32_t i = 0; i < d->crates->n; i++) {
        const rp_json_value *crate = &d->crates->items[i].value;
        d->units[i] = (unit){.id = RP_NO_COMPONENT,
                             .deps = rp_json_get_list(crate, "dependencies"),
                             .script = has_kind(crate, "custom-build"),
                             .proc_macro = has_kind(crate, "proc-macro")};
    }
}

/* Breadth first over (unit, on the host). A build script says nothing of its package's kind: what
 * it needs is built for the host. */
static bool walk(document *d)
{
    uint32_t n = d->crates->n, have = 0;
    uint32_t *queue = rp_new(d->arena, 2 * (uint64_t)n, uint32_t);
    bool *seen = rp_new(d->arena, 2 * (uint64_t)n, bool);
    if (queue == NULL || seen == NULL)
        return false;
    queue[have++] = 2 * d->root + (d->units[d->root].proc_macro || d->units[d->root].script);
    seen[queue[0]] = true;
    for (uint32_t at = 0; at < have; at++) {
        uint32_t i = queue[at] / 2;
        bool host = queue[at] % 2 != 0, build;
        unit *u = &d->units[i];
        if (!u->script || i == d->root)
            u->kinds |= host ? RP_DEP_BUILD : RP_DEP_NORMAL;
        if (u->proc_macro)
            u->kinds |= RP_DEP_PROC_MACRO;
        for (uint32_t k = 0; k < deps_of(d, i)->n; k++) {
            uint32_t to = dependency(d, i, k, &build);
            if (to == UINT32_MAX)
                continue;
            uint32_t node = 2 * to + (host || build);
            if (!seen[node])
                queue[have++] = node;
            seen[node] = true;
        }
    }
    return true;
}

/* ---- into the builder ---- */

static rp_code add_features(document *d, uint32_t i)
{
    const rp_json_value *list = rp_json_get_list(&d->crates->items[i].value, "features");
    for (uint32_t k = 0; k < list->n; k++) {
        const rp_json_value *v = &list->items[k].value;
        if (v->kind != RP_JSON_STRING || v->text.len > RP_MAX_NAME) {
            odd(d, "a feature in the SBOM is no name");
            continue;
        }
        rp_code code = rp_inventory_feature(d->b, d->units[i].id, v->text, d->err);
        if (code != RP_OK)
            return code;
    }
    return RP_OK;
}

static rp_code add_crate(document *d, uint32_t i)
{
    rp_str text = rp_json_get_str(&d->crates->items[i].value, "id");
    package_id id;
    if (!parse_id(text, d->arena, &id))
        return rp_fail_memory(d->err);
    if (id.name.len == 0 || id.version.len == 0) {
        odd(d, "a crate in the SBOM has no package id with name and version");
        return RP_OK;
    }
    if (d->units[i].kinds == 0 && !d->units[i].script)
        odd(d, "nothing in the SBOM asks for one of its crates");
    rp_seen seen = {
        .kind = RP_COMPONENT_CRATE,
        .name = id.name,
        .version = id.version,
        .source = id.source,
        .checksum = {"", 0},
        .kinds = d->units[i].kinds,
        .root = i == d->root,
        .certainty = RP_EXACT,
        .seen = {.what = RP_WITNESS_SBOM, .file = d->file, .at = RP_NOWHERE, .text = text}};
    rp_code code = rp_inventory_add(d->b, &seen, &d->units[i].id, d->err);
    return code == RP_OK ? add_features(d, i) : code;
}

/* A build script is its package's own, and needs what runs on the builder. That one script waits
 * for another's is no dependency: their packages have it. */
static rp_code add_edge(document *d, uint32_t i, uint32_t k)
{
    bool build;
    uint32_t to = dependency(d, i, k, &build);
    if (to == UINT32_MAX) {
        odd(d, "a dependency in the SBOM is not one of its crates");
        return RP_OK;
    }
    const unit *from = &d->units[i], *dep = &d->units[to];
    if (from->id == RP_NO_COMPONENT || dep->id == RP_NO_COMPONENT || from->id == dep->id ||
        dep->script)
        return RP_OK;
    uint8_t kinds = from->script || (build && !dep->proc_macro) ? RP_DEP_BUILD : RP_DEP_NORMAL;
    kinds |= dep->proc_macro ? RP_DEP_PROC_MACRO : 0;
    return rp_inventory_edge(d->b, from->id, dep->id, kinds, d->err);
}

static rp_code add_compiler(document *d, const rp_json_value *rustc)
{
    uint32_t id;
    d->ret->rustc = rp_json_get_str(rustc, "version");
    d->ret->commit = rp_json_get_str(rustc, "commit_hash");
    if (d->ret->rustc.len == 0 || d->ret->rustc.len > RP_MAX_NAME)
        return RP_OK;
    rp_seen seen = {
        .kind = RP_COMPONENT_TOOLCHAIN,
        .name = RP_STR("rustc"),
        .version = d->ret->rustc,
        .source = {.kind = RP_FROM_STD,
                   .url = {"", 0},
                   .reference = {"", 0},
                   .revision = d->ret->commit,
                   .path = {"", 0},
                   .crates_io = RP_NO},
        .checksum = {"", 0},
        .kinds = RP_DEP_NORMAL,
        .certainty = RP_EXACT,
        .seen = {
            .what = RP_WITNESS_SBOM, .file = d->file, .at = RP_NOWHERE, .text = d->ret->rustc}};
    return rp_inventory_add(d->b, &seen, &id, d->err);
}

static rp_code add_document(document *d, const rp_json_value *root)
{
    rp_code code = RP_OK;
    d->units = rp_new(d->arena, d->crates->n, unit);
    if (d->units == NULL)
        return rp_fail_memory(d->err);
    read_units(d);
    if (!walk(d))
        return rp_fail_memory(d->err);
    for (uint32_t i = 0; code == RP_OK && i < d->crates->n; i++)
        code = add_crate(d, i);
    for (uint32_t i = 0; code == RP_OK && i < d->crates->n; i++)
        for (uint32_t k = 0; code == RP_OK && k < deps_of(d, i)->n; k++)
            code = add_edge(d, i, k);
    d->ret->target = rp_json_get_str(root, "target");
    if (code == RP_OK)
        code = add_compiler(d, rp_json_get(root, "rustc"));
    if (code == RP_OK && d->ret->odd == NULL)
        rp_inventory_whole(d->b);
    return code;
}

rp_code rp_inventory_add_sbom(rp_inventory_builder *b, rp_str text, rp_str file, rp_arena *arena,
                              rp_sbom *ret, rp_error *err)
{
    const rp_json_value *root = NULL;
    *ret = (rp_sbom){.target = {"", 0}, .rustc = {"", 0}, .commit = {"", 0}};
    rp_code code = rp_json_read(text, arena, &root, err);
    if (code != RP_OK)
        return code;
    const rp_json_value *version = rp_json_get(root, "version");
    document d = {.crates = rp_json_get(root, "crates"),
                  .file = file,
                  .ret = ret,
                  .arena = arena,
                  .b = b,
                  .err = err};
    if (version == NULL || version->kind != RP_JSON_INTEGER || d.crates == NULL ||
        d.crates->kind != RP_JSON_ARRAY)
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "it is no SBOM of Cargo's");
    if (version->integer != 1)
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "its version %lld is not known",
                       (long long)version->integer);
    d.root = index_of(&d, rp_json_get(root, "root"));
    if (d.root == UINT32_MAX)
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "its root is none of its crates");
    if (d.crates->n > RP_MAX_COMPONENTS)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "it holds more than %u crates",
                       RP_MAX_COMPONENTS);
    return add_document(&d, root);
}
