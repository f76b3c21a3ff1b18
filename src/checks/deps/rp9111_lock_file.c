/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

/* What makes a lock file say something else than its reader thinks. */
static const struct {
    rp_level level;
    const char *text; /* completed by the note's own */
    const char *fix;
} rows[RP_LOCK_ODDITY_COUNT] = {
    [RP_LOCK_DUPLICATE] = {RP_DENY, "the same package is listed twice: Cargo refuses the file",
                           "cargo generate-lockfile, or resolve the merge by hand"},
    [RP_LOCK_DANGLING] = {RP_WARN, "a dependency that no package of the file is",
                          "cargo check writes what is missing; then commit Cargo.lock"},
    [RP_LOCK_BROKEN] = {RP_DENY, "Cargo refuses the file", "cargo generate-lockfile"},
    [RP_LOCK_VERSION] = {RP_NOTE, "a format version that rustproof does not know",
                         "look whether a newer rustproof reads it"},
    [RP_LOCK_STALE] = {RP_WARN,
                       "the manifest asks for what the lock file does not hold: cargo "
                       "build --locked fails",
                       "cargo check, then commit Cargo.lock"},
    [RP_LOCK_UNUSED_PATCH] = {RP_NOTE, "a patch that replaces nothing",
                              "remove the [patch] entry, or ask for a version that it matches"},
    [RP_LOCK_UNKNOWN_SOURCE] = {RP_WARN, "a source of a kind that Cargo does not have",
                                "cargo generate-lockfile"},
};

enum {
    MASK = 1 << RP_LOCK_DUPLICATE | 1 << RP_LOCK_DANGLING | 1 << RP_LOCK_BROKEN |
           1 << RP_LOCK_VERSION | 1 << RP_LOCK_STALE | 1 << RP_LOCK_UNUSED_PATCH |
           1 << RP_LOCK_UNKNOWN_SOURCE
};

static uint32_t subjects(const rp_facts *f)
{
    return rp_notes(f, MASK);
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    const rp_lock_note *note = rp_note(f, MASK, i);
    rp_find(out, "%s: %.*s", rows[note->what].text, RP_FMT(note->text));
    rp_out_level(out, rows[note->what].level);
    rp_show_note(f, note, out);
    rp_fix_advice(out, "%s", rows[note->what].fix);
}

static void none(const rp_facts *f, rp_out *out)
{
    if (f->deps != NULL && f->deps->locked.is == RP_NO) {
        rp_find(out, "no lock file: each build may take other versions");
        rp_out_where(out, f->deps->manifest, 1, 1);
        rp_evidence(out, RP_NOWHERE, "no Cargo.lock beside %.*s or in a folder above it",
                    RP_FMT(f->deps->manifest));
        rp_verify(out, "ls Cargo.lock");
        rp_fix_command(out, RP_FIX_SAFE, "cargo generate-lockfile");
        rp_fix_advice(out, "commit Cargo.lock, and build with --locked in CI");
    } else if (rp_skip_unread(f, out)) {
        return;
    } else if (f->deps->manifests_why != NULL) {
        rp_unknown(out, "whether it holds all that is asked for: %s", f->deps->manifests_why);
    } else {
        rp_verify(out, "grep -cx '\\[\\[package\\]\\]' {}");
        rp_pass(out, "every dependency is fixed by the lock file");
        rp_evidence(out, RP_NOWHERE, "%.*s, format %u, %u package%s", RP_FMT(f->deps->lock),
                    f->deps->lock_version, RP_MANY(f->deps->inventory->ncomponents));
    }
}

const rp_check rp_check_rp9111 = {
    .code = "RP9111",
    .name = "lock-file",
    .title = "every dependency is fixed by a sound lock file",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
