/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "obj/pe.h"

static void judge_set(const rp_facts *f, rp_out *out)
{
    if (f->pe->signature.is == RP_NO) {
        rp_find(out, "FORCE_INTEGRITY without a signature: Windows refuses to load the file");
        rp_out_level(out, RP_WARN);
        rp_evidence(out, f->pe->signature.at, "no certificate table");
        rp_fix_advice(out, "sign the file, or link without /INTEGRITYCHECK");
    } else {
        rp_pass(out, "FORCE_INTEGRITY: loaded only with a valid signature");
    }
    rp_pe_show_flags(f, out, "FORCE_INTEGRITY is set");
}

static void force_integrity(const rp_facts *f, rp_out *out)
{
    rp_pe_verify_headers(out, "FORCE_INTEGRITY|Certificate");
    if (rp_pe_skip_unloaded(f, out))
        return;
    if ((f->pe->dll_characteristics & RP_PE_FORCE_INTEGRITY) != 0) {
        judge_set(f, out);
    } else if (f->pe->driver) {
        rp_find(out, "a driver without FORCE_INTEGRITY: a test-signing machine loads it unsigned");
        rp_pe_show_flags(f, out, "FORCE_INTEGRITY is not set");
        rp_pe_fix_link(f, out, RP_FIX_REVIEW, "/INTEGRITYCHECK", "--forceinteg");
    } else {
        rp_skip(out, "asked for by drivers, protected processes and what they load; not by "
                     "programs");
    }
}

const rp_check rp_check_rp2136 = {
    .code = "RP2136",
    .name = "force-integrity",
    .title = "the file is loaded only with a valid signature",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_PE,
    .run = force_integrity,
};
