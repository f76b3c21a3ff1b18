/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/coverage.h"

static void judge_mode(const rp_elf_facts *e, rp_out *out)
{
    rp_pass(out, "asks for memory tagging in %s mode%s%s",
            e->memtag_mode == 0 ? "synchronous" : "asynchronous", e->memtag_heap ? ", heap" : "",
            e->memtag_stack ? ", stack" : "");
}

/* Tags of variables on the stack are set by the functions themselves; the heap's by the allocator.
 */
static void judge_asked(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    rp_cover c = rp_cover_of(f, &f->code->memtag, RP_OWNERS_COMPILED);
    if (e->memtag_stack && c.state == RP_COVER_NONE) {
        rp_find(out, "asks for tagged stacks, but none of %u function%s tags its variables",
                RP_MANY(c.total));
        rp_out_level(out, RP_WARN);
        rp_fix_advice(out, "compile, not only link, with -fsanitize=memtag-stack");
    } else if (e->memtag_stack && c.state == RP_COVER_UNREAD) {
        rp_unknown(out,
                   "asks for tagged stacks; whether functions tag their variables is not "
                   "known: %s",
                   c.why);
    } else {
        judge_mode(e, out);
    }
    rp_evidence(out, e->memtag.at, "MEMTAG tag, segment or note, mode %u",
                (unsigned)e->memtag_mode);
    rp_cover_evidence(f, out, &c, "functions that tag variables on the stack", NULL);
    rp_cover_unread(out, &c);
}

static void memory_tagging(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    if (rp_skip_unloaded(f, out) || rp_skip_other_arch(f, out, RP_ARCH_AARCH64, "memory tagging"))
        return;
    rp_verify(out, "readelf -dlnW {} | grep -iE 'memtag|android|\\(.*7000000[9b-f]|LOPROC'");
    if (rp_unknown_fact(out, e->memtag))
        return;
    if (e->memtag.is == RP_YES) {
        judge_asked(f, out);
    } else if (rp_facts_libc(f) == RP_LIBC_GLIBC) {
        rp_skip(out, "glibc takes the mode from GLIBC_TUNABLES, not from the file");
    } else if (rp_facts_sanitizer(f, RP_SAN_MEMTAG) == RP_NO) {
        rp_skip(out, "rustc has no memory tagging on %s", rp_facts_target_name(f));
    } else {
        rp_find(out, "does not ask for memory tagging");
        rp_out_level(out, RP_ALLOW);
        rp_evidence(out, e->memtag.at, "no DT_AARCH64_MEMTAG tag, segment or Android note");
        rp_fix_nightly(f, out, "-Zsanitizer=memtag",
                       "compile and link with -fsanitize=memtag -march=armv8-a+memtag");
    }
}

const rp_check rp_check_rp2310 = {
    .code = "RP2310",
    .name = "memory-tagging",
    .title = "memory accesses are checked against tags (AArch64 MTE)",
    .guide = "Sanitizers",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_STRINGS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = memory_tagging,
};
