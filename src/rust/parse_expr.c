/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Expressions: operators by precedence, postfix operators, and what stands at the leaves. */
#include "rust/parser.h"

/* Reference, "Expression precedence", weakest first. */
enum {
    BP_ASSIGN = 1,
    BP_RANGE,
    BP_OR,
    BP_AND,
    BP_COMPARE,
    BP_BIT_OR,
    BP_BIT_XOR,
    BP_BIT_AND,
    BP_SHIFT,
    BP_SUM,
    BP_PRODUCT,
    BP_AS,
    BP_PREFIX
};

typedef struct {
    uint8_t power;  /* 0: no operator */
    uint8_t op;     /* rp_op */
    uint8_t tokens; /* `>>` and the like are tokens side by side */
    bool assigns;
} infix;

static const infix infixes[RP_T_COUNT] = {
    [RP_T_EQ] = {BP_ASSIGN, RP_OP_NONE, 1, true},
    [RP_T_PLUS_EQ] = {BP_ASSIGN, RP_OP_ADD, 1, true},
    [RP_T_MINUS_EQ] = {BP_ASSIGN, RP_OP_SUB, 1, true},
    [RP_T_STAR_EQ] = {BP_ASSIGN, RP_OP_MUL, 1, true},
    [RP_T_SLASH_EQ] = {BP_ASSIGN, RP_OP_DIV, 1, true},
    [RP_T_PERCENT_EQ] = {BP_ASSIGN, RP_OP_REM, 1, true},
    [RP_T_CARET_EQ] = {BP_ASSIGN, RP_OP_BIT_XOR, 1, true},
    [RP_T_AND_EQ] = {BP_ASSIGN, RP_OP_BIT_AND, 1, true},
    [RP_T_OR_EQ] = {BP_ASSIGN, RP_OP_BIT_OR, 1, true},
    [RP_T_LT_LT_EQ] = {BP_ASSIGN, RP_OP_SHL, 1, true},
    [RP_T_DOT_DOT] = {BP_RANGE, 0, 1, false},
    [RP_T_DOT_DOT_EQ] = {BP_RANGE, 0, 1, false},
    [RP_T_DOT_DOT_DOT] = {BP_RANGE, 0, 1, false},
    [RP_T_OR_OR] = {BP_OR, RP_OP_OR, 1, false},
    [RP_T_AND_AND] = {BP_AND, RP_OP_AND, 1, false},
    [RP_T_EQ_EQ] = {BP_COMPARE, RP_OP_EQ, 1, false},
    [RP_T_NOT_EQ] = {BP_COMPARE, RP_OP_NE, 1, false},
    [RP_T_LT] = {BP_COMPARE, RP_OP_LT, 1, false},
    [RP_T_LT_EQ] = {BP_COMPARE, RP_OP_LE, 1, false},
    [RP_T_GT] = {BP_COMPARE, RP_OP_GT, 1, false},
    [RP_T_OR] = {BP_BIT_OR, RP_OP_BIT_OR, 1, false},
    [RP_T_CARET] = {BP_BIT_XOR, RP_OP_BIT_XOR, 1, false},
    [RP_T_AND] = {BP_BIT_AND, RP_OP_BIT_AND, 1, false},
    [RP_T_LT_LT] = {BP_SHIFT, RP_OP_SHL, 1, false},
    [RP_T_PLUS] = {BP_SUM, RP_OP_ADD, 1, false},
    [RP_T_MINUS] = {BP_SUM, RP_OP_SUB, 1, false},
    [RP_T_STAR] = {BP_PRODUCT, RP_OP_MUL, 1, false},
    [RP_T_SLASH] = {BP_PRODUCT, RP_OP_DIV, 1, false},
    [RP_T_PERCENT] = {BP_PRODUCT, RP_OP_REM, 1, false},
    [RP_T_AS] = {BP_AS, 0, 1, false},
    /* x<-1: for a comparison with a negative number */
    [RP_T_LEFT_ARROW] = {BP_COMPARE, RP_OP_LT, 1, false},
};

static infix infix_at(const parser *p)
{
    infix in = infixes[p->k];
    if (p->k != RP_T_GT)
        return in;
    uint32_t glued = rp_tokens_glued(p->t, p->at);
    if (glued == 1 || p->end - p->at < glued)
        return in;
    if (p->kind[p->at + 1] == RP_T_EQ)
        return (infix){BP_COMPARE, RP_OP_GE, 2, false};
    return glued == 2 ? (infix){BP_SHIFT, RP_OP_SHR, 2, false}
                      : (infix){BP_ASSIGN, RP_OP_SHR, 3, true};
}

bool parser_begins_expr(const parser *p, unsigned where)
{
    switch (p->k) {
    case RP_T_OPEN_BRACE:
        return !(where & E_NO_STRUCT);
    case RP_T_OPEN_PAREN:
    case RP_T_OPEN_BRACKET:
    case RP_T_OPEN_NONE:
    case RP_T_NOT:
    case RP_T_MINUS:
    case RP_T_STAR:
    case RP_T_AND:
    case RP_T_AND_AND:
    case RP_T_OR:
    case RP_T_OR_OR:
    case RP_T_DOT_DOT:
    case RP_T_DOT_DOT_DOT:
    case RP_T_DOT_DOT_EQ:
    case RP_T_LT:
    case RP_T_LT_LT:
    case RP_T_COLON_COLON:
    case RP_T_LIFETIME:
    case RP_T_HASH:
    case RP_T_UNDERSCORE:
    case RP_T_DO:
    case RP_T_BECOME:
    case RP_T_BOX:
    case RP_T_BREAK:
    case RP_T_CONST:
    case RP_T_CONTINUE:
    case RP_T_FOR:
    case RP_T_IF:
    case RP_T_LET:
    case RP_T_LOOP:
    case RP_T_MATCH:
    case RP_T_MOVE:
    case RP_T_RETURN:
    case RP_T_STATIC:
    case RP_T_UNSAFE:
    case RP_T_WHILE:
    case RP_T_YIELD:
        return true;
    case RP_T_DOLLAR:
        return parser_peek(p, 1) == RP_T_CRATE;
    default:
        return (p->k >= RP_T_IDENT && p->k <= RP_T_SUPER) || rp_is_literal(p->k);
    }
}

static rp_id range_expr(parser *p, rp_id left, uint32_t first, unsigned where)
{
    uint32_t mark = p->top, main = p->at;
    rp_range_kind kind = parser_is(p, RP_T_DOT_DOT)      ? RP_RANGE_OPEN
                         : parser_is(p, RP_T_DOT_DOT_EQ) ? RP_RANGE_CLOSED
                                                         : RP_RANGE_DOTS;
    parser_next(p);
    parser_put(p, left);
    if (parser_begins_expr(p, where))
        parser_put(p, parse_expr_above(p, where & E_NO_STRUCT, BP_RANGE + 1));
    return parser_node(p, RP_N_RANGE, first, main, kind, mark);
}

static rp_id cast_expr(parser *p, rp_id left, uint32_t first)
{
    uint32_t mark = p->top, main = p->at;
    parser_next(p);
    parser_put(p, left);
    parser_put(p, parse_type_no_plus(p));
    return parser_node(p, RP_N_CAST, first, main, 0, mark);
}

static rp_id binary_expr(parser *p, rp_id left, uint32_t first, infix in, unsigned where)
{
    uint32_t mark = p->top, main = p->at;
    if (parser_is(p, RP_T_LEFT_ARROW))
        parser_split(p, RP_T_MINUS);
    else
        for (uint32_t i = 0; i < in.tokens; i++)
            parser_next(p);
    unsigned min = in.assigns ? in.power : in.power + 1u;
    parser_put(p, left);
    parser_put(p, parse_expr_above(p, where & E_NO_STRUCT, min));
    return parser_node(p, in.assigns ? RP_N_ASSIGN : RP_N_BINARY, first, main, in.op, mark);
}

rp_id parse_expr_rest(parser *p, rp_id left, unsigned where, unsigned min)
{
    if (left == 0)
        return 0;
    uint32_t first = p->ast->nodes[left].first;
    for (;;) {
        infix in = infix_at(p);
        if (in.power == 0 || in.power < min || left == 0)
            return left;
        if (in.power == BP_RANGE)
            left = range_expr(p, left, first, where);
        else if (in.power == BP_AS)
            left = cast_expr(p, left, first);
        else
            left = binary_expr(p, left, first, in, where);
    }
}

/* Reference, "Expression statements": these end a statement without a semicolon. */
bool parser_is_complete(const parser *p, rp_id id, unsigned where)
{
    const rp_node *n = rp_node_of(p->ast, id);
    if (!(where & E_STATEMENT) || id == 0)
        return false;
    switch (n->kind) {
    case RP_N_IF:
    case RP_N_MATCH:
    case RP_N_LOOP:
    case RP_N_WHILE:
    case RP_N_FOR:
        return true;
    case RP_N_BLOCK:
        return (n->aux & (RP_Q_ASYNC | RP_Q_GEN)) == 0;
    case RP_N_MACRO_CALL:
        return (where & E_MACRO) != 0 && p->kind[n->last] == RP_T_CLOSE_BRACE;
    default:
        return false;
    }
}

static rp_id prefix_expr(parser *p, rp_node_kind kind, unsigned where)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_put(p, parse_expr_above(p, where & E_NO_STRUCT, BP_PREFIX));
    return parser_node(p, kind, first, first, 0, mark);
}

/* & && &mut &raw const &raw mut &pin mut */
static rp_id ref_expr(parser *p, unsigned where)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    bool twice = parser_is(p, RP_T_AND_AND);
    parser_next(p);
    uint8_t next = parser_peek(p, 1);
    if (parser_is(p, RP_T_RAW) && (next == RP_T_MUT || next == RP_T_CONST)) {
        parser_next(p);
        aux |= RP_Q_RAW;
    } else if (parser_is(p, RP_T_PIN) && (next == RP_T_MUT || next == RP_T_CONST)) {
        parser_next(p);
        aux |= RP_Q_PIN;
    }
    if (parser_eat(p, RP_T_MUT))
        aux |= RP_Q_MUT;
    else if (aux != 0)
        parser_eat(p, RP_T_CONST);
    parser_put(p, parse_expr_above(p, where & E_NO_STRUCT, BP_PREFIX));
    rp_id id = parser_node(p, RP_N_REF, first, first, aux, mark);
    if (!twice)
        return id;
    parser_put_some(p, id);
    return parser_node(p, RP_N_REF, first, first, 0, mark);
}

static rp_id attr_expr(parser *p, unsigned where)
{
    uint32_t first = p->at, mark = p->top;
    parser_put(p, parse_attrs(p));
    parser_put(p, parse_expr_above(p, where & E_NO_STRUCT, BP_PREFIX));
    return parser_node(p, RP_N_ATTR_EXPR, first, first, 0, mark);
}

static rp_id unary(parser *p, unsigned where)
{
    switch (p->k) {
    case RP_T_NOT:
        return prefix_expr(p, RP_N_NOT, where);
    case RP_T_MINUS:
        return prefix_expr(p, RP_N_NEG, where);
    case RP_T_STAR:
        return prefix_expr(p, RP_N_DEREF, where);
    case RP_T_AND:
    case RP_T_AND_AND:
        return ref_expr(p, where);
    case RP_T_DOT_DOT:
    case RP_T_DOT_DOT_EQ:
    case RP_T_DOT_DOT_DOT:
        return range_expr(p, 0, p->at, where);
    case RP_T_HASH:
    case RP_T_DOC_OUTER:
        return attr_expr(p, where);
    default:
        return parse_postfix(p, parse_primary(p, where), where);
    }
}

rp_id parse_expr_above(parser *p, unsigned where, unsigned min)
{
    if (!parser_enter(p))
        return 0;
    rp_id left = unary(p, where);
    if (!parser_is_complete(p, left, where))
        left = parse_expr_rest(p, left, where, min);
    parser_leave(p);
    return left;
}

rp_id parse_expr(parser *p, unsigned where)
{
    return parse_expr_above(p, where, BP_ASSIGN);
}

rp_id parse_literal(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    if (parser_is(p, RP_T_OPEN_NONE)) {
        parser_next(p);
        rp_id inner = parse_literal(p);
        parser_expect(p, RP_T_CLOSE_NONE);
        return inner;
    }
    if (parser_eat(p, RP_T_MINUS)) {
        parser_put(p, rp_is_literal(p->k) || parser_is(p, RP_T_OPEN_NONE)
                          ? parse_literal(p)
                          : parser_fail(p, "expected a literal"));
        return parser_node(p, RP_N_NEG, first, first, 0, mark);
    }
    if (!rp_is_literal(p->k))
        return parser_fail(p, "expected a literal");
    return parser_leaf(p, RP_N_LIT);
}
