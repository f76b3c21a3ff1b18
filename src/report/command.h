/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_REPORT_COMMAND_H
#define RP_REPORT_COMMAND_H

#include "report/style.h"

/* `s` (escaped already, paths quoted) from column `indent` on: when it is wider than opt->width, a
 * line for each command, and a line for each part of a pipeline that is still too wide. What is on
 * the screen is a shell's input still. */
void rp_put_commands(const rp_report_options *opt, rp_buf *out, rp_str s, size_t indent);

#endif
