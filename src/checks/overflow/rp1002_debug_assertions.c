/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/overflow/sites.h"

/* Assertions of std's unsafe functions are compiled where they are inlined: into the crate that
 * calls them. */
static void judge_on(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_cover c = rp_cover_of(f, &f->code->debug_asserts, RP_OWNERS_RUST);
    rp_sites_sum sum = rp_sites_sum_of(f, rp_sites_asserts);
    unsigned sites = f->code->debug_assert_sites;
    if (!rp_cover_told(&c)) {
        rp_unknown(out, "messages of debug assertions are inside; whose code has them is not told");
    } else if (sum.own_with > 0) {
        rp_pass(out,
                "debug assertions are compiled in: broken preconditions of unsafe code abort at %u "
                "place%s%s",
                RP_MANY(sites), rp_sites_std(&c));
        rp_brief(out, "on");
    } else {
        rp_unknown(out,
                   "debug assertions are in %s; the program's own code has none, and may need none",
                   sum.with > 0 ? rp_sites_names(f, out, rp_sites_asserts, RP_SITES_WITH) : "std");
    }
    rp_evidence(out, r->assertion_message.at, "%.*s", RP_FMT(r->assertion_message.text));
    rp_sites_evidence(f, out, &c, rp_sites_asserts, "functions with debug assertions");
}

static void debug_assertions(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_verify(out, "strings -n 8 {} | grep -F 'unsafe precondition(s) violated'");
    if (rp_skip_no_code(f, out) || rp_unknown_fact(out, r->debug_assertions))
        return;
    if (r->debug_assertions.is == RP_YES) {
        judge_on(f, out);
        return;
    }
    rp_find(out, "debug assertions are off: preconditions of unsafe code are not tested");
    rp_evidence(out, RP_NOWHERE,
                "%u source file%s outside std are named in panic locations, no message of a "
                "precondition check",
                RP_MANY(r->user_files));
    rp_brief(out, "off");
    rp_cause(out, "Cargo.toml", "profile.release.debug-assertions");
    rp_fix_key(out, RP_FIX_REVIEW, "Cargo.toml", "profile.release.debug-assertions", "true");
}

const rp_check rp_check_rp1002 = {
    .code = "RP1002",
    .name = "debug-assertions",
    .title = "preconditions of unsafe code are tested at run time",
    .guide = "Debug vs Release Builds",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS | RP_NEED_CODE,
    .formats = RP_ON_ALL,
    .rust_only = true,
    .run = debug_assertions,
};
