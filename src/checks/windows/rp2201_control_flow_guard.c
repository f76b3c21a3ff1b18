/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/windows/windows.h"

#include "checks/coverage.h"
#include "obj/pe.h"
#include "obj/pe_load_config.h"

static void find_off(const rp_facts *f, rp_out *out, const char *text)
{
    rp_find(out, "%s", text);
    rp_fix_flag(f, out, RP_FIX_REVIEW, "-Ccontrol-flow-guard=checks",
                "compile and link with /guard:cf");
}

static void show_guard_flags(const rp_pe_facts *pe, rp_out *out)
{
    if (pe->guard_flags.is != RP_YES) {
        rp_evidence(out, pe->load_config.at,
                    pe->load_config.is == RP_NO ? "no load configuration"
                                                : "the load configuration ends before GuardFlags");
        return;
    }
    rp_evidence(out, pe->guard_flags.at, "GuardFlags 0x%x, GuardCFFunctionCount %u",
                (unsigned)pe->guard_flags_value, (unsigned)pe->guard_count);
    if ((pe->guard_flags_value & RP_GUARD_CF_TABLE) == 0 &&
        (pe->guard_flags_value & RP_GUARD_CF_INSTRUMENTED) != 0)
        rp_evidence(out, pe->guard_flags.at,
                    "CF_INSTRUMENTED is the C runtime's: it is set in "
                    "every image that links it");
}

/* Headers are the same for checks, nochecks and code without: only the calls tell. */
static void judge_calls(const rp_facts *f, rp_out *out)
{
    rp_cover c = rp_cover_of(f, &f->code->cfg, RP_OWNERS_BUT_RUNTIME);
    unsigned targets = f->pe->guard_count;
    if (c.state == RP_COVER_UNREAD && c.total != 0 && c.covered == c.total) {
        rp_pass(out,
                "Control Flow Guard metadata for %u function%s; %s indirect call%s "
                "found %s checked, but %s",
                RP_MANY(targets), rp_all(out, c.total), rp_plural(c.total),
                rp_by_count(c.total, "is", "are"), c.why);
    } else if (!rp_cover_told(&c)) {
        rp_unknown(out,
                   "Control Flow Guard metadata for %u function%s, as any code can have; whether "
                   "its calls are checked is not known: %s",
                   RP_MANY(targets), c.why);
    } else if (c.state == RP_COVER_EMPTY) {
        rp_pass(out,
                "Control Flow Guard metadata for %u function%s; no call of its own needs a check",
                RP_MANY(targets));
    } else if (c.state == RP_COVER_ALL) {
        rp_pass(out, "Control Flow Guard: %s indirect call%s checked%s", rp_all(out, c.total),
                rp_by_count(c.total, " is", "s are"), rp_cover_aside(out, &c));
        rp_brief(out, "full");
    } else if (c.state == RP_COVER_NONE) {
        find_off(f, out,
                 rp_phrase(out,
                           "Control Flow Guard metadata is there, but 0 of %u "
                           "indirect call%s %s checked: built with nochecks, or not at all",
                           RP_MANY(c.total), rp_by_count(c.total, "is", "are")));
        rp_brief(out, "none");
    } else {
        find_off(f, out,
                 rp_phrase(out,
                           "%u of %u indirect call%s %s checked by Control Flow Guard; the "
                           "others: %s",
                           (unsigned)c.covered, RP_MANY(c.total), rp_by_count(c.total, "is", "are"),
                           rp_cover_rest(out, &c)));
        rp_brief(out, "part");
    }
    rp_cover_evidence(f, out, &c, "indirect calls checked", NULL);
    rp_cover_unread(out, &c);
}

/* GUARD_CF is set; does the loader find what it needs? */
static void judge_metadata(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    const uint32_t both = RP_GUARD_CF_INSTRUMENTED | RP_GUARD_CF_TABLE;
    if ((pe->dll_characteristics & RP_PE_DYNAMIC_BASE) == 0)
        find_off(f, out, "GUARD_CF without DYNAMIC_BASE: the loader ignores it");
    else if (pe->guard_flags.is != RP_YES || (pe->guard_flags_value & both) != both)
        find_off(f, out, "GUARD_CF is set, but the load configuration does not announce a table");
    else if (pe->guard_table == 0 || pe->guard_count == 0)
        find_off(f, out, "GUARD_CF is set, but the table of call targets is empty");
    else if (pe->guard_check == 0)
        find_off(f, out, "GUARD_CF is set, but there is no pointer to the check function");
    else if (pe->guard_table_ok.is == RP_NO)
        find_off(f, out, "the table of call targets is not one that the linker wrote");
    else
        judge_calls(f, out);
}

/* Microsoft builds its C runtime with checks. It is linked into every program in parts, which in
 * stripped files look like any code: only checks in code that is known to be another's prove that
 * the program was compiled with them. */
static bool runtime_may_be(const rp_cover *c)
{
    enum { FEW = 256 };
    return c->covered <= FEW && rp_cover_owner(c, RP_OWNER_UNKNOWN).covered == c->covered;
}

static void judge_off(const rp_facts *f, rp_out *out)
{
    enum { FEW_OF = 20 }; /* start-up code's */
    rp_cover c = rp_cover_of(f, &f->code->cfg, RP_OWNERS_BUT_RUNTIME);
    const char *text = "Control Flow Guard is off";
    if (rp_cover_told(&c) && c.covered > c.total / FEW_OF)
        text = rp_phrase(
            out,
            runtime_may_be(&c) ? "Control Flow Guard is off; %u of %u indirect call%s made to be "
                                 "checked, which may all be the C runtime's"
                               : "Control Flow Guard is off, though %u of %u indirect call%s made "
                                 "to be checked: linked without /guard:cf",
            (unsigned)c.covered, (unsigned)c.total, rp_by_count(c.total, " is", "s are"));
    find_off(f, out, text);
}

static void judge(const rp_facts *f, rp_out *out)
{
    const rp_pe_facts *pe = f->pe;
    bool on = (pe->dll_characteristics & RP_PE_GUARD_CF) != 0;
    if (!on) {
        judge_off(f, out);
        rp_brief(out, "off");
    } else if (!rp_unknown_fact(out, pe->guard_table_ok)) {
        judge_metadata(f, out);
        if (out->brief.len == 0)
            rp_brief(out, out->outcome == RP_OUTCOME_FINDING ? "bogus" : "meta");
    }
    rp_pe_show_flags(f, out, on ? "GUARD_CF is set" : "GUARD_CF is not set");
    show_guard_flags(pe, out);
}

static void control_flow_guard(const rp_facts *f, rp_out *out)
{
    rp_cover c = rp_cover_of(f, &f->code->cfg, RP_OWNERS_BUT_RUNTIME);
    rp_pe_verify_load_config(out, "GUARD_CF|DYNAMIC_BASE|Guard(CF|Flags)");
    if ((f->pe->dll_characteristics & RP_PE_GUARD_CF) != 0)
        rp_cover_verify_place(f, out, &c, RP_PLACE_BRANCH, "4");
    if (rp_pe_skip_unloaded(f, out) || rp_pe_skip_managed(f, out) ||
        rp_unknown_fact(out, f->pe->load_config))
        return;
    bool marked = (f->pe->dll_characteristics & RP_PE_GUARD_CF) != 0;
    if (!marked && rp_pe_skip_gnu(f, out, "Control Flow Guard tables"))
        return;
    judge(f, out);
}

const rp_check rp_check_rp2201 = {
    .code = "RP2201",
    .name = "control-flow-guard",
    .title = "the loader knows the valid targets of indirect calls",
    .guide = "Control Flow Guard (Windows)",
    .since = "0.1",
    .level = RP_WARN,
    .needs = RP_NEED_HEADERS | RP_NEED_CODE,
    .formats = RP_ON_PE,
    .run = control_flow_guard,
};
