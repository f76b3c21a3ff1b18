/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

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
    if (rp_facts_rust(f) && rp_facts_sanitizer(f, RP_SAN_SHADOW_CALL_STACK) == RP_NO) {
        rp_skip(out, "rustc has no shadow call stack for %s", rp_facts_target_name(f));
        return;
    }
    rp_verify(out, "llvm-objdump -d {} | grep -E 'x30, \\[x18\\]|ra, .*\\(gp\\)|sspush'");
    rp_unknown(out, "needs the code itself: not looked at yet");
}

const rp_check rp_check_rp3104 = {
    .code = "RP3104",
    .name = "shadow-call-stack",
    .title = "return addresses are kept on a second stack (ShadowCallStack)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_STRINGS,
    .formats = RP_ON_ELF,
    .run = shadow_call_stack,
};
