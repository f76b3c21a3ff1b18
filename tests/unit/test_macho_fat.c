/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clang-format off: cmocka needs these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "obj/fat.h"

#include "base/limits.h"

typedef struct {
    uint8_t at[4096];
    size_t len;
} bytes;

static void put(bytes *b, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        b->at[b->len++] = (uint8_t)(v >> (8 * (width - 1 - i)));
}

static void record(bytes *b, uint32_t cpu, uint32_t sub, uint32_t off, uint32_t size)
{
    put(b, cpu, 4);
    put(b, sub, 4);
    put(b, off, 4);
    put(b, size, 4);
    put(b, 4, 4);
}

static rp_code slices_of(bytes *b, size_t size, rp_arena *a, const rp_fat_slice **s, uint32_t *n)
{
    rp_source src = rp_source_memory((rp_bytes){b->at, size}, a);
    rp_error err = {0};
    rp_code code = rp_fat_slices(&src, a, s, n, &err);
    assert_int_equal(code, err.code);
    return code;
}

static void test_two_slices(void **state)
{
    (void)state;
    bytes b = {{0}, 0};
    put(&b, 0xcafebabe, 4);
    put(&b, 2, 4);
    record(&b, 0x01000007, 3, 0x100, 0x200);
    record(&b, 0x0100000c, 0x80000002, 0x300, 0x100);
    assert_true(rp_fat_identify((rp_bytes){b.at, 64}, 0x400));
    rp_arena a = {0};
    const rp_fat_slice *s;
    uint32_t n;
    assert_int_equal(slices_of(&b, 0x400, &a, &s, &n), RP_OK);
    assert_int_equal(n, 2);
    assert_true(rp_str_is(s[0].name, "x86_64"));
    assert_true(rp_str_is(s[1].name, "arm64e"));
    assert_int_equal(s[1].offset, 0x300);
    assert_int_equal(s[1].size, 0x100);
    assert_int_equal(s[1].at, 28);
    assert_null(s[0].odd);
    assert_null(s[1].odd);
    rp_arena_free(&a);
}

static void test_wide(void **state)
{
    (void)state;
    bytes b = {{0}, 0};
    put(&b, 0xcafebabf, 4);
    put(&b, 1, 4);
    put(&b, 0x0100000c, 4);
    put(&b, 0, 4);
    put(&b, 0x100, 8);
    put(&b, 0x300, 8);
    put(&b, 8, 4);
    put(&b, 0, 4);
    assert_true(rp_fat_identify((rp_bytes){b.at, 64}, 0x400));
    rp_arena a = {0};
    const rp_fat_slice *s;
    uint32_t n;
    assert_int_equal(slices_of(&b, 0x400, &a, &s, &n), RP_OK);
    assert_int_equal(n, 1);
    assert_int_equal(s[0].size, 0x300);
    assert_false(s[0].outside);
    rp_arena_free(&a);
}

static void test_java_is_not_fat(void **state)
{
    (void)state;
    bytes b = {{0}, 0};
    put(&b, 0xcafebabe, 4);
    put(&b, 61, 4); /* Java 17 */
    put(&b, 0x001d0a00, 4);
    assert_false(rp_fat_identify((rp_bytes){b.at, 64}, 4096));
    b.len = 4;
    put(&b, 45, 4); /* Java 1.1, the smallest */
    assert_false(rp_fat_identify((rp_bytes){b.at, 64}, 4096));
    put(&b, 0x01000007, 4); /* forty-five slices, the first for x86-64 */
    assert_true(rp_fat_identify((rp_bytes){b.at, 64}, 4096));
    assert_false(rp_fat_identify((rp_bytes){b.at, 7}, 7));
}

static void test_odd_slices(void **state)
{
    (void)state;
    bytes b = {{0}, 0};
    put(&b, 0xcafebabe, 4);
    put(&b, 7, 4);
    record(&b, 7, 3, 0x400, 0x100);
    record(&b, 12, 9, 0x4f0, 0x100);           /* overlaps the first */
    record(&b, 18, 0, 0xffffff00, 0xffffff00); /* outside, and the sum wraps */
    record(&b, 0x01000007, 3, 0x10, 0x100);    /* on the table */
    record(&b, 7, 3, 0x600, 0x10);             /* same architecture twice */
    record(&b, 0x01000012, 0, 0x621, 0x10);    /* misaligned */
    record(&b, 99, 1, 0x700, 0);               /* empty, unknown cpu */
    rp_arena a = {0};
    const rp_fat_slice *s;
    uint32_t n;
    assert_int_equal(slices_of(&b, 0x800, &a, &s, &n), RP_OK);
    assert_int_equal(n, 7);
    assert_null(s[0].odd);
    assert_non_null(strstr(s[1].odd, "another slice"));
    assert_true(s[2].outside);
    assert_non_null(strstr(s[2].odd, "outside"));
    assert_non_null(strstr(s[3].odd, "fat table"));
    assert_non_null(strstr(s[4].odd, "same architecture"));
    assert_true(rp_str_is(s[4].name, "i386 (2)"));
    assert_non_null(strstr(s[5].odd, "alignment"));
    assert_non_null(strstr(s[6].odd, "empty"));
    assert_true(rp_str_is(s[6].name, "cpu 99 subtype 1"));
    rp_arena_free(&a);
}

static void test_bad_tables(void **state)
{
    (void)state;
    bytes b = {{0}, 0};
    put(&b, 0xcafebabe, 4);
    put(&b, 0, 4);
    rp_arena a = {0};
    const rp_fat_slice *s;
    uint32_t n;
    assert_int_equal(slices_of(&b, 64, &a, &s, &n), RP_E_FORMAT);
    b.at[7] = 44;
    assert_int_equal(slices_of(&b, 64, &a, &s, &n), RP_E_FORMAT);
    b.at[4] = 0xff;
    assert_int_equal(slices_of(&b, 64, &a, &s, &n), RP_E_LIMIT);
    for (size_t size = 0; size < 8; size++)
        assert_int_equal(slices_of(&b, size, &a, &s, &n), RP_E_FORMAT);
    rp_arena_free(&a);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    bytes b = {{0}, 0};
    put(&b, 0xcafebabe, 4);
    put(&b, 2, 4);
    record(&b, 99, 3, 0x100, 0x10);
    record(&b, 99, 3, 0x200, 0x10);
    rp_arena a = {0};
    const rp_fat_slice *s;
    uint32_t n;
    unsigned failures = 0;
    for (;; failures++) {
        rp_arena_fail_at(failures + 1);
        rp_code code = slices_of(&b, 0x400, &a, &s, &n);
        if (code == RP_OK)
            break;
        assert_int_equal(code, RP_E_MEMORY);
    }
    rp_arena_fail_at(0);
    assert_int_equal(failures, 4);
    rp_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_slices),      cmocka_unit_test(test_wide),
        cmocka_unit_test(test_java_is_not_fat), cmocka_unit_test(test_odd_slices),
        cmocka_unit_test(test_bad_tables),      cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
