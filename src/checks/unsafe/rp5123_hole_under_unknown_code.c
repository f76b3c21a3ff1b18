/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/flow_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_flow_rule flow = {
        .of = RP_FLOW_CLASS_HOLE,
        .text = "memory has a hole, or values twice, while code runs that this crate does not know",
        .fix =
            "run that code before the values are moved, or fill the hole from a guard's destructor",
    };
    rp_flow_report(run, body, &flow);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5123 = {
    .code = "RP5123",
    .name = "hole-under-unknown-code",
    .title = "no hole is open while unknown code runs",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no memory has a hole while unknown code runs",
    .rule = &rule,
};
