/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long a file has to be: the largest end wins, whatever the headers claim. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/promised.h"
#include "obj/elf.h"

static void the_last_end_wins(void **state)
{
    (void)state;
    const rp_segment segments[] = {{.offset = 0, .filesz = 100, .at = 64},
                                   {.offset = 200, .filesz = 0, .at = 120}};
    const rp_section sections[] = {{.offset = 90, .filesz = 60, .at = 500},
                                   {.offset = RP_NOWHERE, .filesz = 9000, .at = 564}};
    rp_image img = {.segments = segments, .nsegments = 1, .sections = sections, .nsections = 2};
    uint64_t at;
    assert_int_equal(rp_promised_size(&img, &at), 150);
    assert_int_equal(at, 500);
    img.nsections = 0;
    img.nsegments = 2;
    assert_int_equal(rp_promised_size(&img, &at), 100);
    assert_int_equal(at, 64);
}

static void nothing_promised(void **state)
{
    (void)state;
    rp_image img = {0};
    uint64_t at;
    assert_int_equal(rp_promised_size(&img, &at), 0);
    assert_true(at == RP_NOWHERE);
}

static void an_end_beyond_64_bits_is_the_largest(void **state)
{
    (void)state;
    const rp_segment segment = {.offset = UINT64_MAX - 1, .filesz = 8, .at = 64};
    rp_image img = {.segments = &segment, .nsegments = 1};
    uint64_t at;
    assert_true(rp_promised_size(&img, &at) == UINT64_MAX);
}

static void segments_of_debug_files_promise_nothing(void **state)
{
    (void)state;
    const rp_segment segment = {.offset = 0, .filesz = 4096, .at = 64};
    rp_image img = {.segments = &segment, .nsegments = 1, .kind = RP_KIND_DEBUG};
    uint64_t at;
    assert_int_equal(rp_promised_size(&img, &at), 0);
}

static void tables_of_elf_headers_count(void **state)
{
    (void)state;
    struct rp_elf elf = {
        .phoff = 64, .nphdrs = 2, .phentsize = 56, .shoff = 1000, .shnum = 3, .shentsize = 64};
    rp_image img = {.elf = &elf, .bits = 64};
    uint64_t at;
    assert_int_equal(rp_promised_size(&img, &at), 1192);
    assert_int_equal(at, 0x28);
    elf.shoff = 0;
    assert_int_equal(rp_promised_size(&img, &at), 176);
    assert_int_equal(at, 0x20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_end_wins),
        cmocka_unit_test(nothing_promised),
        cmocka_unit_test(an_end_beyond_64_bits_is_the_largest),
        cmocka_unit_test(segments_of_debug_files_promise_nothing),
        cmocka_unit_test(tables_of_elf_headers_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
