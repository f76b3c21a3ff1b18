/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/order_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_order_rule order = {
        .of = RP_FLOW_LATE_FORGET,
        .text = "a value exists twice when the function may return: both are dropped then",
        .first = "a second owner is made here",
        .between = "the function may return here",
        .last = "only here the first owner is forgotten",
        .fix = "wrap the original in ManuallyDrop before it is copied",
    };
    rp_misorder_report(run, body, &order);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5130 = {
    .code = "RP5130",
    .name = "late-forget",
    .title = "second owners are forgotten before a way out",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no second owner is forgotten too late",
    .rule = &rule,
};
