/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "checks/unsafe/shapes.h"
#include "rust/exports.h"

/* Functions of a trait's impl are documented at the trait. */
static bool of_trait_impl(const rp_rust_crate *c, const rp_def *d)
{
    const rp_def *up = rp_def_of(c, d->parent);
    return up->kind == RP_DEF_IMPL &&
           rp_kid(rp_def_ast(c, d->parent), up->node, RP_IMPL_TRAIT) != 0;
}

static void look(rp_rule_run *run, rp_def_id def)
{
    const rp_def *d = rp_def_of(run->c, def);
    uint32_t wanted = RP_DEF_UNSAFE | RP_DEF_PUB;
    bool kind = d->kind == RP_DEF_FN || d->kind == RP_DEF_TRAIT;
    if (!kind || (d->flags & wanted) != wanted || (d->flags & RP_DEF_FOREIGN) != 0 ||
        of_trait_impl(run->c, d) || rp_shape_tells_safety(rp_def_ast(run->c, def), d->node) ||
        !rp_def_is_seen(run->c, def))
        return;
    rp_rule_note *n = rp_rule_at(
        run, def, d->file, d->node, RP_RULE_REVIEW,
        d->kind == RP_DEF_FN ? RP_STR("this public unsafe function does not say what it asks for")
                             : RP_STR("this public unsafe trait does not say what it asks for"));
    if (n != NULL)
        n->fix = RP_STR("write a section: /// # Safety, and what must hold");
}

static void fold(rp_rule_run *run)
{
    rp_rule_fold(run,
                 "public unsafe functions or traits have no Safety section (--strict shows each)",
                 "write a section: /// # Safety, and what must hold");
}

static const rp_rust_rule rule = {.on_def = look, .on_end = fold};

const rp_check rp_check_rp5105 = {
    .code = "RP5105",
    .name = "safety-doc",
    .title = "public unsafe functions say what they ask for",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "every public unsafe function and trait has a Safety section",
    .rule = &rule,
};
