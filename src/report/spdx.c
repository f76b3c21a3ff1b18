/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SPDX 2.3, JSON. It has no place for advisories, and none for confidences: what was seen of a
 * component stands in its sourceInfo. */
#include "report/bom.h"

static void put_id(rp_buf *out, const rp_bom *bom, uint32_t component)
{
    const rp_component *c = &bom->inv->components[component];
    rp_buf_printf(out, "SPDXRef-Package-%u-%u-", bom->number, component);
    for (size_t i = 0; i < c->name.len && i < 64; i++) {
        char l = c->name.ptr[i];
        bool plain = (l >= 'a' && l <= 'z') || (l >= 'A' && l <= 'Z') || (l >= '0' && l <= '9');
        rp_buf_char(out, plain ? l : '-');
    }
}

static void put_subject_id(rp_buf *out, const rp_bom *bom)
{
    if (bom->subject != RP_NO_COMPONENT)
        put_id(out, bom, bom->subject);
    else
        rp_buf_printf(out, "SPDXRef-Subject-%u", bom->number);
}

/* ---- packages ---- */

static void put_purl_reference(rp_json *j, const rp_bom *bom, uint32_t component)
{
    rp_json_key(j, "externalRefs");
    rp_json_open_list(j);
    rp_json_open(j);
    rp_json_cstr(j, "referenceCategory", "PACKAGE-MANAGER");
    rp_json_cstr(j, "referenceType", "purl");
    if (component == RP_NO_COMPONENT)
        RP_BOM_VALUE(j, "referenceLocator", rp_put_subject_purl(&rp_value, bom));
    else
        RP_BOM_VALUE(j, "referenceLocator",
                     rp_put_purl(&rp_value, &bom->inv->components[component]));
    rp_json_close(j);
    rp_json_close_list(j);
}

/* "panic location (95 %), at 0x1f2a0 of rg: /…/aho-corasick-0.7.18/src/nfa.rs" */
static void put_source_info(rp_json *j, const rp_bom *bom, const rp_component *c)
{
    rp_buf text = {0};
    for (uint32_t i = 0; i < c->nsightings; i++) {
        const rp_sighting *s = &c->sightings[i];
        rp_buf_printf(&text, "%s%s (%u %%)", i > 0 ? "; " : "", rp_witness_words(s->what),
                      rp_witness_confidence(s->what));
        if (s->line != 0)
            rp_buf_printf(&text, ", line %u", s->line);
        else if (s->at != RP_NOWHERE)
            rp_buf_printf(&text, ", at 0x%llx", (unsigned long long)s->at);
        rp_buf_puts(&text, " of ");
        rp_buf_put(&text, s->file.len > 0 ? s->file : bom->target->name);
        if (s->text.len > 0) {
            rp_buf_puts(&text, ": ");
            rp_buf_put(&text, s->text);
        }
    }
    if (text.len > 0)
        rp_bom_text(bom, j, "sourceInfo", rp_buf_str(&text));
    j->out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_license(rp_json *j, rp_str license)
{
    rp_buf text = {0};
    if (!rp_put_license(&text, license))
        rp_buf_puts(&text, "NOASSERTION");
    rp_json_key(j, "licenseDeclared");
    rp_json_text(j, rp_buf_str(&text));
    rp_json_cstr(j, "licenseConcluded", "NOASSERTION");
    rp_json_cstr(j, "copyrightText", "NOASSERTION");
    j->out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_checksums(rp_json *j, rp_str checksum)
{
    if (!rp_is_sha256(checksum))
        return;
    rp_json_key(j, "checksums");
    rp_json_open_list(j);
    rp_json_open(j);
    rp_json_cstr(j, "algorithm", "SHA256");
    rp_json_key(j, "checksumValue");
    rp_json_text(j, checksum);
    rp_json_close(j);
    rp_json_close_list(j);
}

/* SPDX 2.3, 7.7: git+URL@REV, without blanks; NOASSERTION where nothing tells it. */
static void put_download(rp_json *j, const rp_component *c)
{
    bool plain = c->source.kind == RP_FROM_GIT && rp_str_starts(c->source.url, "http");
    for (size_t i = 0; i < c->source.url.len && plain; i++)
        plain = c->source.url.ptr[i] > ' ' && c->source.url.ptr[i] < 0x7f &&
                strchr("\"<>\\^`{|}", c->source.url.ptr[i]) == NULL;
    rp_buf text = {0};
    if (plain)
        rp_buf_printf(&text, "git+%.*s%s%.*s", RP_FMT(c->source.url),
                      c->source.revision.len > 0 ? "@" : "", RP_FMT(c->source.revision));
    else
        rp_buf_puts(&text, "NOASSERTION");
    rp_json_key(j, "downloadLocation");
    rp_json_text(j, rp_buf_str(&text));
    j->out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_package(rp_json *j, const rp_bom *bom, uint32_t index)
{
    const rp_component *c = &bom->inv->components[index];
    bool program = c->root || c->kind == RP_COMPONENT_TOOLCHAIN;
    rp_json_open(j);
    RP_BOM_VALUE(j, "SPDXID", put_id(&rp_value, bom, index));
    rp_bom_text(bom, j, "name", c->name);
    if (c->version.len > 0)
        rp_bom_text(bom, j, "versionInfo", c->version);
    put_download(j, c);
    rp_json_flag(j, "filesAnalyzed", false);
    rp_json_cstr(j, "primaryPackagePurpose", program ? "APPLICATION" : "LIBRARY");
    put_checksums(j, index == bom->subject && bom->deps->digest.len > 0 ? bom->deps->digest
                                                                        : c->checksum);
    put_license(j, c->license);
    put_source_info(j, bom, c);
    put_purl_reference(j, bom, index);
    rp_json_close(j);
}

static void put_subject(rp_json *j, const rp_bom *bom)
{
    if (bom->subject != RP_NO_COMPONENT)
        return;
    rp_json_open(j);
    RP_BOM_VALUE(j, "SPDXID", put_subject_id(&rp_value, bom));
    rp_bom_text(bom, j, "name", rp_bom_subject_name(bom));
    rp_json_cstr(j, "downloadLocation", "NOASSERTION");
    rp_json_flag(j, "filesAnalyzed", false);
    rp_json_cstr(j, "primaryPackagePurpose", "APPLICATION");
    put_checksums(j, bom->deps->digest);
    put_license(j, RP_STR(""));
    put_purl_reference(j, bom, RP_NO_COMPONENT);
    if (!bom->inv->whole)
        rp_json_cstr(j, "comment",
                     "recovered from what the artefact happens to hold: crates that leave no "
                     "trace are missing");
    rp_json_close(j);
}

static void put_packages(const rp_report_options *opt, const rp_run_report *run, rp_json *j)
{
    rp_bom bom;
    rp_json_key(j, "packages");
    rp_json_open_list(j);
    for (uint32_t at = 0; rp_bom_next(opt, run, &at, &bom);) {
        put_subject(j, &bom);
        for (uint32_t i = 0; i < bom.inv->ncomponents; i++)
            put_package(j, &bom, i);
    }
    rp_json_close_list(j);
}

/* ---- relationships ---- */

static void open_relationship(rp_json *j)
{
    rp_json_open(j);
    rp_json_key(j, "spdxElementId");
}

static void close_relationship(rp_json *j, const char *type)
{
    rp_json_cstr(j, "relationshipType", type);
    rp_json_close(j);
}

/* The direction of SPDX: "A is a build dependency of B" for builds and tests. */
static const char *relationship(uint8_t kinds)
{
    if ((kinds & RP_DEP_NORMAL) != 0 || kinds == 0)
        return NULL;
    return (kinds & RP_DEP_BUILD) != 0 ? "BUILD_DEPENDENCY_OF" : "DEV_DEPENDENCY_OF";
}

static void put_edge(rp_json *j, const rp_bom *bom, uint32_t from, const rp_dep_edge *edge)
{
    const char *type = relationship(edge->kinds);
    if (edge->kinds == RP_DEP_OFF || edge->to == from)
        return;
    open_relationship(j);
    RP_BOM_VALUE(j, NULL, put_id(&rp_value, bom, type != NULL ? edge->to : from));
    RP_BOM_VALUE(j, "relatedSpdxElement", put_id(&rp_value, bom, type != NULL ? from : edge->to));
    close_relationship(j, type != NULL ? type : "DEPENDS_ON");
}

/* The compiler is a tool; all else that nobody is known to ask for is a part. */
static void put_subject_edge(rp_json *j, const rp_bom *bom, uint32_t i)
{
    bool tool = bom->inv->components[i].kind == RP_COMPONENT_TOOLCHAIN;
    rp_buf subject = {0}, part = {0};
    put_subject_id(&subject, bom);
    put_id(&part, bom, i);
    open_relationship(j);
    rp_json_text(j, rp_buf_str(tool ? &part : &subject));
    rp_json_key(j, "relatedSpdxElement");
    rp_json_text(j, rp_buf_str(tool ? &subject : &part));
    close_relationship(j, tool ? "BUILD_TOOL_OF" : "DEPENDS_ON");
    j->out->bad |= subject.bad || part.bad;
    rp_buf_free(&subject);
    rp_buf_free(&part);
}

static void put_relationships_of(rp_json *j, const rp_bom *bom)
{
    open_relationship(j);
    rp_json_text(j, RP_STR("SPDXRef-DOCUMENT"));
    RP_BOM_VALUE(j, "relatedSpdxElement", put_subject_id(&rp_value, bom));
    close_relationship(j, "DESCRIBES");
    for (uint32_t i = 0; i < bom->inv->ncomponents; i++) {
        const rp_component *c = &bom->inv->components[i];
        if (bom->subject == RP_NO_COMPONENT && c->via == RP_NO_COMPONENT)
            put_subject_edge(j, bom, i);
        for (uint32_t k = 0; k < c->ndeps; k++)
            put_edge(j, bom, i, &c->deps[k]);
    }
}

/* ---- the document ---- */

/* The schema wants a time: 1970 where none was given, so that equal input gives equal bytes. */
static void put_creation(const rp_report_options *opt, rp_json *j)
{
    rp_json_key(j, "creationInfo");
    rp_json_open(j);
    rp_json_key(j, "created");
    rp_json_text(j, opt->created.len > 0 ? opt->created : RP_STR("1970-01-01T00:00:00Z"));
    rp_json_key(j, "creators");
    rp_json_open_list(j);
    rp_json_text(j, RP_STR("Tool: rustproof-" RP_VERSION));
    rp_json_close_list(j);
    rp_json_close(j);
}

static void put_document(const rp_report_options *opt, const rp_run_report *run, rp_str uuid,
                         rp_buf *out)
{
    rp_json j = {.out = out, .pretty = true};
    rp_bom bom;
    uint32_t at = 0;
    rp_json_open(&j);
    rp_json_cstr(&j, "spdxVersion", "SPDX-2.3");
    rp_json_cstr(&j, "dataLicense", "CC0-1.0");
    rp_json_cstr(&j, "SPDXID", "SPDXRef-DOCUMENT");
    bool one = rp_bom_next(opt, run, &at, &bom) && !bom.several;
    if (one)
        rp_bom_text(&bom, &j, "name", rp_bom_subject_name(&bom));
    else
        rp_json_cstr(&j, "name", "rustproof");
    RP_BOM_VALUE(&j, "documentNamespace", rp_buf_printf(&rp_value, "urn:uuid:%.*s", RP_FMT(uuid)));
    put_creation(opt, &j);
    put_packages(opt, run, &j);
    rp_json_key(&j, "relationships");
    rp_json_open_list(&j);
    for (at = 0; rp_bom_next(opt, run, &at, &bom);)
        put_relationships_of(&j, &bom);
    rp_json_close_list(&j);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
}

static void end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    rp_buf body = {0}, uuid = {0};
    put_document(opt, run, RP_STR(""), &body);
    rp_put_uuid_of(&uuid, rp_buf_str(&body));
    put_document(opt, run, rp_buf_str(&uuid), out);
    out->bad |= body.bad || uuid.bad;
    rp_buf_free(&body);
    rp_buf_free(&uuid);
}

const rp_reporter rp_report_spdx = {
    .name = "spdx",
    .help = "bill of materials: SPDX 2.3",
    .extension = ".spdx.json",
    .keeps = true,
    .end = end,
};
