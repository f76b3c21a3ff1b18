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

static void fix_partly(const rp_facts *f, rp_out *out)
{
    rp_fix_advice(out, "%s",
                  rp_facts_rust(f)
                      ? "rebuild the standard library with -Zehcont-guard too (-Zbuild-std), or "
                        "link without /guard:ehcont"
                      : "compile every object with /guard:ehcont, or link without it");
}

/* Functions that catch and of which the table knows nothing: where shadow stacks are on, Windows
 * ends the process that goes on there. */
static void find_unlisted(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    unsigned missing = pe->catching - pe->catching_listed;
    if (pe->catching_listed == 0)
        rp_find(out,
                "a table of exception continuation targets is announced, but it has none for %u "
                "function%s that catch%s exceptions: nothing was compiled for it",
                RP_MANY(pe->catching), rp_by_count(pe->catching, "es", ""));
    else
        rp_find(out,
                "%u of %u function%s that catch%s exceptions %s no place in the table of exception "
                "continuation targets",
                missing, RP_MANY(pe->catching), rp_by_count(pe->catching, "es", ""),
                rp_by_count(missing, "has", "have"));
    rp_verify_also(out, "llvm-readobj --unwind {} | grep -c 'ExceptionHandler (0x1)'");
    rp_evidence(out, pe->handlers.at, "the first without: the function at RVA 0x%x",
                (unsigned)pe->catching_unlisted);
    fix_partly(f, out);
}

static void judge_empty(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    if (pe->catching_untold > 0)
        rp_unknown(out,
                   "the table of exception continuation targets is empty, and whether %u "
                   "function%s catch%s exceptions cannot be told",
                   RP_MANY(pe->catching_untold), rp_by_count(pe->catching_untold, "es", ""));
    else
        rp_pass(out, "the table of exception continuation targets is empty, and no function "
                     "catches exceptions");
}

static void judge_table(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    if (pe->ehcont_count != 0 && pe->ehcont_table.is == RP_NO) {
        rp_find(out,
                "the table of exception continuation targets is not one that the linker wrote");
        rp_evidence(out, pe->ehcont_table.at, "its first wrong entry");
        rp_fix_advice(out, "link again: the table was changed after the link");
    } else if (rp_unknown_fact(out, pe->handlers)) {
        return;
    } else if (pe->catching_listed < pe->catching) {
        find_unlisted(f, out);
    } else if (pe->ehcont_count == 0) {
        judge_empty(f, out);
    } else {
        rp_pass(out, "%u exception continuation target%s, in all of %u function%s that catch%s",
                RP_MANY(pe->ehcont_count), RP_MANY(pe->catching),
                rp_by_count(pe->catching, "es", ""));
        rp_evidence(out, pe->ehcont_table.at, "the table");
    }
    rp_evidence(out, pe->guard_flags.at, "GuardFlags 0x%x, %u entr%s",
                (unsigned)pe->guard_flags_value, (unsigned)pe->ehcont_count,
                rp_by_count(pe->ehcont_count, "y", "ies"));
}

static void judge(const rp_facts *f, rp_out *out)
{
    if ((f->pe->guard_flags_value & RP_GUARD_EHCONT_TABLE) == 0)
        find_missing(f, out);
    else if (!rp_unknown_fact(out, f->pe->ehcont_table))
        judge_table(f, out);
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
