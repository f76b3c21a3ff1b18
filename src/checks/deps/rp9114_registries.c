/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

enum { MASK = 1 << RP_LOCK_INSECURE_URL | 1 << RP_LOCK_REPLACED };

static uint32_t subjects(const rp_facts *f)
{
    return rp_notes(f, MASK);
}

static void judge(const rp_facts *f, uint32_t i, rp_out *out)
{
    const rp_lock_note *note = rp_note(f, MASK, i);
    if (note->what == RP_LOCK_INSECURE_URL) {
        rp_find(out, "a source without transport security: %.*s", RP_FMT(note->text));
        rp_fix_advice(out, "use https:// or ssh://");
    } else {
        rp_find(out, "crates.io is replaced by another source: %.*s", RP_FMT(note->text));
        rp_out_level(out, RP_NOTE);
        rp_fix_advice(out, "know who runs it: checksums in Cargo.lock still hold what it sends, "
                           "rustproof deps --verify what lies on disk");
    }
    rp_show_note(f, note, out);
}

static void none(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    if (f->deps->config_why != NULL) {
        rp_unknown(out, "%s", f->deps->config_why);
        return;
    }
    rp_verify(out, "grep -n source {}");
    rp_pass(out, "every source has transport security and is the one that it is named after");
    rp_evidence(out, RP_NOWHERE, "sources in %.*s", RP_FMT(f->deps->lock));
}

const rp_check rp_check_rp9114 = {
    .code = "RP9114",
    .name = "registries",
    .title = "packages come from crates.io over a safe connection",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
