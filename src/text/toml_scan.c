/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* TOML's scalars: strings of four forms, numbers, booleans, dates and times. */
#include "text/toml_scan.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdlib.h>

/* ---- strings ---- */

typedef struct {
    rp_toml_cursor *c;
    char quote;
    bool lines;   /* between three quotes */
    bool escapes; /* basic, not literal */
    char *to;     /* decoded so far; as long as the rest of the document at most */
    size_t n;
} quoted;

static int hex_digit(char b)
{
    return b >= '0' && b <= '9'   ? b - '0'
           : b >= 'a' && b <= 'f' ? b - 'a' + 10
           : b >= 'A' && b <= 'F' ? b - 'A' + 10
                                  : -1;
}

static bool put_point(quoted *q, uint32_t point)
{
    rp_buf utf8 = {0};
    bool ok = rp_utf8_put(&utf8, point) && !utf8.bad;
    if (ok) {
        memcpy(q->to + q->n, utf8.ptr,
               utf8.len); /* never longer than the escape that it came from */
        q->n += utf8.len;
    }
    rp_buf_free(&utf8);
    return ok || rp_toml_fail(q->c, "an escape that is no Unicode scalar value");
}

static bool unicode_escape(quoted *q, unsigned digits)
{
    uint32_t point = 0;
    for (unsigned i = 0; i < digits; i++) {
        int d = hex_digit(rp_toml_peek(q->c));
        if (d < 0)
            return rp_toml_fail(q->c, "an escape with too few hexadecimal digits");
        point = point << 4 | (uint32_t)d;
        q->c->at++;
    }
    return put_point(q, point);
}

/* A backslash at the end of a line takes away all space up to the next text. */
static bool folded_line(quoted *q)
{
    rp_toml_cursor *c = q->c;
    size_t at = c->at;
    while (at < c->s.len && (c->s.ptr[at] == ' ' || c->s.ptr[at] == '\t'))
        at++;
    bool crlf = at + 1 < c->s.len && c->s.ptr[at] == '\r' && c->s.ptr[at + 1] == '\n';
    if (!q->lines || at >= c->s.len || (c->s.ptr[at] != '\n' && !crlf))
        return rp_toml_fail(c, "an escape that TOML does not know");
    while (at < c->s.len &&
           (c->s.ptr[at] == ' ' || c->s.ptr[at] == '\t' || c->s.ptr[at] == '\n' ||
            (c->s.ptr[at] == '\r' && at + 1 < c->s.len && c->s.ptr[at + 1] == '\n')))
        at++;
    c->at = at;
    return true;
}

static bool escape(quoted *q)
{
    static const char codes[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
    char b = rp_toml_peek(q->c);
    const char *known = b ? strchr(codes, b) : NULL;
    if (known != NULL) {
        q->to[q->n++] = meanings[known - codes];
        q->c->at++;
        return true;
    }
    if (b == 'u' || b == 'U') {
        q->c->at++;
        return unicode_escape(q, b == 'u' ? 4 : 8);
    }
    return folded_line(q);
}

/* At a quote of a multi-line string: three close it; up to two more belong to the text. */
static bool closes_lines(quoted *q)
{
    size_t run = 0;
    while (q->c->at + run < q->c->s.len && q->c->s.ptr[q->c->at + run] == q->quote && run < 5)
        run++;
    size_t text = run >= 3 ? run - 3 : run;
    memset(q->to + q->n, q->quote, text);
    q->n += text;
    q->c->at += run;
    return run >= 3;
}

static bool plain(quoted *q, char b)
{
    rp_toml_cursor *c = q->c;
    bool crlf = b == '\r' && c->at + 1 < c->s.len && c->s.ptr[c->at + 1] == '\n';
    bool newline = b == '\n' || crlf;
    if (newline && !q->lines)
        return rp_toml_fail(c, "the string does not end on its line");
    if (((uint8_t)b < 0x20 && b != '\t' && !newline) || b == 0x7f)
        return rp_toml_fail(c, "a control character in a string");
    q->to[q->n++] = b;
    c->at++;
    return true;
}

static bool body(quoted *q)
{
    rp_toml_cursor *c = q->c;
    for (;;) {
        if (c->at >= c->s.len)
            return rp_toml_fail(c, "the string has no end");
        char b = c->s.ptr[c->at];
        if (b == q->quote && !q->lines) {
            c->at++;
            return true;
        }
        if (b == q->quote) {
            if (closes_lines(q))
                return true;
        } else if (b == '\\' && q->escapes) {
            c->at++;
            if (!escape(q))
                return false;
        } else if (!plain(q, b)) {
            return false;
        }
    }
}

/* Bytes from the start of `s` among which surely is no quote, backslash or control character, eight
 * at a time. A byte is zero where x - 1 borrows from its upper bit and x has none there; that a
 * borrow reaches the next byte, too, only ends the run early. */
static size_t plain_run(rp_str s, char quote)
{
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    size_t n = 0;
    for (uint64_t v; s.len - n >= sizeof v; n += sizeof v) {
        memcpy(&v, s.ptr + n, sizeof v);
        uint64_t q = v ^ (ones * (uint8_t)quote), slash = v ^ (ones * '\\'),
                 del = v ^ (ones * 0x7f);
        uint64_t hit = ((q - ones) & ~q) | ((slash - ones) & ~slash) | ((del - ones) & ~del) |
                       ((v - ones * 0x20) & ~v);
        if ((hit & high) != 0)
            break;
    }
    return n;
}

/* Most strings have neither escapes nor lines: they are borrowed. */
static bool borrowed(rp_toml_cursor *c, char quote, rp_str *ret)
{
    size_t at = c->at + plain_run(rp_str_sub(c->s, c->at, SIZE_MAX), quote);
    while (at < c->s.len && c->s.ptr[at] != quote && c->s.ptr[at] != '\\' &&
           ((uint8_t)c->s.ptr[at] >= 0x20 || c->s.ptr[at] == '\t') && c->s.ptr[at] != 0x7f)
        at++;
    if (at >= c->s.len || c->s.ptr[at] != quote)
        return false;
    *ret = rp_str_sub(c->s, c->at, at - c->at);
    if (at == c->at)
        *ret = RP_STR("");
    c->at = at + 1;
    return true;
}

/* Where the string surely ends: room for what is decoded, without asking for the whole document
 * each time. */
static size_t longest(const rp_toml_cursor *c, const char *close)
{
    size_t found = 0, n = strlen(close);
    rp_str rest = rp_str_sub(c->s, c->at, SIZE_MAX);
    while (found < rest.len) {
        size_t at = rp_str_find(rp_str_sub(rest, found, SIZE_MAX), rp_str_from(close));
        if (at == SIZE_MAX)
            return rest.len;
        found += at;
        size_t slashes = 0;
        while (slashes < found && rest.ptr[found - 1 - slashes] == '\\')
            slashes++;
        if (close[0] == '\'' || slashes % 2 == 0)
            return found + n + 2 < rest.len ? found + n + 2 : rest.len;
        found++;
    }
    return rest.len;
}

bool rp_toml_quoted(rp_toml_cursor *c, bool lines, rp_str *ret)
{
    char quote = rp_toml_peek(c);
    const char *three = quote == '"' ? "\"\"\"" : "'''", *one = quote == '"' ? "\"" : "'";
    quoted q = {.c = c, .quote = quote, .escapes = quote == '"'};
    q.lines = lines && rp_toml_eat(c, three);
    if (!q.lines)
        c->at++;
    else if (!rp_toml_eat(c, "\n")) /* a newline right behind the quotes is not part of it */
        (void)rp_toml_eat(c, "\r\n");
    if (!q.lines && borrowed(c, quote, ret))
        return true;
    q.to = rp_arena_array(c->strings, longest(c, q.lines ? three : one) + 8, 1);
    if (q.to == NULL) {
        (void)rp_fail_memory(c->err);
        c->bad = true;
        return false;
    }
    if (!body(&q))
        return false;
    *ret = (rp_str){q.to, q.n};
    return true;
}

/* ---- numbers ---- */

static bool digit(char b)
{
    return b >= '0' && b <= '9';
}

/* Digits with single underscores between them, without underscores into `to` (NULL: only checked).
 * Number of digits, 0 when it breaks the rule. */
static size_t digits(rp_str s, unsigned base, char *to)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        int d = hex_digit(s.ptr[i]);
        if (s.ptr[i] == '_') {
            if (i == 0 || i + 1 == s.len || s.ptr[i - 1] == '_')
                return 0;
            continue;
        }
        if (d < 0 || (unsigned)d >= base)
            return 0;
        if (to != NULL)
            to[n] = s.ptr[i];
        n++;
    }
    return n;
}

static bool integer(rp_str s, rp_toml *ret)
{
    bool negative = s.len != 0 && s.ptr[0] == '-',
         sign = negative || (s.len != 0 && s.ptr[0] == '+');
    rp_str body = rp_str_sub(s, sign, SIZE_MAX);
    unsigned base = rp_str_starts(body, "0x")   ? 16
                    : rp_str_starts(body, "0o") ? 8
                    : rp_str_starts(body, "0b") ? 2
                                                : 10;
    if (base != 10) {
        if (sign)
            return false;
        body = rp_str_sub(body, 2, SIZE_MAX);
    } else if (body.len > 1 && body.ptr[0] == '0') {
        return false;
    }
    uint64_t v = 0, limit = negative ? (uint64_t)1 << 63 : INT64_MAX;
    if (digits(body, base, NULL) == 0)
        return false;
    for (size_t i = 0; i < body.len; i++) {
        if (body.ptr[i] == '_')
            continue;
        uint64_t d = (uint64_t)hex_digit(body.ptr[i]);
        if (v > (limit - d) / base)
            return false;
        v = v * base + d;
    }
    ret->kind = RP_TOML_INTEGER;
    ret->integer = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

static size_t span(rp_str s, size_t from)
{
    size_t i = from;
    while (i < s.len && (digit(s.ptr[i]) || s.ptr[i] == '_'))
        i++;
    return i - from;
}

/* [sign] digits [. digits] [e [sign] digits], with at least one of the two last */
static bool float_shape(rp_str s)
{
    size_t at = s.len != 0 && (s.ptr[0] == '-' || s.ptr[0] == '+'), n = span(s, at);
    rp_str whole = rp_str_sub(s, at, n);
    bool more = false;
    if (digits(whole, 10, NULL) == 0 || (whole.len > 1 && whole.ptr[0] == '0'))
        return false;
    at += n;
    if (at < s.len && s.ptr[at] == '.') {
        n = span(s, ++at);
        if (digits(rp_str_sub(s, at, n), 10, NULL) == 0)
            return false;
        at += n;
        more = true;
    }
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        at++;
        at += at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '+');
        n = span(s, at);
        if (digits(rp_str_sub(s, at, n), 10, NULL) == 0)
            return false;
        at += n;
        more = true;
    }
    return more && at == s.len;
}

static bool floating(rp_str s, rp_toml *ret)
{
    char text[512];
    size_t n = 0, sign = s.len != 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    rp_str body = rp_str_sub(s, sign, SIZE_MAX);
    bool special = rp_str_is(body, "inf") || rp_str_is(body, "nan");
    if ((!special && !float_shape(s)) || s.len >= sizeof text)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '_')
            text[n++] = s.ptr[i];
    text[n] = '\0';
    ret->kind = RP_TOML_FLOAT;
    ret->text = s;
    ret->number = strtod(text, NULL);
    return true;
}

/* ---- dates and times (RFC 3339) ---- */

static bool number_at(rp_str s, size_t at, size_t n, unsigned *ret)
{
    *ret = 0;
    if (at > s.len || n > s.len - at)
        return false;
    for (size_t i = at; i < at + n; i++) {
        if (!digit(s.ptr[i]))
            return false;
        *ret = *ret * 10 + (unsigned)(s.ptr[i] - '0');
    }
    return true;
}

static bool byte_at(rp_str s, size_t at, char b)
{
    return at < s.len && s.ptr[at] == b;
}

/* YYYY-MM-DD at the start */
static bool date(rp_str s)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned y, m, d;
    if (!number_at(s, 0, 4, &y) || !byte_at(s, 4, '-') || !number_at(s, 5, 2, &m) ||
        !byte_at(s, 7, '-') || !number_at(s, 8, 2, &d) || m < 1 || m > 12 || d < 1)
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return d <= days[m - 1] + (unsigned)(m == 2 && leap);
}

/* HH:MM:SS[.fraction] at `at`; its length, 0 when there is none */
static size_t clock_time(rp_str s, size_t at)
{
    unsigned h, m, sec;
    if (!number_at(s, at, 2, &h) || !byte_at(s, at + 2, ':') || !number_at(s, at + 3, 2, &m) ||
        !byte_at(s, at + 5, ':') || !number_at(s, at + 6, 2, &sec) || h > 23 || m > 59 || sec > 60)
        return 0;
    size_t end = at + 8;
    if (!byte_at(s, end, '.'))
        return end - at;
    size_t from = ++end;
    while (end < s.len && digit(s.ptr[end]))
        end++;
    return end == from ? 0 : end - at;
}

static bool offset(rp_str s, size_t at)
{
    unsigned h, m;
    if (s.len - at == 1)
        return s.ptr[at] == 'Z' || s.ptr[at] == 'z';
    return s.len - at == 6 && (s.ptr[at] == '+' || s.ptr[at] == '-') &&
           number_at(s, at + 1, 2, &h) && byte_at(s, at + 3, ':') && number_at(s, at + 4, 2, &m) &&
           h <= 23 && m <= 59;
}

static bool date_or_time(rp_str s, rp_toml *ret)
{
    ret->text = s;
    size_t n = clock_time(s, 0);
    if (n != 0) {
        ret->kind = RP_TOML_LOCAL_TIME;
        return n == s.len;
    }
    if (!date(s))
        return false;
    ret->kind = RP_TOML_LOCAL_DATE;
    if (s.len == 10)
        return true;
    if (s.ptr[10] != 'T' && s.ptr[10] != 't' && s.ptr[10] != ' ')
        return false;
    n = clock_time(s, 11);
    if (n == 0)
        return false;
    ret->kind = s.len == 11 + n ? RP_TOML_LOCAL_DATETIME : RP_TOML_OFFSET_DATETIME;
    return s.len == 11 + n || offset(s, 11 + n);
}

static bool bare_byte(char b)
{
    return digit(b) || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '+' || b == '-' ||
           b == '_' || b == '.' || b == ':';
}

bool rp_toml_bare_value(rp_toml_cursor *c, rp_toml *ret)
{
    size_t end = c->at;
    while (end < c->s.len && bare_byte(c->s.ptr[end]))
        end++;
    unsigned unused;
    /* one space may stand between a date and its time */
    if (end - c->at == 10 && byte_at(c->s, end, ' ') && number_at(c->s, end + 1, 2, &unused) &&
        byte_at(c->s, end + 3, ':'))
        for (end++; end < c->s.len && bare_byte(c->s.ptr[end]);)
            end++;
    rp_str s = rp_str_sub(c->s, c->at, end - c->at);
    bool truth = rp_str_is(s, "true");
    if (truth || rp_str_is(s, "false")) {
        ret->kind = RP_TOML_BOOL;
        ret->truth = truth;
    } else if (s.len == 0 || (!integer(s, ret) && !floating(s, ret) && !date_or_time(s, ret))) {
        return rp_toml_fail(c, s.len == 0
                                   ? "a value is expected here"
                                   : "this is no value that TOML knows, or one out of range");
    }
    c->at = end;
    return true;
}
