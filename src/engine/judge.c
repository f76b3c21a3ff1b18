/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/judge.h"

#include "checks/rule_result.h"

const char *rp_not_judged(rp_kind kind)
{
    if (kind == RP_KIND_DEBUG)
        return "separate debug file";
    return kind == RP_KIND_CORE ? "core dump" : NULL;
}

static uint32_t format_bit(const rp_facts *f)
{
    if (rp_facts_crate(f))
        return RP_ON_SOURCE;
    switch (f->format) {
    case RP_FORMAT_ELF:
        return RP_ON_ELF;
    case RP_FORMAT_PE:
    case RP_FORMAT_COFF:
        return RP_ON_PE;
    case RP_FORMAT_MACHO:
        return RP_ON_MACHO;
    case RP_FORMAT_NONE:
        break;
    }
    return RP_ON_PROJECT;
}

/* Checks of artefacts say nothing of projects, and the other way round: not even that they do not
 * apply. */
static bool concerns(const rp_check *check, const rp_facts *f)
{
    uint32_t bit = format_bit(f);
    if ((check->needs & RP_NEED_DEPS) != 0 && f->deps == NULL)
        return false; /* nobody asked */
    return (check->formats & bit) != 0 ||
           ((bit & RP_ON_ALL) != 0 && (check->formats & RP_ON_ALL) != 0);
}

static const char *formats_in_words(uint32_t formats)
{
    static const char *const words[RP_ON_ALL + 1] = {
        "no", "ELF", "PE", "ELF and PE", "Mach-O", "ELF and Mach-O", "PE and Mach-O", "all"};
    return words[formats & RP_ON_ALL];
}

/* What the engine says by itself, before or instead of running the check. */
static bool settled(const rp_check *check, const rp_facts *f, rp_out *out)
{
    if ((check->formats & format_bit(f)) == 0) {
        rp_skip(out, "for %s files only", formats_in_words(check->formats));
        return true;
    }
    if (check->identity)
        return false;
    if (f->packed.is == RP_YES) {
        rp_unknown(out, "the file is packed: only its unpacker can be seen");
        rp_evidence(out, f->packed.at, "mark of the packer");
        return true;
    }
    if (!check->rust_only || f->rust->is_rust.is == RP_YES)
        return false;
    if (f->rust->is_rust.is == RP_NO)
        rp_skip(out, "no Rust code in it");
    else
        rp_unknown(out, "whether there is Rust code in it cannot be told%s%s",
                   f->rust->is_rust.why ? ": " : "",
                   f->rust->is_rust.why ? f->rust->is_rust.why : "");
    return true;
}

/* subject: RP_NO_SUBJECT for the target itself. */
#define RP_NO_SUBJECT UINT32_MAX

static void judge_subject(const rp_check *check, const rp_facts *facts, uint32_t subject,
                          rp_out *out)
{
    if (check->rule != NULL)
        rp_rule_judge(facts, check, subject, out);
    else
        check->run_on(facts, subject, out);
}

/* What the check says when no subject of its own has a result. */
static void judge_target(const rp_check *check, const rp_facts *facts, rp_out *out)
{
    if (check->rule != NULL)
        rp_rule_holds(facts, check, out);
    else
        check->run(facts, out);
}

static rp_out run_check(const rp_check *check, const rp_facts *facts, uint32_t subject,
                        rp_arena *arena)
{
    rp_out out = rp_out_start(arena, check);
    if (subject != RP_NO_SUBJECT)
        judge_subject(check, facts, subject, &out);
    else if (!settled(check, facts, &out))
        judge_target(check, facts, &out);
    if (out.outcome == RP_OUTCOME_NONE) {
        out.outcome = RP_OUTCOME_ERROR;
        out.text = RP_STR("the check came to no outcome");
    }
    if (out.out_of_memory) {
        out.outcome = RP_OUTCOME_ERROR;
        out.text = RP_STR("out of memory, or over the memory limit");
    }
    out.arena = NULL;
    return out;
}

/* The level of the rule, as far as it can be known without a finding. */
static bool is_deny(const rp_rule *rule, const rp_check *check)
{
    return rp_rule_level(rule, check->level) == RP_DENY;
}

/* Unknown because nobody asked to read the code: the audit is as complete as it was meant to be. */
static bool spared(const rp_result *result, const rp_facts *facts)
{
    return (result->check->needs & RP_NEED_CODE) != 0 && (facts->needs & RP_NEED_CODE) == 0;
}

static void count(const rp_rule *rule, const rp_result *result, rp_target_report *ret)
{
    if (result->ignored)
        return;
    ret->count[result->out.outcome]++;
    if (result->out.outcome == RP_OUTCOME_FINDING) {
        ret->findings[result->out.level]++;
        if (result->out.level > ret->worst)
            ret->worst = result->out.level;
    }
    if (result->out.outcome == RP_OUTCOME_ERROR ||
        (result->out.outcome == RP_OUTCOME_UNKNOWN && is_deny(rule, result->check) &&
         !spared(result, ret->facts)))
        ret->incomplete = true;
}

/* How many results the check has of these facts. */
static uint32_t results_of(const rp_rule *rule, const rp_check *check, const rp_facts *f,
                           bool identity_only, uint32_t *ret_subjects)
{
    *ret_subjects = 0;
    if (!rule->on || !concerns(check, f) || (identity_only && !check->identity))
        return 0;
    if (check->rule != NULL && (check->formats & format_bit(f)) != 0)
        *ret_subjects = rp_rule_subjects(f, check);
    else if (check->subjects != NULL && (check->formats & format_bit(f)) != 0)
        *ret_subjects = check->subjects(f);
    return *ret_subjects != 0 ? *ret_subjects : 1;
}

static void add_result(const rp_rule *rule, const rp_check *check, uint32_t subject,
                       rp_arena *arena, rp_target_report *ret)
{
    rp_result *r = &((rp_result *)(uintptr_t)ret->results)[ret->nresults++];
    r->check = check;
    r->out = run_check(check, ret->facts, subject, arena);
    r->out.level = rp_rule_level(rule, r->out.level);
    r->ignored = r->out.level == RP_ALLOW;
    count(rule, r, ret);
}

rp_code rp_judge_with(const rp_rule *rules, const rp_facts *facts, rp_arena *arena,
                      rp_target_report *ret, rp_error *err)
{
    uint64_t n = 0;
    uint32_t *subjects = rp_new(arena, rp_checks_count, uint32_t);
    uint32_t *rows = rp_new(arena, rp_checks_count, uint32_t);
    ret->skipped = rp_not_judged(facts->kind);
    for (uint32_t i = 0; subjects != NULL && rows != NULL && i < rp_checks_count; i++) {
        rows[i] = results_of(&rules[i], rp_checks[i], facts, ret->skipped != NULL, &subjects[i]);
        n += rows[i];
    }
    rp_result *results = rp_new(arena, n, rp_result);
    if (subjects == NULL || rows == NULL || results == NULL || n > UINT32_MAX)
        return rp_fail_memory(err);
    ret->facts = facts;
    ret->results = results;
    for (uint32_t i = 0; i < rp_checks_count; i++)
        for (uint32_t k = 0; k < rows[i]; k++)
            add_result(&rules[i], rp_checks[i], subjects[i] != 0 ? k : RP_NO_SUBJECT, arena, ret);
    return RP_OK;
}

uint32_t rp_judge_doubts(const rp_target_report *t, bool fixes)
{
    uint32_t needs = 0;
    for (uint32_t i = 0; i < t->nresults; i++) {
        rp_outcome outcome = t->results[i].out.outcome;
        const rp_check *check = t->results[i].check;
        if (outcome != RP_OUTCOME_PASS && outcome != RP_OUTCOME_NA && check->on_doubt != 0 &&
            (fixes || check->in_doubt == NULL || check->in_doubt(t->facts)))
            needs |= check->on_doubt;
    }
    return needs & ~t->facts->needs;
}

rp_code rp_judge(const rp_engine_options *opt, const rp_facts *facts, rp_arena *arena,
                 rp_target_report *ret, rp_error *err)
{
    const rp_rule *rules = NULL;
    rp_code code = rp_policy_rules(opt, arena, &rules, err);
    if (code != RP_OK)
        return code;
    rp_target_report report = {.path = facts->name, .member = facts->member, .name = facts->name};
    code = rp_judge_with(rules, facts, arena, &report, err);
    if (code == RP_OK)
        *ret = report;
    return code;
}

uint32_t rp_engine_needs(const rp_engine_options *opt)
{
    rp_arena arena = {0};
    const rp_rule *rules = NULL;
    uint32_t needs = RP_NEED_HEADERS;
    if (rp_policy_rules(opt, &arena, &rules, NULL) == RP_OK)
        needs = rp_rules_needs(rules) | rp_rules_on_doubt(rules);
    rp_arena_free(&arena);
    return needs | opt->needs;
}
