/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The JSON of `cargo audit --json` (rustsec's Report), for tools that read it: one object a line
 * for each project. Like cargo-audit it is about crates of crates.io and their vulnerabilities and
 * warnings only; everything else is in our own format. */
#include "deps/advisory_match.h"
#include "report/report.h"
#include "text/json.h"

typedef struct {
    rp_json j;
    const rp_advisory_db *db;
    const rp_deps_facts *deps;
} writer;

static void put_str_or_null(rp_json *j, const char *key, rp_str s)
{
    if (s.len > 0)
        rp_json_str(j, key, s);
    else
        rp_json_cstr(j, key, NULL);
}

static void put_strs(rp_json *j, const char *key, const rp_strs *list)
{
    rp_json_strs(j, key, list->items, list->n);
}

/* As the semver crate prints it: no blanks behind operators, "^" always. */
static void put_req(rp_json *j, rp_str text)
{
    static const char *const ops[] = {"=", ">", ">=", "<", "<=", "~", "^", ""};
    rp_semver_req req;
    rp_buf out = {0};
    bool read = rp_semver_req_parse(text, &req, NULL) == RP_OK;
    if (!read)
        rp_buf_put(&out, text);
    else if (req.n == 0)
        rp_buf_char(&out, '*');
    for (uint32_t i = 0; read && i < req.n; i++) {
        const rp_semver_comparator *c = &req.items[i];
        rp_buf_printf(&out, "%s%s%llu", i > 0 ? ", " : "", ops[c->op],
                      (unsigned long long)c->major);
        if (c->parts > 1)
            rp_buf_printf(&out, ".%llu", (unsigned long long)c->minor);
        if (c->parts > 2)
            rp_buf_printf(&out, ".%llu", (unsigned long long)c->patch);
        if (c->op == RP_SEMVER_WILDCARD)
            rp_buf_puts(&out, ".*");
        if (c->pre.len > 0)
            rp_buf_printf(&out, "-%.*s", RP_FMT(c->pre));
    }
    rp_json_text(j, rp_buf_str(&out));
    j->out->bad |= out.bad;
    rp_buf_free(&out);
}

static void put_reqs(rp_json *j, const char *key, const rp_strs *list)
{
    rp_json_key(j, key);
    rp_json_open_list(j);
    for (uint32_t i = 0; i < list->n; i++)
        put_req(j, list->items[i]);
    rp_json_close_list(j);
}

/* ---- an advisory ---- */

static void put_metadata(rp_json *j, const rp_advisory *a)
{
    rp_json_key(j, "advisory");
    rp_json_open(j);
    rp_json_str(j, "id", a->id);
    rp_json_str(j, "package", a->package);
    rp_json_str(j, "title", a->title);
    rp_json_str(j, "description", a->description);
    rp_json_str(j, "date", a->date);
    put_strs(j, "aliases", &a->aliases);
    put_strs(j, "related", &a->related);
    rp_json_cstr(j, "collection", "crates");
    put_strs(j, "categories", &a->categories);
    put_strs(j, "keywords", &a->keywords);
    put_str_or_null(j, "cvss", a->vector);
    put_str_or_null(j, "informational", a->informational);
    put_strs(j, "references", &a->references);
    put_str_or_null(j, "source", a->source);
    put_str_or_null(j, "url", a->url);
    put_str_or_null(j, "withdrawn", a->withdrawn);
    rp_json_str(j, "license", a->license.len > 0 ? a->license : RP_STR("CC0-1.0"));
    rp_json_flag(j, "expect-deleted", a->expect_deleted);
    rp_json_close(j);
}

static void put_versions(rp_json *j, const rp_advisory *a)
{
    rp_json_key(j, "versions");
    rp_json_open(j);
    put_reqs(j, "patched", &a->patched);
    put_reqs(j, "unaffected", &a->unaffected);
    rp_json_close(j);
}

static void put_affected(rp_json *j, const rp_advisory *a)
{
    rp_json_key(j, "affected");
    if (a->arch.n == 0 && a->os.n == 0 && a->nfunctions == 0) {
        rp_json_null(j);
        return;
    }
    rp_json_open(j);
    put_strs(j, "arch", &a->arch);
    put_strs(j, "os", &a->os);
    rp_json_key(j, "functions");
    rp_json_open(j);
    for (uint32_t i = 0; i < a->nfunctions; i++) {
        rp_buf key = {0}; /* a path; NUL cannot be in what TOML and JSON keys gave */
        rp_buf_put(&key, a->functions[i].path);
        put_reqs(j, key.ptr != NULL ? key.ptr : "", &a->functions[i].reqs);
        j->out->bad |= key.bad;
        rp_buf_free(&key);
    }
    rp_json_close(j);
    rp_json_close(j);
}

/* ---- a package ---- */

static void put_source(rp_json *j, const rp_crate_source *s)
{
    rp_buf text = {0};
    bool sparse = rp_str_starts(s->url, "sparse+");
    if (s->kind == RP_FROM_REGISTRY)
        rp_buf_printf(&text, "%s%.*s", sparse ? "" : "registry+", RP_FMT(s->url));
    else if (s->kind == RP_FROM_GIT)
        rp_buf_printf(&text, "git+%.*s%s%.*s%s%.*s", RP_FMT(s->url), s->reference.len ? "?" : "",
                      RP_FMT(s->reference), s->revision.len ? "#" : "", RP_FMT(s->revision));
    put_str_or_null(j, "source", rp_buf_str(&text));
    j->out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_package(writer *w, uint32_t index)
{
    rp_json *j = &w->j;
    const rp_inventory *inv = w->deps->inventory;
    const rp_component *c = &inv->components[index];
    rp_json_key(j, "package");
    rp_json_open(j);
    rp_json_str(j, "name", c->name);
    rp_json_str(j, "version", c->version);
    put_source(j, &c->source);
    put_str_or_null(j, "checksum", c->checksum);
    if (c->ndeps > 0) {
        rp_json_key(j, "dependencies");
        rp_json_open_list(j);
        for (uint32_t i = 0; i < c->ndeps; i++) {
            const rp_component *d = &inv->components[c->deps[i].to];
            rp_json_open(j);
            rp_json_str(j, "name", d->name);
            rp_json_str(j, "version", d->version);
            put_source(j, &d->source);
            rp_json_close(j);
        }
        rp_json_close_list(j);
    }
    rp_json_cstr(j, "replace", NULL);
    rp_json_close(j);
}

/* ---- the lists ---- */

/* What cargo-audit would report: the crates of crates.io. NULL for the rest. */
static const rp_advisory *advisory_of(const writer *w, const rp_dep_match *m)
{
    const rp_component *c = &w->deps->inventory->components[m->component];
    if (c->kind != RP_COMPONENT_CRATE || c->source.kind != RP_FROM_REGISTRY ||
        c->source.crates_io == RP_NO || w->db == NULL)
        return NULL;
    return rp_advisory_of(w->db, m, c->name);
}

static bool is_vulnerability(const rp_dep_match *m)
{
    return m->kind == RP_ADVISORY_VULNERABILITY || m->kind == RP_ADVISORY_MALICIOUS;
}

static void put_vulnerabilities(writer *w)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < w->deps->nmatches; i++)
        n += is_vulnerability(&w->deps->matches[i]) && advisory_of(w, &w->deps->matches[i]) != NULL;
    rp_json_key(&w->j, "vulnerabilities");
    rp_json_open(&w->j);
    rp_json_flag(&w->j, "found", n > 0);
    rp_json_num(&w->j, "count", n);
    rp_json_key(&w->j, "list");
    rp_json_open_list(&w->j);
    for (uint32_t i = 0; i < w->deps->nmatches; i++) {
        const rp_dep_match *m = &w->deps->matches[i];
        const rp_advisory *a = is_vulnerability(m) ? advisory_of(w, m) : NULL;
        if (a == NULL)
            continue;
        rp_json_open(&w->j);
        put_metadata(&w->j, a);
        put_versions(&w->j, a);
        put_affected(&w->j, a);
        put_package(w, m->component);
        rp_json_close(&w->j);
    }
    rp_json_close_list(&w->j);
    rp_json_close(&w->j);
}

static void put_warning(writer *w, const char *kind, uint32_t component, const rp_advisory *a)
{
    rp_json_open(&w->j);
    rp_json_cstr(&w->j, "kind", kind);
    put_package(w, component);
    if (a != NULL) {
        put_metadata(&w->j, a);
        put_affected(&w->j, a);
        put_versions(&w->j, a);
    } else {
        rp_json_cstr(&w->j, "advisory", NULL);
        rp_json_cstr(&w->j, "affected", NULL);
        rp_json_cstr(&w->j, "versions", NULL);
    }
    rp_json_close(&w->j);
}

/* A list has its key only when it is not empty. */
static void open_once(writer *w, const char *kind, bool *open)
{
    if (*open)
        return;
    rp_json_key(&w->j, kind);
    rp_json_open_list(&w->j);
    *open = true;
}

static void put_warnings_of(writer *w, const char *name, rp_advisory_kind kind)
{
    bool open = false;
    for (uint32_t i = 0; i < w->deps->nmatches; i++) {
        const rp_dep_match *m = &w->deps->matches[i];
        const rp_advisory *a = m->kind == kind ? advisory_of(w, m) : NULL;
        if (a == NULL)
            continue;
        open_once(w, name, &open);
        put_warning(w, name, m->component, a);
    }
    if (open)
        rp_json_close_list(&w->j);
}

static void put_yanked(writer *w)
{
    bool open = false;
    for (uint32_t i = 0; i < w->deps->inventory->ncomponents; i++) {
        if (w->deps->inventory->components[i].yanked != RP_YES)
            continue;
        open_once(w, "yanked", &open);
        put_warning(w, "yanked", i, NULL);
    }
    if (open)
        rp_json_close_list(&w->j);
}

/* ---- the document ---- */

static void put_head(writer *w)
{
    static const char *const warned[] = {"unmaintained", "unsound", "notice"};
    rp_json *j = &w->j;
    uint64_t advisories = 0;
    for (uint32_t i = 0; w->db != NULL && i < w->deps->ndatabases; i++)
        advisories += w->deps->databases[i].advisories;
    rp_json_key(j, "database");
    rp_json_open(j);
    rp_json_num(j, "advisory-count", advisories);
    rp_json_cstr(j, "last-commit", NULL);
    rp_json_cstr(j, "last-updated", NULL);
    rp_json_close(j);
    rp_json_key(j, "lockfile");
    rp_json_open(j);
    rp_json_num(j, "dependency-count", w->deps->inventory->ncomponents);
    rp_json_close(j);
    rp_json_key(j, "settings");
    rp_json_open(j);
    rp_json_strs(j, "target_arch", NULL, 0);
    rp_json_strs(j, "target_os", NULL, 0);
    rp_json_cstr(j, "severity", NULL);
    rp_json_strs(j, "ignore", NULL, 0);
    rp_json_key(j, "informational_warnings");
    rp_json_open_list(j);
    for (size_t i = 0; i < RP_COUNT(warned); i++)
        rp_json_text(j, rp_str_from(warned[i]));
    rp_json_close_list(j);
    rp_json_close(j);
}

static void target(const rp_report_options *opt, const rp_target_report *t, rp_buf *out)
{
    if (t->facts == NULL || t->facts->deps == NULL || t->facts->deps->inventory == NULL)
        return;
    writer w = {.j = {.out = out}, .db = opt->advisories, .deps = t->facts->deps};
    rp_json_open(&w.j);
    put_head(&w);
    put_vulnerabilities(&w);
    rp_json_key(&w.j, "warnings");
    rp_json_open(&w.j);
    put_warnings_of(&w, "notice", RP_ADVISORY_NOTICE);
    put_warnings_of(&w, "unmaintained", RP_ADVISORY_UNMAINTAINED);
    put_warnings_of(&w, "unsound", RP_ADVISORY_UNSOUND);
    put_yanked(&w);
    rp_json_close(&w.j);
    rp_json_close(&w.j);
    rp_buf_char(out, '\n');
}

static void end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    (void)opt;
    (void)run;
    (void)out;
}

const rp_reporter rp_report_cargo_audit = {
    .name = "cargo-audit",
    .help = "dependencies only: what cargo audit --json writes",
    .target = target,
    .end = end,
};
