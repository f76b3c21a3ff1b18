/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CycloneDX 1.6, JSON. One document for the run: with one target that is its subject
 * (metadata.component), with several each is a component that asks for its crates. Equal input
 * gives equal bytes: the serial number comes from the content, a time only from outside. */
#include "report/bom.h"
#include "report/cyclonedx.h"

static void put_property(rp_json *j, const char *name, rp_str value)
{
    rp_json_open(j);
    rp_json_cstr(j, "name", name);
    rp_json_key(j, "value");
    rp_json_text(j, value);
    rp_json_close(j);
}

/* ---- a component ---- */

static void put_hashes(rp_json *j, rp_str checksum)
{
    if (!rp_is_sha256(checksum))
        return;
    rp_json_key(j, "hashes");
    rp_json_open_list(j);
    rp_json_open(j);
    rp_json_cstr(j, "alg", "SHA-256");
    rp_json_key(j, "content");
    rp_json_text(j, checksum);
    rp_json_close(j);
    rp_json_close_list(j);
}

/* What is no expression by its letters is the name of a licence. */
static void put_licenses(const rp_bom *bom, rp_json *j, rp_str license)
{
    rp_buf text = {0};
    if (license.len == 0)
        return;
    rp_json_key(j, "licenses");
    rp_json_open_list(j);
    rp_json_open(j);
    if (rp_put_license(&text, license)) {
        rp_json_key(j, "expression");
        rp_json_text(j, rp_buf_str(&text));
        rp_json_cstr(j, "acknowledgement", "declared");
    } else {
        rp_json_key(j, "license");
        rp_json_open(j);
        rp_bom_text(bom, j, "name", license);
        rp_json_close(j);
    }
    rp_json_close(j);
    rp_json_close_list(j);
    j->out->bad |= text.bad;
    rp_buf_free(&text);
}

static const char *technique(const rp_bom *bom, rp_witness what)
{
    if (what == RP_WITNESS_SOURCES)
        return "source-code-analysis";
    if (what == RP_WITNESS_LOCK || what == RP_WITNESS_MANIFEST || what == RP_WITNESS_SBOM)
        return "manifest-analysis";
    return rp_facts_project(bom->target->facts) ? "manifest-analysis" : "binary-analysis";
}

static void put_methods(const rp_bom *bom, rp_json *j, const rp_component *c)
{
    rp_json_key(j, "methods");
    rp_json_open_list(j);
    for (unsigned w = 0; w < RP_WITNESS_COUNT; w++) {
        if ((c->witnesses >> w & 1) == 0)
            continue;
        rp_json_open(j);
        rp_json_cstr(j, "technique", technique(bom, (rp_witness)w));
        rp_json_key(j, "confidence");
        rp_json_hundredths(j, rp_witness_confidence((rp_witness)w));
        rp_json_cstr(j, "value", rp_witness_words((rp_witness)w));
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

/* Confidence in the component: its surest witness's, but a guess stays one. */
static unsigned confidence_of(const rp_component *c)
{
    unsigned best = 0;
    for (unsigned w = 0; w < RP_WITNESS_COUNT; w++)
        if ((c->witnesses >> w & 1) != 0 && rp_witness_confidence((rp_witness)w) > best)
            best = rp_witness_confidence((rp_witness)w);
    return c->certainty == RP_GUESSED && best > 50 ? 50 : best;
}

static void put_occurrence(const rp_bom *bom, rp_json *j, const rp_sighting *s)
{
    rp_json_open(j);
    rp_bom_text(bom, j, "location", s->file.len > 0 ? s->file : bom->target->name);
    if (s->line != 0)
        rp_json_num(j, "line", s->line);
    if (s->at <= INT64_MAX)
        rp_json_num(j, "offset", s->at);
    if (s->text.len > 0)
        rp_bom_text(bom, j, s->what == RP_WITNESS_SYMBOL ? "symbol" : "additionalContext", s->text);
    rp_json_close(j);
}

static void put_evidence(const rp_bom *bom, rp_json *j, const rp_component *c)
{
    rp_json_key(j, "evidence");
    rp_json_open(j);
    rp_json_key(j, "identity");
    rp_json_open_list(j);
    rp_json_open(j);
    rp_json_cstr(j, "field", "purl");
    rp_json_key(j, "confidence");
    rp_json_hundredths(j, confidence_of(c));
    put_methods(bom, j, c);
    rp_json_close(j);
    rp_json_close_list(j);
    rp_json_key(j, "occurrences");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < c->nsightings; i++)
        put_occurrence(bom, j, &c->sightings[i]);
    rp_json_close_list(j);
    rp_json_close(j);
}

static void put_kinds(rp_json *j, uint8_t kinds)
{
    static const char *const names[] = {"normal", "build", "dev", "proc-macro"};
    rp_buf text = {0};
    for (unsigned i = 0; i < RP_COUNT(names); i++)
        if ((kinds >> i & 1) != 0)
            rp_buf_printf(&text, "%s%s", text.len > 0 ? "," : "", names[i]);
    if (text.len > 0)
        put_property(j, "rustproof:kinds", rp_buf_str(&text));
    j->out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_properties(rp_json *j, const rp_component *c)
{
    static const char *const certainties[] = {"exact", "high", "guessed"};
    static const char *const sources[] = {"unknown", "registry", "git", "local", "std"};
    rp_json_key(j, "properties");
    rp_json_open_list(j);
    put_property(j, "rustproof:certainty", rp_str_from(certainties[c->certainty]));
    if (c->kind == RP_COMPONENT_CRATE)
        put_property(j, "rustproof:source", rp_str_from(sources[c->source.kind]));
    put_kinds(j, c->kinds);
    if (c->yanked == RP_YES)
        put_property(j, "rustproof:yanked", RP_STR("true"));
    rp_json_close_list(j);
}

/* In the lock file, but not in the build: for tests, or by a feature or for a platform that is off.
 * Nothing is said where nothing was resolved. */
static const char *scope_of(const rp_component *c)
{
    if (c->in_build == RP_YES)
        return "required";
    if (c->in_build == RP_NO)
        return c->kinds == RP_DEP_DEV ? "excluded" : "optional";
    return NULL;
}

static void put_component(const rp_bom *bom, rp_json *j, uint32_t index)
{
    const rp_component *c = &bom->inv->components[index];
    rp_json_open(j);
    rp_json_cstr(j, "type",
                 c->root || c->kind == RP_COMPONENT_TOOLCHAIN ? "application" : "library");
    RP_BOM_VALUE(j, "bom-ref", rp_put_ref(&rp_value, bom, index));
    rp_bom_text(bom, j, "name", c->name);
    if (c->version.len > 0)
        rp_bom_text(bom, j, "version", c->version);
    if (scope_of(c) != NULL && index != bom->subject)
        rp_json_cstr(j, "scope", scope_of(c));
    put_hashes(j, index == bom->subject && bom->deps->digest.len > 0 ? bom->deps->digest
                                                                     : c->checksum);
    put_licenses(bom, j, c->license);
    RP_BOM_VALUE(j, "purl", rp_put_purl(&rp_value, c));
    put_properties(j, c);
    put_evidence(bom, j, c);
    rp_json_close(j);
}

/* ---- the subject ---- */

static void put_subject(const rp_bom *bom, rp_json *j)
{
    const rp_facts *f = bom->target->facts;
    if (bom->subject != RP_NO_COMPONENT) {
        put_component(bom, j, bom->subject);
        return;
    }
    bool library = f->kind == RP_KIND_LIBRARY || f->kind == RP_KIND_OBJECT;
    rp_json_open(j);
    rp_json_cstr(j, "type", library && !rp_facts_project(f) ? "library" : "application");
    RP_BOM_VALUE(j, "bom-ref", rp_put_subject_ref(&rp_value, bom));
    rp_bom_text(bom, j, "name", rp_bom_subject_name(bom));
    put_hashes(j, bom->deps->digest);
    RP_BOM_VALUE(j, "purl", rp_put_subject_purl(&rp_value, bom));
    rp_json_key(j, "properties");
    rp_json_open_list(j);
    put_property(j, "rustproof:path",
                 bom->opt->redact ? rp_bom_subject_name(bom) : bom->target->name);
    if (f->rust != NULL && f->rust->triple.len > 0)
        put_property(j, "rustproof:target", f->rust->triple);
    rp_json_close_list(j);
    rp_json_close(j);
}

static void put_metadata(const rp_report_options *opt, const rp_run_report *run, rp_json *j)
{
    uint32_t at = 0;
    rp_bom bom;
    rp_json_key(j, "metadata");
    rp_json_open(j);
    if (opt->created.len > 0) {
        rp_json_key(j, "timestamp");
        rp_json_text(j, opt->created);
    }
    rp_json_key(j, "tools");
    rp_json_open(j);
    rp_json_key(j, "components");
    rp_json_open_list(j);
    rp_json_open(j);
    rp_json_cstr(j, "type", "application");
    rp_json_cstr(j, "name", "rustproof");
    rp_json_cstr(j, "version", RP_VERSION);
    rp_json_close(j);
    rp_json_close_list(j);
    rp_json_close(j);
    if (rp_bom_next(opt, run, &at, &bom) && !bom.several) {
        rp_json_key(j, "component");
        put_subject(&bom, j);
    }
    rp_json_close(j);
}

/* ---- components, dependencies, compositions ---- */

static void put_components(const rp_report_options *opt, const rp_run_report *run, rp_json *j)
{
    rp_bom bom;
    rp_json_key(j, "components");
    rp_json_open_list(j);
    for (uint32_t at = 0; rp_bom_next(opt, run, &at, &bom);) {
        if (bom.several)
            put_subject(&bom, j);
        for (uint32_t i = 0; i < bom.inv->ncomponents; i++)
            if (i != bom.subject)
                put_component(&bom, j, i);
    }
    rp_json_close_list(j);
}

static void open_dependency(rp_json *j)
{
    rp_json_open(j);
    rp_json_key(j, "ref");
}

static void put_depends_on(const rp_bom *bom, rp_json *j, const rp_component *c)
{
    rp_json_key(j, "dependsOn");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < c->ndeps; i++)
        if (c->deps[i].kinds != RP_DEP_OFF && &bom->inv->components[c->deps[i].to] != c)
            RP_BOM_VALUE(j, NULL, rp_put_ref(&rp_value, bom, c->deps[i].to));
    rp_json_close_list(j);
}

/* A target of its own asks for its roots, and for all that nobody else is known to ask for. */
static void put_subject_edges(const rp_bom *bom, rp_json *j)
{
    open_dependency(j);
    RP_BOM_VALUE(j, NULL, rp_put_subject_ref(&rp_value, bom));
    rp_json_key(j, "dependsOn");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < bom->inv->ncomponents; i++)
        if (bom->inv->components[i].via == RP_NO_COMPONENT)
            RP_BOM_VALUE(j, NULL, rp_put_ref(&rp_value, bom, i));
    rp_json_close_list(j);
    rp_json_close(j);
}

static void put_dependencies(const rp_report_options *opt, const rp_run_report *run, rp_json *j)
{
    rp_bom bom;
    rp_json_key(j, "dependencies");
    rp_json_open_list(j);
    for (uint32_t at = 0; rp_bom_next(opt, run, &at, &bom);) {
        if (bom.subject == RP_NO_COMPONENT)
            put_subject_edges(&bom, j);
        for (uint32_t i = 0; i < bom.inv->ncomponents; i++) {
            open_dependency(j);
            RP_BOM_VALUE(j, NULL, rp_put_ref(&rp_value, &bom, i));
            put_depends_on(&bom, j, &bom.inv->components[i]);
            rp_json_close(j);
        }
    }
    rp_json_close_list(j);
}

/* Whether what is not listed is not inside. */
static void put_compositions(const rp_report_options *opt, const rp_run_report *run, rp_json *j)
{
    rp_bom bom;
    rp_json_key(j, "compositions");
    rp_json_open_list(j);
    for (uint32_t at = 0; rp_bom_next(opt, run, &at, &bom);) {
        rp_json_open(j);
        rp_json_cstr(j, "aggregate", bom.inv->whole ? "complete" : "incomplete");
        rp_json_key(j, "assemblies");
        rp_json_open_list(j);
        RP_BOM_VALUE(j, NULL, rp_put_subject_ref(&rp_value, &bom));
        rp_json_close_list(j);
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

/* ---- the document ---- */

static void put_document(const rp_report_options *opt, const rp_run_report *run, rp_str serial,
                         rp_buf *out)
{
    rp_json j = {.out = out, .pretty = true};
    rp_json_open(&j);
    rp_json_cstr(&j, "bomFormat", "CycloneDX");
    rp_json_cstr(&j, "specVersion", "1.6");
    if (serial.len > 0) {
        rp_json_key(&j, "serialNumber");
        rp_json_text(&j, serial);
    }
    rp_json_num(&j, "version", 1);
    put_metadata(opt, run, &j);
    put_components(opt, run, &j);
    put_dependencies(opt, run, &j);
    put_compositions(opt, run, &j);
    rp_cyclonedx_vulnerabilities(opt, run, &j);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

static void end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    rp_buf body = {0}, serial = {0};
    put_document(opt, run, RP_STR(""), &body);
    rp_buf_puts(&serial, "urn:uuid:");
    rp_put_uuid_of(&serial, rp_buf_str(&body));
    put_document(opt, run, rp_buf_str(&serial), out);
    out->bad |= body.bad || serial.bad;
    rp_buf_free(&body);
    rp_buf_free(&serial);
}

const rp_reporter rp_report_cyclonedx = {
    .name = "cyclonedx",
    .help = "bill of materials, with what is known against it: CycloneDX 1.6",
    .extension = ".cdx.json",
    .keeps = true,
    .end = end,
};
