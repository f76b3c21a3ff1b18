/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The public interface as its users call it: every allocation failing once, what getters refuse,
 * and structs of other sizes than today's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "rustproof/rustproof.h"

/* A relocatable ELF file for x86-64 without sections. */
static const uint8_t object[64] = {0x7f, 'E',      'L',       'F',      2,         1,
                                   1,    [16] = 1, [18] = 62, [20] = 1, [52] = 64, [58] = 64};

static size_t count(void *user, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user += len;
    return len;
}

static size_t refuse(void *user, const char *bytes, size_t len)
{
    (void)user;
    (void)bytes;
    return len / 2;
}

/* What a whole use comes to: 0, or the code of the first call that failed. A report that was made
 * in spite of a failure must say that it is not whole. */
static int use(const char *format, int *ret_complete)
{
    rustproof_error err = {0};
    rustproof_report *report = NULL;
    rustproof_totals totals = {.size = sizeof totals};
    size_t written = 0;
    rustproof_context *context = rustproof_context_new(NULL, &err);
    *ret_complete = 0;
    if (context == NULL) {
        assert_int_not_equal(err.code, 0);
        return err.code;
    }
    int code = rustproof_audit_memory(context, object, sizeof object, "x.o", &report, &err);
    rustproof_context_free(context);
    if (code != 0) {
        assert_null(report);
        assert_int_equal(err.code, code);
        assert_true(err.text[0] != 0);
        return code;
    }
    assert_int_equal(rustproof_report_totals(report, &totals), 0);
    *ret_complete = totals.complete;
    assert_int_equal(totals.judged + totals.failed, 1);
    if (totals.failed != 0)
        assert_int_equal(rustproof_report_exit_code(report), 3);
    code = rustproof_report_write(report, format, count, &written, &err);
    assert_true(code != 0 || written > 0);
    rustproof_report_free(report);
    return code;
}

static void each_allocation_fails_once(void **state)
{
    (void)state;
    static const char *const formats[] = {"json", "text"};
    for (size_t i = 0; i < 2; i++) {
        int complete = 0, whole = 0, failed = 0;
        (void)rp_arena_fail_at(0);
        assert_int_equal(use(formats[i], &whole), 0);
        uint64_t all = rp_arena_fail_at(0);
        assert_in_range(all, 20, 100000);
        for (uint64_t n = 1; n <= all; n++) {
            (void)rp_arena_fail_at(n);
            int code = use(formats[i], &complete);
            assert_true(code == 0 || code == RUSTPROOF_E_MEMORY);
            failed += code != 0 || !complete;
        }
        assert_true(failed > 10);
        (void)rp_arena_fail_at(0);
        assert_int_equal(use(formats[i], &complete), 0);
        assert_int_equal(complete, whole);
    }
}

typedef struct {
    rustproof_context *context;
    rustproof_report *report;
} audited;

static audited audit(const rustproof_options *options, const char *path)
{
    audited a = {NULL, NULL};
    rustproof_error err;
    a.context = rustproof_context_new(options, &err);
    assert_non_null(a.context);
    assert_int_equal(rustproof_audit_path(a.context, path, &a.report, &err), 0);
    return a;
}

static void done(audited a)
{
    rustproof_report_free(a.report);
    rustproof_context_free(a.context);
}

static void evidence_and_fixes(void **state)
{
    (void)state;
    audited a = audit(NULL, "/bin/sh");
    size_t lines = 0, n = rustproof_target_results(a.report, 0);
    rustproof_str file = {0}, key = {0}, value = {0}, text = {0};
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        rustproof_result r = {.size = sizeof r};
        assert_int_equal(rustproof_result_get(a.report, 0, i, &r), 0);
        assert_true(r.code.len == 6 && memcmp(r.code.ptr, "RP", 2) == 0 && r.title.len != 0);
        for (size_t k = 0; k < r.evidence; k++) {
            uint64_t at = 1;
            assert_int_equal(rustproof_result_evidence(a.report, 0, i, k, &at, &text), 0);
            assert_true(text.len != 0 && text.ptr != NULL);
            lines++;
        }
        for (size_t k = 0; k < r.fixes; k++) {
            assert_int_equal(rustproof_result_fix(a.report, 0, i, k, &file, &key, &value), 0);
            assert_true(key.len + value.len + file.len != 0);
        }
        uint64_t at = 77;
        text = (rustproof_str){"same", 4};
        assert_int_equal(rustproof_result_evidence(a.report, 0, i, r.evidence, &at, &text),
                         RUSTPROOF_E_USAGE);
        assert_int_equal(rustproof_result_fix(a.report, 0, i, r.fixes, &file, &key, &value),
                         RUSTPROOF_E_USAGE);
        assert_true(at == 77 && text.len == 4); /* untouched */
    }
    assert_true(lines > 10);
    rustproof_result r = {.size = sizeof r};
    assert_int_equal(rustproof_result_get(a.report, 0, n, &r), RUSTPROOF_E_USAGE);
    assert_int_equal(rustproof_result_get(a.report, 1, 0, &r), RUSTPROOF_E_USAGE);
    assert_int_equal(rustproof_target_results(a.report, 1), 0);
    done(a);
}

static void structs_of_programs_built_with_another_header(void **state)
{
    (void)state;
    /* older: what it does not have counts as zero, and is not read */
    rustproof_options options;
    memset(&options, 0xff, sizeof options);
    memset(&options, 0, offsetof(rustproof_options, code));
    options.size = offsetof(rustproof_options, code);
    audited a = audit(&options, "/bin/sh");
    rustproof_totals totals;
    memset(&totals, 0x5a, sizeof totals);
    totals.size = offsetof(rustproof_totals, failed); /* size and judged */
    assert_int_equal(rustproof_report_totals(a.report, &totals), 0);
    assert_int_equal(totals.judged, 1);
    unsigned char untouched = 0x5a;
    for (size_t i = offsetof(rustproof_totals, failed); i < sizeof totals; i++)
        assert_memory_equal((unsigned char *)&totals + i, &untouched, 1);
    rustproof_result r;
    memset(&r, 0x5a, sizeof r);
    r.size = offsetof(rustproof_result, name);
    assert_int_equal(rustproof_result_get(a.report, 0, 0, &r), 0);
    assert_int_equal(r.code.len, 6);
    assert_memory_equal((unsigned char *)&r + offsetof(rustproof_result, name), &untouched, 1);
    r.size = 0;
    assert_int_equal(rustproof_result_get(a.report, 0, 0, &r), RUSTPROOF_E_USAGE);
    done(a);
    /* newer: more is fine as long as it is zero */
    struct {
        rustproof_options known;
        uint64_t unknown[4];
    } newer = {.known = {.size = sizeof newer}};
    done(audit(&newer.known, "/bin/sh"));
    rustproof_error err = {0};
    newer.unknown[2] = 1;
    assert_null(rustproof_context_new(&newer.known, &err));
    assert_int_equal(err.code, RUSTPROOF_E_USAGE);
    options = (rustproof_options){.size = 0};
    assert_null(rustproof_context_new(&options, &err));
}

static void what_comes_out_of_packages_has_a_cap(void **state)
{
    (void)state;
    rustproof_options options = {.size = sizeof options, .max_unpacked = 1};
    rustproof_context *context = rustproof_context_new(&options, NULL);
    rustproof_report *report = NULL;
    /* gzip of "text\n" */
    static const uint8_t gz[] = {0x1f, 0x8b, 8,    0,    0,    0,    0,    0,    0,
                                 3,    0x2b, 0x49, 0xad, 0x28, 0xe1, 0x02, 0x00, 0x27,
                                 0xda, 0xec, 0x37, 5,    0,    0,    0};
    rustproof_str text = {0};
    assert_non_null(context);
    assert_int_equal(rustproof_audit_memory(context, gz, sizeof gz, "x.gz", &report, NULL), 0);
    assert_int_equal(rustproof_report_exit_code(report), 3);
    int code = rustproof_target_error(report, 0, &text);
    /* without libarchive (MemorySanitizer) nothing can be unpacked at all */
    assert_true(code == RUSTPROOF_E_LIMIT || code == RUSTPROOF_E_UNSUPPORTED);
    assert_true(text.len != 0);
    rustproof_report_free(report);
    rustproof_context_free(context);
}

static void a_writer_that_stops(void **state)
{
    (void)state;
    audited a = audit(NULL, "/bin/sh");
    rustproof_error err = {0};
    assert_int_equal(rustproof_report_write(a.report, "json", refuse, NULL, &err), RUSTPROOF_E_IO);
    assert_int_equal(rustproof_report_write(a.report, "xml", refuse, NULL, &err),
                     RUSTPROOF_E_USAGE);
    done(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(evidence_and_fixes),
        cmocka_unit_test(structs_of_programs_built_with_another_header),
        cmocka_unit_test(what_comes_out_of_packages_has_a_cap),
        cmocka_unit_test(a_writer_that_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
