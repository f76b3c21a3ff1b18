/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Constants in v0 names: generic arguments and pattern types. */
#include "origin/demangle_v0_parser.h"

#include "base/utf8.h"

/* Hex digits up to '_'; empty and bad when there is another character. */
static rp_str nibbles(rp_v0 *d)
{
    size_t start = d->at;
    for (;;) {
        char c = rp_v0_next(d);
        if (c == '_')
            return rp_str_sub(d->s, start, d->at - 1 - start);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            d->bad = true;
            return (rp_str){"", 0};
        }
    }
}

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The value; false when it has more than 64 bits. */
static bool nibbles_value(rp_str hex, uint64_t *ret)
{
    while (hex.len != 0 && hex.ptr[0] == '0')
        hex = rp_str_sub(hex, 1, SIZE_MAX);
    *ret = 0;
    for (size_t i = 0; i < hex.len; i++)
        *ret = *ret << 4 | nibble(hex.ptr[i]);
    return hex.len <= 16;
}

/* One code point inside quotes, as char::escape_debug does it. */
static void put_quoted(rp_v0 *d, uint32_t c, char quote)
{
    static const char plain[] = "\0t\tn\nr\r\\\\";
    if (d->out == NULL || d->bad)
        return;
    if (c == 0) {
        rp_v0_put(d, "\\0");
        return;
    }
    for (size_t i = 1; i + 1 < sizeof plain - 1; i += 2)
        if (c == (uint8_t)plain[i + 1]) {
            rp_v0_put_char(d, '\\');
            rp_v0_put_char(d, plain[i]);
            return;
        }
    if (c == (uint8_t)quote) {
        rp_v0_put_char(d, '\\');
        rp_v0_put_char(d, quote);
    } else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || !rp_utf8_put(d->out, c)) {
        rp_buf_printf(d->out, "\\u{%x}", c);
    }
}

static void string_constant(rp_v0 *d)
{
    rp_str hex = nibbles(d);
    char bytes[4];
    if (hex.len % 2 != 0)
        d->bad = true;
    rp_v0_put(d, "\"");
    for (size_t i = 0; i < hex.len && !d->bad;) {
        size_t have = 0;
        for (; have < 4 && i + 2 * have < hex.len; have++)
            bytes[have] =
                (char)(nibble(hex.ptr[i + 2 * have]) << 4 | nibble(hex.ptr[i + 2 * have + 1]));
        uint32_t c = 0;
        size_t n = rp_utf8_next((rp_str){bytes, have}, &c);
        if (n == 0)
            d->bad = true;
        put_quoted(d, c, '"');
        i += 2 * n;
    }
    rp_v0_put(d, "\"");
}

static void integer_constant(rp_v0 *d, char tag)
{
    rp_str hex = nibbles(d);
    uint64_t value;
    if (d->out == NULL || d->bad)
        return;
    if (nibbles_value(hex, &value)) {
        rp_v0_put_number(d, value, false);
    } else {
        rp_v0_put(d, "0x");
        rp_buf_put(d->out, hex);
    }
    rp_v0_put(d, d->with_hashes ? rp_v0_basic_type(tag) : "");
}

static void scalar_constant(rp_v0 *d, char tag)
{
    uint64_t value;
    if (tag == 'b' || tag == 'c') {
        bool fits = nibbles_value(nibbles(d), &value);
        bool scalar = value < 0xd800 || (value > 0xdfff && value <= 0x10ffff);
        if (!fits || (tag == 'b' ? value > 1 : !scalar)) {
            d->bad = true;
        } else if (tag == 'b') {
            rp_v0_put(d, value ? "true" : "false");
        } else {
            rp_v0_put(d, "'");
            put_quoted(d, (uint32_t)value, '\'');
            rp_v0_put(d, "'");
        }
        return;
    }
    if (strchr("aslxni", tag) != NULL && rp_v0_eat(d, 'n'))
        rp_v0_put(d, "-");
    integer_constant(d, tag);
}

static void nested_constant(rp_v0 *d)
{
    rp_v0_constant(d, true);
}

static void field_constant(rp_v0 *d)
{
    (void)rp_v0_optional_62(d, 's');
    rp_v0_put_ident(d, rp_v0_ident_next(d));
    rp_v0_put(d, ": ");
    rp_v0_constant(d, true);
}

static void variant_constant(rp_v0 *d)
{
    rp_v0_path(d, true);
    switch (rp_v0_next(d)) {
    case 'U':
        break;
    case 'T':
        rp_v0_put(d, "(");
        (void)rp_v0_list(d, nested_constant, ", ");
        rp_v0_put(d, ")");
        break;
    case 'S':
        rp_v0_put(d, " { ");
        (void)rp_v0_list(d, field_constant, ", ");
        rp_v0_put(d, " }");
        break;
    default:
        d->bad = true;
    }
}

/* Constants that are expressions, and stand in braces outside of one. */
static void compound_constant(rp_v0 *d, char tag)
{
    switch (tag) {
    case 'e': /* a str, written as what a literal of type &str points to */
        rp_v0_put(d, "*");
        string_constant(d);
        break;
    case 'R':
    case 'Q':
        rp_v0_put(d, tag == 'R' ? "&" : "&mut ");
        rp_v0_constant(d, true);
        break;
    case 'A':
        rp_v0_put(d, "[");
        (void)rp_v0_list(d, nested_constant, ", ");
        rp_v0_put(d, "]");
        break;
    case 'T':
        rp_v0_put(d, "(");
        rp_v0_put(d, rp_v0_list(d, nested_constant, ", ") == 1 ? ",)" : ")");
        break;
    case 'V':
        variant_constant(d);
        break;
    default:
        d->bad = true;
    }
}

void rp_v0_constant(rp_v0 *d, bool in_value)
{
    char tag = rp_v0_next(d);
    if (!rp_v0_enter(d))
        tag = '\0';
    if (tag == 'p') {
        rp_v0_put(d, "_");
    } else if (tag != '\0' && strchr("htmyojaslxnibc", tag) != NULL) {
        scalar_constant(d, tag);
    } else if (tag == 'B') {
        rp_v0_backref(d, rp_v0_constant, in_value);
    } else if (tag == 'R' && rp_v0_eat(d, 'e')) {
        string_constant(d);
    } else {
        rp_v0_put(d, in_value ? "" : "{");
        compound_constant(d, tag);
        rp_v0_put(d, in_value ? "" : "}");
    }
    rp_v0_leave(d);
}
