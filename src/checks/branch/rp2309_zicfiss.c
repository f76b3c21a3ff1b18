/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

static void zicfiss(const rp_facts *f, rp_out *out)
{
    static const rp_property property = {
        .what = "Zicfiss (shadow stack)",
        .property = "GNU_PROPERTY_RISCV_FEATURE_1_AND",
        .bits = 2,
        .cflag = "compile every object with -fcf-protection=return and an -march that has zicfiss",
        .needs_segment = true,
    };
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_RISCV, "Zicfiss"))
        return;
    rp_judge_property(f, out, &property, f->elf->riscv_feature_at, f->elf->riscv_feature_1);
}

const rp_check rp_check_rp2309 = {
    .code = "RP2309",
    .name = "zicfiss",
    .title = "returns are compared with a shadow stack in hardware (RISC-V Zicfiss)",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ELF,
    .run = zicfiss,
};
