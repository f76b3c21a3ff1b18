/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Writing the right side of a rule (the Rust Reference, "Macros By Example": transcribing). */
#include "base/limits.h"
#include "rust/macro_match.h"

enum { MAX_NEST = 32 };

typedef struct {
    const rp_token_source *m; /* of the definition */
    const rp_macro_rule *rule;
    rp_match *const *matches;
    const rp_token_source *in;
    uint32_t site;
    uint32_t round[MAX_NEST]; /* of each repetition around */
    unsigned depth;
    uint64_t *fuel;
    rp_token_writer *out;
    rp_macro_result result;
} writing;

static void stop(writing *w, rp_macro_result why)
{
    if (w->result == RP_MACRO_EXPANDED)
        w->result = why;
}

static bool spend(writing *w, uint64_t n)
{
    if (*w->fuel <= n || w->out->refused || w->out->full)
        stop(w, RP_MACRO_LIMIT);
    else
        *w->fuel -= n;
    return w->result == RP_MACRO_EXPANDED;
}

/* The variable that token i names, UINT32_MAX: none. */
static uint32_t variable_at(const writing *w, uint32_t i)
{
    rp_str name = rp_token_word(w->m->t, i);
    uint32_t site = rp_origin_of(w->m, i).site;
    for (uint32_t v = 0; v < w->rule->nvars; v++)
        if (rp_str_eq(w->rule->vars[v].name, name) && w->rule->vars[v].site == site)
            return v;
    return UINT32_MAX;
}

/* What a variable stands for in this round of the repetitions around; NULL: nothing. */
static const rp_match *match_now(const writing *w, uint32_t var)
{
    const rp_match *m = w->matches[var];
    for (unsigned d = 0; d < w->depth && m != NULL && m->list; d++)
        m = w->round[d] < m->items.n ? m->items.items[w->round[d]] : NULL;
    return m;
}

/* Does a fragment get delimiters that nobody wrote? One that is handed on as what it was has its
 * own (rustc: a nonterminal that is matched by its own kind stays one). */
static bool is_wrapped(const rp_token_source *in, const rp_match *m, uint8_t fragment)
{
    if (fragment == RP_MF_IDENT || fragment == RP_MF_LIFETIME || fragment == RP_MF_TT)
        return false;
    const rp_tokens *t = in->t;
    bool has_own = in->fragment != NULL && m->from < m->to && t->kind[m->from] == RP_T_OPEN_NONE &&
                   t->mate[m->from] == m->to - 1 && in->fragment[m->from] == fragment;
    return !has_own;
}

static void put_variable(writing *w, uint32_t at, uint32_t var)
{
    const rp_match *m = match_now(w, var);
    uint8_t fragment = w->rule->vars[var].fragment;
    rp_origin origin = rp_origin_of(w->m, at);
    origin.site = w->site;
    if (m == NULL || m->list) {
        stop(w, RP_MACRO_ERROR); /* still repeating at this depth */
        return;
    }
    if (!spend(w, m->to - m->from + 1))
        return;
    bool wrap = is_wrapped(w->in, m, fragment);
    if (wrap)
        rp_writer_put(w->out, RP_T_OPEN_NONE, fragment, RP_STR(""), origin);
    rp_writer_copy_all(w->out, w->in, m->from, m->to, 0);
    if (wrap)
        rp_writer_put(w->out, RP_T_CLOSE_NONE, fragment, RP_STR(""), origin);
}

/* How often a repetition of the tokens [from, to) goes on: as its variables do, which must agree.
 */
static bool rounds(writing *w, uint32_t from, uint32_t to, uint32_t *ret)
{
    const rp_tokens *t = w->m->t;
    bool any = false;
    for (uint32_t i = from; i + 1 < to; i++) {
        if (t->kind[i] != RP_T_DOLLAR || !rp_is_word(t->kind[i + 1]))
            continue;
        uint32_t var = variable_at(w, i + 1);
        const rp_match *m = var != UINT32_MAX ? match_now(w, var) : NULL;
        if (m == NULL || !m->list)
            continue;
        if (any && m->items.n != *ret)
            return false;
        *ret = m->items.n;
        any = true;
    }
    return any && spend(w, to - from);
}

static bool is_op(uint8_t k)
{
    return k == RP_T_STAR || k == RP_T_PLUS || k == RP_T_QUESTION;
}

static void put_range(writing *w, uint32_t from, uint32_t to);

/* `$( … ) separator op` at `at`; returns the token behind it. */
static uint32_t repetition(writing *w, uint32_t at, uint32_t to)
{
    const rp_tokens *t = w->m->t;
    uint32_t close = t->mate[at + 1], op = close + 1, n = 0;
    uint32_t separator = op < to && !is_op(t->kind[op]) ? op : UINT32_MAX;
    if (separator != UINT32_MAX)
        op += rp_tokens_glued(t, separator);
    bool fits = close < to && op < to && is_op(t->kind[op]) && w->depth < MAX_NEST;
    if (!fits || !rounds(w, at + 2, close, &n) || (t->kind[op] == RP_T_PLUS && n == 0)) {
        stop(w, RP_MACRO_ERROR);
        return to;
    }
    unsigned level = w->depth++;
    for (uint32_t i = 0; i < n && w->result == RP_MACRO_EXPANDED; i++) {
        w->round[level] = i;
        if (i != 0 && separator != UINT32_MAX)
            rp_writer_copy_all(w->out, w->m, separator, op, w->site);
        put_range(w, at + 2, close);
    }
    w->depth--;
    return op + 1;
}

/* A `$`, which nothing but a variable, a repetition or `crate` may follow, or the end of a group:
 * `m!($)`. Of another macro's variable both tokens stay. */
static uint32_t dollar(writing *w, uint32_t i, uint32_t to)
{
    const rp_tokens *t = w->m->t;
    uint8_t next = i + 1 < to ? t->kind[i + 1] : (uint8_t)RP_T_EOF;
    if (next == RP_T_OPEN_PAREN)
        return repetition(w, i, to);
    if (next == RP_T_EOF || rp_is_close(next)) {
        rp_writer_copy(w->out, w->m, i, w->site);
        return i + 1;
    }
    if (!rp_is_word(next) && next != RP_T_UNDERSCORE) {
        stop(w, RP_MACRO_ERROR); /* ${count(x)}, $$: not stable */
        return to;
    }
    uint32_t var = next != RP_T_CRATE ? variable_at(w, i + 1) : UINT32_MAX;
    if (var != UINT32_MAX)
        put_variable(w, i, var);
    else
        rp_writer_copy_all(w->out, w->m, i, i + 2, w->site);
    return i + 2;
}

static void put_range(writing *w, uint32_t from, uint32_t to)
{
    const uint8_t *kind = w->m->t->kind;
    for (uint32_t i = from; i < to && spend(w, 1);) {
        if (kind[i] == RP_T_DOLLAR) {
            i = dollar(w, i, to);
            continue;
        }
        const uint8_t *hit = memchr(kind + i, RP_T_DOLLAR, to - i);
        uint32_t end = hit != NULL ? (uint32_t)(hit - kind) : to;
        if (spend(w, end - i - 1))
            rp_writer_copy_all(w->out, w->m, i, end, w->site);
        i = end;
    }
}

rp_macro_result rp_macro_write(const rp_macro_rules *m, const rp_macro_rule *rule,
                               rp_match *const *matches, const rp_token_source *in, uint32_t site,
                               uint64_t *fuel, rp_token_writer *out)
{
    writing w = {.m = &m->source, .rule = rule, .matches = matches, .in = in, .site = site};
    w.fuel = fuel;
    w.out = out;
    put_range(&w, rule->from, rule->to);
    if (out->refused || out->full)
        stop(&w, RP_MACRO_LIMIT);
    return w.result;
}

/* ---- a whole call ---- */

static bool has_documentation(const rp_tokens *t, uint32_t from, uint32_t to)
{
    return rp_tokens_have(t, from, to, RP_T_DOC_OUTER) ||
           rp_tokens_have(t, from, to, RP_T_DOC_INNER);
}

/* The input with documentation comments as attributes. */
static bool make_input(const rp_token_source *in, uint32_t from, uint32_t to, rp_arena *scratch,
                       rp_token_source *ret)
{
    rp_token_writer w = {.arena = scratch, .max = RP_MAX_MACRO_TOKENS};
    rp_tokens *t = rp_new(scratch, 1, rp_tokens);
    rp_writer_copy_input(&w, in, from, to);
    return t != NULL && rp_writer_finish(&w, in->t->edition, t, ret);
}

rp_macro_result rp_macro_expand(const rp_macro_rules *m, const rp_token_source *in, uint32_t from,
                                uint32_t to, uint32_t site, uint64_t *fuel, rp_arena *scratch,
                                rp_token_writer *out)
{
    rp_token_source input = *in;
    if (m->wrong != NULL)
        return RP_MACRO_ERROR;
    if (has_documentation(in->t, from, to)) {
        if (!make_input(in, from, to, scratch, &input))
            return RP_MACRO_LIMIT;
        from = 0;
        to = input.t->n;
    }
    for (uint32_t i = 0; i < m->nrules; i++) {
        rp_match **matches = NULL;
        rp_macro_result r =
            rp_macro_match(m, &m->rules[i], &input, from, to, fuel, scratch, &matches);
        if (r == RP_MACRO_EXPANDED)
            return rp_macro_write(m, &m->rules[i], matches, &input, site, fuel, out);
        if (r != RP_MACRO_NO_RULE)
            return r;
    }
    return RP_MACRO_NO_RULE;
}
