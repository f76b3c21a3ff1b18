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

void rp_judge_absent(const rp_facts *f, rp_out *out, const rp_sanitizer *s, const char *stripped)
{
    if (rp_facts_rust(f) && rp_facts_sanitizer(f, s->sanitizer) == RP_NO) {
        rp_skip(out, "rustc has no %s for %s", s->what, rp_facts_target_name(f));
    } else if (stripped != NULL) {
        rp_unknown(out, "%s", stripped);
    } else {
        rp_find(out, "built without %s%s", s->what,
                rp_facts_rust(f) ? ": stable rustc has none" : "");
        rp_evidence(out, RP_NOWHERE, "%u symbols looked at, none is of %s",
                    (unsigned)(f->symbols->defined + f->symbols->undefined), s->what);
        rp_fix_nightly(f, out, s->rustflag, s->cflag);
    }
}
