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

static void find_without(const rp_facts *f, rp_out *out)
{
    rp_find(out, "integer overflow wraps silently in %s; checks are in %s",
            rp_sites_names(f, out, rp_sites_overflow, RP_SITES_WITHOUT),
            rp_sites_names(f, out, rp_sites_overflow, RP_SITES_WITH));
    rp_brief(out, "partly");
    fix(out);
}

static void find_std(const rp_cover *c, rp_out *out)
{
    rp_find(out,
            "integer overflow wraps silently: the checks are all in std, none in %u function%s "
            "of the program's crates",
            RP_MANY(rp_cover_owner(c, RP_OWNER_RUST_USER).total));
    rp_brief(out, "std");
    fix(out);
}

static void pass_on(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    unsigned sites = f->code->overflow_sites;
    rp_pass(out, "integer overflow panics at %u %s, in %s%s", sites,
            rp_by_count(sites, "place", "places"),
            rp_sites_names(f, out, rp_sites_overflow, RP_SITES_WITH), rp_sites_std(c));
    rp_brief(out, "on");
}

/* Messages are inside; whose code uses them? std brings some of its own, strict_add and kin, and a
 * dependency's setting says nothing of the program's. */
static void judge_on(const rp_facts *f, rp_out *out)
{
    const rp_rust_facts *r = f->rust;
    rp_cover c = rp_cover_of(f, &f->code->overflow, RP_OWNERS_RUST);
    rp_sites_sum sum = rp_sites_sum_of(f, rp_sites_overflow);
    bool with = sum.own_with + sum.with != 0, without = sum.own_without + sum.without != 0;
    if (!rp_cover_told(&c))
        rp_unknown(out, "messages of overflow checks are inside; whose code has them is not told");
    else if (with && without)
        find_without(f, out);
    else if (sum.own_with != 0)
        pass_on(f, out, &c);
    else if (with)
        rp_unknown(out,
                   "checks are in dependencies (%s); the program's own code is too little to tell",
                   rp_sites_names(f, out, rp_sites_overflow, RP_SITES_WITH));
    else if (rp_sites_only_std(&c))
        find_std(&c, out);
    else
        rp_unknown(out, "messages of overflow checks are inside, but no crate that uses them");
    rp_evidence(out, r->overflow_message.at, "%.*s", RP_FMT(r->overflow_message.text));
    rp_sites_evidence(f, out, &c, rp_sites_overflow, "functions with overflow checks");
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
