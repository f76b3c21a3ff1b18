/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/attr.h"

static bool names_lint(const rp_ast *ast, rp_id node, const char *attribute, const char *level)
{
    for (rp_id a = 0; (a = rp_attr_named(ast, node, attribute, a)) != 0;)
        if (rp_attr_has_word(ast, a, "unused_unsafe") &&
            (level == NULL || rp_attr_has_word(ast, a, level)))
            return true;
    return false;
}

/* #[allow(unused_unsafe)], #[cfg_attr(…, allow(unused_unsafe))], and `expect`. */
static bool allowed_at(const rp_ast *ast, rp_id node)
{
    return names_lint(ast, node, "allow", NULL) || names_lint(ast, node, "expect", NULL) ||
           names_lint(ast, node, "cfg_attr", "allow") ||
           names_lint(ast, node, "cfg_attr", "expect");
}

/* The statement that the block is, or gives a value to. */
static rp_id statement_of(const rp_body *body, rp_id block)
{
    rp_id up = rp_body_parent(body, block);
    rp_node_kind kind = up != 0 ? rp_kind_of(body->ast, up) : RP_N_NONE;
    return kind == RP_N_EXPR_STMT || kind == RP_N_LET ? up : 0;
}

/* Somebody knows, and says so to rustc: some versions or platforms need the block. */
static bool allowed(const rp_body *body, rp_id block)
{
    rp_id statement = statement_of(body, block);
    if (allowed_at(body->ast, block) || (statement != 0 && allowed_at(body->ast, statement)))
        return true;
    for (rp_def_id id = body->fn; id != 0; id = rp_def_of(body->c, id)->parent)
        if (allowed_at(rp_def_ast(body->c, id), rp_def_of(body->c, id)->node))
            return true;
    return false;
}

/* Is the block inside another unsafe one? Then the outer one is what there is to narrow. */
static void look(rp_rule_run *run, const rp_body *body)
{
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        const rp_unsafe_block *b = &body->blocks.items[i];
        if (b->all != 0 || allowed(body, b->node))
            continue;
        rp_rule_note *n =
            rp_rule_in(run, body, b->node, RP_RULE_CONFIRMED,
                       b->nested ? RP_STR("this unsafe block lies in another one and needs none")
                                 : RP_STR("this unsafe block holds no unsafe operation"));
        const rp_node *node = rp_node_of(body->ast, b->node);
        rp_span at = {.file = body->file};
        if (n == NULL)
            return;
        at.start = body->ast->tokens->start[node->first];
        at.end = rp_token_end(body->ast->tokens, node->first);
        n->at.end = at.end;
        if (body->ast->tokens->start[node->first + 1] == at.end + 1)
            at.end++; /* the blank before the brace goes with the word */
        n->fix = RP_STR("take the word unsafe away");
        if (rp_str_is(rp_token_text(body->ast->tokens, node->first), "unsafe"))
            rp_rule_edit_at(run, n, at, RP_STR(""));
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5103 = {
    .code = "RP5103",
    .name = "needless-unsafe",
    .title = "unsafe blocks hold unsafe operations",
    .guide = "Minimizing Unsafe Scope",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "every unsafe block holds something that needs it",
    .rule = &rule,
};
