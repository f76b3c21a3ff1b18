/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

#include "base/limits.h"

enum {
    MISSING = 1 << RP_LOCK_NO_CHECKSUM,
    WRONG = 1 << RP_LOCK_BAD_CHECKSUM | 1 << RP_LOCK_MERGE | 1 << RP_LOCK_NEEDLESS_CHECKSUM
};

static uint32_t from_registries(const rp_inventory *inv)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < inv->ncomponents; i++)
        n += inv->components[i].source.kind == RP_FROM_REGISTRY;
    return n;
}

static void list(const rp_facts *f, uint32_t mask, rp_out *out)
{
    const rp_lock_note *first = rp_note(f, mask, 0);
    uint32_t n = rp_notes(f, mask);
    for (uint32_t i = 0; i < n && i < RP_MAX_EVIDENCE; i++) {
        const rp_lock_note *note = rp_note(f, mask, i);
        rp_str name = RP_STR("");
        if (note->component != RP_NO_COMPONENT)
            name = f->deps->inventory->components[note->component].name;
        rp_evidence(out, RP_NOWHERE, "%.*s:%u: %.*s: %.*s", RP_FMT(note->file), note->line,
                    RP_FMT(name), RP_FMT(note->text));
    }
    rp_out_where(out, first->file, first->line, first->column);
}

static void judge(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    uint32_t wrong = rp_notes(f, WRONG), missing = rp_notes(f, MISSING);
    uint32_t total = from_registries(f->deps->inventory);
    rp_verify(out, "grep -nE '^(name|source|checksum|\"checksum)' {}");
    if (rp_notes(f, 1 << RP_LOCK_MERGE) != 0) {
        rp_find(out, "checksums in two forms, after a bad merge: Cargo discards all of them");
        rp_out_level(out, RP_DENY);
        list(f, 1 << RP_LOCK_MERGE, out);
        rp_fix_advice(out, "remove [metadata], then run cargo check");
    } else if (wrong != 0) {
        rp_find(out, "%u checksum%s not what Cargo writes", wrong,
                rp_by_count(wrong, " is", "s are"));
        rp_out_level(out, RP_DENY);
        list(f, WRONG, out);
        rp_fix_command(out, RP_FIX_REVIEW, "cargo generate-lockfile");
    } else if (missing != 0) {
        rp_find(out, "%u of %u package%s from registries %s no checksum", missing, RP_MANY(total),
                rp_by_count(total, "has", "have"));
        list(f, MISSING, out);
        rp_fix_command(out, RP_FIX_REVIEW, "cargo generate-lockfile");
        rp_fix_advice(out, "a source replacement without checksums (a distribution's folder of "
                           "sources) leaves them out: write the lock file without it");
    } else if (total == 0) {
        rp_skip(out, "no package comes from a registry");
    } else {
        rp_pass(out, "%s package%s from registries %s a SHA-256 checksum", rp_all(out, total),
                rp_plural(total), rp_by_count(total, "has", "have"));
        rp_evidence(out, RP_NOWHERE, "64 hexadecimal digits each in %.*s", RP_FMT(f->deps->lock));
    }
}

const rp_check rp_check_rp9112 = {
    .code = "RP9112",
    .name = "checksums",
    .title = "the lock file has a checksum of every package",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = judge,
};
