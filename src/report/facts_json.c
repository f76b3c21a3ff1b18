/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* All facts as JSON: a walk over tables of the facts structs' members, which tools/gen-facts makes
 * from the headers. */
#include "report/json_parts.h"
#include "report/style.h"

#include <stddef.h>

enum { SCHEMA = 1 };

typedef enum {
    FIELD_FACT,
    FIELD_TRI,
    FIELD_BOOL,
    FIELD_U8,
    FIELD_U16,
    FIELD_U32,
    FIELD_U32_OR_NULL, /* UINT32_MAX: unknown */
    FIELD_U64,
    FIELD_AT, /* RP_NOWHERE: null */
    FIELD_STR,
    FIELD_HEX,
    FIELD_CSTR,
    FIELD_ENUM,
    FIELD_STRS,  /* const rp_str *x; uint32_t nx */
    FIELD_LIST,  /* const shape *x; uint32_t nx */
    FIELD_ONE,   /* const shape *x, may be NULL */
    FIELD_INSIDE /* shape x */
} field_kind;

typedef struct field {
    const char *key;
    field_kind kind;
    size_t at;
    const struct shape *shape;
    size_t count;
    const char *const *names;
    size_t nnames;
} field;

typedef struct shape {
    const field *fields;
    size_t n, size;
} shape;

#include "report/facts_fields.inc"

static void put_shape(const rp_report_options *opt, rp_json *j, const shape *s, const char *at);

static void put_fact(rp_json *j, const rp_fact *fact)
{
    rp_json_open(j);
    rp_json_cstr(j, "is", rp_tri_name(fact->is));
    rp_json_at(j, "at", fact->at);
    if (fact->why != NULL)
        rp_json_cstr(j, "why", fact->why);
    rp_json_close(j);
}

static void put_list(const rp_report_options *opt, rp_json *j, const field *f, const char *items,
                     uint32_t n)
{
    rp_json_open_list(j);
    for (uint32_t i = 0; i < n; i++)
        put_shape(opt, j, f->shape, items + (size_t)i * f->shape->size);
    rp_json_close_list(j);
}

static void put_number(rp_json *j, field_kind kind, const char *at)
{
    uint32_t u32;
    uint64_t u64;
    if (kind == FIELD_U8) {
        rp_json_uint(j, *(const uint8_t *)at);
    } else if (kind == FIELD_U16) {
        uint16_t u16;
        memcpy(&u16, at, sizeof u16);
        rp_json_uint(j, u16);
    } else if (kind == FIELD_U32 || kind == FIELD_U32_OR_NULL) {
        memcpy(&u32, at, sizeof u32);
        if (kind == FIELD_U32_OR_NULL && u32 == UINT32_MAX)
            rp_json_null(j);
        else
            rp_json_uint(j, u32);
    } else {
        memcpy(&u64, at, sizeof u64);
        if (kind == FIELD_AT)
            rp_json_at(j, NULL, u64);
        else
            rp_json_uint(j, u64);
    }
}

/* Members whose key and value are written together, because they may need a second key. */
static bool put_strings(const rp_report_options *opt, rp_json *j, const field *f, const char *at,
                        uint32_t count)
{
    if (f->kind == FIELD_STR) {
        rp_json_put(opt, j, f->key, *(const rp_str *)(const void *)at);
    } else if (f->kind == FIELD_CSTR) {
        rp_json_cstr(j, f->key, *(const char *const *)(const void *)at);
    } else if (f->kind == FIELD_STRS) {
        rp_json_strs(j, f->key, *(const rp_str *const *)(const void *)at, count);
    } else {
        return false;
    }
    return true;
}

static void put_enum(rp_json *j, const field *f, const char *at)
{
    unsigned value;
    memcpy(&value, at, sizeof value);
    if (value < f->nnames)
        rp_json_text(j, rp_str_from(f->names[value]));
    else
        rp_json_uint(j, value);
}

static void put_one(const rp_report_options *opt, rp_json *j, const field *f, const char *at)
{
    if (at == NULL)
        rp_json_null(j);
    else
        put_shape(opt, j, f->shape, at);
}

static void put_value(const rp_report_options *opt, rp_json *j, const field *f, const char *at,
                      uint32_t count)
{
    switch (f->kind) {
    case FIELD_FACT:
        put_fact(j, (const rp_fact *)(const void *)at);
        break;
    case FIELD_TRI:
        rp_json_text(j, rp_str_from(rp_tri_name(*(const rp_tri *)(const void *)at)));
        break;
    case FIELD_BOOL:
        rp_json_bool(j, *(const bool *)at);
        break;
    case FIELD_HEX:
        rp_json_hex(j, *(const rp_str *)(const void *)at);
        break;
    case FIELD_ENUM:
        put_enum(j, f, at);
        break;
    case FIELD_LIST:
        put_list(opt, j, f, *(const char *const *)(const void *)at, count);
        break;
    case FIELD_ONE:
        put_one(opt, j, f, *(const char *const *)(const void *)at);
        break;
    case FIELD_INSIDE:
        put_shape(opt, j, f->shape, at);
        break;
    default:
        put_number(j, f->kind, at);
        break;
    }
}

static void put_watch(rp_json *j, const rp_symbol_facts *symbols)
{
    static const char *const names[] = {
#define RP_SYM(id, text) text,
#include "facts/symbols.def"
#undef RP_SYM
    };
    rp_json_key(j, "watch");
    rp_json_open(j);
    for (size_t i = 0; i < RP_WATCH_COUNT; i++) {
        if (symbols->watch[i].defined == 0 && symbols->watch[i].undefined == 0)
            continue;
        rp_json_key(j, names[i]);
        rp_json_open(j);
        rp_json_num(j, "defined", symbols->watch[i].defined);
        rp_json_num(j, "undefined", symbols->watch[i].undefined);
        rp_json_key(j, "at");
        rp_json_at(j, NULL, symbols->watch[i].at);
        rp_json_close(j);
    }
    rp_json_close(j);
}

static void put_shape(const rp_report_options *opt, rp_json *j, const shape *s, const char *at)
{
    rp_json_open(j);
    for (size_t i = 0; i < s->n; i++) {
        const field *f = &s->fields[i];
        uint32_t count = 0;
        if (f->kind == FIELD_LIST || f->kind == FIELD_STRS)
            memcpy(&count, at + f->count, sizeof count);
        if (put_strings(opt, j, f, at + f->at, count))
            continue;
        rp_json_key(j, f->key);
        put_value(opt, j, f, at + f->at, count);
    }
    if (s == &shape_rp_symbol_facts)
        put_watch(j, (const rp_symbol_facts *)(const void *)at);
    rp_json_close(j);
}

void rp_json_target_facts(rp_json *j, const rp_target_facts *target)
{
    rp_report_options opt = {0};
    put_shape(&opt, j, &shape_rp_target_facts, (const char *)target);
}

/* ---- reporters ---- */

static void put_tool(rp_json *j)
{
    rp_json_num(j, "schema", SCHEMA);
    rp_json_cstr(j, "rustproof", RP_VERSION);
}

static void put_target(const rp_report_options *opt, rp_json *j, const rp_target_report *t)
{
    rp_json_put(opt, j, "path", t->path);
    rp_json_put(opt, j, "member", t->member);
    rp_json_key(j, "error");
    if (t->facts != NULL || t->err.code == RP_OK) {
        rp_json_null(j);
    } else {
        rp_json_open(j);
        rp_json_cstr(j, "code", rp_code_name(t->err.code));
        rp_json_key(j, "offset");
        rp_json_at(j, NULL, t->err.offset);
        rp_json_put(opt, j, "text", rp_str_from(t->err.text));
        rp_json_close(j);
    }
    rp_json_key(j, "facts");
    if (t->facts == NULL)
        rp_json_null(j);
    else
        put_shape(opt, j, &shape_rp_facts, (const char *)t->facts);
}

static void facts_begin(const rp_report_options *opt, rp_buf *out)
{
    (void)opt;
    rp_json j = {.out = out, .pretty = true};
    rp_json_open(&j);
    put_tool(&j);
    rp_json_key(&j, "targets");
    rp_json_open_list(&j);
}

static void facts_target(const rp_report_options *opt, const rp_target_report *t, rp_buf *out)
{
    rp_json j = rp_json_in_list(out, true);
    rp_json_open(&j);
    put_target(opt, &j, t);
    rp_json_close(&j);
}

static void facts_end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    (void)opt;
    rp_json j = rp_json_in_list(out, false);
    rp_json_close_list(&j);
    rp_json_flag(&j, "complete", run->failed == 0);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

static void lines_target(const rp_report_options *opt, const rp_target_report *t, rp_buf *out)
{
    rp_json j = {.out = out};
    rp_json_open(&j);
    put_tool(&j);
    put_target(opt, &j, t);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

static void lines_end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    (void)opt;
    (void)run;
    (void)out;
}

const rp_reporter rp_report_facts = {
    .name = "facts",
    .help = "all facts as one JSON document",
    .begin = facts_begin,
    .between = ",",
    .target = facts_target,
    .end = facts_end,
};
const rp_reporter rp_report_facts_lines = {
    .name = "facts-lines",
    .help = "all facts, one JSON object a line",
    .target = lines_target,
    .end = lines_end,
};
