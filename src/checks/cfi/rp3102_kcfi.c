/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/cfi/presence.h"

static const rp_sanitizer kcfi_sanitizer = {
    .what = "KCFI",
    .sanitizer = RP_SAN_KCFI,
    .rustflag = "-Zsanitizer=kcfi -Cpanic=abort",
    .cflag = "build with clang -fsanitize=kcfi (a kernel: CONFIG_CFI_CLANG)",
};

/* .kcfi_traps lists the check of every indirect call; x86 only, other machines encode it in the
 * trap instruction. */
static void show_traces(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    if (e->kcfi_traps.is == RP_YES && e->kcfi_traps_count > 0)
        rp_evidence(out, e->kcfi_traps.at, "section .kcfi_traps lists %llu check%s",
                    (unsigned long long)e->kcfi_traps_count, rp_plural(e->kcfi_traps_count));
    if (f->symbols->kcfi_prefixed > 0)
        rp_evidence(out, RP_NOWHERE, "%u symbol%s __cfi_<function> %s types in front of functions",
                    RP_MANY(f->symbols->kcfi_prefixed),
                    rp_by_count(f->symbols->kcfi_prefixed, "marks", "mark"));
}

static void judge_traces(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    if (e->kcfi_traps.is == RP_YES && e->kcfi_traps_count > 0)
        rp_pass(out, "KCFI is in it: %llu indirect call%s checked; how many are not is unknown",
                (unsigned long long)e->kcfi_traps_count,
                rp_by_count(e->kcfi_traps_count, " is", "s are"));
    else
        rp_pass(out, "KCFI is in it: functions carry a type; which calls check it is not known "
                     "from symbols");
}

/* Why missing traces prove nothing, or NULL. */
static const char *gap(const rp_facts *f)
{
    if (f->elf->kcfi_traps.is == RP_UNKNOWN)
        return f->elf->kcfi_traps.why != NULL ? f->elf->kcfi_traps.why : "not read";
    return f->arch == RP_ARCH_X86_64 && f->elf->section_headers ? NULL : rp_symbols_gap(f);
}

/* Ordinary programs are not asked to have it. */
static bool asked(const rp_facts *f)
{
    return f->kind == RP_KIND_KERNEL || f->elf->bare_metal;
}

static void judge_missing(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    uint32_t missing = c->total - c->covered;
    if (c->state == RP_COVER_PART && f->code->edges.unguarded == 0 &&
        f->code->edges.undecided >= missing) {
        rp_unknown(out, "%u of %u indirect call%s %s checked by KCFI, %u could not be decided",
                   (unsigned)c->covered, RP_MANY(c->total), rp_by_count(c->total, "is", "are"),
                   (unsigned)missing);
        return;
    }
    rp_find(out, "%u of %u indirect call%s %s checked by KCFI; the others: %s",
            (unsigned)c->covered, RP_MANY(c->total), rp_by_count(c->total, "is", "are"),
            rp_cover_rest(out, c));
    rp_out_level(out, RP_WARN);
    if (rp_cover_std_without(c))
        rp_fix_advice(out, "rebuild core and std with the same flags: -Zbuild-std");
    rp_fix_sanitizer(f, out, &kcfi_sanitizer);
}

static void judge_code(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    rp_brief(out, c->state == RP_COVER_ALL ? "full" : c->state == RP_COVER_PART ? "part" : "");
    if (f->code->kcfi_traps_agree.is == RP_NO && f->code->kcfi.covered > 0) {
        rp_find(out,
                "section .kcfi_traps and the checks in the code do not agree: %u check%s found",
                RP_MANY(f->code->kcfi.covered));
        rp_out_level(out, RP_WARN);
        rp_fix_advice(out, "build every object again with one compiler: a check that is not "
                           "listed ends the kernel instead of naming the bad call");
    } else if (c->state == RP_COVER_EMPTY) {
        rp_skip(out, "no indirect call in it that a write to memory could redirect");
    } else if (c->state == RP_COVER_ALL) {
        rp_pass(out, "%s indirect call%s checked by KCFI%s", rp_all(out, c->total),
                rp_by_count(c->total, " is", "s are"), rp_cover_aside(out, c));
    } else if (c->state == RP_COVER_PART || out->nevidence > 0) {
        judge_missing(f, out, c);
    } else if (asked(f)) {
        rp_judge_absent_code(f, out, &kcfi_sanitizer, c, "indirect calls");
        return;
    } else {
        rp_skip(out, "KCFI is for kernels and programs without std; see RP3101 for the others");
        return;
    }
    if (f->code->kcfi_traps_agree.is == RP_YES)
        rp_evidence(out, f->code->kcfi_traps_agree.at,
                    ".kcfi_traps lists the same addresses as the checks in the code");
    rp_cover_evidence(f, out, c, "indirect calls checked", NULL);
    rp_show_edges(f, out);
}

static void kcfi(const rp_facts *f, rp_out *out)
{
    rp_cover c = rp_cover_of(f, &f->code->kcfi, RP_OWNERS_BUT_RUNTIME);
    rp_verify(out, "readelf -SsW {} | grep -E 'kcfi_traps|__cfi_'");
    rp_cover_verify_place(f, out, &c, RP_PLACE_BRANCH, "4");
    show_traces(f, out);
    if (rp_cover_told(&c)) {
        judge_code(f, out, &c);
        return;
    }
    if (out->nevidence > 0)
        judge_traces(f, out);
    else if (asked(f))
        rp_judge_absent(f, out, &kcfi_sanitizer, gap(f));
    else
        rp_skip(out, "KCFI is for kernels and programs without std; see RP3101 for the others");
    rp_cover_unread(out, &c);
}

const rp_check rp_check_rp3102 = {
    .code = "RP3102",
    .name = "kcfi",
    .title = "indirect calls check the type of the function (KCFI)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_SYMBOLS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = kcfi,
};
