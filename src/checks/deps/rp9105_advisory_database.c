/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

static void judge(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    const rp_deps_facts *d = f->deps;
    const rp_dep_database *oldest = NULL;
    for (uint32_t i = 0; i < d->ndatabases; i++) {
        const rp_dep_database *db = &d->databases[i];
        rp_evidence(out, RP_NOWHERE, "%.*s: %u %s, as of %.*s", RP_FMT(db->path), db->advisories,
                    rp_by_count(db->advisories, "advisory", "advisories"), RP_FMT(db->as_of));
        if (db->broken != 0)
            rp_evidence(out, RP_NOWHERE, "%u file%s in it could not be read", RP_MANY(db->broken));
        if (oldest == NULL || db->age_days > oldest->age_days)
            oldest = db;
    }
    if (d->nadvisories_lost != 0)
        rp_evidence(out, RP_NOWHERE, "on crates of this: %u advisories could not be read",
                    d->nadvisories_lost);
    if (oldest != NULL)
        rp_verify(out, "rustproof db status --db %s",
                  rp_shell_word(out, "%.*s", RP_FMT(oldest->path)));
    if (oldest == NULL) {
        rp_verify(out, "rustproof db status");
        rp_unknown(out, "%s", d->matched.why != NULL ? d->matched.why : "no advisory database");
        rp_fix_command(out, RP_FIX_SAFE, "rustproof db update");
    } else if (d->max_age == 0) {
        rp_pass(out, "no age was asked of the advisory database");
    } else if (oldest->age_days == UINT32_MAX) {
        rp_unknown(out, "the age of the advisory database cannot be told");
    } else if (oldest->age_days > d->max_age) {
        rp_find(out, "the advisory database is %u day%s old", RP_MANY(oldest->age_days));
        rp_evidence(out, RP_NOWHERE, "it may be %u day%s old", RP_MANY(d->max_age));
        rp_fix_command(out, RP_FIX_SAFE, "rustproof db update");
    } else {
        rp_pass(out, "the advisory database is %u day%s old", RP_MANY(oldest->age_days));
    }
}

const rp_check rp_check_rp9105 = {
    .code = "RP9105",
    .name = "advisory-database",
    .title = "the advisories that were asked are recent",
    .guide = "Audit Dependencies",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_ALL | RP_ON_PROJECT,
    .run = judge,
};
