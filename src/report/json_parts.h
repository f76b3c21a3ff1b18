/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What every JSON of the reports writes alike. */
#ifndef RP_REPORT_JSON_PARTS_H
#define RP_REPORT_JSON_PARTS_H

#include "report/style.h"
#include "text/json.h"

/* A string of the file, redacted when asked. */
void rp_json_put(const rp_report_options *opt, rp_json *j, const char *key, rp_str s);
/* A file offset; RP_NOWHERE is null. Without a key: as the value that follows one. */
void rp_json_at(rp_json *j, const char *key, uint64_t at);
/* The result's fingerprint: 32 hexadecimal digits. */
void rp_put_fingerprint(rp_buf *out, const rp_target_report *t, const rp_result *r);
/* "yes", "no", "unknown". */
const char *rp_tri_name(rp_tri is);

#endif
