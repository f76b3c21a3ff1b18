/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static void judge_unknown(const rp_rust_facts *r, rp_out *out)
{
    if (r->debug_assertions.is == RP_YES)
        rp_unknown(out, "debug assertions are inside: a dev build, or a release profile that keeps "
                        "them");
    else if (r->debug_assertions.is == RP_NO)
        rp_unknown(out, "no debug assertions, but functions that every optimisation level inlines: "
                        "opt-level 0 without assertions, or optimised code that kept them");
    else
        rp_unknown(out, "neither symbols nor paths nor panic messages tell the profile");
}

static void release_profile(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_verify(out,
              "%s -C {} | grep 'Termination>::report'; strings {} | "
              "grep -oE 'target.(debug|release)' | sort | uniq -c",
              rp_nm_of(f));
    if (rp_skip_no_code(f, out))
        return;
    if (f->kind == RP_KIND_OBJECT) {
        rp_skip(out, "an object file: judged when it is linked");
    } else if (r->profile == RP_PROFILE_UNKNOWN) {
        judge_unknown(r, out);
    } else if (r->profile == RP_PROFILE_RELEASE) {
        rp_pass(out, "an optimised build");
        rp_evidence(out, RP_NOWHERE, "%s", r->profile_by);
        rp_brief(out, "release");
    } else {
        rp_find(out, "a debug build: compiled without optimisation");
        rp_evidence(out, RP_NOWHERE, "%s", r->profile_by);
        rp_brief(out, "debug");
        rp_fix_advice(out, "ship what `cargo build --release` makes, or a profile that inherits "
                           "from release");
    }
}

const rp_check rp_check_rp7106 = {
    .code = "RP7106",
    .name = "release-profile",
    .title = "an optimised build ships",
    .guide = "Debug vs Release Builds",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS,
    .formats = RP_ON_ALL,
    .rust_only = true,
    .run = release_profile,
};
