/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* OpenVEX 0.2.0. A statement per advisory and component; ignored ones too, with the reason that
 * people gave. The schema wants a statement in each document: when no advisory applies those are
 * written that would in other versions of the components. Where there has never been an advisory on
 * any of them there is nothing to state, and so no document. */
#include "deps/advisory_match.h"
#include "report/bom.h"

static void put_vulnerability(const rp_bom *bom, rp_json *j, const rp_dep_match *m)
{
    rp_json_key(j, "vulnerability");
    rp_json_open(j);
    rp_bom_text(bom, j, "name", m->id);
    if (m->title.len > 0)
        rp_bom_text(bom, j, "description", m->title);
    if (m->naliases > 0) {
        rp_json_key(j, "aliases");
        rp_json_open_list(j);
        for (uint32_t i = 0; i < m->naliases; i++)
            rp_json_text(j, m->aliases[i]);
        rp_json_close_list(j);
    }
    rp_json_close(j);
}

static void put_products(const rp_bom *bom, rp_json *j, uint32_t component)
{
    rp_json_key(j, "products");
    rp_json_open_list(j);
    rp_json_open(j);
    RP_BOM_VALUE(j, "@id", rp_put_subject_purl(&rp_value, bom));
    rp_json_key(j, "subcomponents");
    rp_json_open_list(j);
    rp_json_open(j);
    RP_BOM_VALUE(j, "@id", rp_put_purl(&rp_value, &bom->inv->components[component]));
    rp_json_close(j);
    rp_json_close_list(j);
    rp_json_close(j);
    rp_json_close_list(j);
}

static void put_statement(const rp_bom *bom, rp_json *j, const rp_dep_match *m, const rp_vex *v)
{
    static const char *const statuses[] = {"under_investigation", "affected", "not_affected"};
    static const char *const reasons[] = {
        NULL, "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_present",
        "inline_mitigations_already_exist"};
    rp_json_open(j);
    put_vulnerability(bom, j, m);
    put_products(bom, j, m->component);
    rp_json_cstr(j, "status", statuses[v->status]);
    if (reasons[v->reason] != NULL)
        rp_json_cstr(j, "justification", reasons[v->reason]);
    rp_json_key(j, v->status == RP_VEX_NOT_AFFECTED ? "impact_statement" : "status_notes");
    rp_json_text(j, v->why);
    if (v->action.len > 0)
        rp_bom_text(bom, j, "action_statement", v->action);
    rp_json_close(j);
}

/* What the database has on a component and its version is not affected by; true: something. */
static bool put_passed(const rp_bom *bom, rp_json *j, uint32_t component, rp_arena *arena)
{
    const rp_component *c = &bom->inv->components[component];
    const rp_advisory *list = NULL;
    rp_semver version;
    uint32_t n = 0;
    bool any = false;
    if (c->kind != RP_COMPONENT_CRATE || c->source.kind != RP_FROM_REGISTRY ||
        c->source.crates_io == RP_NO || !rp_semver_parse(c->version, &version))
        return false;
    if (rp_advisories_on(bom->opt->advisories, RP_COLLECTION_CRATES, c->name, &list, &n, NULL) !=
        RP_OK)
        j->out->bad = true;
    for (uint32_t i = 0; i < n && !j->out->bad; i++) {
        const rp_advisory *a = &list[i];
        const rp_dep_match m = {.component = component,
                                .id = a->id,
                                .kind = a->kind,
                                .title = a->title,
                                .aliases = a->aliases.items,
                                .naliases = a->aliases.n};
        const rp_vex v = {
            RP_VEX_NOT_AFFECTED,
            RP_VEX_CODE_NOT_PRESENT,
            rp_arena_printf(arena, "Version %.*s is not among those affected.", RP_FMT(c->version)),
            {NULL, 0}};
        if (!rp_vex_speaks_of(&m) || a->withdrawn.len > 0 ||
            rp_advisory_affects(a, &version, c->version))
            continue;
        j->out->bad |= v.why.ptr == NULL;
        put_statement(bom, j, &m, &v);
        any = true;
    }
    return any;
}

/* Nothing applies: what was known of the components and is over is all that can be said. False:
 * there is nothing of that either. */
static bool put_all_passed(const rp_report_options *opt, const rp_run_report *run, rp_json *j)
{
    rp_arena arena = {0};
    rp_bom bom;
    bool any = false;
    for (uint32_t at = 0; opt->advisories != NULL && rp_bom_next(opt, run, &at, &bom);)
        for (uint32_t i = 0; i < bom.inv->ncomponents; i++)
            any |= put_passed(&bom, j, i, &arena);
    rp_arena_free(&arena);
    return any;
}

/* How many statements there are, and the newest day of the databases that were asked. */
static uint32_t count(const rp_report_options *opt, const rp_run_report *run, rp_str *ret_day)
{
    rp_bom bom;
    uint32_t n = 0;
    for (uint32_t at = 0; rp_bom_next(opt, run, &at, &bom);) {
        n += rp_bom_vex_count(&bom);
        for (uint32_t i = 0; i < bom.deps->ndatabases; i++)
            if (rp_advisory_day(bom.deps->databases[i].as_of) != 0 &&
                rp_str_cmp(bom.deps->databases[i].as_of, *ret_day) > 0)
                *ret_day = rp_str_sub(bom.deps->databases[i].as_of, 0, 10);
    }
    return n;
}

/* A time is asked for: without SOURCE_DATE_EPOCH the day of the advisories, which is what the
 * statements rest on. */
static void put_time(const rp_report_options *opt, rp_str day, rp_json *j)
{
    if (opt->created.len > 0) {
        rp_json_key(j, "timestamp");
        rp_json_text(j, opt->created);
        return;
    }
    RP_BOM_VALUE(j, "timestamp",
                 rp_buf_printf(&rp_value, "%.*sT00:00:00Z",
                               RP_FMT(day.len > 0 ? day : RP_STR("1970-01-01"))));
}

/* False: without a statement, which makes it none. */
static bool put_document(const rp_report_options *opt, const rp_run_report *run, rp_str day,
                         rp_str uuid, bool any, rp_buf *out)
{
    rp_json j = {.out = out, .pretty = true};
    rp_bom bom;
    rp_json_open(&j);
    rp_json_cstr(&j, "@context", "https://openvex.dev/ns/v0.2.0");
    RP_BOM_VALUE(&j, "@id", rp_buf_printf(&rp_value, "urn:uuid:%.*s", RP_FMT(uuid)));
    rp_json_cstr(&j, "author", opt->author != NULL ? opt->author : "Unknown Author");
    put_time(opt, day, &j);
    rp_json_num(&j, "version", 1);
    rp_json_cstr(&j, "tooling", "rustproof " RP_VERSION);
    rp_json_key(&j, "statements");
    rp_json_open_list(&j);
    for (uint32_t at = 0; rp_bom_next(opt, run, &at, &bom);)
        rp_bom_vex(&bom, &j, put_statement);
    if (!any)
        any = put_all_passed(opt, run, &j);
    rp_json_close_list(&j);
    rp_json_close(&j);
    rp_buf_char(out, '\n');
    return any;
}

static void end(const rp_report_options *opt, const rp_run_report *run, rp_buf *out)
{
    rp_buf body = {0}, uuid = {0};
    rp_str day = RP_STR("");
    bool any = count(opt, run, &day) != 0;
    if (put_document(opt, run, day, RP_STR(""), any, &body)) {
        rp_put_uuid_of(&uuid, rp_buf_str(&body));
        (void)put_document(opt, run, day, rp_buf_str(&uuid), any, out);
    }
    out->bad |= body.bad || uuid.bad;
    rp_buf_free(&body);
    rp_buf_free(&uuid);
}

const rp_reporter rp_report_openvex = {
    .name = "openvex",
    .help = "which advisories concern it: OpenVEX 0.2.0",
    .extension = ".openvex.json",
    .keeps = true,
    .may_lack = true,
    .end = end,
};
