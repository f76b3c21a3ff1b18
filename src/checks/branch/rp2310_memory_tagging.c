/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static void judge_asked(const rp_elf_facts *e, rp_out *out)
{
    rp_pass(out, "asks for memory tagging in %s mode%s%s",
            e->memtag_mode == 0 ? "synchronous" : "asynchronous", e->memtag_heap ? ", heap" : "",
            e->memtag_stack ? ", stack" : "");
    rp_evidence(out, e->memtag.at, "MEMTAG tag, segment or note, mode %u",
                (unsigned)e->memtag_mode);
}

static void memory_tagging(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    if (rp_skip_unloaded(f, out) || rp_skip_other_arch(f, out, RP_ARCH_AARCH64, "memory tagging"))
        return;
    rp_verify(out, "llvm-readelf -dln {} | grep -i memtag");
    if (rp_unknown_fact(out, e->memtag))
        return;
    if (e->memtag.is == RP_YES) {
        judge_asked(e, out);
    } else if (rp_facts_libc(f) == RP_LIBC_GLIBC) {
        rp_skip(out, "glibc takes the mode from GLIBC_TUNABLES, not from the file");
    } else if (rp_facts_sanitizer(f, RP_SAN_MEMTAG) == RP_NO) {
        rp_skip(out, "rustc has no memory tagging on %s", rp_facts_target_name(f));
    } else {
        rp_find(out, "does not ask for memory tagging");
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
    .needs = RP_NEED_HEADERS | RP_NEED_STRINGS,
    .formats = RP_ON_ELF,
    .run = memory_tagging,
};
