/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* json and jsonl: everything, for machines. docs/schema/report.schema.json is the contract; the
 * number `schema` changes when a reader of the old form would misread the new one. Times are left
 * out: the same input gives the same bytes. */
#include "report/coverage.h"
#include "report/json_parts.h"
#include "report/style.h"

#include "text/json.h"

enum { SCHEMA = 1 };

/* ---- head: tool and checks ---- */

static void put_formats(rp_json *j, uint32_t formats)
{
    rp_json_key(j, "formats");
    rp_json_open_list(j);
    if (formats & RP_ON_ELF)
        rp_json_text(j, RP_STR("ELF"));
    if (formats & RP_ON_PE)
        rp_json_text(j, RP_STR("PE"));
    if (formats & RP_ON_MACHO)
        rp_json_text(j, RP_STR("Mach-O"));
    if (formats & RP_ON_PROJECT)
        rp_json_text(j, RP_STR("project"));
    rp_json_close_list(j);
}

void rp_json_check(rp_json *j, const rp_check *c)
{
    rp_json_open(j);
    rp_json_cstr(j, "code", c->code);
    rp_json_cstr(j, "name", c->name);
    rp_json_cstr(j, "title", c->title);
    rp_json_cstr(j, "guide", c->guide);
    rp_json_cstr(j, "since", c->since);
    rp_json_cstr(j, "level", rp_level_name(c->level));
    put_formats(j, c->formats);
    rp_json_flag(j, "preview", c->preview);
    rp_json_flag(j, "rust_only", c->rust_only);
    rp_json_close(j);
}

static void put_head(const rp_report_options *opt, rp_json *j)
{
    rp_json_num(j, "schema", SCHEMA);
    rp_json_key(j, "tool");
    rp_json_open(j);
    rp_json_cstr(j, "name", "rustproof");
    rp_json_cstr(j, "version", RP_VERSION);
    rp_json_close(j);
    rp_json_put(opt, j, "command", opt->command);
    rp_json_key(j, "checks");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < rp_checks_count; i++)
        rp_json_check(j, rp_checks[i]);
    rp_json_close_list(j);
}

/* ---- one target ---- */

static void put_evidence(const rp_report_options *opt, rp_json *j, const rp_out *o)
{
    rp_json_key(j, "evidence");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < o->nevidence; i++) {
        rp_json_open(j);
        rp_json_at(j, "offset", o->evidence[i].at);
        rp_json_put(opt, j, "text", o->evidence[i].text);
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

static void put_fixes(const rp_report_options *opt, rp_json *j, const rp_out *o)
{
    rp_json_key(j, "fixes");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < o->nfixes; i++) {
        rp_json_open(j);
        rp_json_put(opt, j, "file", o->fixes[i].file);
        rp_json_put(opt, j, "key", o->fixes[i].key);
        rp_json_put(opt, j, "value", o->fixes[i].value);
        rp_json_cstr(j, "safety", rp_safety_name(o->fixes[i].safety));
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

static void put_cause(const rp_report_options *opt, rp_json *j, const rp_out *o)
{
    rp_json_key(j, "cause");
    if (o->cause_file.len == 0) {
        rp_json_null(j);
        return;
    }
    rp_json_open(j);
    rp_json_put(opt, j, "file", o->cause_file);
    rp_json_put(opt, j, "key", o->cause_key);
    rp_json_close(j);
}

static void put_where(const rp_report_options *opt, rp_json *j, const rp_out *o)
{
    rp_json_key(j, "where");
    if (o->where.file.len == 0) {
        rp_json_null(j);
        return;
    }
    rp_json_open(j);
    rp_json_put(opt, j, "file", o->where.file);
    rp_json_num(j, "line", o->where.line);
    rp_json_num(j, "column", o->where.column);
    rp_json_close(j);
}

static void put_verify(const rp_report_options *opt, rp_json *j, const rp_target_report *t,
                       const rp_result *r)
{
    rp_buf command = {0};
    if (r->out.verify.len != 0)
        rp_put_verify(opt, &command, t, r);
    rp_json_str(j, "verify", rp_buf_str(&command));
    j->out->bad |= command.bad;
    rp_buf_free(&command);
}

static void put_fingerprint(rp_json *j, const rp_target_report *t, const rp_result *r)
{
    rp_buf text = {0};
    rp_put_fingerprint(&text, t, r);
    rp_json_str(j, "fingerprint", rp_buf_str(&text));
    j->out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_result(const rp_report_options *opt, rp_json *j, const rp_target_report *t,
                       const rp_result *r)
{
    rp_json_open(j);
    rp_json_cstr(j, "code", r->check->code);
    rp_json_cstr(j, "name", r->check->name);
    rp_json_cstr(j, "outcome", rp_outcome_name(r->out.outcome));
    rp_json_cstr(j, "level", rp_level_name(r->out.level));
    rp_json_flag(j, "allowed", r->ignored);
    rp_json_put(opt, j, "text", r->out.text);
    rp_json_put(opt, j, "brief", r->out.brief);
    put_where(opt, j, &r->out);
    rp_json_put(opt, j, "subject", r->out.subject);
    rp_json_put(opt, j, "pulled_in_by", r->out.pulled_in_by);
    put_evidence(opt, j, &r->out);
    put_verify(opt, j, t, r);
    put_cause(opt, j, &r->out);
    put_fixes(opt, j, &r->out);
    rp_json_coverage(opt, j, r->out.coverage);
    put_fingerprint(j, t, r);
    rp_json_close(j);
}

static void put_counts(rp_json *j, const uint32_t *count, const uint32_t *findings)
{
    rp_json_key(j, "counts");
    rp_json_open(j);
    rp_json_num(j, "deny", findings[RP_DENY]);
    rp_json_num(j, "warn", findings[RP_WARN]);
    rp_json_num(j, "note", findings[RP_NOTE]);
    rp_json_num(j, "passed", count[RP_OUTCOME_PASS]);
    rp_json_num(j, "not_applicable", count[RP_OUTCOME_NA]);
    rp_json_num(j, "unknown", count[RP_OUTCOME_UNKNOWN]);
    rp_json_num(j, "errors", count[RP_OUTCOME_ERROR]);
    rp_json_close(j);
}

static const char *kind_name(rp_kind kind)
{
    static const char *const names[] = {
        [RP_KIND_UNKNOWN] = "unknown", [RP_KIND_EXECUTABLE] = "executable",
        [RP_KIND_LIBRARY] = "library", [RP_KIND_OBJECT] = "object",
        [RP_KIND_DEBUG] = "debug",     [RP_KIND_KERNEL] = "kernel",
        [RP_KIND_CORE] = "core",
    };
    return names[kind];
}

static void put_rust(const rp_report_options *opt, rp_json *j, const rp_rust_facts *rust)
{
    rp_json_key(j, "rust");
    rp_json_open(j);
    rp_json_cstr(j, "is_rust", rp_tri_name(rust->is_rust.is));
    rp_json_put(opt, j, "version", rust->version);
    rp_json_put(opt, j, "version_by", rust->version_by);
    rp_json_put(opt, j, "channel", rust->channel);
    rp_json_put(opt, j, "commit", rust->commit);
    rp_json_put(opt, j, "triple", rust->triple);
    rp_json_close(j);
}

static void put_artefact(const rp_report_options *opt, rp_json *j, const rp_facts *f)
{
    rp_json_key(j, "artefact");
    if (f == NULL || !rp_facts_artefact(f)) {
        rp_json_null(j);
        return;
    }
    rp_json_open(j);
    rp_json_cstr(j, "format", rp_format_name(f->format));
    rp_json_cstr(j, "arch", rp_arch_name(f->arch));
    rp_json_num(j, "bits", f->bits);
    rp_json_cstr(j, "byte_order", f->big ? "big" : "little");
    rp_json_cstr(j, "kind", kind_name(f->kind));
    rp_json_num(j, "size", f->size);
    put_rust(opt, j, f->rust);
    rp_json_close(j);
}

static void put_error(const rp_report_options *opt, rp_json *j, const rp_target_report *t)
{
    rp_json_key(j, "error");
    if (t->facts != NULL || t->err.code == RP_OK) {
        rp_json_null(j);
        return;
    }
    rp_json_open(j);
    rp_json_cstr(j, "code", rp_code_name(t->err.code));
    rp_json_at(j, "offset", t->err.offset);
    rp_json_put(opt, j, "text", rp_str_from(t->err.text));
    rp_json_close(j);
}

static void put_target(const rp_report_options *opt, rp_json *j, const rp_target_report *t)
{
    rp_buf extract = {0};
    rp_json_put(opt, j, "name", t->name);
    rp_json_put(opt, j, "path", t->path);
    rp_json_put(opt, j, "member", t->member);
    (void)rp_put_extract(opt, &extract, t);
    rp_json_str(j, "extract", rp_buf_str(&extract));
    j->out->bad |= extract.bad;
    rp_buf_free(&extract);
    rp_json_flag(j, "judged", t->facts != NULL && t->skipped == NULL);
    rp_json_cstr(j, "skipped", t->skipped);
    put_error(opt, j, t);
    put_artefact(opt, j, t->facts);
    rp_json_cstr(j, "worst", rp_level_name(t->worst));
    rp_json_flag(j, "complete", t->facts != NULL && !t->incomplete);
    put_counts(j, t->count, t->findings);
    rp_json_key(j, "results");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < t->nresults; i++) {
        put_result(opt, j, t, &t->results[i]);
    }
    rp_json_close_list(j);
}

/* ---- totals ---- */

static void put_summary(rp_json *j, const rp_run_report *run)
{
    rp_json_flag(j, "complete", run->complete);
    rp_json_flag(j, "nothing_named", run->nothing_named);
    rp_json_num(j, "files", run->files);
    rp_json_num(j, "judged", run->judged);
    rp_json_num(j, "failed", run->failed);
    rp_json_num(j, "skipped_not_rust", run->skipped_not_rust);
    rp_json_num(j, "skipped_debug", run->skipped_debug);
    rp_json_num(j, "others", run->others);
    rp_json_num(j, "allowed", run->ignored);
    put_counts(j, run->count, run->findings);
}

/* ---- json: one document, written piece by piece ---- */

static void json_begin(const rp_report_options *opt, rp_buf *out)
{
    rp_json j = {.out = out, .pretty = true};
    rp_json_open(&j);
    put_head(opt, &j);
    rp_json_key(&j, "targets");
    rp_json_open_list(&j);
}

static void json_target(const rp_report_options *opt, const rp_target_report *t, rp_buf *out)
{
    rp_json j = rp_json_in_list(out, true);
    rp_json_open(&j);
    put_target(opt, &j, t);
    rp_json_close(&j);
}

static void json_end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    (void)opt;
    rp_json j = rp_json_in_list(out, false);
    rp_json_close_list(&j);
    rp_json_key(&j, "summary");
    rp_json_open(&j);
    put_summary(&j, run);
    rp_json_close(&j);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

/* ---- jsonl: one object a line; "type" tells which ---- */

static void lines_begin(const rp_report_options *opt, rp_buf *out)
{
    rp_json j = {.out = out};
    rp_json_open(&j);
    rp_json_cstr(&j, "type", "run");
    put_head(opt, &j);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

static void lines_target(const rp_report_options *opt, const rp_target_report *t, rp_buf *out)
{
    rp_json j = {.out = out};
    rp_json_open(&j);
    rp_json_cstr(&j, "type", "target");
    put_target(opt, &j, t);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

static void lines_end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    (void)opt;
    rp_json j = {.out = out};
    rp_json_open(&j);
    rp_json_cstr(&j, "type", "summary");
    put_summary(&j, run);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

const rp_reporter rp_report_json = {
    .name = "json",
    .help = "one JSON document (docs/schema/report.schema.json)",
    .identity = true,
    .places = true,
    .extension = ".json",
    .begin = json_begin,
    .between = ",",
    .target = json_target,
    .end = json_end,
};
const rp_reporter rp_report_jsonl = {
    .name = "jsonl",
    .help = "one JSON object a line, written as soon as an artefact is judged",
    .identity = true,
    .places = true,
    .extension = ".jsonl",
    .begin = lines_begin,
    .target = lines_target,
    .end = lines_end,
};
