/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/cfi/presence.h"

static const rp_sanitizer kcfi_sanitizer = {
    .what = "KCFI",
    .sanitizer = RP_SAN_KCFI,
    .rustflag = "-Zsanitizer=kcfi",
    .cflag = "build with clang -fsanitize=kcfi (a kernel: CONFIG_CFI_CLANG)",
};

/* .kcfi_traps lists the check of every indirect call; x86 only, other machines encode it in the
 * trap instruction. */
static bool show_traces(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    if (e->kcfi_traps.is == RP_YES && e->kcfi_traps_count > 0) {
        rp_pass(out, "KCFI is in it: %llu indirect call%s checked",
                (unsigned long long)e->kcfi_traps_count,
                e->kcfi_traps_count == 1 ? " is" : "s are");
        rp_evidence(out, e->kcfi_traps.at, "section .kcfi_traps lists %llu checks",
                    (unsigned long long)e->kcfi_traps_count);
    } else if (f->symbols->kcfi_prefixed > 0) {
        rp_pass(out, "KCFI is in it: functions carry a type; which calls check it is not known "
                     "from symbols");
    } else {
        return false;
    }
    if (f->symbols->kcfi_prefixed > 0)
        rp_evidence(out, RP_NOWHERE, "%u symbols __cfi_<function> mark types in front of functions",
                    (unsigned)f->symbols->kcfi_prefixed);
    return true;
}

/* Why missing traces prove nothing, or NULL. */
static const char *gap(const rp_facts *f)
{
    if (f->elf->kcfi_traps.is == RP_UNKNOWN)
        return f->elf->kcfi_traps.why != NULL ? f->elf->kcfi_traps.why : "not read";
    return f->arch == RP_ARCH_X86_64 && f->elf->section_headers ? NULL : rp_symbols_gap(f);
}

static void kcfi(const rp_facts *f, rp_out *out)
{
    rp_verify(out, "readelf -SW {} | grep kcfi_traps; readelf -sW {} | grep __cfi_");
    if (show_traces(f, out))
        return;
    if (f->kind == RP_KIND_KERNEL || f->elf->bare_metal)
        rp_judge_absent(f, out, &kcfi_sanitizer, gap(f));
    else
        rp_skip(out, "KCFI is for kernels and programs without std; see RP3101 for the others");
}

const rp_check rp_check_rp3102 = {
    .code = "RP3102",
    .name = "kcfi",
    .title = "indirect calls check the type of the function (KCFI)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_SYMBOLS,
    .formats = RP_ON_ELF,
    .run = kcfi,
};
