/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parser.h"

static rp_id let_stmt(parser *p, rp_id attrs, uint32_t first, bool semicolon)
{
    uint32_t mark = p->top;
    parser_eat(p, RP_T_SUPER);
    uint32_t main = p->at;
    parser_next(p);
    parser_put(p, attrs);
    parser_put(p, parse_pat(p));
    parser_put(p, parser_eat(p, RP_T_COLON) ? parse_type(p) : 0);
    parser_put(p, parser_eat(p, RP_T_EQ) ? parse_expr(p, 0) : 0);
    parser_put(p, parser_eat(p, RP_T_ELSE) ? parse_block(p) : 0);
    if (semicolon)
        parser_expect(p, RP_T_SEMI);
    return parser_node(p, RP_N_LET, first, main, 0, mark);
}

static rp_id expr_stmt(parser *p, rp_id attrs, uint32_t first, bool semicolon)
{
    uint32_t mark = p->top, aux = 0;
    unsigned where = E_STATEMENT | E_MACRO;
    rp_id expr = parse_expr(p, where);
    parser_put(p, attrs);
    parser_put(p, expr);
    if (semicolon && parser_eat(p, RP_T_SEMI))
        aux = RP_Q_SEMI;
    else if (semicolon && !parser_is(p, RP_T_CLOSE_BRACE) && p->at < p->end &&
             !parser_is_complete(p, expr, where))
        parser_expected(p, RP_T_SEMI);
    return parser_node(p, RP_N_EXPR_STMT, first, first, aux, mark);
}

/* A statement or item that macro_rules! took as a whole; an expression is none of them. */
static bool is_stmt_fragment(const parser *p)
{
    parser inner = *p;
    parser_next(&inner);
    return parser_is(&inner, RP_T_LET) || (parser_is(&inner, RP_T_HASH) && !p->bad) ||
           parser_begins_item(&inner);
}

rp_id parse_stmt(parser *p, bool semicolon)
{
    uint32_t first = p->at;
    if (parser_is(p, RP_T_SEMI))
        return parser_leaf(p, RP_N_EMPTY_STMT);
    rp_id attrs = parse_attrs(p);
    if (parser_is(p, RP_T_LET) || (parser_is(p, RP_T_SUPER) && parser_peek(p, 1) == RP_T_LET))
        return let_stmt(p, attrs, first, semicolon);
    if (parser_begins_item(p))
        return parse_item_with(p, attrs, first, IN_BLOCK);
    if (parser_is(p, RP_T_OPEN_NONE) && is_stmt_fragment(p)) {
        parser_next(p);
        rp_id inner = parse_stmt(p, false);
        parser_expect(p, RP_T_CLOSE_NONE);
        if (semicolon)
            parser_eat(p, RP_T_SEMI);
        return inner;
    }
    return expr_stmt(p, attrs, first, semicolon);
}

/* Statements up to a closing brace or the end. */
void parse_stmts(parser *p)
{
    while (!parser_is(p, RP_T_CLOSE_BRACE) && p->at < p->end && !p->bad) {
        uint32_t first = p->at, mark = p->top, depth = p->depth;
        rp_id id = parse_stmt(p, true);
        if (RP_UNLIKELY(p->bad)) {
            p->top = mark;
            p->depth = depth;
            id = parser_recover(p, first, false);
        }
        parser_put_some(p, id);
        if (p->at <= first)
            break;
    }
}

rp_id parse_block_with(parser *p, rp_id label, uint32_t first, uint32_t aux)
{
    uint32_t mark = p->top, main = p->at, stop = p->stop;
    if (!parser_expect(p, RP_T_OPEN_BRACE))
        return 0;
    uint32_t close = p->t->mate[main];
    if (close != RP_NO_MATE && close < stop)
        p->stop = close;
    parser_put(p, parse_inner_attrs(p, 0));
    parser_put(p, label);
    parse_stmts(p);
    p->stop = stop;
    parser_expect(p, RP_T_CLOSE_BRACE);
    return parser_node(p, RP_N_BLOCK, first, main, aux, mark);
}

rp_id parse_block(parser *p)
{
    if (parser_is(p, RP_T_OPEN_NONE) && parser_peek(p, 1) == RP_T_OPEN_BRACE) {
        parser_next(p);
        rp_id inner = parse_block(p);
        parser_expect(p, RP_T_CLOSE_NONE);
        return inner;
    }
    return parse_block_with(p, 0, p->at, 0);
}
