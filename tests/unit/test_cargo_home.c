/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "cargo/home.h"

#define REGISTRY "registry+https://github.com/rust-lang/crates.io-index"

static char home[64];

static void make_file(const char *below, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "mkdir -p '%s/registry/index/index.crates.io-0000/.cache/%s'",
                   home, below);
    assert_int_equal(system(path), 0);
    (void)snprintf(path, sizeof path, "%s/registry/index/index.crates.io-0000/.cache/%s/%s", home,
                   below, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(home, sizeof home, "/tmp/rustproof-home-XXXXXX");
    assert_non_null(mkdtemp(home));
    make_file("aa/aa", "aaaa-3");
    make_file("bb/bb", "bbbb-2");
    make_file("3/c", "ccc");
    return 0;
}

static int tear_down(void **state)
{
    char command[96];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -r '%s'", home);
    return system(command);
}

/* Of the crates of a lock file that are named, which have a file in the index? In their order. */
static void find(const char *const *names, unsigned n, const char *want)
{
    rp_arena arena = {0};
    rp_error err = {0};
    char text[2048] = "version = 4\n", found[32] = "";
    size_t len = strlen(text);
    for (unsigned i = 0; i < n; i++)
        len +=
            (size_t)snprintf(text + len, sizeof text - len,
                             "[[package]]\nname = \"%s\"\nversion = \"1.0.0\"\nsource = \"%s\"\n",
                             names[i], REGISTRY);
    const rp_lock *lock = NULL;
    const rp_package_place *places = NULL;
    const rp_config config = {0};
    const rp_cargo_places where = {
        .home = rp_str_from(home), .folder = RP_STR("/nowhere"), .config = &config};
    assert_int_equal(rp_lock_parse((rp_str){text, len}, &arena, &lock, &err), RP_OK);
    assert_int_equal(rp_package_places(&where, lock, &arena, &places, &err), RP_OK);
    assert_int_equal(lock->npackages, n);
    for (unsigned i = 0; i < n; i++) {
        assert_true(rp_str_is(lock->packages[i].name, names[i]));
        found[i] = places[i].index.len != 0 ? 'y' : '-';
    }
    assert_string_equal(found, want);
    rp_arena_free(&arena);
}

#define FIND(want, ...)                                                                            \
    find((const char *const[]){__VA_ARGS__}, RP_COUNT(((const char *const[]){__VA_ARGS__})), want)

static void files_of_the_index_are_found(void **state)
{
    (void)state;
    FIND("-y-y-", "aaaa-1", "aaaa-3", "bbbb-1", "bbbb-2", "bbbb-3");
    FIND("y--", "ccc", "ccd", "dddd");
}

/* A folder that lacks several names may have the next; one that is missing hides no other. */
static void names_that_are_missing_hide_none(void **state)
{
    (void)state;
    FIND("--y-", "aaaa-1", "aaaa-2", "aaaa-3", "aaaa-4");
    FIND("---y", "aaab-1", "aabb-1", "aabb-2", "bbbb-2");
    FIND("---y---", "abab-1", "abab-2", "abab-3", "bbbb-2", "cccc-1", "cccc-2", "cccc-3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_the_index_are_found),
        cmocka_unit_test(names_that_are_missing_hide_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
