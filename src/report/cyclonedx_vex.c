/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CycloneDX 1.6, vulnerabilities: what is known against the components, with its analysis (VEX). */
#include "report/cyclonedx.h"

static void put_rating(rp_json *j, const rp_dep_match *m)
{
    static const char *const severities[] = {"unknown", "none", "low",
                                             "medium",  "high", "critical"};
    if (m->severity == RP_SEVERITY_UNKNOWN)
        return;
    rp_json_key(j, "ratings");
    rp_json_open_list(j);
    rp_json_open(j);
    if (m->score != UINT16_MAX) {
        rp_json_key(j, "score");
        rp_json_hundredths(j, m->score * 10u);
    }
    rp_json_cstr(j, "severity", severities[m->severity]);
    rp_json_cstr(j, "method",
                 rp_str_starts(m->vector, "CVSS:4.")    ? "CVSSv4"
                 : rp_str_starts(m->vector, "CVSS:3.1") ? "CVSSv31"
                 : rp_str_starts(m->vector, "CVSS:3.0") ? "CVSSv3"
                 : m->vector.len > 0                    ? "CVSSv2"
                                                        : "other");
    if (m->vector.len > 0) {
        rp_json_key(j, "vector");
        rp_json_text(j, m->vector);
    }
    rp_json_close(j);
    rp_json_close_list(j);
}

/* Under other names: CVE, GHSA. */
static void put_references(const rp_bom *bom, rp_json *j, const rp_dep_match *m)
{
    if (m->naliases == 0)
        return;
    rp_json_key(j, "references");
    rp_json_open_list(j);
    for (uint32_t i = 0; i < m->naliases; i++) {
        rp_json_open(j);
        rp_bom_text(bom, j, "id", m->aliases[i]);
        rp_json_key(j, "source");
        rp_json_open(j);
        rp_json_cstr(j, "name",
                     rp_str_starts(m->aliases[i], "CVE-")    ? "CVE"
                     : rp_str_starts(m->aliases[i], "GHSA-") ? "GHSA"
                                                             : "other");
        rp_json_close(j);
        rp_json_close(j);
    }
    rp_json_close_list(j);
}

static void put_analysis(rp_json *j, const rp_vex *vex, const rp_dep_match *m)
{
    static const char *const states[] = {"in_triage", "exploitable", "not_affected"};
    static const char *const reasons[] = {NULL, "code_not_present", "requires_environment",
                                          "code_not_present", "protected_by_compiler"};
    rp_json_key(j, "analysis");
    rp_json_open(j);
    rp_json_cstr(j, "state", states[vex->status]);
    if (reasons[vex->reason] != NULL)
        rp_json_cstr(j, "justification", reasons[vex->reason]);
    if (vex->status == RP_VEX_AFFECTED && m->upgrade.len > 0) {
        rp_json_key(j, "response");
        rp_json_open_list(j);
        rp_json_text(j, RP_STR("update"));
        rp_json_close_list(j);
    }
    rp_json_key(j, "detail");
    rp_json_text(j, vex->why);
    rp_json_close(j);
}

static void put_affects(const rp_bom *bom, rp_json *j, const rp_dep_match *m, const rp_vex *vex)
{
    static const char *const statuses[] = {"unknown", "affected", "unaffected"};
    rp_str version = bom->inv->components[m->component].version;
    rp_json_key(j, "affects");
    rp_json_open_list(j);
    rp_json_open(j);
    RP_BOM_VALUE(j, "ref", rp_put_ref(&rp_value, bom, m->component));
    if (version.len > 0) {
        rp_json_key(j, "versions");
        rp_json_open_list(j);
        rp_json_open(j);
        rp_bom_text(bom, j, "version", version);
        rp_json_cstr(j, "status", statuses[vex->status]);
        rp_json_close(j);
        rp_json_close_list(j);
    }
    rp_json_close(j);
    rp_json_close_list(j);
}

static void put_vulnerability(const rp_bom *bom, rp_json *j, const rp_dep_match *m, const rp_vex *v)
{
    rp_json_open(j);
    rp_bom_text(bom, j, "id", m->id);
    rp_json_key(j, "source");
    rp_json_open(j);
    rp_json_cstr(j, "name", rp_str_starts(m->id, "RUSTSEC-") ? "RustSec" : "advisory database");
    rp_json_close(j);
    put_references(bom, j, m);
    put_rating(j, m);
    rp_bom_text(bom, j, "description", m->title);
    if (v->action.len > 0)
        rp_bom_text(bom, j, "recommendation", v->action);
    put_analysis(j, v, m);
    put_affects(bom, j, m, v);
    rp_json_close(j);
}

void rp_cyclonedx_vulnerabilities(const rp_report_options *opt, const rp_run_report *run,
                                  rp_json *j)
{
    rp_bom bom;
    bool open = false;
    for (uint32_t at = 0; rp_bom_next(opt, run, &at, &bom);) {
        if (bom.deps->matched.is != RP_YES)
            continue;
        if (!open)
            rp_json_key(j, "vulnerabilities");
        if (!open)
            rp_json_open_list(j);
        open = true;
        rp_bom_vex(&bom, j, put_vulnerability);
    }
    if (open)
        rp_json_close_list(j);
}
