/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/cfg.h"

enum { MAX_DEPTH = 64 }; /* all(any(not(… */

/* Names that tools set, and those by which build scripts tell of compilers that lack something. */
static bool is_seldom(rp_str key)
{
    static const char *const names[] = {"test",      "doc",  "doctest", "docsrs",  "miri",
                                        "loom",      "kani", "shuttle", "fuzzing", "bootstrap",
                                        "tarpaulin", "fuzz", "bench"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_str_is(key, names[i]))
            return true;
    return rp_str_ends(key, "_loom") || rp_str_starts(key, "no_");
}

static rp_tri look_up(const rp_cfg *cfg, rp_str key, rp_str value)
{
    bool listed = false; /* under another value */
    for (uint32_t i = 0; i < cfg->n; i++) {
        if (!rp_str_eq(cfg->names[i].key, key))
            continue;
        if (rp_str_eq(cfg->names[i].value, value))
            return cfg->names[i].is;
        listed = true;
    }
    if (rp_str_is(key, "feature"))
        return cfg->features_known ? RP_NO : RP_UNKNOWN;
    if (cfg->usual && value.len == 0 && is_seldom(key))
        return RP_NO;
    if (!cfg->target_known || rp_str_is(key, "target_feature"))
        return RP_UNKNOWN;
    /* of a listed key no other value is set; a target may be of no family */
    return listed || rp_str_is(key, "unix") || rp_str_is(key, "windows") ||
                   rp_str_is(key, "target_family")
               ? RP_NO
               : RP_UNKNOWN;
}

static rp_tri negate(rp_tri t)
{
    return t == RP_YES ? RP_NO : t == RP_NO ? RP_YES : RP_UNKNOWN;
}

static rp_tri eval(const rp_tokens *t, uint32_t from, uint32_t to, const rp_cfg *cfg,
                   unsigned depth);

/* Behind the predicate at `from`: its comma, or `to`. */
static uint32_t behind(const rp_tokens *t, uint32_t from, uint32_t to)
{
    while (from < to && t->kind[from] != RP_T_COMMA)
        from = rp_tokens_after_tree(t, from);
    return from < to ? from : to;
}

/* all(…) with `stop` RP_NO, any(…) with RP_YES: that value decides; else unknown spreads. */
static rp_tri combine(const rp_tokens *t, uint32_t from, uint32_t to, const rp_cfg *cfg,
                      unsigned depth, rp_tri stop)
{
    rp_tri result = negate(stop);
    while (from < to) {
        uint32_t end = behind(t, from, to);
        rp_tri one = eval(t, from, end, cfg, depth);
        if (one == stop)
            return stop;
        if (one == RP_UNKNOWN)
            result = RP_UNKNOWN;
        from = end + 1;
    }
    return result;
}

static rp_tri eval_group(const rp_tokens *t, rp_str word, uint32_t open, uint32_t to,
                         const rp_cfg *cfg, unsigned depth)
{
    uint32_t close = t->mate[open];
    if (close == RP_NO_MATE || close >= to || t->kind[open] != RP_T_OPEN_PAREN)
        return RP_UNKNOWN;
    if (rp_str_is(word, "all"))
        return combine(t, open + 1, close, cfg, depth + 1, RP_NO);
    if (rp_str_is(word, "any"))
        return combine(t, open + 1, close, cfg, depth + 1, RP_YES);
    if (rp_str_is(word, "not"))
        return negate(eval(t, open + 1, behind(t, open + 1, close), cfg, depth + 1));
    return RP_UNKNOWN; /* version(…), accessible(…), target(…) */
}

/* Out of the invisible delimiters that macros leave around what they hand on. */
static void unwrap(const rp_tokens *t, uint32_t *from, uint32_t *to)
{
    while (*from + 1 < *to && t->kind[*from] == RP_T_OPEN_NONE && t->mate[*from] == *to - 1) {
        (*from)++;
        (*to)--;
    }
}

static rp_tri is_value(const rp_tokens *t, rp_str key, uint32_t from, uint32_t to,
                       const rp_cfg *cfg)
{
    rp_str value;
    rp_arena scratch = {.limit = 1u << 20};
    rp_tri result = RP_UNKNOWN;
    unwrap(t, &from, &to);
    if (from + 1 == to && rp_token_string(t, from, &scratch, &value))
        result = look_up(cfg, key, value);
    rp_arena_free(&scratch);
    return result;
}

static rp_tri eval(const rp_tokens *t, uint32_t from, uint32_t to, const rp_cfg *cfg,
                   unsigned depth)
{
    unwrap(t, &from, &to);
    if (depth > MAX_DEPTH || from >= to || !rp_is_word(t->kind[from]))
        return RP_UNKNOWN;
    if (t->kind[from] == RP_T_TRUE || t->kind[from] == RP_T_FALSE)
        return t->kind[from] == RP_T_TRUE ? RP_YES : RP_NO;
    rp_str word = rp_token_word(t, from);
    if (from + 1 == to)
        return look_up(cfg, word, (rp_str){"", 0});
    if (rp_is_open(t->kind[from + 1]))
        return eval_group(t, word, from + 1, to, cfg, depth);
    return t->kind[from + 1] == RP_T_EQ ? is_value(t, word, from + 2, to, cfg) : RP_UNKNOWN;
}

rp_tri rp_cfg_eval(const rp_tokens *t, uint32_t from, uint32_t to, const rp_cfg *cfg)
{
    return eval(t, from, to, cfg, 0);
}

typedef struct {
    const rp_ast *ast;
    const rp_cfg *cfg;
    rp_meta_fn visit;
    void *user;
} metas;

static bool word_is(const rp_tokens *t, uint32_t at, const char *word)
{
    return rp_is_word(t->kind[at]) && rp_str_is(rp_token_word(t, at), word);
}

static bool visit_meta(const metas *m, rp_meta meta, unsigned depth)
{
    const rp_tokens *t = m->ast->tokens;
    uint32_t open = meta.from + 1;
    if (meta.from + 3 > meta.to || !word_is(t, meta.from, "cfg_attr") ||
        t->kind[open] != RP_T_OPEN_PAREN || t->mate[open] >= meta.to)
        return m->visit(m->user, &meta);
    uint32_t close = t->mate[open];
    uint32_t end = behind(t, open + 1, close);
    rp_tri active = rp_cfg_eval(t, open + 1, end, m->cfg);
    if (active == RP_NO || depth > MAX_DEPTH)
        return true;
    if (active == RP_UNKNOWN)
        meta.active = RP_UNKNOWN;
    while (end + 1 < close) {
        meta.from = end + 1;
        meta.to = end = behind(t, meta.from, close);
        if (meta.from < meta.to && !visit_meta(m, meta, depth + 1))
            return false;
    }
    return true;
}

void rp_metas(const rp_ast *ast, rp_id id, const rp_cfg *cfg, rp_meta_fn visit, void *user)
{
    metas m = {ast, cfg, visit, user};
    rp_id attrs = rp_kind_of(ast, id) == RP_N_ATTRS ? id : rp_node_attrs(ast, id);
    for (uint32_t i = 0; i < rp_kids_count(ast, attrs); i++) {
        rp_id attr = rp_kid(ast, attrs, i);
        rp_id path = rp_kid(ast, attr, 0);
        if (rp_node_has(ast, attr, RP_Q_DOC) || path == 0)
            continue;
        const rp_node *n = rp_node_of(ast, attr);
        const rp_tokens *t = ast->tokens;
        uint32_t first = rp_node_of(ast, path)->first,
                 to = n->last; /* the `]`, behind the `)` of unsafe( */
        if (rp_node_has(ast, attr, RP_Q_UNSAFE) && to > 0)
            to--;
        while (to > 0 && t->kind[to - 1] == RP_T_CLOSE_NONE && t->mate[to - 1] < first)
            to--;
        rp_meta meta = {attr, RP_YES, first, to};
        if (meta.from < meta.to && !visit_meta(&m, meta, 0))
            return;
    }
}

bool rp_meta_is(const rp_tokens *t, const rp_meta *meta, const char *word)
{
    return meta->from < meta->to && word_is(t, meta->from, word) &&
           (meta->from + 1 == meta->to || t->kind[meta->from + 1] != RP_T_COLON_COLON);
}

bool rp_meta_string(const rp_tokens *t, const rp_meta *meta, rp_arena *arena, rp_str *ret)
{
    uint32_t at = meta->from;
    while (at < meta->to && t->kind[at] != RP_T_EQ)
        at = rp_tokens_after_tree(t, at);
    return at + 2 == meta->to && rp_token_string(t, at + 1, arena, ret);
}

typedef struct {
    const rp_ast *ast;
    const rp_cfg *cfg;
    rp_tri result;
} cfg_of;

static bool see_cfg(void *user, const rp_meta *meta)
{
    cfg_of *c = user;
    const rp_tokens *t = c->ast->tokens;
    uint32_t open = meta->from + 1;
    if (!rp_meta_is(t, meta, "cfg") || open + 1 >= meta->to || !rp_is_open(t->kind[open]) ||
        t->mate[open] >= meta->to)
        return true;
    rp_tri one = rp_cfg_eval(t, open + 1, behind(t, open + 1, t->mate[open]), c->cfg);
    if (one == RP_NO && meta->active == RP_YES)
        c->result = RP_NO;
    else if (one != RP_YES && c->result != RP_NO)
        c->result = RP_UNKNOWN;
    return c->result != RP_NO;
}

rp_tri rp_cfg_of(const rp_ast *ast, rp_id id, const rp_cfg *cfg)
{
    cfg_of c = {ast, cfg, RP_YES};
    rp_metas(ast, id, cfg, see_cfg, &c);
    return c.result;
}
