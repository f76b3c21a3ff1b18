/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Matching as rustc does it: all places that the matcher may be at are followed at once; a fragment
 * is parsed only where it is the one way to go on. */
#include "rust/macro_match.h"

enum { MAX_THREADS = 4096 };

/* What a thread did, latest first. */
typedef struct step step;
struct step {
    const step *before;
    const rp_macro_loc *loc; /* VAR: bound; SEQUENCE: begun; REPEAT, SEPARATOR: ended */
    bool skipped;            /* SEQUENCE: begun and ended at once */
    uint32_t from, to;
};

typedef struct {
    uint32_t loc;
    const step *done;
} thread;

typedef RP_VEC(thread) threads;

typedef struct {
    const rp_tokens *m; /* of the definition */
    const rp_macro_rule *rule;
    const rp_token_source *in;
    rp_ast ast; /* fragments are parsed into it and taken out again */
    uint32_t at, end;
    threads now, next, fragments;
    const step *success;
    uint32_t successes;
    uint64_t *fuel;
    rp_arena *arena;
    bool limit;
} matcher;

/* ---- tokens ---- */

static bool same_token(const matcher *m, uint32_t pattern)
{
    const rp_tokens *a = m->m, *b = m->in->t;
    uint32_t i = m->at;
    if (i >= m->end || a->kind[pattern] == RP_T_OPEN_NONE || a->kind[pattern] == RP_T_CLOSE_NONE)
        return false;
    if (rp_is_word(a->kind[pattern]) || a->kind[pattern] == RP_T_RAW_IDENT)
        return rp_is_word(b->kind[i]) && rp_str_eq(rp_token_text(a, pattern), rp_token_text(b, i));
    if (a->kind[pattern] != b->kind[i])
        return false;
    uint32_t n = rp_tokens_glued(a, pattern);
    if (n != rp_tokens_glued(b, i) || (n == 2 && a->kind[pattern + 1] != b->kind[i + 1]))
        return false;
    bool spelled = a->kind[pattern] == RP_T_LIFETIME ||
                   (a->kind[pattern] >= RP_T_INT && a->kind[pattern] <= RP_T_RAW_C_STR);
    return !spelled || rp_str_eq(rp_token_text(a, pattern), rp_token_text(b, i));
}

/* ---- which fragments may begin with the token in hand ---- */

static bool begins_expr(uint8_t k, uint8_t group, bool since_2024)
{
    if (k == RP_T_OPEN_NONE)
        return group == RP_MF_BLOCK || group == RP_MF_EXPR || group == RP_MF_EXPR_2021 ||
               group == RP_MF_LITERAL || group == RP_MF_PATH;
    if (k == RP_T_UNDERSCORE || k == RP_T_CONST)
        return since_2024;
    static const uint8_t words[] = {
        RP_T_ASYNC,     RP_T_AWAIT,   RP_T_DO,     RP_T_BOX,   RP_T_BREAK,  RP_T_CONTINUE,
        RP_T_FALSE,     RP_T_FOR,     RP_T_GEN,    RP_T_IF,    RP_T_LOOP,   RP_T_MATCH,
        RP_T_MOVE,      RP_T_RETURN,  RP_T_TRUE,   RP_T_TRY,   RP_T_UNSAFE, RP_T_WHILE,
        RP_T_YIELD,     RP_T_BECOME,  RP_T_STATIC, RP_T_CRATE, RP_T_SELF,   RP_T_SUPER,
        RP_T_SELF_TYPE, RP_T_BUILTIN, RP_T_DYN};
    if (k >= RP_T_IDENT && k <= RP_T_YEET)
        return true;
    if (memchr(words, k, sizeof words) != NULL || rp_is_literal(k) || k == RP_T_LIFETIME)
        return true;
    return k == RP_T_OPEN_PAREN || k == RP_T_OPEN_BRACE || k == RP_T_OPEN_BRACKET ||
           k == RP_T_NOT || k == RP_T_MINUS || k == RP_T_STAR || k == RP_T_OR || k == RP_T_OR_OR ||
           k == RP_T_AND || k == RP_T_AND_AND || k == RP_T_DOT_DOT || k == RP_T_DOT_DOT_DOT ||
           k == RP_T_DOT_DOT_EQ || k == RP_T_LT || k == RP_T_LT_LT || k == RP_T_COLON_COLON ||
           k == RP_T_HASH || k == RP_T_DOLLAR;
}

static bool begins_type(uint8_t k, uint8_t group)
{
    if (k == RP_T_OPEN_NONE)
        return group == RP_MF_TY || group == RP_MF_PATH;
    static const uint8_t words[] = {RP_T_UNDERSCORE, RP_T_FOR,    RP_T_IMPL,   RP_T_FN,
                                    RP_T_UNSAFE,     RP_T_EXTERN, RP_T_TYPEOF, RP_T_DYN,
                                    RP_T_CRATE,      RP_T_SELF,   RP_T_SUPER,  RP_T_SELF_TYPE};
    if ((k >= RP_T_IDENT && k <= RP_T_AWAIT) || memchr(words, k, sizeof words) != NULL)
        return true;
    return k == RP_T_OPEN_PAREN || k == RP_T_OPEN_BRACKET || k == RP_T_NOT || k == RP_T_STAR ||
           k == RP_T_AND || k == RP_T_AND_AND || k == RP_T_QUESTION || k == RP_T_LIFETIME ||
           k == RP_T_LT || k == RP_T_LT_LT || k == RP_T_COLON_COLON || k == RP_T_DOLLAR;
}

static bool begins_pattern(uint8_t k, uint8_t group, bool with_or)
{
    if (k == RP_T_OPEN_NONE)
        return group == RP_MF_EXPR || group == RP_MF_EXPR_2021 || group == RP_MF_LITERAL ||
               group == RP_MF_META || group == RP_MF_PAT || group == RP_MF_PAT_PARAM ||
               group == RP_MF_PATH || group == RP_MF_TY;
    return rp_is_word(k) || k == RP_T_UNDERSCORE || rp_is_literal(k) || k == RP_T_OPEN_PAREN ||
           k == RP_T_OPEN_BRACKET || k == RP_T_AND || k == RP_T_AND_AND || k == RP_T_MINUS ||
           k == RP_T_DOT_DOT || k == RP_T_DOT_DOT_DOT || k == RP_T_DOT_DOT_EQ ||
           k == RP_T_COLON_COLON || k == RP_T_LT || k == RP_T_LT_LT || k == RP_T_DOLLAR ||
           (with_or && k == RP_T_OR);
}

static bool begins_path(uint8_t k, uint8_t group)
{
    if (k == RP_T_OPEN_NONE)
        return group != RP_MF_ITEM && group != RP_MF_BLOCK && group != RP_MF_VIS;
    return rp_is_word(k) || k == RP_T_COLON_COLON || k == RP_T_DOLLAR;
}

static bool may_begin(const matcher *m, rp_macro_fragment fragment)
{
    const rp_token_source *in = m->in;
    bool ends = m->at >= m->end;
    uint8_t k = ends ? (uint8_t)RP_T_EOF : in->t->kind[m->at];
    uint8_t group = k == RP_T_OPEN_NONE && in->fragment != NULL ? in->fragment[m->at] : 0;
    if (ends)
        return false;
    switch (fragment) {
    case RP_MF_EXPR:
    case RP_MF_EXPR_2021:
        return begins_expr(k, group, fragment == RP_MF_EXPR);
    case RP_MF_TY:
        return begins_type(k, group);
    case RP_MF_IDENT:
        return rp_is_word(k) || (k == RP_T_DOLLAR && in->t->kind[m->at + 1] == RP_T_CRATE);
    case RP_MF_LIFETIME:
        return k == RP_T_LIFETIME;
    case RP_MF_LITERAL:
        return rp_is_literal(k) || k == RP_T_MINUS ||
               (k == RP_T_OPEN_NONE &&
                (group == RP_MF_LITERAL || group == RP_MF_EXPR || group == RP_MF_EXPR_2021));
    case RP_MF_VIS:
        return k == RP_T_COMMA || rp_is_word(k) || k == RP_T_UNDERSCORE || k == RP_T_OPEN_NONE ||
               begins_type(k, group);
    case RP_MF_BLOCK:
        return k == RP_T_OPEN_BRACE ||
               (k == RP_T_OPEN_NONE &&
                (group == RP_MF_BLOCK || group == RP_MF_STMT || group == RP_MF_EXPR ||
                 group == RP_MF_EXPR_2021 || group == RP_MF_LITERAL));
    case RP_MF_PATH:
    case RP_MF_META:
        return begins_path(k, group);
    case RP_MF_PAT:
    case RP_MF_PAT_PARAM:
        return begins_pattern(k, group, fragment == RP_MF_PAT);
    default:
        return !rp_is_close(k);
    }
}

/* ---- fragments ---- */

/* The token behind the fragment that begins at the token in hand; UINT32_MAX: rustc's parser would
 * not take it. */
static uint32_t fragment_end(matcher *m, rp_macro_fragment fragment)
{
    static const uint8_t parsed[] = {
        [RP_MF_BLOCK] = RP_PARSE_BLOCK,     [RP_MF_EXPR] = RP_PARSE_EXPR,
        [RP_MF_EXPR_2021] = RP_PARSE_EXPR,  [RP_MF_ITEM] = RP_PARSE_ITEM,
        [RP_MF_LITERAL] = RP_PARSE_LITERAL, [RP_MF_META] = RP_PARSE_META,
        [RP_MF_PAT] = RP_PARSE_PAT,         [RP_MF_PAT_PARAM] = RP_PARSE_PAT_PARAM,
        [RP_MF_PATH] = RP_PARSE_PATH,       [RP_MF_STMT] = RP_PARSE_STMT,
        [RP_MF_TY] = RP_PARSE_TYPE,         [RP_MF_VIS] = RP_PARSE_VIS};
    const rp_tokens *t = m->in->t;
    bool dollar = t->kind[m->at] == RP_T_DOLLAR && t->kind[m->at + 1] == RP_T_CRATE;
    if (fragment == RP_MF_IDENT || fragment == RP_MF_LIFETIME)
        return m->at + 1 + dollar;
    if (fragment == RP_MF_TT)
        return dollar ? m->at + 2 : rp_tokens_after_tree(t, m->at);
    uint32_t end = m->at, nodes = m->ast.n, kids = m->ast.n_kids;
    rp_id id =
        rp_parse_fragment(&m->ast, (rp_fragment)parsed[fragment], m->at, m->end, false, &end);
    m->ast.n = nodes;
    m->ast.n_kids = kids;
    m->limit |= m->ast.refused;
    return id != 0 || fragment == RP_MF_VIS ? end : UINT32_MAX;
}

/* ---- threads ---- */

static const step *did(matcher *m, const step *before, const rp_macro_loc *loc, bool skipped,
                       uint32_t from, uint32_t to)
{
    step *s = rp_new(m->arena, 1, step);
    if (s == NULL) {
        m->limit = true;
        return before;
    }
    *s = (step){before, loc, skipped, from, to};
    return s;
}

static void go(matcher *m, threads *to, uint32_t loc, const step *done)
{
    thread *t = to->n < MAX_THREADS ? rp_vec_push(m->arena, to) : NULL;
    if (t == NULL || *m->fuel == 0) {
        m->limit = true;
        return;
    }
    --*m->fuel;
    *t = (thread){loc, done};
}

static void advance(matcher *m, thread th)
{
    const rp_macro_loc *l = &m->rule->locs[th.loc];
    switch ((rp_macro_loc_kind)l->kind) {
    case RP_LOC_TOKEN:
        if (same_token(m, l->token))
            go(m, &m->next, th.loc + 1, th.done);
        break;
    case RP_LOC_VAR:
        if (may_begin(m, (rp_macro_fragment)l->fragment))
            go(m, &m->fragments, th.loc, th.done);
        break;
    case RP_LOC_SEQUENCE:
        if (l->op != RP_T_PLUS)
            go(m, &m->now, l->to, did(m, th.done, l, true, 0, 0));
        go(m, &m->now, th.loc + 1, did(m, th.done, l, false, 0, 0));
        break;
    case RP_LOC_REPEAT:
        go(m, &m->now, th.loc + 1, did(m, th.done, l, false, 0, 0));
        if (l->op != RP_T_QUESTION)
            go(m, &m->now, l->to, th.done);
        break;
    case RP_LOC_SEPARATOR:
        go(m, &m->now, th.loc + 2, did(m, th.done, l, false, 0, 0));
        if (same_token(m, l->token))
            go(m, &m->next, th.loc + 1, th.done);
        break;
    case RP_LOC_AGAIN:
        go(m, &m->now, l->to, th.done);
        break;
    case RP_LOC_END:
        if (m->at >= m->end) {
            m->success = th.done;
            m->successes++;
        }
        break;
    }
}

/* One fragment: parsed, bound. */
static bool take_fragment(matcher *m)
{
    thread th = m->fragments.items[0];
    const rp_macro_loc *l = &m->rule->locs[th.loc];
    uint32_t end = fragment_end(m, (rp_macro_fragment)l->fragment);
    m->fragments.n = 0;
    if (end == UINT32_MAX || end > m->end)
        return false;
    go(m, &m->now, th.loc + 1, did(m, th.done, l, false, m->at, end));
    m->at = end;
    return true;
}

static rp_macro_result run(matcher *m)
{
    go(m, &m->now, 0, NULL);
    for (;;) {
        while (m->now.n != 0 && !m->limit)
            advance(m, m->now.items[--m->now.n]);
        if (m->limit)
            return RP_MACRO_LIMIT;
        if (m->at >= m->end)
            return m->successes == 1  ? RP_MACRO_EXPANDED
                   : m->successes > 1 ? RP_MACRO_ERROR
                                      : RP_MACRO_NO_RULE;
        if (m->next.n == 0 && m->fragments.n == 0)
            return RP_MACRO_NO_RULE;
        if (m->fragments.n == 0) {
            threads empty = m->now;
            m->now = m->next;
            m->next = empty;
            m->next.n = 0;
            m->at += rp_tokens_glued(m->in->t, m->at);
        } else if (m->next.n != 0 || m->fragments.n > 1) {
            return RP_MACRO_ERROR; /* local ambiguity */
        } else if (!take_fragment(m)) {
            return m->limit ? RP_MACRO_LIMIT : RP_MACRO_ERROR;
        }
    }
}

/* ---- what was bound ---- */

static rp_match *add_match(matcher *m, rp_match **top, rp_match **root, rp_match match)
{
    rp_match *new = rp_new(m->arena, 1, rp_match);
    if (new == NULL) {
        m->limit = true;
        return NULL;
    }
    *new = match;
    if (*top == NULL) {
        *root = new;
        return new;
    }
    rp_match **to = rp_vec_push(m->arena, &(*top)->items);
    m->limit |= to == NULL;
    if (to != NULL)
        *to = new;
    return new;
}

static void replay(matcher *m, const step *s, rp_match **top, rp_match **roots)
{
    const rp_macro_loc *l = s->loc;
    if (l->kind == RP_LOC_VAR) {
        (void)add_match(m, &top[l->var], &roots[l->var], (rp_match){.from = s->from, .to = s->to});
        return;
    }
    for (uint32_t v = l->var; v < l->end_var && !m->limit; v++) {
        if (l->kind == RP_LOC_SEQUENCE) {
            rp_match *list =
                add_match(m, &top[v], &roots[v], (rp_match){.list = true, .outer = top[v]});
            if (!s->skipped)
                top[v] = list;
        } else if (top[v] != NULL) {
            top[v] = top[v]->outer;
        }
        *m->fuel -= *m->fuel != 0;
    }
}

static bool bind(matcher *m, rp_match ***ret)
{
    uint32_t n = 0, i = 0;
    for (const step *s = m->success; s != NULL; s = s->before)
        n++;
    const step **order = rp_new(m->arena, n, const step *);
    rp_match **roots = rp_new(m->arena, m->rule->nvars, rp_match *);
    rp_match **top = rp_new(m->arena, m->rule->nvars, rp_match *);
    if (order == NULL || roots == NULL || top == NULL)
        return false;
    for (const step *s = m->success; s != NULL; s = s->before)
        order[n - 1 - i++] = s;
    for (i = 0; i < n && !m->limit; i++)
        replay(m, order[i], top, roots);
    *ret = roots;
    return !m->limit && *m->fuel != 0;
}

/* What a rule costs before its first token, beside a rule that is passed over for that token. */
enum { FUEL_OF_RULE = 16 };

static bool spend(uint64_t *fuel, uint64_t n)
{
    *fuel -= n < *fuel ? n : *fuel;
    return *fuel != 0;
}

rp_macro_result rp_macro_match(const rp_macro_rules *rules, const rp_macro_rule *rule,
                               const rp_token_source *in, uint32_t from, uint32_t to,
                               uint64_t *fuel, rp_arena *scratch, rp_match ***ret)
{
    matcher m = {.m = rules->source.t, .rule = rule, .in = in, .at = from, .end = to};
    m.fuel = fuel;
    m.arena = scratch;
    const rp_macro_loc *first = &rule->locs[0];
    bool hopeless = first->kind == RP_LOC_TOKEN && !same_token(&m, first->token);
    if (!spend(fuel, hopeless ? 1 : FUEL_OF_RULE))
        return RP_MACRO_LIMIT;
    if (hopeless)
        return RP_MACRO_NO_RULE;
    if (!rp_ast_small(in->t, scratch, &m.ast))
        return RP_MACRO_LIMIT;
    m.ast.edition = rules->source.t->edition;
    rp_macro_result r = run(&m);
    if (r == RP_MACRO_EXPANDED && !bind(&m, ret))
        return RP_MACRO_LIMIT;
    return r;
}
