/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe_load_config.h"

static void find_missing(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    rp_find(out, "no table of exception continuation targets");
    if (pe->guard_flags.is == RP_YES)
        rp_evidence(out, pe->guard_flags.at,
                    "GuardFlags 0x%x: EH_CONTINUATION_TABLE_PRESENT is not set",
                    (unsigned)pe->guard_flags_value);
    else
        rp_evidence(out, pe->load_config.at,
                    pe->load_config.is == RP_NO ? "no load configuration"
                                                : "the load configuration ends before GuardFlags");
    rp_fix_flag(f, out, RP_FIX_REVIEW, "-Zehcont-guard -Clink-arg=/guard:ehcont",
                "compile and link with /guard:ehcont");
    if (rp_facts_rust(f))
        rp_fix_advice(out, "-Zehcont-guard needs a nightly toolchain; the standard library joins "
                           "in only when it is rebuilt (-Zbuild-std)");
}

static void judge(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    bool announced = (pe->guard_flags_value & RP_GUARD_EHCONT_TABLE) != 0;
    if (!announced) {
        find_missing(f, out);
    } else if (rp_unknown_fact(out, pe->ehcont_table)) {
        return;
    } else if (pe->ehcont_count == 0) {
        rp_pass(out, "a table of exception continuation targets, empty: there are none, or no "
                     "code was compiled with /guard:ehcont");
        rp_evidence(out, pe->guard_flags.at, "GuardFlags 0x%x", (unsigned)pe->guard_flags_value);
    } else if (pe->ehcont_table.is == RP_NO) {
        rp_find(out,
                "the table of exception continuation targets is not one that the linker wrote");
        rp_evidence(out, pe->ehcont_table.at, "its first wrong entry");
        rp_fix_advice(out, "link again: the table was changed after the link");
    } else {
        rp_pass(out, "%u exception continuation target%s", RP_MANY(pe->ehcont_count));
        rp_evidence(out, pe->ehcont_table.at, "the table; GuardFlags 0x%x",
                    (unsigned)pe->guard_flags_value);
    }
}

static void ehcont(const rp_facts *f, rp_out *out)
{
    rp_pe_verify_load_config(out, "GUARD_CF|GuardFlags|EHCont");
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out) ||
        rp_pe_skip_no_shadow_stack(f, out) ||
        rp_pe_skip_gnu(f, out, "table of exception continuation targets") ||
        rp_unknown_fact(out, f->pe->load_config))
        return;
    judge(f, out);
}

const rp_check rp_check_rp2202 = {
    .code = "RP2202",
    .name = "ehcont",
    .title = "exceptions continue only where the compiler said",
    .guide = "Control Flow Guard (Windows)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = ehcont,
};
