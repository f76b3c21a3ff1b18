/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/parser.h"

static const char *const expectations[] = {
#define X(name, text) "expected " text,
    RP_TOKENS(X)
#undef X
};

void parser_start(parser *p, rp_ast *ast, uint32_t from, uint32_t end, uint32_t *stack)
{
    *p = (parser){.ast = ast, .t = ast->tokens, .kind = ast->tokens->kind, .at = from, .end = end};
    p->stop = end;
    p->cap = PARSER_STACK;
    p->stack = stack;
    parser_jump(p, from);
}

void parser_jump(parser *p, uint32_t to)
{
    p->at = to;
    p->k = to < p->end ? p->kind[to] : (uint8_t)RP_T_EOF;
}

void parser_refuse(parser *p)
{
    p->ast->refused = true;
    p->bad = true;
    p->k = RP_T_EOF;
}

rp_id parser_fail(parser *p, const char *text)
{
    if (p->bad)
        return 0;
    p->bad = true;
    p->k = RP_T_EOF;
    p->failures++;
    if (p->quiet)
        return 0;
    p->ast->n_errors++;
    if (p->ast->errors.n >= RP_MAX_RUST_ERRORS)
        return 0;
    rp_rust_error *e = rp_vec_push(p->ast->arena, &p->ast->errors);
    if (e == NULL)
        parser_refuse(p);
    else
        *e = (rp_rust_error){p->t->start[p->at], rp_token_end(p->t, p->at), text};
    return 0;
}

rp_id parser_expected(parser *p, rp_token_kind kind)
{
    return parser_fail(p, expectations[kind]);
}

bool parser_put_slow(parser *p, uint32_t id)
{
    uint32_t *more = p->cap > UINT32_MAX / 2 ? NULL : rp_new(p->ast->arena, p->cap * 2, uint32_t);
    if (more == NULL) {
        parser_refuse(p);
        return false;
    }
    memcpy(more, p->stack, p->top * sizeof *more);
    p->stack = more;
    p->cap *= 2;
    p->stack[p->top++] = id;
    return true;
}

static bool more_nodes(rp_ast *ast)
{
    uint32_t cap = ast->cap > UINT32_MAX / 2 ? UINT32_MAX : ast->cap * 2;
    rp_node *nodes = cap > ast->cap ? rp_new(ast->arena, cap, rp_node) : NULL;
    if (nodes == NULL)
        return false;
    memcpy(nodes, ast->nodes, ast->n * sizeof *nodes);
    ast->nodes = nodes;
    ast->cap = cap;
    return true;
}

static bool more_kids(rp_ast *ast, uint32_t n)
{
    uint64_t cap = (uint64_t)ast->cap_kids * 2 + n;
    uint32_t *kids = cap < UINT32_MAX ? rp_new(ast->arena, cap, uint32_t) : NULL;
    if (kids == NULL)
        return false;
    memcpy(kids, ast->kids, ast->n_kids * sizeof *kids);
    ast->kids = kids;
    ast->cap_kids = (uint32_t)cap;
    return true;
}

static uint32_t take_kids(parser *p, uint32_t mark)
{
    rp_ast *ast = p->ast;
    uint32_t n = p->top > mark ? p->top - mark : 0;
    const uint32_t *from = p->stack + mark;
    p->top = mark < p->top ? mark : p->top;
    while (n != 0 && from[n - 1] == 0)
        n--;
    if (n == 0)
        return 0;
    if (RP_UNLIKELY(ast->cap_kids - ast->n_kids <= n) && !more_kids(ast, n + 1)) {
        parser_refuse(p);
        return 0;
    }
    uint32_t at = ast->n_kids;
    ast->kids[at] = n;
    for (uint32_t i = 0; i < n; i++)
        ast->kids[at + 1 + i] = from[i];
    ast->n_kids += n + 1;
    return at;
}

rp_id parser_node(parser *p, rp_node_kind kind, uint32_t first, uint32_t main, uint32_t aux,
                  uint32_t mark)
{
    rp_ast *ast = p->ast;
    uint32_t kids = take_kids(p, mark);
    if (RP_UNLIKELY(ast->n == ast->cap) && !more_nodes(ast))
        parser_refuse(p);
    if (RP_UNLIKELY(ast->refused))
        return 0;
    ast->nodes[ast->n] = (rp_node){.kind = (uint8_t)kind,
                                   .flags = p->bad ? RP_F_ERROR : 0,
                                   .aux = (uint16_t)aux,
                                   .first = first,
                                   .last = p->at > first ? p->at - 1 : first,
                                   .main = main,
                                   .kids = kids};
    return ast->n++;
}

bool parser_eat_lt(parser *p)
{
    if (parser_is(p, RP_T_LT_LT))
        parser_split(p, RP_T_LT);
    else if (parser_is(p, RP_T_LEFT_ARROW))
        parser_split(p, RP_T_MINUS);
    else
        return parser_eat(p, RP_T_LT);
    return true;
}

bool parser_eat_or(parser *p)
{
    if (!parser_is(p, RP_T_OR_OR))
        return parser_eat(p, RP_T_OR);
    parser_split(p, RP_T_OR);
    return true;
}

/* Does token i begin a line? */
static bool begins_line(const rp_tokens *t, uint32_t i)
{
    uint32_t at = t->start[i];
    while (at > 0 && (t->text.ptr[at - 1] == ' ' || t->text.ptr[at - 1] == '\t'))
        at--;
    return at == 0 || t->text.ptr[at - 1] == '\n';
}

static bool begins_something(const parser *p, uint32_t i, bool items)
{
    static const uint8_t words[] = {RP_T_FN,    RP_T_STRUCT, RP_T_ENUM,  RP_T_IMPL,
                                    RP_T_MOD,   RP_T_USE,    RP_T_TRAIT, RP_T_PUB,
                                    RP_T_CONST, RP_T_STATIC, RP_T_TYPE,  RP_T_EXTERN,
                                    RP_T_HASH,  RP_T_UNSAFE, RP_T_MACRO, RP_T_DOC_OUTER};
    uint8_t k = p->kind[i];
    if (!items && k == RP_T_LET)
        return true;
    return memchr(words, k, items ? sizeof words : 8) != NULL && begins_line(p->t, i);
}

/* Skips to where the next statement or item may begin: behind a semicolon, behind a group in braces
 * (of items only), before a word that begins one on its line; never over p->stop. */
rp_id parser_recover(parser *p, uint32_t first, bool items)
{
    if (p->ast->refused)
        return 0;
    uint32_t at = p->at;
    uint32_t stop = p->stop < p->end ? p->stop : p->end;
    while (at < stop) {
        uint8_t k = p->kind[at];
        if (at > first && begins_something(p, at, items))
            break;
        uint32_t behind = rp_tokens_after_tree(p->t, at);
        at = behind > at && behind <= stop ? behind : at + 1;
        if (k == RP_T_SEMI || (items && k == RP_T_OPEN_BRACE && at == behind))
            break;
    }
    p->bad = false;
    parser_jump(p, at);
    rp_id id = parser_node(p, RP_N_ERROR, first, first, 0, p->top);
    if (id != 0)
        p->ast->nodes[id].flags |= RP_F_ERROR;
    return id;
}
