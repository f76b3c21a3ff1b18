/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

static uint32_t subjects(const rp_facts *f)
{
    return rp_matches(f, RP_ADVISORY_UNSOUND);
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    rp_find_match(f, rp_match(f, RP_ADVISORY_UNSOUND, i), "is unsound:", out);
}

static void none(const rp_facts *f, rp_out *out)
{
    rp_no_match(f, "no crate is known to be unsound", out);
}

const rp_check rp_check_rp9103 = {
    .code = "RP9103",
    .name = "unsound-crate",
    .title = "no crate is known to be unsound",
    .guide = "Audit Dependencies",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_ALL | RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
