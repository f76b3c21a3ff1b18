/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parser.h"

static bool is_segment(const parser *p)
{
    return parser_is_ident(p) || (p->k >= RP_T_CRATE && p->k <= RP_T_SUPER);
}

bool parser_is_path_start(const parser *p)
{
    return is_segment(p) || parser_is(p, RP_T_COLON_COLON) || parser_is_lt(p) ||
           (parser_is(p, RP_T_DOLLAR) && parser_peek(p, 1) == RP_T_CRATE);
}

/* Is what a macro captured in place of a generic argument a value? `$n:expr` may be `4 - 2`, and
 * `$t:ty` has no operators but those of `*const T` and of bounds. */
static bool is_captured_value(const parser *p)
{
    enum { MAX_LOOK = 64 };
    const uint8_t *kind = p->t->kind;
    uint32_t i = p->at, end = parser_is(p, RP_T_OPEN_NONE) ? p->t->mate[p->at] : RP_NO_MATE;
    if (end == RP_NO_MATE)
        return false;
    while (i < end && kind[i] == RP_T_OPEN_NONE)
        i++;
    if (rp_is_literal(kind[i]) || kind[i] == RP_T_OPEN_BRACE)
        return true;
    end = end - i > MAX_LOOK ? i + MAX_LOOK : end;
    for (; i < end; i = kind[i] == RP_T_OPEN_NONE ? i + 1 : rp_tokens_after_tree(p->t, i)) {
        bool pointer = kind[i + 1] == RP_T_CONST || kind[i + 1] == RP_T_MUT;
        if (kind[i] == RP_T_MINUS || kind[i] == RP_T_SLASH || kind[i] == RP_T_PERCENT ||
            kind[i] == RP_T_AS || (kind[i] == RP_T_STAR && !pointer) ||
            (kind[i] == RP_T_PLUS && rp_is_literal(kind[i + 1])))
            return true;
    }
    return false;
}

static bool begins_value(const parser *p)
{
    return rp_is_literal(p->k) || parser_is(p, RP_T_MINUS) || parser_is(p, RP_T_OPEN_BRACE) ||
           is_captured_value(p);
}

/* `name = value` or `name: bounds`; the name may have arguments itself, as a type that was read
 * already. */
static rp_id assoc_arg(parser *p, rp_id type, uint32_t first)
{
    uint32_t mark = p->top;
    uint32_t main = type != 0 ? p->ast->nodes[type].main : first;
    parser_put(p, type != 0 ? rp_kid(p->ast, type, RP_PATH_ARGS) : 0);
    if (parser_eat(p, RP_T_COLON)) {
        parser_put(p, parse_bounds(p));
        return parser_node(p, RP_N_ASSOC_ARG, first, main, 0, mark);
    }
    parser_expect(p, RP_T_EQ);
    parser_put(p, 0);
    if (begins_value(p))
        parser_put(p, parse_expr_above(p, 0, UINT32_MAX));
    else
        parser_put(p, parse_type(p));
    return parser_node(p, RP_N_ASSOC_ARG, first, main, 0, mark);
}

static rp_id generic_arg(parser *p)
{
    uint32_t first = p->at;
    if (parser_is(p, RP_T_LIFETIME) && parser_peek(p, 1) != RP_T_PLUS)
        return parser_leaf(p, RP_N_LIFETIME);
    if (parser_is_ident(p) && parser_peek(p, 1) == RP_T_COLON) {
        parser_next(p);
        return assoc_arg(p, 0, first);
    }
    if (parser_is_ident(p) && parser_peek(p, 1) == RP_T_EQ) {
        parser_next(p);
        return assoc_arg(p, 0, first);
    }
    if (begins_value(p) || (parser_is(p, RP_T_CONST) && parser_peek(p, 1) == RP_T_OPEN_BRACE))
        return parse_expr_above(p, 0, UINT32_MAX);
    rp_id type = parse_type(p);
    if ((parser_is(p, RP_T_EQ) || parser_is(p, RP_T_COLON)) && type != 0 &&
        rp_kind_of(p->ast, type) == RP_N_PATH_TYPE)
        return assoc_arg(p, type, first);
    return type;
}

rp_id parse_generic_args(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_eat_lt(p);
    while (!parser_is(p, RP_T_GT) && !p->bad) {
        parse_attrs(p); /* macros that strip attributes see them here */
        parser_put_some(p, generic_arg(p));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_GT);
    return parser_node(p, RP_N_GENERIC_ARGS, first, first, 0, mark);
}

/* Fn(A, B) -> C, and T::method(..) of return type notation. */
static rp_id paren_args(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_put(p, 0);
    if (parser_is(p, RP_T_DOT_DOT) && parser_peek(p, 1) == RP_T_CLOSE_PAREN)
        parser_next(p);
    while (!parser_is(p, RP_T_CLOSE_PAREN) && !p->bad) {
        parse_attrs(p);
        parser_put_some(p, parse_type(p));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_CLOSE_PAREN);
    rp_id ret = parse_ret(p, false);
    p->stack[mark] = ret;
    return parser_node(p, RP_N_PAREN_ARGS, first, first, 0, mark);
}

static rp_id segment_args(parser *p, path_style style)
{
    if (style == PATH_PLAIN)
        return 0;
    bool colons = parser_is(p, RP_T_COLON_COLON);
    uint8_t next = colons ? parser_peek(p, 1) : p->k;
    bool angle = next == RP_T_LT || next == RP_T_LT_LT || next == RP_T_LEFT_ARROW;
    bool paren = next == RP_T_OPEN_PAREN;
    if ((!angle && !paren) || (style == PATH_IN_EXPR && !colons))
        return 0;
    if (colons)
        parser_next(p);
    return angle ? parse_generic_args(p) : paren_args(p);
}

static rp_id qself(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_eat_lt(p);
    parser_put(p, parse_type(p));
    if (parser_eat(p, RP_T_AS))
        parser_put(p, parse_path(p, RP_N_PATH_TYPE, PATH_IN_TYPE));
    parser_expect(p, RP_T_GT);
    return parser_node(p, RP_N_QSELF, first, first, 0, mark);
}

static void one_segment(parser *p, path_style style, uint32_t *main)
{
    if (parser_is(p, RP_T_DOLLAR) && parser_peek(p, 1) == RP_T_CRATE)
        parser_next(p);
    *main = p->at;
    if (!is_segment(p)) {
        parser_fail(p, "expected a name");
        return;
    }
    parser_next(p);
    parser_put_some(p, segment_args(p, style));
}

/* A use tree or a delegation goes on with `{` or `*`. */
static bool ends_before_tree(const parser *p, rp_node_kind kind)
{
    uint8_t next = parser_peek(p, 1);
    return kind == RP_N_PATH && parser_is(p, RP_T_COLON_COLON) &&
           (next == RP_T_OPEN_BRACE || next == RP_T_STAR);
}

static void more_segments(parser *p, rp_node_kind kind, path_style style, uint32_t *main)
{
    while (parser_is(p, RP_T_COLON_COLON) && !ends_before_tree(p, kind)) {
        parser_next(p);
        one_segment(p, style, main);
    }
}

rp_id parse_path(parser *p, rp_node_kind kind, path_style style)
{
    uint32_t first = p->at, mark = p->top, main = first, aux = 0;
    /* a path, or a type that is one, that macro_rules! took as a whole; more may follow behind */
    uint32_t fragments = 0;
    while (parser_eat(p, RP_T_OPEN_NONE))
        fragments++; /* one that macros hand on is wrapped once more each time */
    path_style inner = fragments != 0 && style != PATH_PLAIN ? PATH_IN_TYPE : style;
    parser_put(p, 0);
    if (parser_is_lt(p) && style != PATH_PLAIN) {
        rp_id self = qself(p);
        p->stack[mark] = self;
        if (ends_before_tree(p, kind))
            return parser_node(p, kind, first, main, aux, mark);
        parser_expect(p, RP_T_COLON_COLON);
    } else if (parser_eat(p, RP_T_COLON_COLON)) {
        aux = RP_Q_GLOBAL;
    }
    one_segment(p, inner, &main);
    more_segments(p, kind, inner, &main);
    for (; fragments != 0 && parser_expect(p, RP_T_CLOSE_NONE); fragments--)
        more_segments(p, kind, fragments > 1 ? inner : style, &main);
    return parser_node(p, kind, first, main, aux, mark);
}
