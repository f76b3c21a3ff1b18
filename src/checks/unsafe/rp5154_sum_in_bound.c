/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

static bool is_size(const rp_rule_run *run, rp_ty ty)
{
    const rp_type *t = rp_type_of(run->types, ty);
    return t->kind == RP_TY_PRIMITIVE &&
           (rp_str_is(t->name, "usize") || rp_str_is(t->name, "u64") || rp_str_is(t->name, "u32"));
}

static rp_str size_param(const rp_rule_run *run, const rp_body *body, rp_id expr)
{
    rp_str name = rp_shape_name(body->ast, expr);
    rp_id type = rp_shape_param(body, name);
    rp_ty ty = type != 0 ? rp_ty_of_node(body->types, body->fn, body->file, type, NULL) : 0;
    return ty != 0 && is_size(run, ty) ? name : RP_STR("");
}

/* a + b, both of them numbers that the caller gives. */
static bool sum_of_params(const rp_rule_run *run, const rp_body *body, rp_id expr, rp_str *a,
                          rp_str *b)
{
    while (expr != 0 && rp_kind_of(body->ast, expr) == RP_N_PAREN)
        expr = rp_kid(body->ast, expr, 0);
    if (expr == 0 || rp_kind_of(body->ast, expr) != RP_N_BINARY ||
        rp_node_of(body->ast, expr)->aux != RP_OP_ADD)
        return false;
    *a = size_param(run, body, rp_kid(body->ast, expr, 0));
    *b = size_param(run, body, rp_kid(body->ast, expr, 1));
    return a->len != 0 && b->len != 0;
}

/* An unsafe operation behind the test that has both numbers, or the one that moves a pointer. */
static rp_id relies(const rp_body *body, rp_id test, rp_str a, rp_str b)
{
    for (uint32_t i = 0; i < body->ops.n; i++) {
        const rp_unsafe_op *op = &body->ops.items[i];
        if (rp_shape_needs_bounds(body, op) != NULL &&
            rp_node_of(body->ast, op->node)->first > rp_node_of(body->ast, test)->last &&
            (rp_shape_mentions(body->ast, op->node, a) ||
             rp_shape_mentions(body->ast, op->node, b)))
            return op->node;
    }
    return 0;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_walk w = rp_walk_start(body->ast, body->root, run->types->arena);
    if (!rp_shape_pub_and_safe(body))
        return;
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        rp_str a, b;
        if (!w.entering || rp_kind_of(body->ast, id) != RP_N_BINARY ||
            !rp_shape_compares(rp_node_of(body->ast, id)->aux))
            continue;
        bool sum = sum_of_params(run, body, rp_kid(body->ast, id, 0), &a, &b) ||
                   sum_of_params(run, body, rp_kid(body->ast, id, 1), &a, &b);
        rp_id user = sum ? relies(body, id, a, b) : 0;
        if (user == 0)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, id, rp_shape_public_and_safe(body) ? RP_RULE_LIKELY : RP_RULE_REVIEW,
            rp_arena_printf(run->arena,
                            "the sum %.*s + %.*s in this bound may wrap around, and unsafe code "
                            "relies on it",
                            RP_FMT(a), RP_FMT(b)));
        rp_rule_step_at(run, n, body->file, user,
                        RP_STR("this is in bounds when the test says so"));
        if (n != NULL)
            n->fix = RP_STR("compare with checked_add, or subtract on the other side of it");
        return;
    }
    run->refused |= w.refused;
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5154 = {
    .code = "RP5154",
    .name = "sum-in-bound",
    .title = "bounds are compared without a sum that may wrap",
    .guide = "Integer Overflow Protection",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no bound that unsafe code relies on is a sum that may wrap around",
    .rule = &rule,
};
