/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parser.h"

/* Patterns whose kids are patterns, commas between, up to `close`. True: a comma was last. */
static bool pats_until(parser *p, rp_token_kind close)
{
    bool comma = false;
    while (!parser_is(p, close) && !p->bad) {
        parse_attrs(p);
        parser_put_some(p, parse_pat(p));
        comma = parser_eat(p, RP_T_COMMA);
        if (!comma)
            break;
    }
    parser_expect(p, close);
    return comma;
}

/* Guard patterns (RFC 3637): `(p if condition)`. */
static void guard(parser *p, uint32_t first, uint32_t mark)
{
    uint32_t main = p->at;
    parser_next(p);
    parser_put(p, parse_expr(p, 0));
    rp_id id = parser_node(p, RP_N_PAT_GUARD, first, main, 0, mark);
    parser_put_some(p, id);
}

static rp_id paren_pat(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    bool comma = false;
    parser_next(p);
    while (!parser_is(p, RP_T_CLOSE_PAREN) && !p->bad) {
        uint32_t inner = p->at, inner_mark = p->top;
        parse_attrs(p);
        parser_put_some(p, parse_pat(p));
        if (parser_is(p, RP_T_IF))
            guard(p, inner, inner_mark);
        comma = parser_eat(p, RP_T_COMMA);
        if (!comma)
            break;
    }
    parser_expect(p, RP_T_CLOSE_PAREN);
    bool rest = p->top == mark + 1 && rp_kind_of(p->ast, p->stack[mark]) == RP_N_PAT_REST;
    bool one = p->top == mark + 1 && !comma && !rest;
    return parser_node(p, one ? RP_N_PAT_PAREN : RP_N_PAT_TUPLE, first, first, 0, mark);
}

static rp_id ref_pat(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    if (parser_is(p, RP_T_AND_AND)) {
        parser_split(p, RP_T_AND);
        parser_put(p, parse_pat_single(p));
        return parser_node(p, RP_N_PAT_REF, first, first, 0, mark);
    }
    parser_next(p);
    if (parser_is(p, RP_T_PIN) &&
        (parser_peek(p, 1) == RP_T_MUT || parser_peek(p, 1) == RP_T_CONST)) {
        parser_next(p);
        parser_eat(p, RP_T_CONST);
        aux |= RP_Q_PIN;
    }
    if (parser_eat(p, RP_T_MUT))
        aux |= RP_Q_MUT;
    parser_put(p, parse_pat_single(p));
    return parser_node(p, RP_N_PAT_REF, first, first, aux, mark);
}

static rp_id binding(parser *p, uint32_t aux)
{
    uint32_t first = p->at, mark = p->top;
    if (parser_eat(p, RP_T_MUT))
        aux |= RP_Q_MUT;
    if (parser_eat(p, RP_T_REF)) {
        aux |= RP_Q_REF;
        if (parser_is(p, RP_T_PIN) &&
            (parser_peek(p, 1) == RP_T_MUT || parser_peek(p, 1) == RP_T_CONST)) {
            parser_next(p);
            parser_eat(p, RP_T_CONST);
        }
        if (parser_eat(p, RP_T_MUT))
            aux |= RP_Q_MUT;
    }
    bool fragment = parser_eat(p, RP_T_OPEN_NONE);
    uint32_t main = p->at;
    if (!parser_is_ident(p) && !parser_is(p, RP_T_SELF))
        return parser_fail(p, "expected a name");
    parser_next(p);
    if (fragment)
        parser_expect(p, RP_T_CLOSE_NONE);
    if (parser_eat(p, RP_T_AT))
        parser_put(p, parse_pat_single(p));
    return parser_node(p, RP_N_PAT_IDENT, first, main, aux, mark);
}

static rp_id pat_field(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    parser_put(p, parse_attrs(p));
    uint32_t main = p->at;
    bool named = rp_is_word(p->k) || parser_is(p, RP_T_INT);
    if (named && parser_peek(p, 1) == RP_T_COLON) {
        parser_next(p);
        parser_next(p);
        uint32_t inner = p->at, inner_mark = p->top;
        parser_put(p, parse_pat(p));
        if (parser_is(p, RP_T_IF))
            guard(p, inner, inner_mark);
    } else {
        aux = RP_Q_SHORTHAND;
        uint32_t binding_aux = parser_is(p, RP_T_BOX) ? RP_Q_BOX : 0;
        if (binding_aux != 0)
            parser_next(p);
        rp_id id = binding(p, binding_aux);
        main = id != 0 ? p->ast->nodes[id].main : main;
        parser_put(p, id);
    }
    return parser_node(p, RP_N_PAT_FIELD, first, main, aux, mark);
}

static rp_id struct_pat(parser *p, rp_id path, uint32_t first)
{
    uint32_t mark = p->top, aux = 0;
    parser_put(p, path);
    parser_next(p);
    while (!parser_is(p, RP_T_CLOSE_BRACE) && !p->bad) {
        uint32_t behind = parser_is(p, RP_T_HASH) ? 1 : 0;
        if (behind != 0 && p->at + 1 < p->end && p->t->mate[p->at + 1] != RP_NO_MATE &&
            parser_peek(p, 1) == RP_T_OPEN_BRACKET &&
            p->kind[p->t->mate[p->at + 1] + 1] == RP_T_DOT_DOT)
            parse_attrs(p);
        if (parser_eat(p, RP_T_DOT_DOT)) {
            aux = RP_Q_REST;
            parser_eat(p, RP_T_COMMA); /* refused later */
            break;
        }
        parser_put_some(p, pat_field(p));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_CLOSE_BRACE);
    return parser_node(p, RP_N_PAT_STRUCT, first, first, aux, mark);
}

/* May a bound of a range stand here? */
static bool begins_range_end(const parser *p)
{
    return (rp_is_literal(p->k) || parser_is(p, RP_T_MINUS) || parser_is_path_start(p) ||
            parser_is(p, RP_T_OPEN_PAREN) || parser_is(p, RP_T_OPEN_NONE) ||
            (parser_is(p, RP_T_CONST) && parser_peek(p, 1) == RP_T_OPEN_BRACE));
}

static bool is_range(const parser *p)
{
    return p->k >= RP_T_DOT_DOT && p->k <= RP_T_DOT_DOT_EQ;
}

static rp_id range_end(parser *p)
{
    uint32_t mark = p->top, first = p->at;
    if (parser_is(p, RP_T_CONST)) {
        rp_id block = parse_block_expr(p, 0, first);
        parser_put(p, block);
        return parser_node(p, RP_N_PAT_EXPR, first, first, 0, mark);
    }
    if (parser_is(p, RP_T_OPEN_PAREN)) {
        parser_next(p);
        rp_id inner = range_end(p);
        parser_expect(p, RP_T_CLOSE_PAREN);
        return inner;
    }
    if (rp_is_literal(p->k) || parser_is(p, RP_T_MINUS) || parser_is(p, RP_T_OPEN_NONE)) {
        parser_put(p, parse_literal(p));
        return parser_node(p, RP_N_PAT_EXPR, first, first, 0, mark);
    }
    rp_id path = parse_path(p, RP_N_PATH_PAT, PATH_IN_EXPR);
    return parser_is(p, RP_T_NOT) ? parse_macro_call(p, path) : path;
}

static rp_id range_pat(parser *p, rp_id from, uint32_t first)
{
    uint32_t mark = p->top, main = p->at;
    rp_range_kind kind = parser_is(p, RP_T_DOT_DOT)      ? RP_RANGE_OPEN
                         : parser_is(p, RP_T_DOT_DOT_EQ) ? RP_RANGE_CLOSED
                                                         : RP_RANGE_DOTS;
    parser_next(p);
    parser_put(p, from);
    parser_put(p, begins_range_end(p) ? range_end(p) : 0);
    return parser_node(p, RP_N_PAT_RANGE, first, main, kind, mark);
}

static rp_id maybe_range(parser *p, rp_id from, uint32_t first)
{
    return is_range(p) ? range_pat(p, from, first) : from;
}

static rp_id path_pat(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    rp_id path = parse_path(p, RP_N_PATH_PAT, PATH_IN_EXPR);
    switch (p->k) {
    case RP_T_NOT:
        return maybe_range(p, parse_macro_call(p, path), first);
    case RP_T_OPEN_BRACE:
        return struct_pat(p, path, first);
    case RP_T_OPEN_PAREN:
        parser_put(p, path);
        parser_next(p);
        pats_until(p, RP_T_CLOSE_PAREN);
        return parser_node(p, RP_N_PAT_TUPLE_STRUCT, first, first, 0, mark);
    default:
        return maybe_range(p, path, first);
    }
}

static rp_id pat_fragment(parser *p)
{
    uint32_t first = p->at;
    uint32_t behind = rp_tokens_after_tree(p->t, p->at);
    uint8_t next = behind < p->end ? p->kind[behind] : (uint8_t)RP_T_EOF;
    /* a path, or a type that is one, that goes on behind: as a whole it is no pattern */
    if (next == RP_T_COLON_COLON || next == RP_T_OPEN_BRACE || next == RP_T_OPEN_PAREN)
        return path_pat(p);
    parser_next(p);
    rp_id inner = parse_pat(p);
    parser_expect(p, RP_T_CLOSE_NONE);
    return maybe_range(p, inner, first);
}

/* A name that is nothing but a binding here. */
static bool is_binding(const parser *p)
{
    if (!parser_is_ident(p))
        return false;
    switch (parser_peek(p, 1)) {
    case RP_T_OPEN_PAREN:
    case RP_T_OPEN_BRACE:
    case RP_T_DOT_DOT:
    case RP_T_DOT_DOT_DOT:
    case RP_T_DOT_DOT_EQ:
    case RP_T_COLON_COLON:
    case RP_T_NOT:
        return false;
    default:
        return true;
    }
}

static rp_id dots_pat(parser *p)
{
    uint32_t first = p->at;
    if (!parser_is(p, RP_T_DOT_DOT))
        return range_pat(p, 0, first);
    rp_id rest = parser_leaf(p, RP_N_PAT_REST);
    if (!begins_range_end(p))
        return rest;
    parser_jump(p, first);
    return range_pat(p, 0, first);
}

static rp_id box_pat(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_put(p, parse_pat_single(p));
    return parser_node(p, RP_N_PAT_BOX, first, first, 0, mark);
}

static rp_id slice_pat(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    pats_until(p, RP_T_CLOSE_BRACKET);
    return parser_node(p, RP_N_PAT_SLICE, first, first, 0, mark);
}

static rp_id pat_of_kind(parser *p)
{
    uint32_t first = p->at;
    switch (p->k) {
    case RP_T_UNDERSCORE:
        return parser_leaf(p, RP_N_PAT_WILD);
    case RP_T_NOT:
        return parser_leaf(p, RP_N_PAT_NEVER);
    case RP_T_AND:
    case RP_T_AND_AND:
        return ref_pat(p);
    case RP_T_OPEN_PAREN:
        return paren_pat(p);
    case RP_T_OPEN_BRACKET:
        return slice_pat(p);
    case RP_T_OPEN_NONE:
        return pat_fragment(p);
    case RP_T_DOT_DOT:
    case RP_T_DOT_DOT_DOT:
    case RP_T_DOT_DOT_EQ:
        return dots_pat(p);
    case RP_T_MUT:
    case RP_T_REF:
        return binding(p, 0);
    case RP_T_BOX:
        return box_pat(p);
    case RP_T_CONST:
    case RP_T_MINUS:
        return maybe_range(p, range_end(p), first);
    default:
        break;
    }
    if (rp_is_literal(p->k))
        return maybe_range(p, range_end(p), first);
    if (parser_is(p, RP_T_BUILTIN) && parser_peek(p, 1) == RP_T_HASH)
        return parse_builtin(p);
    if (RP_LIKELY(is_binding(p)))
        return binding(p, 0);
    if (parser_is_path_start(p))
        return path_pat(p);
    return parser_fail(p, "expected a pattern");
}

rp_id parse_pat_single(parser *p)
{
    if (!parser_enter(p))
        return 0;
    rp_id id = pat_of_kind(p);
    parser_leave(p);
    return id;
}

rp_id parse_pat(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_eat_or(p);
    rp_id one = parse_pat_single(p);
    if (RP_LIKELY(!parser_is(p, RP_T_OR) && !parser_is(p, RP_T_OR_OR)))
        return one;
    parser_put_some(p, one);
    while (parser_eat_or(p))
        parser_put_some(p, parse_pat_single(p));
    return parser_node(p, RP_N_PAT_OR, first, first, 0, mark);
}
