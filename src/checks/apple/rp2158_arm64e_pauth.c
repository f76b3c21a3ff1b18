/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/apple/apple.h"
#include "checks/common.h"
#include "checks/pauth.h"

static void pass(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    rp_pass(out, "arm64e: %u of %u pointer%s in data %s authenticated; %s", m->authenticated_fixups,
            RP_MANY(m->fixup_pointers), rp_by_count(m->fixup_pointers, "is", "are"),
            rp_pauth_counts(f, out));
    rp_evidence(out, m->chained_fixups.at, "chained fixups of format %u, bit 63 of the pointers",
                m->chained_format);
    if (m->ptrauth_versioned)
        rp_evidence(out, 8, "CPU subtype: pointer authentication ABI version %u", m->ptrauth_abi);
}

static void judge_pointers(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    if (m->chained_fixups.is == RP_UNKNOWN || m->pointers_walked.is == RP_UNKNOWN) {
        rp_unknown(out, "%s",
                   m->chained_fixups.is == RP_UNKNOWN ? m->chained_fixups.why
                                                      : m->pointers_walked.why);
    } else if (m->chained_fixups.is == RP_NO) {
        rp_unknown(out, "arm64e without chained fixups: how its pointers are signed is not read");
    } else if (m->authenticated_fixups == 0 && m->fixup_pointers != 0) {
        rp_find(out, "arm64e, but none of its %u pointer%s in data is authenticated",
                RP_MANY(m->fixup_pointers));
        rp_evidence(out, m->chained_fixups.at, "chained fixups of format %u", m->chained_format);
        rp_fix_advice(out, "build everything for arm64e: -Zbuild-std with the target "
                           "arm64e-apple-darwin");
    } else if (!rp_pauth_denied(f, out, "built for arm64e")) {
        pass(f, out);
    }
}

static void arm64e_pauth(const rp_facts *f, rp_out *out)
{
    const rp_macho_facts *m = f->macho;
    rp_verify(out, "llvm-objdump --macho --private-header {}; dyld_info -fixups {} | grep -c auth");
    if (f->arch != RP_ARCH_AARCH64)
        rp_skip(out, "%s has no pointer authentication", rp_arch_name(f->arch));
    else if (rp_skip_unloaded(f, out))
        return;
    else if (!m->arm64e)
        rp_skip(out, "arm64, not arm64e: macOS runs arm64e programs of others only as a "
                     "preview, and rustc's arm64e targets are experimental");
    else
        judge_pointers(f, out);
}

const rp_check rp_check_rp2158 = {
    .code = "RP2158",
    .name = "arm64e-pauth",
    .title = "pointers in data are authenticated (arm64e)",
    .guide = "Branch Protection (ARM)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_RELOCS | RP_NEED_CODE,
    .formats = RP_ON_MACHO,
    .run = arm64e_pauth,
};
