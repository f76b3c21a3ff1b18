/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

static uint32_t subjects(const rp_facts *f)
{
    return f->deps != NULL ? f->deps->nyanked : 0;
}

static void judge(const rp_facts *f, uint32_t subject, rp_out *out)
{
    const rp_inventory *inv = f->deps->inventory;
    uint32_t i = f->deps->yanked[subject].component;
    const rp_component *c = &inv->components[i];
    rp_find(out, "%.*s %.*s was yanked by its authors%s", RP_FMT(c->name), RP_FMT(c->version),
            rp_out_of_build(c));
    if (c->in_build == RP_NO)
        rp_out_level(out, RP_NOTE);
    rp_about_component(f, i, out);
    rp_out_subject(out, "%.*s %.*s", RP_FMT(c->name), RP_FMT(c->version));
    rp_evidence(out, RP_NOWHERE, "yanked in the local copy of the registry's index");
    rp_show_path(f, i, out);
    rp_verify(out, "grep -A1 'name = \"%.*s\"' {}", RP_FMT(c->name));
    rp_fix_command(out, RP_FIX_REVIEW, "cargo update -p %s",
                   rp_shell_word(out, "%.*s@%.*s", RP_FMT(c->name), RP_FMT(c->version)));
}

static void none(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    if (f->deps->yanked_known.is == RP_YES) {
        rp_verify(out, "grep -A1 '^name' {}");
        rp_pass(out, "no crate was yanked");
        rp_evidence(out, RP_NOWHERE, "the local copy of the registry's index knows every crate");
    } else {
        rp_unknown(out, "%s",
                   f->deps->yanked_known.why != NULL ? f->deps->yanked_known.why
                                                     : "the local index was not asked");
        if (f->deps->yanked_unknown > 0) {
            rp_evidence(out, RP_NOWHERE, "it does not know %u of the lock file's crates",
                        f->deps->yanked_unknown);
            rp_fix_advice(out, "cargo fetch in the project's folder brings the index up to date");
        }
    }
}

const rp_check rp_check_rp9106 = {
    .code = "RP9106",
    .name = "yanked-crate",
    .title = "no crate was withdrawn from its registry",
    .guide = "Audit Dependencies",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
