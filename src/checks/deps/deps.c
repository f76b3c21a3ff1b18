/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "checks/deps/deps.h"

#include "base/buf.h"
#include "base/search.h"

enum { ENTRY_LINES = 5 }; /* of a package in a lock file: [[package]] to checksum */

/* ---- notes ---- */

/* First note whose kind is at least `what`. */
static uint32_t first_note(const rp_deps_facts *d, unsigned what)
{
    uint32_t low;
    RP_SEARCH(low, d->nnotes, (unsigned)d->notes[low].what < what);
    return low;
}

uint32_t rp_notes(const rp_facts *f, uint32_t mask)
{
    uint32_t n = 0;
    for (unsigned what = 0; f->deps != NULL && what < RP_LOCK_ODDITY_COUNT; what++)
        if ((mask >> what & 1) != 0)
            n += first_note(f->deps, what + 1) - first_note(f->deps, what);
    return n;
}

const rp_lock_note *rp_note(const rp_facts *f, uint32_t mask, uint32_t n)
{
    for (unsigned what = 0; what < RP_LOCK_ODDITY_COUNT; what++) {
        if ((mask >> what & 1) == 0)
            continue;
        uint32_t from = first_note(f->deps, what), end = first_note(f->deps, what + 1);
        if (n < end - from)
            return &f->deps->notes[from + n];
        n -= end - from;
    }
    return NULL;
}

void rp_about_note(const rp_facts *f, const rp_lock_note *note, rp_out *out)
{
    rp_out_where(out, note->file, note->line, note->column);
    if (note->component != RP_NO_COMPONENT && f->deps->inventory != NULL) {
        const rp_component *c = &f->deps->inventory->components[note->component];
        rp_out_subject(out, "%d %.*s %.*s", (int)note->what, RP_FMT(c->name), RP_FMT(note->text));
    } else {
        rp_out_subject(out, "%d %.*s", (int)note->what, RP_FMT(note->text));
    }
}

void rp_show_note(const rp_facts *f, const rp_lock_note *note, rp_out *out)
{
    rp_about_note(f, note, out);
    rp_evidence(out, RP_NOWHERE, "%.*s:%u: %.*s", RP_FMT(note->file), note->line,
                RP_FMT(note->text));
    rp_verify(out, "sed -n '%u,%up' %s", note->line,
              note->line + (rp_str_eq(note->file, f->deps->lock) ? ENTRY_LINES - 1 : 0),
              rp_shell_word(out, "%.*s", RP_FMT(note->file)));
}

/* ---- components ---- */

void rp_about_component(const rp_facts *f, uint32_t component, rp_out *out)
{
    const rp_deps_facts *d = f->deps;
    if (component < d->nplaces && d->places[component].line != 0)
        rp_out_where(out, d->lock, d->places[component].line, d->places[component].column);
}

void rp_show_path(const rp_facts *f, uint32_t component, rp_out *out)
{
    const rp_inventory *inv = f->deps->inventory;
    if (inv->components[component].via == RP_NO_COMPONENT)
        return;
    rp_str path = rp_inventory_path(inv, component, out->arena);
    if (path.ptr == NULL)
        out->out_of_memory = true;
    else
        rp_evidence(out, RP_NOWHERE, "reached: %.*s", RP_FMT(path));
    out->pulled_in_by = rp_inventory_pulled_by(inv, component, out->arena);
    if (out->pulled_in_by.len == 0) /* in no build, but the lock file has a path */
        out->pulled_in_by = inv->components[rp_inventory_origin(inv, component)].name;
}

const char *rp_out_of_build(const rp_component *c)
{
    if (c->in_build != RP_NO)
        return "";
    return (c->kinds & RP_DEP_DEV) != 0 ? " (for tests, not in the program)"
                                        : " (in the lock file, but not in the build)";
}

bool rp_is_ambiguous(const rp_inventory *inv, uint32_t i)
{
    rp_str name = inv->components[i].name;
    return (i > 0 && rp_str_eq(inv->components[i - 1].name, name)) ||
           (i + 1 < inv->ncomponents && rp_str_eq(inv->components[i + 1].name, name));
}

bool rp_skip_unread(const rp_facts *f, rp_out *out)
{
    if (f->deps == NULL) {
        rp_unknown(out, "dependencies were not read");
        return true;
    }
    if (f->deps->inventory != NULL)
        return false;
    if (f->deps->locked.is == RP_NO) { /* RP9111's finding; one is enough */
        rp_skip(out, "there is no lock file");
        return true;
    }
    rp_unknown(out, "%s", f->deps->read.why != NULL ? f->deps->read.why : "no inventory");
    return true;
}

bool rp_skip_manifests(const rp_facts *f, rp_out *out)
{
    const char *why = f->deps->manifests_why;
    if (why == NULL && f->deps->manifest.len == 0)
        why = "no manifest lies beside the lock file";
    if (why != NULL)
        rp_unknown(out, "%s", why);
    return why != NULL;
}

/* ---- advisories ---- */

static uint32_t first_match(const rp_deps_facts *d, unsigned kind)
{
    uint32_t low;
    RP_SEARCH(low, d->nmatches, (unsigned)d->matches[low].kind < kind);
    return low;
}

uint32_t rp_matches(const rp_facts *f, rp_advisory_kind kind)
{
    if (f->deps == NULL)
        return 0;
    return first_match(f->deps, (unsigned)kind + 1) - first_match(f->deps, (unsigned)kind);
}

const rp_dep_match *rp_match(const rp_facts *f, rp_advisory_kind kind, uint32_t n)
{
    return &f->deps->matches[first_match(f->deps, (unsigned)kind) + n];
}

/* What may have been a match. Of an artefact nobody knows every version: what was recovered counts.
 */
static bool skip_unjudged(const rp_facts *f, rp_out *out)
{
    const rp_deps_facts *d = f->deps;
    uint64_t lost = d->nadvisories_lost;
    for (uint32_t i = 0; i < d->ndatabases; i++)
        lost += d->databases[i].broken;
    if (lost != 0)
        rp_unknown(out, "advisories that could not be read: %llu", (unsigned long long)lost);
    else if (d->ncrates_unjudged != 0 && rp_facts_project(f))
        rp_unknown(out, "crates without a version that advisories can name: %u",
                   d->ncrates_unjudged);
    else
        return false;
    return true;
}

void rp_no_match(const rp_facts *f, const char *none, rp_out *out)
{
    if (rp_skip_unread(f, out))
        return;
    const rp_deps_facts *d = f->deps;
    if (d->matched.is != RP_YES) {
        rp_unknown(out, "%s",
                   d->matched.why != NULL ? d->matched.why : "no advisory database was asked");
        rp_fix_advice(out, "rustproof db update fetches the advisory database");
        return;
    }
    if (d->inventory->ncomponents == 0 && !d->inventory->whole) {
        if (rp_facts_artefact(f) && f->rust->is_rust.is == RP_NO)
            rp_skip(out, "no Rust code in it");
        else
            rp_unknown(out, "no crate could be recovered");
        return;
    }
    if (skip_unjudged(f, out))
        return;
    if (rp_facts_project(f))
        rp_verify(out, "grep -A1 '^name' {}");
    if (d->inventory->whole) {
        rp_pass(out, "%s", none);
    } else {
        uint32_t n = d->inventory->ncomponents;
        rp_unknown(out, "the %u crate%s that left a trace %s free of it; more may be inside",
                   RP_MANY(n), rp_by_count(n, "is", "are"));
        rp_fix_advice(out, "audit its Cargo.lock, or build it with cargo auditable, which lists "
                           "all crates in the file");
    }
    for (uint32_t i = 0; i < d->ndatabases; i++)
        rp_evidence(out, RP_NOWHERE, "%u %s of %.*s, as of %.*s", d->databases[i].advisories,
                    rp_by_count(d->databases[i].advisories, "advisory", "advisories"),
                    RP_FMT(d->databases[i].path), RP_FMT(d->databases[i].as_of));
}

/* "main → a → b", or why there is none. */
static void show_calls(const rp_reach *r, rp_out *out)
{
    rp_buf text = {.max = 8192};
    for (uint32_t i = 0; i < r->npath; i++)
        rp_buf_printf(&text, "%s%.*s", i != 0 ? " → " : "", RP_FMT(r->path[i]));
    if (r->npath != 0 && !text.bad)
        rp_evidence(out, RP_NOWHERE, "%s: %.*s", r->path_possible ? "may be called" : "called",
                    RP_FMT(rp_buf_str(&text)));
    else if (r->no_path != NULL)
        rp_evidence(out, RP_NOWHERE, "no path from an entry point is shown: %s", r->no_path);
    rp_buf_free(&text);
}

static void show_reach(const rp_facts *f, const rp_dep_match *m, rp_out *out)
{
    const rp_reach *r = &m->reach;
    if (r->state == RP_REACH_UNKNOWN && m->nfunctions > 0 && rp_facts_artefact(f) && r->why != NULL)
        rp_evidence(out, RP_NOWHERE, "unknown whether the affected functions are in the file: %s",
                    r->why);
    if (r->state == RP_REACH_NOT_EMITTED)
        rp_evidence(out, RP_NOWHERE, "not emitted: none of the affected functions is in the file");
    if (r->state != RP_REACH_PRESENT)
        return;
    rp_evidence(out, r->at, "present: %.*s (%.*s: %.*s)", RP_FMT(r->function), RP_FMT(r->by),
                RP_FMT(r->symbol));
    show_calls(r, out);
}

static void show_advisory(const rp_dep_match *m, rp_out *out)
{
    static const char *const severities[] = {"",       "severity none", "low",
                                             "medium", "high",          "critical"};
    rp_evidence(out, RP_NOWHERE, "advisory: %.*s%s%.*s", RP_FMT(m->id), m->url.len ? ", " : "",
                RP_FMT(m->url));
    if (m->severity != RP_SEVERITY_UNKNOWN && m->score != UINT16_MAX)
        rp_evidence(out, RP_NOWHERE, "severity: %s, %u.%u (%.*s)", severities[m->severity],
                    m->score / 10u, m->score % 10u, RP_FMT(m->vector));
    for (uint32_t i = 0; i < m->naliases; i++)
        rp_evidence(out, RP_NOWHERE, "alias: %.*s", RP_FMT(m->aliases[i]));
    if (m->source_doubt.len != 0)
        rp_evidence(out, RP_NOWHERE, "name and version match, but it is %.*s",
                    RP_FMT(m->source_doubt));
}

/* What Cargo cannot update: the toolchain, and what its standard library brings along. */
static bool fix_toolchain(const rp_component *c, const rp_dep_match *m, rp_out *out)
{
    bool toolchain = c->kind == RP_COMPONENT_TOOLCHAIN;
    if (toolchain && m->upgrade.len != 0)
        rp_fix_advice(out, "build it with %.*s %.*s or later", RP_FMT(c->name), RP_FMT(m->upgrade));
    else if (c->source.kind == RP_FROM_STD)
        rp_fix_advice(out, "%.*s comes with the standard library: build it with a newer toolchain",
                      RP_FMT(c->name));
    return (toolchain && m->upgrade.len != 0) || c->source.kind == RP_FROM_STD;
}

static void fix_match(const rp_facts *f, const rp_dep_match *m, rp_out *out)
{
    const rp_inventory *inv = f->deps->inventory;
    const rp_component *c = &inv->components[m->component];
    bool exact = rp_is_ambiguous(inv, m->component);
    if (fix_toolchain(c, m, out))
        return;
    if (m->upgrade.len == 0) {
        rp_fix_advice(out, "no version is known to be free of it: replace %.*s", RP_FMT(c->name));
    } else if (m->compatible && m->pinned_by.len != 0) {
        rp_fix_advice(out,
                      "%.*s %.*s is the nearest that is free of it, but %.*s: that has to change",
                      RP_FMT(c->name), RP_FMT(m->upgrade), RP_FMT(m->pinned_by));
    } else if (m->compatible) {
        const char *name =
            exact ? rp_shell_word(out, "%.*s@%.*s", RP_FMT(c->name), RP_FMT(c->version))
                  : rp_shell_word(out, "%.*s", RP_FMT(c->name));
        rp_fix_command(out, RP_FIX_SAFE, "cargo update -p %s --precise %s", name,
                       rp_shell_word(out, "%.*s", RP_FMT(m->upgrade)));
    } else {
        rp_str via = c->via != RP_NO_COMPONENT ? inv->components[c->via].name
                                               : RP_STR("whoever asks for it");
        rp_fix_advice(out,
                      "%.*s %.*s is the nearest that is free of it, beyond what Cargo calls "
                      "compatible: %.*s has to take it",
                      RP_FMT(c->name), RP_FMT(m->upgrade), RP_FMT(via));
    }
}

/* It cannot do harm here. What is malicious does so where it is built, and tests are built, too. */
static bool is_idle(const rp_component *c, const rp_dep_match *m)
{
    if (m->kind == RP_ADVISORY_MALICIOUS)
        return m->here == RP_NO || (c->in_build == RP_NO && (c->kinds & RP_DEP_DEV) == 0);
    return c->in_build == RP_NO || m->here == RP_NO || m->reach.state == RP_REACH_NOT_EMITTED;
}

void rp_find_match(const rp_facts *f, const rp_dep_match *m, const char *what, rp_out *out)
{
    const rp_component *c = &f->deps->inventory->components[m->component];
    rp_find(out, "%.*s %.*s %s %.*s%s%.*s%s", RP_FMT(c->name), RP_FMT(c->version), what,
            RP_FMT(m->id), m->title.len ? ": " : "", RP_FMT(m->title), rp_out_of_build(c));
    if (is_idle(c, m))
        rp_out_level(out, RP_NOTE);
    rp_about_component(f, m->component, out);
    rp_out_subject(out, "%.*s %.*s", RP_FMT(m->id), RP_FMT(c->name));
    rp_show_path(f, m->component, out);
    show_reach(f, m, out);
    if (m->here == RP_NO)
        rp_evidence(out, RP_NOWHERE, "it affects other systems or processors only");
    show_advisory(m, out);
    if (rp_facts_project(f))
        rp_verify(out, "grep -A1 'name = \"%.*s\"' {}", RP_FMT(c->name));
    else if (c->kind == RP_COMPONENT_TOOLCHAIN) /* .comment; panic paths of std */
        rp_verify(out, "strings -a {} | grep -oE 'rustc(-| version )[0-9.]+|/rustc/[0-9a-f]{12}' | "
                       "sort -u");
    else
        rp_verify(out, "grep -aoF '%.*s-%.*s' {} | sort -u", RP_FMT(c->name), RP_FMT(c->version));
    fix_match(f, m, out);
}
