/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From what a rule found (facts->source->notes) to results of its check. */
#ifndef RP_CHECKS_RULE_RESULT_H
#define RP_CHECKS_RULE_RESULT_H

#include "checks/check.h"
#include "rust/rule.h"

/* How many notes the check's rule has; and the result of the nth. */
uint32_t rp_rule_subjects(const rp_facts *f, const rp_check *check);
void rp_rule_judge(const rp_facts *f, const rp_check *check, uint32_t n, rp_out *out);

/* Unknown when the source could not be read and understood whole; then true. */
bool rp_rule_unread(const rp_facts *f, rp_out *out);

/* When the rule found nothing: passes with check->holds over code that was read, and is unknown
 * where files could not be. */
void rp_rule_holds(const rp_facts *f, const rp_check *check, rp_out *out);

#endif
