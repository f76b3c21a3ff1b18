/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

enum { CET_COMPAT = 1, CET_STRICT = 2 }; /* IMAGE_DLLCHARACTERISTICS_EX_CET_… */

static void judge(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    unsigned value = pe->ex_characteristics_value;
    if (pe->ex_characteristics.is == RP_YES)
        rp_evidence(out, pe->ex_characteristics.at, "extended DLL characteristics 0x%x", value);
    else
        rp_evidence(out, pe->ex_characteristics.at, "no debug directory entry of type 20");
    if (pe->ex_characteristics.is == RP_YES && (value & CET_COMPAT) != 0) {
        rp_pass(out, "declared compatible with hardware shadow stacks%s",
                (value & CET_STRICT) != 0 ? ", in strict mode" : "");
        return;
    }
    rp_find(out, "not marked CET compatible: Windows runs it without a hardware shadow stack");
    rp_pe_fix_link(f, out, RP_FIX_REVIEW, "/CETCOMPAT", "");
}

static void cet_compat(const rp_facts *f, rp_out *out)
{
    rp_verify(out, "llvm-readobj --coff-debug-directory {} | grep -iA4 'type: extended'");
    if (f->pe->ex_characteristics.is == RP_YES)
        rp_verify_also(out, "od -Ax -tx4 -j0x%llx -N4 {}",
                       (unsigned long long)f->pe->ex_characteristics.at);
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out) ||
        rp_pe_skip_no_shadow_stack(f, out) || rp_unknown_fact(out, f->pe->ex_characteristics))
        return;
    if (f->pe->ex_characteristics.is == RP_NO &&
        rp_pe_skip_gnu(f, out, "mark of CET compatibility"))
        return;
    judge(f, out);
}

const rp_check rp_check_rp2307 = {
    .code = "RP2307",
    .name = "cet-compat",
    .title = "return addresses are kept on a hardware shadow stack too",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = cet_compat,
};
