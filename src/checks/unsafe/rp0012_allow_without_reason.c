/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/common.h"

static bool counts(const rp_rust_allow *a)
{
    return a->reason.len == 0;
}

static uint32_t subjects(const rp_facts *f)
{
    uint32_t n = 0;
    for (uint32_t i = 0; f->source != NULL && i < f->source->nallows; i++)
        n += counts(&f->source->allows[i]);
    return n;
}

static void judge(const rp_facts *f, uint32_t subject, rp_out *out)
{
    const rp_rust_allow *a = f->source->allows;
    for (uint32_t n = 0; !counts(a) || n++ != subject; a++)
        ;
    rp_find(out, "this comment allows %.*s and does not say why: it allows nothing",
            RP_FMT(a->code));
    rp_out_where(out, a->file, a->line, a->column);
    rp_out_subject(out, "%.*s\n%.*s", RP_FMT(a->file), RP_FMT(a->code));
    rp_evidence(out, RP_NOWHERE, "%u: %.*s", a->line, RP_FMT(a->code));
    rp_verify(out, "sed -n '%u,%up' %s", a->line, a->target > a->line ? a->target : a->line,
              rp_str_eq(a->file, f->source->root) ? "{}"
                                                  : rp_shell_word(out, "%.*s", RP_FMT(a->file)));
    rp_fix_advice(out, "write the reason behind the parenthesis");
}

static void none(const rp_facts *f, rp_out *out)
{
    if (rp_unknown_fact(out, f->source->read))
        return;
    rp_pass(out, "every comment that allows a finding says why");
    rp_evidence(out, RP_NOWHERE, "%u comments allow findings", f->source->nallows);
}

const rp_check rp_check_rp0012 = {
    .code = "RP0012",
    .name = "allow-without-reason",
    .title = "every comment that allows a finding says why",
    .guide = "Static Analysis",
    .since = "0.2",
    .level = RP_WARN,
    .needs = RP_NEED_SOURCE,
    .formats = RP_ON_SOURCE,
    .run = none,
    .subjects = subjects,
    .run_on = judge,
};
