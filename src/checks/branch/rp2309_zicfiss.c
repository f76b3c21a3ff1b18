/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

static const rp_property property = {
    .what = "Zicfiss (shadow stack)",
    .property = "GNU_PROPERTY_RISCV_FEATURE_1_AND",
    .bits = 2,
    .cflag = "compile every object with -fcf-protection=return and an -march that has zicfiss",
    .needs_segment = true,
};

/* Does the code push its return addresses? */
static void judge_code(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    rp_verify(out, "llvm-objdump -d {} | grep -cE "
                   "'sspush|ce104073|73 40 10 ce|[: ](6081|81 60)[[:space:]]'");
    if (c->state == RP_COVER_EMPTY) {
        rp_pass(out, "the note says Zicfiss; no function keeps its return address in memory");
        return;
    }
    if (c->state == RP_COVER_ALL) {
        rp_pass(out,
                "the note says Zicfiss, and %s function%s return address in memory %s a shadow "
                "stack%s",
                rp_all(out, c->total),
                rp_by_count(c->total, " that keeps its", "s that keep their"),
                rp_by_count(c->total, "uses", "use"), rp_cover_aside(out, c));
    } else {
        if (c->state == RP_COVER_NONE)
            rp_find(
                out,
                "the note says Zicfiss, but none of %u function%s uses a shadow stack: the note "
                "was forced",
                RP_MANY(c->total));
        else
            rp_find(out,
                    "the note says Zicfiss, but %u of %u function%s return address only on the "
                    "ordinary stack: %s",
                    (unsigned)(c->total - c->covered), (unsigned)c->total,
                    rp_by_count(c->total, " keeps its", "s keep their"), rp_cover_rest(out, c));
        rp_out_level(out, RP_WARN);
        rp_fix_property(f, out, &property);
    }
    rp_cover_verify_place(f, out, c, RP_PLACE_FUNCTION, "grep -E 'ra,|ss(push|popchk)'");
    rp_cover_evidence(f, out, c, "functions on the shadow stack", NULL);
}

static void zicfiss(const rp_facts *f, rp_out *out)
{
    uint64_t at = f->elf->riscv_feature_at;
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_RISCV, "Zicfiss"))
        return;
    rp_cover c = rp_cover_of(f, &f->code->shadow_stack, RP_OWNERS_COMPILED);
    if (!rp_cover_told(&c)) {
        rp_judge_unread(f, out, &property, &c, at, f->elf->riscv_feature_1);
    } else if (rp_property_stands(f, out, &property, at, f->elf->riscv_feature_1)) {
        judge_code(f, out, &c);
        rp_evidence(out, at, "%s is 0x%x", property.property, (unsigned)f->elf->riscv_feature_1);
    }
}

const rp_check rp_check_rp2309 = {
    .code = "RP2309",
    .name = "zicfiss",
    .title = "returns are compared with a shadow stack in hardware (RISC-V Zicfiss)",
    .guide = "Exploit Mitigations",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = zicfiss,
};
