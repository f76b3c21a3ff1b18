/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Strings from files are hostile: what reaches a terminal or a shell goes through here. */
#include "text/escape.h"

#include "text/display.h"

static bool shown_as_is(rp_str s, size_t at, size_t *ret_len, uint32_t *ret_char)
{
    *ret_char = 0;
    *ret_len = rp_utf8_decode(s, at, ret_char);
    return *ret_len != 0 && !rp_char_hidden(*ret_char);
}

void rp_put_escaped(rp_buf *out, rp_str s)
{
    size_t plain = 0, n;
    uint32_t c;
    for (size_t at = 0; at < s.len;) {
        if (shown_as_is(s, at, &n, &c)) {
            at += n;
            continue;
        }
        rp_buf_put(out, rp_str_sub(s, plain, at - plain));
        if (n == 0 || c < 0x80)
            rp_buf_printf(out, "\\x%02x", (unsigned)(uint8_t)s.ptr[at]);
        else
            rp_buf_printf(out, "\\u{%x}", (unsigned)c);
        at += n == 0 ? 1 : n;
        plain = at;
    }
    rp_buf_put(out, rp_str_sub(s, plain, s.len - plain));
}

static bool plain_in_shell(rp_str s)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "%+,-./:=@_";
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\0' || strchr(safe, s.ptr[i]) == NULL)
            return false;
    return s.len > 0;
}

static bool all_shown(rp_str s)
{
    size_t n;
    uint32_t c;
    for (size_t at = 0; at < s.len; at += n)
        if (!shown_as_is(s, at, &n, &c))
            return false;
    return true;
}

/* '…', where only ' itself needs care. */
static void put_single_quoted(rp_buf *out, rp_str s)
{
    rp_buf_char(out, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'')
            rp_buf_puts(out, "'\\''");
        else
            rp_buf_char(out, s.ptr[i]);
    }
    rp_buf_char(out, '\'');
}

/* $'…' (POSIX.1-2024, 2.2.4): octal escapes, because hexadecimal ones have no fixed length. */
static void put_dollar_quoted(rp_buf *out, rp_str s)
{
    size_t n;
    uint32_t c;
    rp_buf_puts(out, "$'");
    for (size_t at = 0; at < s.len;) {
        bool as_is = shown_as_is(s, at, &n, &c);
        n = n == 0 ? 1 : n;
        for (size_t i = at; i < at + n; i++) {
            if (as_is && c != '\'' && c != '\\')
                rp_buf_char(out, s.ptr[i]);
            else
                rp_buf_printf(out, "\\%03o", (unsigned)(uint8_t)s.ptr[i]);
        }
        at += n;
    }
    rp_buf_char(out, '\'');
}

void rp_put_shell(rp_buf *out, rp_str s)
{
    if (plain_in_shell(s))
        rp_buf_put(out, s);
    else if (all_shown(s))
        put_single_quoted(out, s);
    else
        put_dollar_quoted(out, s);
}
