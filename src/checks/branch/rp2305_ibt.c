/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

static void ibt(const rp_facts *f, rp_out *out)
{
    static const rp_property property = {
        .what = "IBT (landing pads of CET)",
        .property = "GNU_PROPERTY_X86_FEATURE_1_AND",
        .bits = 1,
        .rustflag = "-Zcf-protection=branch",
        .cflag = "compile every object with -fcf-protection=full; -z cet-report=error of the "
                 "linker names the one without",
    };
    if (rp_skip_property(f, out))
        return;
    if (f->arch != RP_ARCH_X86 && f->arch != RP_ARCH_X86_64)
        rp_skip(out, "CET belongs to x86, this file is for %s", rp_arch_name(f->arch));
    else
        rp_judge_landing(f, out, &property, f->elf->x86_feature_at, f->elf->x86_feature_1);
}

const rp_check rp_check_rp2305 = {
    .code = "RP2305",
    .name = "ibt",
    .title = "indirect branches land only on marked instructions (x86 CET IBT)",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = ibt,
};
