/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"

static void hardened_runtime(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    if (rp_apple_no_mac_process(f, out))
        return;
    rp_apple_verify_signature(m, out, RP_APPLE_DISPLAY);
    switch (rp_apple_signed_with(m, RP_APPLE_RUNTIME)) {
    case RP_UNKNOWN:
        rp_unknown(out, "%s", m->signature.why);
        return;
    case RP_YES:
        rp_pass(out, "signed with the hardened runtime");
        rp_evidence(out, m->cd_flags_at, "code directory flags 0x%x hold CS_RUNTIME, version %u.%u",
                    m->cd_flags, m->cd_runtime >> 16, m->cd_runtime >> 8 & 0xffu);
        return;
    case RP_NO:
        break;
    }
    rp_apple_advise_signing(out);
    if (m->signature.is == RP_NO) {
        rp_find(out, "no code signature, so no hardened runtime");
        rp_evidence(out, RP_NOWHERE, "no load command LC_CODE_SIGNATURE");
    } else {
        rp_find(out, "signed without the hardened runtime");
        rp_evidence(out, m->cd_flags_at, "code directory flags 0x%x lack CS_RUNTIME (0x10000)",
                    m->cd_flags);
    }
}

const rp_check rp_check_rp2151 = {
    .code = "RP2151",
    .name = "hardened-runtime",
    .title = "the process runs under the hardened runtime",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_MACHO,
    .run = hardened_runtime,
};
