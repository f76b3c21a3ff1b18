/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* `db update` and the index of a checkout when memory runs out, at each allocation in turn: an
 * error that says so, the database that was there still there, and nothing half written under its
 * name. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fs.h"
#include "cli/checkouts.h"
#include "cli/db_update.h"
#include "deps/advisory_parts.h"
#include "deps/db_checkout.h"

enum { MOST = 5000 }; /* allocations of one run */

static char top[] = "/tmp/rp-db-memory-XXXXXX";

/* The fetcher is a script: what it writes is the answer of a server that has the archive. */
static const char make_script[] =
    "set -e; cd '%s'; mkdir -p advisory-db/crates/foo advisory-db/crates/bar; for p in foo bar; do "
    "printf '```toml\\n[advisory]\\nid = \"RUSTSEC-2020-%%s\"\\npackage = \"%%s\"\\n"
    "date = \"2020-03-01\"\\n[versions]\\npatched = [\">= 1.2.3\"]\\n```\\n# Title\\n' $p $p > "
    "advisory-db/crates/$p/RUSTSEC-2020-0001.md; done; tar czf db.tar.gz advisory-db; "
    "printf '#!/bin/sh\\ncat %%s/db.tar.gz\\nprintf \"status\\\\t200\\\\netag\\\\tx\\\\n\" >&2\\n' "
    "\"$PWD\" > fetch; chmod +x fetch; cd advisory-db; git init -q; git add -A; "
    "git -c user.name=a -c user.email=a@b commit -qm a";

static int run(const char *format)
{
    char command[1200];
    int n = snprintf(command, sizeof command, format, top);
    assert_true(n > 0 && (size_t)n < sizeof command);
    return system(command);
}

static int make(void **state)
{
    (void)state;
    return mkdtemp(top) == NULL ? -1 : run(make_script);
}

static int clean(void **state)
{
    (void)state;
    return run("rm -rf '%s'");
}

static const char *below(rp_arena *arena, const char *name)
{
    const char *path = rp_arena_printf(arena, "%s/%s", top, name).ptr;
    assert_non_null(path);
    return path;
}

static bool count_name(void *user, const char *name, rp_fs_kind kind)
{
    (void)name;
    (void)kind;
    uint32_t *n = user;
    ++*n;
    return true;
}

static uint32_t names_in(const char *folder)
{
    uint32_t n = 0;
    if (rp_fs_is_there(folder))
        assert_int_equal(rp_fs_names(folder, true, count_name, &n, NULL), RP_OK);
    return n;
}

/* Advisories on foo and bar that an audit finds at `path`. */
static uint32_t known_at(const char *path, const char *checkouts)
{
    static const char *const names[] = {"foo", "bar"};
    rp_arena arena = {0};
    const rp_advisory_db *db = NULL;
    uint32_t sum = 0;
    assert_int_equal(rp_advisory_db_open_lazily(&path, 1, checkouts, 0, &arena, &db, NULL), RP_OK);
    for (int i = 0; i < 2; i++) {
        const rp_advisory *on = NULL;
        uint32_t n = 0;
        assert_int_equal(
            rp_advisories_on(db, RP_COLLECTION_CRATES, rp_str_from(names[i]), &on, &n, NULL),
            RP_OK);
        sum += n;
    }
    rp_advisory_db_close(db);
    rp_arena_free(&arena);
    return sum;
}

static rp_code update_failing_at(uint64_t k, const rp_db_update_options *options,
                                 uint64_t *ret_asked)
{
    rp_arena arena = {0};
    rp_db_update_result result;
    rp_error err = {.code = RP_OK};
    (void)rp_arena_fail_at(k);
    rp_code code = rp_db_update(options, &arena, &result, &err);
    *ret_asked = rp_arena_fail_at(0);
    rp_arena_free(&arena);
    return code;
}

static uint64_t allocations_of(const rp_db_update_options *options)
{
    uint64_t asked = 0;
    assert_int_equal(update_failing_at(UINT64_MAX, options, &asked), RP_OK);
    return asked;
}

static void test_update(void **state)
{
    (void)state;
    rp_arena paths = {0};
    rp_db_update_options options = {.url = "https://localhost/db.tar.gz",
                                    .cache = below(&paths, "cache/advisories"),
                                    .fetcher = below(&paths, "fetch")};
    const char *current = below(&paths, "cache/advisories/current");
    uint64_t ignored, asked = allocations_of(&options), step = asked / 120 + 1;
    assert_true(asked > 20);
    for (uint64_t k = 1; k <= asked; k += k < 100 ? 1 : step) { /* the first are the update's own */
        rp_code code = update_failing_at(k, &options, &ignored);
        assert_true(code == RP_OK || code == RP_E_MEMORY);
        assert_int_equal(known_at(current, NULL), 2);
    }
    (void)allocations_of(&options);
    assert_true(names_in(options.cache) <= 4); /* lock, current, the new one, the one it replaced */
    rp_arena_free(&paths);
}

static void test_checkout(void **state)
{
    (void)state;
    rp_arena paths = {0};
    const char *folder = below(&paths, "advisory-db"), *cache = below(&paths, "cache/checkouts");
    uint64_t k = 1;
    for (bool whole = false; !whole; k++) {
        assert_true(k < MOST);
        (void)rp_arena_fail_at(k);
        rp_cli_index_checkout(folder, cache);
        whole = rp_arena_fail_at(0) < k;
        const char *index = rp_db_checkout_index(cache, folder, &paths);
        bool there = index != NULL && rp_fs_is_there(index);
        assert_true(there || !whole);
        assert_int_equal(names_in(cache), there);
        assert_int_equal(known_at(folder, cache), 2);
        assert_true(!there || unlink(index) == 0);
    }
    assert_true(k > 10);
    rp_arena_free(&paths);
}

/* Opening a checkout by its index: an index that memory does not suffice for is no reason to know
 * less. */
static void test_checkout_opened(void **state)
{
    (void)state;
    rp_arena paths = {0};
    const char *folder = below(&paths, "advisory-db"), *cache = below(&paths, "cache/checkouts");
    rp_cli_index_checkout(folder, cache);
    assert_int_equal(names_in(cache), 1);
    for (uint64_t k = 1;; k++) {
        rp_arena arena = {0};
        const rp_advisory_db *db = NULL;
        const rp_advisory *on = NULL;
        uint32_t n = 0;
        assert_true(k < MOST);
        (void)rp_arena_fail_at(k);
        rp_code code = rp_advisory_db_open_lazily(&folder, 1, cache, 0, &arena, &db, NULL);
        if (code == RP_OK)
            code = rp_advisories_on(db, RP_COLLECTION_CRATES, RP_STR("foo"), &on, &n, NULL);
        bool whole = rp_arena_fail_at(0) < k;
        assert_true(code == RP_OK ? n == 1 : code == RP_E_MEMORY && !whole);
        rp_advisory_db_close(db);
        rp_arena_free(&arena);
        if (whole)
            break;
    }
    rp_arena_free(&paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_checkout),
        cmocka_unit_test(test_checkout_opened),
    };
    if (system("git --version >/dev/null 2>&1") != 0) {
        puts("skipped: no git");
        return 77;
    }
    return cmocka_run_group_tests(tests, make, clean);
}
