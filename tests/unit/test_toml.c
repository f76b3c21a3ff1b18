/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/toml.h"

static const char lock[] = "version = 4\n"
                           "\n"
                           "[[package]]\n"
                           "name = \"a\"\n"
                           "\n"
                           "[[package]]\n"
                           "name = \"b\\u0020c\"\n"
                           "features.default = [1, 2] # two\n";

static void values_know_their_line(void **state)
{
    (void)state;
    rp_arena a = {0};
    const rp_toml *root = NULL;
    uint32_t line, column;
    assert_int_equal(rp_toml_parse(RP_STR(lock), &a, &root, NULL), RP_OK);
    const rp_toml *packages = rp_toml_get(root, "package");
    assert_int_equal(packages->n, 2);
    const rp_toml *second = packages->items[1].value;
    rp_toml_line(RP_STR(lock), second->at, &line, &column);
    assert_int_equal(line, 6);
    assert_true(rp_str_is(rp_toml_string(second, "name"), "b c"));
    rp_toml_line(RP_STR(lock), rp_toml_get(second, "name")->at, &line, &column);
    assert_int_equal(line, 7);
    assert_int_equal(column, 8);
    const rp_toml *list = rp_toml_get(rp_toml_get(second, "features"), "default");
    assert_int_equal(list->n, 2);
    assert_int_equal(list->items[1].value->integer, 2);
    assert_null(rp_toml_get(second, "missing"));
    assert_null(rp_toml_get(list, "name"));
    assert_int_equal(rp_toml_string(root, "version").len, 0);
    rp_arena_free(&a);
}

static void errors_know_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t offset;
    } cases[] = {
        {"a = 1\na = 2\n", 6},          {"a = \n", 4},
        {"a = 1 b = 2\n", 6},           {"[a]\n[a]\n", 5},
        {"a = {b = 1}\na.c = 2\n", 12}, {"a = 99999999999999999999\n", 4},
        {"a = \"x\ny\"\n", 6},          {"a.b = 1\n[a]\n", 9},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena a = {0};
        rp_error err = {0};
        const rp_toml *root = NULL;
        assert_int_equal(rp_toml_parse(rp_str_from(cases[i].text), &a, &root, &err), RP_E_FORMAT);
        assert_int_equal(err.offset, cases[i].offset);
        assert_null(root);
        rp_arena_free(&a);
    }
}

static void many_keys_are_found_quickly(void **state)
{
    (void)state;
    enum { KEYS = 50000 };
    rp_arena a = {0};
    rp_buf text = {0};
    const rp_toml *root = NULL;
    char key[16];
    for (int i = 0; i < KEYS; i++)
        rp_buf_printf(&text, "k%d = %d\n", i, i);
    assert_int_equal(rp_toml_parse(rp_buf_str(&text), &a, &root, NULL), RP_OK);
    assert_int_equal(root->n, KEYS);
    for (int i = 0; i < KEYS; i += 777) {
        (void)snprintf(key, sizeof key, "k%d", i);
        assert_int_equal(rp_toml_get(root, key)->integer, i);
    }
    rp_buf_free(&text);
    rp_arena_free(&a);
}

static void depth_is_capped(void **state)
{
    (void)state;
    char text[4096] = "a = ";
    memset(text + 4, '[', sizeof text - 4);
    rp_arena a = {0};
    rp_error err = {0};
    const rp_toml *root = NULL;
    assert_int_equal(rp_toml_parse((rp_str){text, sizeof text}, &a, &root, &err), RP_E_FORMAT);
    assert_int_equal(err.offset, 4 + RP_TOML_DEPTH);
    rp_arena_free(&a);
}

static void each_failing_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        rp_arena a = {0};
        rp_error err = {0};
        const rp_toml *root = NULL;
        rp_arena_fail_at(n);
        rp_code code = rp_toml_parse(RP_STR(lock), &a, &root, &err);
        uint64_t asked = rp_arena_fail_at(0);
        rp_arena_free(&a);
        if (code == RP_OK) {
            assert_true(asked < n);
            return;
        }
        assert_int_equal(code, RP_E_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_know_their_line),
        cmocka_unit_test(errors_know_their_place),
        cmocka_unit_test(many_keys_are_found_quickly),
        cmocka_unit_test(depth_is_capped),
        cmocka_unit_test(each_failing_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
