/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The enabled checks over the facts of one artefact. */
#ifndef RP_ENGINE_JUDGE_H
#define RP_ENGINE_JUDGE_H

#include "engine/policy.h"

/* Fills results, counts, worst, incomplete and skipped of *ret; path, member and name are set
 * before. Results are in `arena`. Fails only on out of memory. */
RP_MUST_CHECK rp_code rp_judge_with(const rp_rule *rules, const rp_facts *facts, rp_arena *arena,
                                    rp_target_report *ret, rp_error *err);

/* What results of checks wait for that have an `on_doubt` and did not pass: RP_NEED_ bits that the
 * facts were built without. fixes: those that only fixes depend on, too. */
uint32_t rp_judge_doubts(const rp_target_report *t, bool fixes);

/* Why an artefact of this kind is not judged, or NULL. */
const char *rp_not_judged(rp_kind kind);

#endif
