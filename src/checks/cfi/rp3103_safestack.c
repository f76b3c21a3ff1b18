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

static void show_traces(const rp_facts *f, rp_out *out)
{
    static const rp_watch ids[] = {RP_WATCH_SAFESTACK_INIT, RP_WATCH_SAFESTACK_PTR};
    static const char *const names[] = {"__safestack_init", "__safestack_unsafe_stack_ptr"};
    for (size_t i = 0; i < RP_COUNT(ids); i++)
        if (f->symbols->watch[ids[i]].defined + f->symbols->watch[ids[i]].undefined > 0)
            rp_evidence(out, f->symbols->watch[ids[i]].at, "symbol %s", names[i]);
}

/* A function whose variables need no address has nothing to move: not all functions must use it. */
static void judge_code(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    if (c->state == RP_COVER_EMPTY) {
        rp_skip(out, "no function in it has a frame: there is nothing to move");
        return;
    }
    if (c->covered == 0 && out->nevidence > 0) {
        rp_unknown(out, "SafeStack's runtime is inside, but no function was seen to use it");
    } else if (c->covered == 0 && f->kind == RP_KIND_EXECUTABLE && gap(f) != NULL) {
        rp_unknown(out, "%s, which would tell where SafeStack's pointer is", gap(f));
    } else if (c->covered == 0) {
        rp_judge_absent_code(f, out, &safestack_sanitizer, c, "functions with a frame");
        return;
    } else if (rp_cover_std_without(c)) {
        rp_find(out,
                "SafeStack: %u of %u function%s with a frame %s variables on the second stack, "
                "and std was built without",
                (unsigned)c->covered, RP_MANY(c->total), rp_by_count(c->total, "has", "have"));
        rp_out_level(out, RP_WARN);
        rp_fix_sanitizer(f, out, &safestack_sanitizer);
    } else {
        rp_pass(out, "SafeStack: %u of %u function%s with a frame %s variables on the second stack",
                (unsigned)c->covered, RP_MANY(c->total), rp_by_count(c->total, "has", "have"));
    }
    rp_cover_evidence(f, out, c, "functions that use the second stack", NULL);
}

static void safestack(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unloaded(f, out))
        return;
    rp_cover c = rp_cover_of(f, &f->code->safe_stack, RP_OWNERS_COMPILED);
    rp_verify(out, "readelf -sW {} | grep safestack; readelf -dW {} | grep PREINIT_ARRAY; "
                   "objdump -d {} | grep -cE 'mov +.*,%%fs:\\(%%r..\\)'");
    show_traces(f, out);
    if (rp_cover_told(&c)) {
        judge_code(f, out, &c);
        return;
    }
    if (out->nevidence > 0)
        rp_unknown(out, "SafeStack is in it; which functions use it is not known: %s", c.why);
    else
        rp_judge_absent(f, out, &safestack_sanitizer, gap(f));
    rp_cover_unread(out, &c);
}

const rp_check rp_check_rp3103 = {
    .code = "RP3103",
    .name = "safestack",
    .title = "return addresses lie on a stack of their own (SafeStack)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_SYMBOLS | RP_NEED_STRINGS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = safestack,
};
