/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* text/toml: every document ends in a tree or in an error with text and place; a tree written out
 * and read again is the same tree. */
#include <math.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "require.h"
#include "text/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_string(rp_buf *b, rp_str s)
{
    uint32_t c = 0;
    rp_buf_char(b, '"');
    for (size_t at = 0, n; at < s.len; at += n) {
        n = rp_utf8_next(rp_str_sub(s, at, SIZE_MAX), &c);
        REQUIRE(n != 0);
        if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
            rp_buf_printf(b, "\\u%04x", c);
        else
            rp_buf_put(b, rp_str_sub(s, at, n));
    }
    rp_buf_char(b, '"');
}

static void put_value(rp_buf *b, const rp_toml *v)
{
    bool table = v->kind == RP_TOML_TABLE;
    switch (v->kind) {
    case RP_TOML_STRING:
        put_string(b, v->text);
        break;
    case RP_TOML_INTEGER:
        rp_buf_printf(b, "%lld", (long long)v->integer);
        break;
    case RP_TOML_BOOL:
        rp_buf_puts(b, v->truth ? "true" : "false");
        break;
    case RP_TOML_ARRAY:
    case RP_TOML_TABLE:
        rp_buf_char(b, table ? '{' : '[');
        for (uint32_t i = 0; i < v->n; i++) {
            if (i != 0)
                rp_buf_char(b, ',');
            if (table) {
                put_string(b, v->items[i].key);
                rp_buf_char(b, '=');
            }
            put_value(b, v->items[i].value);
        }
        rp_buf_char(b, table ? '}' : ']');
        break;
    default:
        rp_buf_put(b, v->text);
    }
}

static void put_document(rp_buf *b, const rp_toml *root)
{
    for (uint32_t i = 0; i < root->n; i++) {
        put_string(b, root->items[i].key);
        rp_buf_char(b, '=');
        put_value(b, root->items[i].value);
        rp_buf_char(b, '\n');
    }
}

static void same(const rp_toml *a, const rp_toml *b)
{
    REQUIRE(a->kind == b->kind && a->n == b->n && a->truth == b->truth);
    REQUIRE(rp_str_eq(a->text, b->text));
    bool numbers = a->kind == RP_TOML_FLOAT
                       ? a->number == b->number || (isnan(a->number) && isnan(b->number))
                       : a->integer == b->integer;
    REQUIRE(numbers);
    for (uint32_t i = 0; i < a->n; i++) {
        REQUIRE(rp_str_eq(a->items[i].key, b->items[i].key));
        same(a->items[i].value, b->items[i].value);
    }
}

static void require_places(const rp_toml *v, size_t size)
{
    REQUIRE(v->at <= size && v->end <= size);
    for (uint32_t i = 0; i < v->n; i++) {
        REQUIRE(v->items[i].key_at <= size);
        require_places(v->items[i].value, size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 64u << 20};
    rp_error err = {0};
    const rp_toml *root = NULL, *again = NULL;
    rp_str text = {(const char *)data, size};
    if (rp_toml_parse(text, &arena, &root, &err) == RP_OK) {
        rp_buf out = {0};
        require_places(root, size);
        put_document(&out, root);
        /* headers nest deeper than inline tables may */
        rp_code code =
            out.bad ? RP_E_MEMORY : rp_toml_parse(rp_buf_str(&out), &arena, &again, &err);
        REQUIRE(code == RP_OK || code == RP_E_MEMORY || strstr(err.text, "too deep") != NULL);
        if (code == RP_OK)
            same(root, again);
        rp_buf_free(&out);
    } else {
        REQUIRE(err.code != RP_OK && err.text[0] != '\0');
        REQUIRE(err.code != RP_E_FORMAT || err.offset <= size);
    }
    rp_arena_free(&arena);
    return 0;
}
