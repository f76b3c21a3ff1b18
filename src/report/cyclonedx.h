/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef RP_REPORT_CYCLONEDX_H
#define RP_REPORT_CYCLONEDX_H

#include "report/bom.h"

/* Key "vulnerabilities", when a database was asked for some target; nothing otherwise. */
void rp_cyclonedx_vulnerabilities(const rp_report_options *opt, const rp_run_report *run,
                                  rp_json *j);

#endif
