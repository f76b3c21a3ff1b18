/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/order_rule.h"

/* A destructor runs once: what it leaves in a field nobody reads again. */
static bool is_destructor(const rp_rule_run *run, const rp_body *body)
{
    const rp_def *fn = rp_def_of(run->c, body->fn);
    if (!rp_str_is(fn->name, "drop") || rp_def_of(run->c, fn->parent)->kind != RP_DEF_IMPL)
        return false;
    const rp_ast *ast = rp_def_ast(run->c, fn->parent);
    rp_id trait = rp_kid(ast, rp_def_of(run->c, fn->parent)->node, RP_IMPL_TRAIT);
    return trait != 0 && rp_str_is(rp_node_word(ast, trait), "Drop");
}

void rp_misorder_report(rp_rule_run *run, const rp_body *body, const rp_order_rule *rule)
{
    const rp_flow *flow = rp_rule_flow(run, body);
    for (uint32_t i = 0; flow != NULL && i < flow->misorders.n; i++) {
        const rp_flow_misorder *m = &flow->misorders.items[i];
        if (m->kind != rule->of || is_destructor(run, body))
            continue;
        rp_rule_confidence confidence = m->sure && !m->guarded ? RP_RULE_LIKELY : RP_RULE_REVIEW;
        rp_rule_note *n = rp_rule_in(run, body, m->first, confidence, rp_str_from(rule->text));
        rp_rule_step_at(run, n, body->file, m->first, rp_str_from(rule->first));
        if (m->between != 0)
            rp_rule_step_at(run, n, body->file, m->between, rp_str_from(rule->between));
        rp_rule_step_at(run, n, body->file, m->last, rp_str_from(rule->last));
        if (n != NULL)
            n->fix = rp_str_from(rule->fix);
    }
}
