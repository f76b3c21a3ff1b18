/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/allow.h"

static bool counts(const rp_rust_allow *a)
{
    return a->reason.len == 0;
}

static uint32_t subjects(const rp_facts *f)
{
    return rp_allows(f, counts);
}

static void judge(const rp_facts *f, uint32_t subject, rp_out *out)
{
    const rp_rust_allow *a = rp_allow(f, counts, subject);
    rp_find(out, "this comment allows %.*s and does not say why: it allows nothing",
            RP_FMT(a->code));
    rp_about_allow(f, a, out);
    rp_fix_advice(out, "write the reason behind the parenthesis");
}

static void none(const rp_facts *f, rp_out *out)
{
    rp_no_allow(f, "every comment that allows a finding says why", out);
}

const rp_check rp_check_rp0012 = {
    .code = "RP0012",
    .name = "allow-without-reason",
    .title = "every comment that allows a finding says why",
    .guide = "Static Analysis",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
