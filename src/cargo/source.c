/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sources as lock files and package ids write them. */
#include "base/numbers.h"
#include "cargo/source.h"

static rp_str after(rp_str s, size_t n)
{
    return rp_str_sub(s, n, SIZE_MAX);
}

/* Splits at the first (or last) `c`; *ret_rest is empty without. */
static rp_str cut(rp_str s, char c, rp_str *ret_rest)
{
    const char *at = s.len != 0 ? memchr(s.ptr, c, s.len) : NULL;
    size_t n = at != NULL ? (size_t)(at - s.ptr) : s.len;
    *ret_rest = at != NULL ? after(s, n + 1) : (rp_str){"", 0};
    return rp_str_sub(s, 0, n);
}

/* application/x-www-form-urlencoded, as the `url` crate reads queries: "+" is a space. A "%" that
 * begins no escape stays. */
static bool form_decode(rp_str *s, rp_arena *arena)
{
    char *out = rp_new(arena, s->len + 1, char);
    size_t n = 0;
    if (out == NULL)
        return false;
    for (size_t i = 0; i < s->len; i++) {
        char c = s->ptr[i];
        int high = c == '%' && i + 2 < s->len ? rp_hex_digit(s->ptr[i + 1]) : -1;
        int low = high >= 0 ? rp_hex_digit(s->ptr[i + 2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[n++] = c == '+' && low < 0 ? ' ' : c;
    }
    *s = (rp_str){out, n};
    return true;
}

/* The one pair of the query that Cargo looks at; "ref" is an old word for "branch", and "rev=" may
 * come without a word. */
static bool git_reference(rp_str query, bool decode, rp_arena *arena, rp_str *ret)
{
    static const char *const words[] = {"branch=", "tag=", "rev=", "ref="};
    while (query.len != 0) {
        rp_str pair = cut(query, '&', &query);
        for (size_t i = 0; i < RP_COUNT(words); i++) {
            if (!rp_str_starts(pair, words[i]))
                continue;
            bool old = i == 3;
            if (decode && !form_decode(&pair, arena))
                return false;
            if (old)
                pair = rp_arena_printf(arena, "branch=%.*s", RP_FMT(after(pair, strlen(words[i]))));
            *ret = pair;
            return !old || pair.ptr != NULL;
        }
    }
    return true;
}

/* The default registry: in lock files under this name, whatever protocol fetched it; in package ids
 * of sparse registries by its host. */
static bool is_crates_io(rp_str url)
{
    static const char sparse[] = "sparse+https://";
    rp_str rest, host;
    if (rp_str_is(url, "https://github.com/rust-lang/crates.io-index"))
        return true;
    if (!rp_str_starts(url, sparse))
        return false;
    host = cut(after(url, strlen(sparse)), '/', &rest);
    return rp_str_is(host, "crates.io") || rp_str_ends(host, ".crates.io");
}

static bool parse_git(rp_str text, bool decode, rp_arena *arena, rp_crate_source *ret)
{
    rp_str fragment, query;
    rp_str url = cut(text, '#', &fragment);
    url = cut(url, '?', &query);
    *ret = (rp_crate_source){
        .kind = RP_FROM_GIT, .url = url, .revision = fragment, .crates_io = RP_NO};
    return git_reference(query, decode, arena, &ret->reference);
}

bool rp_crate_source_parse(rp_str text, bool decode, rp_arena *arena, rp_crate_source *ret)
{
    *ret = (rp_crate_source){.crates_io = RP_NO, .url = text};
    if (text.len == 0) {
        ret->kind = RP_FROM_PATH;
    } else if (rp_str_starts(text, "registry+")) {
        ret->kind = RP_FROM_REGISTRY;
        ret->url = after(text, strlen("registry+"));
        ret->crates_io = is_crates_io(ret->url) ? RP_YES : RP_NO;
    } else if (rp_str_starts(text, "sparse+")) {
        ret->kind = RP_FROM_REGISTRY;
        ret->crates_io = is_crates_io(text) ? RP_YES : RP_NO;
    } else if (rp_str_starts(text, "local-registry+") || rp_str_starts(text, "directory+")) {
        ret->kind = RP_FROM_REGISTRY; /* a stand-in of some registry: which one is not written */
        ret->crates_io = RP_UNKNOWN;
    } else if (rp_str_starts(text, "git+")) {
        return parse_git(after(text, strlen("git+")), decode, arena, ret);
    } else if (rp_str_starts(text, "path+")) {
        rp_str rest;
        ret->kind = RP_FROM_PATH;
        ret->url = (rp_str){"", 0};
        ret->path = cut(after(text, strlen("path+")), '#', &rest);
        if (rp_str_starts(ret->path, "file://"))
            ret->path = after(ret->path, strlen("file://"));
    } else {
        ret->crates_io = RP_UNKNOWN;
    }
    return true;
}

bool rp_crate_source_eq(const rp_crate_source *a, const rp_crate_source *b)
{
    return a->kind == b->kind && rp_str_eq(a->url, b->url) &&
           rp_str_eq(a->reference, b->reference) && rp_str_eq(a->revision, b->revision) &&
           rp_str_eq(a->path, b->path);
}
