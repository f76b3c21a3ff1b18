/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe.h"
#include "obj/pe_load_config.h"

static void judge_flag(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    bool guarded = (pe->dll_characteristics & RP_PE_GUARD_CF) != 0;
    if (pe->xfg.is == RP_YES && guarded) {
        rp_pass(out, "XFG: call targets carry a hash of their type");
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
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = xfg,
};
