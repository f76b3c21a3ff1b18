/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tokens to a tree: recursive descent, operators by precedence. It accepts what rustc's parser
 * accepts in any of the editions (unstable syntax too, behind whatever feature), and sometimes
 * more: what rustc rejects after parsing is not looked at. Errors are recorded; the parser goes on
 * with the next statement or item. Nesting beyond RP_MAX_RUST_DEPTH is an error; time is linear in
 * the tokens. */
#ifndef RP_RUST_PARSE_H
#define RP_RUST_PARSE_H

#include "rust/ast.h"
#include "rust/lex.h"

typedef enum {
    RP_PARSE_ITEMS, /* bodies of functions, values of constants and statics stay RP_N_UNPARSED */
    RP_PARSE_ALL
} rp_parse_depth;

/* The tree of a whole file. `tokens` must outlive it. RP_E_MEMORY is the only error. */
RP_MUST_CHECK rp_code rp_parse(const rp_tokens *tokens, rp_parse_depth depth, rp_arena *arena,
                               rp_ast *ret, rp_error *err);

/* The same for what stands inside an item: `of` is RP_N_IMPL, RP_N_TRAIT, RP_N_EXTERN_BLOCK, or
 * RP_N_FILE for a module's items. The root is a FILE. Bodies stay RP_N_UNPARSED. */
RP_MUST_CHECK rp_code rp_parse_inside(const rp_tokens *tokens, rp_node_kind of, rp_arena *arena,
                                      rp_ast *ret, rp_error *err);

/* The kid in a slot like rp_kid; when it is RP_N_UNPARSED it is parsed first, and with it what is
 * nested in it. 0 when there is none (or out of memory: ast->refused). */
rp_id rp_ast_slot(rp_ast *ast, rp_id id, uint32_t slot);

/* A tree with no file: for fragments. */
RP_MUST_CHECK rp_code rp_ast_start(const rp_tokens *tokens, rp_arena *arena, rp_ast *ret,
                                   rp_error *err);

/* The same with little room to begin with: for a few fragments of a long text. False when out of
 * memory. */
RP_MUST_CHECK bool rp_ast_small(const rp_tokens *tokens, rp_arena *arena, rp_ast *ret);

/* Moves the tree into `arena`, where it takes no more room than it needs; false when there is none.
 */
RP_MUST_CHECK bool rp_ast_move(rp_ast *ast, rp_arena *arena);

/* What may be parsed out of the middle of a text: the fragments of macro_rules!, and lists for
 * macros whose input has the shape of Rust. */
typedef enum {
    RP_PARSE_BLOCK,
    RP_PARSE_EXPR,
    RP_PARSE_ITEM,
    RP_PARSE_LITERAL, /* with a sign */
    RP_PARSE_META,    /* the inside of an attribute: ATTR */
    RP_PARSE_PAT,     /* with | at the top */
    RP_PARSE_PAT_PARAM,
    RP_PARSE_PATH, /* in the style of types */
    RP_PARSE_STMT, /* without its semicolon */
    RP_PARSE_TYPE,
    RP_PARSE_VIS,       /* may be empty: 0 and *ret_end == from, without an error */
    RP_PARSE_ITEMS_ALL, /* FILE: items to the end */
    RP_PARSE_STMTS_ALL, /* BLOCK without braces: statements to the end */
    RP_PARSE_EXPRS_ALL  /* TUPLE without parentheses: expressions, commas between, to the end */
} rp_fragment;

/* Parses `what` from token `from` on, never beyond `to` (exclusive; to <= tokens->n). Returns its
 * node and the token behind it; 0 when there is none, or it has an error, or (…_ALL) does not reach
 * `to`. Errors count in ast->n_errors only when `report` is set. */
rp_id rp_parse_fragment(rp_ast *ast, rp_fragment what, uint32_t from, uint32_t to, bool report,
                        uint32_t *ret_end);

#endif
