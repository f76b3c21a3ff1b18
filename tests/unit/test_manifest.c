/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cargo/cfg.h"
#include "cargo/files.h"
#include "cargo/index.h"
#include "cargo/index_line.h"

static void platforms(void **state)
{
    (void)state;
    static const struct {
        const char *platform;
        rp_tri linux_, windows;
    } rows[] = {
        {"", RP_YES, RP_YES},
        {"x86_64-unknown-linux-gnu", RP_YES, RP_NO},
        {"cfg(unix)", RP_YES, RP_NO},
        {"cfg(windows)", RP_NO, RP_YES},
        {"cfg(not(windows))", RP_YES, RP_NO},
        {"cfg(all())", RP_YES, RP_YES},
        {"cfg(any())", RP_NO, RP_NO},
        {"cfg( all( unix , not( target_os = \"macos\" ) , ) )", RP_YES, RP_NO},
        {"cfg(any(target_env = \"msvc\", target_env = \"musl\"))", RP_NO, RP_YES},
        {"cfg(target_feature = \"sse2\")", RP_YES, RP_YES},
        {"cfg(target_feature = \"avx512f\")", RP_NO, RP_NO},
        {"cfg(target_pointer_width = \"64\")", RP_YES, RP_YES},
        {"cfg(target_abi = \"\")", RP_YES, RP_YES},
        {"cfg(true)", RP_YES, RP_YES},
        {"cfg(not(false))", RP_YES, RP_YES},
        {"cfg(r#unix)", RP_YES, RP_NO},
        {"cfg(no_such_thing)", RP_NO, RP_NO},
        {"cfg(not(unix, windows))", RP_UNKNOWN, RP_UNKNOWN},
        {"cfg(unix", RP_UNKNOWN, RP_UNKNOWN},
        {"cfg(unix))", RP_UNKNOWN, RP_UNKNOWN},
        {"cfg(some(unix))", RP_UNKNOWN, RP_UNKNOWN},
        {"cfg(target_os = linux)", RP_UNKNOWN, RP_UNKNOWN},
    };
    rp_str linux_ = RP_STR("x86_64-unknown-linux-gnu"), windows = RP_STR("x86_64-pc-windows-msvc");
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        rp_str p = rp_str_from(rows[i].platform);
        if (rp_platform_holds(p, linux_, rp_target_cfg_of(linux_)) != rows[i].linux_ ||
            rp_platform_holds(p, windows, rp_target_cfg_of(windows)) != rows[i].windows)
            fail_msg("%s", rows[i].platform);
    }
    assert_int_equal(rp_platform_holds(RP_STR("cfg(unix)"), RP_STR("my-own"), NULL), RP_UNKNOWN);
    assert_int_equal(rp_platform_holds(RP_STR("my-own"), RP_STR("my-own"), NULL), RP_YES);
    assert_null(rp_target_cfg_of(RP_STR("my-own")));
}

static void paths(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"a/b", "../c", "a/c"}, {"a", "..", "."},     {".", "..", ".."},
        {"..", "..", "../.."},  {"/a", "../..", "/"}, {"a", "/b/./c/", "/b/c"},
        {".", "x//y", "x/y"},   {"/", "x", "/x"},
    };
    rp_arena a = {0};
    for (size_t i = 0; i < RP_COUNT(rows); i++)
        assert_string_equal(rp_path_join(&a, rp_str_from(rows[i][0]), rp_str_from(rows[i][1])).ptr,
                            rows[i][2]);
    assert_true(rp_path_inside(RP_STR("a/b"), RP_STR("a")));
    assert_false(rp_path_inside(RP_STR("ab"), RP_STR("a")));
    assert_false(rp_path_inside(RP_STR("../a"), RP_STR(".")));
    rp_arena_free(&a);
}

static const char text[] =
    "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
    "[features]\ndefault = [\"b/x\"]\n"
    "[dependencies]\nb = { version = \"1\", optional = true, features = [\"y\"] }\nc = \"2\"\n"
    "[target.'cfg(unix)'.dev-dependencies]\nd = { path = \"../d\" }\n";

static void a_manifest(void **state)
{
    (void)state;
    rp_arena a = {0};
    const rp_manifest *m = NULL;
    assert_int_equal(
        rp_manifest_parse(rp_str_from(text), RP_STR("x/Cargo.toml"), NULL, &a, &m, NULL), RP_OK);
    assert_int_equal(m->resolver, 2);
    assert_int_equal(m->ndeps, 3);
    assert_int_equal(m->nfeatures, 2); /* default, and b of the optional dependency */
    assert_non_null(rp_manifest_feature_of(m, RP_STR("b")));
    const rp_manifest_dep *d = &m->deps[rp_manifest_dep_of(m, RP_STR("d"))];
    assert_true(rp_str_is(d->path, "d"));
    assert_true(rp_str_is(d->target, "cfg(unix)"));
    assert_int_equal(d->kind, RP_DEP_DEV);
    assert_int_equal(rp_manifest_dep_of(m, RP_STR("z")), 3);
    rp_arena_free(&a);
}

static void every_failing_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 1000; n++) {
        rp_arena a = {0};
        const rp_manifest *m = NULL;
        (void)rp_arena_fail_at(n);
        rp_code code =
            rp_manifest_parse(rp_str_from(text), RP_STR("x/Cargo.toml"), NULL, &a, &m, NULL);
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

static const char index_file[] =
    "\3\2\0\0\0etag\0"
    "0.9.0\0{\"name\":\"a\",\"vers\":\"0.9.0\",\"deps\":[],\"features\":{},\"cksum\":\"0\","
    "\"yanked\":true}\0"
    "1.0.0\0{\"name\":\"a\",\"vers\":\"1.0.0\",\"deps\":[{\"name\":\"b\",\"req\":\"^1\","
    "\"features\":[],"
    "\"optional\":true,\"default_features\":false,\"target\":\"cfg(unix)\",\"kind\":\"build\"}],"
    "\"features\":{},\"cksum\":\"1\",\"yanked\":false,\"pubtime\":\"2026-01-02T00:00:00Z\"}";

static void an_index(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_index_entry e;
    rp_bytes file = {(const uint8_t *)index_file, sizeof index_file};
    assert_int_equal(rp_index_read(file, RP_STR("0.9.0"), false, &a, &e, NULL), RP_OK);
    assert_int_equal(e.yanked, RP_YES);
    assert_null(e.manifest);
    assert_int_equal(rp_index_read(file, RP_STR("1.0.0"), true, &a, &e, NULL), RP_OK);
    assert_int_equal(e.yanked, RP_NO);
    assert_true(rp_str_is(e.published, "2026-01-02T00:00:00Z"));
    assert_int_equal(e.manifest->ndeps, 1);
    assert_int_equal(e.manifest->deps[0].kind, RP_DEP_BUILD);
    assert_int_equal(e.manifest->nfeatures, 1);
    assert_int_equal(rp_index_read(file, RP_STR("2.0.0"), true, &a, &e, NULL), RP_OK);
    assert_int_equal(e.yanked, RP_UNKNOWN);
    for (size_t n = 0; n < sizeof index_file;
         n++) { /* cut short it never says what it does not know */
        rp_code code = rp_index_read((rp_bytes){file.ptr, n}, RP_STR("1.0.0"), true, &a, &e, NULL);
        assert_true(code != RP_OK || e.yanked == RP_UNKNOWN);
    }
    rp_arena_free(&a);
}

/* A line is read at a glance or by the reader of JSON: what they say is the same. */
static void lines_of_an_index(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool plain;
        rp_tri yanked;
        const char *published;
    } cases[] = {
        {"{\"yanked\":false,\"deps\":[{\"target\":\"cfg(a=\\\"}]\\\")\"}],\"pubtime\":\"t\"}", true,
         RP_NO, "t"},
        {" { \"features\" : {\"a\":[\"b\"]} , \"yanked\" : true } ", true, RP_YES, ""},
        {"{\"deps\":[{\"yanked\":true,\"pubtime\":\"x\"}]}", true, RP_NO, ""},
        {"{}", false, RP_NO, ""}, /* no member: the other reader's */
        {"{\"yanked\":null}", false, RP_NO, ""},
        {"{\"yan\\u006bed\":true}", false, RP_YES, ""},
        {"{\"pubtime\":\"\\u0031\"}", false, RP_NO, "1"},
        {"{\"yanked\":true,\"yanked\":false}", false, RP_UNKNOWN, NULL},
        {"{\"pubtime\":\"\",\"pubtime\":\"1\"}", false, RP_UNKNOWN, NULL},
        {"{\"yanked\":true", false, RP_UNKNOWN, NULL},
        {"{\"yanked\":true}]", false, RP_UNKNOWN, NULL},
        {"{\"yanked\":truer}", false, RP_UNKNOWN, NULL},
        {"{\"deps\":[]],\"yanked\":true}", false, RP_UNKNOWN, NULL},
        {"{\"deps\":\"\\", false, RP_UNKNOWN, NULL},
        {"[]", false, RP_NO, ""},
        {"", false, RP_UNKNOWN, NULL},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena a = {0};
        rp_index_entry e;
        rp_index_line line;
        char file[200] = "\3\2\0\0\0etag\0001.0.0";
        size_t n = 5 + sizeof "etag" + sizeof "1.0.0";
        memcpy(file + n, cases[i].line, strlen(cases[i].line) + 1);
        rp_bytes bytes = {(const uint8_t *)file, n + strlen(cases[i].line) + 1};
        rp_code code = rp_index_read(bytes, RP_STR("1.0.0"), false, &a, &e, NULL);
        assert_int_equal(code == RP_OK, cases[i].yanked != RP_UNKNOWN);
        assert_int_equal(rp_index_line_glance(rp_str_from(cases[i].line), &line), cases[i].plain);
        assert_int_equal(e.yanked, cases[i].yanked);
        if (cases[i].published != NULL)
            assert_true(rp_str_is(e.published, cases[i].published));
        rp_arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_an_index),
        cmocka_unit_test(platforms),
        cmocka_unit_test(paths),
        cmocka_unit_test(a_manifest),
        cmocka_unit_test(every_failing_allocation_is_an_error),
        cmocka_unit_test(an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
