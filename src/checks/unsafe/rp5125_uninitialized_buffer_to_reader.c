/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/flow_rule.h"

static void look(rp_rule_run *run, const rp_body *body)
{
    static const rp_flow_rule flow = {
        .of = RP_FLOW_CLASS_READER,
        .text = "memory that nobody wrote to is handed to a reader that the caller chooses",
        .fix = "fill the buffer first (vec![0; n]), or use take(n) and read_to_end",
    };
    rp_flow_report(run, body, &flow);
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5125 = {
    .code = "RP5125",
    .name = "uninitialized-buffer-to-reader",
    .title = "readers get initialized buffers",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no reader gets an uninitialized buffer",
    .rule = &rule,
};
