/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cargo's SBOM precursor: kinds and features of every crate, and hostile documents. Documents that
 * Cargo itself wrote: tests/cargo/test_sbom.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "deps/from_sbom.h"

#define CRATES "registry+https://github.com/rust-lang/crates.io-index#"

static rp_code read_text(const char *text, rp_arena *a, const rp_inventory **ret, rp_sbom *ret_sbom,
                         rp_error *err)
{
    rp_inventory_builder *b = rp_inventory_start(a);
    if (b == NULL)
        return rp_fail_memory(err);
    rp_code code =
        rp_inventory_add_sbom(b, rp_str_from(text), RP_STR("x.cargo-sbom.json"), a, ret_sbom, err);
    return code == RP_OK ? rp_inventory_finish(b, ret, NULL, err) : code;
}

static void print_component(rp_buf *out, const rp_inventory *inv, uint32_t at)
{
    const rp_component *c = &inv->components[at];
    rp_buf_printf(out, "%s%.*s %.*s %u%s [", at ? "; " : "", RP_FMT(c->name), RP_FMT(c->version),
                  c->kinds, c->root ? " root" : "");
    for (uint32_t i = 0; i < c->nfeatures; i++)
        rp_buf_printf(out, "%s%.*s", i ? " " : "", RP_FMT(c->features[i]));
    rp_buf_printf(out, "]");
    for (uint32_t i = 0; i < c->ndeps; i++)
        rp_buf_printf(out, " >%u:%u", c->deps[i].to, c->deps[i].kinds);
}

/* "name version kinds [features] >dependency:kinds; …" and what is odd. */
static void expect(const char *text, const char *want, const char *odd)
{
    rp_arena a = {0};
    rp_buf got = {0};
    rp_sbom sbom;
    const rp_inventory *inv = NULL;
    rp_error err = {0};
    rp_code code = read_text(text, &a, &inv, &sbom, &err);
    assert_int_equal(code, RP_OK);
    for (uint32_t i = 0; i < inv->ncomponents; i++)
        print_component(&got, inv, i);
    assert_string_equal(rp_buf_str(&got).ptr, want);
    assert_string_equal(sbom.odd != NULL ? sbom.odd : "", odd);
    assert_int_equal(inv->whole, sbom.odd == NULL);
    rp_buf_free(&got);
    rp_arena_free(&a);
}

#define SBOM(root, crates)                                                                         \
    "{\"version\":1,\"root\":" root ",\"crates\":[" crates "],\"target\":\"t\"}"
#define UNIT(id, kind, features, deps)                                                             \
    "{\"id\":\"" id "\",\"features\":[" features "],\"kind\":[\"" kind                             \
    "\"],\"dependencies\":[" deps "]}"
/* the next one in the list */
#define THEN(id, kind, features, deps) "," UNIT(id, kind, features, deps)
#define DEP(index, kind)               "{\"index\":" #index ",\"kind\":\"" kind "\"}"

static const char twice[] =
    SBOM("3", UNIT("path+file:///w/m#1.2.3", "lib", "", "")
                  THEN("path+file:///w/m#1.2.3", "lib", "\"extra\"", "")
                      THEN("path+file:///w/pm#0.3.0", "proc-macro", "", DEP(5, "normal"))
                          THEN("path+file:///w/p#top@0.1.0", "bin", "\"x\"",
                               DEP(1, "normal") "," DEP(2, "build") "," DEP(4, "build"))
                              THEN("path+file:///w/p#top@0.1.0", "custom-build", "\"x\"",
                                   DEP(0, "normal")) THEN(CRATES "syn@2."
                                                                 "0.1",
                                                          "lib",
                                                          "\"b\","
                                                          "\"a\","
                                                          "\"b\"",
                                                          ""));

static void kinds_and_features(void **state)
{
    (void)state;
    /* m is linked, and needed by the build script; syn runs inside of the compiler */
    expect(twice,
           "m 1.2.3 3 [extra]; pm 0.3.0 10 [] >2:1; syn 2.0.1 2 [a b]; "
           "top 0.1.0 1 root [x] >0:3 >1:9",
           "");
    /* a build script waits for another's: no dependency, and no kind for its package */
    expect(SBOM("0", UNIT("path+file:///w/a#1.0.0", "bin", "", DEP(1, "build") "," DEP(2, "normal"))
                         THEN("path+file:///w/a#1.0.0", "custom-build", "", DEP(3, "build"))
                             THEN(CRATES "z-sys@1.0.0", "lib", "", DEP(3, "build"))
                                 THEN(CRATES "z-sys@1.0.0", "custom-build", "", DEP(4, "normal"))
                                     THEN(CRATES "cc@1.0.0", "lib", "", "")),
           "a 1.0.0 1 root [] >2:1; cc 1.0.0 2 []; z-sys 1.0.0 1 [] >1:2", "");
    expect(SBOM("0", UNIT("path+file:///w/pm#1.0.0", "proc-macro", "", "")), "pm 1.0.0 10 root []",
           "");
}

static void package_ids(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_sbom sbom;
    const rp_inventory *inv = NULL;
    rp_error err = {0};
    const char *text =
        SBOM("0", UNIT("git+https://h/x/gg?branch=a%2Fb#1.0.0+z", "bin", "", DEP(1, "normal"))
                      THEN("sparse+https://h/i/#one@2.0.0", "lib", "", ""));
    rp_code code = read_text(text, &a, &inv, &sbom, &err);
    assert_int_equal(code, RP_OK);
    assert_int_equal(inv->ncomponents, 2);
    const rp_component *git = &inv->components[0], *reg = &inv->components[1];
    assert_true(rp_str_is(git->name, "gg") && rp_str_is(git->version, "1.0.0+z"));
    assert_int_equal(git->source.kind, RP_FROM_GIT);
    assert_true(rp_str_is(git->source.url, "https://h/x/gg"));
    assert_true(rp_str_is(git->source.reference, "branch=a/b"));
    assert_true(rp_str_is(reg->name, "one") && reg->source.crates_io == RP_NO);
    assert_int_equal(reg->source.kind, RP_FROM_REGISTRY);
    assert_true(rp_str_is(sbom.target, "t"));
    rp_arena_free(&a);
}

#define ONE UNIT(CRATES "a@1.0.0", "lib", "", "")

static void odd_documents(void **state)
{
    (void)state;
    expect(SBOM("0", UNIT(CRATES "a@1.0.0", "lib", "", DEP(1, "normal") "," DEP(-1, "normal"))),
           "a 1.0.0 1 root []", "a dependency in the SBOM is not one of its crates");
    expect(SBOM("0", ONE THEN("nothing", "lib", "", "")), "a 1.0.0 1 root []",
           "a crate in the SBOM has no package id with name and version");
    expect(SBOM("0", ONE ",7,[],{\"id\":\"x#\"}"), "a 1.0.0 1 root []",
           "a crate in the SBOM has no package id with name and version");
    expect(SBOM("0", ONE THEN(CRATES "b@1.0.0", "lib", "", "")), "a 1.0.0 1 root []; b 1.0.0 0 []",
           "nothing in the SBOM asks for one of its crates");
    expect(SBOM("0", UNIT(CRATES "a@1.0.0", "lib", "7", "")), "a 1.0.0 1 root []",
           "a feature in the SBOM is no name");
    /* a ring is walked once */
    expect(SBOM("0", UNIT(CRATES "a@1.0.0", "lib", "", DEP(1, "normal"))
                         THEN(CRATES "b@1.0.0", "lib", "", DEP(0, "build"))),
           "a 1.0.0 3 root [] >1:1; b 1.0.0 3 [] >0:2", "");
}

static void refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "{",
                                        "7",
                                        "[]",
                                        "{}",
                                        "{\"version\":1}",
                                        SBOM("1", ONE),
                                        SBOM("-1", ONE),
                                        SBOM("\"0\"", ONE),
                                        "{\"version\":2,\"root\":0,\"crates\":[" ONE "]}",
                                        "{\"version\":\"1\",\"root\":0,\"crates\":[" ONE "]}",
                                        "{\"version\":1,\"root\":0,\"crates\":{\"a\":1}}",
                                        "{\"version\":1,\"root\":0,\"crates\":[]}"};
    for (size_t i = 0; i < RP_COUNT(texts); i++) {
        rp_arena a = {0};
        rp_sbom sbom;
        const rp_inventory *inv = NULL;
        rp_code code = read_text(texts[i], &a, &inv, &sbom, NULL);
        assert_true(code == RP_E_FORMAT || code == RP_E_UNSUPPORTED);
        assert_null(inv);
        rp_arena_free(&a);
    }
}

static rp_code read_units(uint32_t n)
{
    rp_arena a = {0};
    rp_buf text = {0};
    rp_sbom sbom;
    const rp_inventory *inv = NULL;
    rp_buf_puts(&text, "{\"version\":1,\"root\":0,\"crates\":[" ONE);
    for (uint32_t i = 1; i < n; i++)
        rp_buf_puts(&text, ",7");
    rp_buf_puts(&text, "]}");
    rp_code code = read_text(rp_buf_str(&text).ptr, &a, &inv, &sbom, NULL);
    rp_buf_free(&text);
    rp_arena_free(&a);
    return code;
}

static void as_many_crates_as_may_be(void **state)
{
    (void)state;
    assert_int_equal(read_units(RP_MAX_COMPONENTS), RP_OK);
    assert_int_equal(read_units(RP_MAX_COMPONENTS + 1), RP_E_LIMIT);
}

static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof twice - 1; n++) {
        rp_arena a = {0};
        rp_sbom sbom;
        const rp_inventory *inv = NULL;
        rp_str part = rp_arena_str(&a, (rp_str){twice, n});
        rp_code code = read_text(part.ptr, &a, &inv, &sbom, NULL);
        assert_true(code == RP_E_FORMAT || code == RP_E_UNSUPPORTED);
        rp_arena_free(&a);
    }
}

static void out_of_memory(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        rp_arena a = {0};
        rp_sbom sbom;
        const rp_inventory *inv = NULL;
        rp_arena_fail_at(n);
        rp_code code = read_text(twice, &a, &inv, &sbom, NULL);
        uint64_t asked = rp_arena_fail_at(0);
        rp_arena_free(&a);
        if (asked <= n && code == RP_OK)
            break;
        assert_int_equal(code, RP_E_MEMORY);
        assert_true(n < 10000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_features),
        cmocka_unit_test(package_ids),
        cmocka_unit_test(odd_documents),
        cmocka_unit_test(refused),
        cmocka_unit_test(as_many_crates_as_may_be),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
