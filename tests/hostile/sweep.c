/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Audits many broken variants of each file in this process: cut at every length, each byte of the
 * first 4 KiB flipped, the n-th allocation failing. Every one must end in a report or in an error
 * with text, within a second of processor time, and no lack may turn what the whole file fails into
 * a pass.
 *
 *   sweep [-q BUDGET] [-t truncate] [-t flip] [-t alloc] FILE…
 *
 * BUDGET is the number of variants of each sweep and file (0: all of them). Prints
 * "N passed, N failed": one case is one file and one sweep. */
#define _GNU_SOURCE
#include "base/arena.h"
#include "base/buf.h"
#include "engine/engine.h"
#include "report/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { HEADER = 4096, MANY = 8, SHOWN = 12 };

typedef struct {
    char target[64]; /* name, cut */
    const rp_check *check;
} failure; /* a check that the whole file does not pass */

typedef struct {
    const char *path;
    const uint8_t *bytes;
    size_t size;
    failure *fails;
    size_t nfails;
    uint64_t budget;
    uint64_t inputs, faults;
    double worst_ms;
    char what[64]; /* the variant being tried */
} sweep;

/* Processor time: on a busy machine a variant waits for others, and that is not its doing. */
static double used_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fault(sweep *s, const char *format, ...) RP_PRINTF(2, 3);
static void fault(sweep *s, const char *format, ...)
{
    if (s->faults++ >= SHOWN)
        return;
    va_list ap;
    va_start(ap, format);
    printf("%s: %s: ", s->path, s->what);
    vprintf(format, ap);
    printf("\n");
    va_end(ap);
}

/* With what is inside and what is known against it: the inventory is the base of bills. */
static rp_engine_options options(void)
{
    static const rp_deps_options deps = {.all_features = true, .bom = true};
    return (rp_engine_options){.jobs = 1,
                               .any_language = true,
                               .keep = true,
                               .fail_on = RP_DENY,
                               .deps = &deps,
                               .no_projects = true};
}

static bool must_fail(const sweep *s, const rp_target_report *t, const rp_check *check)
{
    for (size_t i = 0; i < s->nfails; i++)
        if (s->fails[i].check == check &&
            rp_str_starts(t->name, s->fails[i].target) /* packages: same member */)
            return true;
    return false;
}

/* `whole`: bytes are only missing, not altered, so nothing may become better than it is. */
static void judge_target(sweep *s, const rp_target_report *t, size_t size, bool whole)
{
    if (t->skipped != NULL)
        return;
    if (t->facts == NULL) {
        if (t->err.code == RP_OK || t->err.text[0] == '\0')
            fault(s, "a target has neither facts nor an error with text");
        return;
    }
    for (uint32_t i = 0; i < t->nresults; i++) {
        const rp_result *r = &t->results[i];
        if (r->out.outcome == RP_OUTCOME_NONE || r->out.text.len == 0)
            fault(s, "%s came to no outcome or gave no text", r->check->code);
        if (r->out.outcome == RP_OUTCOME_ERROR && !r->out.out_of_memory)
            fault(s, "%s is an error of the check: %.*s", r->check->code, RP_FMT(r->out.text));
        for (uint32_t e = 0; e < r->out.nevidence; e++)
            if (t->member.len == 0 && r->out.evidence[e].at != RP_NOWHERE &&
                r->out.evidence[e].at > size)
                fault(s, "%s has evidence at %#llx, past the end (%#zx)", r->check->code,
                      (unsigned long long)r->out.evidence[e].at, size);
        if (whole && r->out.outcome == RP_OUTCOME_PASS && must_fail(s, t, r->check))
            fault(s, "%s passes (%.*s), but the whole file fails it", r->check->code,
                  RP_FMT(r->out.text));
    }
}

static void render(sweep *s, const rp_run_report *run)
{
    rp_buf out = {.max = 64u << 20};
    rp_report_options opt = {.width = 100, .unicode = true, .verbose = 2, .show_pass = true};
    for (uint32_t i = 0; i < rp_reporters_count; i++) {
        const rp_reporter *r = rp_reporters[i];
        rp_buf_clear(&out);
        rp_report_run(r, &opt, run, &out);
        for (size_t at = 0; at < out.len; at++)
            if ((unsigned char)out.ptr[at] < 0x20 && strchr("\n", out.ptr[at]) == NULL)
                fault(s, "report '%s' holds control byte %#x", r->name, (unsigned)out.ptr[at]);
    }
    rp_buf_free(&out);
}

/* One variant through the public path. */
static void audit(sweep *s, const uint8_t *bytes, size_t size, bool whole)
{
    rp_engine_options opt = options();
    rp_error err = {0};
    rp_run *run = NULL;
    double start = used_ms();
    rp_code code = rp_run_memory(&opt, (rp_bytes){bytes, size}, "x", &run, &err);
    if (code != RP_OK) {
        if (run != NULL || err.code != code || err.text[0] == '\0')
            fault(s, "error %d without text, or with a report", (int)code);
    } else {
        const rp_run_report *report = rp_run_result(run);
        for (uint32_t i = 0; i < report->ntargets; i++)
            judge_target(s, report->targets[i], size, whole);
        int exit_code = rp_run_exit_code(run);
        if (exit_code < 0 || (exit_code > 4 && exit_code != 70) || exit_code == 2)
            fault(s, "exit code %d", exit_code);
        if (s->inputs % MANY == 0)
            render(s, report);
        rp_run_free(run);
    }
    double took = used_ms() - start;
    if (took > s->worst_ms)
        s->worst_ms = took;
    if (took > 1000)
        fault(s, "took %.0f ms", took);
    s->inputs++;
}

/* What the whole file fails, to compare with. */
static void learn(sweep *s)
{
    rp_engine_options opt = options();
    rp_run *run = NULL;
    if (rp_run_memory(&opt, (rp_bytes){s->bytes, s->size}, "x", &run, NULL) != RP_OK)
        return;
    const rp_run_report *report = rp_run_result(run);
    for (uint32_t i = 0; i < report->ntargets; i++) {
        const rp_target_report *t = report->targets[i];
        for (uint32_t k = 0; t->facts != NULL && k < t->nresults; k++) {
            if (t->results[k].out.outcome != RP_OUTCOME_FINDING)
                continue;
            s->fails = realloc(s->fails, (s->nfails + 1) * sizeof *s->fails);
            failure *f = &s->fails[s->nfails++];
            f->check = t->results[k].check;
            (void)snprintf(f->target, sizeof f->target, "%.*s", RP_FMT(t->name));
        }
    }
    rp_run_free(run);
}

/* Every value below `near`, then steps that keep within the budget. */
static size_t next_place(const sweep *s, size_t at, size_t end)
{
    if (s->budget == 0 || end <= s->budget || at < s->budget / 2)
        return at + 1;
    size_t step = (end - (size_t)s->budget / 2) / ((size_t)s->budget / 2) + 1;
    return at + step;
}

static void truncate_everywhere(sweep *s)
{
    for (size_t n = 0; n < s->size; n = next_place(s, n, s->size)) {
        (void)snprintf(s->what, sizeof s->what, "cut to %zu of %zu bytes", n, s->size);
        uint8_t *copy = malloc(n ? n : 1); /* exact: ASan sees each byte too many */
        if (copy == NULL)
            abort();
        if (n != 0)
            memcpy(copy, s->bytes, n);
        audit(s, copy, n, true);
        free(copy);
    }
}

static void flip_everywhere(sweep *s)
{
    static const uint8_t masks[] = {0xff, 0x01, 0x80, 0x04};
    size_t end = s->size < HEADER ? s->size : HEADER;
    uint8_t *copy = malloc(s->size ? s->size : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, s->bytes, s->size);
    size_t all = end * sizeof masks, turn = 0;
    for (size_t i = 0; i < all; i = next_place(s, i, all)) {
        size_t at = i % end;
        uint8_t mask = masks[(i / end + turn++ * (s->budget != 0 && all > s->budget)) % 4];
        (void)snprintf(s->what, sizeof s->what, "byte %#zx ^ %#x", at, (unsigned)mask);
        copy[at] ^= mask;
        audit(s, copy, s->size, false);
        copy[at] ^= mask;
    }
    free(copy);
}

static void fail_each_allocation(sweep *s)
{
    rp_arena_fail_at(0);
    (void)snprintf(s->what, sizeof s->what, "no allocation fails");
    audit(s, s->bytes, s->size, true);
    size_t all = (size_t)rp_arena_fail_at(0);
    for (size_t n = 1; n <= all; n = next_place(s, n, all)) {
        (void)snprintf(s->what, sizeof s->what, "allocation %zu of %zu fails", n, all);
        rp_arena_fail_at(n);
        audit(s, s->bytes, s->size, true);
        rp_arena_fail_at(0);
    }
}

static const struct {
    const char *name;
    void (*run)(sweep *s);
} sweeps[] = {
    {"truncate", truncate_everywhere}, {"flip", flip_everywhere}, {"alloc", fail_each_allocation}};

static uint8_t *read_file(const char *path, size_t *ret_size)
{
    FILE *f = fopen(path, "rb");
    struct stat st = {0};
    if (f == NULL || fstat(fileno(f), &st) != 0)
        return NULL;
    uint8_t *bytes = malloc((size_t)st.st_size + 1);
    *ret_size = bytes == NULL ? 0 : fread(bytes, 1, (size_t)st.st_size, f);
    (void)fclose(f);
    return bytes;
}

typedef struct {
    uint64_t budget;
    unsigned which; /* bits of sweeps[] */
    unsigned passed, failed;
    uint64_t inputs;
    double worst_ms;
} totals;

static void sweep_file(totals *t, const char *path)
{
    sweep s = {.path = path, .budget = t->budget};
    uint8_t *bytes = read_file(path, &s.size);
    if (bytes == NULL) {
        printf("%s: cannot be read\n", path);
        t->failed++;
        return;
    }
    s.bytes = bytes;
    learn(&s);
    for (size_t i = 0; i < RP_COUNT(sweeps); i++) {
        if ((t->which >> i & 1) == 0)
            continue;
        s.faults = 0;
        sweeps[i].run(&s);
        if (s.faults > SHOWN)
            printf("%s: %s: %llu faults in all\n", path, sweeps[i].name,
                   (unsigned long long)s.faults);
        t->passed += s.faults == 0;
        t->failed += s.faults != 0;
    }
    t->inputs += s.inputs;
    t->worst_ms = s.worst_ms > t->worst_ms ? s.worst_ms : t->worst_ms;
    free(s.fails);
    free(bytes);
}

static unsigned sweep_named(const char *name)
{
    for (unsigned i = 0; i < RP_COUNT(sweeps); i++)
        if (strcmp(sweeps[i].name, name) == 0)
            return 1u << i;
    printf("no sweep is named '%s'\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    totals t = {.budget = 0};
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (argv[i][1] == 'q')
            t.budget = strtoull(argv[i + 1], NULL, 10);
        else
            t.which |= sweep_named(argv[i + 1]);
    }
    if (t.which == 0)
        t.which = (1u << RP_COUNT(sweeps)) - 1;
    double start = used_ms();
    for (; i < argc; i++)
        sweep_file(&t, argv[i]);
    double seconds = (used_ms() - start) / 1e3;
    printf("%llu variants in %.1f s (%.0f a second), slowest %.1f ms\n",
           (unsigned long long)t.inputs, seconds, (double)t.inputs / seconds, t.worst_ms);
    printf("%u passed, %u failed\n", t.passed, t.failed);
    return t.failed != 0 || t.passed == 0;
}
