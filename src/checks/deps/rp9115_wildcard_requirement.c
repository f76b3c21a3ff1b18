/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

enum { MASK = 1 << RP_LOCK_WILDCARD };

static uint32_t subjects(const rp_facts *f)
{
    return rp_notes(f, MASK);
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    const rp_lock_note *note = rp_note(f, MASK, i);
    rp_find(out, "any version will do: %.*s", RP_FMT(note->text));
    rp_show_note(f, note, out);
    rp_fix_advice(out, "write the version that Cargo.lock holds: cargo add writes such "
                       "requirements");
}

static void none(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out) || rp_skip_manifests(f, out))
        return;
    rp_verify(out, "cat \"$(dirname {})\"/Cargo.toml");
    rp_pass(out, "every requirement names a version");
    rp_evidence(out, RP_NOWHERE, "requirements in %.*s and the members' manifests",
                RP_FMT(f->deps->manifest));
}

const rp_check rp_check_rp9115 = {
    .code = "RP9115",
    .name = "wildcard-requirement",
    .title = "no dependency takes just any version",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
