/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/comment.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The part of `s` up to the first character of `stops`. */
static rp_str until(rp_str s, const char *stops)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != '\0' && strchr(stops, s.ptr[n]) == NULL)
        n++;
    return rp_str_sub(s, 0, n);
}

static rp_str after(rp_str s, const char *mark)
{
    size_t at = rp_str_find(s, rp_str_from(mark));
    return at == SIZE_MAX ? rp_str_sub(s, s.len, 0) : rp_str_sub(s, at + strlen(mark), SIZE_MAX);
}

uint32_t rp_version_number(rp_str version)
{
    uint32_t number = 0;
    size_t i = 0;
    for (int part = 0; part < 3; part++) {
        uint32_t value = 0;
        size_t digits = 0;
        while (i < version.len && is_digit(version.ptr[i]) && digits++ < 3)
            value = value * 10 + (uint32_t)(version.ptr[i++] - '0');
        if (digits == 0)
            return 0;
        number = number * 1000 + value;
        if (part < 2 && (i >= version.len || version.ptr[i++] != '.'))
            return 0;
    }
    return number;
}

rp_str rp_version_channel(rp_str version)
{
    if (version.len == 0)
        return RP_STR("");
    if (rp_str_find(version, RP_STR("-nightly")) != SIZE_MAX)
        return RP_STR("nightly");
    if (rp_str_find(version, RP_STR("-beta")) != SIZE_MAX)
        return RP_STR("beta");
    if (rp_str_find(version, RP_STR("-dev")) != SIZE_MAX)
        return RP_STR("dev");
    return RP_STR("stable");
}

static void take_higher(rp_str *old, rp_str version)
{
    if (rp_version_number(version) > rp_version_number(*old))
        *old = version;
}

/* "rustc version 1.95.0 (59807616e 2026-04-14)"; distributions may leave the brackets empty or put
 * their own text there. Of several the highest counts. */
static void add_rustc(rp_comment *c, rp_str rest)
{
    rp_str version = until(rest, " ");
    if (rp_version_number(version) <= rp_version_number(c->rustc))
        return;
    c->rustc = version;
    rp_str inside = until(after(rest, "("), ")");
    c->commit = until(inside, " ");
    c->date = until(after(inside, " "), " ");
    bool dated = c->date.len == 10 && c->date.ptr[4] == '-' && is_digit(c->date.ptr[0]);
    if (!dated)
        c->commit = c->date = rp_str_sub(inside, 0, 0);
}

void rp_comment_add(rp_comment *c, rp_str text)
{
    if (rp_str_starts(text, "rustc version ")) {
        add_rustc(c, rp_str_sub(text, 14, SIZE_MAX));
    } else if (rp_str_starts(text, "Linker: LLD ")) {
        c->lld = until(rp_str_sub(text, 12, SIZE_MAX), " (");
    } else if (rp_str_starts(text, "mold ")) {
        c->mold = until(rp_str_sub(text, 5, SIZE_MAX), " (");
    } else if (rp_str_starts(text, "Linker: ")) {
        c->other_linker = until(rp_str_sub(text, 8, SIZE_MAX), "(");
    } else if (rp_str_starts(text, "GCC: ")) {
        /* "GCC: (Debian 12.2.0-14+deb12u1) 12.2.0": what follows the brackets */
        take_higher(&c->gcc, until(after(text, ") "), " "));
    } else if (rp_str_find(text, RP_STR("clang version ")) != SIZE_MAX) {
        take_higher(&c->clang, until(after(text, "clang version "), " -("));
    }
}
