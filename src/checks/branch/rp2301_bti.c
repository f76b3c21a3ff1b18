/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

static void bti(const rp_facts *f, rp_out *out)
{
    static const rp_property property = {
        .what = "BTI",
        .property = "GNU_PROPERTY_AARCH64_FEATURE_1_AND",
        .bits = 1,
        .rustflag = "-Zbranch-protection=bti,pac-ret",
        .cflag = "compile every object with -mbranch-protection=standard; -z bti-report=error of "
                 "lld names the one without",
        .needs_segment = true,
    };
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_AARCH64, "BTI"))
        return;
    rp_judge_landing(f, out, &property, f->elf->aarch64_feature_at, f->elf->aarch64_feature_1);
    if (f->elf->bti_plt.is == RP_YES)
        rp_evidence(out, f->elf->bti_plt.at, "DT_AARCH64_BTI_PLT: the PLT has landing pads");
}

const rp_check rp_check_rp2301 = {
    .code = "RP2301",
    .name = "bti",
    .title = "indirect branches land only on marked instructions (AArch64 BTI)",
    .guide = "Branch Protection (ARM)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = bti,
};
