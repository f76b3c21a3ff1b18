/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The fleet table: one row per artefact, one column per question that people ask first. */
#ifndef RP_REPORT_TABLE_H
#define RP_REPORT_TABLE_H

#include "report/style.h"

/* Rows for `targets`, in the order given. Columns in which no row says anything are left out. */
void rp_put_table(const rp_report_options *opt, rp_buf *out, const rp_target_report *const *targets,
                  uint32_t n);
/* "3 Rust of 2104 files · 2 with errors, 1 with warnings". */
void rp_put_fleet_totals(const rp_report_options *opt, rp_buf *out, const rp_run_report *run);

#endif
