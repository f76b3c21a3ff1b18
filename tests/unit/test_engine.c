/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/fingerprint.h"
#include "engine/judge.h"
#include "engine/policy.h"

static uint32_t index_of(const char *code)
{
    for (uint32_t i = 0; i < rp_checks_count; i++)
        if (strcmp(rp_checks[i]->code, code) == 0)
            return i;
    fail_msg("no check %s", code);
    return 0;
}

/* The rule of RP2104 (full-relro, warn by default) under a policy. */
static rp_rule rule_of(const rp_policy_entry *entries, uint32_t n, const char *code)
{
    rp_arena arena = {0};
    const rp_rule *rules = NULL;
    rp_engine_options opt = {.policy = entries, .npolicy = n};
    assert_int_equal(rp_policy_rules(&opt, &arena, &rules, NULL), RP_OK);
    rp_rule rule = rules[index_of(code)];
    rp_arena_free(&arena);
    return rule;
}

#define SELECT(w)                                                                                  \
    {                                                                                              \
        RP_POLICY_SELECT, RP_ALLOW,                                                                \
        {                                                                                          \
            w, sizeof(w) - 1                                                                       \
        }                                                                                          \
    }
#define IGNORE(w)                                                                                  \
    {                                                                                              \
        RP_POLICY_IGNORE, RP_ALLOW,                                                                \
        {                                                                                          \
            w, sizeof(w) - 1                                                                       \
        }                                                                                          \
    }
#define LEVEL(l, w)                                                                                \
    {                                                                                              \
        RP_POLICY_LEVEL, l,                                                                        \
        {                                                                                          \
            w, sizeof(w) - 1                                                                       \
        }                                                                                          \
    }
#define RULE(code, ...)                                                                            \
    rule_of((const rp_policy_entry[]){__VA_ARGS__},                                                \
            sizeof((const rp_policy_entry[]){__VA_ARGS__}) / sizeof(rp_policy_entry), code)

static void later_entries_win(void **state)
{
    (void)state;
    assert_false(RULE("RP2104", IGNORE("full-relro")).on);
    assert_true(RULE("RP2104", IGNORE("RP21"), SELECT("rp2104")).on);
    assert_false(RULE("RP2104", SELECT("RP2104"), IGNORE("all")).on);
    assert_true(RULE("RP2104", IGNORE("RP2101")).on);
    assert_false(RULE("RP2101", SELECT("RP2104")).on);
    assert_true(RULE("RP2104", LEVEL(RP_DENY, "all"), SELECT("FULL_RELRO")).on);
    assert_int_equal(rp_rule_level(&(rp_rule){0}, RP_WARN), RP_WARN);
    rp_rule r = RULE("RP2104", LEVEL(RP_DENY, "RP2"), LEVEL(RP_NOTE, "full-relro"));
    assert_int_equal(rp_rule_level(&r, RP_WARN), RP_NOTE);
}

static void warnings_are_what_warns(void **state)
{
    (void)state;
    rp_rule r = RULE("RP2104", LEVEL(RP_DENY, "warnings"));
    assert_int_equal(rp_rule_level(&r, RP_WARN), RP_DENY);
    assert_int_equal(rp_rule_level(&r, RP_NOTE), RP_NOTE);
    r = RULE("RP2104", LEVEL(RP_NOTE, "RP2104"), LEVEL(RP_DENY, "warnings"));
    assert_int_equal(rp_rule_level(&r, RP_WARN), RP_NOTE);
    r = RULE("RP2104", LEVEL(RP_WARN, "RP2104"), LEVEL(RP_DENY, "warnings"));
    assert_int_equal(rp_rule_level(&r, RP_NOTE), RP_DENY);
    r = RULE("RP2104", LEVEL(RP_DENY, "warnings"), LEVEL(RP_ALLOW, "RP2104"));
    assert_int_equal(rp_rule_level(&r, RP_WARN), RP_ALLOW);
}

static void unknown_names_are_errors_with_the_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *given, *expected;
    } cases[] = {{"full-relo", "'full-relro'"},     {"RP21O4", "'RP2104'"},
                 {"warning", "'warnings'"},         {"", "no check is called ''"},
                 {"RP", "no check is called 'RP'"}, {"RP99", "no check is called 'RP99'"},
                 {"RP999", "no check is called"}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_policy_entry entry = {RP_POLICY_SELECT, RP_ALLOW, rp_str_from(cases[i].given)};
        rp_engine_options opt = {.policy = &entry, .npolicy = 1};
        rp_error err = {0};
        assert_int_equal(rp_policy_check(&opt, &err), RP_E_USAGE);
        assert_non_null(strstr(err.text, cases[i].expected));
    }
}

/* FNV-1a 128 of "RP2104", 0, "agentd", 0, 0, "partial #": from an independent implementation. */
static void fingerprints_do_not_depend_on_place_or_numbers(void **state)
{
    (void)state;
    uint64_t a[2], b[2];
    rp_fingerprint("RP2104", RP_STR("/build/1/agentd"), RP_STR(""), RP_STR("partial 0x1f"), a);
    assert_true(a[0] == 0x39a6739675705145u && a[1] == 0x225e014ea7ceb06bu);
    rp_fingerprint("RP2104", RP_STR("agentd-0123456789abcdef"), RP_STR(""), RP_STR("partial 77"),
                   b);
    assert_memory_equal(a, b, sizeof a);
    rp_fingerprint("RP2104", RP_STR("agentd-0123456789abcde"), RP_STR(""), RP_STR("partial 7"), b);
    assert_memory_not_equal(a, b, sizeof a);
    rp_fingerprint("RP2105", RP_STR("agentd"), RP_STR(""), RP_STR("partial 7"), b);
    assert_memory_not_equal(a, b, sizeof a);
    rp_fingerprint("RP2104", RP_STR("agentd"), RP_STR("x"), RP_STR("partial 7"), b);
    assert_memory_not_equal(a, b, sizeof a);
}

/* ---- runs over a small program that every system has ---- */

static rp_bytes program(void)
{
    static uint8_t bytes[1 << 20];
    FILE *f = fopen("/bin/true", "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    assert_true(n < sizeof bytes);
    return (rp_bytes){bytes, n};
}

static int exit_of(const rp_engine_options *opt, rp_bytes bytes)
{
    rp_run *run = NULL;
    rp_error err = {0};
    assert_int_equal(rp_run_memory(opt, bytes, "x", &run, &err), RP_OK);
    int code = rp_run_exit_code(run);
    rp_run_free(run);
    return code;
}

static void exit_codes_follow_the_table(void **state)
{
    (void)state;
    static const rp_policy_entry deny[] = {SELECT("RP3103"), LEVEL(RP_DENY, "RP3103")};
    static const rp_policy_entry warn[] = {SELECT("RP3103"), LEVEL(RP_WARN, "RP3103")};
    static const rp_policy_entry allow[] = {SELECT("RP3103"), LEVEL(RP_ALLOW, "RP3103")};
    static const rp_policy_entry pie[] = {SELECT("RP2101")};
    rp_bytes whole = program(), text = {(const uint8_t *)"hello", 5}, cut = {whole.ptr, 40};
    rp_engine_options opt = {.fail_on = RP_DENY, .policy = deny, .npolicy = 2};
    assert_int_equal(exit_of(&opt, whole), RP_EXIT_FINDINGS);
    opt.fail_on = RP_ALLOW;
    assert_int_equal(exit_of(&opt, whole), RP_EXIT_CLEAN);
    opt = (rp_engine_options){.fail_on = RP_DENY, .policy = warn, .npolicy = 2};
    assert_int_equal(exit_of(&opt, whole), RP_EXIT_CLEAN);
    opt.fail_on = RP_WARN;
    assert_int_equal(exit_of(&opt, whole), RP_EXIT_FINDINGS);
    opt.policy = allow;
    assert_int_equal(exit_of(&opt, whole), RP_EXIT_CLEAN);
    opt = (rp_engine_options){.fail_on = RP_DENY, .policy = pie, .npolicy = 1};
    assert_int_equal(exit_of(&opt, cut), RP_EXIT_INCOMPLETE);
    opt.allow_incomplete = true;
    assert_int_equal(exit_of(&opt, cut), RP_EXIT_CLEAN);
    assert_int_equal(exit_of(&opt, text), RP_EXIT_NOTHING);
    opt.allow_empty = true;
    assert_int_equal(exit_of(&opt, text), RP_EXIT_CLEAN);
}

static void memory_limit_is_an_error_of_the_target(void **state)
{
    (void)state;
    rp_engine_options opt = {.fail_on = RP_DENY, .max_memory = 4096, .keep = true};
    rp_run *run = NULL;
    assert_int_equal(rp_run_memory(&opt, program(), "x", &run, NULL), RP_OK);
    const rp_run_report *r = rp_run_result(run);
    assert_int_equal(r->failed, 1);
    assert_int_equal(r->judged, 0);
    assert_int_equal(r->targets[0]->err.code, RP_E_MEMORY);
    assert_non_null(strstr(r->targets[0]->err.text, "--max-memory"));
    assert_int_equal(rp_run_exit_code(run), RP_EXIT_INCOMPLETE);
    rp_run_free(run);
}

/* Kept reports own all that they point to: the arenas of the run's artefacts are gone (valgrind and
 * ASan would see it), and the caller's bytes may change. */
static void kept_reports_stand_alone(void **state)
{
    (void)state;
    rp_bytes whole = program();
    rp_bytes copy = {malloc(whole.len), whole.len};
    assert_non_null(copy.ptr);
    memcpy((uint8_t *)(uintptr_t)copy.ptr, whole.ptr, whole.len);
    rp_engine_options opt = {.fail_on = RP_DENY, .keep = true};
    rp_run *run = NULL;
    assert_int_equal(rp_run_memory(&opt, copy, "x", &run, NULL), RP_OK);
    memset((uint8_t *)(uintptr_t)copy.ptr, 0x5a, copy.len);
    free((void *)(uintptr_t)copy.ptr);
    const rp_target_report *t = rp_run_result(run)->targets[0];
    assert_true(rp_str_is(t->name, "x"));
    assert_int_equal(t->facts->format, RP_FORMAT_ELF);
    assert_true(rp_str_starts(t->facts->elf->interp_path, "/lib"));
    assert_true(t->facts->nlibraries > 0);
    for (uint32_t i = 0; i < t->nresults; i++)
        assert_true(t->results[i].out.text.len > 0);
    rp_run_free(run);
}

static void every_failing_allocation_ends_in_an_error(void **state)
{
    (void)state;
    rp_engine_options opt = {.fail_on = RP_DENY, .keep = true};
    rp_bytes whole = program();
    rp_run *run = NULL;
    (void)rp_arena_fail_at(0);
    assert_int_equal(rp_run_memory(&opt, whole, "x", &run, NULL), RP_OK);
    uint64_t all = rp_arena_fail_at(0);
    uint32_t judged = rp_run_result(run)->judged;
    rp_run_free(run);
    assert_int_equal(judged, 1);
    for (uint64_t n = 1; n <= all; n += 1 + n / 64) {
        rp_error err = {0};
        (void)rp_arena_fail_at(n);
        rp_code code = rp_run_memory(&opt, whole, "x", &run, &err);
        (void)rp_arena_fail_at(0);
        if (code != RP_OK) {
            assert_int_equal(code, RP_E_MEMORY);
            assert_true(err.text[0] != '\0');
            continue;
        }
        if (rp_run_result(run)->failed != 1 || rp_run_exit_code(run) != RP_EXIT_INCOMPLETE)
            fail_msg("allocation %llu of %llu failed and nobody noticed", (unsigned long long)n,
                     (unsigned long long)all);
        rp_run_free(run);
    }
}

/* Files are handed out in order of their paths, each once, whatever happens to some. */
static char seen[4096];

static void render_name(void *user, const rp_target_report *t, rp_buf *texts)
{
    (void)user;
    rp_buf_printf(&texts[0], "%.*s:", RP_FMT(rp_str_sub(t->name, 1, 99)));
    rp_buf_printf(&texts[1], "%d ", (int)t->err.code);
}

static void note_texts(void *user, const rp_buf *texts)
{
    (void)user;
    size_t len = strlen(seen);
    (void)snprintf(seen + len, sizeof seen - len, "%s%s", texts[0].ptr, texts[1].ptr);
}

static void one_failure_does_not_lose_the_others(void **state)
{
    (void)state;
    const char *paths[] = {"/proc/self/exe", "/nonexistent/a", "/dev/null", "/nonexistent/0"};
    rp_streams streams = {.n = 2, .render = render_name, .emit = note_texts};
    rp_engine_options opt = {.fail_on = RP_DENY, .streams = streams, .jobs = 4};
    rp_run *run = NULL;
    seen[0] = '\0';
    assert_int_equal(rp_run_paths(&opt, paths, 4, &run, NULL), RP_OK);
    assert_string_equal(seen, "dev/null:4 nonexistent/0:4 nonexistent/a:4 proc/self/exe:0 ");
    const rp_run_report *r = rp_run_result(run);
    assert_int_equal(r->judged, 1);
    assert_int_equal(r->failed, 3);
    assert_false(r->complete);
    rp_run_free(run);
}

/* ---- judging ---- */

static const rp_result *result_of(const rp_target_report *t, const char *code)
{
    for (uint32_t i = 0; i < t->nresults; i++)
        if (strcmp(t->results[i].check->code, code) == 0)
            return &t->results[i];
    return NULL;
}

static void what_the_engine_says_by_itself(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_pe_facts pe = {.image = true};
    rp_rust_facts rust = {.is_rust = rp_fact_no(0)};
    rp_symbol_facts symbols = {.known = RP_UNKNOWN};
    rp_target_facts target = {.triple = ""};
    rp_code_facts code = {.read = RP_UNKNOWN};
    rp_facts facts = {.name = RP_STR("x.exe"),
                      .format = RP_FORMAT_PE,
                      .kind = RP_KIND_EXECUTABLE,
                      .pe = &pe,
                      .rust = &rust,
                      .symbols = &symbols,
                      .target = &target,
                      .code = &code};
    rp_engine_options opt = {.fail_on = RP_DENY};
    rp_target_report t;
    assert_int_equal(rp_judge(&opt, &facts, &arena, &t, NULL), RP_OK);
    const rp_result *relro = result_of(&t, "RP2104");
    assert_int_equal(relro->out.outcome, RP_OUTCOME_NA);
    assert_true(rp_str_is(relro->out.text, "for ELF files only"));
    facts.packed = rp_fact_yes(7);
    facts.format = RP_FORMAT_ELF;
    rp_elf_facts elf = {0};
    facts.elf = &elf;
    facts.pe = NULL;
    assert_int_equal(rp_judge(&opt, &facts, &arena, &t, NULL), RP_OK);
    relro = result_of(&t, "RP2104");
    assert_int_equal(relro->out.outcome, RP_OUTCOME_UNKNOWN);
    assert_int_equal(relro->out.evidence[0].at, 7);
    assert_true(t.incomplete);
    facts.packed = rp_fact_no(0);
    facts.kind = RP_KIND_DEBUG;
    assert_int_equal(rp_judge(&opt, &facts, &arena, &t, NULL), RP_OK);
    assert_string_equal(t.skipped, "separate debug file");
    assert_null(result_of(&t, "RP2104"));
    for (uint32_t i = 0; i < t.nresults; i++)
        assert_true(t.results[i].check->identity);
    rp_arena_free(&arena);
}

/* Strings are read for a fixed program, whose fix depends on its language, and not for a PIE; not
 * either where nobody reads fixes and the verdict is the same for all languages. */
static void follow_up(bool no_fixes, bool ret_read[2])
{
    const rp_policy_entry pie = SELECT("pie");
    rp_engine_options opt = {.fail_on = RP_DENY,
                             .policy = &pie,
                             .npolicy = 1,
                             .keep = true,
                             .no_fixes = no_fixes,
                             .any_language = true};
    rp_bytes whole = program();
    uint8_t *copy = malloc(whole.len);
    assert_non_null(copy);
    memcpy(copy, whole.ptr, whole.len);
    for (uint8_t type = 2; type <= 3; type++) { /* ET_EXEC, ET_DYN */
        rp_run *run = NULL;
        copy[16] = type;
        assert_int_equal(rp_run_memory(&opt, (rp_bytes){copy, whole.len}, "x", &run, NULL), RP_OK);
        const rp_target_report *t = rp_run_result(run)->targets[0];
        assert_int_equal(t->nresults, 1);
        assert_int_equal(t->findings[RP_DENY], type == 2);
        assert_int_equal(t->count[RP_OUTCOME_PASS], type == 3);
        ret_read[type - 2] = (t->facts->needs & RP_NEED_STRINGS) != 0;
        rp_run_free(run);
    }
    free(copy);
}

static void doubts_are_followed_up(void **state)
{
    bool read[2];
    (void)state;
    follow_up(false, read);
    assert_true(read[0] && !read[1]);
    follow_up(true, read);
    assert_true(!read[0] && !read[1]);
}

static void every_check_can_speak_without_a_subject(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        const rp_check *c = rp_checks[i];
        bool is_rule = c->rule != NULL;
        assert_true(is_rule == (c->holds != NULL) && is_rule == (c->run == NULL));
        assert_true((c->subjects != NULL) == (c->run_on != NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_can_speak_without_a_subject),
        cmocka_unit_test(later_entries_win),
        cmocka_unit_test(warnings_are_what_warns),
        cmocka_unit_test(unknown_names_are_errors_with_the_nearest),
        cmocka_unit_test(fingerprints_do_not_depend_on_place_or_numbers),
        cmocka_unit_test(exit_codes_follow_the_table),
        cmocka_unit_test(memory_limit_is_an_error_of_the_target),
        cmocka_unit_test(kept_reports_stand_alone),
        cmocka_unit_test(every_failing_allocation_ends_in_an_error),
        cmocka_unit_test(one_failure_does_not_lose_the_others),
        cmocka_unit_test(doubts_are_followed_up),
        cmocka_unit_test(what_the_engine_says_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
