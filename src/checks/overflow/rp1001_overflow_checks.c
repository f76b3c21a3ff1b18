/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static void overflow_checks(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_verify(out,
              "strings -n 8 {} | grep -oE 'attempt to (add|subtract|multiply|negate|shift left|"
              "shift right) with overflow' | sort -u");
    if (rp_skip_unlinked(f, out) || rp_unknown_fact(out, r->overflow_checks))
        return;
    if (r->overflow_checks.is == RP_YES) {
        rp_pass(out, "integer overflow panics where a check was compiled in");
        rp_evidence(out, r->overflow_message.at, "%.*s", RP_FMT(r->overflow_message.text));
        rp_brief(out, "on");
        return;
    }
    rp_find(out, "integer overflow wraps silently: no message of an overflow check is inside");
    rp_evidence(out, RP_NOWHERE,
                "%u source files outside std are named in panic locations, %u "
                "other panic messages of core, none of overflow checks",
                (unsigned)r->user_files, (unsigned)r->panic_messages);
    rp_brief(out, "off");
    rp_cause(out, "Cargo.toml", "profile.release.overflow-checks");
    rp_fix_key(out, RP_FIX_REVIEW, "Cargo.toml", "profile.release.overflow-checks", "true");
}

const rp_check rp_check_rp1001 = {
    .code = "RP1001",
    .name = "overflow-checks",
    .title = "integer overflow panics instead of wrapping",
    .guide = "Integer Overflow Protection",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS,
    .formats = RP_ON_ALL,
    .rust_only = true,
    .run = overflow_checks,
};
