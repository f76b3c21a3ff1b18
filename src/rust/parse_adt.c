/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Structs, unions and enums. */
#include "rust/parser.h"

static rp_id named_field(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    parser_put(p, parse_attrs(p));
    parser_put(p, parse_vis(p));
    if (parser_eat(p, RP_T_UNSAFE))
        aux = RP_Q_UNSAFE;
    uint32_t main = p->at;
    if (!parser_is_ident(p) && !parser_is(p, RP_T_UNDERSCORE))
        parser_fail(p, "expected a field");
    parser_next(p);
    parser_expect(p, RP_T_COLON);
    parser_put(p, parse_type(p));
    parser_put(p, parser_eat(p, RP_T_EQ) ? parse_expr(p, 0) : 0);
    return parser_node(p, RP_N_FIELD, first, main, aux, mark);
}

static rp_id tuple_field(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_put(p, parse_attrs(p));
    parser_put(p, parse_vis(p));
    uint32_t main = p->at;
    parser_put(p, parse_type(p));
    parser_put(p, parser_eat(p, RP_T_EQ) ? parse_expr(p, 0) : 0);
    return parser_node(p, RP_N_FIELD, first, main, 0, mark);
}

/* What stands between the delimiters, which are here and behind. */
static void fields(parser *p, rp_token_kind close, rp_id one(parser *))
{
    parser_next(p);
    while (!parser_is(p, close) && !p->bad) {
        parser_put_some(p, one(p));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, close);
}

rp_id parse_struct(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top, aux = 0;
    rp_node_kind kind = parser_is(p, RP_T_UNION) ? RP_N_UNION : RP_N_STRUCT;
    parser_next(p);
    uint32_t main = p->at;
    if (!parser_is_ident(p))
        parser_expected(p, RP_T_IDENT);
    parser_next(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, parse_generics(p));
    parser_put(p, parse_where(p));
    if (parser_is(p, RP_T_OPEN_BRACE)) {
        aux = RP_Q_NAMED;
        fields(p, RP_T_CLOSE_BRACE, named_field);
    } else if (parser_is(p, RP_T_OPEN_PAREN) && kind == RP_N_STRUCT) {
        aux = RP_Q_TUPLE;
        fields(p, RP_T_CLOSE_PAREN, tuple_field);
        rp_id where = parse_where(p);
        if (where != 0)
            p->stack[mark + RP_ADT_WHERE] = where;
        parser_expect(p, RP_T_SEMI);
    } else {
        parser_expect(p, kind == RP_N_STRUCT ? RP_T_SEMI : RP_T_OPEN_BRACE);
    }
    return parser_node(p, kind, first, main, aux, mark);
}

static rp_id variant(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    parser_put(p, parse_attrs(p));
    parser_put(p, parse_vis(p));
    uint32_t main = p->at;
    if (!parser_is_ident(p))
        parser_fail(p, "expected a variant");
    parser_next(p);
    parser_put(p, 0);
    if (parser_is(p, RP_T_OPEN_BRACE)) {
        aux = RP_Q_NAMED;
        fields(p, RP_T_CLOSE_BRACE, named_field);
    } else if (parser_is(p, RP_T_OPEN_PAREN)) {
        aux = RP_Q_TUPLE;
        fields(p, RP_T_CLOSE_PAREN, tuple_field);
    }
    if (parser_eat(p, RP_T_EQ)) {
        rp_id discriminant = parse_expr(p, 0);
        p->stack[mark + RP_VARIANT_VALUE] = discriminant;
    }
    return parser_node(p, RP_N_VARIANT, first, main, aux, mark);
}

rp_id parse_enum(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top;
    parser_next(p);
    uint32_t main = p->at;
    if (!parser_is_ident(p))
        parser_expected(p, RP_T_IDENT);
    parser_next(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, parse_generics(p));
    parser_put(p, parse_where(p));
    if (parser_is(p, RP_T_OPEN_BRACE))
        fields(p, RP_T_CLOSE_BRACE, variant);
    else
        parser_expected(p, RP_T_OPEN_BRACE);
    return parser_node(p, RP_N_ENUM, first, main, 0, mark);
}
