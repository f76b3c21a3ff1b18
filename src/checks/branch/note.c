/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

bool rp_skip_property(const rp_facts *f, rp_out *out)
{
    return rp_skip_unlinked(f, out);
}

static void fix_property(const rp_facts *f, rp_out *out, const rp_property *p)
{
    if (!rp_facts_rust(f))
        rp_fix_advice(out, "%s", p->cflag);
    else if (p->rustflag != NULL)
        rp_fix_nightly(f, out, p->rustflag, p->cflag);
    else
        rp_fix_advice(out, "rustc has no flag for %s yet", p->what);
}

static void find_absent(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                        uint32_t value)
{
    const char *why = rp_facts_rust(f) && f->kind != RP_KIND_OBJECT
                          ? ": the prebuilt std has no such note, and the linker takes what all "
                            "objects have in common"
                          : "";
    rp_find(out, "no note says %s%s", p->what, why);
    if (at != RP_NOWHERE)
        rp_evidence(out, at, "%s is 0x%x", p->property, (unsigned)value);
    else
        rp_evidence(out, f->elf->properties.at, "no %s in a GNU property note", p->property);
    fix_property(f, out, p);
}

void rp_judge_property(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                       uint32_t value)
{
    const char *by = f->elf->properties_by;
    rp_verify(out, "readelf -nW {} | grep -i properties");
    if (rp_unknown_fact(out, f->elf->properties))
        return;
    if (f->elf->properties.is == RP_NO)
        at = RP_NOWHERE;
    if (at == RP_NOWHERE || (value & p->bits) == 0) {
        find_absent(f, out, p, at, value);
    } else if (p->needs_segment && f->kind != RP_KIND_OBJECT && by != NULL &&
               strcmp(by, "PT_GNU_PROPERTY") != 0) {
        rp_find(out, "a note says %s, but not through PT_GNU_PROPERTY, where the loader looks",
                p->what);
        rp_evidence(out, at, "%s is 0x%x, found through %s", p->property, (unsigned)value, by);
        rp_fix_advice(out, "link with binutils 2.33 or later, or lld");
    } else {
        rp_pass(out, "the note says %s; a note can be forced: code coverage is not read yet",
                p->what);
        rp_evidence(out, at, "%s is 0x%x", p->property, (unsigned)value);
    }
}
