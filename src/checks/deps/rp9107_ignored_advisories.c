/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

static const char *fault_of(const rp_dep_ignore *i)
{
    return i->problem.len > 0 ? "cannot be read"
           : i->expired       ? "has expired"
           : !i->used         ? "is about nothing in this project"
                              : NULL;
}

static rp_str name_of(const rp_dep_ignore *i)
{
    return i->id.len > 0 ? i->id : RP_STR("the file");
}

static void show(const rp_dep_ignore *i, rp_out *out)
{
    const char *fault = fault_of(i);
    rp_str id = name_of(i);
    if (fault == NULL)
        rp_evidence(out, RP_NOWHERE, "%.*s:%u: %.*s is ignored%s%.*s%s%.*s", RP_FMT(i->file),
                    i->line, RP_FMT(id), i->until.len > 0 ? " until " : "", RP_FMT(i->until),
                    i->reason.len > 0 ? ": " : ", without a reason", RP_FMT(i->reason));
    else
        rp_evidence(out, RP_NOWHERE, "%.*s:%u: %.*s %s%s%.*s", RP_FMT(i->file), i->line, RP_FMT(id),
                    fault, i->problem.len > 0 ? ": " : "", RP_FMT(i->problem));
}

static void judge(const rp_facts *f, rp_out *out)
{
    const rp_dep_ignore *first = NULL;
    uint32_t faults = 0;
    if (rp_skip_unread(f, out))
        return;
    const rp_deps_facts *d = f->deps;
    for (uint32_t i = 0; i < d->nignores; i++) {
        if (fault_of(&d->ignores[i]) == NULL)
            continue;
        first = first != NULL ? first : &d->ignores[i];
        faults++;
    }
    if (d->nignores == 0) {
        rp_skip(out, "no advisory is ignored");
    } else if (d->matched.is != RP_YES) {
        rp_unknown(out, "%s", d->matched.why != NULL ? d->matched.why : "no database was asked");
    } else if (faults == 0) {
        rp_pass(out, "each of %u ignored %s still applies", d->nignores,
                rp_by_count(d->nignores, "advisory", "advisories"));
    } else {
        rp_find(out, "%u of %u %s of no effect: %.*s %s%s", faults, d->nignores,
                rp_by_count(d->nignores, "entry that ignores an advisory is",
                            "entries that ignore advisories are"),
                RP_FMT(name_of(first)), fault_of(first), faults > 1 ? ", …" : "");
        rp_out_where(out, first->file, first->line, 1);
        rp_fix_advice(out, "take the entry out, or decide anew until when it holds");
    }
    for (uint32_t i = 0; i < d->nignores; i++)
        show(&d->ignores[i], out);
    if (d->nignores > 0)
        rp_verify(out, "grep -n -A3 -i ignore deny.toml .cargo/audit.toml osv-scanner.toml "
                       "rustproof.toml");
}

const rp_check rp_check_rp9107 = {
    .code = "RP9107",
    .name = "ignored-advisories",
    .title = "what ignores an advisory is needed and has not expired",
    .guide = "Audit Dependencies",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = judge,
};
