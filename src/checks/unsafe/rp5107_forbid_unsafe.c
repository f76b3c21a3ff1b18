/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/attr.h"

static bool has_unsafe(const rp_rust_crate *c)
{
    for (uint32_t i = 0; i < c->files.n; i++) {
        const rp_rust_file *f = c->files.items[i];
        if (rp_rust_file_unread(f) || rp_rust_file_unsound(f) ||
            rp_tokens_have(&f->tokens, 0, f->tokens.n, RP_T_UNSAFE))
            return true; /* or it is not known */
    }
    return c->gaps.n != 0;
}

static bool denied(const rp_rust_crate *c)
{
    static const char *const levels[] = {"forbid", "deny"};
    const rp_ast *ast = &c->files.items[0]->ast;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        for (rp_id a = 0; (a = rp_attr_named(ast, ast->root, levels[i], a)) != 0;)
            if (rp_attr_has_word(ast, a, "unsafe_code"))
                return true;
    return (c->lints & RP_LINT_NO_UNSAFE) != 0;
}

static void look(rp_rule_run *run)
{
    if (run->c->build_script || run->c->files.n == 0)
        return;
    const rp_ast *ast = &run->c->files.items[0]->ast;
    rp_id first = rp_kid(ast, ast->root, RP_FILE_ITEMS);
    if (first == 0 || has_unsafe(run->c) || denied(run->c))
        return;
    rp_rule_note *n = rp_rule_at(run, 1, 0, first, RP_RULE_CONFIRMED,
                                 RP_STR("the crate has no unsafe code and does not forbid it"));
    rp_span at = rp_node_bytes(run->c, 0, first);
    at.end = at.start;
    if (n == NULL)
        return;
    n->fix = RP_STR("#![forbid(unsafe_code)], or unsafe_code = \"forbid\" under [lints.rust]");
    n->fix_is_safe = true;
    rp_rule_edit_at(run, n, at, RP_STR("#![forbid(unsafe_code)]\n"));
}

static const rp_rust_rule rule = {.on_end = look};

const rp_check rp_check_rp5107 = {
    .code = "RP5107",
    .name = "forbid-unsafe",
    .title = "crates without unsafe code forbid it",
    .guide = "When to Use Unsafe",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "unsafe code is forbidden, or needed",
    .rule = &rule,
};
