/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/cfi/presence.h"

const char *rp_symbols_gap(const rp_facts *f)
{
    if (f->symbols->known == RP_UNKNOWN)
        return "the symbol tables could not be read whole";
    if (!f->symbols->static_table)
        return "stripped: no symbol is left that would tell";
    return NULL;
}

void rp_fix_sanitizer(const rp_facts *f, rp_out *out, const rp_sanitizer *s)
{
    rp_fix_nightly(f, out, s->rustflag, s->cflag);
}

static bool skip_target(const rp_facts *f, rp_out *out, const rp_sanitizer *s)
{
    if (!rp_facts_rust(f) || rp_facts_sanitizer(f, s->sanitizer) != RP_NO)
        return false;
    rp_skip(out, "rustc has no %s for %s", s->what, rp_facts_target_name(f));
    return true;
}

void rp_judge_absent(const rp_facts *f, rp_out *out, const rp_sanitizer *s, const char *stripped)
{
    if (skip_target(f, out, s))
        return;
    if (stripped != NULL) {
        rp_unknown(out, "%s", stripped);
        return;
    }
    rp_find(out, "built without %s%s", s->what, rp_facts_rust(f) ? ": stable rustc has none" : "");
    rp_out_level(out, RP_ALLOW);
    rp_evidence(out, RP_NOWHERE, "%u symbol%s looked at, none is of %s",
                RP_MANY(f->symbols->defined + f->symbols->undefined), s->what);
    rp_fix_sanitizer(f, out, s);
}

void rp_judge_absent_code(const rp_facts *f, rp_out *out, const rp_sanitizer *s, const rp_cover *c,
                          const char *among)
{
    if (skip_target(f, out, s))
        return;
    rp_find(out, "built without %s: %s, 0 of %u%s", s->what, among, (unsigned)c->total,
            rp_facts_rust(f) ? "; stable rustc cannot" : "");
    rp_out_level(out, RP_ALLOW);
    rp_cover_evidence(f, out, c, among, NULL);
    rp_fix_sanitizer(f, out, s);
}

void rp_show_edges(const rp_facts *f, rp_out *out)
{
    const rp_edges *e = &f->code->edges;
    rp_evidence(out, RP_NOWHERE,
                "indirect branches: %u checked, %u checked and then reloaded from the stack, %u "
                "unchecked, %u undecided",
                (unsigned)e->guarded, (unsigned)e->spilled, (unsigned)e->unguarded,
                (unsigned)e->undecided);
    rp_evidence(out, RP_NOWHERE,
                "not attackable: %u through read-only table%s, %u jump table%s, %u constant%s, %u "
                "of the PLT, %u of start-up code",
                RP_MANY(e->aside_read_only), RP_MANY(e->aside_jump_table),
                RP_MANY(e->aside_constant), (unsigned)e->aside_plt, (unsigned)e->aside_runtime);
    if (e->class_count > 0)
        rp_evidence(out, RP_NOWHERE,
                    "the widest check admits %u function%s, a check admits %llu on average",
                    RP_MANY(e->class_max), (unsigned long long)(e->class_sum / e->class_count));
}
