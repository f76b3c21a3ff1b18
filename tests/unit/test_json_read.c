/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/json_read.h"

static void a_document_becomes_a_tree(void **state)
{
    (void)state;
    rp_arena a = {0};
    const rp_json_value *root = NULL;
    static const char text[] = "{\"z\": [1, -2, 2.5, true, null, \"a\\u0000b\"], \"a\": {\"k\": "
                               "\"\\u00e9\"}}";
    assert_int_equal(rp_json_read(RP_STR(text), &a, &root, NULL), RP_OK);
    assert_int_equal(root->n, 2);
    assert_true(rp_str_is(root->items[0].key, "z")); /* in the order of the document */
    const rp_json_value *z = rp_json_get_list(root, "z");
    assert_int_equal(z->n, 6);
    assert_int_equal(z->items[1].value.integer, -2);
    assert_true(z->items[2].value.number == 2.5);
    assert_true(z->items[3].value.truth);
    assert_int_equal(z->items[4].value.kind, RP_JSON_NULL);
    assert_true(rp_str_eq(z->items[5].value.text, RP_STR("a\0b")));
    assert_true(rp_str_is(rp_json_get_str(rp_json_get(root, "a"), "k"), "\xc3\xa9"));
    assert_null(rp_json_get(root, "none"));
    assert_int_equal(rp_json_get_str(root, "z").len, 0);
    assert_int_equal(rp_json_get_list(root, "none")->n, 0);
    rp_arena_free(&a);
}

static void errors_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        rp_code code;
    } cases[] = {
        {"", RP_E_FORMAT},
        {"{", RP_E_FORMAT},
        {"[1,]", RP_E_FORMAT},
        {"{\"a\":1,\"a\":2}", RP_E_FORMAT}, /* twice */
        {"\"\xff\"", RP_E_FORMAT},
        {"[1] x", RP_E_FORMAT},
        {"99999999999999999999", RP_E_FORMAT},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena a = {0};
        rp_error err = {0};
        const rp_json_value *root = NULL;
        assert_int_equal(rp_json_read(rp_str_from(cases[i].text), &a, &root, &err), cases[i].code);
        assert_null(root);
        assert_true(err.offset <= strlen(cases[i].text));
        rp_arena_free(&a);
    }
}

static void appetite_is_capped(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_error err = {0};
    rp_buf text = {0};
    const rp_json_value *root = NULL;
    rp_buf_repeat(&text, '[', RP_JSON_READ_DEPTH + 1);
    assert_int_equal(rp_json_read(rp_buf_str(&text), &a, &root, &err), RP_E_LIMIT);
    assert_int_equal(err.offset, RP_JSON_READ_DEPTH);
    rp_buf_clear(&text);
    rp_buf_char(&text, '[');
    for (unsigned i = 0; i < RP_JSON_READ_CONTAINERS; i++)
        rp_buf_puts(&text, "{},");
    err = (rp_error){0};
    assert_int_equal(rp_json_read(rp_buf_str(&text), &a, &root, &err), RP_E_LIMIT);
    rp_buf_free(&text);
    rp_arena_free(&a);
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [\"b\", {\"c\": 1}]}";
    for (uint64_t n = 1;; n++) {
        rp_arena a = {0};
        const rp_json_value *root = NULL;
        (void)rp_arena_fail_at(n);
        rp_code code = rp_json_read(RP_STR(text), &a, &root, NULL);
        uint64_t asked = rp_arena_fail_at(0);
        rp_arena_free(&a);
        if (asked < n) {
            assert_int_equal(code, RP_OK);
            return;
        }
        assert_int_equal(code, RP_E_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_becomes_a_tree),
        cmocka_unit_test(errors_have_a_place),
        cmocka_unit_test(appetite_is_capped),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
