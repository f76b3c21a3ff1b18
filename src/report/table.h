/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The fleet table: one row per artefact, one column per question that people ask first. */
#ifndef RP_REPORT_TABLE_H
#define RP_REPORT_TABLE_H

#include "report/style.h"

/* What a row needs of a report, some 200 bytes. */
typedef struct {
    rp_str text;              /* the name, why it could not be read, cells */
    size_t path, name, cells; /* ends of the path and of the name in it; where the cells begin */
    bool unread;              /* there are no facts, but a reason */
} rp_table_row;

/* The row of `t`, made in `text`, where it stays until that changes. Useless when `text` is bad. */
rp_table_row rp_table_row_of(const rp_report_options *opt, const rp_target_report *t, rp_buf *text);
/* Rows in the order given. Columns in which no row says anything are left out. */
void rp_put_table(const rp_report_options *opt, rp_buf *out, const rp_table_row *rows, uint32_t n);

#endif
