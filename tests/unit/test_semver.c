/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "text/semver.h"

/* SemVer 11 and its examples, in ascending order; "=" joins equals. */
static const char *const ascending[] = {
    "0.0.0-0",
    "0.0.0",
    "0.0.1",
    "0.9.10",
    "1.0.0-0",
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0-18446744073709551616",
    "1.0.0--",
    "1.0.0-0a",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1-0",
    "1.1.0",
    "2.0.0-0",
    "2.0.0",
    "18446744073709551615.0.0",
};

static int sign(int c)
{
    return (c > 0) - (c < 0);
}

static rp_semver version(const char *text)
{
    rp_semver v;
    if (!rp_semver_parse(rp_str_from(text), &v))
        fail_msg("no version: %s", text);
    return v;
}

static void precedence_is_that_of_semver(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(ascending); i++)
        for (size_t j = 0; j < RP_COUNT(ascending); j++) {
            rp_semver a = version(ascending[i]), b = version(ascending[j]);
            int want = (i > j) - (i < j);
            if (sign(rp_semver_cmp(&a, &b)) != want)
                fail_msg("%s against %s", ascending[i], ascending[j]);
        }
    rp_semver a = version("1.0.0+a"), b = version("1.0.0+001.b");
    assert_int_equal(rp_semver_cmp(&a, &b), 0);
    assert_true(rp_str_is(b.build, "001.b"));
}

static void what_is_no_version_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",          "1",
        "1.2",       "1.2.3.4",
        "01.2.3",    "1.02.3",
        "1.2.03",    "1.2.3-",
        "1.2.3+",    "1.2.3-a.",
        "1.2.3-01",  "1.2.3-a..b",
        " 1.2.3",    "1.2.3 ",
        "v1.2.3",    "-1.2.3",
        "1.2.x",     "1.2.3-é",
        "1.2.3+a_b", "1.2.3-a+",
        "1..3",      "18446744073709551616.0.0",
    };
    for (size_t i = 0; i < RP_COUNT(bad); i++) {
        rp_semver v = {.major = 7};
        assert_false(rp_semver_parse(rp_str_from(bad[i]), &v));
        assert_int_equal(v.major, 7);
    }
}

static void versions_are_written_as_they_were_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"1.2.3", "0.0.0-0", "1.2.3-a.1+b.2", "1.2.3+4"};
    rp_arena a = {0};
    for (size_t i = 0; i < RP_COUNT(texts); i++) {
        rp_semver v = version(texts[i]);
        assert_string_equal(rp_semver_text(&a, &v).ptr, texts[i]);
    }
    rp_arena_free(&a);
}

/* Requirement, what satisfies it, what does not; from the tables of The Cargo Book. */
static const struct {
    const char *req, *yes, *no;
} requirements[] = {
    {"^1.2.3", "1.2.3 1.2.4 1.9.0 1.2.3+x", "1.2.2 2.0.0 0.9.9 1.2.3-rc.1 1.3.0-a 2.0.0-0"},
    {"1.2", "1.2.0 1.99.0", "1.1.9 2.0.0 1.2.1-a"},
    {"1", "1.0.0 1.9.9", "0.9.9 2.0.0"},
    {"^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0 1.2.3"},
    {"^0.2", "0.2.0 0.2.9", "0.1.9 0.3.0"},
    {"^0.0.3", "0.0.3", "0.0.2 0.0.4 0.1.0"},
    {"^0.0", "0.0.0 0.0.9", "0.1.0"},
    {"^0", "0.0.0 0.9.9", "1.0.0"},
    {"^1.2.3-rc.1", "1.2.3-rc.1 1.2.3-rc.2 1.2.3 1.3.0", "1.2.3-beta 1.2.4-rc.1 2.0.0"},
    {"~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0 1.2.4-a"},
    {"~1.2", "1.2.0 1.2.9", "1.1.0 1.3.0"},
    {"~1", "1.0.0 1.9.9", "0.9.0 2.0.0"},
    {"~1.2.3-b", "1.2.3-b 1.2.3-c 1.2.3 1.2.4", "1.2.3-a 1.2.4-b 1.3.0"},
    {"*", "0.0.0 9.9.9", "1.0.0-rc.1"},
    {"1.*", "1.0.0 1.9.9", "0.9.9 2.0.0 1.0.0-a"},
    {"1.2.*", "1.2.0 1.2.9", "1.3.0"},
    {"1.x.X", "1.0.0", "2.0.0"},
    {">= 1.2.0", "1.2.0 9.0.0", "1.1.9 1.2.0-a 2.0.0-a"},
    {">=1.2", "1.2.0 1.3.0 2.0.0", "1.1.9"},
    {"> 1", "2.0.0", "1.0.0 1.9.9"},
    {">1.2.3", "1.2.4", "1.2.3"},
    {">1.2.3-a", "1.2.3-b 1.2.3 1.2.4", "1.2.3-a 1.2.4-b"},
    {"< 2", "1.9.9", "2.0.0 2.1.0 1.9.9-a"},
    {"<1.2.3-b", "1.2.3-a 1.2.2", "1.2.3-b 1.2.3"},
    {"<=1.2", "1.2.0 1.2.9 1.1.0", "1.3.0"},
    {"= 1.2.3", "1.2.3 1.2.3+b", "1.2.4 1.2.3-a"},
    {"=1.2", "1.2.0 1.2.9", "1.3.0"},
    {"=1.2.3-a", "1.2.3-a", "1.2.3 1.2.3-b"},
    {">= 1.2, < 1.5", "1.2.0 1.4.9", "1.5.0 1.1.9"},
    {">=1.2.3-a, <1.2.5", "1.2.3-a 1.2.4", "1.2.5 1.2.5-a 1.2.4-a"},
    {">= 1.*", "1.0.0 2.0.0", "0.9.0"},
};

static void each_word(const char *words, const rp_semver_req *req, bool want, const char *text)
{
    for (const char *p = words; *p != '\0';) {
        size_t n = strcspn(p, " ");
        rp_semver v;
        assert_true(rp_semver_parse((rp_str){p, n}, &v));
        if (rp_semver_req_matches(req, &v) != want)
            fail_msg("%s against %.*s", text, (int)n, p);
        p += n + (p[n] == ' ');
    }
}

static void requirements_are_those_of_cargo(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(requirements); i++) {
        rp_semver_req req;
        rp_code code = rp_semver_req_parse(rp_str_from(requirements[i].req), &req, NULL);
        assert_int_equal(code, RP_OK);
        each_word(requirements[i].yes, &req, true, requirements[i].req);
        each_word(requirements[i].no, &req, false, requirements[i].req);
    }
}

static void what_is_no_requirement_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t offset;
    } bad[] = {
        {"", 0},     {",", 0},          {"1,", 2},  {"*, 1", 1}, {"1, *", 3}, {"1.*.2", 4},
        {"=> 1", 1}, {"1.2.3-", 6},     {"^", 1},   {">=", 2},   {"1 2", 2},  {"1.2-a", 3},
        {"01", 0},   {"1.2.3 || 2", 6}, {"*.1", 1}, {"==1", 1},  {"\t1", 0},
    };
    for (size_t i = 0; i < RP_COUNT(bad); i++) {
        rp_semver_req req;
        rp_error err = {0};
        assert_int_equal(rp_semver_req_parse(rp_str_from(bad[i].text), &req, &err), RP_E_FORMAT);
        if (err.offset != bad[i].offset)
            fail_msg("'%s': %llu", bad[i].text, (unsigned long long)err.offset);
    }
    char many[200] = "1";
    rp_semver_req req;
    for (int i = 1; i < 33; i++)
        (void)snprintf(many + strlen(many), sizeof many - strlen(many), ",1");
    assert_int_equal(rp_semver_req_parse(rp_str_from(many), &req, NULL), RP_E_LIMIT);
}

/* Requirements of an advisory that are not affected; what is left, as OSV events. Derived by hand
 * from the rule that RustSec's export follows. */
static const struct {
    const char *ranges, *left;
} complements[] = {
    {"", "0.0.0-0.."},
    {">= 1.2.3", "0.0.0-0..1.2.3"},
    {"> 1.2.3", "0.0.0-0..1.2.4-0"},
    {"< 1.0.0|>= 1.2.3", "1.0.0..1.2.3"},
    {"<= 1.0.0|>= 1.2.3", "1.0.1-0..1.2.3"},
    {"^1.2.3", "0.0.0-0..1.2.3 2.0.0-0.."},
    {"1.2|>= 3.0.0", "0.0.0-0..1.2.0 2.0.0-0..3.0.0"},
    {"^0.2.3", "0.0.0-0..0.2.3 0.3.0-0.."},
    {"^0.0.3", "0.0.0-0..0.0.3 0.0.4-0.."},
    {"^0.0", "0.0.0-0..0.0.0 0.1.0-0.."},
    {"^0", "0.0.0-0..0.0.0 1.0.0-0.."},
    {"~1.2.3", "0.0.0-0..1.2.3 1.3.0-0.."},
    {"~1", "0.0.0-0..1.0.0 2.0.0-0.."},
    {"=1.0", "0.0.0-0..1.0.0 1.0.1-0.."},
    {"= 1.2.3-rc.1", "0.0.0-0..1.2.3-rc.1 1.2.3-rc.1.0.."},
    {">= 1.2.3, < 1.3.0|>= 2.0.0-rc.1", "0.0.0-0..1.2.3 1.3.0..2.0.0-rc.1"},
    {">= 2|>= 1, < 2", "0.0.0-0..1.0.0"},
    {">= 1, < 3|>= 2, < 4", "0.0.0-0..1.0.0 4.0.0.."}, /* overlap */
    {">= 0.0.0-0", ""},
    {"< 1.0.0|>= 1.0.0", ""},
};

static uint32_t ranges_of(const char *text, rp_arena *a, rp_semver_range *to)
{
    uint32_t n = 0;
    for (const char *p = text; *p != '\0';) {
        size_t len = strcspn(p, "|");
        assert_int_equal(rp_semver_range_parse((rp_str){p, len}, a, &to[n++], NULL), RP_OK);
        p += len + (p[len] == '|');
    }
    return n;
}

static void intervals_are_those_of_osv(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(complements); i++) {
        rp_arena a = {0};
        rp_semver_range ranges[8], *left = NULL;
        uint32_t n_left = 0, n = ranges_of(complements[i].ranges, &a, ranges);
        char text[200] = "";
        assert_int_equal(rp_semver_complement(ranges, n, &a, &left, &n_left), RP_OK);
        for (uint32_t k = 0; k < n_left; k++)
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s..%s",
                           k ? " " : "", rp_semver_text(&a, &left[k].from).ptr,
                           left[k].open ? "" : rp_semver_text(&a, &left[k].to).ptr);
        assert_string_equal(text, complements[i].left);
        rp_arena_free(&a);
    }
}

static void what_is_no_interval_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "*",
        "1.*",
        ">= 1, > 2",
        "< 1, <= 2",
        "^1, < 2",
        "=1, =2",
        "> 1, < 2, < 3",
        "nope",
        "^18446744073709551615",
        "> 1.0.18446744073709551615",
    };
    for (size_t i = 0; i < RP_COUNT(bad); i++) {
        rp_arena a = {0};
        rp_semver_range range;
        rp_error err = {0};
        rp_code code = rp_semver_range_parse(rp_str_from(bad[i]), &a, &range, &err);
        if (code == RP_OK)
            fail_msg("%s", bad[i]);
        assert_true(err.text[0] != '\0');
        rp_arena_free(&a);
    }
}

static void pre_releases_lie_in_intervals(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_semver_range range;
    assert_int_equal(rp_semver_range_parse(RP_STR(">= 1.0, < 2.0.0"), &a, &range, NULL), RP_OK);
    static const char *const in[] = {"1.0.0", "1.5.0-a", "2.0.0-rc.1"};
    static const char *const out[] = {"1.0.0-a", "2.0.0", "2.0.0+b"};
    for (size_t i = 0; i < RP_COUNT(in); i++) {
        rp_semver v = version(in[i]), w = version(out[i]);
        assert_true(rp_semver_in(&range, &v));
        assert_false(rp_semver_in(&range, &w));
    }
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence_is_that_of_semver),
        cmocka_unit_test(what_is_no_version_is_refused),
        cmocka_unit_test(versions_are_written_as_they_were_read),
        cmocka_unit_test(requirements_are_those_of_cargo),
        cmocka_unit_test(what_is_no_requirement_is_refused),
        cmocka_unit_test(intervals_are_those_of_osv),
        cmocka_unit_test(what_is_no_interval_is_refused),
        cmocka_unit_test(pre_releases_lie_in_intervals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
