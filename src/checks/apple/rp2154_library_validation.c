/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"

static const char disable[] = "com.apple.security.cs.disable-library-validation";

static void pass_by_flags(const rp_macho_facts *m, rp_out *out, const char *which)
{
    rp_pass(out, "only libraries of the system or of the same team are loaded");
    rp_evidence(out, m->cd_flags_at, "code directory flags 0x%x hold %s", m->cd_flags, which);
}

static void find_open(const rp_macho_facts *m, rp_out *out)
{
    rp_find(out, "libraries signed by anybody, or by nobody, are loaded");
    if (m->signature.is == RP_YES)
        rp_evidence(out, m->cd_flags_at,
                    "code directory flags 0x%x: neither CS_RUNTIME nor CS_REQUIRE_LV", m->cd_flags);
    else
        rp_evidence(out, RP_NOWHERE, "no load command LC_CODE_SIGNATURE");
    rp_apple_advise_signing(out);
}

static void library_validation(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    uint64_t at = RP_NOWHERE;
    if (rp_apple_no_mac_process(f, out))
        return;
    rp_apple_verify_signature(m, out, RP_APPLE_DISPLAY);
    if (m->dylinker.is == RP_NO) {
        rp_skip(out, "static: no library is ever loaded");
    } else if (m->signature.is == RP_UNKNOWN) {
        rp_unknown(out, "%s", m->signature.why);
    } else if (rp_apple_signed_with(m, RP_APPLE_REQUIRE_LV | RP_APPLE_FORCED_LV) == RP_YES) {
        pass_by_flags(m, out, "CS_REQUIRE_LV or CS_FORCED_LV");
    } else if (rp_apple_signed_with(m, RP_APPLE_RUNTIME) != RP_YES) {
        find_open(m, out);
    } else if (rp_apple_entitled(m, disable, &at) == RP_YES) {
        rp_find(out,
                "the hardened runtime is on, but an entitlement switches library validation off");
        rp_evidence(out, at, "%s is true", disable);
        rp_fix_advice(out, "sign without %s; sign your own plug-ins with the same team", disable);
    } else if (rp_apple_entitled(m, disable, &at) == RP_UNKNOWN) {
        rp_unknown(out, "the hardened runtime is on, but its entitlements cannot be read");
    } else {
        pass_by_flags(m, out, "CS_RUNTIME");
    }
}

const rp_check rp_check_rp2154 = {
    .code = "RP2154",
    .name = "library-validation",
    .title = "only libraries of the system or the same team are loaded",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_MACHO,
    .run = library_validation,
};
