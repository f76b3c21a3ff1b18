/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Problems of many artefacts, a line for each kind. */
#ifndef RP_REPORT_PROBLEMS_H
#define RP_REPORT_PROBLEMS_H

#include "report/style.h"

enum { RP_PROBLEM_CODES = 4 };

typedef struct {
    const rp_check *check;
    const rp_look *look;
    uint32_t places;
    rp_str where;       /* the only place, escaped; of several ones any */
    rp_str text;        /* the wording that most places have */
    bool mixed;         /* not all of them */
    uint32_t nlikewise; /* other checks that say the same of the same places; … */
    const char *likewise[RP_PROBLEM_CODES]; /* …the first ones' codes */
} rp_problem;

/* "  ! RP2104 full-relro  412: partial RELRO …"; of one place its name. */
void rp_put_problem(const rp_report_options *opt, rp_buf *out, const rp_problem *problem);

#endif
