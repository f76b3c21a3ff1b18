/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text/json.h"

#include "text/display.h"

static void indent(rp_json *j)
{
    if (!j->pretty)
        return;
    rp_buf_char(j->out, '\n');
    rp_buf_repeat(j->out, ' ', 2 * (size_t)j->depth);
}

/* What stands between the item before and the next one. */
static void separate(rp_json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    uint64_t bit = 1ull << j->depth;
    if (j->some & bit)
        rp_buf_char(j->out, ',');
    if (j->depth > 0)
        indent(j);
    j->some |= bit;
}

static void open_with(rp_json *j, char c)
{
    separate(j);
    rp_buf_char(j->out, c);
    if (j->depth >= RP_JSON_DEPTH) {
        j->out->bad = true;
        return;
    }
    j->depth++;
    j->some &= ~(1ull << j->depth);
}

static void close_with(rp_json *j, char c)
{
    bool some = (j->some >> j->depth) & 1;
    if (j->depth > 0)
        j->depth--;
    if (some)
        indent(j);
    rp_buf_char(j->out, c);
}

rp_json rp_json_in_list(rp_buf *out, bool first)
{
    return (rp_json){.out = out, .pretty = true, .depth = 2, .some = first ? 2 : 2 | 4};
}

void rp_json_open(rp_json *j)
{
    open_with(j, '{');
}

void rp_json_close(rp_json *j)
{
    close_with(j, '}');
}

void rp_json_open_list(rp_json *j)
{
    open_with(j, '[');
}

void rp_json_close_list(rp_json *j)
{
    close_with(j, ']');
}

static void put_unit(rp_buf *out, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    char text[6] = {'\\',
                    'u',
                    digits[unit >> 12 & 15],
                    digits[unit >> 8 & 15],
                    digits[unit >> 4 & 15],
                    digits[unit & 15]};
    rp_buf_put(out, (rp_str){text, sizeof text});
}

/* RFC 8259, 7: characters beyond the Basic Multilingual Plane are escaped as surrogate pairs. */
static void put_escape(rp_buf *out, uint32_t c)
{
    static const char letters[] = "btnvfr"; /* 0x08 … 0x0d; \v is not JSON */
    if (c == '"' || c == '\\') {
        rp_buf_char(out, '\\');
        rp_buf_char(out, (char)c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        rp_buf_char(out, '\\');
        rp_buf_char(out, letters[c - 8]);
    } else if (c < 0x10000) {
        put_unit(out, c);
    } else {
        put_unit(out, 0xd800 + ((c - 0x10000) >> 10));
        put_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
}

/* Most text needs no second look. */
static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

#define EACH(byte) ((uint64_t)(byte)*0x0101010101010101u)

/* Eight characters at a time: whether all are plain. In `x - EACH(1)` a byte that is 0 borrows;
 * where a byte above it then looks like one, the answer is right all the same. */
static bool are_plain(const char *at)
{
    uint64_t w, quote, backslash;
    memcpy(&w, at, sizeof w);
    quote = w ^ EACH('"');
    backslash = w ^ EACH('\\');
    uint64_t odd = ((w - EACH(0x20)) & ~w) | ((quote - EACH(1)) & ~quote) |
                   ((backslash - EACH(1)) & ~backslash) | (w + EACH(1)) | w;
    return (odd & EACH(0x80)) == 0;
}

/* How many characters at the start are plain. */
static size_t plain_run(rp_str s)
{
    size_t n = 0;
    while (s.len - n >= sizeof(uint64_t) && are_plain(s.ptr + n))
        n += sizeof(uint64_t);
    while (n < s.len && is_plain(s.ptr[n]))
        n++;
    return n;
}

/* The string, whose characters before `at` are plain. */
static void put_rest(rp_buf *out, rp_str s, size_t at)
{
    rp_buf_char(out, '"');
    size_t plain = 0;
    while (at < s.len) {
        uint32_t c = 0;
        if (is_plain(s.ptr[at])) {
            at++;
            continue;
        }
        size_t n = rp_utf8_decode(s, at, &c);
        if (n != 0 && c != '"' && c != '\\' && !rp_char_hidden(c)) {
            at += n;
            continue;
        }
        rp_buf_put(out, rp_str_sub(s, plain, at - plain));
        put_escape(out, n == 0 ? 0xfffd : c);
        at += n == 0 ? 1 : n;
        plain = at;
    }
    rp_buf_put(out, rp_str_sub(s, plain, s.len - plain));
    rp_buf_char(out, '"');
}

/* False when it is not all plain, and so may not even be UTF-8. */
static bool put_string(rp_buf *out, rp_str s)
{
    size_t plain = plain_run(s);
    if (plain != s.len || s.len > SIZE_MAX - 2) {
        put_rest(out, s, plain);
        return false;
    }
    char *p = rp_buf_room(out, s.len + 2);
    if (p == NULL)
        return true;
    p[0] = '"';
    if (s.len != 0) /* an empty text may have no place */
        memcpy(p + 1, s.ptr, s.len);
    p[s.len + 1] = '"';
    rp_buf_grew(out, s.len + 2);
    return true;
}

void rp_json_key(rp_json *j, const char *key)
{
    size_t len = strlen(key);
    separate(j);
    j->after_key = true;
    char *p = rp_buf_room(j->out, len + 4);
    if (p == NULL)
        return;
    p[0] = '"';
    memcpy(p + 1, key, len);
    memcpy(p + 1 + len, "\": ", 3);
    rp_buf_grew(j->out, len + (j->pretty ? 4 : 3));
}

void rp_json_text(rp_json *j, rp_str s)
{
    separate(j);
    (void)put_string(j->out, s);
}

void rp_json_hex(rp_json *j, rp_str bytes)
{
    separate(j);
    rp_buf_char(j->out, '"');
    for (size_t i = 0; i < bytes.len; i++)
        rp_buf_printf(j->out, "%02x", (unsigned)(uint8_t)bytes.ptr[i]);
    rp_buf_char(j->out, '"');
}

void rp_json_uint(rp_json *j, uint64_t v)
{
    char text[20]; /* digits of 2^64 - 1 */
    size_t at = sizeof text;
    do
        text[--at] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    separate(j);
    rp_buf_put(j->out, (rp_str){text + at, sizeof text - at});
}

void rp_json_hundredths(rp_json *j, uint64_t v)
{
    separate(j);
    rp_buf_printf(j->out, "%llu", (unsigned long long)(v / 100));
    if (v % 100 != 0)
        rp_buf_printf(j->out, v % 10 != 0 ? ".%02u" : ".%u",
                      (unsigned)(v % 10 != 0 ? v % 100 : v % 100 / 10));
}

void rp_json_bool(rp_json *j, bool v)
{
    separate(j);
    rp_buf_puts(j->out, v ? "true" : "false");
}

void rp_json_null(rp_json *j)
{
    separate(j);
    rp_buf_puts(j->out, "null");
}

/* The key "x_bytes". */
static void key_of_bytes(rp_json *j, const char *key)
{
    separate(j);
    rp_buf_printf(j->out, "\"%s_bytes\"", key);
    rp_buf_puts(j->out, j->pretty ? ": " : ":");
    j->after_key = true;
}

void rp_json_str(rp_json *j, const char *key, rp_str s)
{
    rp_json_key(j, key);
    separate(j);
    if (put_string(j->out, s) || rp_utf8_valid(s))
        return;
    key_of_bytes(j, key);
    rp_json_hex(j, s);
}

void rp_json_cstr(rp_json *j, const char *key, const char *s)
{
    if (s != NULL) {
        rp_json_str(j, key, rp_str_from(s));
        return;
    }
    rp_json_key(j, key);
    rp_json_null(j);
}

void rp_json_strs(rp_json *j, const char *key, const rp_str *items, size_t n)
{
    bool lossy = false;
    rp_json_key(j, key);
    rp_json_open_list(j);
    for (size_t i = 0; i < n; i++) {
        rp_json_text(j, items[i]);
        lossy |= !rp_utf8_valid(items[i]);
    }
    rp_json_close_list(j);
    if (!lossy)
        return;
    key_of_bytes(j, key);
    rp_json_open_list(j);
    for (size_t i = 0; i < n; i++) {
        if (rp_utf8_valid(items[i]))
            rp_json_null(j);
        else
            rp_json_hex(j, items[i]);
    }
    rp_json_close_list(j);
}

void rp_json_num(rp_json *j, const char *key, uint64_t v)
{
    rp_json_key(j, key);
    rp_json_uint(j, v);
}

void rp_json_flag(rp_json *j, const char *key, bool v)
{
    rp_json_key(j, key);
    rp_json_bool(j, v);
}
