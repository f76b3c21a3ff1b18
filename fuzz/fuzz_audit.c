/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The public path: packages, archives, slices, verdicts, policy, and every report format. The same
 * bytes give the same report twice; no report holds a control byte other than a newline. */
#include "base/buf.h"
#include "engine/engine.h"
#include "report/report.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_report(const rp_reporter *r, const rp_run_report *run, rp_buf *out)
{
    rp_report_options opt = {
        .width = 80, .unicode = true, .verbose = 2, .show_pass = true, .show_na = true};
    rp_buf_clear(out);
    rp_report_run(r, &opt, run, out);
    REQUIRE(!out->bad);
    for (size_t i = 0; i < out->len; i++)
        REQUIRE((unsigned char)out->ptr[i] >= 0x20 || out->ptr[i] == '\n');
}

static rp_run *audit(const uint8_t *data, size_t size)
{
    rp_engine_options opt = {
        .jobs = 1, .any_language = true, .keep = true, .max_memory = 256u << 20};
    rp_error err = {0};
    rp_run *run = NULL;
    rp_code code = rp_run_memory(&opt, (rp_bytes){data, size}, "name", &run, &err);
    REQUIRE((code == RP_OK) == (run != NULL));
    REQUIRE(code == RP_OK || (err.code == code && err.text[0] != '\0'));
    return run;
}

static void check_targets(const rp_run_report *report)
{
    for (uint32_t i = 0; i < report->ntargets; i++) {
        const rp_target_report *t = report->targets[i];
        REQUIRE(t->facts != NULL || t->skipped != NULL || t->err.text[0] != '\0');
        if (i != 0)
            REQUIRE(rp_str_cmp(report->targets[i - 1]->path, t->path) <= 0);
        uint32_t counted = 0;
        for (uint32_t k = 0; k < RP_COUNT(t->count); k++)
            counted += t->count[k];
        REQUIRE(counted <= t->nresults && t->count[RP_OUTCOME_NONE] == 0);
        for (uint32_t k = 0; k < t->nresults; k++)
            REQUIRE(t->results[k].out.outcome != RP_OUTCOME_NONE && t->results[k].out.text.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_run *run = audit(data, size), *again = audit(data, size);
    if (run != NULL && again != NULL) {
        const rp_run_report *report = rp_run_result(run);
        check_targets(report);
        int code = rp_run_exit_code(run);
        REQUIRE(code == RP_EXIT_CLEAN || code == RP_EXIT_FINDINGS || code == RP_EXIT_INCOMPLETE ||
                code == RP_EXIT_NOTHING);
        REQUIRE(code == rp_run_exit_code(again));
        rp_buf a = {0}, b = {0};
        const rp_reporter *r = rp_reporters[size % rp_reporters_count];
        write_report(r, report, &a);
        /* the other reports name the time that it took, or come once a target */
        if (!r->keeps && strcmp(r->name, "json") == 0) {
            write_report(r, rp_run_result(again), &b);
            REQUIRE(rp_str_eq(rp_buf_str(&a), rp_buf_str(&b)));
        }
        rp_buf_free(&a);
        rp_buf_free(&b);
    }
    rp_run_free(run);
    rp_run_free(again);
    return 0;
}
