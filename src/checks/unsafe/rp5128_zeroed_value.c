/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/made_value.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    for (uint32_t i = 0; i < body->calls.n; i++) {
        const rp_call *call = &body->calls.items[i];
        if (call->kind != RP_RES_STD || !rp_str_is(call->path, "std::mem::zeroed"))
            continue;
        rp_ty ty = rp_made_type(body, call->node);
        bool bad = rp_never_zero(body, ty);
        bool any = rp_ty_is(body->types, ty) == RP_TY_PARAM;
        if (!bad && !any)
            continue;
        rp_rule_note *n = rp_rule_in(
            run, body, call->node, bad ? RP_RULE_CONFIRMED : RP_RULE_REVIEW,
            bad ? RP_STR("zeroes are no value of this type")
                : RP_STR("zeroes need not be a value of the type that the caller chooses"));
        if (n != NULL)
            n->fix = RP_STR("use Option, or MaybeUninit until the value is there");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5128 = {
    .code = "RP5128",
    .name = "zeroed-value",
    .title = "types of zeroed values allow zeroes",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no value is made of zeroes that its type forbids",
    .rule = &rule,
};
