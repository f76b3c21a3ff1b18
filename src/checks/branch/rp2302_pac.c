/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

static const rp_property property = {
    .what = "PAC (signed return addresses)",
    .property = "GNU_PROPERTY_AARCH64_FEATURE_1_AND",
    .bits = 2,
    .rustflag = "-Zbranch-protection=bti,pac-ret",
    .cflag = "compile every object with -mbranch-protection=standard",
};

/* All functions sign; do all returns authenticate? */
static void judge_returns(const rp_facts *f, rp_out *out, const rp_cover *c, bool said)
{
    rp_cover returns = rp_cover_of(f, &f->code->bare_returns, RP_OWNERS_COMPILED);
    if (returns.state == RP_COVER_PART || returns.state == RP_COVER_NONE) {
        rp_find(out, "return addresses are signed, but %u of %u return%s %s not authenticate: %s",
                (unsigned)(returns.total - returns.covered), RP_MANY(returns.total),
                rp_by_count(returns.total, "does", "do"), rp_cover_rest(out, &returns));
        rp_out_level(out, RP_WARN);
        rp_cover_evidence(f, out, &returns, "returns that authenticate", NULL);
        rp_fix_property(f, out, &property);
    } else {
        rp_pass(out, "%s function%s return address in memory %s it%s%s", rp_all(out, c->total),
                rp_by_count(c->total, " that keeps its", "s that keep their"),
                rp_by_count(c->total, "signs", "sign"),
                said ? "" : "; no note says so, and none is needed", rp_cover_aside(out, c));
    }
}

/* Signing needs no note to work (the instructions are hints on older CPUs): the code decides. */
static void judge_code(const rp_facts *f, rp_out *out, const rp_cover *c, uint64_t at,
                       uint32_t value)
{
    bool said = rp_property_said(f, &property, at, value);
    if (c->state == RP_COVER_ALL) {
        judge_returns(f, out, c, said);
    } else if (c->state == RP_COVER_EMPTY && said) {
        rp_pass(out, "the note says PAC; no function keeps its return address in memory");
    } else if (c->state == RP_COVER_PART) {
        rp_find(out, "%u of %u function%s %s an unsigned return address in memory: %s",
                (unsigned)(c->total - c->covered), RP_MANY(c->total),
                rp_by_count(c->total, "keeps", "keep"), rp_cover_rest(out, c));
        rp_out_level(out, said || rp_cover_asked(c) ? RP_WARN : rp_absent_level(f));
        rp_fix_property(f, out, &property);
    } else if (c->state == RP_COVER_NONE && said) {
        rp_find(out, "the note says PAC, but none of %u function%s signs its return address",
                RP_MANY(c->total));
        rp_out_level(out, RP_WARN);
        rp_fix_property(f, out, &property);
    } else if (!rp_unknown_fact(out, f->elf->properties)) {
        rp_find_property_absent(f, out, &property, at, value);
    }
    rp_cover_evidence(f, out, c, "functions that sign a return address kept in memory", NULL);
}

static void pac(const rp_facts *f, rp_out *out)
{
    const rp_elf_facts *e = f->elf;
    if (rp_skip_property(f, out) || rp_skip_other_arch(f, out, RP_ARCH_AARCH64, "PAC"))
        return;
    rp_cover c = rp_cover_of(f, &f->code->signing, RP_OWNERS_COMPILED);
    if (!rp_cover_told(&c)) {
        rp_judge_unread(f, out, &property, &c, e->aarch64_feature_at, e->aarch64_feature_1);
    } else {
        rp_cover_verify(f, out, "grep -cE 'paci[ab]sp|pacm'");
        rp_cover_verify_place(f, out, &c, RP_PLACE_FUNCTION, "grep -E 'paci|x30|ret'");
        judge_code(f, out, &c, e->aarch64_feature_at, e->aarch64_feature_1);
    }
    if (e->pac_plt.is == RP_YES)
        rp_evidence(out, e->pac_plt.at, "DT_AARCH64_PAC_PLT: the PLT checks its pointers");
}

const rp_check rp_check_rp2302 = {
    .code = "RP2302",
    .name = "pac",
    .title = "return addresses are signed (AArch64 PAC)",
    .guide = "Branch Protection (ARM)",
    .since = "0.1",
    .level = RP_NOTE,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_ELF,
    .run = pac,
};
