/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/library.h"
#include "base/numbers.h"
#include "base/arena.h"
#include "base/reader.h"
#include "base/search.h"
#include "base/source.h"
#include "base/vec.h"

static void reader_fails_stickily(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3, 4, 5};
    rp_reader r = rp_reader_of((rp_bytes){bytes, sizeof bytes}, 100, false);
    assert_int_equal(rp_u32(&r), 0x04030201);
    assert_int_equal(rp_u16(&r), 0);
    assert_true(r.bad);
    assert_int_equal(rp_u8(&r), 0);
}

static void reader_honours_byte_order(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0, 0, 0, 0, 0, 0, 1, 2};
    rp_reader r = rp_reader_of((rp_bytes){bytes, sizeof bytes}, 0, true);
    assert_int_equal(rp_u64(&r), 0x102);
}

static void strings_are_given_in_proportion_to_their_table(void **state)
{
    (void)state;
    char bytes[1000];
    memset(bytes, 'a', sizeof bytes);
    bytes[10] = bytes[999] = '\0';
    rp_bytes all = {(const uint8_t *)bytes, sizeof bytes};
    rp_string_table t = rp_string_table_of(rp_reader_of(all, 0, false));
    rp_str s;
    for (unsigned i = 0; i < 100000; i++) { /* short ones are free */
        assert_true(rp_string_at(&t, 5, &s));
        assert_int_equal(s.len, 5);
    }
    unsigned given = 0;
    while (given < 100 && rp_string_at(&t, 11, &s))
        given++;
    assert_in_range(given, 16, 17);
    assert_int_equal(t.left, 0);
    assert_false(rp_string_at(&t, 5, &s)); /* names are whole or unknown, not now this, now that */
}

static void a_string_without_end_costs_what_was_searched(void **state)
{
    (void)state;
    char bytes[1000];
    memset(bytes, 'a', sizeof bytes);
    rp_bytes all = {(const uint8_t *)bytes, sizeof bytes};
    rp_string_table t = rp_string_table_of(rp_reader_of(all, 0, false));
    rp_str s;
    assert_false(rp_string_at(&t, sizeof bytes, &s));
    assert_false(rp_string_at(&t, UINT64_MAX, &s));
    assert_int_equal(t.left, 16001);
    for (unsigned i = 0; i < 20; i++)
        assert_false(rp_string_at(&t, 0, &s));
    assert_int_equal(t.left, 0);
}

static void window_refuses_wrapping_ranges(void **state)
{
    (void)state;
    const uint8_t bytes[8] = {0};
    rp_reader r = rp_reader_of((rp_bytes){bytes, sizeof bytes}, 0, false);
    rp_reader w;
    assert_false(rp_window(&r, UINT64_MAX, 2, &w));
    assert_false(rp_window(&r, 4, UINT64_MAX, &w));
    assert_true(rp_window(&r, 8, 0, &w));
}

static void leb128_stops_at_64_bits(void **state)
{
    (void)state;
    const uint8_t max[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    rp_reader r = rp_reader_of((rp_bytes){max, sizeof max}, 0, false);
    assert_true(rp_uleb(&r) == UINT64_MAX && !r.bad);
    const uint8_t over[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
    r = rp_reader_of((rp_bytes){over, sizeof over}, 0, false);
    assert_int_equal(rp_uleb(&r), 0);
    assert_true(r.bad);
    const uint8_t minus_two[] = {0x7e};
    r = rp_reader_of((rp_bytes){minus_two, sizeof minus_two}, 0, false);
    assert_int_equal(rp_sleb(&r), -2);
}

static void arena_honours_limit_and_zeroes(void **state)
{
    (void)state;
    rp_arena a = {.limit = 1 << 20};
    assert_null(rp_arena_alloc(&a, 2 << 20));
    assert_null(rp_arena_array(&a, UINT64_MAX / 2, 16));
    uint8_t *p = rp_arena_alloc(&a, 100000);
    assert_non_null(p);
    assert_int_equal(p[0] | p[99999], 0);
    memset(p, 0xff, 100000);
    uint8_t *small = rp_arena_alloc(&a, 10);
    memset(small, 0xff, 10);
    rp_arena_reset(&a);
    small = rp_arena_alloc(&a, 10);
    assert_int_equal(small[0], 0);
    rp_arena_free(&a);
}

static void an_item_grows_in_place(void **state)
{
    (void)state;
    rp_arena a = {.limit = 1 << 20};
    uint8_t *small = rp_arena_alloc(&a, 10);
    uint8_t *p = rp_arena_alloc(&a, 100000);
    memset(small, 7, 10);
    memset(p, 9, 100000);
    p = rp_arena_grow(&a, p, 100000, 300000);
    assert_non_null(p);
    assert_int_equal(p[99999], 9);
    memset(p, 9, 300000);
    assert_in_range(a.used, 300010, 400100); /* not the sum of both */
    assert_null(rp_arena_grow(&a, p, 300000, 2 << 20));
    assert_true(a.refused);
    assert_int_equal(p[299999], 9);                /* as it was */
    uint8_t *q = rp_arena_grow(&a, small, 10, 50); /* shares its block */
    assert_int_equal(q[9], 7);
    memset(q, 1, 50);
    rp_arena_reset(&a);
    uint8_t *fresh = rp_arena_alloc(&a, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(fresh[i], 0);
    rp_arena_free(&a);
}

static void arena_fails_on_demand(void **state)
{
    (void)state;
    rp_arena a = {0};
    rp_arena_fail_at(2);
    assert_non_null(rp_arena_alloc(&a, 1));
    assert_null(rp_arena_alloc(&a, 1));
    assert_non_null(rp_arena_alloc(&a, 1));
    assert_int_equal(rp_arena_fail_at(0), 3);
    rp_arena_free(&a);
}

static void vec_grows_and_keeps(void **state)
{
    (void)state;
    rp_arena a = {0};
    RP_VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t *item = rp_vec_push(&a, &v);
        assert_non_null(item);
        *item = i;
    }
    assert_int_equal(v.n, 1000);
    assert_int_equal(v.items[777], 777);
    rp_arena_free(&a);
}

static bool count_hits(void *user, rp_bytes piece, uint64_t at)
{
    (void)at;
    *(size_t *)user += rp_bytes_find(piece, RP_STR("needle")) != SIZE_MAX;
    return true;
}

/* What is there is not read again: bytes of the head stand for those of the file, a small file
 * comes whole, of a large one whole pages. */
static void source_reads_once(void **state)
{
    (void)state;
    enum { SMALL_FILE = 9000, LARGE_FILE = 100000 };
    static uint8_t bytes[LARGE_FILE];
    FILE *f = tmpfile();
    rp_arena a = {0};
    rp_bytes got;
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, f), sizeof bytes);
    assert_int_equal(fflush(f), 0);
    rp_source src = rp_source_fd(fileno(f), SMALL_FILE, &a);
    src.head = (rp_bytes){(const uint8_t *)"head", 4};
    assert_true(rp_source_bytes(&src, 0, 4, &got));
    assert_memory_equal(got.ptr, "head", 4);
    assert_false(rp_source_held(&src, 0, 5, &got));
    assert_true(rp_source_bytes(&src, 2, 3, &got));
    assert_memory_equal(got.ptr, "ad", 3);
    assert_true(rp_source_held(&src, 1, SMALL_FILE - 1, &got));
    assert_false(rp_source_held(&src, 1, SMALL_FILE, &got));
    char copy[6] = "";
    assert_int_equal(rp_source_copy(&src, 1, copy, 5), 5);
    assert_memory_equal(copy, "ead\0", 5);
    src = rp_source_fd(fileno(f), LARGE_FILE, &a);
    assert_true(rp_source_bytes(&src, 4000, 96, &got));
    assert_true(rp_source_held(&src, 0, 4096, &got));
    assert_false(rp_source_held(&src, 0, 4097, &got));
    assert_true(rp_source_bytes(&src, LARGE_FILE - 1, 1, &got));
    assert_false(rp_source_held(&src, LARGE_FILE, 1, &got));
    assert_false(rp_source_bytes(&src, LARGE_FILE - 1, 2, &got));
    (void)fclose(f);
    rp_arena_free(&a);
}

static void source_scan_finds_what_straddles_pieces(void **state)
{
    (void)state;
    rp_arena a = {0};
    FILE *f = tmpfile();
    assert_non_null(f);
    size_t size = 600 * 1024, place = 256 * 1024 + 5 - 3;
    uint8_t *bytes = rp_arena_alloc(&a, size);
    memcpy(bytes + place, "needle", 6);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fflush(f), 0);
    rp_source src = rp_source_fd(fileno(f), size, &a);
    size_t hits = 0;
    assert_true(rp_source_scan(&src, 0, size, 5, count_hits, &hits));
    assert_int_equal(hits, 1);
    rp_bytes got;
    assert_true(rp_source_bytes(&src, place, 6, &got));
    assert_memory_equal(got.ptr, "needle", 6);
    assert_true(rp_source_bytes(&src, size - 1, 1, &got));
    assert_false(rp_source_bytes(&src, size, 1, &got));
    fclose(f);
    rp_arena_free(&a);
}

static void numbers_keep_their_sign(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0xff, 0x80, 0x00, 0x80, 0x01};
    assert_int_equal(rp_le16(bytes), 0x80ff);
    assert_int_equal(rp_le32(bytes + 1), 0x01800080);
    assert_int_equal(rp_sign_extend(0x1ff, 8), -1);
    assert_int_equal(rp_sign_extend(0x7f, 8), 127);
    assert_int_equal(rp_sign_extend(1, 1), -1);
    assert_true(rp_sign_extend(UINT64_MAX, 64) == -1 && rp_extend(1ull << 63, 64) == 1ull << 63);
    assert_true(0x1000 + rp_extend(0xfffffffc, 32) == 0xffc);
    assert_int_equal(rp_count_bits(0x8000000000000001), 2);
    assert_true(rp_hex_digit('9') == 9 && rp_hex_digit('f') == 15 && rp_hex_digit('A') == 10);
    assert_true(rp_hex_digit('g') == -1 && rp_hex_digit('/') == -1 && rp_hex_digit('@') == -1);
}

static void orders_do_not_overflow(void **state)
{
    (void)state;
    uint64_t wide[] = {UINT64_MAX, 0, 1ull << 63, 1};
    uint32_t narrow[] = {UINT32_MAX, 0, 1u << 31, 1};
    qsort(wide, RP_COUNT(wide), sizeof wide[0], rp_ascending_u64);
    qsort(narrow, RP_COUNT(narrow), sizeof narrow[0], rp_ascending_u32);
    for (unsigned i = 1; i < RP_COUNT(wide); i++)
        assert_true(wide[i - 1] < wide[i] && narrow[i - 1] < narrow[i]);
}

/* Every length and every place, against a count from the front. */
static void search_counts_what_is_before(void **state)
{
    (void)state;
    static const uint32_t items[] = {1, 3, 3, 3, 7, 8, 8, 9};
    for (uint32_t n = 0; n <= RP_COUNT(items); n++)
        for (uint32_t key = 0; key < 11; key++) {
            uint32_t below, upto, counted = 0, counted_upto = 0;
            for (uint32_t i = 0; i < n; i++) {
                counted += items[i] < key;
                counted_upto += items[i] <= key;
            }
            RP_SEARCH(below, n, items[below] < key);
            RP_SEARCH(upto, n, items[upto] <= key);
            assert_int_equal(below, counted);
            assert_int_equal(upto, counted_upto);
        }
}

static void libraries_say_what_they_lack(void **state)
{
    (void)state;
    static const char *const none[] = {"librustproof-has-no-such.so"};
    static const char *const some[] = {"librustproof-has-no-such.so", "libz.so.1"};
    assert_null(rp_library_open(none, RP_COUNT(none)));
    rp_library_close(NULL);
    void *library = rp_library_open(some, RP_COUNT(some));
    assert_non_null(library);
    const char *(*version)(void) = NULL;
    void (*missing)(void) = NULL;
    const rp_library_function wanted[] = {{"zlibVersion", &version},
                                          {"no_such_function", &missing}};
    assert_null(rp_library_lacks(library, wanted, 1));
    assert_int_equal(version()[0], '1');
    assert_string_equal(rp_library_lacks(library, wanted, 2), "no_such_function");
    rp_library_close(library);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_keep_their_sign),
        cmocka_unit_test(orders_do_not_overflow),
        cmocka_unit_test(search_counts_what_is_before),
        cmocka_unit_test(libraries_say_what_they_lack),
        cmocka_unit_test(reader_fails_stickily),
        cmocka_unit_test(reader_honours_byte_order),
        cmocka_unit_test(strings_are_given_in_proportion_to_their_table),
        cmocka_unit_test(a_string_without_end_costs_what_was_searched),
        cmocka_unit_test(window_refuses_wrapping_ranges),
        cmocka_unit_test(leb128_stops_at_64_bits),
        cmocka_unit_test(arena_honours_limit_and_zeroes),
        cmocka_unit_test(arena_fails_on_demand),
        cmocka_unit_test(vec_grows_and_keeps),
        cmocka_unit_test(an_item_grows_in_place),
        cmocka_unit_test(source_reads_once),
        cmocka_unit_test(source_scan_finds_what_straddles_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
