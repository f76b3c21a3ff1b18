/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"
#include "rust/variance.h"

/* What RP5111 to RP5113 report has its own reason; here the interface shows none. */

static bool bounded(const rp_variance *v, const rp_variance_param *p)
{
    return p->sync || p->copy || (p->send && !v->is_sync);
}

static bool told_elsewhere(const rp_variance *v, const rp_variance_param *p)
{
    if (!rp_variance_holds(p))
        return false;
    if (!v->is_sync)
        return !p->send && !p->sync && !p->copy;
    bool kept = rp_use_is(p, RP_USE_MADE) && !rp_use_is(p, RP_USE_SHARED) && !p->sync;
    bool moves = !p->send && !p->copy && (rp_use_is(p, RP_USE_MOVED) || kept);
    return moves || (!p->sync && (rp_use_is(p, RP_USE_SHARED) || v->is_open));
}

/* A lock or queue whose values move: Send is all that it needs. */
static bool enough(const rp_variance *v, const rp_variance_param *p)
{
    return v->is_sync && p->send && rp_use_is(p, RP_USE_MOVED);
}

static void look(rp_rule_run *run, rp_def_id def)
{
    rp_variance v;
    const rp_variance_param *first = NULL;
    if (!rp_variance_of(run->types, def, &v))
        return;
    for (uint32_t i = 0; i < v.n; i++) {
        const rp_variance_param *p = &v.params[i];
        if (told_elsewhere(&v, p) || (rp_variance_holds(p) && bounded(&v, p) && v.is_sync))
            return; /* one parameter that is Sync is taken for a decision */
        if (!bounded(&v, p) && !enough(&v, p))
            first =
                first == NULL || (!rp_variance_holds(first) && rp_variance_holds(p)) ? p : first;
    }
    if (first == NULL)
        return;
    rp_use_kind use = rp_use_is(first, RP_USE_OTHER) ? RP_USE_OTHER : RP_USE_MADE;
    const char *trait = v.is_sync ? "Sync" : "Send";
    bool shared = v.is_sync && first->owned && (first->locked || first->read.node != 0) &&
                  (v.is_exported || !v.is_public);
    /* an exclusive reference is nobody else's: Sync takes no harm from it */
    bool handled = rp_use_is(first, use) && !v.is_sync;
    bool likely = !first->phantom && !first->send && (handled || shared);
    rp_rule_confidence best =
        rp_variance_confidence(run->types, &v, first, likely ? RP_RULE_LIKELY : RP_RULE_REVIEW);
    rp_str text = rp_arena_printf(run->arena, "%.*s is %s whatever %.*s is%s", RP_FMT(v.type),
                                  trait, RP_FMT(first->name),
                                  !rp_variance_holds(first) ? ", which it holds by PhantomData only"
                                  : first->send             ? " but Send"
                                                            : "");
    rp_rule_note *n = rp_variance_note(run, &v, best, text);
    rp_variance_explain(run, n, &v, first, use, trait);
}

static const rp_rust_rule rule = {.on_def = look};

const rp_check rp_check_rp5114 = {
    .code = "RP5114",
    .name = "thread-bound",
    .title = "promises about threads name what they depend on",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "every unsafe impl of Send and Sync bounds its parameters",
    .rule = &rule,
};
