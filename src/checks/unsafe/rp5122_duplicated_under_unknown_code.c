/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/flow_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_flow_rule flow = {
        .of = RP_FLOW_CLASS_TWICE,
        .text = "a value exists twice while code runs that this crate does not know: a panic there "
                "drops it twice",
        .fix = "wrap the original in ManuallyDrop before it is read, or write back from a guard's "
               "destructor",
    };
    rp_flow_report(run, body, &flow);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5122 = {
    .code = "RP5122",
    .name = "duplicated-under-unknown-code",
    .title = "no value exists twice while unknown code runs",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no value exists twice while unknown code runs",
    .rule = &rule,
};
