/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Use declarations, definitions of macros, delegation. */
#include "rust/parser.h"

static rp_id use_tree(parser *p);

static void use_trees(parser *p)
{
    parser_next(p);
    while (!parser_is(p, RP_T_CLOSE_BRACE) && !p->bad) {
        parser_put_some(p, use_tree(p));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_CLOSE_BRACE);
}

/* What follows the path: `*`, `{…}`, `as name`, or nothing. */
static rp_tree_kind use_end(parser *p, uint32_t *main)
{
    if (parser_is(p, RP_T_STAR)) {
        *main = p->at;
        parser_next(p);
        return RP_TREE_GLOB;
    }
    if (parser_is(p, RP_T_OPEN_BRACE)) {
        *main = p->at;
        use_trees(p);
        return RP_TREE_NESTED;
    }
    if (!parser_eat(p, RP_T_AS))
        return RP_TREE_SIMPLE;
    *main = p->at;
    if (!parser_is_ident(p) && !parser_is(p, RP_T_UNDERSCORE))
        parser_expected(p, RP_T_IDENT);
    parser_next(p);
    return RP_TREE_RENAME;
}

static rp_id use_tree(parser *p)
{
    uint32_t first = p->at, mark = p->top, main = first;
    if (!parser_enter(p))
        return 0;
    uint8_t next = parser_is(p, RP_T_COLON_COLON) ? parser_peek(p, 1) : p->k;
    rp_id path = 0;
    if (next == RP_T_STAR || next == RP_T_OPEN_BRACE) {
        parser_eat(p, RP_T_COLON_COLON);
    } else {
        path = parse_path(p, RP_N_PATH, PATH_PLAIN);
        main = path != 0 ? p->ast->nodes[path].main : first;
    }
    parser_put(p, path);
    uint8_t end = parser_peek(p, 1);
    if (parser_is(p, RP_T_COLON_COLON) && (end == RP_T_STAR || end == RP_T_OPEN_BRACE))
        parser_next(p);
    rp_tree_kind kind = use_end(p, &main);
    rp_id id = parser_node(p, RP_N_USE_TREE, first, main, kind, mark);
    parser_leave(p);
    return id;
}

rp_id parse_use(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top, main = p->at;
    parser_next(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, use_tree(p));
    parser_expect(p, RP_T_SEMI);
    return parser_node(p, RP_N_USE, first, main, 0, mark);
}

static void group(parser *p)
{
    if (!rp_is_open(p->k) || p->t->mate[p->at] >= p->end)
        parser_fail(p, "expected a delimited group");
    else
        parser_jump(p, p->t->mate[p->at] + 1);
}

/* `macro_rules! name { rules }` and `macro name(parameters) { body }`. */
rp_id parse_macro_def(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top;
    bool rules = parser_is(p, RP_T_IDENT);
    parser_next(p);
    if (rules)
        parser_next(p);
    parser_eat(p, RP_T_OPEN_NONE);
    uint32_t main = p->at;
    if (!rp_is_word(p->k))
        parser_expected(p, RP_T_IDENT);
    parser_next(p);
    parser_eat(p, RP_T_CLOSE_NONE);
    bool brace = parser_is(p, RP_T_OPEN_BRACE);
    bool parameters = parser_is(p, RP_T_OPEN_PAREN);
    group(p);
    if (rules && !brace)
        parser_expect(p, RP_T_SEMI);
    else if (!rules && parameters)
        group(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    return parser_node(p, rules ? RP_N_MACRO_RULES : RP_N_MACRO_DEF, first, main, 0, mark);
}

/* reuse path as name { body } (RFC 3530). */
rp_id parse_delegation(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top;
    parser_next(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    rp_id path = parse_path(p, RP_N_PATH, PATH_IN_EXPR);
    uint32_t main = path != 0 ? p->ast->nodes[path].main : first;
    parser_put(p, path);
    if (parser_eat(p, RP_T_COLON_COLON)) {
        main = p->at;
        if (!parser_eat(p, RP_T_STAR))
            group(p);
    } else if (parser_eat(p, RP_T_AS)) {
        main = p->at;
        parser_next(p);
    }
    if (parser_is(p, RP_T_OPEN_BRACE))
        group(p);
    else
        parser_expect(p, RP_T_SEMI);
    return parser_node(p, RP_N_DELEGATION, first, main, 0, mark);
}
