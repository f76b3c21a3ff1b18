/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/attr.h"

static const char lint[] = "unsafe_op_in_unsafe_fn";

static bool switches_on(const rp_ast *ast, rp_id node)
{
    static const char *const levels[] = {"warn", "deny", "forbid"};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        for (rp_id a = 0; (a = rp_attr_named(ast, node, levels[i], a)) != 0;)
            if (rp_attr_has_word(ast, a, lint) ||
                rp_attr_has_word(ast, a, "rust_2024_compatibility"))
                return true;
    return false;
}

/* Does rustc warn by itself: by edition, by the manifest, or by an attribute on the way up? */
static bool compiler_warns(const rp_rust_crate *c, rp_def_id fn)
{
    if (c->edition >= RP_EDITION_2024 || (c->lints & RP_LINT_UNSAFE_OP_IN_FN) != 0 ||
        switches_on(&c->files.items[0]->ast, c->files.items[0]->ast.root))
        return true;
    for (rp_def_id id = fn; id > 1; id = rp_def_of(c, id)->parent)
        if (switches_on(rp_def_ast(c, id), rp_def_of(c, id)->node))
            return true;
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    uint32_t n = 0;
    rp_id first = 0;
    for (uint32_t i = 0; i < body->ops.n; i++) {
        if (!body->ops.items[i].in_fn || !body->ops.items[i].sure)
            continue;
        if (n++ == 0)
            first = body->ops.items[i].node;
    }
    if (n == 0 || compiler_warns(run->c, body->fn))
        return;
    rp_rule_note *note =
        rp_rule_in(run, body, first, RP_RULE_REVIEW,
                   rp_arena_printf(run->arena, "%u unsafe operation%s bare in an unsafe function",
                                   n, rp_by_count(n, " stands", "s stand")));
    if (note != NULL)
        note->fix = RP_STR("#![warn(unsafe_op_in_unsafe_fn)], and a block around each");
}

static void fold(rp_rule_run *run)
{
    rp_rule_fold(run, "unsafe functions hold bare unsafe operations (--strict shows each)",
                 "#![warn(unsafe_op_in_unsafe_fn)], and a block around each");
}

static const rp_rust_rule rule = {.on_body = look, .on_end = fold};

const rp_check rp_check_rp5106 = {
    .code = "RP5106",
    .name = "unsafe-op-in-unsafe-fn",
    .title = "unsafe functions mark their unsafe operations",
    .guide = "Minimizing Unsafe Scope",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "the bodies of unsafe functions mark their unsafe operations, or rustc sees to it",
    .rule = &rule,
};
