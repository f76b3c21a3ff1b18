/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the rules on the wrong order share: each reports one kind of the flow's misorders. */
#ifndef RP_CHECKS_ORDER_RULE_H
#define RP_CHECKS_ORDER_RULE_H

#include "checks/rule_result.h"

typedef struct {
    rp_flow_order of;
    const char *text, *first, *between, *last, *fix;
} rp_order_rule;

void rp_misorder_report(rp_rule_run *run, const rp_body *body, const rp_order_rule *rule);

#endif
