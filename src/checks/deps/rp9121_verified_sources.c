/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

static const struct {
    rp_level level;
    const char *text;
} rows[RP_SOURCE_STATE_COUNT] = {
    [RP_SOURCE_CRATE_MISMATCH] = {RP_DENY, "the archive is not the one that the lock file names"},
    [RP_SOURCE_TREE_CHANGED] = {RP_DENY, "a source file was changed"},
    [RP_SOURCE_TREE_EXTRA] = {RP_DENY, "a file that was not published lies among the sources"},
    [RP_SOURCE_TREE_MISSING] = {RP_WARN, "a source file is missing"},
    [RP_SOURCE_NO_LIST] = {RP_WARN, "vendored sources that no hash holds"},
    [RP_SOURCE_PACKAGE_MISMATCH] = {RP_DENY, "vendored sources of another archive"},
    [RP_SOURCE_LINK] = {RP_DENY, "sources lead elsewhere"},
    [RP_SOURCE_UNREADABLE] = {RP_WARN, "sources could not be compared"},
    [RP_SOURCE_GIT_MISMATCH] = {RP_DENY, "a checkout of another commit"},
    [RP_SOURCE_ABSENT] = {RP_NOTE, "sources that are not on this machine"},
};

/* Notes but those of what is not here, which is no finding: it makes the answer unknown. They stand
 * last (rp_source_state). */
static uint32_t subjects(const rp_facts *f)
{
    return f->deps != NULL ? f->deps->nsources - f->deps->nabsent : 0;
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    const rp_source_note *note = &f->deps->sources[i];
    const rp_component *c = &f->deps->inventory->components[note->component];
    rp_find(out, "%s: %.*s %.*s: %.*s", rows[note->what].text, RP_FMT(c->name), RP_FMT(c->version),
            RP_FMT(note->file));
    rp_out_level(out, rows[note->what].level);
    rp_out_where(out, note->file, 0, 0);
    rp_out_subject(out, "%d %.*s %.*s %.*s", (int)note->what, RP_FMT(c->name), RP_FMT(c->version),
                   RP_FMT(note->file));
    rp_evidence(out, RP_NOWHERE, "%.*s", RP_FMT(note->text));
    if (c->checksum.len != 0)
        rp_evidence(out, RP_NOWHERE, "the lock file's checksum of the archive: %.*s",
                    RP_FMT(c->checksum));
    rp_show_path(f, note->component, out);
    rp_verify(out, "grep -A4 'name = \"%.*s\"' {}", RP_FMT(c->name));
    rp_fix_advice(out,
                  "look at it before anything is built; then remove the unpacked or vendored "
                  "folder and let cargo fetch --locked or cargo vendor --locked write it anew");
}

static void none(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    const rp_deps_facts *d = f->deps;
    if (d->config_why != NULL && d->nverified != 0)
        rp_unknown(out, "%s: whether Cargo takes the sources from elsewhere is not known",
                   d->config_why);
    else if (d->verified.is != RP_YES)
        rp_skip(out, "%s", d->verified.why != NULL ? d->verified.why : "not asked for");
    else if (d->nabsent != 0)
        rp_unknown(out, "the sources of %u package%s cannot be compared here; %u %s as published",
                   RP_MANY(d->nabsent), d->nverified, rp_by_count(d->nverified, "is", "are"));
    else {
        rp_verify(out, "grep '^checksum' {}");
        rp_pass(out, "the sources of %s package%s are those of the lock file",
                rp_all(out, d->nverified), rp_plural(d->nverified));
        rp_evidence(out, RP_NOWHERE, "archives and every file by SHA-256, git by commit");
    }
}

const rp_check rp_check_rp9121 = {
    .code = "RP9121",
    .name = "verified-sources",
    .title = "sources on disk are those that the lock file names",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_DENY,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
