/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe_load_config.h"

static void judge_flag(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    if (pe->castguard.is == RP_YES) {
        rp_unknown(out, "CastGuard is announced, as any code can be; which casts are checked "
                        "cannot be told from it");
    } else {
        rp_find(out, "CastGuard is announced, but Windows is not told where its mode is kept");
        rp_fix_advice(out, "link the C runtime that belongs to the compiler: its load "
                           "configuration has CastGuardOsDeterminedFailureMode");
    }
    rp_evidence(out, pe->guard_flags.at, "GuardFlags 0x%x: CASTGUARD_PRESENT is set",
                (unsigned)pe->guard_flags_value);
}

static void castguard(const rp_facts *f, rp_out *out)
{
    rp_pe_verify_load_config(out, "GuardFlags|CastGuard");
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out) ||
        rp_unknown_fact(out, f->pe->load_config))
        return;
    if ((f->pe->guard_flags_value & RP_GUARD_CASTGUARD) != 0)
        judge_flag(f, out);
    else if (rp_facts_rust(f))
        rp_skip(out, "guards static downcasts of C++ classes; Rust has none");
    else
        rp_skip(out, "an option of Microsoft's C++ compiler that few builds can use");
}

const rp_check rp_check_rp2204 = {
    .code = "RP2204",
    .name = "castguard",
    .title = "C++ objects are not cast to a class that they are not",
    .guide = "Control Flow Guard (Windows)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = castguard,
};
