/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/order_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_order_rule order = {
        .of = RP_FLOW_DROP_FIRST,
        .text = "elements are dropped before the length, or index, says that they are gone",
        .first = "a destructor that may panic runs here",
        .between = "",
        .last = "only here the account says that the value is gone",
        .fix = "set the length or index first: what a panic leaves is leaked, not dropped twice",
    };
    rp_misorder_report(run, body, &order);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5129 = {
    .code = "RP5129",
    .name = "drop-before-bookkeeping",
    .title = "lengths are set before elements are dropped",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no element is dropped before the account says so",
    .rule = &rule,
};
