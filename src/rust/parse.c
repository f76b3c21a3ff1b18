/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parse.h"

#include "rust/parser.h"

static bool start(const rp_tokens *tokens, uint32_t size, rp_arena *arena, rp_ast *ret)
{
    rp_ast ast = {.tokens = tokens, .edition = tokens->edition, .arena = arena};
    ast.cap = size / 4 + 16;
    ast.cap_kids = size / 2 + 16;
    ast.nodes = rp_new(arena, ast.cap, rp_node);
    ast.kids = rp_new(arena, ast.cap_kids, uint32_t);
    if (ast.nodes == NULL || ast.kids == NULL)
        return false;
    ast.n = 1; /* node 0 is none; kids[0] is the count of no kids */
    ast.n_kids = 1;
    *ret = ast;
    return true;
}

rp_code rp_ast_start(const rp_tokens *tokens, rp_arena *arena, rp_ast *ret, rp_error *err)
{
    return start(tokens, tokens->n, arena, ret) ? RP_OK : rp_fail_memory(err);
}

bool rp_ast_small(const rp_tokens *tokens, rp_arena *arena, rp_ast *ret)
{
    return start(tokens, 0, arena, ret);
}

bool rp_ast_move(rp_ast *ast, rp_arena *arena)
{
    rp_node *nodes = rp_new(arena, ast->n, rp_node);
    uint32_t *kids = rp_new(arena, ast->n_kids, uint32_t);
    rp_rust_error *errors = ast->errors.n != 0 ? rp_new(arena, ast->errors.n, rp_rust_error) : NULL;
    if (nodes == NULL || kids == NULL || (errors == NULL && ast->errors.n != 0))
        return false;
    if (errors != NULL)
        memcpy(errors, ast->errors.items, ast->errors.n * sizeof *errors);
    ast->errors.items = errors;
    ast->errors.cap = ast->errors.n;
    memcpy(nodes, ast->nodes, ast->n * sizeof *nodes);
    memcpy(kids, ast->kids, ast->n_kids * sizeof *kids);
    ast->arena = arena;
    ast->nodes = nodes;
    ast->cap = ast->n;
    ast->kids = kids;
    ast->cap_kids = ast->n_kids;
    return true;
}

static rp_id file(parser *p, item_place place)
{
    uint32_t mark = p->top;
    rp_id attrs = parse_inner_attrs(p, 0);
    if (p->bad) {
        p->top = mark;
        attrs = 0;
        parser_put(p, 0);
        parser_put_some(p, parser_recover(p, 0, true));
    } else {
        parser_put(p, attrs);
    }
    while (p->at < p->end && !p->bad) {
        uint32_t at = p->at;
        parse_items(p, place);
        if (p->at >= p->end || p->bad)
            break;
        /* a closing brace too many, which the lexer has complained of */
        parser_put_some(p, parser_recover(p, p->at, true));
        if (p->at <= at)
            break;
    }
    rp_id id = parser_node(p, RP_N_FILE, 0, 0, 0, mark);
    if (id != 0)
        p->ast->nodes[id].last = p->end > 0 ? p->end - 1 : 0;
    return id;
}

static rp_code parse_file(const rp_tokens *tokens, bool lazy, item_place place, rp_arena *arena,
                          rp_ast *ret, rp_error *err)
{
    rp_ast ast;
    parser p;
    uint32_t stack[PARSER_STACK];
    rp_code code = rp_ast_start(tokens, arena, &ast, err);
    if (code != RP_OK)
        return code;
    parser_start(&p, &ast, 0, tokens->n, stack);
    p.lazy = lazy;
    ast.root = file(&p, place);
    if (ast.refused)
        return rp_fail_memory(err);
    *ret = ast;
    return RP_OK;
}

rp_code rp_parse(const rp_tokens *tokens, rp_parse_depth depth, rp_arena *arena, rp_ast *ret,
                 rp_error *err)
{
    return parse_file(tokens, depth == RP_PARSE_ITEMS, IN_MODULE, arena, ret, err);
}

rp_code rp_parse_inside(const rp_tokens *tokens, rp_node_kind of, rp_arena *arena, rp_ast *ret,
                        rp_error *err)
{
    item_place place = of == RP_N_IMPL           ? IN_IMPL
                       : of == RP_N_TRAIT        ? IN_TRAIT
                       : of == RP_N_EXTERN_BLOCK ? IN_EXTERN
                                                 : IN_MODULE;
    return parse_file(tokens, true, place, arena, ret, err);
}

rp_id rp_ast_slot(rp_ast *ast, rp_id id, uint32_t slot)
{
    rp_id kid = rp_kid(ast, id, slot);
    if (kid == 0 || rp_kind_of(ast, kid) != RP_N_UNPARSED)
        return kid;
    parser p;
    uint32_t stack[PARSER_STACK];
    rp_node n = ast->nodes[kid];
    parser_start(&p, ast, n.first, n.last + 1, stack);
    bool body = rp_kind_of(ast, id) == RP_N_FN;
    rp_id got = body ? parse_block(&p) : parse_expr(&p, 0);
    if (got != 0 && !p.bad && p.at < p.end)
        parser_fail(&p, "expected the end of the value");
    if (ast->refused)
        return 0;
    if (got == 0 || p.bad) {
        p.bad = false;
        p.top = 0;
        parser_jump(&p, p.end);
        if (got == 0)
            got = parser_node(&p, RP_N_ERROR, n.first, n.first, 0, 0);
        if (got == 0)
            return 0;
        ast->nodes[got].flags |= RP_F_ERROR;
    }
    ast->kids[ast->nodes[id].kids + 1 + slot] = got;
    return got;
}

static rp_id all_of(parser *p, rp_fragment what)
{
    uint32_t first = p->at, mark = p->top;
    if (what == RP_PARSE_ITEMS_ALL)
        return file(p, IN_MODULE);
    if (what == RP_PARSE_STMTS_ALL) {
        parser_put(p, parse_inner_attrs(p, 0));
        parser_put(p, 0);
        parse_stmts(p);
        return parser_node(p, RP_N_BLOCK, first, first, 0, mark);
    }
    while (p->at < p->end && !p->bad) {
        parser_put_some(p, parse_expr(p, 0));
        if (!parser_eat(p, RP_T_COMMA))
            break;
    }
    return parser_node(p, RP_N_TUPLE, first, first, 0, mark);
}

static rp_id fragment(parser *p, rp_fragment what)
{
    switch (what) {
    case RP_PARSE_BLOCK:
        return parse_block(p);
    case RP_PARSE_EXPR:
        return parse_expr(p, 0);
    case RP_PARSE_ITEM:
        return parse_item(p, IN_MODULE);
    case RP_PARSE_LITERAL:
        return parse_literal(p);
    case RP_PARSE_META:
        return parse_meta(p, p->at, 0);
    case RP_PARSE_PAT:
        return parse_pat(p);
    case RP_PARSE_PAT_PARAM:
        return parse_pat_single(p);
    case RP_PARSE_PATH:
        return parse_path(p, RP_N_PATH_TYPE, PATH_IN_TYPE);
    case RP_PARSE_STMT:
        return parse_stmt(p, false);
    case RP_PARSE_TYPE:
        return parse_type(p);
    case RP_PARSE_VIS:
        return parse_vis(p);
    default:
        return all_of(p, what);
    }
}

rp_id rp_parse_fragment(rp_ast *ast, rp_fragment what, uint32_t from, uint32_t to, bool report,
                        uint32_t *ret_end)
{
    parser p;
    uint32_t stack[PARSER_STACK], nodes = ast->n, kids = ast->n_kids;
    if (to > ast->tokens->n)
        to = ast->tokens->n;
    if (from > to)
        return 0;
    parser_start(&p, ast, from, to, stack);
    p.quiet = !report;
    rp_id id = fragment(&p, what);
    if (!p.bad && what >= RP_PARSE_ITEMS_ALL && p.at != to)
        parser_fail(&p, "this does not belong here");
    if (p.failures != 0) {
        ast->n = nodes; /* nothing points at what was added */
        ast->n_kids = kids;
        return 0;
    }
    if (!p.bad)
        *ret_end = p.at;
    return id;
}
