/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A project through the engine and every writer: lock file, advisories, source; with each
 * allocation failing in turn. What comes out is the same, or says that it is not whole. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "deps/advisory.h"
#include "engine/engine.h"
#include "report/report.h"

#define REGISTRY                                                                                   \
    "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"                         \
    "checksum = \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"\n"

static const struct {
    const char *path, *text;
} files[] = {
    {"Cargo.toml", "[package]\nname = \"top\"\nversion = \"0.1.0\"\n"
                   "[dependencies]\nbad = \"1\"\ngood = \"*\"\n"},
    {"Cargo.lock", "version = 3\n[[package]]\nname = \"bad\"\nversion = \"1.0.0\"\n" REGISTRY
                   "[[package]]\nname = \"good\"\nversion = \"1.0.0\"\n" REGISTRY
                   "[[package]]\nname = \"top\"\nversion = \"0.1.0\"\n"
                   "dependencies = [\"bad\", \"good\"]\n"},
    {"src/main.rs", "mod a;\nfn main() { let v = vec![1]; a::f(v.as_ptr()); }\n"},
    {"src/a.rs", "pub fn f(p: *const u8) -> u8 { unsafe { *p } }\n"
                 "pub struct S<T>(*mut T);\nunsafe impl<T> Send for S<T> {}\n"},
    {"db/crates/bad/RUSTSEC-2020-0001.md",
     "```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"bad\"\ndate = \"2020-01-01\"\n"
     "[versions]\npatched = [\">= 1.0.1\"]\n```\n# It is bad\n\nVery.\n"},
    {"deny.toml", "[advisories]\nignore = [\"RUSTSEC-2020-0002\"]\n"},
};

static char top[] = "/tmp/rp-run-XXXXXX", lock_path[200], root_path[200], db_path[200];

static void write_file(const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", top, name);
    for (char *slash = path + sizeof top; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0777);
        *slash = '/';
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static int make_project(void **state)
{
    (void)state;
    if (mkdtemp(top) == NULL)
        return -1;
    for (size_t i = 0; i < RP_COUNT(files); i++)
        write_file(files[i].path, files[i].text);
    snprintf(lock_path, sizeof lock_path, "%s/Cargo.lock", top);
    snprintf(root_path, sizeof root_path, "%s/src/main.rs", top);
    snprintf(db_path, sizeof db_path, "%s/db", top);
    return 0;
}

static int remove_project(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    return system(command);
}

typedef struct {
    rp_code code;
    int exit_code;
    bool complete;
    uint32_t counts[RP_OUTCOME_ERROR + 1];
    uint32_t findings[RP_DENY + 1];
    uint32_t good_reports; /* bit: the reporter's bytes are all there */
    size_t lengths[32];
} outcome;

static void write_all(const rp_run_report *run, outcome *o)
{
    assert_in_range(rp_reporters_count, 1, 31);
    for (uint32_t i = 0; i < rp_reporters_count; i++) {
        const rp_reporter *r = rp_reporters[i];
        rp_report_options opt = {.width = 100, .unicode = true, .verbose = 2, .show_pass = true};
        rp_buf out = {0};
        rp_report_run(r, &opt, run, &out);
        o->good_reports |= (uint32_t)!out.bad << i;
        o->lengths[i] = out.bad ? 0 : out.len;
        rp_buf_free(&out);
    }
}

static outcome audit(const rp_advisory_db *db)
{
    outcome o = {0};
    const char *paths[] = {lock_path, root_path};
    rp_source_crate crate = {
        .name = RP_STR("top"), .root = rp_str_from(root_path), .edition = 2021};
    rp_source_options source = {.crates = &crate, .ncrates = 1, .strict = true};
    rp_deps_options deps = {.all_features = true, .advisories = db};
    rp_engine_options opt = {.jobs = 1,
                             .keep = true,
                             .fail_on = RP_DENY,
                             .preview = true,
                             .deps = &deps,
                             .source = &source};
    rp_run *run = NULL;
    rp_error err = {0};
    o.code = rp_run_paths(&opt, paths, RP_COUNT(paths), &run, &err);
    if (o.code != RP_OK) {
        assert_int_equal(o.code, RP_E_MEMORY);
        assert_int_equal(err.code, RP_E_MEMORY);
        assert_null(run);
        return o;
    }
    const rp_run_report *report = rp_run_result(run);
    o.exit_code = rp_run_exit_code(run);
    o.complete = report->complete;
    memcpy(o.counts, report->count, sizeof o.counts);
    memcpy(o.findings, report->findings, sizeof o.findings);
    write_all(report, &o);
    rp_run_free(run);
    return o;
}

/* Either nothing is missing, or the exit code, the outcomes or the writers say that something is.
 */
static void check_against(const outcome *want, const outcome *got, uint64_t n)
{
    bool same = memcmp(want->counts, got->counts, sizeof want->counts) == 0 &&
                memcmp(want->findings, got->findings, sizeof want->findings) == 0;
    if (!got->complete) {
        assert_int_not_equal(got->exit_code, RP_EXIT_CLEAN);
        return;
    }
    if (!same)
        fail_msg("allocation %llu failed: other verdicts, and complete", (unsigned long long)n);
    assert_int_equal(got->exit_code, want->exit_code);
    for (uint32_t i = 0; i < rp_reporters_count; i++)
        if ((got->good_reports >> i & 1) != 0 && got->lengths[i] != want->lengths[i])
            fail_msg("allocation %llu failed: '%s' is another text of %zu bytes, not %zu",
                     (unsigned long long)n, rp_reporters[i]->name, got->lengths[i],
                     want->lengths[i]);
}

/* All of it with one database. */
static outcome open_and_audit(void)
{
    rp_arena arena = {0};
    const char *paths[] = {db_path};
    const rp_advisory_db *db = NULL;
    rp_error err = {0};
    outcome o = {.code = rp_advisory_db_open_lazily(paths, 1, NULL, 20000, &arena, &db, &err)};
    if (o.code == RP_OK) {
        o = audit(db);
        rp_advisory_db_close(db);
    } else {
        assert_int_equal(o.code, RP_E_MEMORY);
        assert_int_equal(err.code, RP_E_MEMORY);
    }
    rp_arena_free(&arena);
    return o;
}

static void each_allocation_fails(void **state)
{
    (void)state;
    outcome want = open_and_audit();
    assert_int_equal(want.code, RP_OK);
    assert_true(want.findings[RP_DENY] >= 1);
    assert_true(want.findings[RP_WARN] + want.findings[RP_NOTE] >= 2);
    for (uint64_t n = 1;; n++) {
        rp_arena_fail_at(n);
        outcome got = open_and_audit();
        uint64_t asked = rp_arena_fail_at(0);
        if (got.code == RP_OK)
            check_against(&want, &got, n);
        if (asked < n) {
            assert_in_range(n, 500, 100000);
            break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails)};
    return cmocka_run_group_tests(tests, make_project, remove_project);
}
