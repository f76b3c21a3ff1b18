/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/auditable.h"

#include "base/limits.h"
#include "base/buf.h"
#include "base/outside.h"
#include "text/json_read.h"

#include <zlib.h>

static void odd(rp_auditable *a, const char *what)
{
    if (a->odd == NULL)
        a->odd = what;
}

/* ---- unpacking ---- */

/* Linkers pad sections with zeroes. */
static bool only_padding(rp_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.ptr[i] != 0)
            return false;
    return true;
}

static int inflate_all(z_stream *z, rp_buf *out)
{
    char piece[8192];
    int code = Z_OK;
    while (code == Z_OK && !out->bad) {
        z->next_out = (Bytef *)piece;
        z->avail_out = sizeof piece;
        code = inflate(z, Z_NO_FLUSH);
        size_t made = sizeof piece - z->avail_out;
        rp_outside_wrote(piece, made);
        rp_buf_put(out, (rp_str){piece, made});
        if (made == 0 && z->avail_in == 0)
            break;
    }
    return code;
}

static bool unpack(rp_bytes packed, rp_auditable *a, rp_buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr, .avail_in = (uInt)packed.len};
    if (inflateInit(&z) != Z_OK)
        return false;
    int code = inflate_all(&z, out);
    rp_bytes rest = {z.next_in, z.avail_in};
    (void)inflateEnd(&z);
    if (code == Z_STREAM_END && !only_padding(rest))
        odd(a, "bytes that are no padding follow the packed list of dependencies");
    if (out->bad)
        odd(a, "the list of dependencies unpacks to more than 8 MiB");
    else if (code != Z_STREAM_END)
        odd(a, "the list of dependencies cannot be unpacked");
    return code == Z_STREAM_END && !out->bad;
}

/* ---- the document ---- */

typedef struct {
    const rp_json_value *packages;
    uint32_t *ids;  /* handles in the builder, RP_NO_COMPONENT: left out */
    uint8_t *state; /* for the search for cycles */
    uint8_t *kinds;
    rp_auditable *ret;
    rp_arena *arena;
    rp_inventory_builder *b;
    rp_error *err;
} document;

static rp_crate_source source_of(rp_str text)
{
    rp_crate_source s = {.url = {"", 0},
                         .reference = {"", 0},
                         .revision = {"", 0},
                         .path = {"", 0},
                         .crates_io = RP_NO};
    if (rp_str_is(text, "crates.io")) {
        s.kind = RP_FROM_REGISTRY;
        s.crates_io = RP_YES;
    } else if (rp_str_is(text, "registry")) {
        s.kind = RP_FROM_REGISTRY;
    } else if (rp_str_is(text, "git")) {
        s.kind = RP_FROM_GIT;
    } else if (rp_str_is(text, "local")) {
        s.kind = RP_FROM_PATH;
    } else { /* an open set */
        s.crates_io = RP_UNKNOWN;
    }
    return s;
}

static uint8_t kinds_of(document *d, const rp_json_value *package)
{
    const rp_json_value *kind = rp_json_get(package, "kind");
    if (kind == NULL || (kind->kind == RP_JSON_STRING && rp_str_is(kind->text, "runtime")))
        return RP_DEP_NORMAL;
    if (kind->kind == RP_JSON_STRING && rp_str_is(kind->text, "build"))
        return RP_DEP_BUILD;
    if (kind->kind == RP_JSON_STRING &&
        (rp_str_is(kind->text, "dev") || rp_str_is(kind->text, "development")))
        return RP_DEP_DEV;
    odd(d->ret, "a package in the list of dependencies is of an unknown kind");
    return 0;
}

static bool is_root(document *d, const rp_json_value *package, bool *seen)
{
    const rp_json_value *root = rp_json_get(package, "root");
    if (root == NULL || (root->kind == RP_JSON_BOOL && !root->truth))
        return false;
    if (root->kind != RP_JSON_BOOL || *seen) {
        odd(d->ret, "the list of dependencies has more than one root");
        return false;
    }
    *seen = true;
    return true;
}

static rp_code add_packages(document *d)
{
    bool root_seen = false;
    for (uint32_t i = 0; i < d->packages->n; i++) {
        const rp_json_value *p = &d->packages->items[i].value;
        rp_str name = rp_json_get_str(p, "name"), version = rp_json_get_str(p, "version");
        d->ids[i] = RP_NO_COMPONENT;
        if (name.len == 0 || version.len == 0 || name.len > RP_MAX_NAME ||
            version.len > RP_MAX_NAME) {
            odd(d->ret, "a package in the list of dependencies has no name or version");
            continue;
        }
        d->kinds[i] = kinds_of(d, p);
        rp_seen seen = {
            .kind = RP_COMPONENT_CRATE,
            .name = name,
            .version = version,
            .source = source_of(rp_json_get_str(p, "source")),
            .checksum = {"", 0},
            .kinds = d->kinds[i],
            .root = is_root(d, p, &root_seen),
            .certainty = RP_EXACT,
            .seen = {
                .what = RP_WITNESS_AUDITABLE, .file = {"", 0}, .at = d->ret->at, .text = name}};
        rp_code code = rp_inventory_add(d->b, &seen, &d->ids[i], d->err);
        if (code != RP_OK)
            return code;
        d->ret->packages++;
    }
    return RP_OK;
}

/* The index that dependency `k` of a package is, UINT32_MAX when it is none. */
static uint32_t target_of(const document *d, const rp_json_value *deps, uint32_t k)
{
    const rp_json_value *v = &deps->items[k].value;
    if (v->kind != RP_JSON_INTEGER || v->integer < 0 || v->integer >= (int64_t)d->packages->n)
        return UINT32_MAX;
    return (uint32_t)v->integer;
}

static const rp_json_value *deps_of(const document *d, uint32_t package)
{
    return rp_json_get_list(&d->packages->items[package].value, "dependencies");
}

typedef struct {
    uint32_t package, next;
} frame;

enum { NEW, OPEN, DONE };

/* Depth first with a stack of its own; each package is entered once. */
static bool cycle_from(document *d, uint32_t start, frame *stack)
{
    uint32_t depth = 0;
    stack[depth++] = (frame){start, 0};
    d->state[start] = OPEN;
    while (depth != 0) {
        frame *top = &stack[depth - 1];
        const rp_json_value *deps = deps_of(d, top->package);
        if (top->next == deps->n) {
            d->state[top->package] = DONE;
            depth--;
            continue;
        }
        uint32_t to = target_of(d, deps, top->next++);
        if (to == UINT32_MAX || d->state[to] == DONE)
            continue;
        if (d->state[to] == OPEN)
            return true;
        d->state[to] = OPEN;
        stack[depth++] = (frame){to, 0};
    }
    return false;
}

static rp_code check_cycles(document *d)
{
    frame *stack = rp_new(d->arena, d->packages->n, frame);
    if (stack == NULL)
        return rp_fail_memory(d->err);
    for (uint32_t i = 0; i < d->packages->n; i++)
        if (d->state[i] == NEW && cycle_from(d, i, stack)) {
            odd(d->ret, "packages in the list of dependencies depend on each other");
            return RP_OK;
        }
    return RP_OK;
}

static rp_code add_edges(document *d)
{
    for (uint32_t i = 0; i < d->packages->n; i++) {
        const rp_json_value *deps = deps_of(d, i);
        for (uint32_t k = 0; k < deps->n; k++) {
            uint32_t to = target_of(d, deps, k);
            if (to == UINT32_MAX) {
                odd(d->ret, "a dependency in the list of dependencies is not one of its packages");
                continue;
            }
            if (d->ids[i] == RP_NO_COMPONENT || d->ids[to] == RP_NO_COMPONENT)
                continue;
            bool build = d->kinds[to] == RP_DEP_BUILD && d->kinds[i] != RP_DEP_BUILD;
            rp_code code = rp_inventory_edge(d->b, d->ids[i], d->ids[to],
                                             build ? RP_DEP_BUILD : RP_DEP_NORMAL, d->err);
            if (code != RP_OK)
                return code;
        }
    }
    return RP_OK;
}

static rp_code add_document(const rp_json_value *root, document *d)
{
    const rp_json_value *format = rp_json_get(root, "format");
    const rp_json_value *packages = rp_json_get(root, "packages");
    if (packages == NULL || packages->kind != RP_JSON_ARRAY || packages->n > RP_MAX_COMPONENTS) {
        odd(d->ret, "the list of dependencies has no packages, or too many");
        d->ret->found = RP_UNKNOWN;
        return RP_OK;
    }
    if (format != NULL && format->kind == RP_JSON_INTEGER && format->integer >= 0 &&
        format->integer <= UINT32_MAX)
        d->ret->format = (uint32_t)format->integer;
    d->packages = packages;
    d->ids = rp_new(d->arena, packages->n, uint32_t);
    d->state = rp_new(d->arena, packages->n, uint8_t);
    d->kinds = rp_new(d->arena, packages->n, uint8_t);
    if (d->ids == NULL || d->state == NULL || d->kinds == NULL)
        return rp_fail_memory(d->err);
    rp_code code = check_cycles(d);
    if (code == RP_OK)
        code = add_packages(d);
    if (code == RP_OK)
        code = add_edges(d);
    if (code == RP_OK && d->ret->odd == NULL)
        rp_inventory_whole(d->b);
    return code;
}

/* Out of memory stops; all else that is wrong with the text is its own. */
static rp_code read_document(rp_str text, document *d)
{
    const rp_json_value *root;
    rp_error why = {.code = RP_OK};
    rp_code code = rp_json_read(text, d->arena, &root, &why);
    if (code == RP_E_MEMORY)
        return rp_fail_memory(d->err);
    if (code != RP_OK) {
        odd(d->ret, code == RP_E_UNSUPPORTED ? "the list of dependencies is not read: jansson, "
                                               "which reads JSON, is not installed"
                                             : "the list of dependencies is no valid JSON");
        d->ret->found = RP_UNKNOWN;
        return RP_OK;
    }
    return add_document(root, d);
}

rp_code rp_auditable_bytes(rp_bytes packed, uint64_t at, rp_arena *arena, rp_inventory_builder *b,
                           rp_auditable *ret, rp_error *err)
{
    *ret = (rp_auditable){.found = RP_YES, .at = at};
    rp_buf text = {.max = RP_AUDITABLE_JSON_MAX};
    document d = {.ret = ret, .arena = arena, .b = b, .err = err};
    rp_code code = RP_OK;
    if (packed.len > RP_AUDITABLE_PACKED_MAX)
        odd(ret, "the packed list of dependencies is longer than 8 MiB");
    if (packed.len <= RP_AUDITABLE_PACKED_MAX && unpack(packed, ret, &text))
        code = read_document(rp_buf_str(&text), &d);
    else
        ret->found = RP_UNKNOWN;
    rp_buf_free(&text);
    return code;
}

/* ---- where it is ---- */

static const rp_section *find(const rp_image *img, bool *ret_several)
{
    static const char *const names[] = {".dep-v0", "__DATA,.dep-v0", ".rust-deps-v0", "rdep-v0",
                                        "__DATA,rust-deps-v0"};
    const rp_section *first = NULL;
    *ret_several = false;
    for (size_t k = 0; k < RP_COUNT(names) && first == NULL; k++)
        for (uint32_t i = 0; i < img->nsections; i++) {
            if (!rp_str_is(img->sections[i].name, names[k]))
                continue;
            *ret_several |= first != NULL;
            if (first == NULL)
                first = &img->sections[i];
        }
    return first;
}

rp_code rp_auditable_image(rp_image *img, rp_inventory_builder *b, rp_auditable *ret, rp_error *err)
{
    bool several;
    rp_bytes packed;
    const rp_section *s = find(img, &several);
    *ret = (rp_auditable){.found = RP_NO, .at = RP_NOWHERE};
    if (s == NULL)
        return RP_OK;
    /* PE: the raw size is padded to whole sectors, the virtual size is the data's own */
    uint64_t len = img->pe != NULL && s->size != 0 && s->size < s->filesz ? s->size : s->filesz;
    if (len > RP_AUDITABLE_PACKED_MAX || s->offset == RP_NOWHERE ||
        !rp_source_bytes(img->src, s->offset, len, &packed)) {
        *ret = (rp_auditable){.found = RP_UNKNOWN,
                              .odd = "the list of dependencies lies outside the file or is longer "
                                     "than 8 MiB",
                              .at = s->at};
        rp_image_odd(img, s->at, "%s", ret->odd);
        return RP_OK;
    }
    rp_code code = rp_auditable_bytes(packed, s->offset, img->arena, b, ret, err);
    if (several)
        odd(ret, "there is more than one list of dependencies");
    if (ret->odd != NULL)
        rp_image_odd(img, s->offset, "%s", ret->odd);
    return code;
}
