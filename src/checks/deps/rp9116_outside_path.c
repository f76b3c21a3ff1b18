/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

enum { MASK = 1 << RP_LOCK_OUTSIDE_PATH };

static uint32_t subjects(const rp_facts *f)
{
    return rp_notes(f, MASK);
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    const rp_lock_note *note = rp_note(f, MASK, i);
    rp_find(out, "a path dependency outside of the workspace: %.*s", RP_FMT(note->text));
    rp_show_note(f, note, out);
    rp_fix_advice(out, "neither version nor checksum holds it: make it a member, or a git "
                       "dependency with a revision");
}

static void none(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out) || rp_skip_manifests(f, out))
        return;
    rp_verify(out, "cat \"$(dirname {})\"/Cargo.toml");
    rp_pass(out, "no path dependency leaves the workspace");
    rp_evidence(out, RP_NOWHERE, "%.*s and the members' manifests", RP_FMT(f->deps->manifest));
}

const rp_check rp_check_rp9116 = {
    .code = "RP9116",
    .name = "outside-path",
    .title = "path dependencies lie inside of the workspace",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
