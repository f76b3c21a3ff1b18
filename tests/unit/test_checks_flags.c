/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clang-format off: cmocka needs these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "checks/check.h"

typedef struct {
    rp_facts f;
    rp_elf_facts e;
    rp_rust_facts r;
    rp_symbol_facts y;
    rp_target_facts t;
    rp_code_facts c; /* zeroed: not read */
    rp_found leaks[1];
} world;

static const rp_fact none = {RP_NO, RP_NOWHERE, NULL};

static void set_good(world *w)
{
    *w = (world){.f = {.format = RP_FORMAT_ELF,
                       .arch = RP_ARCH_X86_64,
                       .bits = 64,
                       .kind = RP_KIND_EXECUTABLE}};
    w->t.triple = "";
    w->y.known = RP_YES;
    w->r.is_rust = w->r.overflow_checks = w->r.debug_assertions = rp_fact_yes(7);
    w->r.leaks_known = rp_fact_yes(RP_NOWHERE);
    w->r.allocator = RP_ALLOC_SYSTEM;
    w->r.profile = RP_PROFILE_RELEASE;
    w->r.profile_by = "a test says so";
    w->r.std_dynamic = none;
    w->f.symbol_table = w->f.debug_info = none;
    w->e.tls = rp_fact_yes(9);
    w->e.static_tls = none;
    w->f.elf = &w->e;
    w->f.rust = &w->r;
    w->f.symbols = &w->y;
    w->f.target = &w->t;
    w->f.code = &w->c;
    w->r.leaks = w->leaks;
    w->leaks[0] = (rp_found){RP_STR("/home/x/"), 3};
}

static void nothing(world *w)
{
    (void)w;
}
static void object(world *w)
{
    w->f.kind = RP_KIND_OBJECT;
}
static void library(world *w)
{
    w->f.kind = RP_KIND_LIBRARY;
}
static void core(world *w)
{
    w->f.kind = RP_KIND_CORE;
}
static void no_overflow(world *w)
{
    w->r.overflow_checks = none;
}
static void thin(world *w)
{
    w->r.overflow_checks = w->r.debug_assertions = rp_fact_unknown("thin");
}
static void no_assertions(world *w)
{
    w->r.debug_assertions = none;
}
static void jemalloc(world *w)
{
    w->r.allocator = RP_ALLOC_JEMALLOC;
}
static void hardened(world *w)
{
    w->r.allocator = RP_ALLOC_HARDENED;
}
static void no_allocator(world *w)
{
    w->r.allocator = RP_ALLOC_UNKNOWN;
}
static void symbols_kept(world *w)
{
    w->f.symbol_table = rp_fact_yes(5);
}
static void symbols_unread(world *w)
{
    w->f.symbol_table = rp_fact_unknown("not read");
    w->y.known = RP_UNKNOWN;
}
static void debug_kept(world *w)
{
    w->f.debug_info = rp_fact_yes(5);
    w->f.debug_name = RP_STR(".debug_info");
}
static void debug_unread(world *w)
{
    w->f.debug_info = rp_fact_unknown("not read");
}
static void person(world *w)
{
    w->r.nleaks = w->r.leaks_total = 1;
    w->r.leaked_user = RP_STR("x");
}
static void service(world *w)
{
    person(w);
    w->r.leaked_user_is_service = true;
}
static void not_scanned(world *w)
{
    w->r.leaks_known = rp_fact_unknown("not scanned");
}
static void leak_not_whole(world *w)
{
    person(w);
    not_scanned(w);
}
static void asan(world *w)
{
    w->r.sanitizer = (rp_found){RP_STR("address"), 4};
}
static void no_tls(world *w)
{
    w->e.tls = none;
}
static void library_static_tls(world *w)
{
    library(w);
    w->e.static_tls = rp_fact_yes(8);
}
static void library_tpoff(world *w)
{
    library(w);
    w->e.tls_tpoff = 2;
}
static void library_unread(world *w)
{
    library(w);
    w->e.tls_tpoff = UINT32_MAX;
}
static void emulated(world *w)
{
    w->y.watch[RP_WATCH_ANDROID_EMUTLS].undefined = 1;
    no_tls(w);
}
static void tls_unread(world *w)
{
    w->e.tls = rp_fact_unknown("cut short");
}
static void debug_build(world *w)
{
    w->r.profile = RP_PROFILE_DEBUG;
}
static void profile_unknown(world *w)
{
    w->r.profile = RP_PROFILE_UNKNOWN;
}

static const struct {
    const char *code;
    void (*spoil)(world *w);
    rp_outcome outcome;
    rp_level level;
} rows[] = {
    {"RP1001", nothing, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP1001", no_overflow, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP1001", thin, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP1001", core, RP_OUTCOME_NA, RP_NOTE},
    {"RP1002", nothing, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP1002", no_assertions, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP1002", thin, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP1002", core, RP_OUTCOME_NA, RP_NOTE},
    {"RP2115", nothing, RP_OUTCOME_PASS, RP_NOTE},
    {"RP2115", hardened, RP_OUTCOME_PASS, RP_NOTE},
    {"RP2115", jemalloc, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP2115", no_allocator, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP2115", object, RP_OUTCOME_NA, RP_NOTE},
    {"RP7101", nothing, RP_OUTCOME_PASS, RP_NOTE},
    {"RP7101", symbols_kept, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP7101", symbols_unread, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP7101", object, RP_OUTCOME_NA, RP_NOTE},
    {"RP7102", nothing, RP_OUTCOME_PASS, RP_NOTE},
    {"RP7102", debug_kept, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP7102", debug_unread, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP7102", object, RP_OUTCOME_NA, RP_NOTE},
    {"RP7103", nothing, RP_OUTCOME_PASS, RP_NOTE},
    {"RP7103", person, RP_OUTCOME_FINDING, RP_WARN},
    {"RP7103", service, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP7103", not_scanned, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP7103", leak_not_whole, RP_OUTCOME_FINDING, RP_WARN},
    {"RP7103", core, RP_OUTCOME_NA, RP_NOTE},
    {"RP7104", nothing, RP_OUTCOME_PASS, RP_DENY},
    {"RP7104", asan, RP_OUTCOME_FINDING, RP_DENY},
    {"RP7104", not_scanned, RP_OUTCOME_UNKNOWN, RP_DENY},
    {"RP7104", symbols_unread, RP_OUTCOME_UNKNOWN, RP_DENY},
    {"RP7105", nothing, RP_OUTCOME_PASS, RP_NOTE},
    {"RP7105", library, RP_OUTCOME_PASS, RP_NOTE},
    {"RP7105", library_static_tls, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP7105", library_tpoff, RP_OUTCOME_FINDING, RP_NOTE},
    {"RP7105", library_unread, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP7105", emulated, RP_OUTCOME_PASS, RP_NOTE},
    {"RP7105", no_tls, RP_OUTCOME_NA, RP_NOTE},
    {"RP7105", tls_unread, RP_OUTCOME_UNKNOWN, RP_NOTE},
    {"RP7106", nothing, RP_OUTCOME_PASS, RP_WARN},
    {"RP7106", debug_build, RP_OUTCOME_FINDING, RP_WARN},
    {"RP7106", profile_unknown, RP_OUTCOME_UNKNOWN, RP_WARN},
    {"RP7106", object, RP_OUTCOME_NA, RP_WARN},
};

static void every_arm(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        const rp_check *check = rp_check_find(rp_str_from(rows[i].code));
        assert_non_null(check);
        world w;
        set_good(&w);
        rows[i].spoil(&w);
        rp_arena arena = {0};
        rp_out out = rp_out_start(&arena, check);
        check->run(&w.f, &out);
        if (out.outcome != rows[i].outcome || out.level != rows[i].level)
            fail_msg("row %zu %s: outcome %d, level %d: %.*s", i, rows[i].code, out.outcome,
                     out.level, RP_FMT(out.text));
        assert_true(out.text.len != 0 && out.verify.len != 0);
        if (out.outcome == RP_OUTCOME_FINDING)
            assert_true(out.nevidence != 0 && out.nfixes != 0);
        if (out.outcome == RP_OUTCOME_PASS)
            assert_true(out.nevidence != 0);
        rp_arena_free(&arena);
    }
}

static void out_of_memory_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        const rp_check *check = rp_check_find(rp_str_from(rows[i].code));
        world w;
        set_good(&w);
        rows[i].spoil(&w);
        rp_arena arena = {0};
        rp_out out = rp_out_start(&arena, check);
        rp_arena_fail_at(1);
        check->run(&w.f, &out);
        rp_arena_fail_at(0);
        assert_true(out.out_of_memory);
        rp_arena_free(&arena);
    }
}

/* Names in a lock file are whatever somebody wrote there; the reader copies the command. */
static void shell_words(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_out out = rp_out_start(&arena, rp_checks[0]);
    assert_string_equal(rp_shell_word(&out, "%s@%s", "serde", "1.0.2"), "serde@1.0.2");
    assert_string_equal(rp_shell_word(&out, "%s", "x; reboot"), "'x; reboot'");
    assert_string_equal(rp_shell_word(&out, "%s", "$(id)'"), "'$(id)'\\'''");
    assert_string_equal(rp_shell_word(&out, "%s", "--config=x"), "./--config=x");
    assert_string_equal(rp_shell_word(&out, "%s", "a\nb"), "$'a\\012b'");
    assert_string_equal(rp_shell_word(&out, "%s", ""), "''");
    assert_false(out.out_of_memory);
    rp_verify_also(&out, "one");
    rp_verify_also(&out, "two %d", 2);
    assert_true(rp_str_is(out.verify, "one; two 2"));
    rp_arena_fail_at(1);
    (void)rp_shell_word(&out, "x");
    assert_true(out.out_of_memory);
    rp_arena_fail_at(0);
    rp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_arm),
        cmocka_unit_test(out_of_memory_is_told),
        cmocka_unit_test(shell_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
