/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

enum { UNLABELED = 1, FUNC_SIG = 4 };

static void zicfilp(const rp_facts *f, rp_out *out)
{
    static const rp_property property = {
        .what = "Zicfilp (landing pads)",
        .property = "GNU_PROPERTY_RISCV_FEATURE_1_AND",
        .bits = UNLABELED | FUNC_SIG,
        .cflag = "compile every object with -fcf-protection=branch and an -march that has zicfilp",
        .needs_segment = true,
    };
    const rp_elf_facts *e = f->elf;
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_RISCV, "Zicfilp"))
        return;
    if (e->properties.is == RP_YES && e->riscv_feature_at != RP_NOWHERE &&
        (e->riscv_feature_1 & FUNC_SIG) != 0 && (e->riscv_feature_1 & UNLABELED) != 0) {
        rp_unknown(out, "the note says both kinds of landing pads, which exclude each other");
        rp_evidence(out, e->riscv_feature_at, "%s is 0x%x", property.property,
                    (unsigned)e->riscv_feature_1);
        return;
    }
    rp_judge_landing(f, out, &property, e->riscv_feature_at, e->riscv_feature_1);
}

const rp_check rp_check_rp2308 = {
    .code = "RP2308",
    .name = "zicfilp",
    .title = "indirect branches land only on marked instructions (RISC-V Zicfilp)",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = zicfilp,
};
