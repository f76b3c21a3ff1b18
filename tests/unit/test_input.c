/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "input/ar.h"
#include "input/input.h"
#include "input/package.h"

static void paths_are_tidied(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"./usr/bin/rg", "usr/bin/rg"},
                                           {"/usr//bin/rg", "usr/bin/rg"},
                                           {"././a", "a"},
                                           {"a/./b", "a/b"},
                                           {"../a", "../a"},
                                           {"a/..", "a/.."},
                                           {".", ""},
                                           {"/", ""},
                                           {".hidden", ".hidden"},
                                           {"a/.", "a/"}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "%s", cases[i][0]);
        path[rp_package_tidy(path, strlen(path))] = '\0';
        assert_string_equal(path, cases[i][1]);
    }
}

static void sizes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const char *const sizes[] = {"99999999999", "-1        ", "          ", "1x        ",
                                        "0x10      "};
    for (size_t i = 0; i < RP_COUNT(sizes); i++) {
        char bytes[68 + 1];
        (void)snprintf(bytes, sizeof bytes, "!<arch>\n%-16s%-32s%.10s`\n", "a/", "0", sizes[i]);
        rp_arena arena = {0};
        rp_source src = rp_source_memory((rp_bytes){(const uint8_t *)bytes, 68}, &arena);
        rp_ar ar;
        rp_ar_member m;
        rp_error err = {0};
        bool end = false;
        assert_true(rp_ar_open(&src, &arena, &ar));
        rp_code code = rp_ar_next(&ar, &m, &end, &err);
        if (i == 0) { /* ten digits are a number: larger than the file, which its reader sees */
            assert_int_equal(code, RP_OK);
            rp_source part;
            assert_false(rp_source_slice(&src, m.offset, m.size, &part));
        } else {
            assert_int_equal(code, RP_E_FORMAT);
            assert_int_equal(err.offset, 8 + 48);
        }
        rp_arena_free(&arena);
    }
}

typedef struct {
    unsigned artefacts, errors, others;
} counts;

static void tally(void *user, const rp_input *item)
{
    counts *c = user;
    c->artefacts += item->kind == RP_INPUT_ARTEFACT;
    c->errors += item->kind == RP_INPUT_ERROR;
    c->others += item->kind == RP_INPUT_OTHER;
}

/* An archive of two objects: the first with a long name, the second with a BSD name. */
static rp_bytes archive(void)
{
    static char bytes[1024];
    char elf[64] = "\x7f"
                   "ELF\2\1\1";
    elf[16] = 1, elf[18] = 62, elf[20] = 1, elf[52] = 64, elf[58] = 64;
    size_t n =
        (size_t)snprintf(bytes, sizeof bytes, "!<arch>\n%-48s%-10d`\n%s", "//", 8, "long.o/\n");
    for (int i = 0; i < 2; i++) {
        n += (size_t)snprintf(bytes + n, sizeof bytes - n, "%-48s%-10d`\n", i ? "#1/8" : "/0",
                              i ? 72 : 64);
        if (i != 0)
            n += (size_t)snprintf(bytes + n, sizeof bytes - n, "bsd__1.o");
        memcpy(bytes + n, elf, sizeof elf);
        n += sizeof elf;
    }
    return (rp_bytes){(const uint8_t *)bytes, n};
}

/* Whatever allocation fails, something says so: an error item or the call itself. */
static void failing_allocations_never_hide_a_member(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 40; n++) {
        counts c = {0};
        rp_input_options opt = {.jobs = 1, .archives = true, .visit = tally, .user = &c};
        rp_input_totals totals;
        (void)rp_arena_fail_at(n);
        rp_code code = rp_input_memory(&opt, archive(), "x.a", &totals, NULL);
        uint64_t asked = rp_arena_fail_at(0);
        assert_int_equal(code, RP_OK);
        if (n == 0 || n > asked)
            assert_true(c.artefacts == 2 && c.errors == 0);
        else
            assert_true(c.errors > 0 || c.artefacts == 2);
        assert_true(c.artefacts + c.errors > 0);
    }
}

static void the_walk_fails_as_a_whole_when_memory_does(void **state)
{
    (void)state;
    char folder[] = "/tmp/rp-test-input-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *paths[] = {folder, "/dev/null", "/dev/null/nothing"};
    uint64_t failed = 0;
    for (uint64_t n = 1; n < 200; n++) {
        counts c = {0};
        rp_input_options opt = {.jobs = 1, .archives = true, .visit = tally, .user = &c};
        rp_input_totals totals;
        rp_error err = {0};
        (void)rp_arena_fail_at(n);
        rp_code code = rp_input_run(&opt, paths, 3, &totals, &err);
        (void)rp_arena_fail_at(0);
        assert_true(code == RP_OK ? c.errors == 2 : code == RP_E_MEMORY);
        failed += code != RP_OK;
    }
    assert_true(failed > 5);
    assert_int_equal(remove(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_tidied),
        cmocka_unit_test(sizes_that_do_not_fit_are_refused),
        cmocka_unit_test(failing_allocations_never_hide_a_member),
        cmocka_unit_test(the_walk_fails_as_a_whole_when_memory_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
