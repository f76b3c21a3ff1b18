/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A literal report model for tests of the reporters: no engine, no files. */
#ifndef RP_TESTS_REPORT_SAMPLE_H
#define RP_TESTS_REPORT_SAMPLE_H

#include "report/report.h"

typedef struct {
    const rp_target_report *targets[64];
    rp_run_report run;
} sample;

/* One program with a finding, an unknown, passes and what does not apply. */
void sample_one(rp_arena *arena, sample *ret);
/* The same with a coverage: functions outside, of Rust, C and unknown origin, a hostile name. */
void sample_covered(rp_arena *arena, sample *ret);
/* Three files: two share a problem, one cannot be read. */
void sample_few(rp_arena *arena, sample *ret);
/* Forty files. */
void sample_fleet(rp_arena *arena, sample *ret);
/* Names and texts that try to break each format. */
void sample_hostile(rp_arena *arena, sample *ret);
/* Nothing was found. */
void sample_nothing(rp_arena *arena, sample *ret);

/* Runs a reporter over the sample as the command line would. */
void sample_render(const rp_reporter *reporter, const rp_report_options *opt, const sample *s,
                   rp_buf *out);

#endif
