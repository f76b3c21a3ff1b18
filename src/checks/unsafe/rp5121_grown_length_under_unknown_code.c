/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/flow_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_flow_rule flow = {
        .of = RP_FLOW_CLASS_OWNERS,
        .text = "a vector is unsound while code runs that this crate does not know",
        .fix = "let the length grow, or the second owner begin, after that code; or give it to a "
               "guard whose destructor sets it right",
    };
    rp_flow_report(run, body, &flow);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5121 = {
    .code = "RP5121",
    .name = "grown-length-under-unknown-code",
    .title = "no length or second owner is unsound while unknown code runs",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no vector is unsound while unknown code runs",
    .rule = &rule,
};
