/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/flow_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_flow_rule flow = {
        .of = RP_FLOW_CLASS_WEAK,
        .text =
            "what was made without a check is in use while code runs that this crate does not know",
        .fix = "check what that code gives back, or run it before",
    };
    rp_flow_report(run, body, &flow);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5124 = {
    .code = "RP5124",
    .name = "unchecked-under-unknown-code",
    .title = "unchecked references do not live while unknown code runs",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no unchecked reference lives while unknown code runs",
    .rule = &rule,
};
