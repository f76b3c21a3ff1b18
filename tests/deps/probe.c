/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Answers questions of the tests, one a line on standard input, one answer a line:
 *
 *   cvss            VECTOR                      → "98 critical" or "-"
 *   semver          cmp A B | req REQ VERSION   → "-1", "0", "1"; "yes", "no"; "-" unreadable
 *
 *   affects DB      PACKAGE VERSION             → ids of the advisories that affect it, sorted
 *   lazily DB …     PACKAGE VERSION             → the same, of databases read as they are asked
 *   load DB …       (nothing)                   → counts, then each fault
 *   open DB …       (nothing)                   → milliseconds of opening it lazily: the median
 *   index DB FILE   (nothing)                   → writes the index of a database
 *   strings FILE    (nothing)                   → MB/s of recovering crates from the bytes in
 *                                                 memory, the median, and how many were found
 *
 * Fields are separated by tabs. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "deps/advisory_parts.h"
#include "base/fs.h"
#include "deps/cvss.h"
#include "deps/recover.h"
#include "text/semver.h"

static rp_str field(char **at)
{
    size_t n = strcspn(*at, "\t\n");
    rp_str s = {*at, n};
    *at += n + ((*at)[n] != '\0');
    return s;
}

static void answer_cvss(char *line)
{
    rp_cvss c;
    if (rp_cvss_parse(field(&line), &c))
        (void)printf("%u %s\n", c.score, rp_severity_name(c.severity));
    else
        (void)printf("-\n");
}

static const char *compared(rp_str a, rp_str b)
{
    rp_semver x, y;
    if (!rp_semver_parse(a, &x) || !rp_semver_parse(b, &y))
        return "-";
    int c = rp_semver_cmp(&x, &y);
    return c < 0 ? "-1" : c > 0 ? "1" : "0";
}

static const char *required(rp_str text, rp_str version)
{
    rp_semver_req req;
    rp_semver v;
    if (rp_semver_req_parse(text, &req, NULL) != RP_OK || !rp_semver_parse(version, &v))
        return "-";
    return rp_semver_req_matches(&req, &v) ? "yes" : "no";
}

static void answer_semver(char *line)
{
    rp_str what = field(&line), a = field(&line), b = field(&line);
    (void)printf("%s\n", rp_str_is(what, "cmp") ? compared(a, b) : required(a, b));
}

static int count_databases(char **paths, int n)
{
    rp_arena arena = {0};
    rp_error err = {0};
    const rp_advisory_db *db = NULL;
    if (rp_advisory_db_open((const char *const *)paths, (uint32_t)n, 0, &arena, &db, &err) !=
        RP_OK) {
        (void)printf("error: %s\n", err.text);
        rp_arena_free(&arena);
        return 1;
    }
    (void)printf("advisories %u repeated %u faults %u\n", db->n, db->repeated, db->faults_in_all);
    for (uint32_t i = 0; i < db->nfaults; i++)
        (void)printf("%.*s:%u: %.*s%s\n", RP_FMT(db->faults[i].file), db->faults[i].line,
                     RP_FMT(db->faults[i].what), db->faults[i].lost ? " (lost)" : "");
    rp_arena_free(&arena);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double milliseconds(const struct timespec *from)
{
    struct timespec to;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from->tv_sec) * 1e3 + (double)(to.tv_nsec - from->tv_nsec) / 1e6;
}

static int time_opening(char **paths, int n)
{
    enum { RUNS = 101 };
    double times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        rp_arena arena = {0};
        struct timespec from;
        const rp_advisory_db *db = NULL;
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        if (rp_advisory_db_open_lazily((const char *const *)paths, (uint32_t)n, NULL, 0, &arena,
                                       &db, NULL) != RP_OK)
            return 1;
        times[i] = milliseconds(&from);
        rp_advisory_db_close(db);
        rp_arena_free(&arena);
    }
    qsort(times, RUNS, sizeof *times, by_value);
    (void)printf("%.3f\n", times[RUNS / 2]);
    return 0;
}

/* Crates in `bytes`, and the time that took; -1: it failed. */
static double time_recovery(rp_bytes bytes, uint32_t *ret_found)
{
    rp_arena arena = {0};
    struct timespec from;
    const rp_inventory *inventory = NULL;
    rp_source src = rp_source_memory(bytes, &arena);
    rp_inventory_builder *b = rp_inventory_start(&arena);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    bool ok = b != NULL && rp_recover_bytes(&src, &arena, b, NULL) == RP_OK;
    double took = milliseconds(&from);
    ok = ok && rp_inventory_finish(b, &inventory, NULL, NULL) == RP_OK;
    *ret_found = ok ? inventory->ncomponents : 0;
    rp_arena_free(&arena);
    return ok ? took : -1;
}

static int time_strings(const char *path)
{
    enum { RUNS = 11 };
    double times[RUNS];
    int fd = -1;
    uint32_t found = 0;
    rp_fs_info info;
    rp_arena arena = {0};
    rp_bytes bytes = {NULL, 0};
    if (rp_fs_open(path, true, &fd, &info, NULL) != RP_OK)
        return 1;
    bool ok = rp_fs_read_all(fd, (uint64_t)1 << 30, &arena, &bytes, NULL) == RP_OK;
    rp_fs_close(fd);
    for (int i = 0; i < RUNS && ok; i++)
        ok = (times[i] = time_recovery(bytes, &found)) >= 0;
    if (ok) {
        qsort(times, RUNS, sizeof *times, by_value);
        (void)printf("%.0f\t%u\n", (double)bytes.len / times[RUNS / 2] / 1e3, found);
    }
    rp_arena_free(&arena);
    return ok ? 0 : 1;
}

static int write_index(const char *path, const char *to)
{
    rp_advisory_loader l = {0};
    rp_arena arena = {0};
    rp_buf out = {0};
    l.arena = &arena;
    if (rp_advisory_load_path(&l, path, NULL) != RP_OK)
        return 1;
    rp_advisory_index_put(&l, RP_STR("test"), &out);
    FILE *f = fopen(to, "wb");
    bool ok = f != NULL && !out.bad && fwrite(out.ptr, 1, out.len, f) == out.len;
    ok = f != NULL && fclose(f) == 0 && ok;
    rp_buf_free(&out);
    rp_arena_free(&arena);
    return ok ? 0 : 1;
}

static void answer_affects(const rp_advisory_db *db, char *line)
{
    rp_str package = field(&line), version = field(&line);
    rp_semver v;
    uint32_t n = 0;
    const rp_advisory *a = NULL;
    if (rp_advisories_on(db, RP_COLLECTION_CRATES, package, &a, &n, NULL) != RP_OK)
        return;
    bool known = rp_semver_parse(version, &v), any = false;
    for (uint32_t i = 0; known && i < n; i++) {
        if (!rp_advisory_affects(&a[i], &v, version))
            continue;
        (void)printf("%s%.*s", any ? " " : "", RP_FMT(a[i].id));
        any = true;
    }
    (void)printf("\n");
}

int main(int argc, char **argv)
{
    char line[4096];
    rp_arena arena = {0};
    const rp_advisory_db *db = NULL;
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "load") == 0)
        return count_databases(argv + 2, argc - 2);
    if (strcmp(what, "open") == 0)
        return time_opening(argv + 2, argc - 2);
    if (strcmp(what, "strings") == 0 && argc == 3)
        return time_strings(argv[2]);
    if (strcmp(what, "index") == 0 && argc == 4)
        return write_index(argv[2], argv[3]);
    if (strcmp(what, "affects") == 0 && argc == 3 &&
        rp_advisory_db_open((const char *const *)argv + 2, 1, 0, &arena, &db, NULL) != RP_OK)
        return 1;
    if (strcmp(what, "lazily") == 0 && argc >= 3 &&
        rp_advisory_db_open_lazily((const char *const *)argv + 2, (uint32_t)argc - 2, NULL, 0,
                                   &arena, &db, NULL) != RP_OK)
        return 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (strcmp(what, "cvss") == 0)
            answer_cvss(line);
        else if (strcmp(what, "semver") == 0)
            answer_semver(line);
        else if (db != NULL)
            answer_affects(db, line);
        else
            return 2;
    }
    rp_advisory_db_close(db);
    rp_arena_free(&arena);
    return 0;
}
