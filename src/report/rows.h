/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Results of one artefact as rows with details below: the default screen for one file, and full. */
#ifndef RP_REPORT_ROWS_H
#define RP_REPORT_ROWS_H

#include "report/style.h"

/* How much stands below a row. */
typedef enum {
    RP_DETAIL_NONE,
    RP_DETAIL_FIX,    /* the first fix */
    RP_DETAIL_SHORT,  /* one line of evidence, verify, the first fix */
    RP_DETAIL_NORMAL, /* three lines of evidence, verify, all fixes */
    RP_DETAIL_ALL     /* everything, for passes too; title, cause */
} rp_detail;

/* The results of `t` that match `wanted`, worst first, then by code; lives in `arena`. NULL when
 * there is no memory. */
const rp_result **rp_rows_sorted(rp_arena *arena, const rp_report_options *opt,
                                 const rp_target_report *t,
                                 bool (*wanted)(const rp_report_options *, const rp_result *),
                                 uint32_t *ret_n);

/* Rows with aligned columns. */
void rp_put_rows(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                 const rp_result *const *rows, uint32_t n, rp_detail detail);

/* Header line, and for a member how to take it out. */
void rp_put_heading(const rp_report_options *opt, rp_buf *out, const rp_target_report *t,
                    bool extract);

/* The whole of one target but its heading, in so many lines; 0 = no limit. */
void rp_put_one(const rp_report_options *opt, rp_buf *out, const rp_target_report *t, size_t lines);

size_t rp_lines(rp_str s);

#endif
