/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe.h"

static void find_gnu(const rp_facts *f, rp_out *out)
{
    rp_find(out, "no table of exception handlers: the GNU linker writes none");
    rp_out_level(out, RP_NOTE);
    rp_evidence(out, f->pe->load_config.at, "no load configuration");
    rp_pe_fix_link(f, out, RP_FIX_REVIEW, "", "--no-seh");
}

static void judge(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    if ((pe->dll_characteristics & RP_PE_NO_SEH) != 0) {
        rp_pass(out, "NO_SEH: no exception handler of this image is ever called");
        rp_pe_show_flags(f, out, "NO_SEH is set");
    } else if (rp_unknown_fact(out, pe->load_config)) {
        return;
    } else if (pe->load_config.is == RP_NO && pe->mingw) {
        find_gnu(f, out);
    } else if (pe->safe_seh.is == RP_YES) {
        rp_pass(out, "SafeSEH: %u registered exception handler%s", RP_MANY(pe->safe_seh_count));
        rp_evidence(out, pe->safe_seh.at, "SEHandlerTable with SEHandlerCount %u",
                    (unsigned)pe->safe_seh_count);
    } else {
        rp_find(out, "no SafeSEH: an exception handler that an overflow wrote is called");
        rp_evidence(out, pe->safe_seh.at,
                    pe->load_config.is == RP_YES ? "no SEHandlerTable in the load configuration"
                                                 : "no load configuration");
        rp_pe_fix_link(f, out, RP_FIX_REVIEW, "/SAFESEH", "--no-seh");
    }
}

static void safe_seh(const rp_facts *f, rp_out *out)
{
    rp_pe_verify_load_config(out, "NO_SEH|SEHandler");
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out))
        return;
    if (f->pe->machine != RP_PE_I386)
        rp_skip(out, "only 32-bit x86 keeps exception handlers on the stack; %s has tables",
                rp_arch_name(f->arch));
    else
        judge(f, out);
}

const rp_check rp_check_rp2134 = {
    .code = "RP2134",
    .name = "safe-seh",
    .title = "only registered exception handlers are called",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = safe_seh,
};
