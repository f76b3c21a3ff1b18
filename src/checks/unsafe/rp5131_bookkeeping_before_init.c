/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/order_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_order_rule order = {
        .of = RP_FLOW_COUNT_FIRST,
        .text = "the length grows before its elements are written, and unknown code runs between",
        .first = "the length grows here",
        .between = "code that may panic runs here",
        .last = "the element is written here",
        .fix = "let the length grow behind each write",
    };
    rp_misorder_report(run, body, &order);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5131 = {
    .code = "RP5131",
    .name = "bookkeeping-before-init",
    .title = "lengths grow after elements are written",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no length grows before its elements are there",
    .rule = &rule,
};
