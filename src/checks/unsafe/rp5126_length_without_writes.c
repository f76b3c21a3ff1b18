/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/rule_result.h"

/* Readers that are given the buffer are RP5125's. */
static bool read_into(const rp_flow *flow, rp_id set_len)
{
    for (uint32_t i = 0; i < flow->hits.n; i++)
        if (flow->hits.items[i].source == set_len &&
            flow->hits.items[i].sink_kind == RP_FLOW_READER)
            return true;
    return false;
}

static void look(rp_rule_run *run, const rp_body *body)
{
    const rp_flow *flow = rp_rule_flow(run, body);
    for (uint32_t i = 0; flow != NULL && i < flow->unwritten.n; i++) {
        const rp_flow_unwritten *u = &flow->unwritten.items[i];
        if (read_into(flow, u->set_len))
            continue;
        rp_rule_note *n = rp_rule_in(run, body, u->set_len, RP_RULE_REVIEW,
                                     RP_STR("the length covers memory that nobody wrote to"));
        rp_rule_step_at(run, n, body->file, u->reserve, RP_STR("memory is only reserved here"));
        rp_rule_step_at(run, n, body->file, u->set_len,
                        RP_STR("its elements count as values from here on"));
        if (n != NULL)
            n->fix = RP_STR("resize, or write through spare_capacity_mut and set the length then");
    }
}

static const rp_rust_rule rule = {.on_body = look};

const rp_check rp_check_rp5126 = {
    .code = "RP5126",
    .name = "length-without-writes",
    .title = "lengths cover written memory",
    .guide = "Unsafe Code Patterns",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .holds = "no length covers memory that nobody wrote to",
    .rule = &rule,
};
