/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The leaves of expressions, and what may follow them: calls, fields, indices, `?`. */
#include "rust/parser.h"

rp_id parse_macro_call(parser *p, rp_id path)
{
    uint32_t first = path != 0 ? p->ast->nodes[path].first : p->at;
    uint32_t mark = p->top, main = p->at;
    parser_put(p, path);
    parser_expect(p, RP_T_NOT);
    if (!rp_is_open(p->k) || p->k == RP_T_OPEN_NONE || p->t->mate[p->at] == RP_NO_MATE ||
        p->t->mate[p->at] >= p->end)
        parser_fail(p, "expected a delimited group");
    else
        parser_jump(p, p->t->mate[p->at] + 1);
    return parser_node(p, RP_N_MACRO_CALL, first, main, 0, mark);
}

/* Expressions, commas between, up to `close`. True: a comma was last. */
static bool exprs_until(parser *p, rp_token_kind close)
{
    bool comma = false;
    while (!parser_is(p, close) && !p->bad) {
        parser_put_some(p, parse_expr(p, 0));
        comma = parser_eat(p, RP_T_COMMA);
        if (!comma)
            break;
    }
    parser_expect(p, close);
    return comma;
}

static rp_id paren_expr(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    bool comma = exprs_until(p, RP_T_CLOSE_PAREN);
    bool one = p->top == mark + 1 && !comma;
    return parser_node(p, one ? RP_N_PAREN : RP_N_TUPLE, first, first, 0, mark);
}

static rp_id array_expr(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    if (!parser_is(p, RP_T_CLOSE_BRACKET)) {
        parser_put_some(p, parse_expr(p, 0));
        if (parser_eat(p, RP_T_SEMI)) {
            parser_put(p, parse_expr(p, 0));
            parser_expect(p, RP_T_CLOSE_BRACKET);
            return parser_node(p, RP_N_REPEAT, first, first, 0, mark);
        }
        if (!parser_is(p, RP_T_CLOSE_BRACKET))
            parser_expect(p, RP_T_COMMA);
    }
    exprs_until(p, RP_T_CLOSE_BRACKET);
    return parser_node(p, RP_N_ARRAY, first, first, 0, mark);
}

static rp_id field_init(parser *p, rp_id attrs, uint32_t first)
{
    uint32_t mark = p->top, aux = 0, main = p->at;
    parser_put(p, attrs);
    if (!rp_is_word(p->k) && !parser_is(p, RP_T_INT))
        return parser_fail(p, "expected a field");
    parser_next(p);
    if (parser_eat(p, RP_T_COLON)) {
        parser_put(p, parse_expr(p, 0));
    } else {
        aux = RP_Q_SHORTHAND;
        uint32_t inner = p->top;
        rp_id name = parser_node(p, RP_N_PATH_EXPR, main, main, 0, inner);
        parser_put(p, name);
    }
    return parser_node(p, RP_N_FIELD_INIT, first, main, aux, mark);
}

static rp_id struct_expr(parser *p, rp_id path, uint32_t first)
{
    uint32_t mark = p->top, main = p->at, aux = 0;
    parser_put(p, path);
    parser_put(p, 0);
    parser_next(p);
    while (!parser_is(p, RP_T_CLOSE_BRACE) && !p->bad) {
        uint32_t field = p->at;
        rp_id attrs = parse_attrs(p);
        if (parser_eat(p, RP_T_DOT_DOT)) {
            rp_id base = 0;
            if (parser_is(p, RP_T_CLOSE_BRACE))
                aux = RP_Q_REST;
            else
                base = parse_expr(p, 0);
            p->stack[mark + 1] = base;
            parser_eat(p, RP_T_COMMA); /* refused later */
            break;
        }
        parser_put_some(p, field_init(p, attrs, field));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_CLOSE_BRACE);
    return parser_node(p, RP_N_STRUCT_EXPR, first, main, aux, mark);
}

static rp_id path_expr(parser *p, unsigned where)
{
    uint32_t first = p->at;
    rp_id path;
    if (RP_LIKELY(p->k == RP_T_IDENT && parser_peek(p, 1) != RP_T_COLON_COLON))
        path = parser_leaf(p, RP_N_PATH_EXPR);
    else
        path = parse_path(p, RP_N_PATH_EXPR, PATH_IN_EXPR);
    if (parser_is(p, RP_T_NOT) && rp_is_open(parser_peek(p, 1)))
        return parse_macro_call(p, path);
    if (parser_is(p, RP_T_OPEN_BRACE) && !(where & E_NO_STRUCT))
        return struct_expr(p, path, first);
    return path;
}

/* return, yield, become, do yeet: an operand may follow. */
static rp_id jump_expr(parser *p, rp_node_kind kind)
{
    uint32_t first = p->at, mark = p->top;
    if (kind == RP_N_YEET)
        parser_next(p);
    uint32_t main = p->at;
    parser_next(p);
    if (parser_begins_expr(p, 0))
        parser_put(p, parse_expr(p, 0));
    return parser_node(p, kind, first, main, 0, mark);
}

static rp_id break_expr(parser *p, unsigned where)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    bool label = parser_is(p, RP_T_LIFETIME) && parser_peek(p, 1) != RP_T_COLON;
    parser_put(p, label ? parser_leaf(p, RP_N_LIFETIME) : 0);
    if (parser_begins_expr(p, where))
        parser_put(p, parse_expr(p, where & E_NO_STRUCT));
    return parser_node(p, RP_N_BREAK, first, first, 0, mark);
}

static rp_id continue_expr(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_put(p, parser_is(p, RP_T_LIFETIME) ? parser_leaf(p, RP_N_LIFETIME) : 0);
    return parser_node(p, RP_N_CONTINUE, first, first, 0, mark);
}

/* A condition; stronger operators than && belong to its right side. */
static rp_id let_expr(parser *p, unsigned where)
{
    enum { COMPARE = 5 }; /* BP_COMPARE */
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_put(p, parse_pat(p));
    parser_expect(p, RP_T_EQ);
    parser_put(p, parse_expr_above(p, where & E_NO_STRUCT, COMPARE));
    return parser_node(p, RP_N_LET_EXPR, first, first, 0, mark);
}

static rp_id labelled(parser *p)
{
    uint32_t first = p->at;
    rp_id label = parser_leaf(p, RP_N_LIFETIME);
    parser_expect(p, RP_T_COLON);
    if (parser_is(p, RP_T_OPEN_BRACE))
        return parse_block_with(p, label, first, 0);
    if (parser_is(p, RP_T_LOOP) || parser_is(p, RP_T_WHILE) || parser_is(p, RP_T_FOR))
        return parse_loop(p, label, first);
    return parser_fail(p, "expected a loop or a block behind the label");
}

static rp_id box_expr(parser *p)
{
    uint32_t first = p->at;
    parser_next(p);
    rp_id inner = parse_expr_above(p, 0, UINT32_MAX);
    if (inner != 0)
        p->ast->nodes[inner].first = first;
    return inner;
}

/* builtin # offset_of(Container, field): an unstable syntax of the standard library. */
rp_id parse_builtin(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_next(p);
    uint32_t main = p->at;
    parser_next(p);
    if (!parser_is(p, RP_T_OPEN_PAREN))
        parser_expected(p, RP_T_OPEN_PAREN);
    else
        parser_jump(p, rp_tokens_after_tree(p->t, p->at));
    return parser_node(p, RP_N_BUILTIN, first, main, 0, mark);
}

static rp_id expr_fragment(parser *p, unsigned where)
{
    uint32_t behind = rp_tokens_after_tree(p->t, p->at);
    uint8_t next = behind < p->end ? p->kind[behind] : (uint8_t)RP_T_EOF;
    if (next == RP_T_COLON_COLON || (next == RP_T_OPEN_BRACE && !(where & E_NO_STRUCT)) ||
        next == RP_T_NOT)
        return path_expr(p, where);
    parser_next(p);
    rp_id inner = parse_expr(p, 0);
    parser_expect(p, RP_T_CLOSE_NONE);
    return inner;
}

static rp_id keyword_expr(parser *p, unsigned where)
{
    uint32_t first = p->at;
    switch (p->k) {
    case RP_T_IF:
        return parse_if(p);
    case RP_T_MATCH:
        return parse_match(p);
    case RP_T_LOOP:
    case RP_T_WHILE:
    case RP_T_FOR:
        return parse_loop(p, 0, first);
    case RP_T_RETURN:
        return jump_expr(p, RP_N_RETURN);
    case RP_T_BREAK:
        return break_expr(p, where);
    case RP_T_CONTINUE:
        return continue_expr(p);
    case RP_T_LET:
        return let_expr(p, where);
    case RP_T_YIELD:
        return jump_expr(p, RP_N_YIELD);
    case RP_T_BECOME:
        return jump_expr(p, RP_N_BECOME);
    case RP_T_BOX:
        return box_expr(p);
    case RP_T_DO:
        if (parser_peek(p, 1) == RP_T_YEET)
            return jump_expr(p, RP_N_YEET);
        break;
    default:
        break;
    }
    return parser_fail(p, "expected an expression");
}

/* The words that begin a block of some kind when a brace follows. */
static bool begins_block(const parser *p)
{
    uint8_t next = parser_peek(p, 1), third = parser_peek(p, 2);
    bool move = next == RP_T_MOVE || next == RP_T_USE;
    bool keyword = !rp_is_ident(p->k, p->ast->edition);
    switch (p->k) {
    case RP_T_UNSAFE:
    case RP_T_CONST:
        return next == RP_T_OPEN_BRACE;
    case RP_T_ASYNC:
        return keyword &&
               (next == RP_T_OPEN_BRACE || next == RP_T_GEN || (move && third == RP_T_OPEN_BRACE));
    case RP_T_GEN:
        return keyword && (next == RP_T_OPEN_BRACE || (move && third == RP_T_OPEN_BRACE));
    case RP_T_TRY:
        return keyword && (next == RP_T_OPEN_BRACE || next == RP_T_IDENT);
    default:
        return false;
    }
}

rp_id parse_primary(parser *p, unsigned where)
{
    switch (p->k) {
    case RP_T_IDENT:
        return path_expr(p, where);
    case RP_T_OPEN_PAREN:
        return paren_expr(p);
    case RP_T_OPEN_BRACKET:
        return array_expr(p);
    case RP_T_OPEN_BRACE:
        return parse_block_with(p, 0, p->at, 0);
    case RP_T_OPEN_NONE:
        return expr_fragment(p, where);
    case RP_T_LIFETIME:
        return labelled(p);
    case RP_T_UNDERSCORE:
        return parser_leaf(p, RP_N_UNDERSCORE);
    default:
        break;
    }
    if (rp_is_literal(p->k))
        return parser_leaf(p, RP_N_LIT);
    if (parser_is_closure(p))
        return parse_closure(p, where);
    if (begins_block(p))
        return parse_block_expr(p, 0, p->at);
    if (parser_is(p, RP_T_BUILTIN) && parser_peek(p, 1) == RP_T_HASH)
        return parse_builtin(p);
    if (parser_is_path_start(p))
        return path_expr(p, where);
    return keyword_expr(p, where);
}

/* One postfix node on `base` with `main` as its name; kids that follow are on the stack. */
static rp_id postfix(parser *p, rp_node_kind kind, rp_id base, uint32_t main)
{
    uint32_t mark = p->top;
    parser_put_some(p, base);
    return parser_node(p, kind, p->ast->nodes[base].first, main, 0, mark);
}

static rp_id method_call(parser *p, rp_id base)
{
    uint32_t mark = p->top, main = p->at;
    parser_put(p, base);
    parser_next(p);
    rp_id generics = 0;
    if (parser_is(p, RP_T_COLON_COLON)) {
        parser_next(p);
        if (!parser_is_lt(p))
            parser_expected(p, RP_T_LT);
        else
            generics = parse_generic_args(p);
    }
    if (!parser_is(p, RP_T_OPEN_PAREN)) {
        if (generics != 0)
            parser_expected(p, RP_T_OPEN_PAREN);
        return parser_node(p, RP_N_FIELD_EXPR, p->ast->nodes[base].first, main, 0, mark);
    }
    parser_put(p, generics);
    parser_next(p);
    exprs_until(p, RP_T_CLOSE_PAREN);
    return parser_node(p, RP_N_METHOD_CALL, p->ast->nodes[base].first, main, 0, mark);
}

/* x.0.1 has the token `0.1`, and `x.0. y` the token `0.`; *dot: the second dot is inside it. */
static rp_id tuple_field(parser *p, rp_id base, bool *dot)
{
    uint32_t main = p->at;
    rp_str text = rp_token_text(p->t, main);
    const char *point = parser_is(p, RP_T_FLOAT) ? memchr(text.ptr, '.', text.len) : NULL;
    parser_next(p);
    base = postfix(p, RP_N_FIELD_EXPR, base, main);
    if (point == NULL || base == 0)
        return base;
    p->ast->nodes[base].flags |= RP_F_HALF;
    *dot = point + 1 == text.ptr + text.len;
    return *dot ? base : postfix(p, RP_N_FIELD_EXPR, base, main);
}

static rp_id dot_suffix(parser *p, rp_id base, bool *dot)
{
    uint32_t main = p->at;
    *dot = false;
    if (parser_is(p, RP_T_INT) || parser_is(p, RP_T_FLOAT))
        return tuple_field(p, base, dot);
    if (parser_is_ident(p) || (p->k >= RP_T_CRATE && p->k <= RP_T_SUPER))
        return method_call(p, base);
    switch (p->k) {
    case RP_T_AWAIT:
        parser_next(p);
        return postfix(p, RP_N_AWAIT, base, main);
    case RP_T_USE:
        parser_next(p);
        return postfix(p, RP_N_USE_EXPR, base, main);
    case RP_T_YIELD:
        parser_next(p);
        return postfix(p, RP_N_YIELD, base, main);
    default:
        return parser_fail(p, "expected a field or a method");
    }
}

static rp_id call(parser *p, rp_id base)
{
    uint32_t mark = p->top, main = p->at;
    parser_put(p, base);
    parser_next(p);
    exprs_until(p, RP_T_CLOSE_PAREN);
    return parser_node(p, RP_N_CALL, p->ast->nodes[base].first, main, 0, mark);
}

static rp_id index_expr(parser *p, rp_id base)
{
    uint32_t mark = p->top, main = p->at;
    parser_put(p, base);
    parser_next(p);
    parser_put(p, parse_expr(p, 0));
    parser_expect(p, RP_T_CLOSE_BRACKET);
    return parser_node(p, RP_N_INDEX, p->ast->nodes[base].first, main, 0, mark);
}

rp_id parse_postfix(parser *p, rp_id base, unsigned where)
{
    bool dot = false;
    while (base != 0) {
        uint32_t main = p->at;
        if (dot || parser_is(p, RP_T_DOT)) {
            if (!dot)
                parser_next(p);
            base = dot_suffix(p, base, &dot);
        } else if (parser_is(p, RP_T_QUESTION)) {
            parser_next(p);
            base = postfix(p, RP_N_TRY, base, main);
        } else if (parser_is(p, RP_T_OPEN_PAREN) && !parser_is_complete(p, base, where)) {
            base = call(p, base);
        } else if (parser_is(p, RP_T_OPEN_BRACKET) && !parser_is_complete(p, base, where)) {
            base = index_expr(p, base);
        } else {
            break;
        }
    }
    return base;
}
