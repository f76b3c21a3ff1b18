/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What literals and documentation comments say. */
#include "base/utf8.h"
#include "rust/scan.h"

/* The part between the quotation marks; hashes and prefix left out. False: it has no end. */
static bool between_quotes(rp_str s, rp_str *ret, bool *ret_raw)
{
    size_t start = 0, hashes = 0;
    *ret_raw = false;
    for (; start < s.len && s.ptr[start] != '"'; start++) {
        *ret_raw = *ret_raw || s.ptr[start] == 'r';
        hashes += s.ptr[start] == '#';
    }
    if (start == s.len)
        return false;
    size_t end = s.len; /* behind the last quotation mark; a suffix holds none */
    while (end > start && s.ptr[end - 1] != '"')
        end--;
    if (end < start + 2 || s.len - end < hashes)
        return false;
    *ret = rp_str_sub(s, start + 1, end - start - 2);
    return true;
}

static unsigned hex(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
}

typedef struct {
    rp_str s;
    size_t at;
    rp_buf out;
    bool bad;
} decoder;

/* \u{1F_600}: one to six digits. */
static void unicode_escape(decoder *d)
{
    uint32_t value = 0, n = 0;
    if (d->at >= d->s.len || d->s.ptr[d->at++] != '{')
        d->bad = true;
    while (!d->bad && d->at < d->s.len && d->s.ptr[d->at] != '}') {
        char c = d->s.ptr[d->at++];
        if (c == '_' && n > 0)
            continue;
        d->bad = hex(c) > 15 || ++n > 6;
        value = value * 16 + hex(c);
    }
    if (d->at >= d->s.len || n == 0)
        d->bad = true;
    d->at++;
    if (!d->bad && !rp_utf8_put(&d->out, value))
        d->bad = true;
}

static void escape(decoder *d)
{
    static const char names[] = "n\nr\rt\t0\0\\\\'\'\"\"";
    char c = d->at < d->s.len ? d->s.ptr[d->at++] : '\1';
    if (c == 'x') {
        unsigned high = d->at + 1 < d->s.len ? hex(d->s.ptr[d->at]) : 16;
        unsigned low = high < 16 ? hex(d->s.ptr[d->at + 1]) : 16;
        d->bad = low > 15;
        d->at += 2;
        rp_buf_char(&d->out, (char)(high * 16 + (low & 15)));
        return;
    }
    if (c == 'u') {
        unicode_escape(d);
        return;
    }
    if (c == '\n' || (c == '\r' && d->at < d->s.len && d->s.ptr[d->at] == '\n')) {
        while (d->at < d->s.len && memchr(" \n\t\r", d->s.ptr[d->at], 4) != NULL)
            d->at++;
        return;
    }
    for (size_t i = 0; i + 1 < sizeof names; i += 2)
        if (names[i] == c) {
            rp_buf_char(&d->out, names[i + 1]);
            return;
        }
    d->bad = true;
}

/* CR LF is LF before anything else is looked at (Reference, "CRLF normalization"). */
static bool decode(rp_str s, bool raw, rp_arena *arena, rp_str *ret)
{
    decoder d = {.s = s};
    while (d.at < s.len && !d.bad) {
        char c = s.ptr[d.at++];
        if (c == '\\' && !raw)
            escape(&d);
        else if (c != '\r' || d.at >= s.len || s.ptr[d.at] != '\n')
            rp_buf_char(&d.out, c);
    }
    rp_str copy = {NULL, 0};
    if (!d.bad && !d.out.bad)
        copy = rp_arena_str(arena, rp_buf_str(&d.out));
    rp_buf_free(&d.out);
    if (copy.ptr == NULL)
        return false;
    *ret = copy;
    return true;
}

static bool documentation(rp_str s, rp_arena *arena, rp_str *ret)
{
    bool block = s.len > 1 && s.ptr[1] == '*';
    if (block && (s.len < 5 || !rp_str_ends(s, "*/")))
        return false;
    s = rp_str_sub(s, 3, block ? s.len - 5 : SIZE_MAX);
    if (memchr(s.ptr, '\r', s.len) != NULL)
        return decode(s, true, arena, ret);
    *ret = s;
    return true;
}

bool rp_token_string(const rp_tokens *t, uint32_t i, rp_arena *arena, rp_str *ret)
{
    uint8_t kind = t->kind[i];
    rp_str s = rp_token_text(t, i), inner;
    bool raw;
    if (kind == RP_T_DOC_OUTER || kind == RP_T_DOC_INNER)
        return documentation(s, arena, ret);
    if (kind < RP_T_STR || kind > RP_T_RAW_C_STR || !between_quotes(s, &inner, &raw))
        return false;
    bool plain = memchr(inner.ptr, '\r', inner.len) == NULL;
    if (plain && (raw || memchr(inner.ptr, '\\', inner.len) == NULL)) {
        *ret = inner;
        return true;
    }
    return decode(inner, raw, arena, ret);
}

bool rp_token_integer(const rp_tokens *t, uint32_t i, uint64_t *ret, rp_str *ret_suffix)
{
    if (t->kind[i] != RP_T_INT)
        return false;
    rp_str s = rp_token_text(t, i);
    unsigned base = 10;
    size_t at = 0;
    uint64_t value = 0;
    if (s.len > 2 && s.ptr[0] == '0' && hex(s.ptr[1]) > 9) {
        base = s.ptr[1] == 'x' ? 16 : s.ptr[1] == 'o' ? 8 : s.ptr[1] == 'b' ? 2 : 10;
        at = base == 10 ? 0 : 2;
    }
    for (; at < s.len; at++) {
        unsigned digit = hex(s.ptr[at]);
        if (s.ptr[at] == '_')
            continue;
        if (digit >= (base == 16 ? 16 : 10))
            break;
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *ret = value;
    *ret_suffix = rp_str_sub(s, at, SIZE_MAX);
    return true;
}
