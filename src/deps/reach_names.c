/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/reach_names.h"

#include "origin/crate_paths.h"
#include "origin/demangle.h"

#include <stdio.h>

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_type_name(rp_str s)
{
    return s.len != 0 && is_upper(s.ptr[0]);
}

static bool is_ident(rp_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9') || c == '_' ||
                    c == '#' || c == '-' || (unsigned char)c >= 0x80;
        if (!word)
            return false;
    }
    return s.len != 0;
}

/* Behind the '>' that closes the '<' at `at`; "->" closes nothing. */
static size_t behind_angle(rp_str s, size_t at)
{
    size_t depth = 0;
    for (size_t i = at; i < s.len; i++) {
        if (s.ptr[i] == '<')
            depth++;
        else if (s.ptr[i] == '>' && i > 0 && s.ptr[i - 1] != '-' && --depth == 0)
            return i + 1;
    }
    return s.len;
}

/* First `text` outside of brackets, SIZE_MAX without. */
static size_t find_outside(rp_str s, rp_str text)
{
    size_t depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (depth == 0 && s.len - i >= text.len && memcmp(s.ptr + i, text.ptr, text.len) == 0)
            return i;
        if (c == '<' || c == '(' || c == '[')
            depth++;
        else if ((c == '>' && i > 0 && s.ptr[i - 1] != '-') || c == ')' || c == ']')
            depth -= depth != 0;
    }
    return SIZE_MAX;
}

typedef struct {
    rp_str s[RP_PATH_SEGMENTS];
    uint32_t n;
    bool full;
} segments;

static void push(segments *to, rp_str s)
{
    if (to->n < RP_PATH_SEGMENTS)
        to->s[to->n++] = s;
    else
        to->full = true;
}

/* Plain segments of a path without a leading bracket: "a::b<T>::<U>::c" → a, b, c. What is no
 * identifier ({{closure}}, {shim:vtable#0}) is left out. Returns where a segment begins that is a
 * bracket of its own ("<impl …>"), or the end. */
static size_t plain(rp_str s, size_t at, segments *to)
{
    while (at < s.len) {
        if (s.ptr[at] == '<') { /* "::<U>" of a generic function, or "<impl …>" */
            size_t end = behind_angle(s, at);
            if (rp_str_starts(rp_str_sub(s, at, SIZE_MAX), "<impl "))
                return at;
            at = end;
        } else {
            size_t end = at;
            while (end < s.len && s.ptr[end] != ':' && s.ptr[end] != '<')
                end++;
            rp_str one = rp_str_sub(s, at, end - at);
            if (is_ident(one))
                push(to, one);
            at = end < s.len && s.ptr[end] == '<' ? behind_angle(s, end) : end;
        }
        while (at < s.len && s.ptr[at] == ':')
            at++;
    }
    return s.len;
}

/* "&mut a::B<T>" → a, B; a tuple, slice or trait object of several gives nothing. */
static void type_path(rp_str t, segments *to)
{
    static const char *const prefixes[] = {"&", "*const ", "*mut ", "mut ", "dyn ", "impl "};
    for (size_t i = 0; i < RP_COUNT(prefixes); i++)
        if (rp_str_starts(t, prefixes[i])) {
            t = rp_str_sub(t, strlen(prefixes[i]), SIZE_MAX);
            i = SIZE_MAX; /* again from the first */
        }
    if (t.len != 0 && t.ptr[0] != '<')
        (void)plain(t, 0, to);
}

/* ---- the two sides ---- */

bool rp_fn_path_parse(rp_str text, rp_fn_path *ret)
{
    segments s = {.n = 0};
    (void)plain(text, 0, &s);
    *ret = (rp_fn_path){.n = s.n};
    if (s.n < 2 || s.full)
        return false;
    memcpy(ret->segments, s.s, sizeof s.s);
    rp_str last = s.s[s.n - 1];
    ret->is_type = is_type_name(last);
    bool fits = last.len < sizeof ret->needle - 4;
    if (fits && ret->is_type) /* "$LT$impl$u20$a..B$GT$" has no length of its own for B */
        (void)snprintf(ret->needle, sizeof ret->needle, "%.*s", RP_FMT(last));
    else if (fits)
        (void)snprintf(ret->needle, sizeof ret->needle, "%zu%.*s", last.len, RP_FMT(last));
    return true;
}

/* Middle segments of the path are some of the candidate's, in order; a type among those that are
 * left over makes it another function: `shlex::quote` is no method. */
static bool middle(const rp_fn_path *p, const segments *c)
{
    uint32_t want = 1, last = p->n - 1;
    for (uint32_t i = 1; i + 1 < c->n; i++) {
        if (want < last && rp_str_eq(c->s[i], p->segments[want]))
            want++;
        else if (is_type_name(c->s[i]) && !(want < last))
            return false;
    }
    return want == last;
}

static bool equal(const rp_fn_path *p, const segments *c)
{
    if (c->full || c->n < 2 || !rp_crate_name_eq(c->s[0], p->segments[0]))
        return false;
    if (!p->is_type)
        return c->n >= p->n && rp_str_eq(c->s[c->n - 1], p->segments[p->n - 1]) && middle(p, c);
    /* a type: any function below it */
    for (uint32_t i = 1; i + 1 < c->n; i++)
        if (rp_str_eq(c->s[i], p->segments[p->n - 1]))
            return true;
    return false;
}

static bool equal_below(const rp_fn_path *p, rp_str type, rp_str tail)
{
    segments s = {.n = 0};
    type_path(type, &s);
    if (s.n == 0)
        return false;
    (void)plain(tail, 0, &s);
    return equal(p, &s);
}

/* "A as B" or "impl B for A" or "impl A", and what follows the bracket. */
static bool bracket(const rp_fn_path *p, rp_str inner, rp_str tail)
{
    bool impl = rp_str_starts(inner, "impl ");
    if (impl)
        inner = rp_str_sub(inner, 5, SIZE_MAX);
    rp_str mark = impl ? RP_STR(" for ") : RP_STR(" as ");
    size_t at = find_outside(inner, mark);
    if (at == SIZE_MAX)
        return equal_below(p, inner, tail);
    return equal_below(p, rp_str_sub(inner, 0, at), tail) ||
           equal_below(p, rp_str_sub(inner, at + mark.len, SIZE_MAX), tail);
}

bool rp_fn_path_match_readable(const rp_fn_path *p, rp_str name)
{
    segments s = {.n = 0};
    size_t at = name.len != 0 && name.ptr[0] == '<' ? 0 : plain(name, 0, &s);
    if (at >= name.len)
        return equal(p, &s);
    size_t end = behind_angle(name, at);
    if (end < at + 2)
        return false;
    rp_str tail = rp_str_sub(name, end, SIZE_MAX);
    while (tail.len != 0 && tail.ptr[0] == ':')
        tail = rp_str_sub(tail, 1, SIZE_MAX);
    return bracket(p, rp_str_sub(name, at + 1, end - at - 2), tail);
}

bool rp_fn_path_match(const rp_fn_path *p, rp_str mangled, rp_buf *scratch)
{
    if (p->needle[0] != '\0' && rp_str_find(mangled, rp_str_from(p->needle)) == SIZE_MAX)
        return false;
    rp_buf_clear(scratch);
    return rp_demangle(mangled, false, scratch) &&
           rp_fn_path_match_readable(p, rp_buf_str(scratch));
}
