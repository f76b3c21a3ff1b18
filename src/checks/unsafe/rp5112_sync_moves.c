/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/variance.h"

/* A queue, cell or lock: whoever shares it takes the value out. One that is only put in, and never
 * lent, has to be dropped by somebody, maybe elsewhere. */
static bool moves(const rp_variance *v, const rp_variance_param *p)
{
    (void)v;
    bool kept = rp_use_is(p, RP_USE_MADE) && !rp_use_is(p, RP_USE_SHARED) && !p->sync;
    return rp_variance_holds(p) && !p->send && !p->copy && (rp_use_is(p, RP_USE_MOVED) || kept);
}

static rp_use_kind why(const rp_variance_param *p)
{
    return rp_use_is(p, RP_USE_MOVED) ? RP_USE_MOVED : RP_USE_MADE;
}

static rp_rule_confidence confidence(rp_types *t, const rp_variance *v, const rp_variance_param *p)
{
    /* whoever has only & of a value without a lock or cell can neither take nor replace it */
    bool read = p->owned && v->is_exported && p->read.node != 0;
    rp_rule_confidence kept = p->locked || read ? RP_RULE_LIKELY : RP_RULE_REVIEW;
    rp_rule_confidence best = rp_use_is(p, RP_USE_MOVED) ? RP_RULE_CONFIRMED : kept;
    return rp_variance_confidence(t, v, p, best);
}

static const rp_variance_rule promise = {moves, confidence, why, "Send"};

static void look(rp_rule_run *run, rp_def_id def)
{
    rp_variance v;
    rp_rule_confidence best;
    if (!rp_variance_of(run->types, def, &v) || !v.is_sync)
        return;
    const rp_variance_param *first = rp_variance_worst(run->types, &v, &promise, &best);
    if (first == NULL)
        return;
    rp_str text = rp_arena_printf(run->arena,
                                  "%.*s is Sync though %.*s need not be Send: the threads that "
                                  "share it move its %.*s",
                                  RP_FMT(v.type), RP_FMT(first->name), RP_FMT(first->name));
    rp_rule_note *n = rp_variance_note(run, &v, best, text);
    rp_variance_explain_all(run, n, &v, &promise);
}

static const rp_rust_rule rule = {.on_def = look};

const rp_check rp_check_rp5112 = {
    .code = "RP5112",
    .name = "sync-moves",
    .title = "what threads take out of a shared value may be sent",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no shared type moves values that must stay in their thread",
    .rule = &rule,
};
