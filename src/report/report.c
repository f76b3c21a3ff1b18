/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/fleet.h"

extern const rp_reporter rp_report_text, rp_report_short, rp_report_table, rp_report_full,
    rp_report_json, rp_report_jsonl, rp_report_cargo_audit, rp_report_cyclonedx, rp_report_spdx,
    rp_report_openvex, rp_report_sarif, rp_report_tree;

const rp_reporter *const rp_reporters[] = {
    &rp_report_text, &rp_report_short,   &rp_report_table,       &rp_report_full,
    &rp_report_json, &rp_report_jsonl,   &rp_report_cargo_audit, &rp_report_cyclonedx,
    &rp_report_spdx, &rp_report_openvex, &rp_report_sarif};
const uint32_t rp_reporters_count = RP_COUNT(rp_reporters);

void rp_report_target(const rp_reporter *reporter, const rp_report_options *opt,
                      const rp_target_report *target, uint64_t index, rp_buf *out)
{
    if (reporter->target == NULL)
        return;
    if (index > 0 && reporter->between != NULL)
        rp_buf_puts(out, reporter->between);
    reporter->target(opt, target, out);
}

void rp_report_end(const rp_reporter *reporter, const rp_report_options *opt,
                   const rp_run_report *run, struct rp_fleet *fleet, rp_buf *out)
{
    if (reporter->gather == NULL) {
        reporter->end(opt, run, out);
    } else if (fleet == NULL || fleet->bad) {
        out->bad = true;
    } else {
        rp_fleet_sort(fleet);
        reporter->end_fleet(opt, run, fleet, out);
    }
}

struct rp_fleet *rp_report_gather(const rp_reporter *reporter, const rp_report_options *opt,
                                  const rp_run_report *run)
{
    rp_fleet *fleet = reporter->gather != NULL ? reporter->gather(opt) : NULL;
    for (uint32_t i = 0; fleet != NULL && i < run->ntargets; i++)
        rp_fleet_add(fleet, run->targets[i], i, 0);
    return fleet;
}

void rp_report_run(const rp_reporter *reporter, const rp_report_options *opt,
                   const rp_run_report *run, rp_buf *out)
{
    rp_fleet *fleet = rp_report_gather(reporter, opt, run);
    if (reporter->begin != NULL)
        reporter->begin(opt, out);
    for (uint32_t i = 0; i < run->ntargets; i++)
        rp_report_target(reporter, opt, run->targets[i], i, out);
    rp_report_end(reporter, opt, run, fleet, out);
    rp_fleet_free(fleet);
}

const rp_reporter *rp_reporter_find(const char *name)
{
    for (uint32_t i = 0; i < rp_reporters_count; i++)
        if (strcmp(rp_reporters[i]->name, name) == 0)
            return rp_reporters[i];
    return strcmp(name, rp_report_tree.name) == 0 ? &rp_report_tree : NULL; /* deps --tree */
}
