/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

static void gcs(const rp_facts *f, rp_out *out)
{
    static const rp_property property = {
        .what = "GCS (guarded control stack)",
        .property = "GNU_PROPERTY_AARCH64_FEATURE_1_AND",
        .bits = 4,
        .rustflag = "-Zbranch-protection=bti,pac-ret,gcs",
        .cflag = "compile every object with -mbranch-protection=standard of gcc 15 or clang 18, "
                 "or later",
        .needs_segment = true,
    };
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_AARCH64, "GCS"))
        return;
    rp_judge_property(f, out, &property, f->elf->aarch64_feature_at, f->elf->aarch64_feature_1);
    if (!rp_property_said(f, &property, f->elf->aarch64_feature_at, f->elf->aarch64_feature_1))
        rp_out_level(out, RP_ALLOW); /* opt-in, and nothing that users can miss */
}

const rp_check rp_check_rp2303 = {
    .code = "RP2303",
    .name = "gcs",
    .title = "returns are compared with a shadow stack in hardware (AArch64 GCS)",
    .guide = "Branch Protection (ARM)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ELF,
    .run = gcs,
};
