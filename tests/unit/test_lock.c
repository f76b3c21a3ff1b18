/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cargo/lock.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define CRATES "registry+https://github.com/rust-lang/crates.io-index"
#define OTHER  "registry+https://example.org/index"

static const char *const oddities[RP_LOCK_ODDITY_COUNT] = {
    [RP_LOCK_MERGE] = "merge",
    [RP_LOCK_DUPLICATE] = "duplicate",
    [RP_LOCK_NO_CHECKSUM] = "no-checksum",
    [RP_LOCK_BAD_CHECKSUM] = "bad-checksum",
    [RP_LOCK_NEEDLESS_CHECKSUM] = "needless-checksum",
    [RP_LOCK_DANGLING] = "dangling",
    [RP_LOCK_GIT_NO_COMMIT] = "no-commit",
    [RP_LOCK_UNKNOWN_SOURCE] = "unknown-source",
    [RP_LOCK_OTHER_REGISTRY] = "other-registry",
    [RP_LOCK_INSECURE_URL] = "insecure",
    [RP_LOCK_UNUSED_PATCH] = "unused-patch",
    [RP_LOCK_BROKEN] = "broken",
    [RP_LOCK_VERSION] = "version",
};

/* "a@1 -> 0 2; b …" and "line:oddity …". */
static void dump(const rp_lock *lock, rp_buf *graph, rp_buf *notes)
{
    for (uint32_t i = 0; i < lock->npackages; i++) {
        const rp_lock_package *p = &lock->packages[i];
        rp_buf_printf(graph, "%s%.*s@%u", i ? "; " : "", RP_FMT(p->name), p->line);
        for (uint32_t k = 0; k < p->ndeps; k++)
            rp_buf_printf(graph, " %u", p->deps[k]);
        if (p->replaced != RP_NO_PACKAGE)
            rp_buf_printf(graph, " =%u", p->replaced);
    }
    for (uint32_t i = 0; i < lock->nnotes; i++)
        rp_buf_printf(notes, "%s%u:%s", i ? " " : "", lock->notes[i].line,
                      oddities[lock->notes[i].what]);
}

static void expect(const char *text, uint32_t version, const char *graph, const char *notes)
{
    rp_arena a = {0};
    rp_error err = {0};
    const rp_lock *lock = NULL;
    rp_buf g = {0}, n = {0};
    if (rp_lock_parse(rp_str_from(text), &a, &lock, &err) != RP_OK)
        fail_msg("%s", err.text);
    dump(lock, &g, &n);
    assert_int_equal(lock->version, version);
    assert_string_equal(rp_buf_str(&g).ptr, graph);
    assert_string_equal(rp_buf_str(&n).ptr, notes);
    rp_buf_free(&g);
    rp_buf_free(&n);
    rp_arena_free(&a);
}

#define PACKAGE(name, version, rest)                                                               \
    "[[package]]\nname = \"" name "\"\nversion = \"" version "\"\n" rest
#define FROM(source) "source = \"" source "\"\n"
#define SUM          "checksum = \"" HASH_A "\"\n"
#define NEEDS(...)   "dependencies = [" #__VA_ARGS__ "]\n"

static void formats(void **state)
{
    (void)state;
    expect("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"
           "dependencies = [\"b 1.0.0 (" CRATES ")\"]\n"
           "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"" CRATES "\"\n"
           "[metadata]\n\"checksum b 1.0.0 (" CRATES ")\" = \"" HASH_A "\"\n",
           1, "a@1 1; b@5", "");
    expect(PACKAGE("a", "1.0.0", NEEDS("b")) PACKAGE("b", "1.0.0", FROM(CRATES) SUM), 2,
           "a@1 1; b@5", "");
    expect("version = 3\n" PACKAGE("b", "1.0.0", FROM(CRATES) SUM), 3, "b@2", "");
    expect("version = 4\n" PACKAGE("b", "1.0.0", FROM(CRATES) SUM), 4, "b@2", "");
    expect("version = 5\n" PACKAGE("b", "1.0.0", FROM(CRATES) SUM), 5, "b@2", "");
    expect("version = 9\n" PACKAGE("b", "1.0.0", FROM(CRATES) SUM), 9, "b@2", "1:version");
    expect("version = \"4\"\n" PACKAGE("b", "1.0.0", FROM(CRATES) SUM), 2, "b@2", "1:version");
    expect("[root]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"b 1.0.0 (" CRATES ")\"]\n"
           "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"" CRATES "\"\n"
           "[metadata]\n\"checksum b 1.0.0 (" CRATES ")\" = \"<none>\"\n",
           1, "a@1 1; b@5", "5:no-checksum");
    expect("version = 4\n", 4, "", "");
}

/* By the rules of Cargo's encode.rs, derived by hand. */
static void shortened_names(void **state)
{
    (void)state;
    /* two versions: the name alone is not enough */
    expect("version = 4\n" PACKAGE("a", "1.0.0", NEEDS("b 2.0.0", "b"))
               PACKAGE("b", "1.0.0", FROM(CRATES) SUM) PACKAGE("b", "2.0.0", FROM(CRATES) SUM),
           4, "a@2 2; b@6; b@11", "5:dangling");
    /* one version from two registries: the source tells; without it nothing does */
    expect("version = 4\n" PACKAGE("a", "1.0.0",
                                   NEEDS("b 1.0.0 (registry+https://example.org/index)", "b 1.0.0"))
               PACKAGE("b", "1.0.0", FROM(CRATES) SUM) PACKAGE("b", "1.0.0", FROM(OTHER) SUM),
           4, "a@2 2; b@6; b@11", "5:dangling 11:other-registry");
    /* a path package is meant where no source is given */
    expect("version = 4\n" PACKAGE("a", "1.0.0", NEEDS("b 1.0.0"))
               PACKAGE("b", "1.0.0", FROM(CRATES) SUM) PACKAGE("b", "1.0.0", ""),
           4, "a@2 2; b@6; b@11", "");
    /* dependencies on git packages have no commit */
    expect(
        "version = 4\n" PACKAGE("a", "1.0.0", NEEDS("b 1.0.0 (git+https://example.org/b?branch=x)"))
            PACKAGE("b", "1.0.0", FROM("git+https://example.org/b?branch=x#" COMMIT))
                PACKAGE("b", "1.0.0", FROM("git+https://example.org/b#" COMMIT)),
        4, "a@2 1; b@6; b@10", "");
    /* master was the default branch before format 3 */
    expect(PACKAGE("a", "1.0.0", NEEDS("b 1.0.0 (git+https://example.org/b)"))
               PACKAGE("b", "1.0.0", FROM("git+https://example.org/b.git?branch=master#" COMMIT))
                   PACKAGE("b", "1.0.0", FROM(CRATES) SUM),
           2, "a@1 1; b@5; b@9", "");
    expect("version = 4\n" PACKAGE("a", "1.0.0", NEEDS("zz", "", 5)), 4, "a@2",
           "5:dangling 5:dangling 5:dangling");
    expect("version = 4\n" PACKAGE("a", "1.0.0", FROM(CRATES) SUM "replace = \"a 1.0.0\"\n")
               PACKAGE("a", "1.0.0", ""),
           4, "a@2 =1; a@8", "");
}

static void oddities_at_their_lines(void **state)
{
    (void)state;
    expect("version = 4\n" PACKAGE("a", "1.0.0", FROM(CRATES))
               PACKAGE("b", "1.0.0", FROM(CRATES) "checksum = \"abc\"\n") PACKAGE("c", "1.0.0", SUM)
                   PACKAGE("c", "1.0.0", SUM),
           4, "a@2; b@6; c@11; c@15",
           "2:no-checksum 6:bad-checksum 11:needless-checksum 15:duplicate 15:needless-checksum");
    expect("version = 4\n" PACKAGE("a", "1", FROM("git+http://example.org/x#12"))
               PACKAGE("b", "1", FROM("hg+https://example.org")) "[[package]]\nversion = \"1\"\n"
                                                                 "[[package]]\nname = \"d\"\n"
                                                                 "[[patch.unused]]\nname = \"p\"\n",
           4, "a@2; b@6; d@12",
           "2:no-commit 2:insecure 6:unknown-source 10:broken 12:broken 14:unused-patch");
    expect(PACKAGE("a", "1.0.0", FROM(CRATES) SUM)
               PACKAGE("b", "1.0.0", FROM(CRATES)) "[metadata]\n\"checksum b 1.0.0 (" CRATES
                                                   ")\" = \"" HASH_A "\"\n",
           1, "a@1; b@6", "10:merge");
}

static void not_a_lock(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_error err = {0};
    const rp_lock *lock = NULL;
    assert_int_equal(rp_lock_parse(RP_STR("version = 4\n<<<<<<< HEAD\n"), &a, &lock, &err),
                     RP_E_FORMAT);
    assert_non_null(strstr(err.text, "line 2"));
    assert_int_equal(err.offset, 12);
    rp_arena_free(&a);
}

static const char sample[] = "version = 4\n" PACKAGE("a", "1.0.0", NEEDS("b 1.0.0", "c"))
    PACKAGE("b", "1.0.0", FROM(CRATES) SUM)
        PACKAGE("b", "2.0.0", FROM("git+https://example.org/b?tag=%31#" COMMIT))
            PACKAGE("c", "1.0.0", FROM(CRATES)) "[metadata]\n\"checksum c 1.0.0 (" CRATES
                                                ")\" = \"x\"\n";

static void every_prefix_ends_well(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof sample; n++) {
        rp_arena a = {0};
        rp_error err = {0};
        const rp_lock *lock = NULL;
        rp_code code = rp_lock_parse((rp_str){sample, n}, &a, &lock, &err);
        assert_true(code == RP_OK || code == RP_E_FORMAT);
        assert_true((code == RP_OK) == (lock != NULL));
        rp_arena_free(&a);
    }
}

static void every_failing_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 1000; n++) {
        rp_arena a = {0};
        rp_error err = {0};
        const rp_lock *lock = NULL;
        (void)rp_arena_fail_at(n);
        rp_code code = rp_lock_parse((rp_str){sample, sizeof sample - 1}, &a, &lock, &err);
        (void)rp_arena_fail_at(0);
        rp_arena_free(&a);
        if (code == RP_OK) {
            assert_true(n > 20);
            return;
        }
        assert_int_equal(code, RP_E_MEMORY);
    }
    fail();
}

/* 30,000 packages of one name, each asking for each other by an ambiguous name: seconds would be
 * minutes if anything were quadratic. */
static void many_of_one_name(void **state)
{
    (void)state;
    rp_buf text = {0};
    rp_arena a = {0};
    const rp_lock *lock = NULL;
    rp_buf_puts(&text, "version = 4\n");
    for (int i = 0; i < 30000; i++)
        rp_buf_puts(&text, PACKAGE("a", "1.0.0", FROM(CRATES) NEEDS("a 1.0.0 (git+x)", "a")));
    assert_int_equal(rp_lock_parse(rp_buf_str(&text), &a, &lock, NULL), RP_OK);
    assert_int_equal(lock->npackages, 30000);
    assert_true(lock->nnotes > 30000 * 3);
    rp_buf_free(&text);
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(shortened_names),
        cmocka_unit_test(oddities_at_their_lines),
        cmocka_unit_test(not_a_lock),
        cmocka_unit_test(every_prefix_ends_well),
        cmocka_unit_test(every_failing_allocation_is_an_error),
        cmocka_unit_test(many_of_one_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
