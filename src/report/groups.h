/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One block per distinct problem: the same check, level and outcome over many files. */
#ifndef RP_REPORT_GROUPS_H
#define RP_REPORT_GROUPS_H

#include "report/style.h"

typedef struct {
    const rp_result *result;
    const rp_target_report *target;
    uint32_t order; /* place in the run */
} rp_place;

typedef struct {
    const rp_place *places; /* sorted by text, then in the order of the run */
    uint32_t n;
} rp_group;

typedef struct {
    const rp_group *items; /* worst first, then by code */
    uint32_t n;
} rp_groups;

/* Problems of the run (rp_is_shown, and findings or unknowns only); false without memory. */
RP_MUST_CHECK bool rp_groups_of(rp_arena *arena, const rp_report_options *opt,
                                const rp_run_report *run, rp_groups *ret);

#endif
