/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

static void list_scripts(const rp_deps_facts *d, rp_out *out)
{
    for (uint32_t i = 0; i < d->npowers; i++) {
        const rp_source_power *p = &d->powers[i];
        const rp_component *c = &d->inventory->components[p->component];
        if (p->build_script || p->proc_macro)
            rp_evidence(out, RP_NOWHERE, "runs where it is built: %.*s %.*s (%s%s%s)",
                        RP_FMT(c->name), RP_FMT(c->version), p->build_script ? "build script" : "",
                        p->build_script && p->proc_macro ? ", " : "",
                        p->proc_macro ? "proc-macro" : "");
    }
}

/* No file of machine code was found. */
static void none_found(const rp_deps_facts *d, rp_out *out)
{
    uint32_t scripts = 0, macros = 0;
    for (uint32_t i = 0; i < d->npowers; i++) {
        scripts += d->powers[i].build_script;
        macros += d->powers[i].proc_macro;
    }
    if (d->nunseen != 0)
        rp_unknown(out, "sources that were not looked at: %u package%s; no machine code elsewhere",
                   RP_MANY(d->nunseen));
    else
        rp_pass(out, "no machine code among the sources; %u build script%s, %u proc-macro%s",
                RP_MANY(scripts), RP_MANY(macros));
    rp_evidence(out, RP_NOWHERE, "every file of %s was looked at",
                d->nunseen != 0 ? "the others" : "every package");
    list_scripts(d, out);
}

static void judge(const rp_facts *f, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    const rp_deps_facts *d = f->deps;
    uint32_t blobs = 0;
    for (uint32_t i = 0; i < d->npowers; i++)
        blobs += d->powers[i].nblobs;
    if (d->verified.is != RP_YES) {
        rp_skip(out, "%s", d->verified.why != NULL ? d->verified.why : "not asked for");
        return;
    }
    rp_verify(out, "grep -c '^name' {}");
    if (blobs == 0) {
        none_found(d, out);
        return;
    }
    rp_find(out, "%u file%s of machine code among the sources", RP_MANY(blobs));
    for (uint32_t i = 0; i < d->npowers; i++) {
        const rp_source_power *p = &d->powers[i];
        const rp_component *c = &d->inventory->components[p->component];
        if (p->nblobs != 0)
            rp_evidence(out, RP_NOWHERE, "%.*s %.*s: %u, the first %.*s", RP_FMT(c->name),
                        RP_FMT(c->version), p->nblobs, RP_FMT(p->blobs[0]));
    }
    list_scripts(d, out);
    rp_fix_advice(out, "know what they are: no compiler of yours has seen their source; rustproof "
                       "bin judges each");
}

const rp_check rp_check_rp9122 = {
    .code = "RP9122",
    .name = "prebuilt-code",
    .title = "what is linked or run was compiled from source",
    .guide = "Dependency Management",
    .since = "0.2",
    .level = RP_NOTE,
    .needs = RP_NEED_DEPS,
    .formats = RP_ON_PROJECT,
    .run = judge,
};
