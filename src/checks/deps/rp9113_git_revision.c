/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

enum { MASK = 1 << RP_LOCK_GIT_UNPINNED | 1 << RP_LOCK_GIT_NO_COMMIT };

static uint32_t subjects(const rp_facts *f)
{
    return rp_notes(f, MASK);
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    const rp_lock_note *note = rp_note(f, MASK, i);
    if (note->what == RP_LOCK_GIT_NO_COMMIT) {
        rp_find(out, "a git source without its commit: %.*s", RP_FMT(note->text));
        rp_out_level(out, RP_DENY);
        rp_fix_command(out, RP_FIX_REVIEW, "cargo generate-lockfile");
    } else {
        rp_find(out, "a git dependency follows a branch: %.*s", RP_FMT(note->text));
        rp_fix_advice(out, "write rev = \"<commit>\", the one that Cargo.lock names, so that cargo "
                           "update cannot move it");
    }
    rp_show_note(f, note, out);
}

static bool any_from_git(const rp_facts *f)
{
    const rp_inventory *inv = f->deps->inventory;
    for (uint32_t i = 0; i < inv->ncomponents; i++)
        if (inv->components[i].source.kind == RP_FROM_GIT)
            return true;
    return false;
}

static void none(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    if (f->deps->manifest.len != 0 && any_from_git(f) && rp_skip_manifests(f, out))
        return;
    rp_verify(out, "grep -n 'git+' {}");
    rp_pass(out, "no dependency from git follows a branch");
    rp_evidence(out, RP_NOWHERE, "%.*s and the manifests around it", RP_FMT(f->deps->lock));
}

const rp_check rp_check_rp9113 = {
    .code = "RP9113",
    .name = "git-revision",
    .title = "dependencies from git are fixed to a revision",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
