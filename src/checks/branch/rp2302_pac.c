/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

/* Signing needs no note to work (the instructions are hints on older CPUs): its absence proves
 * only that not all objects were declared to have it. */
static void pac(const rp_facts *f, rp_out *out)
{
    static const rp_property property = {
        .what = "PAC (signed return addresses)",
        .property = "GNU_PROPERTY_AARCH64_FEATURE_1_AND",
        .bits = 2,
        .rustflag = "-Zbranch-protection=bti,pac-ret",
        .cflag = "compile every object with -mbranch-protection=standard",
    };
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_AARCH64, "PAC"))
        return;
    rp_judge_property(f, out, &property, f->elf->aarch64_feature_at, f->elf->aarch64_feature_1);
    if (f->elf->pac_plt.is == RP_YES)
        rp_evidence(out, f->elf->pac_plt.at, "DT_AARCH64_PAC_PLT: the PLT checks its pointers");
}

const rp_check rp_check_rp2302 = {
    .code = "RP2302",
    .name = "pac",
    .title = "return addresses are signed (AArch64 PAC)",
    .guide = "Branch Protection (ARM)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ELF,
    .run = pac,
};
