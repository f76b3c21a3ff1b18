/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text/semver.h"

#include "text/semver_scan.h"

/* ---- scanning ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool rp_semver_number(rp_str *s, uint64_t *ret)
{
    uint64_t v = 0;
    size_t n = 0;
    for (; n < s->len && is_digit(s->ptr[n]); n++) {
        uint64_t digit = (uint64_t)(s->ptr[n] - '0');
        if (v > (UINT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    if (n == 0 || (n > 1 && s->ptr[0] == '0'))
        return false;
    *s = rp_str_sub(*s, n, SIZE_MAX);
    *ret = v;
    return true;
}

static bool is_identifier_byte(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* SemVer 9: numeric identifiers of pre-releases have no leading zeros. */
static bool is_identifier(rp_str part, bool zeros)
{
    bool numeric = true;
    for (size_t i = 0; i < part.len; i++)
        numeric &= is_digit(part.ptr[i]);
    return part.len > 0 && (zeros || !numeric || part.len == 1 || part.ptr[0] != '0');
}

bool rp_semver_identifiers(rp_str *s, bool zeros, rp_str *ret)
{
    size_t start = 0, n = 0;
    for (;; n++) {
        if (n < s->len && is_identifier_byte(s->ptr[n]))
            continue;
        if (!is_identifier(rp_str_sub(*s, start, n - start), zeros))
            return false;
        if (n >= s->len || s->ptr[n] != '.')
            break;
        start = n + 1;
    }
    *ret = rp_str_sub(*s, 0, n);
    *s = rp_str_sub(*s, n, SIZE_MAX);
    return true;
}

bool rp_semver_eat(rp_str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = rp_str_sub(*s, 1, SIZE_MAX);
    return true;
}

bool rp_semver_parse(rp_str text, rp_semver *ret)
{
    rp_semver v = {.pre = {"", 0}, .build = {"", 0}};
    if (!rp_semver_number(&text, &v.major) || !rp_semver_eat(&text, '.') ||
        !rp_semver_number(&text, &v.minor) || !rp_semver_eat(&text, '.') ||
        !rp_semver_number(&text, &v.patch))
        return false;
    if (rp_semver_eat(&text, '-') && !rp_semver_identifiers(&text, false, &v.pre))
        return false;
    if (rp_semver_eat(&text, '+') && !rp_semver_identifiers(&text, true, &v.build))
        return false;
    if (text.len > 0)
        return false;
    *ret = v;
    return true;
}

/* ---- order ---- */

static int cmp_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static rp_str next_identifier(rp_str *s)
{
    size_t n = 0;
    while (n < s->len && s->ptr[n] != '.')
        n++;
    rp_str part = rp_str_sub(*s, 0, n);
    *s = rp_str_sub(*s, n + 1, SIZE_MAX);
    return part;
}

static bool is_numeric(rp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i]))
            return false;
    return true;
}

/* SemVer 11.4: numbers by value and below words, words by ASCII. Numbers have no leading zeros, so
 * the longer one is the greater, however long. */
static int cmp_identifiers(rp_str a, rp_str b)
{
    bool na = is_numeric(a), nb = is_numeric(b);
    if (na != nb)
        return na ? -1 : 1;
    if (na && a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return rp_str_cmp(a, b);
}

int rp_semver_cmp_pre(rp_str a, rp_str b)
{
    if (a.len == 0 || b.len == 0) /* SemVer 11.3: a release is above its pre-releases */
        return (a.len == 0) - (b.len == 0);
    while (a.len > 0 && b.len > 0) {
        int c = cmp_identifiers(next_identifier(&a), next_identifier(&b));
        if (c != 0)
            return c;
    }
    return (a.len > 0) - (b.len > 0);
}

int rp_semver_cmp(const rp_semver *a, const rp_semver *b)
{
    int c = cmp_numbers(a->major, b->major);
    if (c == 0)
        c = cmp_numbers(a->minor, b->minor);
    if (c == 0)
        c = cmp_numbers(a->patch, b->patch);
    return c != 0 ? c : rp_semver_cmp_pre(a->pre, b->pre);
}

rp_str rp_semver_text(rp_arena *arena, const rp_semver *v)
{
    return rp_arena_printf(arena, "%llu.%llu.%llu%s%.*s%s%.*s", (unsigned long long)v->major,
                           (unsigned long long)v->minor, (unsigned long long)v->patch,
                           v->pre.len > 0 ? "-" : "", RP_FMT(v->pre), v->build.len > 0 ? "+" : "",
                           RP_FMT(v->build));
}
