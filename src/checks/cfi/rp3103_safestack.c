/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/cfi/presence.h"

static const rp_sanitizer safestack_sanitizer = {
    .what = "SafeStack",
    .sanitizer = RP_SAN_SAFESTACK,
    .rustflag = "-Zsanitizer=safestack",
    .cflag = "compile and link with clang -fsanitize=safe-stack",
};

/* SafeStack's runtime starts through .preinit_array: without one it is not in a program, stripped
 * or not. */
static const char *gap(const rp_facts *f)
{
    if (f->kind == RP_KIND_EXECUTABLE && f->elf->preinit_array.is == RP_NO)
        return NULL;
    return rp_symbols_gap(f);
}

static void safestack(const rp_facts *f, rp_out *out)
{
    static const rp_watch ids[] = {RP_WATCH_SAFESTACK_INIT, RP_WATCH_SAFESTACK_PTR};
    static const char *const names[] = {"__safestack_init", "__safestack_unsafe_stack_ptr"};
    if (rp_skip_unloaded(f, out))
        return;
    rp_verify(out, "readelf -sW {} | grep safestack");
    for (size_t i = 0; i < RP_COUNT(ids); i++)
        if (f->symbols->watch[ids[i]].defined + f->symbols->watch[ids[i]].undefined > 0)
            rp_evidence(out, f->symbols->watch[ids[i]].at, "symbol %s", names[i]);
    if (out->nevidence > 0)
        rp_pass(out, "SafeStack is in it; which functions use it is not known from symbols");
    else
        rp_judge_absent(f, out, &safestack_sanitizer, gap(f));
}

const rp_check rp_check_rp3103 = {
    .code = "RP3103",
    .name = "safestack",
    .title = "return addresses lie on a stack of their own (SafeStack)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_SYMBOLS | RP_NEED_STRINGS,
    .formats = RP_ON_ELF,
    .run = safestack,
};
