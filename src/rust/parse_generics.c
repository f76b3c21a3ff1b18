/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parser.h"

rp_id parse_lifetime(parser *p)
{
    if (!parser_is(p, RP_T_LIFETIME))
        return parser_expected(p, RP_T_LIFETIME);
    return parser_leaf(p, RP_N_LIFETIME);
}

static rp_id const_default(parser *p)
{
    if (parser_is(p, RP_T_OPEN_BRACE) || rp_is_literal(p->k) || parser_is(p, RP_T_MINUS) ||
        parser_is(p, RP_T_CONST))
        return parse_expr_above(p, 0, UINT32_MAX);
    return parse_type(p);
}

static rp_id generic_param(parser *p)
{
    uint32_t first = p->at, mark = p->top, kind = RP_GENERIC_TYPE_PARAM;
    parser_put(p, parse_attrs(p));
    uint32_t main = p->at;
    rp_id bounds = 0, type = 0, def = 0;
    if (parser_eat(p, RP_T_LIFETIME)) {
        kind = RP_GENERIC_LIFETIME;
    } else {
        if (parser_eat(p, RP_T_CONST))
            kind = RP_GENERIC_CONST;
        main = p->at;
        if (!parser_is_ident(p))
            parser_expected(p, RP_T_IDENT);
        parser_next(p);
    }
    if (parser_eat(p, RP_T_COLON)) {
        if (kind == RP_GENERIC_CONST)
            type = parse_type(p);
        else
            bounds = parse_bounds(p);
    }
    if (kind != RP_GENERIC_LIFETIME && parser_eat(p, RP_T_EQ))
        def = kind == RP_GENERIC_CONST ? const_default(p) : parse_type(p);
    parser_put(p, bounds);
    parser_put(p, type);
    parser_put(p, def);
    return parser_node(p, RP_N_GENERIC_PARAM, first, main, kind, mark);
}

rp_id parse_generics(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    if (RP_LIKELY(!parser_is_lt(p)))
        return 0;
    parser_eat_lt(p);
    while (!parser_is(p, RP_T_GT) && !p->bad) {
        if (parser_is(p, RP_T_HASH) && parser_peek(p, 1) == RP_T_CLOSE_BRACKET)
            break;
        parser_put_some(p, generic_param(p));
        if (p->top - mark > RP_MAX_GENERICS)
            return parser_fail(p, "too many generic parameters");
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_GT);
    return parser_node(p, RP_N_GENERICS, first, first, 0, mark);
}

rp_id parse_for(parser *p)
{
    if (!parser_is(p, RP_T_FOR) ||
        (parser_peek(p, 1) != RP_T_LT && parser_peek(p, 1) != RP_T_LT_LT))
        return 0;
    parser_next(p);
    return parse_generics(p);
}

/* use<'a, T, Self> */
static rp_id use_bound(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_eat_lt(p);
    while (!parser_is(p, RP_T_GT) && !p->bad) {
        if (parser_is(p, RP_T_LIFETIME))
            parser_put_some(p, parser_leaf(p, RP_N_LIFETIME));
        else if (parser_is_ident(p) || parser_is(p, RP_T_SELF_TYPE))
            parser_put_some(p, parser_leaf(p, RP_N_NAME));
        else
            parser_expected(p, RP_T_IDENT);
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_GT);
    return parser_node(p, RP_N_USE_BOUND, first, first, 0, mark);
}

/* What may stand before the path: for<…> in either place, ?, ~const, const, [const], async, !. */
static uint32_t bound_modifiers(parser *p, rp_id *ret_for)
{
    uint32_t aux = 0;
    for (;;) {
        rp_id binder = parse_for(p);
        if (binder != 0)
            *ret_for = binder;
        else if (parser_eat(p, RP_T_QUESTION))
            aux |= RP_Q_MAYBE;
        else if (parser_eat(p, RP_T_NOT))
            aux |= RP_Q_NEGATIVE;
        else if (parser_eat(p, RP_T_CONST))
            aux |= RP_Q_CONST;
        else if (parser_is(p, RP_T_ASYNC) && !rp_is_ident(RP_T_ASYNC, p->ast->edition))
            parser_next(p), aux |= RP_Q_ASYNC;
        else if (parser_is(p, RP_T_TILDE) ||
                 (parser_is(p, RP_T_OPEN_BRACKET) && parser_peek(p, 1) == RP_T_CONST)) {
            bool bracket = parser_is(p, RP_T_OPEN_BRACKET);
            parser_next(p);
            parser_expect(p, RP_T_CONST);
            if (bracket)
                parser_expect(p, RP_T_CLOSE_BRACKET);
            aux |= RP_Q_CONST;
        } else
            return aux;
    }
}

static bool begins_bound(const parser *p)
{
    switch (p->k) {
    case RP_T_LIFETIME:
    case RP_T_QUESTION:
    case RP_T_NOT:
    case RP_T_TILDE:
    case RP_T_CONST:
    case RP_T_ASYNC:
    case RP_T_FOR:
    case RP_T_USE:
    case RP_T_OPEN_PAREN:
    case RP_T_OPEN_NONE:
        return true;
    case RP_T_OPEN_BRACKET:
        return parser_peek(p, 1) == RP_T_CONST;
    default:
        return parser_is_path_start(p);
    }
}

static rp_id bound(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    rp_id binder = 0;
    if (parser_is(p, RP_T_USE))
        return use_bound(p);
    bool paren = parser_eat(p, RP_T_OPEN_PAREN);
    parser_put(p, 0);
    if (parser_is(p, RP_T_LIFETIME)) {
        parser_put(p, parser_leaf(p, RP_N_LIFETIME));
    } else {
        aux = bound_modifiers(p, &binder);
        p->stack[mark] = binder;
        if (parser_is(p, RP_T_LIFETIME)) /* ?'a, refused later */
            parser_put(p, parser_leaf(p, RP_N_LIFETIME));
        else
            parser_put(p, parse_path(p, RP_N_PATH_TYPE, PATH_IN_TYPE));
    }
    if (paren)
        parser_expect(p, RP_T_CLOSE_PAREN);
    return parser_node(p, RP_N_BOUND, first, first, aux, mark);
}

/* Bounds go on behind a type that has turned out to be the first of them. */
rp_id parse_bounds_from(parser *p, rp_id type, uint32_t first)
{
    uint32_t mark = p->top, inner = p->top;
    if (type != 0) {
        parser_put(p, 0);
        parser_put(p, type);
        rp_id b = parser_node(p, RP_N_BOUND, first, first, 0, inner);
        parser_put_some(p, b);
        parser_expect(p, RP_T_PLUS);
    }
    while (begins_bound(p) && !p->bad) {
        parser_put_some(p, bound(p));
        if (!parser_eat(p, RP_T_PLUS))
            break;
    }
    return p->top == mark ? 0 : parser_node(p, RP_N_BOUNDS, first, first, 0, mark);
}

rp_id parse_bounds(parser *p)
{
    return parse_bounds_from(p, 0, p->at);
}

static rp_id where_pred(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_put(p, parse_attrs(p));
    if (parser_is(p, RP_T_LIFETIME)) {
        parser_put(p, 0);
        parser_put(p, parser_leaf(p, RP_N_LIFETIME));
    } else {
        rp_id binder = parse_for(p);
        parser_put(p, binder);
        parser_put(p, parse_type_no_plus(p));
    }
    if (parser_eat(p, RP_T_COLON))
        parser_put(p, parse_bounds(p));
    else if (parser_eat(p, RP_T_EQ) || parser_eat(p, RP_T_EQ_EQ)) /* refused later */
        parser_put(p, parse_type(p));
    else
        parser_expected(p, RP_T_COLON);
    return parser_node(p, RP_N_WHERE_PRED, first, first, 0, mark);
}

/* `where T: A, $body`: the clause has ended. */
static bool holds_block(const parser *p)
{
    uint32_t i = p->at;
    while (p->t->kind[i] == RP_T_OPEN_NONE)
        i++;
    return p->t->kind[i] == RP_T_OPEN_BRACE;
}

rp_id parse_where(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    if (RP_LIKELY(!parser_eat(p, RP_T_WHERE)))
        return 0;
    while (!p->bad) {
        bool more = parser_is(p, RP_T_LIFETIME) || parser_is(p, RP_T_HASH) ||
                    parser_is(p, RP_T_FOR) || parser_is_path_start(p);
        switch (p->k) {
        case RP_T_OPEN_PAREN:
        case RP_T_OPEN_BRACKET:
        case RP_T_AND:
        case RP_T_AND_AND:
        case RP_T_STAR:
        case RP_T_NOT:
        case RP_T_UNDERSCORE:
        case RP_T_FN:
        case RP_T_UNSAFE:
        case RP_T_EXTERN:
        case RP_T_IMPL:
            more = true;
            break;
        case RP_T_OPEN_NONE:
            more = !holds_block(p);
            break;
        default:
            break;
        }
        if (!more)
            break;
        parser_put_some(p, where_pred(p));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    return parser_node(p, RP_N_WHERE, first, first, 0, mark);
}
