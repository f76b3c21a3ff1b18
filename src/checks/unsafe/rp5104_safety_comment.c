/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"

#include "base/search.h"

#include <stdlib.h>

static bool names_safety(rp_str text)
{
    static const char *const words[] = {"SAFETY", "Safety", "safety"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (rp_str_find(text, rp_str_from(words[i])) != SIZE_MAX)
            return true;
    return false;
}

static rp_str comment_text(const rp_tokens *t, const rp_comment *c)
{
    return (rp_str){t->text.ptr + c->start, c->end - c->start};
}

/* Is there such a comment before any of the tokens [from, to]? Documentation counts, too. */
static bool said(const rp_tokens *t, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i <= to && i <= t->n; i++) {
        uint32_t first, n = rp_comments_before(t, i, &first);
        for (uint32_t k = 0; k < n; k++)
            if (names_safety(comment_text(t, &t->comments[first + k])))
                return true;
        if (t->kind[i] == RP_T_DOC_OUTER && names_safety(rp_token_text(t, i)))
            return true;
    }
    return false;
}

/* … behind the token, on its line? */
static bool said_behind(const rp_tokens *t, uint32_t token)
{
    uint32_t at = rp_token_end(t, token);
    for (uint32_t i = token + 1; i <= t->n && i <= token + 3; i++) {
        uint32_t first, n = rp_comments_before(t, i, &first);
        for (uint32_t k = 0; k < n; k++) {
            const rp_comment *c = &t->comments[first + k];
            if (memchr(t->text.ptr + at, '\n', c->start - at) != NULL)
                return false;
            if (names_safety(comment_text(t, c)))
                return true;
            at = c->start;
        }
    }
    return false;
}

/* Where the last such comment before a token is. Blocks come in the order of the text, so each
 * token is looked at once however many blocks one statement has. */
typedef struct {
    const rp_body *body;
    uint32_t next; /* tokens below are seen */
    uint32_t last; /* of them, the last one with a comment before it, + 1; 0: none has one */
    struct condition *conditions;
    uint32_t nconditions;
    bool refused;
} look_state;

static bool said_between(look_state *s, uint32_t from, uint32_t to)
{
    const rp_tokens *t = s->body->ast->tokens;
    if (from > to)
        return false;
    if (s->next > to + 1) /* behind us: not in order after all */
        return said(t, from, to);
    for (; s->next <= to && s->next <= t->n; s->next++)
        if (said(t, s->next, s->next))
            s->last = s->next + 1;
    return s->last > from;
}

/* The statement, arm or field that the block is in; a lone one stands for its function. */
static rp_id statement_of(const rp_body *body, rp_id node)
{
    for (rp_id up = rp_body_parent(body, node); up != 0; up = rp_body_parent(body, up)) {
        rp_node_kind kind = rp_kind_of(body->ast, up);
        if (kind == RP_N_LET || kind == RP_N_EXPR_STMT || kind == RP_N_ARM ||
            kind == RP_N_FIELD_INIT)
            return up;
    }
    return node;
}

static bool has_comment(look_state *state, rp_id block)
{
    const rp_body *body = state->body;
    const rp_ast *ast = body->ast;
    const rp_node *b = rp_node_of(ast, block);
    rp_id stmt = statement_of(body, block);
    const rp_node *s = rp_node_of(ast, stmt);
    const rp_node *fn = rp_node_of(ast, rp_def_of(body->c, body->fn)->node);
    bool value = rp_def_of(body->c, body->fn)->kind != RP_DEF_FN && stmt == block;
    bool lone = value || (rp_body_parent(body, stmt) == body->root &&
                          rp_kids_count(ast, body->root) == RP_BLOCK_STMTS + 1);
    uint32_t from = lone ? fn->first : s->first <= b->first ? s->first : b->first;
    return said_between(state, from, b->main + 1) || said_behind(ast->tokens, b->main) ||
           said_behind(ast->tokens, b->last);
}

/* ---- what is to be said ---- */

typedef struct condition {
    uint32_t at;   /* first token of the operation */
    uint32_t bits; /* RP_SAFETY_ */
} condition;

static int by_place(const void *a, const void *b)
{
    const condition *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* What each operation of the body asks for, in the order of the text. */
static void find_conditions(look_state *s, rp_arena *arena)
{
    const rp_body *body = s->body;
    condition *to = rp_new(arena, body->ops.n, condition);
    s->conditions = to;
    s->refused |= to == NULL;
    for (uint32_t i = 0; to != NULL && i < body->ops.n; i++) {
        const rp_unsafe_op *op = &body->ops.items[i];
        const rp_call *call = op->call != 0 ? &body->calls.items[op->call - 1] : NULL;
        uint32_t bits = call != NULL && call->std != NULL ? call->std->safety : 0;
        if (op->kind == RP_UNSAFE_DEREF && op->sure)
            bits |= RP_SAFETY_READS | RP_SAFETY_ALIGNED | RP_SAFETY_INITIALIZED;
        if (bits != 0)
            to[s->nconditions++] =
                (condition){.at = rp_node_of(body->ast, op->node)->first, .bits = bits};
    }
    if (s->nconditions > 1)
        qsort(to, s->nconditions, sizeof *to, by_place);
}

static uint32_t conditions(const look_state *s, rp_id block)
{
    const rp_node *b = rp_node_of(s->body->ast, block);
    uint32_t bits = 0, low;
    RP_SEARCH(low, s->nconditions, s->conditions[low].at < b->first);
    for (; low < s->nconditions && s->conditions[low].at <= b->last; low++)
        bits |= s->conditions[low].bits;
    return bits;
}

static rp_str template_for(rp_rule_run *run, const look_state *s, rp_id block)
{
    uint32_t bits = conditions(s, block), n = 0;
    rp_str text = RP_STR("// SAFETY: ");
    for (uint32_t bit = 0; bit < RP_SAFETY_BITS; bit++)
        if ((bits >> bit & 1) != 0)
            text = rp_arena_printf(run->arena, "%.*s%s%s", RP_FMT(text), n++ != 0 ? "; " : "",
                                   rp_safety_text(1u << bit));
    return rp_arena_printf(run->arena, "%.*s%s", RP_FMT(text),
                           n != 0 ? ", because ..." : "... holds, because ...");
}

static void add_note(rp_rule_run *run, look_state *s, rp_id block)
{
    if (s->conditions == NULL && !s->refused)
        find_conditions(s, s->body->types->arena);
    run->refused |= s->refused;
    rp_rule_note *n = rp_rule_in(run, s->body, block, RP_RULE_REVIEW,
                                 RP_STR("this unsafe block has no SAFETY comment"));
    if (n != NULL)
        n->fix = rp_arena_printf(run->arena, "write above it: %.*s",
                                 RP_FMT(template_for(run, s, block)));
}

static void look(rp_rule_run *run, const rp_body *body)
{
    look_state state = {.body = body,
                        .next = rp_node_of(body->ast, rp_def_of(body->c, body->fn)->node)->first};
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        rp_id block = body->blocks.items[i].node;
        if (body->blocks.items[i].all != 0 && rp_node_has(body->ast, block, RP_Q_UNSAFE) &&
            !has_comment(&state, block))
            add_note(run, &state, block);
    }
}

/* ---- impls ---- */

/* The token that the `unsafe impl` begins with which ends before token i; 0: none does. */
static uint32_t impl_before(const rp_tokens *t, uint32_t i)
{
    if (i == 0 || t->kind[i - 1] != RP_T_CLOSE_BRACE || t->mate[i - 1] == RP_NO_MATE)
        return 0;
    uint32_t open = t->mate[i - 1], low = open > 64 ? open - 64 : 0;
    for (uint32_t k = open; k-- > low;) {
        if (t->kind[k] == RP_T_SEMI || t->kind[k] == RP_T_CLOSE_BRACE)
            return 0;
        if (t->kind[k] == RP_T_UNSAFE && t->kind[k + 1] == RP_T_IMPL)
            return k;
    }
    return 0;
}

/* One comment may be about a few impls in a row. */
static bool impl_has_comment(const rp_ast *ast, rp_id impl)
{
    const rp_node *n = rp_node_of(ast, impl);
    uint32_t open = n->main;
    while (open < n->last && ast->tokens->kind[open] != RP_T_OPEN_BRACE)
        open++;
    if (said(ast->tokens, n->first, open + 1) || said_behind(ast->tokens, n->last))
        return true;
    uint32_t at = n->first;
    for (unsigned i = 0; i < 4 && at != 0; i++) {
        at = impl_before(ast->tokens, at);
        if (at != 0 && said(ast->tokens, at, at))
            return true;
    }
    return false;
}

static void impl(rp_rule_run *run, rp_def_id def)
{
    const rp_def *d = rp_def_of(run->c, def);
    const rp_ast *ast = rp_def_ast(run->c, def);
    if (d->kind != RP_DEF_IMPL || (d->flags & RP_DEF_UNSAFE) == 0 ||
        (d->flags & RP_DEF_NEGATIVE) != 0 || impl_has_comment(ast, d->node))
        return;
    rp_rule_note *n = rp_rule_at(run, def, d->file, d->node, RP_RULE_REVIEW,
                                 RP_STR("this unsafe impl has no SAFETY comment"));
    rp_id trait = rp_kid(ast, d->node, RP_IMPL_TRAIT), self = rp_kid(ast, d->node, RP_IMPL_SELF);
    if (n != NULL)
        n->fix = rp_arena_printf(run->arena, "write above it: // SAFETY: %.*s is %.*s, because ...",
                                 RP_FMT(rp_node_text(ast, self)), RP_FMT(rp_node_text(ast, trait)));
}

static void fold(rp_rule_run *run)
{
    rp_rule_fold(run, "unsafe blocks or impls have no SAFETY comment (--strict shows each)",
                 "say above each why it is sound");
}

static const rp_rust_rule rule = {.on_body = look, .on_def = impl, .on_end = fold};

const rp_check rp_check_rp5104 = {
    .code = "RP5104",
    .name = "safety-comment",
    .title = "unsafe blocks and impls say why they are sound",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "every unsafe block and impl has a SAFETY comment",
    .rule = &rule,
};
