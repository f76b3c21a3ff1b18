/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/cfi/presence.h"

static const rp_sanitizer shadow_sanitizer = {
    .what = "a shadow call stack",
    .sanitizer = RP_SAN_SHADOW_CALL_STACK,
    .rustflag = "-Zsanitizer=shadow-call-stack -Zfixed-x18",
    .cflag = "compile with clang -fsanitize=shadow-call-stack -ffixed-x18",
};

static void judge_code(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    if (c->state == RP_COVER_EMPTY) {
        rp_skip(out, "no function in it keeps its return address in memory");
        return;
    }
    if (c->state == RP_COVER_NONE) {
        rp_judge_absent_code(f, out, &shadow_sanitizer, c,
                             "functions that keep their return address in memory");
        return;
    }
    if (c->state == RP_COVER_ALL) {
        rp_pass(out, "%s function%s return address in memory %s the shadow call stack%s",
                rp_all(out, c->total),
                rp_by_count(c->total, " that keeps its", "s that keep their"),
                rp_by_count(c->total, "uses", "use"), rp_cover_aside(out, c));
    } else {
        rp_find(out, "%u of %u function%s return address only on the ordinary stack: %s",
                (unsigned)(c->total - c->covered), (unsigned)c->total,
                rp_by_count(c->total, " keeps its", "s keep their"), rp_cover_rest(out, c));
        rp_out_level(out, RP_WARN);
        rp_fix_sanitizer(f, out, &shadow_sanitizer);
    }
    rp_cover_evidence(f, out, c, "functions on the shadow call stack", NULL);
}

/* ShadowCallStack leaves no symbol, section or note: only instructions. */
static void shadow_call_stack(const rp_facts *f, rp_out *out)
{
    if (f->kind == RP_KIND_DEBUG || f->kind == RP_KIND_CORE) {
        rp_skip(out, "never loaded");
        return;
    }
    if (f->arch != RP_ARCH_AARCH64 && f->arch != RP_ARCH_RISCV) {
        rp_skip(out, "no compiler has a shadow call stack for %s", rp_arch_name(f->arch));
        return;
    }
    rp_cover c = rp_cover_of(f, &f->code->shadow_stack, RP_OWNERS_COMPILED);
    if (c.covered == 0 && rp_facts_rust(f) &&
        rp_facts_sanitizer(f, RP_SAN_SHADOW_CALL_STACK) == RP_NO) {
        rp_skip(out, "rustc has no shadow call stack for %s", rp_facts_target_name(f));
        return;
    }
    rp_verify(out, "llvm-objdump -d {} | grep -E 'x30, \\[x18\\]|ra, .*\\(gp\\)|sspush'");
    rp_cover_verify_place(f, out, &c, RP_PLACE_FUNCTION, "grep -E 'x18|x30|ra,|sspush'");
    if (rp_cover_told(&c)) {
        judge_code(f, out, &c);
        return;
    }
    rp_unknown(out, "only the code can tell: %s", c.why);
    rp_out_level(out, RP_ALLOW);
    rp_cover_unread(out, &c);
}

const rp_check rp_check_rp3104 = {
    .code = "RP3104",
    .name = "shadow-call-stack",
    .title = "return addresses are kept on a second stack (ShadowCallStack)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_STRINGS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = shadow_call_stack,
};
