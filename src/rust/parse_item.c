/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Items: what begins one, functions, constants, modules, blocks of items. Structs, enums, use trees
 * and macros are in parse_adt.c and parse_use.c. */
#include "rust/parser.h"

enum { MAX_FRONT = 16 }; /* words before `fn` or the like that are looked at */

/* Words before `fn` in any order, the ABI's name included: how many; UINT32_MAX when no `fn`
 * follows them. */
static uint32_t fn_front(const parser *p)
{
    for (uint32_t i = 0; i < MAX_FRONT; i++) {
        switch (parser_peek(p, i)) {
        case RP_T_FN:
            return i;
        case RP_T_CONST:
        case RP_T_ASYNC:
        case RP_T_GEN:
        case RP_T_UNSAFE:
        case RP_T_SAFE:
        case RP_T_DEFAULT:
            break;
        case RP_T_EXTERN: {
            uint8_t next = parser_peek(p, i + 1);
            if (next == RP_T_STR || next == RP_T_RAW_STR)
                i++;
            else if (next == RP_T_OPEN_NONE)
                i += 3;
            break;
        }
        default:
            return UINT32_MAX;
        }
    }
    return UINT32_MAX;
}

static bool is_word_text(const parser *p, const char *text)
{
    return parser_is(p, RP_T_IDENT) && rp_str_is(rp_token_text(p->t, p->at), text);
}

static bool is_macro_rules(const parser *p)
{
    return parser_is(p, RP_T_IDENT) && parser_peek(p, 1) == RP_T_NOT &&
           (rp_is_word(parser_peek(p, 2)) || parser_peek(p, 2) == RP_T_OPEN_NONE) &&
           is_word_text(p, "macro_rules");
}

static bool default_begins_item(uint8_t next)
{
    switch (next) {
    case RP_T_FN:
    case RP_T_CONST:
    case RP_T_TYPE:
    case RP_T_UNSAFE:
    case RP_T_ASYNC:
    case RP_T_EXTERN:
    case RP_T_IMPL:
    case RP_T_STATIC:
        return true;
    default:
        return false;
    }
}

static bool unsafe_begins_item(const parser *p)
{
    switch (parser_peek(p, 1)) {
    case RP_T_IMPL:
    case RP_T_TRAIT:
    case RP_T_AUTO:
    case RP_T_EXTERN:
    case RP_T_MOD:
    case RP_T_STATIC:
        return true;
    case RP_T_CONST:
        return parser_peek(p, 2) == RP_T_TRAIT || parser_peek(p, 2) == RP_T_IMPL;
    default:
        return fn_front(p) != UINT32_MAX;
    }
}

static bool const_begins_item(const parser *p)
{
    switch (parser_peek(p, 1)) {
    case RP_T_UNDERSCORE:
    case RP_T_MUT:
    case RP_T_TRAIT:
    case RP_T_IMPL:
        return true;
    case RP_T_UNSAFE:
        return parser_peek(p, 2) == RP_T_TRAIT || parser_peek(p, 2) == RP_T_IMPL ||
               parser_peek(p, 2) == RP_T_AUTO || fn_front(p) != UINT32_MAX;
    default:
        return fn_front(p) != UINT32_MAX ||
               (rp_is_ident(parser_peek(p, 1), p->ast->edition) && !parser_is_closure(p));
    }
}

static bool weak_begins_item(const parser *p)
{
    uint8_t next = parser_peek(p, 1);
    switch (p->k) {
    case RP_T_DEFAULT:
        return default_begins_item(next);
    case RP_T_AUTO:
        return next == RP_T_TRAIT;
    case RP_T_UNION:
        return rp_is_ident(next, p->ast->edition) || next == RP_T_OPEN_NONE;
    case RP_T_SAFE:
        return next == RP_T_STATIC || fn_front(p) != UINT32_MAX;
    case RP_T_REUSE:
        return rp_is_ident(next, p->ast->edition) || next == RP_T_LT || next == RP_T_SELF ||
               next == RP_T_SELF_TYPE || next == RP_T_CRATE;
    default:
        return false;
    }
}

bool parser_begins_item(const parser *p)
{
    uint8_t next = parser_peek(p, 1);
    switch (p->k) {
    case RP_T_IDENT:
        return is_macro_rules(p);
    case RP_T_FN:
    case RP_T_STRUCT:
    case RP_T_ENUM:
    case RP_T_MOD:
    case RP_T_TRAIT:
    case RP_T_TYPE:
    case RP_T_IMPL:
    case RP_T_PUB:
    case RP_T_EXTERN:
    case RP_T_MACRO:
        return true;
    case RP_T_USE:
        return next != RP_T_OR && next != RP_T_OR_OR && next != RP_T_MOVE;
    case RP_T_STATIC:
        return !parser_is_closure(p);
    case RP_T_CONST:
        return const_begins_item(p);
    case RP_T_UNSAFE:
        return unsafe_begins_item(p);
    case RP_T_ASYNC:
    case RP_T_GEN:
        return fn_front(p) != UINT32_MAX;
    case RP_T_OPEN_NONE: {
        parser inner = *p;
        parser_next(&inner);
        return next == RP_T_CLOSE_NONE || (next != RP_T_OPEN_NONE && parser_begins_item(&inner));
    }
    default:
        return weak_begins_item(p);
    }
}

/* &'a mut self, mut self, self: Type; 0 without an error when it is none of them. */
static rp_id self_param(parser *p, rp_id attrs, uint32_t first)
{
    uint32_t i = 0, mark = p->top, aux = 0;
    i += parser_peek(p, i) == RP_T_AND;
    i += parser_peek(p, i) == RP_T_LIFETIME;
    if (parser_peek(p, i) == RP_T_PIN)
        i += parser_peek(p, i + 1) == RP_T_CONST ? 2 : 1;
    i += parser_peek(p, i) == RP_T_MUT;
    if (parser_peek(p, i) != RP_T_SELF || parser_peek(p, i + 1) == RP_T_COLON_COLON)
        return 0;
    parser_put(p, attrs);
    if (parser_eat(p, RP_T_AND))
        aux |= RP_Q_REF;
    parser_put(p, parser_is(p, RP_T_LIFETIME) ? parser_leaf(p, RP_N_LIFETIME) : 0);
    if (parser_eat(p, RP_T_PIN))
        parser_eat(p, RP_T_CONST);
    if (parser_eat(p, RP_T_MUT))
        aux |= RP_Q_MUT;
    uint32_t main = p->at;
    parser_next(p);
    parser_put(p, parser_eat(p, RP_T_COLON) ? parse_type(p) : 0);
    return parser_node(p, RP_N_SELF_PARAM, first, main, aux, mark);
}

/* May the name be left out (traits of edition 2015), and is it? As rustc's is_named_param. */
static bool is_anonymous(const parser *p)
{
    uint32_t i = 0;
    if (!p->anonymous_params)
        return false;
    uint8_t k = parser_peek(p, 0);
    if (k == RP_T_OPEN_NONE)
        return false;
    i += k == RP_T_AND || k == RP_T_AND_AND || k == RP_T_MUT;
    k = parser_peek(p, i);
    bool name = rp_is_word(k) || k == RP_T_UNDERSCORE;
    return !(name && parser_peek(p, i + 1) == RP_T_COLON) && k != RP_T_OPEN_PAREN &&
           k != RP_T_REF && k != RP_T_MUT;
}

static rp_id param(parser *p, rp_id attrs, uint32_t first)
{
    uint32_t mark = p->top, aux = 0;
    parser_put(p, attrs);
    if (parser_eat(p, RP_T_DOT_DOT_DOT))
        return parser_node(p, RP_N_PARAM, first, first, RP_Q_VARIADIC, mark);
    if (is_anonymous(p)) {
        parser_put(p, 0);
        parser_put(p, parse_type(p));
        return parser_node(p, RP_N_PARAM, first, first, 0, mark);
    }
    parser_put(p, parse_pat(p));
    parser_expect(p, RP_T_COLON);
    if (parser_eat(p, RP_T_DOT_DOT_DOT))
        aux = RP_Q_VARIADIC;
    else
        parser_put(p, parse_type(p));
    return parser_node(p, RP_N_PARAM, first, first, aux, mark);
}

rp_id parse_params(parser *p)
{
    uint32_t first = p->at, mark = p->top;
    parser_expect(p, RP_T_OPEN_PAREN);
    while (!parser_is(p, RP_T_CLOSE_PAREN) && !p->bad) {
        uint32_t one = p->at;
        rp_id attrs = parse_attrs(p);
        rp_id self = p->top == mark ? self_param(p, attrs, one) : 0;
        parser_put_some(p, self != 0 ? self : param(p, attrs, one));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    parser_expect(p, RP_T_CLOSE_PAREN);
    return parser_node(p, RP_N_PARAMS, first, first, 0, mark);
}

/* Leaves tokens [at, to) for later. */
static rp_id unparsed(parser *p, uint32_t to)
{
    uint32_t first = p->at;
    parser_jump(p, to);
    return parser_node(p, RP_N_UNPARSED, first, first, 0, p->top);
}

static rp_id fn_body(parser *p)
{
    if (parser_eat(p, RP_T_SEMI))
        return 0;
    if (p->lazy && parser_is(p, RP_T_OPEN_BRACE) && p->t->mate[p->at] < p->end)
        return unparsed(p, p->t->mate[p->at] + 1);
    return parse_block(p);
}

static uint32_t qualifiers(parser *p, rp_id *ret_abi)
{
    uint32_t aux = 0;
    for (;;) {
        if (parser_eat(p, RP_T_CONST))
            aux |= RP_Q_CONST;
        else if (parser_eat(p, RP_T_ASYNC))
            aux |= RP_Q_ASYNC;
        else if (parser_eat(p, RP_T_GEN))
            aux |= RP_Q_GEN;
        else if (parser_eat(p, RP_T_UNSAFE))
            aux |= RP_Q_UNSAFE;
        else if (parser_eat(p, RP_T_SAFE))
            aux |= RP_Q_SAFE;
        else if (parser_eat(p, RP_T_DEFAULT))
            aux |= RP_Q_DEFAULT;
        else if (parser_eat(p, RP_T_AUTO))
            aux |= RP_Q_AUTO;
        else if (parser_is(p, RP_T_EXTERN))
            *ret_abi = parse_abi(p, &aux);
        else
            return aux;
    }
}

static uint32_t item_name(parser *p)
{
    uint32_t at = p->at;
    if (parser_is_ident(p))
        parser_next(p);
    else
        parser_expected(p, RP_T_IDENT);
    return at;
}

static rp_id fn_item(parser *p, rp_id attrs, rp_id vis, uint32_t first, item_place place)
{
    uint32_t mark = p->top;
    rp_id abi = 0;
    uint32_t aux = qualifiers(p, &abi);
    parser_expect(p, RP_T_FN);
    uint32_t main = item_name(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, abi);
    parser_put(p, parse_generics(p));
    p->anonymous_params = place == IN_TRAIT && p->ast->edition == RP_EDITION_2015;
    parser_put(p, parse_params(p));
    p->anonymous_params = false;
    parser_put(p, parse_ret(p, true));
    parser_put(p, parse_where(p));
    parser_put(p, fn_body(p));
    return parser_node(p, RP_N_FN, first, main, aux, mark);
}

/* The value of a constant or static, up to `;` or, for generic constants, `where`. */
static rp_id value(parser *p)
{
    if (!parser_eat(p, RP_T_EQ))
        return 0;
    if (!p->lazy || p->at < p->eager_until)
        return parse_expr(p, 0);
    uint32_t to = p->at;
    while (to < p->end && p->kind[to] != RP_T_SEMI && p->kind[to] != RP_T_WHERE &&
           !rp_is_close(p->kind[to]))
        to = rp_tokens_after_tree(p->t, to);
    bool whole = to > p->at && to < p->end && !rp_is_close(p->kind[to]);
    if (whole)
        return unparsed(p, to);
    p->eager_until = to; /* nothing ends before it: do not look for the end of each again */
    return parse_expr(p, 0);
}

static rp_id const_item(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top, aux = parser_eat(p, RP_T_DEFAULT) ? RP_Q_DEFAULT : 0;
    parser_eat(p, RP_T_TYPE); /* `type const`, unstable */
    parser_expect(p, RP_T_CONST);
    parser_eat(p, RP_T_MUT); /* refused later */
    uint32_t main = p->at;
    if (!parser_eat(p, RP_T_UNDERSCORE))
        main = item_name(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, parse_generics(p));
    parser_put(p, parser_expect(p, RP_T_COLON) ? parse_type(p) : 0);
    rp_id before = parse_where(p);
    parser_put(p, value(p));
    rp_id after = parse_where(p);
    parser_put(p, before != 0 ? before : after);
    parser_expect(p, RP_T_SEMI);
    return parser_node(p, RP_N_CONST, first, main, aux, mark);
}

static rp_id static_item(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top;
    rp_id abi = 0;
    uint32_t aux = qualifiers(p, &abi);
    parser_expect(p, RP_T_STATIC);
    if (parser_eat(p, RP_T_MUT))
        aux |= RP_Q_MUT;
    uint32_t main = p->at;
    if (!parser_eat(p, RP_T_UNDERSCORE))
        main = item_name(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, parser_expect(p, RP_T_COLON) ? parse_type(p) : 0);
    parser_put(p, value(p));
    parser_expect(p, RP_T_SEMI);
    return parser_node(p, RP_N_STATIC, first, main, aux, mark);
}

static rp_id type_item(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top, aux = parser_eat(p, RP_T_DEFAULT) ? RP_Q_DEFAULT : 0;
    parser_expect(p, RP_T_TYPE);
    uint32_t main = item_name(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, parse_generics(p));
    parser_put(p, parser_eat(p, RP_T_COLON) ? parse_bounds(p) : 0);
    parser_put(p, parse_where(p));
    parser_put(p, parser_eat(p, RP_T_EQ) ? parse_type(p) : 0);
    parser_put(p, parse_where(p));
    parser_expect(p, RP_T_SEMI);
    return parser_node(p, RP_N_TYPE_ALIAS, first, main, aux, mark);
}

/* `{`, inner attributes, items, `}`. The slot `attrs` (on the stack at mark) gets the inner ones
 * too. */
static void item_block(parser *p, uint32_t mark, item_place place)
{
    uint32_t open = p->at, stop = p->stop;
    if (!parser_expect(p, RP_T_OPEN_BRACE))
        return;
    uint32_t close = p->t->mate[open];
    if (close != RP_NO_MATE && close < stop)
        p->stop = close;
    rp_id attrs = parse_inner_attrs(p, p->stack[mark]);
    p->stack[mark] = attrs;
    parse_items(p, place);
    p->stop = stop;
    parser_expect(p, RP_T_CLOSE_BRACE);
}

static rp_id mod_item(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top, aux = parser_eat(p, RP_T_UNSAFE) ? RP_Q_UNSAFE : 0;
    parser_expect(p, RP_T_MOD);
    uint32_t main = item_name(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    if (!parser_eat(p, RP_T_SEMI)) {
        aux |= RP_Q_INLINE;
        item_block(p, mark, IN_MODULE);
    }
    return parser_node(p, RP_N_MODULE, first, main, aux, mark);
}

static rp_id trait_item(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top;
    rp_id abi = 0;
    uint32_t aux = qualifiers(p, &abi);
    parser_expect(p, RP_T_TRAIT);
    uint32_t main = item_name(p);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, parse_generics(p));
    rp_id bounds = parser_eat(p, RP_T_COLON) ? parse_bounds(p) : 0;
    if (parser_eat(p, RP_T_EQ)) {
        parser_put(p, parse_bounds(p));
        parser_put(p, parse_where(p));
        parser_expect(p, RP_T_SEMI);
        return parser_node(p, RP_N_TRAIT_ALIAS, first, main, aux, mark);
    }
    parser_put(p, bounds);
    parser_put(p, parse_where(p));
    item_block(p, mark, IN_TRAIT);
    return parser_node(p, RP_N_TRAIT, first, main, aux, mark);
}

/* Generics, or the start of `<T as Trait>::Type`? As rustc's choose_generics_over_qpath. */
static bool impl_generics(const parser *p)
{
    uint8_t one = parser_peek(p, 1), two = parser_peek(p, 2);
    if (!parser_is(p, RP_T_LT))
        return false;
    if (one == RP_T_HASH || one == RP_T_GT || one == RP_T_CONST)
        return true;
    bool name = one == RP_T_LIFETIME || rp_is_ident(one, p->ast->edition);
    return name && (two == RP_T_GT || two == RP_T_COMMA || two == RP_T_COLON || two == RP_T_EQ);
}

static rp_id impl_item(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top;
    rp_id abi = 0;
    uint32_t aux = qualifiers(p, &abi), main = p->at;
    parser_expect(p, RP_T_IMPL);
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, impl_generics(p) ? parse_generics(p) : 0);
    if (parser_eat(p, RP_T_CONST))
        aux |= RP_Q_CONST;
    if (parser_is(p, RP_T_NOT) && parser_peek(p, 1) != RP_T_OPEN_BRACE) {
        parser_next(p);
        aux |= RP_Q_NEGATIVE;
    }
    rp_id type = parse_type(p), trait = 0;
    if (parser_eat(p, RP_T_FOR)) {
        trait = type;
        type = parse_type(p);
    }
    parser_put(p, trait);
    parser_put(p, type);
    parser_put(p, parse_where(p));
    item_block(p, mark, IN_IMPL);
    return parser_node(p, RP_N_IMPL, first, main, aux, mark);
}

static rp_id extern_crate(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top;
    parser_next(p);
    parser_next(p);
    uint32_t main = p->at;
    if (!parser_eat(p, RP_T_SELF))
        main = item_name(p);
    if (parser_eat(p, RP_T_AS) && !parser_eat(p, RP_T_UNDERSCORE))
        item_name(p);
    parser_expect(p, RP_T_SEMI);
    parser_put(p, attrs);
    parser_put(p, vis);
    return parser_node(p, RP_N_EXTERN_CRATE, first, main, 0, mark);
}

static rp_id extern_block(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top, aux = parser_eat(p, RP_T_UNSAFE) ? RP_Q_UNSAFE : 0, main = p->at;
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, parse_abi(p, &aux));
    item_block(p, mark, IN_EXTERN);
    return parser_node(p, RP_N_EXTERN_BLOCK, first, main, aux & RP_Q_UNSAFE, mark);
}

/* A macro call in place of items. */
static rp_id macro_item(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t mark = p->top, aux = 0;
    rp_id call = parse_macro_call(p, parse_path(p, RP_N_PATH, PATH_PLAIN));
    uint32_t main = call != 0 ? p->ast->nodes[call].main : p->at;
    parser_put(p, attrs);
    parser_put(p, vis);
    parser_put(p, call);
    if (!p->bad && p->kind[p->at - 1] != RP_T_CLOSE_BRACE && parser_expect(p, RP_T_SEMI))
        aux = RP_Q_SEMI;
    return parser_node(p, RP_N_MACRO_ITEM, first, main, aux, mark);
}

/* unsafe, auto, default, safe, and const where it is a qualifier. */
static bool is_front_word(const parser *p, uint32_t i)
{
    uint8_t k = parser_peek(p, i), next = parser_peek(p, i + 1);
    return k == RP_T_UNSAFE || k == RP_T_AUTO || k == RP_T_DEFAULT || k == RP_T_SAFE ||
           (k == RP_T_CONST &&
            (next == RP_T_TRAIT || next == RP_T_IMPL || next == RP_T_UNSAFE || next == RP_T_AUTO));
}

static rp_id item_of_word(parser *p, rp_id attrs, rp_id vis, uint32_t first)
{
    uint32_t i = 0;
    while (i < MAX_FRONT && is_front_word(p, i))
        i++;
    switch (parser_peek(p, i)) {
    case RP_T_CONST:
        return const_item(p, attrs, vis, first);
    case RP_T_STATIC:
        return static_item(p, attrs, vis, first);
    case RP_T_TYPE:
        if (parser_peek(p, i + 1) == RP_T_CONST)
            return const_item(p, attrs, vis, first);
        return type_item(p, attrs, vis, first);
    case RP_T_MOD:
        return mod_item(p, attrs, vis, first);
    case RP_T_TRAIT:
        return trait_item(p, attrs, vis, first);
    case RP_T_IMPL:
        return impl_item(p, attrs, vis, first);
    case RP_T_EXTERN:
        if (parser_peek(p, 1) == RP_T_CRATE)
            return extern_crate(p, attrs, vis, first);
        return extern_block(p, attrs, vis, first);
    default:
        return parser_fail(p, "expected an item");
    }
}

/* An item that macro_rules! took as a whole; `attrs` were written before it. */
static rp_id item_fragment(parser *p, rp_id attrs, uint32_t first, item_place place)
{
    parser_next(p);
    first = attrs != 0 ? first : p->at;
    rp_id id = parse_item_with(p, parse_more_attrs(p, attrs), first, place);
    parser_expect(p, RP_T_CLOSE_NONE);
    return id;
}

static rp_id item(parser *p, rp_id attrs, uint32_t first, item_place place)
{
    rp_id vis = parse_vis(p);
    if (fn_front(p) != UINT32_MAX)
        return fn_item(p, attrs, vis, first, place);
    switch (p->k) {
    case RP_T_STRUCT:
        return parse_struct(p, attrs, vis, first);
    case RP_T_ENUM:
        return parse_enum(p, attrs, vis, first);
    case RP_T_USE:
        return parse_use(p, attrs, vis, first);
    case RP_T_MACRO:
        return parse_macro_def(p, attrs, vis, first);
    case RP_T_OPEN_NONE: /* `$path! { … }` */
        if (place != IN_BLOCK && p->t->kind[rp_tokens_after_tree(p->t, p->at)] == RP_T_NOT)
            return macro_item(p, attrs, vis, first);
        return item_fragment(p, attrs, first, place);
    case RP_T_UNION:
        if (weak_begins_item(p))
            return parse_struct(p, attrs, vis, first);
        break;
    case RP_T_REUSE:
        if (weak_begins_item(p))
            return parse_delegation(p, attrs, vis, first);
        break;
    default:
        if (is_macro_rules(p))
            return parse_macro_def(p, attrs, vis, first);
        if (parser_begins_item(p) && !parser_is(p, RP_T_PUB))
            return item_of_word(p, attrs, vis, first);
        break;
    }
    if (place != IN_BLOCK && parser_is_path_start(p))
        return macro_item(p, attrs, vis, first);
    return parser_fail(p, "expected an item");
}

rp_id parse_item_with(parser *p, rp_id attrs, uint32_t first, item_place place)
{
    if (!parser_enter(p))
        return 0;
    rp_id id = item(p, attrs, first, place);
    parser_leave(p);
    return id;
}

rp_id parse_item(parser *p, item_place place)
{
    uint32_t first = p->at;
    rp_id attrs = parse_attrs(p);
    return parse_item_with(p, attrs, first, place);
}

/* Items up to a closing brace or the end. */
void parse_items(parser *p, item_place place)
{
    while (!parser_is(p, RP_T_CLOSE_BRACE) && p->at < p->end && !p->bad) {
        uint32_t first = p->at, mark = p->top, depth = p->depth;
        rp_id id = parse_item(p, place);
        if (RP_UNLIKELY(p->bad)) {
            p->top = mark;
            p->depth = depth;
            p->anonymous_params = false;
            id = parser_recover(p, first, true);
        }
        parser_put_some(p, id);
        if (p->at <= first)
            break;
    }
}
