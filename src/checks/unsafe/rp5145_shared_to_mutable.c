/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"

/* Types that may be written behind a shared reference, as far as their name tells. */
static bool is_cell(const rp_type *t)
{
    return t->kind == RP_TY_STD &&
           (rp_str_starts(t->name, "std::cell::") || rp_str_starts(t->name, "std::sync::"));
}

/* The shared reference that a chain of casts begins with; 0: there is none. */
static rp_id shared_source(const rp_rule_run *run, const rp_body *body, rp_id pointer)
{
    rp_id bare = pointer != 0 ? rp_shape_bare(body->ast, pointer) : 0;
    rp_ty last = pointer != 0 ? rp_body_type(body, pointer) : 0;
    rp_ty first = bare != 0 ? rp_body_type(body, bare) : 0;
    const rp_type *from = rp_type_of(run->types, first), *to = rp_type_of(run->types, last);
    const rp_type *of = rp_type_of(run->types, rp_ty_arg(run->types, first, 0));
    bool cast = bare != pointer && to->kind == RP_TY_RAW && to->is_mut;
    return cast && from->kind == RP_TY_REF && !from->is_mut && !is_cell(of) ? bare : 0;
}

static void report(rp_rule_run *run, const rp_body *body, rp_id node, rp_id from, bool sure)
{
    rp_rule_note *n = rp_rule_in(run, body, node, sure ? RP_RULE_CONFIRMED : RP_RULE_LIKELY,
                                 RP_STR("a shared reference becomes a mutable one: the compiler "
                                        "takes what is behind it for unchanged"));
    rp_rule_step_at(run, n, body->file, from, RP_STR("the shared reference"));
    if (n != NULL)
        n->fix = RP_STR("take &mut, or hold the value in an UnsafeCell");
}

static void casts(rp_rule_run *run, const rp_body *body)
{
    for (uint32_t i = 0; i < body->ops.n; i++) {
        rp_id node = body->ops.items[i].node;
        rp_id up = rp_body_parent(body, node);
        if (body->ops.items[i].kind != RP_UNSAFE_DEREF || up == 0 ||
            rp_kind_of(body->ast, node) != RP_N_DEREF)
            continue;
        bool mut_ref = rp_kind_of(body->ast, up) == RP_N_REF &&
                       rp_node_has(body->ast, up, RP_Q_MUT) &&
                       !rp_node_has(body->ast, up, RP_Q_RAW);
        bool written = rp_kind_of(body->ast, up) == RP_N_ASSIGN && rp_kid(body->ast, up, 0) == node;
        rp_id pointer = rp_kid(body->ast, node, 0);
        while (pointer != 0 && rp_kind_of(body->ast, pointer) == RP_N_PAREN)
            pointer = rp_kid(body->ast, pointer, 0);
        rp_id from = mut_ref || written ? shared_source(run, body, pointer) : 0;
        if (from != 0)
            report(run, body, up, from, false);
    }
}

static void look(rp_rule_run *run, const rp_body *body)
{
    rp_transmute t;
    for (uint32_t i = 0; i < body->calls.n; i++) {
        if (!rp_shape_transmute(run, body, i, &t))
            continue;
        const rp_type *from = rp_type_of(run->types, t.from), *to = rp_type_of(run->types, t.to);
        if (from->kind == RP_TY_REF && !from->is_mut && to->kind == RP_TY_REF && to->is_mut)
            report(run, body, t.call->node, t.value, true);
    }
    casts(run, body);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5145 = {
    .code = "RP5145",
    .name = "shared-to-mutable",
    .title = "no shared reference becomes a mutable one",
    .guide = "Minimizing Unsafe Scope",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no shared reference becomes a mutable one",
    .rule = &rule,
};
