/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/keep.h"

#include "facts/copy.h"

static bool own_str(rp_arena *arena, rp_str *s)
{
    if (s->len == 0)
        s->ptr = "";
    else
        *s = rp_arena_str(arena, *s);
    return s->ptr != NULL;
}

static bool own_evidence(rp_arena *arena, rp_out *out)
{
    rp_evidence_line *lines = rp_new(arena, out->nevidence, rp_evidence_line);
    for (uint32_t i = 0; lines != NULL && i < out->nevidence; i++) {
        lines[i] = out->evidence[i];
        if (!own_str(arena, &lines[i].text))
            return false;
    }
    out->evidence = lines;
    out->evidence_cap = out->nevidence;
    return lines != NULL;
}

static bool own_fixes(rp_arena *arena, rp_out *out)
{
    rp_fix *fixes = rp_new(arena, out->nfixes, rp_fix);
    for (uint32_t i = 0; fixes != NULL && i < out->nfixes; i++) {
        fixes[i] = out->fixes[i];
        if (!own_str(arena, &fixes[i].file) || !own_str(arena, &fixes[i].key) ||
            !own_str(arena, &fixes[i].value))
            return false;
    }
    out->fixes = fixes;
    out->fixes_cap = out->nfixes;
    return fixes != NULL;
}

static bool own_out(rp_arena *arena, rp_out *out)
{
    return own_str(arena, &out->text) && own_str(arena, &out->brief) &&
           own_str(arena, &out->verify) && own_str(arena, &out->cause_file) &&
           own_str(arena, &out->cause_key) && own_str(arena, &out->where.file) &&
           own_str(arena, &out->pulled_in_by) && own_str(arena, &out->subject) &&
           (out->nevidence == 0 || own_evidence(arena, out)) &&
           (out->nfixes == 0 || own_fixes(arena, out));
}

static bool own_results(rp_arena *arena, rp_target_report *t)
{
    rp_result *results = rp_new(arena, t->nresults, rp_result);
    for (uint32_t i = 0; results != NULL && i < t->nresults; i++) {
        results[i] = t->results[i];
        if (!own_out(arena, &results[i].out))
            return false;
    }
    t->results = results;
    return results != NULL;
}

/* A coverage that lies in the facts is the same one in their copy. */
static bool own_coverage(rp_arena *arena, const rp_code_facts *from, const rp_code_facts *to,
                         const rp_coverage **coverage)
{
    uintptr_t at = (uintptr_t)*coverage, start = (uintptr_t)from;
    if (*coverage == NULL)
        return true;
    if (to != NULL && at >= start && at - start < sizeof *from)
        *coverage = (const rp_coverage *)(const void *)((const char *)to + (at - start));
    else
        *coverage = rp_coverage_copy(arena, *coverage);
    return *coverage != NULL;
}

static bool own_coverages(rp_arena *arena, const rp_facts *from, rp_target_report *t)
{
    for (uint32_t i = 0; i < t->nresults; i++) {
        rp_out *out = &((rp_result *)(uintptr_t)t->results)[i].out;
        if (!own_coverage(arena, from ? from->code : NULL, t->facts ? t->facts->code : NULL,
                          &out->coverage))
            return false;
    }
    return true;
}

const rp_target_report *rp_report_copy(rp_arena *arena, const rp_target_report *report)
{
    rp_target_report *t = rp_new(arena, 1, rp_target_report);
    if (t == NULL)
        return NULL;
    *t = *report;
    if (!own_str(arena, &t->path) || !own_str(arena, &t->member) || !own_str(arena, &t->name))
        return NULL;
    if (t->nresults != 0 && !own_results(arena, t))
        return NULL;
    if (t->facts != NULL) {
        t->facts = rp_facts_copy(arena, t->facts);
        if (t->facts == NULL)
            return NULL;
    }
    return own_coverages(arena, report->facts, t) ? t : NULL;
}
