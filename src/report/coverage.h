/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A coverage (n of m) as text and as JSON: places outside, rows by crate, language or object. */
#ifndef RP_REPORT_COVERAGE_H
#define RP_REPORT_COVERAGE_H

#include "report/style.h"

/* "sqlite3_exec (C, sqlite3.c) at 0x4a10", escaped. */
/* How many functions or branches of the owners that count are outside; the places known of them,
 * one after the other: `*at` begins at 0, NULL at the end. */
uint32_t rp_outside_total(const rp_out *r);
const rp_code_place *rp_outside_next(const rp_out *r, uint32_t *at);
void rp_put_outside(const rp_report_options *opt, rp_buf *out, const rp_out *r,
                    const rp_code_place *place);

/* The rows that opt->by asks for; NULL, and n is 0, without. */
const rp_coverage_row *rp_coverage_rows(const rp_report_options *opt, const rp_coverage *coverage,
                                        uint32_t *ret_n);
/* "regex 1.10.2  12 of 40", the name in `names` columns, escaped. */
/* What the rows by crate or object leave out, so that all add up to the whole; false: nothing. */
bool rp_coverage_rest(const rp_report_options *opt, const rp_coverage *coverage,
                      rp_coverage_row *ret);
void rp_put_coverage_row(const rp_report_options *opt, rp_buf *out, const rp_coverage_row *row,
                         size_t names);

/* Key "coverage" of a result: an object, or null. */
void rp_json_coverage(const rp_report_options *opt, rp_json *j, const rp_coverage *coverage);

#endif
