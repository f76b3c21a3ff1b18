/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Databases that are read as they are asked: what they say is what they say when read as a whole,
 * and what cannot be read is an error, never "no advisory". */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "deps/advisory_parts.h"

#define ADVISORY(id, package, date)                                                                \
    "```toml\n[advisory]\nid = \"" id "\"\npackage = \"" package "\"\ndate = \"" date              \
    "\"\n[versions]\npatched = [\">= 1.2.3\"]\n```\n# Title\n\nText.\n"

static const struct {
    const char *path, *text;
} files[] = {
    {"a/crates/foo/RUSTSEC-2020-0001.md", ADVISORY("RUSTSEC-2020-0001", "foo", "2020-03-01")},
    {"a/crates/foo/RUSTSEC-2021-0002.md", ADVISORY("RUSTSEC-2021-0002", "foo", "2021-05-06")},
    {"a/crates/bar/RUSTSEC-2021-0003.md", ADVISORY("RUSTSEC-2021-0003", "bar", "2021-04-01")},
    {"a/crates/bar/RUSTSEC-2021-0009.md", ADVISORY("RUSTSEC-2021-0009", "foo", "2021-04-01")},
    {"a/crates/baz/RUSTSEC-2019-0004.md", "no front matter"},
    {"a/rust/std/CVE-2018-0001.md", ADVISORY("CVE-2018-0001", "std", "2018-01-01")},
    {"b/crates/foo/RUSTSEC-2021-0002.md", ADVISORY("RUSTSEC-2021-0002", "foo", "2029-01-01")},
    {"b/crates/foo/RUSTSEC-2019-0007.md", ADVISORY("RUSTSEC-2019-0007", "foo", "2019-01-01")},
};

static char top[] = "/tmp/rp-lazy-XXXXXX";

static void write_file(const char *name, const char *text, size_t len)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", top, name);
    for (char *slash = path + sizeof top; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0777);
        *slash = '/';
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static int make(void **state)
{
    (void)state;
    if (mkdtemp(top) == NULL)
        return -1;
    for (size_t i = 0; i < RP_COUNT(files); i++)
        write_file(files[i].path, files[i].text, strlen(files[i].text));
    return 0;
}

static int clean(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    return system(command);
}

static const rp_advisory_db *opened(rp_arena *arena, const char *one, const char *two)
{
    const rp_advisory_db *db = NULL;
    const char *names[] = {one, two}, *paths[2] = {NULL};
    for (int i = 0; i < 2; i++)
        if (names[i] != NULL)
            paths[i] = rp_arena_printf(arena, "%s/%s", top, names[i]).ptr;
    assert_int_equal(
        rp_advisory_db_open_lazily(paths, two != NULL ? 2 : 1, NULL, 20000, arena, &db, NULL),
        RP_OK);
    return db;
}

static uint32_t asked(const rp_advisory_db *db, const char *package, const rp_advisory **ret)
{
    uint32_t n = 0;
    assert_int_equal(
        rp_advisories_on(db, RP_COLLECTION_CRATES, rp_str_from(package), ret, &n, NULL), RP_OK);
    return n;
}

static void a_folder_is_read_as_it_is_asked(void **state)
{
    (void)state;
    rp_arena arena = {0};
    const rp_advisory *on = NULL;
    uint32_t n = 0;
    const rp_advisory_db *db = opened(&arena, "a", NULL);
    const rp_dep_database *about = rp_advisory_databases(db, &arena);
    assert_int_equal(about->advisories, 6);
    assert_int_equal(about->broken, 0);
    assert_true(rp_str_is(about->as_of, "2021-05-06")); /* of 2021's files, and of those without */
    assert_int_equal(asked(db, "foo", &on), 2);
    assert_true(rp_str_is(on[0].id, "RUSTSEC-2020-0001"));
    assert_true(rp_str_is(on[1].file, "crates/foo/RUSTSEC-2021-0002.md"));
    assert_int_equal(asked(db, "nobody", &on), 0);
    assert_null(on);
    assert_int_equal(asked(db, "bar", &on), 1); /* the other names foo: it is lost */
    assert_int_equal(rp_advisories_on(db, RP_COLLECTION_RUST, RP_STR("std"), &on, &n, NULL), RP_OK);
    assert_int_equal(n, 1);
    assert_int_equal(asked(db, "baz", &on), 0);
    assert_int_equal(rp_advisory_databases(db, &arena)->broken, 0); /* their packages are known */
    assert_int_equal(rp_advisories_lost(db, RP_COLLECTION_CRATES, RP_STR("bar")), 1);
    assert_int_equal(rp_advisories_lost(db, RP_COLLECTION_CRATES, RP_STR("baz")), 1);
    assert_int_equal(rp_advisories_lost(db, RP_COLLECTION_CRATES, RP_STR("foo")), 0);
    assert_int_equal(rp_advisories_lost(db, RP_COLLECTION_CRATES, RP_STR("nobody")), 0);
    rp_advisory_db_close(db);
    rp_arena_free(&arena);
}

static void earlier_databases_have_the_word(void **state)
{
    (void)state;
    rp_arena arena = {0};
    const rp_advisory *on = NULL;
    const rp_advisory_db *db = opened(&arena, "b", "a");
    assert_int_equal(asked(db, "foo", &on), 3);
    assert_true(rp_str_is(on[0].id, "RUSTSEC-2019-0007"));
    assert_true(rp_str_is(on[2].date, "2029-01-01"));
    assert_int_equal(on[2].database, 0);
    assert_int_equal(asked(db, "bar", &on), 1);
    assert_int_equal(on[0].database, 1);
    rp_advisory_db_close(db);
    rp_arena_free(&arena);
}

static size_t put_index(const char *to, uint8_t poison)
{
    rp_arena arena = {0};
    rp_buf out = {0};
    rp_advisory_index head = {0};
    rp_advisory_loader l = {.arena = &arena};
    rp_str from = rp_arena_printf(&arena, "%s/b", top);
    assert_int_equal(rp_advisory_load_path(&l, from.ptr, NULL), RP_OK);
    rp_advisory_index_put(&l, RP_STR("me"), &out);
    assert_int_equal(rp_advisory_index_head((rp_bytes){(const uint8_t *)out.ptr, out.len}, out.len,
                                            &arena, &head, NULL),
                     RP_OK);
    assert_true(head.whole);
    out.ptr[head.records] = (char)(out.ptr[head.records] ^ (char)poison); /* the collection */
    write_file(to, out.ptr, out.len);
    size_t len = out.len;
    rp_buf_free(&out);
    rp_arena_free(&arena);
    return len;
}

static void an_index_is_read_as_it_is_asked(void **state)
{
    (void)state;
    rp_arena arena = {0};
    const rp_advisory *on = NULL;
    (void)put_index("b.index", 0);
    const rp_advisory_db *db = opened(&arena, "b.index", NULL);
    const rp_dep_database *about = rp_advisory_databases(db, &arena);
    assert_int_equal(about->advisories, 2);
    assert_true(rp_str_is(about->as_of, "2029-01-01"));
    assert_int_equal(asked(db, "foo", &on), 2);
    assert_int_equal(asked(db, "bar", &on), 0);
    rp_advisory_db_close(db);
    rp_arena_free(&arena);
}

static void a_damaged_record_is_no_silence(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_error err = {0};
    const rp_advisory *on = NULL;
    uint32_t n = 0;
    (void)put_index("bad.index", 0xff);
    const rp_advisory_db *db = opened(&arena, "bad.index", NULL);
    assert_int_equal(rp_advisories_on(db, RP_COLLECTION_CRATES, RP_STR("foo"), &on, &n, &err),
                     RP_E_FORMAT);
    assert_true(err.text[0] != '\0');
    rp_advisory_db_close(db);
    /* beside its database it is passed over */
    (void)put_index("b/advisories.index", 0xff);
    static const char stamp[] = "sha256 = \"me\"\nchecked = \"2029-02-03T00:00:00Z\"\n";
    write_file("b/stamp.toml", stamp, sizeof stamp - 1);
    db = opened(&arena, "b", NULL);
    assert_true(rp_str_is(rp_advisory_databases(db, &arena)->as_of, "2029-02-03"));
    assert_int_equal(asked(db, "foo", &on), 2);
    rp_advisory_db_close(db);
    rp_arena_free(&arena);
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    char a[64], b[64];
    snprintf(a, sizeof a, "%s/b.index", top);
    snprintf(b, sizeof b, "%s/a", top);
    const char *const paths[] = {a, b};
    for (uint64_t k = 1;; k++) {
        rp_arena arena = {0};
        const rp_advisory_db *db = NULL;
        const rp_advisory *on = NULL;
        uint32_t n = 0;
        (void)rp_arena_fail_at(k);
        rp_code code = rp_advisory_db_open_lazily(paths, 2, NULL, 0, &arena, &db, NULL);
        if (code == RP_OK)
            code = rp_advisories_on(db, RP_COLLECTION_CRATES, RP_STR("foo"), &on, &n, NULL);
        bool whole = rp_arena_fail_at(0) < k;
        if (whole || code == RP_OK)
            assert_true(code == RP_OK && n == 3);
        else
            assert_int_equal(code, RP_E_MEMORY);
        if (code == RP_OK || db != NULL)
            rp_advisory_db_close(db);
        rp_arena_free(&arena);
        if (whole)
            return;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_read_as_it_is_asked),
        cmocka_unit_test(earlier_databases_have_the_word),
        cmocka_unit_test(an_index_is_read_as_it_is_asked),
        cmocka_unit_test(a_damaged_record_is_no_silence),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
