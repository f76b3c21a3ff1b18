/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/demangle_v0_parser.h"

#include "base/utf8.h"
#include "origin/punycode.h"

enum { MAX_DEPTH = 200, MAX_STEPS = 200000, MAX_TEXT = 1 << 16 };

void rp_v0_put(rp_v0 *d, const char *text)
{
    if (d->out != NULL && !d->bad)
        rp_buf_puts(d->out, text);
}

void rp_v0_put_char(rp_v0 *d, char c)
{
    if (d->out != NULL && !d->bad)
        rp_buf_char(d->out, c);
}

void rp_v0_put_number(rp_v0 *d, uint64_t n, bool hex)
{
    if (d->out != NULL && !d->bad)
        rp_buf_printf(d->out, hex ? "%llx" : "%llu", (unsigned long long)n);
}

char rp_v0_peek(const rp_v0 *d)
{
    return d->bad || d->at >= d->s.len ? '\0' : d->s.ptr[d->at];
}

char rp_v0_next(rp_v0 *d)
{
    char c = rp_v0_peek(d);
    if (c == '\0')
        d->bad = true;
    else
        d->at++;
    return c;
}

bool rp_v0_eat(rp_v0 *d, char c)
{
    if (rp_v0_peek(d) != c)
        return false;
    d->at++;
    return true;
}

bool rp_v0_enter(rp_v0 *d)
{
    if (++d->depth > MAX_DEPTH || ++d->steps > MAX_STEPS)
        d->bad = true;
    if (d->out != NULL && (d->out->bad || d->out->len > MAX_TEXT))
        d->bad = true;
    return !d->bad;
}

void rp_v0_leave(rp_v0 *d)
{
    d->depth--;
}

/* base-62-number: "_" is 0, else digits and "_", plus 1 */
uint64_t rp_v0_integer_62(rp_v0 *d)
{
    uint64_t x = 0;
    if (rp_v0_eat(d, '_'))
        return 0;
    while (!rp_v0_eat(d, '_')) {
        char c = rp_v0_next(d);
        uint64_t v = c >= '0' && c <= '9'   ? (uint64_t)(c - '0')
                     : c >= 'a' && c <= 'z' ? (uint64_t)(c - 'a') + 10
                     : c >= 'A' && c <= 'Z' ? (uint64_t)(c - 'A') + 36
                                            : 62;
        if (v == 62 || x > (UINT64_MAX - v) / 62) {
            d->bad = true;
            return 0;
        }
        x = x * 62 + v;
    }
    if (x == UINT64_MAX)
        d->bad = true;
    return x + 1;
}

uint64_t rp_v0_optional_62(rp_v0 *d, char tag)
{
    if (!rp_v0_eat(d, tag))
        return 0;
    uint64_t x = rp_v0_integer_62(d);
    if (x == UINT64_MAX)
        d->bad = true;
    return x + 1;
}

static size_t decimal(rp_v0 *d)
{
    size_t n = 0;
    char c = rp_v0_next(d);
    if (c < '0' || c > '9') {
        d->bad = true;
        return 0;
    }
    if (c == '0')
        return 0;
    n = (size_t)(c - '0');
    while (rp_v0_peek(d) >= '0' && rp_v0_peek(d) <= '9' && n <= d->s.len)
        n = n * 10 + (size_t)(rp_v0_next(d) - '0');
    return n;
}

rp_v0_ident rp_v0_ident_next(rp_v0 *d)
{
    rp_v0_ident id = {{"", 0}, {"", 0}};
    bool puny = rp_v0_eat(d, 'u');
    size_t len = decimal(d);
    (void)rp_v0_eat(d, '_');
    if (d->bad || len > d->s.len - d->at) {
        d->bad = true;
        return id;
    }
    id.ascii = rp_str_sub(d->s, d->at, len);
    d->at += len;
    if (!puny)
        return id;
    size_t split = len;
    while (split > 0 && id.ascii.ptr[split - 1] != '_')
        split--;
    id.punycode = rp_str_sub(id.ascii, split, SIZE_MAX);
    id.ascii = rp_str_sub(id.ascii, 0, split ? split - 1 : 0);
    if (id.punycode.len == 0)
        d->bad = true;
    return id;
}

void rp_v0_put_ident(rp_v0 *d, rp_v0_ident id)
{
    uint32_t points[RP_PUNYCODE_MAX];
    if (d->out == NULL || d->bad)
        return;
    if (id.punycode.len == 0) {
        rp_buf_put(d->out, id.ascii);
        return;
    }
    size_t n = rp_punycode_decode(id.ascii, id.punycode, points);
    for (size_t i = 0; i < n; i++)
        (void)rp_utf8_put(d->out, points[i]);
    if (n != 0)
        return;
    rp_v0_put(d, "punycode{");
    rp_buf_put(d->out, id.ascii);
    rp_v0_put(d, id.ascii.len ? "-" : "");
    rp_buf_put(d->out, id.punycode);
    rp_v0_put(d, "}");
}

/* Follows a back reference with `f`; when only parsing it is not followed (its target was parsed
 * before). */
void rp_v0_backref(rp_v0 *d, void (*f)(rp_v0 *d, bool in_value), bool in_value)
{
    size_t start = d->at - 1;
    uint64_t to = rp_v0_integer_62(d);
    if (d->bad || to >= start) {
        d->bad = true;
        return;
    }
    if (d->out == NULL && d->info == NULL)
        return;
    size_t back = d->at;
    d->at = (size_t)to;
    if (rp_v0_enter(d))
        f(d, in_value);
    rp_v0_leave(d);
    d->at = back;
}

/* Items up to 'E', each by f, `separator` between. Returns how many. */
unsigned rp_v0_list(rp_v0 *d, void (*f)(rp_v0 *d), const char *separator)
{
    unsigned n = 0;
    while (!d->bad && !rp_v0_eat(d, 'E')) {
        if (n++ != 0)
            rp_v0_put(d, separator);
        f(d);
    }
    return n;
}
