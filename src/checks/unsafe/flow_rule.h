/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the rules on broken invariants share: each reports one class of the flow's hits, the
 * weightiest one of each function. */
#ifndef RP_CHECKS_FLOW_RULE_H
#define RP_CHECKS_FLOW_RULE_H

#include "checks/rule_result.h"

typedef enum {
    RP_FLOW_CLASS_OWNERS, /* set_len, from_raw_parts under code that may unwind */
    RP_FLOW_CLASS_TWICE,  /* ptr::read */
    RP_FLOW_CLASS_HOLE,   /* ptr::copy, ptr::write */
    RP_FLOW_CLASS_WEAK,   /* transmute, get_unchecked, … */
    RP_FLOW_CLASS_READER  /* an uninitialized buffer in a reader's hands */
} rp_flow_class;

typedef struct {
    rp_flow_class of;
    const char *text, *fix;
} rp_flow_rule;

void rp_flow_report(rp_rule_run *run, const rp_body *body, const rp_flow_rule *rule);

#endif
