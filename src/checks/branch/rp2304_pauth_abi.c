/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"
#include "checks/pauth.h"

/* PAuth ABI Extension to ELF: platform 0 with version 0 is reserved for "incompatible". */
static void judge_platform(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    unsigned long long platform = e->pauth_platform, version = e->pauth_version;
    if (platform == 0 && version == 0) {
        rp_find(out, "declared incompatible with every pointer authentication ABI");
        rp_fix_advice(out, "compile every object for one PAuth ABI: clang --target="
                           "aarch64-linux-pauthtest or the platform's own");
    } else if (!rp_pauth_denied(f, out, "the note says pointer authentication ABI")) {
        rp_pass(out,
                "the note says pointer authentication ABI, platform 0x%llx, version 0x%llx; %s",
                platform, version, rp_pauth_counts(f, out));
    }
    rp_evidence(out, e->pauth_at,
                "GNU_PROPERTY_AARCH64_FEATURE_PAUTH platform 0x%llx version "
                "0x%llx",
                platform, version);
}

static void pauth_abi(const rp_facts *f, rp_out *out)
{
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_AARCH64, "the PAuth ABI"))
        return;
    rp_verify(out, "readelf -nW {} | grep -iE 'pauth|0xc0000001'");
    if (rp_unknown_fact(out, f->elf->properties))
        return;
    if (f->elf->properties.is == RP_NO || f->elf->pauth_at == RP_NOWHERE)
        rp_skip(out, "made for the plain AArch64 ABI: no PAuth property");
    else
        judge_platform(f, out);
}

const rp_check rp_check_rp2304 = {
    .code = "RP2304",
    .name = "pauth-abi",
    .title = "code pointers are signed by one ABI (AArch64 PAuth)",
    .guide = "Branch Protection (ARM)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = pauth_abi,
};
