/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "deps/advisory.h"
#include "deps/ignores.h"

typedef struct {
    char folder[64];
    rp_arena arena;
    rp_dep_ignore *ignores;
    uint32_t n;
} project;

static void put(const project *p, const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/.cargo", p->folder);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof path, "%s/%s", p->folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int make(void **state)
{
    static project p;
    p = (project){.folder = "/tmp/rustproof-ignores-XXXXXX"};
    *state = &p;
    return mkdtemp(p.folder) == NULL;
}

static int clear(void **state)
{
    static const char *const names[] = {".cargo/audit.toml", "deny.toml", "osv-scanner.toml",
                                        "rustproof.toml",    ".cargo",    ""};
    project *p = *state;
    char path[128];
    for (size_t i = 0; i < RP_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", p->folder, names[i]);
        (void)remove(path);
    }
    rp_arena_free(&p->arena);
    return 0;
}

static void read_on(project *p, const char *today)
{
    assert_int_equal(rp_ignores_read(rp_str_from(p->folder), rp_advisory_day(rp_str_from(today)),
                                     &p->arena, &p->ignores, &p->n, NULL),
                     RP_OK);
}

static void the_files_of_all_tools_are_read(void **state)
{
    project *p = *state;
    put(p, ".cargo/audit.toml", "[advisories]\nignore = [\"RUSTSEC-1\"]\n");
    put(p, "deny.toml",
        "[advisories]\nignore = [\n  \"RUSTSEC-2\",\n  { id = \"RUSTSEC-3\", reason = \"r\" },\n"
        "  { crate = \"a@1\" }, \"yanked@0.1\" ]\n");
    put(p, "osv-scanner.toml",
        "[[IgnoredVulns]]\nid = \"CVE-4\"\nignoreUntil = 2026-03-01T00:00:00Z\nreason = \"s\"\n");
    put(p, "rustproof.toml",
        "[advisories]\nignore = [{ id = \"GHSA-5\", until = 2026-02-01, reason = \"t\" }]\n");
    read_on(p, "2026-02-15");
    static const struct {
        const char *id, *reason, *until;
        uint32_t line;
        bool expired;
    } want[] = {{"RUSTSEC-1", "", "", 2, false},
                {"RUSTSEC-2", "", "", 3, false},
                {"RUSTSEC-3", "r", "", 4, false},
                {"CVE-4", "s", "2026-03-01", 2, false},
                {"GHSA-5", "t", "2026-02-01", 2, true}};
    assert_int_equal(p->n, RP_COUNT(want));
    for (size_t i = 0; i < RP_COUNT(want); i++) {
        assert_true(rp_str_is(p->ignores[i].id, want[i].id));
        assert_true(rp_str_is(p->ignores[i].reason, want[i].reason));
        assert_true(rp_str_is(p->ignores[i].until, want[i].until));
        assert_int_equal(p->ignores[i].line, want[i].line);
        assert_int_equal(p->ignores[i].expired, want[i].expired);
    }
}

static void an_end_is_kept_to_the_day(void **state)
{
    project *p = *state;
    put(p, "rustproof.toml", "[advisories]\nignore = [{ id = \"A\", until = 2026-02-01 }]\n");
    read_on(p, "2026-01-31");
    assert_false(p->ignores[0].expired);
    read_on(p, "2026-02-01");
    assert_true(p->ignores[0].expired);
    read_on(p, ""); /* nobody knows the day: then it is over */
    assert_true(p->ignores[0].expired);
    put(p, "rustproof.toml", "[advisories]\nignore = [{ id = \"A\", until = \"soon\" }]\n");
    read_on(p, "2026-01-31");
    assert_true(p->ignores[0].expired && p->ignores[0].problem.len > 0);
}

static void a_broken_file_is_an_entry(void **state)
{
    project *p = *state;
    put(p, "deny.toml", "[advisories]\nignore = [\n");
    read_on(p, "2026-01-31");
    assert_int_equal(p->n, 1);
    assert_true(p->ignores[0].problem.len > 0);
    assert_int_equal(p->ignores[0].line, 3);
}

static void what_is_ignored_is_marked(void **state)
{
    (void)state;
    static const rp_str cve = {"CVE-1", 5};
    rp_dep_match matches[] = {{.id = RP_STR("A"), .component = 1},
                              {.id = RP_STR("B"), .aliases = &cve, .naliases = 1},
                              {.id = RP_STR("C"), .component = 3},
                              {.id = RP_STR("A"), .component = 4}};
    rp_dep_ignore ignores[] = {{.id = RP_STR("A")},
                               {.id = RP_STR("CVE-1"), .reason = RP_STR("why"), .line = 7},
                               {.id = RP_STR("C"), .expired = true},
                               {.id = RP_STR("D")},
                               {.id = {"", 0}, .problem = RP_STR("broken")}};
    rp_arena arena = {0};
    uint32_t kept = 0;
    assert_int_equal(rp_ignores_apply(ignores, RP_COUNT(ignores), matches, RP_COUNT(matches),
                                      &arena, &kept, NULL),
                     RP_OK);
    rp_arena_free(&arena);
    assert_int_equal(kept, 1);
    static const bool ignored[] = {true, true, false, true};
    for (size_t i = 0; i < RP_COUNT(ignored); i++)
        assert_int_equal(matches[i].ignored, ignored[i]);
    assert_true(rp_str_is(matches[1].ignored_reason, "why"));
    assert_int_equal(matches[1].ignored_line, 7);
    assert_int_equal(matches[0].ignored_reason.len, 0);
    static const bool used[] = {true, true, true, false, false};
    for (size_t i = 0; i < RP_COUNT(used); i++)
        assert_int_equal(ignores[i].used, used[i]);
}

/* By id or alias: the first entry with a reason, else the first; none that is over. */
static void of_several_entries_the_first_with_a_reason_counts(void **state)
{
    (void)state;
    static const rp_str cve = {"CVE-1", 5};
    rp_dep_match match = {.id = RP_STR("A"), .aliases = &cve, .naliases = 1};
    rp_dep_ignore ignores[] = {
        {.id = RP_STR("A"), .line = 1},
        {.id = RP_STR("A"), .line = 2, .reason = RP_STR("over"), .expired = true},
        {.id = RP_STR("CVE-1"), .line = 3, .reason = RP_STR("why")},
        {.id = RP_STR("A"), .line = 4, .reason = RP_STR("late")}};
    static const uint32_t holds[] = {0, 1, 1, 3, 3}; /* of the first n entries: its line */
    for (uint32_t n = 0; n <= RP_COUNT(ignores); n++) {
        rp_arena arena = {0};
        rp_dep_match m = match;
        uint32_t kept = 9;
        assert_int_equal(rp_ignores_apply(ignores, n, &m, 1, &arena, &kept, NULL), RP_OK);
        assert_int_equal(kept, n == 0);
        assert_int_equal(m.ignored_line, holds[n]);
        for (uint32_t i = 0; i < n; i++)
            assert_true(ignores[i].used);
        rp_arena_free(&arena);
    }
}

static void entries_without_memory_are_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 2; n++) {
        rp_arena arena = {.limit = 0};
        rp_dep_ignore entry = {.id = RP_STR("A")};
        rp_dep_match match = {.id = RP_STR("A")};
        uint32_t kept;
        rp_error err = {0};
        rp_arena_fail_at(n);
        rp_code code = rp_ignores_apply(&entry, 1, &match, 1, &arena, &kept, &err);
        rp_arena_fail_at(0);
        assert_true(code == RP_E_MEMORY || n > 1);
        rp_arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_files_of_all_tools_are_read, make, clear),
        cmocka_unit_test_setup_teardown(an_end_is_kept_to_the_day, make, clear),
        cmocka_unit_test_setup_teardown(a_broken_file_is_an_entry, make, clear),
        cmocka_unit_test(what_is_ignored_is_marked),
        cmocka_unit_test(of_several_entries_the_first_with_a_reason_counts),
        cmocka_unit_test(entries_without_memory_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
