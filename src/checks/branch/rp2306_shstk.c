/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

/* Linux gives shadow stacks to 64-bit programs only (Documentation/arch/x86/shstk.rst). */
static bool is_64_bit(const rp_facts *f, rp_out *out)
{
    if (f->arch != RP_ARCH_X86 && f->bits == 64)
        return true;
    rp_skip(out, "no shadow stacks for 32-bit programs");
    return false;
}

static void shstk(const rp_facts *f, rp_out *out)
{
    static const rp_property property = {
        .what = "SHSTK (shadow stack of CET)",
        .property = "GNU_PROPERTY_X86_FEATURE_1_AND",
        .bits = 2,
        .rustflag = "-Zcf-protection=return",
        .cflag = "compile every object with -fcf-protection=full; -z cet-report=error of the "
                 "linker names the one without",
        .no_code = true,
    };
    if (rp_skip_property(f, out))
        return;
    if (f->arch != RP_ARCH_X86 && f->arch != RP_ARCH_X86_64)
        rp_skip(out, "CET belongs to x86, this file is for %s", rp_arch_name(f->arch));
    else if (is_64_bit(f, out))
        rp_judge_property(f, out, &property, f->elf->x86_feature_at, f->elf->x86_feature_1);
}

const rp_check rp_check_rp2306 = {
    .code = "RP2306",
    .name = "shstk",
    .title = "returns are compared with a shadow stack in hardware (x86 CET)",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS,
    .formats = RP_ON_ELF,
    .run = shstk,
};
