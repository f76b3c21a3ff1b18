/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

static uint32_t subjects(const rp_facts *f)
{
    return rp_matches(f, RP_ADVISORY_MALICIOUS);
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    rp_find_match(f, rp_match(f, RP_ADVISORY_MALICIOUS, i), "is malicious:", out);
}

static void none(const rp_facts *f, rp_out *out)
{
    rp_no_match(f, "no crate is known to be malicious", out);
}

const rp_check rp_check_rp9102 = {
    .code = "RP9102",
    .name = "malicious-crate",
    .title = "no crate is known to be malicious",
    .guide = "Audit Dependencies",
    .since = "0.2",
    .level = RP_DENY,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_ALL | RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
