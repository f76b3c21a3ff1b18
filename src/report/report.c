/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report/report.h"

extern const rp_reporter rp_report_text, rp_report_short, rp_report_table, rp_report_full,
    rp_report_json, rp_report_jsonl, rp_report_cargo_audit, rp_report_cyclonedx, rp_report_spdx,
    rp_report_openvex, rp_report_tree;

const rp_reporter *const rp_reporters[] = {
    &rp_report_text, &rp_report_short,  &rp_report_table,       &rp_report_full,
    &rp_report_json, &rp_report_jsonl,  &rp_report_cargo_audit, &rp_report_cyclonedx,
    &rp_report_spdx, &rp_report_openvex};
const uint32_t rp_reporters_count = RP_COUNT(rp_reporters);

const rp_reporter *rp_reporter_find(const char *name)
{
    for (uint32_t i = 0; i < rp_reporters_count; i++)
        if (strcmp(rp_reporters[i]->name, name) == 0)
            return rp_reporters[i];
    return strcmp(name, rp_report_tree.name) == 0 ? &rp_report_tree : NULL; /* deps --tree */
}
