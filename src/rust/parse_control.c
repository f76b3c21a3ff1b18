/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Expressions with blocks: if, match, loops, closures, and blocks with a word before them. */
#include "rust/parser.h"

/* `else if` is read in a loop and put together from the end, so that a long chain needs no depth:
 * on the stack each `if` leaves its first token, its condition and its block. */
rp_id parse_if(parser *p)
{
    uint32_t mark = p->top;
    rp_id tail = 0;
    for (;;) {
        uint32_t first = p->at;
        parser_next(p);
        rp_id cond = parse_expr(p, E_NO_STRUCT);
        rp_id then = parse_block(p);
        parser_put(p, first);
        parser_put(p, cond);
        parser_put(p, then);
        if (!parser_eat(p, RP_T_ELSE))
            break;
        if (!parser_is(p, RP_T_IF)) {
            tail = parse_block(p);
            break;
        }
    }
    while (p->top >= mark + 3) {
        uint32_t first = p->stack[p->top - 3];
        p->stack[p->top - 3] = p->stack[p->top - 2];
        p->stack[p->top - 2] = p->stack[p->top - 1];
        p->stack[p->top - 1] = tail;
        tail = parser_node(p, RP_N_IF, first, first, 0, p->top - 3);
        if (tail == 0)
            break;
    }
    p->top = mark;
    return tail;
}

static rp_id arm(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_put(p, parse_attrs(p));
    if (parser_is(p, RP_T_OPEN_NONE) && parser_peek(p, 1) == RP_T_CLOSE_NONE)
        parser_next(p);
    parser_put(p, parse_pat(p));
    parser_put(p, parser_eat(p, RP_T_IF) ? parse_expr(p, 0) : 0);
    uint32_t main = p->at;
    if (parser_is(p, RP_T_COMMA) || parser_is(p, RP_T_CLOSE_BRACE)) {
        parser_eat(p, RP_T_COMMA); /* a never pattern has no body */
        return parser_node(p, RP_N_ARM, first, main, 0, mark);
    }
    parser_expect(p, RP_T_FAT_ARROW);
    rp_id body = parse_expr(p, E_STATEMENT);
    parser_put(p, body);
    bool end = parser_is(p, RP_T_CLOSE_BRACE) || parser_is_complete(p, body, E_STATEMENT);
    if (end)
        parser_eat(p, RP_T_COMMA);
    else
        parser_expect(p, RP_T_COMMA);
    return parser_node(p, RP_N_ARM, first, main, 0, mark);
}

rp_id parse_match(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    rp_id expr = parse_expr(p, E_NO_STRUCT);
    parser_expect(p, RP_T_OPEN_BRACE);
    parser_put(p, parse_inner_attrs(p, 0));
    parser_put(p, expr);
    while (!parser_is(p, RP_T_CLOSE_BRACE) && !p->bad)
        parser_put_some(p, arm(p));
    parser_expect(p, RP_T_CLOSE_BRACE);
    return parser_node(p, RP_N_MATCH, first, first, 0, mark);
}

rp_id parse_loop(parser *p, rp_id label, uint32_t first)
{
    uint32_t mark = p->top, main = p->at, aux = 0;
    uint8_t word = p->k;
    if (word == RP_T_FOR && parser_is_closure(p))
        return parse_closure(p, 0);
    parser_next(p);
    parser_put(p, label);
    if (word == RP_T_WHILE) {
        parser_put(p, parse_expr(p, E_NO_STRUCT));
    } else if (word == RP_T_FOR) {
        if (parser_is(p, RP_T_AWAIT) && !parser_is_ident(p)) {
            parser_next(p);
            aux = RP_Q_ASYNC;
        }
        parser_put(p, parse_pat(p));
        parser_expect(p, RP_T_IN);
        parser_put(p, parse_expr(p, E_NO_STRUCT));
    }
    parser_put(p, parse_block(p));
    rp_node_kind kind = word == RP_T_WHILE ? RP_N_WHILE : word == RP_T_FOR ? RP_N_FOR : RP_N_LOOP;
    return parser_node(p, kind, first, main, aux, mark);
}

/* for<'a> const static async use move |…| */
static uint8_t behind_modifiers(const parser *p)
{
    for (uint32_t i = 0; i < 8; i++) {
        uint8_t k = parser_peek(p, i);
        bool word = k == RP_T_CONST || k == RP_T_STATIC || k == RP_T_MOVE || k == RP_T_USE ||
                    (k == RP_T_ASYNC && !rp_is_ident(k, p->ast->edition)) ||
                    (k == RP_T_GEN && !rp_is_ident(k, p->ast->edition));
        if (!word)
            return k;
    }
    return RP_T_EOF;
}

bool parser_is_closure(const parser *p)
{
    switch (p->k) {
    case RP_T_OR:
    case RP_T_OR_OR:
        return true;
    case RP_T_FOR:
        return parser_peek(p, 1) == RP_T_LT;
    case RP_T_CONST:
    case RP_T_STATIC:
    case RP_T_MOVE:
    case RP_T_USE:
    case RP_T_ASYNC:
    case RP_T_GEN: {
        uint8_t k = behind_modifiers(p);
        return k == RP_T_OR || k == RP_T_OR_OR;
    }
    default:
        return false;
    }
}

static rp_id closure_params(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    if (parser_eat(p, RP_T_OR_OR))
        return parser_node(p, RP_N_PARAMS, first, first, 0, mark);
    parser_expect(p, RP_T_OR);
    while (!parser_is(p, RP_T_OR) && !p->bad) {
        uint32_t param = p->at, inner = p->top;
        parser_put(p, parse_attrs(p));
        parser_put(p, parse_pat_single(p));
        if (parser_eat(p, RP_T_COLON))
            parser_put(p, parse_type(p));
        rp_id id = parser_node(p, RP_N_PARAM, param, param, 0, inner);
        parser_put_some(p, id);
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_OR);
    return parser_node(p, RP_N_PARAMS, first, first, 0, mark);
}

static uint32_t closure_modifiers(parser *p)
{
    uint32_t aux = 0;
    for (;; parser_next(p)) {
        if (parser_is(p, RP_T_CONST))
            aux |= RP_Q_CONST;
        else if (parser_is(p, RP_T_STATIC))
            aux |= RP_Q_STATIC;
        else if (parser_is(p, RP_T_MOVE))
            aux |= RP_Q_MOVE;
        else if (parser_is(p, RP_T_ASYNC))
            aux |= RP_Q_ASYNC;
        else if (parser_is(p, RP_T_GEN))
            aux |= RP_Q_GEN;
        else if (!parser_is(p, RP_T_USE))
            return aux;
    }
}

rp_id parse_closure(parser *p, unsigned where)
{
    uint32_t first = p->at, mark = p->top;
    parser_put(p, parse_for(p));
    uint32_t aux = closure_modifiers(p), main = p->at;
    parser_put(p, closure_params(p));
    rp_id ret = parse_ret(p, true);
    parser_put(p, ret);
    parser_put(p, ret != 0 ? parse_block(p) : parse_expr(p, where & E_NO_STRUCT));
    return parser_node(p, RP_N_CLOSURE, first, main, aux, mark);
}

static rp_id typed_try(parser *p, rp_id label, uint32_t first)
{
    parser_next(p);
    parser_next(p);
    parse_type(p);
    return parse_block_with(p, label, first, RP_Q_TRY);
}

rp_id parse_block_expr(parser *p, rp_id label, uint32_t first)
{
    uint32_t aux = 0;
    for (; !parser_is(p, RP_T_OPEN_BRACE) && !p->bad; parser_next(p)) {
        switch (p->k) {
        case RP_T_UNSAFE:
            aux |= RP_Q_UNSAFE;
            break;
        case RP_T_CONST:
            aux |= RP_Q_CONST;
            break;
        case RP_T_ASYNC:
            aux |= RP_Q_ASYNC;
            break;
        case RP_T_GEN:
            aux |= RP_Q_GEN;
            break;
        case RP_T_MOVE:
            aux |= RP_Q_MOVE;
            break;
        case RP_T_TRY:
            aux |= RP_Q_TRY;
            if (parser_peek(p, 1) == RP_T_IDENT) /* `try bikeshed T {`: the type is not kept */
                return typed_try(p, label, first);
            break;
        case RP_T_USE:
            break;
        default:
            return parser_expected(p, RP_T_OPEN_BRACE);
        }
    }
    return parse_block_with(p, label, first, aux);
}
