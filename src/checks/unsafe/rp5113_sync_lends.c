/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/variance.h"

/* Whoever shares the type has a &T. An enum or union gives it to whoever matches on it. */
static bool lends(const rp_variance *v, const rp_variance_param *p)
{
    return rp_variance_holds(p) && !p->sync && (rp_use_is(p, RP_USE_SHARED) || v->is_open);
}

static rp_rule_confidence confidence(rp_types *t, const rp_variance *v, const rp_variance_param *p)
{
    bool shown = rp_use_is(p, RP_USE_SHARED) && !p->send && !p->copy;
    return rp_variance_confidence(t, v, p, shown ? RP_RULE_CONFIRMED : RP_RULE_LIKELY);
}

static rp_use_kind why(const rp_variance_param *p)
{
    (void)p;
    return RP_USE_SHARED;
}

static const rp_variance_rule promise = {lends, confidence, why, "Sync"};

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
                                  "%.*s is Sync though %.*s need not be: the threads that share "
                                  "it have the same &%.*s",
                                  RP_FMT(v.type), RP_FMT(first->name), RP_FMT(first->name));
    rp_rule_note *n = rp_variance_note(run, &v, best, text);
    rp_variance_explain_all(run, n, &v, &promise);
}

static const rp_rust_rule rule = {.on_def = look};

const rp_check rp_check_rp5113 = {
    .code = "RP5113",
    .name = "sync-lends",
    .title = "what threads look at in a shared value may be shared",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no shared type lends values that threads must not share",
    .rule = &rule,
};
