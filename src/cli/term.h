/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the terminal can do, and what the user and Cargo's variables want of it. */
#ifndef RP_CLI_TERM_H
#define RP_CLI_TERM_H

#include "cli/cli.h"
#include "report/report.h"

/* How to write to descriptor `fd`: colour, signs, width, links; and everything that flags say of
 * the contents of a report. */
rp_report_options rp_term_options(rp_cli *cli, int fd);
/* Is colour wanted at `fd`? And signs beyond ASCII? */
bool rp_term_color(const rp_cli *cli, int fd);
bool rp_term_unicode(const rp_cli *cli);
/* Is a progress line wanted on standard error? */
bool rp_term_progress(const rp_cli *cli);
/* Columns of the terminal at `fd`, 80 when it does not say. */
unsigned rp_term_columns(int fd);
/* Columns that text at `fd` may take: the flag's, else the terminal's; 0: no limit. */
unsigned rp_term_width(const rp_cli *cli, int fd);
/* Reads CARGO_TERM_QUIET and CARGO_TERM_VERBOSE where no flag was given. */
void rp_term_cargo_verbosity(rp_cli *cli);

#endif
