/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SARIF 2.1.0 (OASIS), as code-hosting pages read it. Every result has a place: the line that it is
 * about, else the file that a person edits, else the artefact; the artefact is told beside it. */
#include "report/json_parts.h"

#include "checks/pages.h"

typedef struct {
    rp_json j;
    const rp_report_options *opt;
    const rp_run_report *run;
} writer;

/* `put` makes the value of the key. */
#define VALUE(w, key, ...)                                                                         \
    do {                                                                                           \
        rp_buf value = {0};                                                                        \
        __VA_ARGS__;                                                                               \
        rp_json_key(&(w)->j, (key));                                                               \
        rp_json_text(&(w)->j, rp_buf_str(&value));                                                 \
        (w)->j.out->bad |= value.bad;                                                              \
        rp_buf_free(&value);                                                                       \
    } while (0)

static void put_text_under(writer *w, const char *key, const char *inner, rp_str text)
{
    rp_json_key(&w->j, key);
    rp_json_open(&w->j);
    rp_json_key(&w->j, inner);
    rp_json_text(&w->j, text);
    rp_json_close(&w->j);
}

/* ---- places ---- */

static void put_path(const rp_report_options *opt, rp_buf *out, rp_str path)
{
    if (opt->redact)
        rp_put_redacted(opt, out, path);
    else
        rp_buf_put(out, path);
}

/* RFC 3986: a path below the working folder is relative, so that it fits the repository. */
static void put_uri(const rp_report_options *opt, rp_buf *out, rp_str path)
{
    rp_buf shown = {0};
    rp_str folder = opt->folder;
    if (folder.len > 1 && path.len > folder.len + 1 && path.ptr[folder.len] == '/' &&
        memcmp(path.ptr, folder.ptr, folder.len) == 0)
        path = rp_str_sub(path, folder.len + 1, SIZE_MAX);
    while (rp_str_starts(path, "./"))
        path = rp_str_sub(path, 2, SIZE_MAX);
    put_path(opt, &shown, path);
    if (rp_str_starts(rp_buf_str(&shown), "/"))
        rp_buf_puts(out, "file://");
    rp_put_percent(out, rp_buf_str(&shown));
    out->bad |= shown.bad;
    rp_buf_free(&shown);
}

static void put_region(writer *w, const rp_where *where)
{
    if (where->file.len == 0 || where->line == 0)
        return;
    rp_json_key(&w->j, "region");
    rp_json_open(&w->j);
    rp_json_num(&w->j, "startLine", where->line);
    if (where->column != 0)
        rp_json_num(&w->j, "startColumn", where->column);
    rp_json_close(&w->j);
}

static void put_physical(writer *w, rp_str path, const rp_where *where)
{
    rp_json_key(&w->j, "physicalLocation");
    rp_json_open(&w->j);
    rp_json_key(&w->j, "artifactLocation");
    rp_json_open(&w->j);
    VALUE(w, "uri", put_uri(w->opt, &value, path));
    rp_json_close(&w->j);
    put_region(w, where);
    rp_json_close(&w->j);
}

static void put_place(writer *w, const rp_target_report *t, const rp_out *o)
{
    rp_str path = o->where.file.len != 0   ? o->where.file
                  : o->cause_file.len != 0 ? o->cause_file
                                           : t->path;
    rp_json_key(&w->j, "locations");
    rp_json_open_list(&w->j);
    rp_json_open(&w->j);
    put_physical(w, path, &o->where);
    rp_json_key(&w->j, "logicalLocations");
    rp_json_open_list(&w->j);
    rp_json_open(&w->j);
    VALUE(w, "fullyQualifiedName", put_path(w->opt, &value, t->name));
    rp_json_cstr(&w->j, "kind", "module");
    rp_json_close(&w->j);
    rp_json_close_list(&w->j);
    rp_json_close(&w->j);
    rp_json_close_list(&w->j);
}

/* ---- results ---- */

/* SARIF 3.27.9 and 3.27.10: only what failed has a level. */
static const char *kind_of(const rp_out *o)
{
    switch (o->outcome) {
    case RP_OUTCOME_PASS:
        return "pass";
    case RP_OUTCOME_NA:
        return "notApplicable";
    case RP_OUTCOME_UNKNOWN:
    case RP_OUTCOME_ERROR:
        return "open";
    case RP_OUTCOME_NONE:
    case RP_OUTCOME_FINDING:
        break;
    }
    return "fail";
}

static const char *level_of(rp_level level)
{
    return level == RP_DENY   ? "error"
           : level == RP_WARN ? "warning"
           : level == RP_NOTE ? "note"
                              : "none";
}

/* The fact, what was read, and what to do: pages show nothing but this. */
static void put_message(const rp_report_options *opt, rp_buf *out, const rp_out *o)
{
    rp_put_text(opt, out, o->text);
    if (o->pulled_in_by.len != 0) {
        rp_buf_puts(out, "\nPulled in by ");
        rp_put_text(opt, out, o->pulled_in_by);
    }
    for (uint32_t i = 0; i < o->nevidence; i++) {
        rp_buf_puts(out, "\n- ");
        rp_put_evidence(opt, out, &o->evidence[i]);
    }
    for (uint32_t i = 0; i < o->nfixes; i++) {
        rp_buf_printf(out, "\n%s: ", rp_fix_label(o->fixes, i));
        rp_put_fix(opt, out, &o->fixes[i]);
    }
}

static void put_fingerprint(writer *w, const rp_target_report *t, const rp_result *r)
{
    rp_json_key(&w->j, "partialFingerprints");
    rp_json_open(&w->j);
    VALUE(w, "rustproof/v1", rp_put_fingerprint(&value, t, r));
    rp_json_close(&w->j);
}

static void put_suppression(writer *w)
{
    rp_json_key(&w->j, "suppressions");
    rp_json_open_list(&w->j);
    rp_json_open(&w->j);
    rp_json_cstr(&w->j, "kind", "external");
    rp_json_cstr(&w->j, "justification", "allowed by policy");
    rp_json_close(&w->j);
    rp_json_close_list(&w->j);
}

static void put_result(writer *w, const rp_target_report *t, const rp_result *r)
{
    bool failed = r->out.outcome == RP_OUTCOME_FINDING;
    rp_json_open(&w->j);
    rp_json_cstr(&w->j, "ruleId", r->check->code);
    rp_json_cstr(&w->j, "kind", kind_of(&r->out));
    rp_json_cstr(&w->j, "level", failed ? level_of(r->out.level) : "none");
    rp_json_key(&w->j, "message");
    rp_json_open(&w->j);
    VALUE(w, "text", put_message(w->opt, &value, &r->out));
    rp_json_close(&w->j);
    put_place(w, t, &r->out);
    put_fingerprint(w, t, r);
    if (r->ignored)
        put_suppression(w);
    rp_json_close(&w->j);
}

/* ---- rules: of the checks that say something here ---- */

static bool speaks(const writer *w, const rp_check *check)
{
    for (uint32_t i = 0; i < w->run->ntargets; i++)
        for (uint32_t k = 0; k < w->run->targets[i]->nresults; k++)
            if (w->run->targets[i]->results[k].check == check &&
                rp_is_shown(w->opt, &w->run->targets[i]->results[k]))
                return true;
    return false;
}

static void put_help(writer *w, const rp_check *c)
{
    rp_str page = rp_page(c->code);
    rp_json_key(&w->j, "help");
    rp_json_open(&w->j);
    VALUE(w, "text", rp_buf_printf(&value, "rustproof explain %s", c->code));
    if (page.ptr != NULL) {
        rp_json_key(&w->j, "markdown");
        rp_json_text(&w->j, page);
    }
    rp_json_close(&w->j);
}

static void put_rule(writer *w, const rp_check *c)
{
    rp_json_open(&w->j);
    rp_json_cstr(&w->j, "id", c->code);
    rp_json_cstr(&w->j, "name", c->name);
    put_text_under(w, "shortDescription", "text", rp_str_from(c->name));
    put_text_under(w, "fullDescription", "text", rp_str_from(c->title));
    put_help(w, c);
    rp_json_key(&w->j, "defaultConfiguration");
    rp_json_open(&w->j);
    rp_json_cstr(&w->j, "level", level_of(c->level));
    rp_json_close(&w->j);
    rp_json_key(&w->j, "properties");
    rp_json_open(&w->j);
    rp_json_strs(&w->j, "tags", (const rp_str[]){RP_STR("security")}, 1);
    rp_json_close(&w->j);
    rp_json_close(&w->j);
}

static void put_tool(writer *w)
{
    rp_json_key(&w->j, "tool");
    rp_json_open(&w->j);
    rp_json_key(&w->j, "driver");
    rp_json_open(&w->j);
    rp_json_cstr(&w->j, "name", "rustproof");
    rp_json_cstr(&w->j, "version", RP_VERSION);
    rp_json_cstr(&w->j, "semanticVersion", RP_VERSION);
    rp_json_key(&w->j, "rules");
    rp_json_open_list(&w->j);
    for (uint32_t i = 0; i < rp_checks_count; i++)
        if (speaks(w, rp_checks[i]))
            put_rule(w, rp_checks[i]);
    rp_json_close_list(&w->j);
    rp_json_close(&w->j);
    rp_json_close(&w->j);
}

/* ---- the run ---- */

static void put_failure(writer *w, const rp_target_report *t)
{
    rp_json_open(&w->j);
    rp_json_cstr(&w->j, "level", "error");
    rp_json_key(&w->j, "message");
    rp_json_open(&w->j);
    VALUE(w, "text", rp_put_text(w->opt, &value, rp_str_from(t->err.text)));
    rp_json_close(&w->j);
    put_place(w, t, &(rp_out){0});
    rp_json_close(&w->j);
}

/* What could not be read is told here: it has no verdict. */
static void put_invocation(writer *w)
{
    rp_json_key(&w->j, "invocations");
    rp_json_open_list(&w->j);
    rp_json_open(&w->j);
    rp_json_flag(&w->j, "executionSuccessful", w->run->complete);
    rp_json_key(&w->j, "toolExecutionNotifications");
    rp_json_open_list(&w->j);
    for (uint32_t i = 0; i < w->run->ntargets; i++)
        if (w->run->targets[i]->facts == NULL && w->run->targets[i]->err.code != RP_OK)
            put_failure(w, w->run->targets[i]);
    rp_json_close_list(&w->j);
    rp_json_close(&w->j);
    rp_json_close_list(&w->j);
}

static void put_results(writer *w)
{
    rp_json_key(&w->j, "results");
    rp_json_open_list(&w->j);
    for (uint32_t i = 0; i < w->run->ntargets; i++) {
        const rp_target_report *t = w->run->targets[i];
        for (uint32_t k = 0; k < t->nresults; k++)
            if (rp_is_shown(w->opt, &t->results[k]))
                put_result(w, t, &t->results[k]);
    }
    rp_json_close_list(&w->j);
}

static void end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    writer w = {.j = {.out = out, .pretty = true}, .opt = opt, .run = run};
    rp_json_open(&w.j);
    rp_json_cstr(&w.j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    rp_json_cstr(&w.j, "version", "2.1.0");
    rp_json_key(&w.j, "runs");
    rp_json_open_list(&w.j);
    rp_json_open(&w.j);
    put_tool(&w);
    put_invocation(&w);
    put_results(&w);
    rp_json_cstr(&w.j, "columnKind", "unicodeCodePoints");
    rp_json_close(&w.j);
    rp_json_close_list(&w.j);
    rp_json_close(&w.j);
    rp_buf_char(out, '\n');
}

const rp_reporter rp_report_sarif = {
    .name = "sarif",
    .help = "findings for code-hosting pages: SARIF 2.1.0",
    .extension = ".sarif",
    .identity = true,
    .places = true,
    .keeps = true,
    .end = end,
};
