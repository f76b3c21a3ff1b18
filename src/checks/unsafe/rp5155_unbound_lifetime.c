/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

/* Is the lifetime among the tokens of the node? */
static bool has(const rp_ast *ast, rp_id node, rp_str life)
{
    const rp_node *n = node != 0 ? rp_node_of(ast, node) : NULL;
    for (uint32_t i = n != NULL ? n->first : 1; i <= (n != NULL ? n->last : 0); i++)
        if (rp_str_eq(rp_token_text(ast->tokens, i), life))
            return true;
    return false;
}

/* & of that lifetime, at whatever depth: other types with it may be used covariantly. */
static bool borrows(const rp_ast *ast, rp_id type, rp_str life)
{
    const rp_node *n = rp_node_of(ast, type);
    for (uint32_t i = n->first; i < n->last; i++)
        if (rp_str_is(rp_token_text(ast->tokens, i), "&") &&
            rp_str_eq(rp_token_text(ast->tokens, i + 1), life))
            return true;
    return false;
}

/* A lifetime of the function's own that the result has and no argument: the caller may choose any,
 * 'static too. Bounds may tie it ('a: 'b), so it must stand alone. */
static rp_id free_lifetime(const rp_ast *ast, rp_id fn)
{
    rp_id generics = rp_kid(ast, fn, RP_FN_GENERICS), ret = rp_kid(ast, fn, RP_FN_RET);
    for (uint32_t i = 0; generics != 0 && ret != 0 && i < rp_kids_count(ast, generics); i++) {
        rp_id p = rp_kid(ast, generics, i);
        if (rp_kind_of(ast, p) != RP_N_GENERIC_PARAM ||
            rp_node_of(ast, p)->aux != RP_GENERIC_LIFETIME)
            continue;
        rp_str life = rp_token_text(ast->tokens, rp_node_of(ast, p)->main);
        uint32_t bound = 0;
        for (uint32_t k = 0; k < rp_kids_count(ast, generics); k++)
            bound += has(ast, rp_kid(ast, generics, k), life);
        if (bound == 1 && borrows(ast, ret, life) &&
            !has(ast, rp_kid(ast, fn, RP_FN_PARAMS), life) &&
            !has(ast, rp_kid(ast, fn, RP_FN_WHERE), life))
            return p;
    }
    return 0;
}

/* What makes a reference out of a pointer: the operation, 0: none. */
static rp_id maker(const rp_body *body)
{
    for (uint32_t i = 0; i < body->ops.n; i++) {
        const rp_unsafe_op *op = &body->ops.items[i];
        const rp_call *call = op->call != 0 ? &body->calls.items[op->call - 1] : NULL;
        bool makes =
            op->kind == RP_UNSAFE_DEREF ||
            (call != NULL && (rp_str_starts(call->name, "from_raw_parts") ||
                              rp_str_starts(call->name, "from_ptr") ||
                              rp_str_is(call->name, "as_ref") || rp_str_is(call->name, "as_mut")));
        if (op->sure && makes)
            return op->node;
    }
    return 0;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_id fn = rp_def_of(body->c, body->fn)->node;
    bool is_unsafe = (rp_def_of(body->c, body->fn)->flags & RP_DEF_UNSAFE) != 0;
    bool is_fn = rp_def_of(body->c, body->fn)->kind == RP_DEF_FN;
    rp_id life = is_unsafe || !is_fn ? 0 : free_lifetime(body->ast, fn);
    rp_id made = life != 0 ? maker(body) : 0;
    if (made == 0)
        return;
    rp_rule_note *n = rp_rule_in(
        run, body, made, rp_shape_public_and_safe(body) ? RP_RULE_LIKELY : RP_RULE_REVIEW,
        rp_arena_printf(
            run->arena, "the result lives as long as the caller likes: %.*s is in no argument",
            RP_FMT(rp_token_text(body->ast->tokens, rp_node_of(body->ast, life)->main))));
    rp_rule_step_at(run, n, body->file, life, RP_STR("safe code may choose 'static here"));
    rp_rule_step_at(run, n, body->file, made, RP_STR("a pointer becomes the reference here"));
    if (n != NULL)
        n->fix = RP_STR("tie it to &self or to the argument that owns the memory, or make the "
                        "function unsafe");
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5155 = {
    .code = "RP5155",
    .name = "unbound-lifetime",
    .title = "lifetimes of results come from arguments",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no lifetime of a result is free while unsafe code makes it",
    .rule = &rule,
};
