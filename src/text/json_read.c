/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text/json_read.h"

#include "base/library.h"
#include "base/outside.h"

#include <jansson.h>

/* ---- the library ---- */

typedef struct {
    void *library;
    json_t *(*loadb)(const char *, size_t, size_t, json_error_t *);
    void (*delete)(json_t *);
    void *(*iter)(json_t *);
    void *(*iter_next)(json_t *, void *);
    const char *(*iter_key)(void *);
    json_t *(*iter_value)(void *);
    size_t (*object_size)(const json_t *);
    size_t (*array_size)(const json_t *);
    json_t *(*array_get)(const json_t *, size_t);
    const char *(*string_value)(const json_t *);
    size_t (*string_length)(const json_t *);
    json_int_t (*integer_value)(const json_t *);
    double (*real_value)(const json_t *);
} jansson;

static rp_code load(jansson *ret, rp_error *err)
{
    static const char *const names[] = {"libjansson.so.4", "libjansson.so", "libjansson.4.dylib"};
    jansson j = {.library = rp_library_open(names, RP_COUNT(names))};
    if (j.library == NULL)
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE,
                       "jansson, which reads JSON, is not installed (libjansson4)");
    const rp_library_function wanted[] = {
        {"json_loadb", &j.loadb},
        {"json_delete", &j.delete},
        {"json_object_iter", &j.iter},
        {"json_object_iter_next", &j.iter_next},
        {"json_object_iter_key", &j.iter_key},
        {"json_object_iter_value", &j.iter_value},
        {"json_object_size", &j.object_size},
        {"json_array_size", &j.array_size},
        {"json_array_get", &j.array_get},
        {"json_string_value", &j.string_value},
        {"json_string_length", &j.string_length},
        {"json_integer_value", &j.integer_value},
        {"json_real_value", &j.real_value},
    };
    const char *lacks = rp_library_lacks(j.library, wanted, RP_COUNT(wanted));
    if (lacks == NULL) {
        *ret = j;
        return RP_OK;
    }
    rp_library_close(j.library);
    return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "jansson has no %s", lacks);
}

/* ---- what a document may ask for ---- */

/* Behind the string that starts at `at` (a quote). */
static size_t skip_string(rp_str s, size_t at)
{
    for (at++; at < s.len && s.ptr[at] != '"'; at++)
        at += s.ptr[at] == '\\';
    return at < s.len ? at + 1 : s.len;
}

static rp_code check_caps(rp_str s, rp_error *err)
{
    uint32_t depth = 0, containers = 0;
    if (s.len > RP_JSON_READ_BYTES)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "JSON: longer than %u MiB",
                       (unsigned)RP_JSON_READ_BYTES >> 20);
    for (size_t at = 0; at < s.len;) {
        char b = s.ptr[at];
        if (b == '"') {
            at = skip_string(s, at);
            continue;
        }
        depth -= (b == ']' || b == '}') && depth > 0;
        if (b == '[' || b == '{') {
            depth++;
            containers++;
        }
        if (depth > RP_JSON_READ_DEPTH || containers > RP_JSON_READ_CONTAINERS)
            return rp_fail(err, RP_E_LIMIT, at, "JSON: %s",
                           depth > RP_JSON_READ_DEPTH ? "nested too deep" : "too many containers");
        at++;
    }
    return RP_OK;
}

/* ---- the tree ---- */

typedef struct {
    const jansson *lib;
    rp_arena *arena;
} copier;

static bool copy_value(copier *c, const json_t *from, rp_json_value *to);

static bool copy_text(copier *c, const char *bytes, size_t n, rp_str *ret)
{
    rp_outside_wrote(bytes, n);
    *ret = rp_arena_str(c->arena, (rp_str){bytes, n});
    return ret->ptr != NULL;
}

/* Counts are those of containers below RP_JSON_READ_BYTES: they fit. */
static bool room(copier *c, size_t n, rp_json_value *to)
{
    to->items = rp_new(c->arena, n, rp_json_member);
    return to->items != NULL;
}

static bool copy_array(copier *c, const json_t *from, rp_json_value *to)
{
    size_t n = c->lib->array_size(from);
    if (!room(c, n, to))
        return false;
    for (; to->n < n; to->n++)
        if (!copy_value(c, c->lib->array_get(from, to->n), &to->items[to->n].value))
            return false;
    return true;
}

static bool copy_object(copier *c, const json_t *from, rp_json_value *to)
{
    json_t *object = (json_t *)(uintptr_t)from; /* iteration changes nothing, its type does not say
                                                   so */
    if (!room(c, c->lib->object_size(from), to))
        return false;
    for (void *i = c->lib->iter(object); i != NULL; i = c->lib->iter_next(object, i)) {
        rp_json_member *m = &to->items[to->n];
        const char *key = c->lib->iter_key(i);
        rp_outside_wrote_text(key);
        if (!copy_text(c, key, strlen(key), &m->key) ||
            !copy_value(c, c->lib->iter_value(i), &m->value))
            return false;
        to->n++;
    }
    return true;
}

static bool copy_value(copier *c, const json_t *from, rp_json_value *to)
{
    rp_outside_wrote(from, sizeof *from);
    switch (from->type) {
    case JSON_OBJECT:
        to->kind = RP_JSON_OBJECT;
        return copy_object(c, from, to);
    case JSON_ARRAY:
        to->kind = RP_JSON_ARRAY;
        return copy_array(c, from, to);
    case JSON_STRING:
        to->kind = RP_JSON_STRING;
        return copy_text(c, c->lib->string_value(from), c->lib->string_length(from), &to->text);
    case JSON_INTEGER:
        to->kind = RP_JSON_INTEGER;
        to->integer = c->lib->integer_value(from);
        return true;
    case JSON_REAL:
        to->kind = RP_JSON_REAL;
        to->number = c->lib->real_value(from);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        to->kind = RP_JSON_BOOL;
        to->truth = from->type == JSON_TRUE;
        return true;
    case JSON_NULL:
        break;
    }
    to->kind = RP_JSON_NULL;
    return true;
}

rp_code rp_json_read(rp_str text, rp_arena *arena, const rp_json_value **ret, rp_error *err)
{
    jansson lib;
    json_error_t why = {0};
    rp_code code = check_caps(text, err);
    if (code == RP_OK)
        code = load(&lib, err);
    if (code != RP_OK)
        return code;
    rp_outside_enter();
    json_t *root = lib.loadb(text.ptr ? text.ptr : "", text.len,
                             JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    rp_outside_leave();
    rp_outside_wrote(&why, sizeof why);
    if (root == NULL) {
        uint64_t at = why.position < 0 ? RP_NOWHERE : (uint64_t)why.position;
        return json_error_code(&why) == json_error_out_of_memory
                   ? rp_fail_memory(err)
                   : rp_fail(err, RP_E_FORMAT, at < text.len ? at : text.len, "JSON: %s", why.text);
    }
    copier c = {&lib, arena};
    rp_json_value *tree = rp_new(arena, 1, rp_json_value);
    bool ok = tree != NULL && copy_value(&c, root, tree);
    lib.delete(root);
    if (!ok)
        return rp_fail_memory(err);
    *ret = tree;
    return RP_OK;
}

/* ---- looking up ---- */

const rp_json_value *rp_json_get(const rp_json_value *object, const char *key)
{
    if (object == NULL || object->kind != RP_JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->n; i++)
        if (rp_str_is(object->items[i].key, key))
            return &object->items[i].value;
    return NULL;
}

rp_str rp_json_get_str(const rp_json_value *object, const char *key)
{
    const rp_json_value *v = rp_json_get(object, key);
    return v != NULL && v->kind == RP_JSON_STRING ? v->text : (rp_str){"", 0};
}

const rp_json_value *rp_json_get_list(const rp_json_value *object, const char *key)
{
    static const rp_json_value empty = {.kind = RP_JSON_ARRAY};
    const rp_json_value *v = rp_json_get(object, key);
    return v != NULL && v->kind == RP_JSON_ARRAY ? v : &empty;
}
