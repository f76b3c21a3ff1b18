/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/attr.h"
#include "rust/exports.h"

/* Symbols that other languages see are theirs to change. */
static bool for_others(const rp_ast *ast, rp_id node)
{
    return rp_attr_named(ast, node, "no_mangle", 0) != 0 ||
           rp_attr_named(ast, node, "export_name", 0) != 0 ||
           rp_attr_named(ast, node, "link_section", 0) != 0;
}

static bool unsafe_attributes(const rp_ast *ast, rp_id node)
{
    for (rp_id a = 0; (a = rp_attr_named(ast, node, "unsafe", a)) != 0;)
        if (rp_attr_has_word(ast, a, "no_mangle") || rp_attr_has_word(ast, a, "export_name") ||
            rp_attr_has_word(ast, a, "link_section"))
            return true;
    return false;
}

/* #[cfg(doc)]: a sample for readers, in no program. */
static bool for_readers(const rp_ast *ast, rp_id node)
{
    for (rp_id a = 0; (a = rp_attr_named(ast, node, "cfg", a)) != 0;)
        if (rp_str_is(rp_node_text(ast, a), "#[cfg(doc)]"))
            return true;
    return false;
}

static void look(rp_rule_run *run, rp_def_id def)
{
    const rp_def d = *rp_def_of(run->c, def);
    if (d.kind != RP_DEF_STATIC || (d.flags & RP_DEF_MUT) == 0 ||
        (d.flags & (RP_DEF_FOREIGN | RP_DEF_TEST)) != 0)
        return;
    const rp_ast *ast = rp_def_ast(run->c, def);
    if (for_others(ast, d.node) || unsafe_attributes(ast, d.node))
        return;
    bool open = rp_def_is_exported(run->c, def) && !for_readers(ast, d.node);
    rp_rule_note *n = rp_rule_at(
        run, def, d.file, d.node, open ? RP_RULE_LIKELY : RP_RULE_REVIEW,
        rp_arena_printf(run->arena,
                        open ? "%.*s is a public `static mut`: no code of this crate can know who "
                               "else reads or writes it"
                             : "%.*s is a `static mut`: each use has to rule out all others, in "
                               "all threads",
                        RP_FMT(d.name)));
    if (n != NULL)
        n->fix = RP_STR("an atomic, Mutex, OnceLock or LazyLock without `mut`, and functions "
                        "around it");
}

static const rp_rust_rule rule = {.on_def = look};

const rp_check rp_check_rp5156 = {
    .code = "RP5156",
    .name = "public-static-mut",
    .title = "no static that anybody may change is public",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no `static mut` is public, and there is none to review",
    .rule = &rule,
};
