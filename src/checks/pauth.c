/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/pauth.h"

#include "checks/coverage.h"

static rp_cover calls_of(const rp_facts *f)
{
    return rp_cover_of(f, &f->code->pauth, RP_OWNERS_BUT_RUNTIME);
}

static rp_cover returns_of(const rp_facts *f)
{
    return rp_cover_of(f, &f->code->signing, RP_OWNERS_COMPILED);
}

static bool some_missing(const rp_cover *c)
{
    return c->state == RP_COVER_PART || c->state == RP_COVER_NONE;
}

static void find_missing(const rp_facts *f, rp_out *out, const char *claim, const rp_cover *calls,
                         const rp_cover *returns)
{
    rp_find(out,
            "%s, but %u of %u indirect call%s %s a pointer, and %u of %u function%s %s a return "
            "address that is kept in memory",
            claim, (unsigned)calls->covered, RP_MANY(calls->total),
            rp_by_count(calls->total, "authenticates", "authenticate"), (unsigned)returns->covered,
            RP_MANY(returns->total), rp_by_count(returns->total, "signs", "sign"));
    rp_out_level(out, RP_WARN);
    rp_fix_advice(out, "compile every object, the standard library too, for this ABI");
    rp_cover_evidence(f, out, calls, "indirect calls that authenticate", NULL);
    rp_cover_evidence(f, out, returns, "functions that sign a return address kept in memory", NULL);
}

bool rp_pauth_denied(const rp_facts *f, rp_out *out, const char *claim)
{
    rp_cover calls = calls_of(f), returns = returns_of(f);
    if (!rp_cover_told(&calls) || !rp_cover_told(&returns)) {
        const rp_cover *untold = rp_cover_told(&calls) ? &returns : &calls;
        rp_unknown(out, "%s, but whether the code does so is not known: %s", claim, untold->why);
        return true;
    }
    if (!some_missing(&calls) && !some_missing(&returns))
        return false;
    find_missing(f, out, claim, &calls, &returns);
    return true;
}

const char *rp_pauth_counts(const rp_facts *f, rp_out *out)
{
    rp_cover calls = calls_of(f), returns = returns_of(f);
    return rp_phrase(out, "%u indirect call%s and %u function%s authenticate", RP_MANY(calls.total),
                     RP_MANY(returns.total));
}
