/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/branch/note.h"

static const char notes[] = "readelf -nW {} | grep -iE 'propert|feature'";

bool rp_skip_property(const rp_facts *f, rp_out *out)
{
    return rp_skip_unlinked(f, out);
}

void rp_fix_property(const rp_facts *f, rp_out *out, const rp_property *p)
{
    if (!rp_facts_rust(f))
        rp_fix_advice(out, "%s", p->cflag);
    else if (p->rustflag != NULL)
        rp_fix_nightly(f, out, p->rustflag, p->cflag);
    else
        rp_fix_advice(out, "rustc has no flag for %s yet", p->what);
}

bool rp_property_said(const rp_facts *f, const rp_property *p, uint64_t at, uint32_t value)
{
    return f->elf->properties.is == RP_YES && at != RP_NOWHERE && (value & p->bits) != 0;
}

static void show_property(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                          uint32_t value)
{
    if (f->elf->properties.is == RP_YES && at != RP_NOWHERE)
        rp_evidence(out, at, "%s is 0x%x", p->property, (unsigned)value);
    else
        rp_evidence(out, f->elf->properties.at, "no %s in a GNU property note", p->property);
}

/* Is std's code in it? Rust without it (a kernel module, firmware) has no prebuilt object. */
static bool has_std(const rp_facts *f)
{
    const rp_coverage *c = &f->code->landing;
    bool told = f->code->read == RP_YES && c->known == RP_YES && c->nby_owner > 0;
    for (uint32_t i = 0; i < c->nby_owner && told; i++)
        if (c->by_owner[i].owner == RP_OWNER_RUST_STD)
            return true;
    return !told && f->kind != RP_KIND_KERNEL && !f->elf->bare_metal;
}

void rp_find_property_absent(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                             uint32_t value)
{
    bool std = rp_facts_rust(f) && f->kind != RP_KIND_OBJECT && has_std(f);
    const char *why = std ? ": the prebuilt std has no such note, and the linker takes what all "
                            "objects have in common"
                          : "";
    rp_find(out, "no note says %s%s", p->what, why);
    rp_out_level(out, rp_absent_level(f));
    show_property(f, out, p, at, value);
    rp_fix_property(f, out, p);
}

rp_level rp_absent_level(const rp_facts *f)
{
    return rp_facts_rust(f) ? RP_ALLOW : RP_NOTE;
}

/* The note says it where nobody looks. */
static bool misplaced(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                      uint32_t value)
{
    const char *by = f->elf->properties_by;
    if (!p->needs_segment || f->kind == RP_KIND_OBJECT || by == NULL ||
        strcmp(by, "PT_GNU_PROPERTY") == 0)
        return false;
    rp_find(out, "a note says %s, but not through PT_GNU_PROPERTY, where the loader looks",
            p->what);
    rp_evidence(out, at, "%s is 0x%x, found through %s", p->property, (unsigned)value, by);
    rp_fix_advice(out, "link with binutils 2.33 or later, or lld");
    return true;
}

/* Linkers before binutils 2.29 put the notes of all objects side by side: each speaks of one
 * object, and no loader takes them for the whole. */
static bool unmerged(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                     uint32_t value)
{
    uint32_t others = f->elf->properties_unmerged;
    if (others == 0 || f->kind == RP_KIND_OBJECT)
        return false;
    rp_find(out,
            "the linker left %u property note%s side by side: each speaks of one object, and glibc "
            "takes none of them",
            (unsigned)others + 1, rp_plural(others + 1));
    rp_out_level(out, rp_absent_level(f));
    rp_evidence(out, at, "%s is 0x%x in the first", p->property, (unsigned)value);
    rp_fix_advice(out, "link with binutils 2.29 or later, or lld: they merge the notes");
    rp_fix_property(f, out, p);
    return true;
}

bool rp_property_stands(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                        uint32_t value)
{
    rp_verify(out, "%s", notes);
    if (rp_unknown_fact(out, f->elf->properties))
        return false;
    if (!rp_property_said(f, p, at, value)) {
        rp_find_property_absent(f, out, p, at, value);
        return false;
    }
    return !unmerged(f, out, p, at, value) && !misplaced(f, out, p, at, value);
}

void rp_judge_property(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                       uint32_t value)
{
    if (!rp_property_stands(f, out, p, at, value))
        return;
    rp_pass(out, "the note says %s; it needs no instructions, so no code can confirm it", p->what);
    show_property(f, out, p, at, value);
}

void rp_judge_unread(const rp_facts *f, rp_out *out, const rp_property *p, const rp_cover *c,
                     uint64_t at, uint32_t value)
{
    if (rp_property_stands(f, out, p, at, value)) {
        if (c->total != 0 && c->covered == c->total)
            rp_pass(out, "the note says %s, and the code that was read agrees (%u of %u), but %s",
                    p->what, (unsigned)c->covered, (unsigned)c->total, c->why);
        else
            rp_unknown(out, "the note says %s, which can be forced, and %s", p->what, c->why);
        show_property(f, out, p, at, value);
    }
    rp_cover_unread(out, c);
}

/* The note says it; does the code? */
static void judge_said(const rp_facts *f, rp_out *out, const rp_property *p, const rp_cover *c)
{
    if (c->state == RP_COVER_EMPTY) {
        rp_pass(out, "the note says %s; no function in it is reached indirectly", p->what);
    } else if (c->state == RP_COVER_ALL) {
        rp_pass(out, "the note says %s, and the code has %s landing pad%s%s", p->what,
                rp_all(out, c->total), rp_plural(c->total), rp_cover_aside(out, c));
    } else {
        if (c->state == RP_COVER_NONE)
            rp_find(
                out,
                "the note says %s, but the code has none of %u landing pad%s: the note was forced",
                p->what, RP_MANY(c->total));
        else
            rp_find(out, "the note says %s, but %u of %u landing pad%s %s missing: %s", p->what,
                    (unsigned)(c->total - c->covered), RP_MANY(c->total),
                    rp_by_count(c->total - c->covered, "is", "are"), rp_cover_rest(out, c));
        rp_out_level(out, RP_WARN);
        rp_fix_advice(out, "do not force the note (-z ibt, -z force-ibt, -z force-bti): a branch "
                           "to one of these functions ends the program where it is enforced");
        rp_fix_property(f, out, p);
    }
}

/* No note says it; is the code made for it? */
static void judge_unsaid(const rp_facts *f, rp_out *out, const rp_property *p, const rp_cover *c,
                         uint64_t at, uint32_t value)
{
    if (c->state == RP_COVER_ALL) {
        rp_find(out,
                "the code has %s landing pad%s, but no note says %s: made for it, and never "
                "turned on",
                rp_all(out, c->total), rp_plural(c->total), p->what);
        rp_out_level(out, RP_NOTE);
        rp_fix_advice(out, "find the object without the note (-z cet-report=error, -z "
                           "bti-report=error), or force it: -z force-ibt, -z force-bti of lld, "
                           "-z ibt of GNU ld");
    } else if (c->state == RP_COVER_PART) {
        rp_find(out, "no note says %s, and %u of %u landing pad%s %s missing: %s", p->what,
                (unsigned)(c->total - c->covered), RP_MANY(c->total),
                rp_by_count(c->total - c->covered, "is", "are"), rp_cover_rest(out, c));
        rp_out_level(out, rp_cover_asked(c) ? RP_WARN : rp_absent_level(f));
        rp_fix_property(f, out, p);
    } else {
        rp_find_property_absent(f, out, p, at, value);
        return;
    }
    show_property(f, out, p, at, value);
}

void rp_judge_landing(const rp_facts *f, rp_out *out, const rp_property *p, uint64_t at,
                      uint32_t value)
{
    rp_cover c = rp_cover_of(f, &f->code->landing, RP_OWNERS_BUT_RUNTIME);
    bool said = rp_property_said(f, p, at, value);
    if (!rp_cover_told(&c) || f->elf->properties.is == RP_UNKNOWN) {
        rp_judge_unread(f, out, p, &c, at, value);
        return;
    }
    rp_verify(out, "%s", notes);
    rp_cover_verify_place(f, out, &c, RP_PLACE_FUNCTION, "grep -m1 '^ *[0-9a-f]*:'");
    if (!said) {
        judge_unsaid(f, out, p, &c, at, value);
    } else if (!unmerged(f, out, p, at, value) && !misplaced(f, out, p, at, value)) {
        judge_said(f, out, p, &c);
        show_property(f, out, p, at, value);
    }
    rp_cover_evidence(f, out, &c, "landing pads of functions reached indirectly", NULL);
}
