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

/* A retpoline returns to where no call came from, which a shadow stack refuses. */
static bool returns_elsewhere(const rp_facts *f, rp_out *out, const rp_property *p)
{
    uint64_t at = f->elf->x86_feature_at;
    rp_cover c = rp_cover_of(f, &f->code->retpoline, RP_OWNERS_BUT_RUNTIME);
    if (!rp_property_said(f, p, at, f->elf->x86_feature_1) || c.covered == 0)
        return false;
    rp_find(
        out,
        "the note says SHSTK, but %u function%s %s through retpolines, which a shadow stack ends: "
        "the note was forced",
        RP_MANY(c.covered), rp_by_count(c.covered, "goes", "go"));
    rp_out_level(out, RP_WARN);
    rp_evidence(out, at, "%s is 0x%x", p->property, (unsigned)f->elf->x86_feature_1);
    rp_fix_advice(out, "leave out -z shstk, or the retpolines");
    rp_verify(out, "readelf -nW {} | grep -iE 'propert|feature'");
    return true;
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
    };
    if (rp_skip_property(f, out))
        return;
    if (f->arch != RP_ARCH_X86 && f->arch != RP_ARCH_X86_64)
        rp_skip(out, "CET belongs to x86, this file is for %s", rp_arch_name(f->arch));
    else if (is_64_bit(f, out) && !returns_elsewhere(f, out, &property))
        rp_judge_property(f, out, &property, f->elf->x86_feature_at, f->elf->x86_feature_1);
}

const rp_check rp_check_rp2306 = {
    .code = "RP2306",
    .name = "shstk",
    .title = "returns are compared with a shadow stack in hardware (x86 CET)",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = shstk,
};
