/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

/* Does the call read or write through the pointer that is its receiver or first argument? */
static bool reaches(const rp_body *body, const rp_call *call)
{
    return call->std != NULL && (call->std->safety & (RP_SAFETY_READS | RP_SAFETY_WRITES)) != 0 &&
           rp_kid(body->ast, call->node, 0) != 0;
}

/* The pointer that an operation goes through, 0: none. */
static rp_id pointer_of(const rp_body *body, const rp_unsafe_op *op)
{
    if (op->kind == RP_UNSAFE_DEREF)
        return rp_kid(body->ast, op->node, 0);
    const rp_call *call = op->call != 0 ? &body->calls.items[op->call - 1] : NULL;
    if (call == NULL || !reaches(body, call))
        return 0;
    return rp_kid(body->ast, call->node, call->method ? 0 : RP_CALL_ARGS);
}

static void look(rp_rule_run *run, const rp_body *body)
{
    if (!rp_shape_pub_and_safe(body))
        return;
    for (uint32_t i = 0; i < body->ops.n; i++) {
        const rp_unsafe_op *op = &body->ops.items[i];
        rp_id pointer = op->sure && op->in_block ? pointer_of(body, op) : 0;
        rp_str name = pointer != 0 ? rp_shape_name(body->ast, pointer) : RP_STR("");
        rp_id type = rp_shape_param(body, name);
        if (type == 0 || rp_kind_of(body->ast, type) != RP_N_TYPE_PTR)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, op->node,
            rp_shape_public_and_safe(body) ? RP_RULE_CONFIRMED : RP_RULE_REVIEW,
            rp_arena_printf(
                run->arena,
                "a safe function goes through the raw pointer %.*s that its caller gives",
                RP_FMT(name)));
        rp_rule_step_at(run, n, body->file, type,
                        RP_STR("safe code may pass any pointer here, dangling ones too"));
        if (n != NULL)
            n->fix =
                RP_STR("make the function unsafe and say in # Safety what it asks for, or take "
                       "a reference");
        return; /* one per function: it is the signature that is wrong */
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5141 = {
    .code = "RP5141",
    .name = "safe-deref-of-param",
    .title = "no safe function dereferences a pointer that its caller gives",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no safe public function dereferences a raw pointer that it is given",
    .rule = &rule,
};
