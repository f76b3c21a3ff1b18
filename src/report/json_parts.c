/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/json_parts.h"

#include "engine/fingerprint.h"

void rp_json_put(const rp_report_options *opt, rp_json *j, const char *key, rp_str s)
{
    if (!opt->redact) {
        rp_json_str(j, key, s);
        return;
    }
    rp_buf clean = {0};
    rp_put_redacted(opt, &clean, s);
    rp_json_str(j, key, rp_buf_str(&clean));
    j->out->bad |= clean.bad;
    rp_buf_free(&clean);
}

void rp_json_at(rp_json *j, const char *key, uint64_t at)
{
    if (key != NULL)
        rp_json_key(j, key);
    if (at == RP_NOWHERE)
        rp_json_null(j);
    else
        rp_json_uint(j, at);
}

const char *rp_tri_name(rp_tri is)
{
    return is == RP_YES ? "yes" : is == RP_NO ? "no" : "unknown";
}

void rp_put_fingerprint(rp_buf *out, const rp_target_report *t, const rp_result *r)
{
    enum { DIGITS = 16 }; /* of each half */
    uint64_t print[2];
    char text[2 * DIGITS];
    rp_fingerprint_result(t, r, print);
    for (unsigned i = 0; i < 2 * DIGITS; i++)
        text[i] = "0123456789abcdef"[print[i / DIGITS] >> (60 - 4 * (i % DIGITS)) & 15];
    rp_buf_put(out, (rp_str){text, sizeof text});
}
