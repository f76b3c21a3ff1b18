/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The shape of code: what a linker fills in does not change it, anything else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "origin/runtime_code.h"

/* push rbx; sub rsp, 32; mov rbx, [rip + d]; call; test; je far; mov [rip + d], imm; add; pop; ret
 */
static const uint8_t code[] = {0x53, 0x48, 0x83, 0xec, 0x20, 0x48, 0x8b, 0x1d, 1,    2,    3,
                               4,    0xe8, 5,    6,    7,    8,    0x48, 0x85, 0xc0, 0x0f, 0x84,
                               9,    10,   11,   12,   0xc7, 0x05, 13,   14,   15,   16,   17,
                               18,   19,   20,   0x48, 0x83, 0xc4, 0x20, 0x5b, 0xc3};

static uint64_t shape(const uint8_t *p, size_t n)
{
    return rp_code_shape((rp_bytes){p, n});
}

static void only_what_the_linker_fills_in_is_left_out(void **state)
{
    (void)state;
    uint64_t plain = shape(code, sizeof code);
    assert_true(plain != 0);
    for (size_t i = 0; i < sizeof code; i++) {
        bool filled =
            (i >= 8 && i < 12) || (i >= 13 && i < 17) || (i >= 22 && i < 26) || (i >= 28 && i < 32);
        uint8_t other[sizeof code];
        memcpy(other, code, sizeof code);
        other[i] ^= 0x40;
        assert_int_equal(shape(other, sizeof other) == plain, filled);
    }
}

static void what_tells_nothing_has_none(void **state)
{
    (void)state;
    static const uint8_t nops[64] = {0};
    uint8_t invalid[32];
    memset(invalid, 0x06, sizeof invalid);
    static const uint8_t long_nops[24] = {0x66, 0x0f, 0x1f, 0x84, 0,    0,    0,    0,
                                          0,    0x66, 0x0f, 0x1f, 0x84, 0,    0,    0,
                                          0,    0,    0x90, 0x90, 0x90, 0x90, 0x90, 0x90};
    assert_int_equal(shape(code, 23), 0);
    assert_int_equal(shape(invalid, sizeof invalid), 0);
    assert_true(shape(nops, sizeof nops) != 0);
    assert_true(shape(long_nops, sizeof long_nops) != 0); /* 8 instructions */
    assert_int_equal(shape(long_nops + 9, 15), 0);
    assert_false(rp_is_msvc_runtime(0));
    assert_false(rp_is_msvc_runtime(shape(code, sizeof code)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_the_linker_fills_in_is_left_out),
        cmocka_unit_test(what_tells_nothing_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
