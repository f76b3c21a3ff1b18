/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the parser's files only.
 *
 * Errors are sticky: the first one records its place, and from then on the token in hand is
 * RP_T_EOF, so that every loop ends and every function returns; statements and items, which know
 * where they end, take it up again (parser_recover_*). Functions return 0 when they fail.
 *
 * Kids are collected on a stack: remember p->top, put kids there (0 for an absent one), and
 * parser_node takes them off it into the tree. */
#ifndef RP_RUST_PARSER_H
#define RP_RUST_PARSER_H

#include "base/limits.h"
#include "rust/parse.h"

typedef struct {
    rp_ast *ast;
    const rp_tokens *t;
    const uint8_t *kind; /* of t */
    uint32_t at, end;    /* token in hand; RP_T_EOF from `end` on */
    uint8_t k;           /* kind of the token in hand, or of what is left of it (parser_split) */
    bool bad;
    bool lazy;             /* bodies stay RP_N_UNPARSED */
    bool quiet;            /* errors are not recorded */
    bool anonymous_params; /* in a trait of edition 2015 parameters may be types alone */
    uint32_t depth;
    uint32_t eager_until; /* values before this token are parsed at once */
    uint32_t failures;    /* errors, whether recorded or not */
    uint32_t *stack;
    uint32_t top, cap;
    uint32_t stop; /* the token that closes the innermost block or list of items */
} parser;

/* Where an expression stands. */
enum {
    E_NO_STRUCT = 1, /* before a block: `Name {` is no struct */
    E_STATEMENT = 2, /* at the start of a statement or arm: a block ends it */
    E_MACRO = 4      /* so does a macro call with braces */
};

/* What a list of items belongs to. */
typedef enum { IN_MODULE, IN_BLOCK, IN_TRAIT, IN_IMPL, IN_EXTERN } item_place;

typedef enum { PATH_PLAIN, PATH_IN_TYPE, PATH_IN_EXPR } path_style;

enum { PARSER_STACK = 128 };
/* `stack` has room for PARSER_STACK ids and outlives the parser: most trees are not deeper, and
 * what the tree's arena gets stays there. */
void parser_start(parser *p, rp_ast *ast, uint32_t from, uint32_t end, uint32_t *stack);
/* Records an error at the token in hand; returns 0. */
rp_id parser_fail(parser *p, const char *text);
rp_id parser_expected(parser *p, rp_token_kind kind);
void parser_refuse(parser *p); /* out of memory */
bool parser_put_slow(parser *p, uint32_t id);
rp_id parser_node(parser *p, rp_node_kind kind, uint32_t first, uint32_t main, uint32_t aux,
                  uint32_t mark);
/* Goes on behind a failed statement or item; returns an RP_N_ERROR from `first`. */
rp_id parser_recover(parser *p, uint32_t first, bool items);
void parser_jump(parser *p, uint32_t to);

static inline void parser_next(parser *p)
{
    if (RP_UNLIKELY(p->bad || p->at >= p->end))
        return;
    p->at++;
    p->k = p->at < p->end ? p->kind[p->at] : (uint8_t)RP_T_EOF;
}

static inline uint8_t parser_peek(const parser *p, uint32_t n)
{
    return n < p->end - p->at && !p->bad ? p->kind[p->at + n] : (uint8_t)RP_T_EOF;
}

static inline bool parser_is(const parser *p, rp_token_kind kind)
{
    return p->k == kind;
}

static inline bool parser_eat(parser *p, rp_token_kind kind)
{
    if (p->k != kind || p->bad)
        return false;
    parser_next(p);
    return true;
}

static inline bool parser_expect(parser *p, rp_token_kind kind)
{
    if (RP_LIKELY(parser_eat(p, kind)))
        return true;
    parser_expected(p, kind);
    return false;
}

/* Takes the first half of the token in hand: `&` of `&&`, `|` of `||`, `<` of `<<` and `<-`. */
static inline void parser_split(parser *p, rp_token_kind rest)
{
    if (!p->bad)
        p->k = (uint8_t)rest;
}

static inline bool parser_is_ident(const parser *p)
{
    return rp_is_ident(p->k, p->ast->edition);
}

static inline void parser_put(parser *p, rp_id id)
{
    if (RP_LIKELY(p->top < p->cap))
        p->stack[p->top++] = id;
    else
        parser_put_slow(p, id);
}

/* In front of a list: 0 is a failure and no kid. */
static inline void parser_put_some(parser *p, rp_id id)
{
    if (id != 0)
        parser_put(p, id);
}

static inline rp_id parser_leaf(parser *p, rp_node_kind kind)
{
    uint32_t at = p->at;
    parser_next(p);
    return parser_node(p, kind, at, at, 0, p->top);
}

RP_MUST_CHECK static inline bool parser_enter(parser *p)
{
    if (RP_LIKELY(++p->depth <= RP_MAX_RUST_DEPTH))
        return true;
    p->depth--;
    parser_fail(p, "nested too deep");
    return false;
}

static inline void parser_leave(parser *p)
{
    p->depth--;
}

/* `>` that closes generics, `<` that opens them. */
bool parser_eat_lt(parser *p);
static inline bool parser_is_lt(const parser *p)
{
    return p->k == RP_T_LT || p->k == RP_T_LT_LT || p->k == RP_T_LEFT_ARROW;
}
/* `|` or the first half of `||`; `&` or the first half of `&&`. */
bool parser_eat_or(parser *p);

/* parse_attr.c */
rp_id parse_attrs(parser *p);                              /* outer ones: ATTRS or 0 */
rp_id parse_more_attrs(parser *p, rp_id before);           /* ATTRS of both, or 0 */
rp_id parse_inner_attrs(parser *p, rp_id outer);           /* ATTRS of both, or 0 */
rp_id parse_meta(parser *p, uint32_t first, uint32_t aux); /* ATTR, up to `]` */
rp_id parse_vis(parser *p);
/* parse_path.c */
rp_id parse_path(parser *p, rp_node_kind kind, path_style style);
rp_id parse_generic_args(parser *p); /* at `<` */
bool parser_is_path_start(const parser *p);
/* parse_generics.c */
rp_id parse_generics(parser *p); /* `<…>` or 0 */
rp_id parse_for(parser *p);      /* `for<…>` or 0 */
rp_id parse_bounds(parser *p);   /* behind `:`, dyn, impl; 0 when there are none */
rp_id parse_bounds_from(parser *p, rp_id type, uint32_t first);
rp_id parse_where(parser *p);
rp_id parse_lifetime(parser *p);
/* parse_type.c */
rp_id parse_type(parser *p);
rp_id parse_type_no_plus(parser *p);
rp_id parse_ret(parser *p, bool plus);     /* `-> T` or 0 */
rp_id parse_abi(parser *p, uint32_t *aux); /* `extern "C"`: the LIT or 0 */
/* parse_pat.c */
rp_id parse_pat(parser *p); /* with | */
rp_id parse_pat_single(parser *p);
/* parse_expr.c */
rp_id parse_expr(parser *p, unsigned where);
rp_id parse_expr_above(parser *p, unsigned where, unsigned min); /* operators from `min` on */
rp_id parse_expr_rest(parser *p, rp_id left, unsigned where, unsigned min);
rp_id parse_postfix(parser *p, rp_id base, unsigned where);
rp_id parse_primary(parser *p, unsigned where);
rp_id parse_macro_call(parser *p, rp_id path);
rp_id parse_builtin(parser *p);
rp_id parse_literal(parser *p); /* with a sign */
bool parser_is_complete(const parser *p, rp_id id, unsigned where);
bool parser_begins_expr(const parser *p, unsigned where);
/* parse_control.c */
rp_id parse_if(parser *p);
rp_id parse_match(parser *p);
rp_id parse_loop(parser *p, rp_id label, uint32_t first);
rp_id parse_closure(parser *p, unsigned where);
bool parser_is_closure(const parser *p);
rp_id parse_block_expr(parser *p, rp_id label, uint32_t first); /* unsafe, const, async, … {} */
/* parse_stmt.c */
rp_id parse_block(parser *p);
rp_id parse_block_with(parser *p, rp_id label, uint32_t first, uint32_t aux);
rp_id parse_stmt(parser *p, bool semicolon);
void parse_stmts(parser *p);
/* parse_item.c */
bool parser_begins_item(const parser *p);
rp_id parse_item(parser *p, item_place place);
/* The same behind its attributes; 0 without an error when none begins here. */
rp_id parse_item_with(parser *p, rp_id attrs, uint32_t first, item_place place);
void parse_items(parser *p, item_place place);
rp_id parse_params(parser *p);
/* parse_adt.c */
rp_id parse_struct(parser *p, rp_id attrs, rp_id vis, uint32_t first);
rp_id parse_enum(parser *p, rp_id attrs, rp_id vis, uint32_t first);
/* parse_use.c */
rp_id parse_use(parser *p, rp_id attrs, rp_id vis, uint32_t first);
rp_id parse_macro_def(parser *p, rp_id attrs, rp_id vis, uint32_t first);
rp_id parse_delegation(parser *p, rp_id attrs, rp_id vis, uint32_t first);

#endif
