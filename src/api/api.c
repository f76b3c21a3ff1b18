/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The public API over engine and report. What the structs of the header hold is checked against
 * ours by static assertions, so that the numbers can be passed on as they are. */
#include "rustproof/rustproof.h"

#include "base/limits.h"
#include "engine/engine.h"
#include "report/fleet.h"

#include <stdio.h>

_Static_assert((int)RUSTPROOF_PASS == (int)RP_OUTCOME_PASS, "outcomes");
_Static_assert((int)RUSTPROOF_CHECK_ERROR == (int)RP_OUTCOME_ERROR, "outcomes");
_Static_assert((int)RUSTPROOF_DENY == (int)RP_DENY, "levels");
_Static_assert((int)RUSTPROOF_E_FORMAT == (int)RP_E_FORMAT, "codes");
_Static_assert((int)RUSTPROOF_E_INTERNAL == (int)RP_E_INTERNAL, "codes");
_Static_assert(sizeof(((rustproof_error *)0)->text) == sizeof(((rp_error *)0)->text), "errors");

struct rustproof_context {
    rp_engine_options engine;
    rp_arena arena; /* holds this struct too */
};

struct rustproof_report {
    rp_run *run;
    rp_arena arena; /* holds this struct too */
};

const char *rustproof_version(void)
{
    return RP_VERSION;
}

static int give_error(const rp_error *from, rustproof_error *to)
{
    if (to != NULL) {
        *to = (rustproof_error){.code = (int)from->code, .offset = from->offset};
        memcpy(to->text, from->text, sizeof to->text);
    }
    return (int)from->code;
}

static int fail(rustproof_error *to, rp_code code, const char *text)
{
    rp_error err = {0};
    (void)rp_fail(&err, code, RP_NOWHERE, "%s", text);
    return give_error(&err, to);
}

static rustproof_str str(rp_str s)
{
    return (rustproof_str){s.ptr ? s.ptr : "", s.ptr ? s.len : 0};
}

/* ---- contexts ---- */

/* The caller's options, whatever version of the struct it has; what it lacks is zero. */
static rp_code read_options(const rustproof_options *given, rustproof_options *ret, rp_error *err)
{
    *ret = (rustproof_options){0};
    if (given == NULL)
        return RP_OK;
    if (given->size < sizeof given->size)
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "options: size is not set");
    const unsigned char *bytes = (const unsigned char *)given;
    for (size_t i = sizeof *ret; i < given->size; i++)
        if (bytes[i] != 0)
            return rp_fail(err, RP_E_USAGE, RP_NOWHERE,
                           "options: made for a newer version of the library");
    memcpy(ret, given, given->size < sizeof *ret ? given->size : sizeof *ret);
    return RP_OK;
}

static rp_code read_level(rp_str word, rp_level *ret, rp_error *err)
{
    static const char *const words[] = {"allow", "note", "warn", "deny"};
    for (size_t i = 0; i < RP_COUNT(words); i++) {
        if (rp_str_is(word, words[i])) {
            *ret = (rp_level)i;
            return RP_OK;
        }
    }
    return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "'%.*s' is no level", RP_FMT(word));
}

static rp_code read_entry(const char *text, rp_policy_entry *ret, rp_error *err)
{
    rp_str all = rp_str_from(text);
    size_t equals = rp_str_find(all, RP_STR("="));
    if (equals == SIZE_MAX)
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "policy '%.*s' is not VERB=CHECK", RP_FMT(all));
    rp_str verb = rp_str_sub(all, 0, equals);
    *ret =
        (rp_policy_entry){.verb = RP_POLICY_LEVEL, .what = rp_str_sub(all, equals + 1, SIZE_MAX)};
    if (rp_str_is(verb, "select"))
        ret->verb = RP_POLICY_SELECT;
    else if (rp_str_is(verb, "ignore"))
        ret->verb = RP_POLICY_IGNORE;
    else
        return read_level(verb, &ret->level, err);
    return RP_OK;
}

static rp_code read_policy(const rustproof_options *o, rp_arena *arena, rp_engine_options *engine,
                           rp_error *err)
{
    if (o->npolicy == 0)
        return RP_OK;
    if (o->policy == NULL || o->npolicy > UINT32_MAX)
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "policy is NULL, or too long");
    rp_policy_entry *entries = rp_new(arena, o->npolicy, rp_policy_entry);
    if (entries == NULL)
        return rp_fail_memory(err);
    for (size_t i = 0; i < o->npolicy; i++) {
        rp_str text = rp_arena_str(arena, rp_str_from(o->policy[i]));
        if (text.ptr == NULL)
            return rp_fail_memory(err);
        rp_code code = read_entry(text.ptr, &entries[i], err);
        if (code != RP_OK)
            return code;
    }
    engine->policy = entries;
    engine->npolicy = (uint32_t)o->npolicy;
    return rp_policy_check(engine, err);
}

static rp_code fill_context(rustproof_context *context, const rustproof_options *o, rp_error *err)
{
    rp_engine_options *e = &context->engine;
    e->keep = true;
    e->jobs = o->jobs;
    e->max_memory = o->max_memory;
    e->max_file = o->max_file;
    e->max_unpacked = o->max_unpacked;
    e->only_rust = o->only_rust != 0;
    e->preview = o->preview != 0;
    e->allow_incomplete = o->allow_incomplete != 0;
    e->allow_empty = o->allow_empty != 0;
    e->code = (rp_code_reading)o->code;
    if (o->code < (int)RP_CODE_AUTO || o->code > (int)RP_CODE_NEVER)
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "options: code is 0, 1 or 2");
    e->fail_on = RP_DENY;
    rp_code code = RP_OK;
    if (o->fail_on != NULL && strcmp(o->fail_on, "never") == 0)
        e->fail_on = RP_ALLOW;
    else if (o->fail_on != NULL)
        code = read_level(rp_str_from(o->fail_on), &e->fail_on, err);
    return code == RP_OK ? read_policy(o, &context->arena, e, err) : code;
}

rustproof_context *rustproof_context_new(const rustproof_options *options, rustproof_error *err)
{
    rustproof_options known;
    rp_error why = {0};
    rp_arena arena = {0};
    rustproof_context *context = NULL;
    rp_code code = read_options(options, &known, &why);
    if (code == RP_OK) {
        context = rp_new(&arena, 1, rustproof_context);
        if (context == NULL)
            code = rp_fail_memory(&why);
    }
    if (code == RP_OK) {
        context->arena = arena;
        code = fill_context(context, &known, &why);
        arena = context->arena;
    }
    (void)give_error(&why, err);
    if (code == RP_OK)
        return context;
    rp_arena_free(&arena);
    return NULL;
}

void rustproof_context_free(rustproof_context *context)
{
    if (context == NULL)
        return;
    rp_arena arena = context->arena;
    rp_arena_free(&arena);
}

/* ---- audits ---- */

static int new_report(rustproof_report **ret, rustproof_error *err)
{
    rp_arena arena = {0};
    rustproof_report *report = rp_new(&arena, 1, rustproof_report);
    if (report == NULL) {
        rp_arena_free(&arena);
        return fail(err, RP_E_MEMORY, "out of memory");
    }
    report->arena = arena;
    *ret = report;
    return RUSTPROOF_OK;
}

static int end_audit(rp_code code, const rp_error *why, rustproof_report *report,
                     rustproof_report **ret, rustproof_error *err)
{
    if (code == RP_OK)
        *ret = report;
    else
        rustproof_report_free(report);
    return give_error(why, err);
}

int rustproof_audit_path(rustproof_context *context, const char *path, rustproof_report **ret,
                         rustproof_error *err)
{
    if (context == NULL || path == NULL || ret == NULL)
        return fail(err, RP_E_USAGE, "context, path or ret is NULL");
    rustproof_report *report = NULL;
    rp_error why = {0};
    int failed = new_report(&report, err);
    if (failed != RUSTPROOF_OK)
        return failed;
    rp_code code = rp_run_paths(&context->engine, &path, 1, &report->run, &why);
    return end_audit(code, &why, report, ret, err);
}

int rustproof_audit_memory(rustproof_context *context, const void *bytes, size_t len,
                           const char *name, rustproof_report **ret, rustproof_error *err)
{
    if (context == NULL || (bytes == NULL && len != 0) || ret == NULL)
        return fail(err, RP_E_USAGE, "context, bytes or ret is NULL");
    rustproof_report *report = NULL;
    rp_error why = {0};
    int failed = new_report(&report, err);
    if (failed != RUSTPROOF_OK)
        return failed;
    rp_code code = rp_run_memory(&context->engine, (rp_bytes){bytes, len}, name ? name : "memory",
                                 &report->run, &why);
    return end_audit(code, &why, report, ret, err);
}

void rustproof_report_free(rustproof_report *report)
{
    if (report == NULL)
        return;
    rp_run_free(report->run);
    rp_arena arena = report->arena;
    rp_arena_free(&arena);
}

/* ---- reading ---- */

static const rp_target_report *target_at(const rustproof_report *report, size_t target)
{
    const rp_run_report *r = report != NULL ? rp_run_result(report->run) : NULL;
    return r != NULL && target < r->ntargets ? r->targets[target] : NULL;
}

static const rp_result *result_at(const rustproof_report *report, size_t target, size_t result)
{
    const rp_target_report *t = target_at(report, target);
    return t != NULL && result < t->nresults ? &t->results[result] : NULL;
}

int rustproof_report_exit_code(const rustproof_report *report)
{
    return report != NULL ? rp_run_exit_code(report->run) : RP_EXIT_INTERNAL;
}

size_t rustproof_report_targets(const rustproof_report *report)
{
    return report != NULL ? rp_run_result(report->run)->ntargets : 0;
}

rustproof_str rustproof_target_name(const rustproof_report *report, size_t target)
{
    const rp_target_report *t = target_at(report, target);
    return str(t != NULL ? t->name : (rp_str){NULL, 0});
}

int rustproof_target_error(const rustproof_report *report, size_t target, rustproof_str *text)
{
    const rp_target_report *t = target_at(report, target);
    if (text != NULL)
        *text = str(rp_str_from(t != NULL ? t->err.text : NULL));
    return t != NULL ? (int)t->err.code : RUSTPROOF_E_USAGE;
}

size_t rustproof_target_results(const rustproof_report *report, size_t target)
{
    const rp_target_report *t = target_at(report, target);
    return t != NULL ? t->nresults : 0;
}

/* Gives the caller as much of `full` as its struct has; the caller's size stays. */
static int give_struct(void *to, const void *full, size_t full_size)
{
    size_t size = 0;
    memcpy(&size, to, sizeof size);
    if (size < sizeof size)
        return RUSTPROOF_E_USAGE;
    size_t n = size < full_size ? size : full_size;
    memcpy((char *)to + sizeof size, (const char *)full + sizeof size, n - sizeof size);
    return RUSTPROOF_OK;
}

int rustproof_result_get(const rustproof_report *report, size_t target, size_t result,
                         rustproof_result *ret)
{
    const rp_result *r = result_at(report, target, result);
    if (r == NULL || ret == NULL)
        return RUSTPROOF_E_USAGE;
    rustproof_result full = {
        .code = str(rp_str_from(r->check->code)),
        .name = str(rp_str_from(r->check->name)),
        .title = str(rp_str_from(r->check->title)),
        .outcome = (rustproof_outcome)r->out.outcome,
        .level = (rustproof_level)r->out.level,
        .text = str(r->out.text),
        .verify = str(r->out.verify),
        .evidence = r->out.nevidence,
        .fixes = r->out.nfixes,
    };
    return give_struct(ret, &full, sizeof full);
}

int rustproof_result_evidence(const rustproof_report *report, size_t target, size_t result,
                              size_t index, uint64_t *offset, rustproof_str *text)
{
    const rp_result *r = result_at(report, target, result);
    if (r == NULL || index >= r->out.nevidence)
        return RUSTPROOF_E_USAGE;
    if (offset != NULL)
        *offset = r->out.evidence[index].at;
    if (text != NULL)
        *text = str(r->out.evidence[index].text);
    return RUSTPROOF_OK;
}

int rustproof_result_fix(const rustproof_report *report, size_t target, size_t result, size_t index,
                         rustproof_str *file, rustproof_str *key, rustproof_str *value)
{
    const rp_result *r = result_at(report, target, result);
    if (r == NULL || index >= r->out.nfixes)
        return RUSTPROOF_E_USAGE;
    const rp_fix *fix = &r->out.fixes[index];
    if (file != NULL)
        *file = str(fix->file);
    if (key != NULL)
        *key = str(fix->key);
    if (value != NULL)
        *value = str(fix->value);
    return RUSTPROOF_OK;
}

static const rp_coverage *coverage_at(const rustproof_report *report, size_t target, size_t result)
{
    const rp_result *r = result_at(report, target, result);
    const rp_coverage *c = r != NULL ? r->out.coverage : NULL;
    return c != NULL && c->known == RP_YES ? c : NULL;
}

int rustproof_result_coverage(const rustproof_report *report, size_t target, size_t result,
                              rustproof_coverage *ret)
{
    if (result_at(report, target, result) == NULL || ret == NULL)
        return RUSTPROOF_E_USAGE;
    const rp_coverage *c = coverage_at(report, target, result);
    if (c == NULL)
        return RUSTPROOF_E_UNSUPPORTED;
    rustproof_coverage full = {.covered = c->covered, .total = c->total, .places = c->noutside};
    return give_struct(ret, &full, sizeof full);
}

int rustproof_result_place(const rustproof_report *report, size_t target, size_t result,
                           size_t index, rustproof_place *ret)
{
    const rp_coverage *c = coverage_at(report, target, result);
    if (c == NULL || ret == NULL || index >= c->noutside)
        return RUSTPROOF_E_USAGE;
    const rp_code_place *p = &c->outside[index];
    rustproof_place full = {.name = str(p->name),
                            .language = str(rp_str_from(rp_owner_name(p->owner))),
                            .crate = str(p->crate),
                            .object = str(p->object),
                            .address = p->addr,
                            .offset = p->at,
                            .detail = p->detail};
    return give_struct(ret, &full, sizeof full);
}

int rustproof_report_totals(const rustproof_report *report, rustproof_totals *ret)
{
    if (report == NULL || ret == NULL)
        return RUSTPROOF_E_USAGE;
    const rp_run_report *r = rp_run_result(report->run);
    rustproof_totals full = {
        .judged = r->judged,
        .failed = r->failed,
        .not_rust = r->skipped_not_rust,
        .debug = r->skipped_debug,
        .others = r->others,
        .pass = r->count[RP_OUTCOME_PASS],
        .finding = r->count[RP_OUTCOME_FINDING],
        .not_applicable = r->count[RP_OUTCOME_NA],
        .unknown = r->count[RP_OUTCOME_UNKNOWN],
        .check_error = r->count[RP_OUTCOME_ERROR],
        .deny = r->findings[RP_DENY],
        .warn = r->findings[RP_WARN],
        .note = r->findings[RP_NOTE],
        .complete = r->complete,
    };
    return give_struct(ret, &full, sizeof full);
}

/* ---- writing ---- */

typedef struct {
    rp_buf buf;
    rustproof_write_fn write;
    void *user;
    rp_code code;
} sink;

/* Passes on what the reporter wrote so far. */
static void flush(sink *s)
{
    if (s->buf.bad && s->code == RP_OK)
        s->code = RP_E_MEMORY;
    if (s->code == RP_OK && s->buf.len != 0 &&
        s->write(s->user, s->buf.ptr, s->buf.len) != s->buf.len)
        s->code = RP_E_IO;
    rp_buf_clear(&s->buf);
}

int rustproof_report_write(const rustproof_report *report, const char *format,
                           rustproof_write_fn write, void *user, rustproof_error *err)
{
    if (report == NULL || format == NULL || write == NULL)
        return fail(err, RP_E_USAGE, "report, format or write is NULL");
    const rp_reporter *reporter = rp_reporter_find(format);
    if (reporter == NULL)
        return fail(err, RP_E_USAGE, "there is no report of this format");
    const rp_run_report *run = rp_run_result(report->run);
    rp_report_options opt = {.unicode = true};
    rp_fleet *fleet = rp_report_gather(reporter, &opt, run);
    sink s = {.write = write, .user = user};
    if (reporter->begin != NULL)
        reporter->begin(&opt, &s.buf);
    flush(&s);
    for (uint32_t i = 0; i < run->ntargets && s.code == RP_OK; i++) {
        rp_report_target(reporter, &opt, run->targets[i], i, &s.buf);
        flush(&s);
    }
    if (s.code == RP_OK)
        rp_report_end(reporter, &opt, run, fleet, &s.buf);
    flush(&s);
    rp_fleet_free(fleet);
    rp_buf_free(&s.buf);
    return fail(err, s.code,
                s.code == RP_OK         ? ""
                : s.code == RP_E_MEMORY ? "out of memory"
                                        : "the writing function did not take everything");
}
