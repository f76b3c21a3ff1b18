/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/cfg.h"

#include "base/search.h"

struct rp_target_cfg {
    const char *triple;
    const char *words;    /* "key=value name …" */
    const char *features; /* target features */
};

static const rp_target_cfg targets[] = {
#define RP_TARGET_CFG(name, words_, features_) {name, words_, features_},
#include "cargo/target_cfg.inc"
#undef RP_TARGET_CFG
};

const rp_target_cfg *rp_target_cfg_of(rp_str triple)
{
    size_t low;
    RP_SEARCH(low, RP_COUNT(targets), rp_str_cmp(rp_str_from(targets[low].triple), triple) < 0);
    return low < RP_COUNT(targets) && rp_str_cmp(rp_str_from(targets[low].triple), triple) == 0
               ? &targets[low]
               : NULL;
}

rp_str rp_host_triple(void)
{
#if defined(__x86_64__) && defined(__linux__)
    return RP_STR("x86_64-unknown-linux-gnu");
#elif defined(__aarch64__) && defined(__linux__)
    return RP_STR("aarch64-unknown-linux-gnu");
#elif defined(__aarch64__) && defined(__APPLE__)
    return RP_STR("aarch64-apple-darwin");
#elif defined(__x86_64__) && defined(__APPLE__)
    return RP_STR("x86_64-apple-darwin");
#else
    return RP_STR("");
#endif
}

/* ---- the words of a target ---- */

/* Is `key` or `key=value` among the words? */
static bool has_word(const char *words, rp_str key, rp_str value, bool with_value)
{
    for (const char *p = words; *p != '\0';) {
        size_t n = strcspn(p, " "), want = key.len + (with_value ? 1 + value.len : 0);
        if (n == want && memcmp(p, key.ptr, key.len) == 0 &&
            (!with_value ||
             (p[key.len] == '=' &&
              (value.len == 0 || memcmp(p + key.len + 1, value.ptr, value.len) == 0))))
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

static rp_tri holds(const rp_target_cfg *cfg, rp_str key, rp_str value, bool with_value)
{
    if (!with_value && rp_str_is(key, "true"))
        return RP_YES;
    if (!with_value && rp_str_is(key, "false"))
        return RP_NO;
    if (cfg == NULL)
        return RP_UNKNOWN;
    if (with_value && rp_str_is(key, "target_feature"))
        return has_word(cfg->features, value, RP_STR(""), false) ? RP_YES : RP_NO;
    return has_word(cfg->words, key, value, with_value) ? RP_YES : RP_NO;
}

/* ---- cfg(any(unix, not(target_os = "macos"))) ---- */

enum { MAX_DEPTH = 64 };

typedef struct {
    rp_str s;
    size_t at;
    const rp_target_cfg *cfg;
    bool bad;
} parser;

static void blanks(parser *p)
{
    while (p->at < p->s.len && strchr(" \t\r\n", p->s.ptr[p->at]) != NULL)
        p->at++;
}

static bool eat(parser *p, char c)
{
    blanks(p);
    if (p->at >= p->s.len || p->s.ptr[p->at] != c)
        return false;
    p->at++;
    return true;
}

static rp_str word(parser *p)
{
    blanks(p);
    size_t from = p->at;
    if (rp_str_starts(rp_str_sub(p->s, p->at, SIZE_MAX), "r#")) /* raw identifiers are names */
        from = p->at += 2;
    while (p->at < p->s.len) {
        char c = p->s.ptr[p->at];
        bool inside =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
        if (!inside)
            break;
        p->at++;
    }
    p->bad |= p->at == from;
    return rp_str_sub(p->s, from, p->at - from);
}

static rp_str quoted(parser *p)
{
    if (!eat(p, '"')) {
        p->bad = true;
        return (rp_str){0};
    }
    size_t from = p->at;
    while (p->at < p->s.len && p->s.ptr[p->at] != '"')
        p->at++;
    rp_str text = rp_str_sub(p->s, from, p->at - from);
    p->bad |= !eat(p, '"');
    return text;
}

static rp_tri both(rp_tri a, rp_tri b)
{
    if (a == RP_NO || b == RP_NO)
        return RP_NO;
    return a == RP_UNKNOWN || b == RP_UNKNOWN ? RP_UNKNOWN : RP_YES;
}

static rp_tri negated(rp_tri a)
{
    return a == RP_UNKNOWN ? RP_UNKNOWN : a == RP_YES ? RP_NO : RP_YES;
}

/* Recursion is capped: deeper is a bad expression. */
static rp_tri expression(parser *p, unsigned depth)
{
    rp_str name = word(p);
    if (p->bad || depth > MAX_DEPTH) {
        p->bad = true;
        return RP_UNKNOWN;
    }
    if (eat(p, '=')) {
        rp_str value = quoted(p);
        return holds(p->cfg, name, value, true);
    }
    if (!eat(p, '('))
        return holds(p->cfg, name, RP_STR(""), false);
    bool any = rp_str_is(name, "any"), all = rp_str_is(name, "all"), not = rp_str_is(name, "not");
    rp_tri result = any ? RP_NO : RP_YES;
    p->bad |= !any && !all && !not ;
    uint32_t n = 0;
    while (!p->bad && !eat(p, ')')) {
        rp_tri one = expression(p, depth + 1);
        result = any ? negated(both(negated(result), negated(one))) : both(result, one);
        n++;
        if (eat(p, ','))
            continue;
        p->bad |= !eat(p, ')');
        break;
    }
    p->bad |= not &&n != 1;
    return not ? negated(result) : result;
}

rp_tri rp_platform_holds(rp_str platform, rp_str triple, const rp_target_cfg *cfg)
{
    if (platform.len == 0)
        return RP_YES;
    if (!rp_str_starts(platform, "cfg("))
        return rp_str_eq(platform, triple) ? RP_YES : RP_NO;
    parser p = {.s = platform, .at = 4, .cfg = cfg};
    rp_tri result = expression(&p, 0);
    bool closed = eat(&p, ')');
    blanks(&p);
    return p.bad || !closed || p.at != p.s.len ? RP_UNKNOWN : result;
}
