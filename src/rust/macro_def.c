/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Definitions of macro_rules!: matchers laid out as rows of places, and what rustc refuses of them
 * (the Rust Reference, "Macros By Example": repetitions, follow-set ambiguity). */
#include "rust/macro.h"

enum { MAX_NEST = 32, MAX_VARS = 1024 };

typedef struct {
    const rp_token_source *s;
    rp_arena *arena;
    RP_VEC(rp_macro_loc) locs;
    RP_VEC(rp_macro_var) vars;
    const char *wrong;
    bool refused;
} reading;

rp_macro_fragment rp_macro_fragment_of(rp_str word, rp_edition edition)
{
    static const struct {
        const char *name;
        rp_macro_fragment fragment;
    } rows[] = {
        {"block", RP_MF_BLOCK},
        {"expr", RP_MF_EXPR},
        {"expr_2021", RP_MF_EXPR_2021},
        {"ident", RP_MF_IDENT},
        {"item", RP_MF_ITEM},
        {"lifetime", RP_MF_LIFETIME},
        {"literal", RP_MF_LITERAL},
        {"meta", RP_MF_META},
        {"pat", RP_MF_PAT},
        {"path", RP_MF_PATH},
        {"pat_param", RP_MF_PAT_PARAM},
        {"stmt", RP_MF_STMT},
        {"tt", RP_MF_TT},
        {"ty", RP_MF_TY},
        {"vis", RP_MF_VIS},
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++)
        if (rp_str_is(word, rows[i].name)) {
            if (rows[i].fragment == RP_MF_EXPR && edition < RP_EDITION_2024)
                return RP_MF_EXPR_2021;
            if (rows[i].fragment == RP_MF_PAT && edition < RP_EDITION_2021)
                return RP_MF_PAT_PARAM;
            return rows[i].fragment;
        }
    return RP_MF_NONE;
}

static rp_macro_loc *add(reading *r, rp_macro_loc_kind kind, uint32_t token)
{
    rp_macro_loc *l = rp_vec_push(r->arena, &r->locs);
    if (l == NULL) {
        r->refused = true;
        return NULL;
    }
    l->kind = (uint8_t)kind;
    l->token = token;
    return l;
}

static bool wrong(reading *r, const char *why)
{
    if (r->wrong == NULL)
        r->wrong = why;
    return false;
}

/* ---- variables ---- */

/* `$name:fragment` at `at`. */
static bool variable(reading *r, uint32_t at, uint32_t to)
{
    const rp_tokens *t = r->s->t;
    if (at + 3 >= to || t->kind[at + 2] != RP_T_COLON || !rp_is_word(t->kind[at + 3]))
        return wrong(r, "a variable without its fragment");
    rp_macro_var v = {.name = rp_token_word(t, at + 1), .site = rp_origin_of(r->s, at + 1).site};
    v.fragment = (uint8_t)rp_macro_fragment_of(rp_token_word(t, at + 3), t->edition);
    if (v.fragment == RP_MF_NONE)
        return wrong(r, "a fragment that does not exist");
    if (r->vars.n >= MAX_VARS)
        return wrong(r, "more variables than are read");
    for (uint32_t i = 0; i < r->vars.n; i++)
        if (rp_str_eq(r->vars.items[i].name, v.name) && r->vars.items[i].site == v.site)
            return wrong(r, "a variable that is bound twice");
    rp_macro_var *to_var = rp_vec_push(r->arena, &r->vars);
    rp_macro_loc *l = add(r, RP_LOC_VAR, at);
    if (to_var == NULL || l == NULL) {
        r->refused = true;
        return false;
    }
    *to_var = v;
    l->fragment = v.fragment;
    l->var = r->vars.n - 1;
    return true;
}

/* ---- repetitions ---- */

static bool is_op(uint8_t kind)
{
    return kind == RP_T_STAR || kind == RP_T_PLUS || kind == RP_T_QUESTION;
}

/* Behind the parenthesis of `$( … ) separator op`: *ret_separator is UINT32_MAX when there is none;
 * returns the token behind it all, 0 when it is malformed. */
static uint32_t repetition_end(const rp_tokens *t, uint32_t at, uint32_t to, uint8_t *ret_op,
                               uint32_t *ret_separator)
{
    *ret_separator = UINT32_MAX;
    if (at < to && is_op(t->kind[at])) {
        *ret_op = t->kind[at];
        return at + 1;
    }
    if (at >= to || rp_is_open(t->kind[at]) || rp_is_close(t->kind[at]))
        return 0;
    uint32_t op = at + rp_tokens_glued(t, at);
    if (op >= to || !is_op(t->kind[op]) || t->kind[op] == RP_T_QUESTION)
        return 0;
    *ret_separator = at;
    *ret_op = t->kind[op];
    return op + 1;
}

/* Could the places [from, to), which are a sequence's inside, match nothing? */
static bool matches_nothing(const reading *r, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        const rp_macro_loc *l = &r->locs.items[i];
        if (l->kind == RP_LOC_SEQUENCE && l->op != RP_T_PLUS) {
            i = l->to - 1;
            continue;
        }
        if (l->kind == RP_LOC_TOKEN || (l->kind == RP_LOC_VAR && l->fragment != RP_MF_VIS))
            return false;
    }
    return true;
}

static bool places(reading *r, uint32_t from, uint32_t to, unsigned depth);

/* `$( … )` at `at`; returns the token behind, 0 when it is wrong. */
static uint32_t sequence(reading *r, uint32_t at, uint32_t to, unsigned depth)
{
    const rp_tokens *t = r->s->t;
    uint32_t close = t->mate[at + 1], separator, first = r->locs.n, var = r->vars.n;
    uint8_t op = 0;
    uint32_t behind =
        close != RP_NO_MATE && close < to ? repetition_end(t, close + 1, to, &op, &separator) : 0;
    if (behind == 0) {
        wrong(r, "a repetition without its operator");
        return 0;
    }
    if (depth >= MAX_NEST) {
        wrong(r, "repetitions that are nested too deep");
        return 0;
    }
    rp_macro_loc *l = add(r, RP_LOC_SEQUENCE, at);
    if (l == NULL || !places(r, at + 2, close, depth + 1))
        return 0;
    if (separator == UINT32_MAX && matches_nothing(r, first + 1, r->locs.n)) {
        wrong(r, "a repetition that may match nothing");
        return 0;
    }
    if (separator != UINT32_MAX)
        add(r, RP_LOC_SEPARATOR, separator);
    rp_macro_loc *end = add(r, separator != UINT32_MAX ? RP_LOC_AGAIN : RP_LOC_REPEAT, at);
    if (end == NULL || r->refused)
        return 0;
    end->op = op;
    end->to = first + 1;
    for (uint32_t i = 0; i < 2; i++) { /* what ends it knows its variables, too */
        uint32_t k = i == 0 ? first : r->locs.n - 1 - (separator != UINT32_MAX);
        r->locs.items[k].op = op;
        r->locs.items[k].var = var;
        r->locs.items[k].end_var = r->vars.n;
    }
    r->locs.items[first].to = r->locs.n;
    return behind;
}

/* Tokens [from, to) of a matcher; delimiters are tokens like others. */
static bool places(reading *r, uint32_t from, uint32_t to, unsigned depth)
{
    const rp_tokens *t = r->s->t;
    for (uint32_t i = from; i < to && !r->refused && r->wrong == NULL;) {
        uint8_t k = t->kind[i], next = i + 1 < to ? t->kind[i + 1] : (uint8_t)RP_T_EOF;
        if (k == RP_T_DOC_OUTER || k == RP_T_DOC_INNER) {
            i++; /* rustc ignores them */
        } else if (k == RP_T_DOLLAR && next == RP_T_OPEN_PAREN) {
            i = sequence(r, i, to, depth);
            if (i == 0)
                return false;
        } else if (k == RP_T_DOLLAR && (rp_is_word(next) || next == RP_T_UNDERSCORE)) {
            if (!variable(r, i, to))
                return false;
            i += 4;
        } else if (k == RP_T_DOLLAR && next != RP_T_EOF && !rp_is_close(next)) {
            return wrong(r, "a $ that is no variable");
        } else {
            add(r, RP_LOC_TOKEN, i);
            i += rp_tokens_glued(t, i);
        }
    }
    return !r->refused && r->wrong == NULL;
}

/* ---- what may follow a fragment ---- */

static bool token_follows(const rp_tokens *t, uint32_t i, uint8_t fragment)
{
    uint8_t k = t->kind[i];
    bool one = rp_tokens_glued(t, i) == 1,
         shift = rp_tokens_glued(t, i) == 2 && k == RP_T_GT && t->kind[i + 1] == RP_T_GT;
    if (rp_is_close(k))
        return true;
    switch ((rp_macro_fragment)fragment) {
    case RP_MF_EXPR:
    case RP_MF_EXPR_2021:
    case RP_MF_STMT:
        return k == RP_T_FAT_ARROW || k == RP_T_COMMA || k == RP_T_SEMI;
    case RP_MF_PAT:
    case RP_MF_PAT_PARAM:
        return k == RP_T_FAT_ARROW || k == RP_T_COMMA || k == RP_T_EQ || k == RP_T_IF ||
               k == RP_T_IN || (k == RP_T_OR && fragment == RP_MF_PAT_PARAM);
    case RP_MF_PATH:
    case RP_MF_TY:
        return k == RP_T_OPEN_BRACE || k == RP_T_OPEN_BRACKET || k == RP_T_FAT_ARROW ||
               k == RP_T_COMMA || (k == RP_T_GT && (one || shift)) || k == RP_T_EQ ||
               k == RP_T_COLON || k == RP_T_SEMI || k == RP_T_OR || k == RP_T_AS || k == RP_T_WHERE;
    case RP_MF_VIS:
        return k != RP_T_PRIV;
    default:
        return true;
    }
}

static bool var_follows(uint8_t next, uint8_t fragment)
{
    switch ((rp_macro_fragment)fragment) {
    case RP_MF_EXPR:
    case RP_MF_EXPR_2021:
    case RP_MF_STMT:
    case RP_MF_PAT:
    case RP_MF_PAT_PARAM:
        return false;
    case RP_MF_PATH:
    case RP_MF_TY:
        return next == RP_MF_BLOCK;
    case RP_MF_VIS:
        return next == RP_MF_IDENT || next == RP_MF_TY || next == RP_MF_PATH;
    default:
        return true;
    }
}

/* Every place that may come next after place `at`, through the ends of sequences. */
static bool all_follow(const reading *r, uint32_t at, uint8_t fragment, unsigned depth)
{
    if (depth > 2 * MAX_NEST || at >= r->locs.n)
        return true;
    const rp_macro_loc *l = &r->locs.items[at];
    switch ((rp_macro_loc_kind)l->kind) {
    case RP_LOC_TOKEN:
        return token_follows(r->s->t, l->token, fragment);
    case RP_LOC_VAR:
        return var_follows(l->fragment, fragment);
    case RP_LOC_SEQUENCE:
        return all_follow(r, at + 1, fragment, depth + 1) &&
               (l->op == RP_T_PLUS || all_follow(r, l->to, fragment, depth + 1));
    case RP_LOC_REPEAT: /* rustc does not ask whether it may follow itself */
        return all_follow(r, at + 1, fragment, depth + 1);
    case RP_LOC_SEPARATOR:
        return token_follows(r->s->t, l->token, fragment) &&
               all_follow(r, at + 2, fragment, depth + 1);
    default:
        return true;
    }
}

static void check_follow(reading *r)
{
    for (uint32_t i = 0; i + 1 < r->locs.n; i++)
        if (r->locs.items[i].kind == RP_LOC_VAR &&
            !all_follow(r, i + 1, r->locs.items[i].fragment, 0)) {
            wrong(r, "a fragment that is followed by what may not follow it");
            return;
        }
}

/* ---- rules ---- */

/* The rule at `at`; returns the token behind its right side, 0 when it is wrong. */
static uint32_t rule(reading *r, uint32_t at, uint32_t to, rp_macro_rule *ret)
{
    const rp_tokens *t = r->s->t;
    uint32_t left = rp_is_open(t->kind[at]) ? t->mate[at] : RP_NO_MATE;
    uint32_t right = left < to && left + 2 < to && t->kind[left + 1] == RP_T_FAT_ARROW &&
                             rp_is_open(t->kind[left + 2])
                         ? left + 2
                         : 0;
    if (right == 0 || t->mate[right] == RP_NO_MATE || t->mate[right] >= to) {
        wrong(r, "a rule that is not (matcher) => {result}");
        return 0;
    }
    memset(&r->locs, 0, sizeof r->locs);
    memset(&r->vars, 0, sizeof r->vars);
    if (!places(r, at + 1, left, 0) || add(r, RP_LOC_END, left) == NULL)
        return 0;
    check_follow(r);
    *ret = (rp_macro_rule){.locs = r->locs.items,
                           .nlocs = r->locs.n,
                           .vars = r->vars.items,
                           .nvars = r->vars.n,
                           .from = right + 1,
                           .to = t->mate[right]};
    return t->mate[right] + 1;
}

bool rp_macro_rules_read(const rp_token_source *source, uint32_t open, uint32_t close,
                         rp_arena *arena, rp_macro_rules *ret)
{
    reading r = {.s = source, .arena = arena};
    RP_VEC(rp_macro_rule) rules = {0};
    uint32_t at = open + 1;
    while (at < close && !r.refused && r.wrong == NULL) {
        rp_macro_rule *to = rp_vec_push(arena, &rules);
        if (to == NULL)
            return false;
        at = rule(&r, at, close, to);
        if (at == 0)
            break;
        if (at < close && source->t->kind[at] != RP_T_SEMI)
            wrong(&r, "rules without a semicolon between");
        at++;
    }
    if (rules.n == 0)
        wrong(&r, "a macro without rules");
    *ret = (rp_macro_rules){
        .source = *source, .rules = rules.items, .nrules = rules.n, .wrong = r.wrong};
    return !r.refused;
}
