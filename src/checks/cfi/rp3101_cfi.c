/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/cfi/presence.h"

static const rp_sanitizer cfi_sanitizer = {
    .what = "CFI",
    .sanitizer = RP_SAN_CFI,
    .rustflag = "-Zsanitizer=cfi -Clto -Ccodegen-units=1",
    .cflag = "compile and link with clang -flto -fvisibility=hidden -fsanitize=cfi",
};

static void show_traces(const rp_symbol_facts *s, rp_out *out)
{
    static const struct {
        rp_watch id;
        const char *name;
    } traces[] = {{RP_WATCH_CFI_INIT, "__cfi_init"},
                  {RP_WATCH_CFI_CHECK, "__cfi_check"},
                  {RP_WATCH_CFI_FAIL, "__cfi_slowpath"}};
    if (s->cfi_suffixed > 0)
        rp_evidence(out, RP_NOWHERE, "%u function%s %s a '.cfi' body behind a jump table",
                    RP_MANY(s->cfi_suffixed), rp_by_count(s->cfi_suffixed, "has", "have"));
    for (size_t i = 0; i < RP_COUNT(traces); i++)
        if (s->watch[traces[i].id].defined + s->watch[traces[i].id].undefined > 0)
            rp_evidence(out, s->watch[traces[i].id].at, "symbol %s", traces[i].name);
}

static void judge_symbols(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    if (out->nevidence > 0)
        rp_pass(out, "CFI is in it; which indirect calls are checked is not known: %s",
                c->why != NULL ? c->why : "the code was not read");
    else
        rp_judge_absent(f, out, &cfi_sanitizer, rp_symbols_gap(f));
    rp_cover_unread(out, c);
}

/* Some or all branches are checked. */
static void judge_part(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    const rp_edges *e = &f->code->edges;
    uint32_t missing = c->total - c->covered;
    bool undecided = missing > 0 && e->unguarded == 0 && e->undecided >= missing;
    if (undecided) {
        rp_unknown(out, "%u of %u indirect %s checked by CFI, %u could not be decided",
                   (unsigned)c->covered, (unsigned)c->total,
                   rp_by_count(c->total, "branch is", "branches are"), (unsigned)missing);
        return;
    }
    rp_find(out, "%u of %u indirect %s checked by CFI; the others: %s", (unsigned)c->covered,
            (unsigned)c->total, rp_by_count(c->total, "branch is", "branches are"),
            rp_cover_rest(out, c));
    rp_out_level(out, RP_WARN);
    if (rp_cover_std_without(c))
        rp_fix_advice(out, "rebuild std with the same flags: -Zbuild-std");
    rp_fix_sanitizer(f, out, &cfi_sanitizer);
}

static void judge_all(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    const rp_edges *e = &f->code->edges;
    if (e->diagnostic) {
        rp_find(out, "%s indirect %s checked by CFI, but a failed check only reports",
                rp_all(out, c->total), rp_by_count(c->total, "branch is", "branches are"));
        rp_out_level(out, RP_WARN);
        rp_fix_advice(out, "build what ships with -fsanitize-trap=cfi");
        return;
    }
    rp_pass(out, "%s indirect %s checked by CFI%s", rp_all(out, c->total),
            rp_by_count(c->total, "branch is", "branches are"), rp_cover_aside(out, c));
}

static void judge_code(const rp_facts *f, rp_out *out, const rp_cover *c)
{
    bool traces = out->nevidence > 0;
    rp_brief(out, c->state == RP_COVER_ALL ? "full" : c->state == RP_COVER_PART ? "part" : "");
    if (c->state == RP_COVER_EMPTY) {
        rp_skip(out, "no indirect branch in it that a write to memory could redirect");
    } else if (c->state == RP_COVER_ALL) {
        judge_all(f, out, c);
    } else if (c->state == RP_COVER_PART || traces) {
        judge_part(f, out, c);
    } else if (f->code->kcfi.covered > 0) {
        rp_skip(out, "KCFI checks its indirect calls, see RP3102");
    } else {
        rp_judge_absent_code(f, out, &cfi_sanitizer, c, "indirect branches");
        rp_show_edges(f, out);
        return;
    }
    rp_cover_evidence(f, out, c, "indirect branches checked", NULL);
    rp_show_edges(f, out);
    if (f->code->edges.cross_dso)
        rp_evidence(out, RP_NOWHERE, "checks across libraries: __cfi_slowpath decides the rest");
}

static void cfi(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unloaded(f, out))
        return;
    rp_cover c = rp_cover_of(f, &f->code->cfi, RP_OWNERS_BUT_RUNTIME);
    rp_verify(out, "readelf -sW {} | grep -E '\\.cfi$|__cfi_(init|check)'");
    rp_cover_verify_place(f, out, &c, RP_PLACE_BRANCH, "8");
    show_traces(f->symbols, out);
    if (rp_cover_told(&c))
        judge_code(f, out, &c);
    else
        judge_symbols(f, out, &c);
}

const rp_check rp_check_rp3101 = {
    .code = "RP3101",
    .name = "cfi",
    .title = "indirect calls reach only functions of the right type (LLVM CFI)",
    .guide = "Control Flow Integrity (CFI)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_SYMBOLS | RP_NEED_STRINGS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = cfi,
};
