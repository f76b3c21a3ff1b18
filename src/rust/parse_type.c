/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parser.h"

static rp_id type_with(parser *p, bool plus);

rp_id parse_ret(parser *p, bool plus)
{
    if (!parser_eat(p, RP_T_ARROW))
        return 0;
    return plus ? parse_type(p) : parse_type_no_plus(p);
}

rp_id parse_abi(parser *p, uint32_t *aux)
{
    if (!parser_eat(p, RP_T_EXTERN))
        return 0;
    *aux |= RP_Q_EXTERN;
    if (parser_is(p, RP_T_STR) || parser_is(p, RP_T_RAW_STR))
        return parser_leaf(p, RP_N_LIT);
    if (parser_is(p, RP_T_OPEN_NONE) && parser_peek(p, 2) == RP_T_CLOSE_NONE) {
        parser_next(p);
        rp_id lit = parser_leaf(p, RP_N_LIT);
        parser_next(p);
        return lit;
    }
    return 0;
}

/* `A + B` in place of a type: a trait object of editions before 2021. */
static rp_id bare_bounds(parser *p, rp_id type, uint32_t first)
{
    uint32_t mark = p->top;
    parser_put(p, parse_bounds_from(p, type, first));
    return parser_node(p, RP_N_TYPE_DYN, first, first, RP_Q_BARE, mark);
}

static rp_id paren_type(parser *p, bool plus)
{
    uint32_t first = p->at, mark = p->top;
    bool comma = false;
    parser_next(p);
    while (!parser_is(p, RP_T_CLOSE_PAREN) && !p->bad) {
        parser_put_some(p, parse_type(p));
        comma = parser_eat(p, RP_T_COMMA);
        if (!comma)
            break;
    }
    parser_expect(p, RP_T_CLOSE_PAREN);
    if (p->top != mark + 1 || comma)
        return parser_node(p, RP_N_TYPE_TUPLE, first, first, 0, mark);
    rp_id id = parser_node(p, RP_N_TYPE_PAREN, first, first, 0, mark);
    return plus && parser_is(p, RP_T_PLUS) ? bare_bounds(p, id, first) : id;
}

static rp_id ref_type(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    if (parser_is(p, RP_T_AND_AND)) {
        parser_split(p, RP_T_AND);
        parser_put(p, 0);
        parser_put(p, type_with(p, false));
        return parser_node(p, RP_N_TYPE_REF, first, first, 0, mark);
    }
    parser_next(p);
    parser_put(p, parser_is(p, RP_T_LIFETIME) ? parser_leaf(p, RP_N_LIFETIME) : 0);
    if (parser_is(p, RP_T_PIN) &&
        (parser_peek(p, 1) == RP_T_MUT || parser_peek(p, 1) == RP_T_CONST)) {
        parser_next(p);
        parser_eat(p, RP_T_CONST);
        aux |= RP_Q_PIN;
    }
    if (parser_eat(p, RP_T_MUT))
        aux |= RP_Q_MUT;
    parser_put(p, type_with(p, false));
    return parser_node(p, RP_N_TYPE_REF, first, first, aux, mark);
}

static rp_id pointer_type(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    parser_next(p);
    if (parser_eat(p, RP_T_MUT))
        aux = RP_Q_MUT;
    else
        parser_expect(p, RP_T_CONST);
    parser_put(p, type_with(p, false));
    return parser_node(p, RP_N_TYPE_PTR, first, first, aux, mark);
}

static rp_id slice_type(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    rp_node_kind kind = RP_N_TYPE_SLICE;
    parser_next(p);
    parser_put(p, parse_type(p));
    if (parser_eat(p, RP_T_SEMI)) {
        kind = RP_N_TYPE_ARRAY;
        parser_put(p, parse_expr(p, 0));
    }
    parser_expect(p, RP_T_CLOSE_BRACKET);
    return parser_node(p, kind, first, first, 0, mark);
}

static rp_id fn_param(parser *p)
{
    uint32_t first = p->at, mark = p->top, aux = 0;
    parser_put(p, parse_attrs(p));
    /* `&`, `&&` or `mut` before it is refused later */
    uint32_t name = parser_is(p, RP_T_AND) || parser_is(p, RP_T_AND_AND) || parser_is(p, RP_T_MUT);
    bool is_name = rp_is_ident(parser_peek(p, name), p->ast->edition) ||
                   parser_peek(p, name) == RP_T_UNDERSCORE || parser_peek(p, name) == RP_T_SELF;
    if (is_name && parser_peek(p, name + 1) == RP_T_COLON) {
        parser_put(p, parser_is(p, RP_T_SELF) ? parser_leaf(p, RP_N_NAME) : parse_pat_single(p));
        parser_next(p);
    } else {
        parser_put(p, 0);
    }
    if (parser_eat(p, RP_T_DOT_DOT_DOT))
        aux = RP_Q_VARIADIC;
    else
        parser_put(p, parse_type(p));
    return parser_node(p, RP_N_PARAM, first, first, aux, mark);
}

static rp_id fn_type_params(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_expect(p, RP_T_OPEN_PAREN);
    while (!parser_is(p, RP_T_CLOSE_PAREN) && !p->bad) {
        parser_put_some(p, fn_param(p));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_CLOSE_PAREN);
    return parser_node(p, RP_N_PARAMS, first, first, 0, mark);
}

/* for<'a> unsafe extern "C" fn(…) -> T */
static rp_id fn_type(parser *p, rp_id binder, uint32_t first, bool plus)
{
    uint32_t mark = p->top, aux = 0;
    parser_put(p, binder);
    for (;;) {
        if (parser_eat(p, RP_T_UNSAFE))
            aux |= RP_Q_UNSAFE;
        else if (parser_eat(p, RP_T_SAFE))
            aux |= RP_Q_SAFE;
        else if (parser_eat(p, RP_T_CONST) || parser_eat(p, RP_T_ASYNC)) /* refused later */
            continue;
        else
            break;
    }
    parser_put(p, parse_abi(p, &aux));
    uint32_t main = p->at;
    parser_expect(p, RP_T_FN);
    parser_put(p, fn_type_params(p));
    parser_put(p, parse_ret(p, plus));
    return parser_node(p, RP_N_TYPE_FN, first, main, aux, mark);
}

static bool begins_fn_type(const parser *p)
{
    switch (p->k) {
    case RP_T_FN:
    case RP_T_EXTERN:
    case RP_T_UNSAFE:
        return true;
    case RP_T_CONST:
    case RP_T_ASYNC:
    case RP_T_SAFE: {
        uint8_t next = parser_peek(p, 1);
        return next == RP_T_FN || next == RP_T_EXTERN || next == RP_T_UNSAFE;
    }
    default:
        return false;
    }
}

/* `dyn` was a name in edition 2015: a keyword there only before what may begin a bound. */
static bool begins_dyn(const parser *p)
{
    if (p->k != RP_T_DYN)
        return false;
    if (p->ast->edition != RP_EDITION_2015)
        return true;
    uint8_t next = parser_peek(p, 1);
    return rp_is_ident(next, RP_EDITION_2015) || next == RP_T_LIFETIME || next == RP_T_QUESTION ||
           next == RP_T_FOR || next == RP_T_OPEN_PAREN || next == RP_T_CRATE || next == RP_T_SELF ||
           next == RP_T_SUPER || next == RP_T_SELF_TYPE || next == RP_T_STAR || next == RP_T_NOT ||
           next == RP_T_TILDE || next == RP_T_CONST || next == RP_T_DOLLAR ||
           next == RP_T_OPEN_NONE;
}

/* rustc takes all bounds here too, and complains later where it is ambiguous. */
static rp_id dyn_type(parser *p, rp_node_kind kind)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    if (kind == RP_N_TYPE_DYN)
        parser_eat(p, RP_T_STAR);
    parser_put(p, parse_bounds(p));
    return parser_node(p, kind, first, first, 0, mark);
}

static rp_id path_type(parser *p, bool plus)
{
    uint32_t first = p->at;
    rp_id path = parse_path(p, RP_N_PATH_TYPE, PATH_IN_TYPE);
    if (parser_is(p, RP_T_NOT) && rp_is_open(parser_peek(p, 1)))
        return parse_macro_call(p, path);
    if (plus && parser_is(p, RP_T_PLUS))
        return bare_bounds(p, path, first);
    return path;
}

/* for<…>, and what it may stand before. */
static rp_id binder_type(parser *p, bool plus)
{
    uint32_t first = p->at, mark = p->top;
    rp_id binder = parse_for(p);
    if (begins_fn_type(p))
        return fn_type(p, binder, first, plus);
    parser_put(p, binder);
    parser_put(p, parse_path(p, RP_N_PATH_TYPE, PATH_IN_TYPE));
    rp_id one = parser_node(p, RP_N_BOUND, first, first, 0, mark);
    parser_put_some(p, one);
    while (plus && parser_eat(p, RP_T_PLUS)) {
        rp_id more = parse_bounds(p);
        for (uint32_t i = 0; i < rp_kids_count(p->ast, more); i++)
            parser_put(p, rp_kid(p->ast, more, i));
    }
    rp_id bounds = parser_node(p, RP_N_BOUNDS, first, first, 0, mark);
    parser_put(p, bounds);
    return parser_node(p, RP_N_TYPE_DYN, first, first, RP_Q_BARE, mark);
}

static rp_id unsafe_binder(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_put(p, parse_generics(p));
    parser_put(p, type_with(p, false));
    return parser_node(p, RP_N_TYPE_BINDER, first, first, 0, mark);
}

static rp_id typeof_type(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_next(p);
    parser_expect(p, RP_T_OPEN_PAREN);
    parser_put(p, parse_expr(p, 0));
    parser_expect(p, RP_T_CLOSE_PAREN);
    return parser_node(p, RP_N_TYPE_TYPEOF, first, first, 0, mark);
}

/* `$type::Name` where the type is no path. */
static rp_id in_type_fragment(parser *p, rp_id type, uint32_t first)
{
    uint32_t mark = p->top, main = p->at;
    parser_put(p, type);
    rp_id self = parser_node(p, RP_N_QSELF, first, first, 0, mark);
    parser_put(p, self);
    while (parser_eat(p, RP_T_COLON_COLON)) {
        main = p->at;
        if (!rp_is_word(p->k))
            parser_expected(p, RP_T_IDENT);
        parser_next(p);
        if (parser_is_lt(p))
            parser_put_some(p, parse_generic_args(p));
    }
    return parser_node(p, RP_N_PATH_TYPE, first, main, 0, mark);
}

static rp_id type_fragment(parser *p, bool plus)
{
    uint32_t first = p->at;
    uint8_t behind = p->kind[rp_tokens_after_tree(p->t, p->at)];
    parser_next(p);
    if (behind == RP_T_COLON_COLON && parser_is_path_start(p)) {
        parser_jump(p, first);
        return path_type(p, plus);
    }
    rp_id inner = parse_type(p);
    parser_expect(p, RP_T_CLOSE_NONE);
    if (inner != 0 && parser_is(p, RP_T_COLON_COLON))
        return in_type_fragment(p, inner, first);
    return plus && parser_is(p, RP_T_PLUS) ? bare_bounds(p, inner, first) : inner;
}

static rp_id type_of_kind(parser *p, bool plus)
{
    switch (p->k) {
    case RP_T_OPEN_PAREN:
        return paren_type(p, plus);
    case RP_T_OPEN_BRACKET:
        return slice_type(p);
    case RP_T_OPEN_NONE:
        return type_fragment(p, plus);
    case RP_T_NOT:
        return parser_leaf(p, RP_N_TYPE_NEVER);
    case RP_T_UNDERSCORE:
        return parser_leaf(p, RP_N_TYPE_INFER);
    case RP_T_STAR:
        return pointer_type(p);
    case RP_T_AND:
    case RP_T_AND_AND:
        return ref_type(p);
    case RP_T_FOR:
        return binder_type(p, plus);
    case RP_T_IMPL:
        return dyn_type(p, RP_N_TYPE_IMPL);
    case RP_T_TYPEOF:
        return typeof_type(p);
    case RP_T_LIFETIME:
    case RP_T_QUESTION:
    case RP_T_TILDE:
        return bare_bounds(p, 0, p->at);
    case RP_T_UNSAFE:
        if (parser_peek(p, 1) == RP_T_LT)
            return unsafe_binder(p);
        break;
    default:
        break;
    }
    if (begins_fn_type(p))
        return fn_type(p, 0, p->at, plus);
    if (begins_dyn(p))
        return dyn_type(p, RP_N_TYPE_DYN);
    if (parser_is_path_start(p))
        return path_type(p, plus);
    return parser_fail(p, "expected a type");
}

static rp_id type_with(parser *p, bool plus)
{
    if (!parser_enter(p))
        return 0;
    rp_id id = type_of_kind(p, plus);
    parser_leave(p);
    return id;
}

rp_id parse_type(parser *p)
{
    return type_with(p, true);
}

rp_id parse_type_no_plus(parser *p)
{
    return type_with(p, false);
}
