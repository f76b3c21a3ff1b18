/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/overflow/sites.h"

static void find_off(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_find(out, "integer overflow wraps silently: no message of an overflow check is inside");
    rp_evidence(out, RP_NOWHERE,
                "%u source file%s outside std are named in panic locations, %u other panic "
                "message%s of core, none of overflow checks",
                RP_MANY(r->user_files), RP_MANY(r->panic_messages));
    rp_brief(out, "off");
}

static void fix(rp_out *out)
{
    rp_cause(out, "Cargo.toml", "profile.release.overflow-checks");
    rp_fix_key(out, RP_FIX_REVIEW, "Cargo.toml", "profile.release.overflow-checks", "true");
}

/* Messages are inside; whose code uses them? std brings some of its own: strict_add and kin. */
static void judge_on(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_cover c = rp_cover_of(f, &f->code->overflow, RP_OWNERS_RUST);
    unsigned sites = f->code->overflow_sites;
    if (rp_sites_only_std(&c)) {
        rp_find(out,
                "integer overflow wraps silently: the checks are all in std, none in %u function%s "
                "of the program's crates",
                RP_MANY(rp_cover_owner(&c, RP_OWNER_RUST_USER).total));
        rp_brief(out, "std");
        fix(out);
    } else if (rp_cover_told(&c) && sites > 0) {
        rp_pass(out, "integer overflow panics at %u %s%s", sites,
                rp_by_count(sites, "place", "places"), rp_sites_std(&c));
        rp_brief(out, "on");
    } else {
        rp_pass(out, "integer overflow panics where a check was compiled in");
        rp_brief(out, "on");
    }
    rp_evidence(out, r->overflow_message.at, "%.*s", RP_FMT(r->overflow_message.text));
    rp_sites_evidence(f, out, &c, "functions with overflow checks");
}

static void overflow_checks(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_verify(out, "strings -n 8 {} | grep -oE 'attempt to (add|subtract|multiply|negate|shift "
                   "(left|right)) with overflow' | sort "
                   "| uniq -c");
    if (rp_skip_no_code(f, out) || rp_unknown_fact(out, r->overflow_checks))
        return;
    if (r->overflow_checks.is == RP_YES) {
        judge_on(f, out);
        return;
    }
    find_off(f, out);
    fix(out);
}

const rp_check rp_check_rp1001 = {
    .code = "RP1001",
    .name = "overflow-checks",
    .title = "integer overflow panics instead of wrapping",
    .guide = "Integer Overflow Protection",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_SYMBOLS | RP_NEED_STRINGS | RP_NEED_CODE,
    .formats = RP_ON_ALL,
    .rust_only = true,
    .run = overflow_checks,
};
