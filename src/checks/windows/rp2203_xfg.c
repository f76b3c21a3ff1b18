/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "checks/coverage.h"
#include "obj/pe.h"
#include "obj/pe_load_config.h"

/* The flag and the pointers are there; does any call go through them? */
static void judge_calls(const rp_facts *f, rp_out *out)
{
    rp_cover c = rp_cover_of(f, &f->code->cfg, RP_OWNERS_BUT_RUNTIME);
    unsigned typed = f->code->edges.typed, checked = f->code->cfg.covered;
    if (typed == 0 && !rp_cover_told(&c)) {
        rp_unknown(out,
                   "XFG is announced; whether calls compare a hash of the type is not known: %s",
                   c.why);
    } else if (c.state == RP_COVER_EMPTY) {
        rp_pass(out, "XFG is announced; no call of its own needs a check");
    } else if (typed == 0) {
        rp_find(out, "XFG is announced, but none of %u indirect call%s compares a hash of the type",
                RP_MANY(c.total));
        rp_fix_advice(out, "compile the code with /guard:xfg, or link without it");
    } else {
        rp_pass(out, "XFG: %u of %u indirect call%s a hash of the type%s", typed,
                (unsigned)f->code->cfg.total,
                rp_by_count(f->code->cfg.total, " compares", "s compare"),
                checked > typed ? ", others only ask whether the target is a function" : "");
    }
}

static void judge_flag(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    bool guarded = (pe->dll_characteristics & RP_PE_GUARD_CF) != 0;
    if (pe->xfg.is == RP_YES && guarded) {
        judge_calls(f, out);
    } else {
        rp_find(out, guarded
                         ? "XFG is announced, but its check functions are missing"
                         : "XFG is announced, but Control Flow Guard, which it extends, is off");
        rp_fix_advice(out,
                      "compile and link with /guard:cf as well as /guard:xfg, or with neither");
        rp_pe_show_flags(f, out, guarded ? "GUARD_CF is set" : "GUARD_CF is not set");
    }
    rp_evidence(out, pe->guard_flags.at, "GuardFlags 0x%x: XFG_ENABLED is set",
                (unsigned)pe->guard_flags_value);
}

static void xfg(const rp_facts *f, rp_out *out)
{
    rp_pe_verify_load_config(out, "GUARD_CF|GuardFlags|XFG");
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out) ||
        rp_unknown_fact(out, f->pe->load_config))
        return;
    if ((f->pe->guard_flags_value & RP_GUARD_XFG_ENABLED) != 0)
        judge_flag(f, out);
    else
        rp_skip(out, "only Microsoft's C++ compiler has made XFG code; neither rustc nor LLVM can");
}

const rp_check rp_check_rp2203 = {
    .code = "RP2203",
    .name = "xfg",
    .title = "indirect calls also match the type of their target",
    .guide = "Control Flow Guard (Windows)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_PE,
    .run = xfg,
};
