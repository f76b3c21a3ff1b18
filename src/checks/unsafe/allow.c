/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/unsafe/allow.h"

#include "checks/rule_result.h"

uint32_t rp_allows(const rp_facts *f, rp_allow_test counted)
{
    uint32_t n = 0;
    for (uint32_t i = 0; f->source != NULL && i < f->source->nallows; i++)
        n += counted(&f->source->allows[i]);
    return n;
}

const rp_rust_allow *rp_allow(const rp_facts *f, rp_allow_test counted, uint32_t n)
{
    const rp_rust_allow *a = f->source->allows;
    for (uint32_t seen = 0; !counted(a) || seen++ != n; a++)
        ;
    return a;
}

void rp_about_allow(const rp_facts *f, const rp_rust_allow *a, rp_out *out)
{
    rp_out_where(out, a->file, a->line, a->column);
    rp_out_subject(out, "%.*s\n%.*s", RP_FMT(a->file), RP_FMT(a->code));
    rp_evidence(out, RP_NOWHERE, "%u: %.*s", a->line, RP_FMT(a->code));
    rp_verify(out, "sed -n '%u,%up' %s", a->line, a->target > a->line ? a->target : a->line,
              rp_str_eq(a->file, f->source->root) ? "{}"
                                                  : rp_shell_word(out, "%.*s", RP_FMT(a->file)));
}

void rp_no_allow(const rp_facts *f, const char *none, rp_out *out)
{
    if (rp_rule_unread(f, out))
        return;
    rp_pass(out, "%s", none);
    rp_evidence(out, RP_NOWHERE, "comments that allow findings: %u", f->source->nallows);
}
