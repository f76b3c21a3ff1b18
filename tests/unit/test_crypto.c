/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crypto.h"

/* FIPS 180-4 example values for "abc". */
static void hashes_equal_the_standard_s_examples(void **state)
{
    (void)state;
    static const struct {
        rp_hash_kind kind;
        const char *text;
    } cases[] = {
        {RP_HASH_SHA1, "sha1:a9993e364706816aba3e25717850c26c9cd0d89d"},
        {RP_HASH_SHA256, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {RP_HASH_SHA384, "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
                         "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
        {RP_HASH_SHA512, "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    };
    rp_arena a = {0};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_hash h;
        uint8_t digest[RP_HASH_MAX];
        assert_int_equal(rp_hash_start(cases[i].kind, &h, NULL), RP_OK);
        for (int round = 0; round < 2; round++) { /* finish starts the next one */
            rp_hash_add(&h, (rp_bytes){(const uint8_t *)"ab", 2});
            rp_hash_add(&h, (rp_bytes){(const uint8_t *)"c", 1});
            assert_true(rp_hash_finish(&h, digest));
            rp_str text = rp_hash_text(&a, cases[i].kind, digest);
            assert_string_equal(text.ptr, cases[i].text);
        }
        rp_hash_end(&h);
    }
    rp_arena_free(&a);
}

static void a_range_that_cannot_be_read_gives_no_digest(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_source src = rp_source_memory((rp_bytes){(const uint8_t *)"xabcx", 5}, &a);
    rp_hash h;
    uint8_t digest[RP_HASH_MAX];
    assert_int_equal(rp_hash_start(RP_HASH_SHA256, &h, NULL), RP_OK);
    assert_true(rp_hash_add_range(&h, &src, 1, 3));
    assert_true(rp_hash_finish(&h, digest));
    assert_int_equal(digest[0], 0xba);
    assert_false(rp_hash_add_range(&h, &src, 3, 3));
    assert_false(rp_hash_finish(&h, digest));
    rp_hash_end(&h);
    rp_arena_free(&a);
}

static void an_unknown_kind_is_refused(void **state)
{
    (void)state;
    rp_hash h;
    rp_error err = {0};
    assert_int_equal(rp_hash_start(RP_HASH_NONE, &h, &err), RP_E_INTERNAL);
    assert_int_equal(rp_hash_start(RP_HASH_COUNT, &h, NULL), RP_E_INTERNAL);
    assert_int_equal(err.code, RP_E_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_equal_the_standard_s_examples),
        cmocka_unit_test(a_range_that_cannot_be_read_gives_no_digest),
        cmocka_unit_test(an_unknown_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
