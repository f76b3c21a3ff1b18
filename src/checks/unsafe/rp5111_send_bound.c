/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/variance.h"

/* Sync stands for Send where the type holds references only, and nothing that is Copy is a lock
 * or owns what another thread frees: neither is asked for more. */
static bool lacks(const rp_variance *v, const rp_variance_param *p)
{
    (void)v;
    return rp_variance_holds(p) && !p->send && !p->sync && !p->copy;
}

/* &T is Send where T is Sync: a borrowing type that goes to another thread shares its T. */
static bool shares(const rp_variance_param *p)
{
    return p->lent && p->send && !p->sync && !p->copy && rp_use_is(p, RP_USE_SHARED);
}

static rp_use_kind first_use(const rp_variance_param *p)
{
    static const rp_use_kind order[] = {RP_USE_MOVED, RP_USE_SHARED, RP_USE_OTHER, RP_USE_MADE};
    for (size_t i = 0; i < RP_COUNT(order); i++)
        if (rp_use_is(p, order[i]))
            return order[i];
    return RP_USES;
}

/* A value that comes out again is in the wrong thread then; one that only goes in is dropped
 * there. What no safe function handles may be a handle's number. */
static rp_rule_confidence confidence(rp_types *t, const rp_variance *v, const rp_variance_param *p)
{
    rp_use_kind use = first_use(p);
    rp_rule_confidence best = RP_RULE_LIKELY;
    if (use == RP_USE_MOVED || use == RP_USE_OTHER)
        best = RP_RULE_CONFIRMED;
    else if (use == RP_USES && !v->is_open && !(p->lent && v->is_exported) &&
             !(p->owned && (v->is_exported || !v->is_public)))
        best = RP_RULE_REVIEW;
    return rp_variance_confidence(t, v, p, best);
}

static bool borrowed(rp_rule_run *run, const rp_variance *v)
{
    const rp_variance_param *p = v->params;
    while (p < v->params + v->n && !shares(p))
        p++;
    if (p == v->params + v->n)
        return false;
    rp_str text =
        rp_arena_printf(run->arena,
                        "%.*s borrows its %.*s and is Send though %.*s need not be Sync: "
                        "two threads can have the same &%.*s",
                        RP_FMT(v->type), RP_FMT(p->name), RP_FMT(p->name), RP_FMT(p->name));
    /* a guard that lends for writing, or gives the value away, has it alone, unless it is cloned */
    bool alone =
        !v->is_cloned && (v->lends_mut || rp_use_is(p, RP_USE_OTHER) || rp_use_is(p, RP_USE_MOVED));
    rp_rule_confidence c =
        rp_variance_confidence(run->types, v, p, alone ? RP_RULE_REVIEW : RP_RULE_LIKELY);
    rp_rule_note *n = rp_variance_note(run, v, c, text);
    rp_variance_explain(run, n, v, p, RP_USE_SHARED, "Sync");
    return true;
}

static const rp_variance_rule promise = {lacks, confidence, first_use, "Send"};

static void look(rp_rule_run *run, rp_def_id def)
{
    rp_variance v;
    rp_rule_confidence best;
    if (!rp_variance_of(run->types, def, &v) || v.is_sync)
        return;
    const rp_variance_param *first = rp_variance_worst(run->types, &v, &promise, &best);
    bool weak = first == NULL || best == RP_RULE_REVIEW;
    if ((weak && borrowed(run, &v)) || first == NULL)
        return;
    rp_str text = rp_arena_printf(run->arena,
                                  "%.*s is Send whatever %.*s is: a %.*s that must stay in its "
                                  "thread leaves it",
                                  RP_FMT(v.type), RP_FMT(first->name), RP_FMT(first->name));
    rp_rule_note *n = rp_variance_note(run, &v, best, text);
    rp_variance_explain_all(run, n, &v, &promise);
}

static const rp_rust_rule rule = {.on_def = look};

const rp_check rp_check_rp5111 = {
    .code = "RP5111",
    .name = "send-bound",
    .title = "what is sent to another thread may be sent there",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "every unsafe impl of Send asks it of the types inside",
    .rule = &rule,
};
