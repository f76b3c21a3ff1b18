/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The shape of code: what a linker fills in does not change it, anything else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

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
    return rp_code_shape((rp_bytes){p, n}, (rp_code_home){.arch = RP_ARCH_X86_64});
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

/* push ebp; mov eax, [0x10001234]; cmp dword [eax + 0x10005678], 0x10002222; push 0x10003333;
 * call; mov ecx, 0x20003333; mov dword [0x10004444], 5; jne far; lea eax, [esi + 0x44332211] */
static const uint8_t x86[] = {0x55, 0xa1, 0x34, 0x12, 0,    0x10, 0x81, 0xb8, 0x78, 0x56, 0,
                              0x10, 0x22, 0x22, 0,    0x10, 0x68, 0x33, 0x33, 0,    0x10, 0xe8,
                              1,    2,    3,    4,    0xb9, 0x33, 0x33, 0,    0x20, 0xc7, 0x05,
                              0x44, 0x44, 0,    0x10, 5,    0,    0,    0,    0x0f, 0x85, 9,
                              9,    9,    9,    0x8d, 0x86, 0x11, 0x22, 0x33, 0x44};

static void addresses_of_the_image_are_left_out(void **state)
{
    static const uint8_t holes[] = {2, 8, 12, 17, 22, 33, 43};
    rp_code_home home = {RP_ARCH_X86, 0x10000000, 0x10010000};
    uint64_t plain = rp_code_shape((rp_bytes){x86, sizeof x86}, home);
    (void)state;
    assert_true(plain != 0);
    for (size_t i = 0; i < sizeof x86; i++) {
        uint8_t other[sizeof x86];
        bool filled = false;
        for (size_t k = 0; k < RP_COUNT(holes); k++)
            filled |= i >= holes[k] && i < holes[k] + 2u; /* still an address */
        bool branch = (i >= 22 && i < 26) || (i >= 43 && i < 47);
        memcpy(other, x86, sizeof x86);
        other[i] ^= 0x40;
        uint64_t now = rp_code_shape((rp_bytes){other, sizeof other}, home);
        assert_int_equal(now == plain, filled || branch);
    }
}

/* stp; adrp x8; ldr x9, [x8, #8]; add x1, x8, #16; add x2, x3, #16; bl; b.eq; ldr w0, [x3, #4] */
static const uint32_t a64[] = {0xa9bf7bfd, 0x90000008, 0xf9400509, 0x91004101, 0x91004062,
                               0x94000010, 0x54000040, 0xb9400460, 0xa8c17bfd, 0xd65f03c0};

static uint64_t a64_shape(const uint32_t *words)
{
    uint8_t bytes[sizeof a64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    return rp_code_shape((rp_bytes){bytes, sizeof bytes}, (rp_code_home){.arch = RP_ARCH_AARCH64});
}

static void pages_and_what_is_added_are_left_out(void **state)
{
    static const struct {
        unsigned word, bit;
        bool filled;
    } cases[] = {{1, 5, true},   {1, 29, true}, {1, 0, false},  {2, 10, true},
                 {2, 0, false},  {3, 10, true}, {4, 10, false}, {5, 3, true},
                 {5, 31, false}, {6, 5, false}, {7, 10, false}};
    uint64_t plain = a64_shape(a64);
    (void)state;
    assert_true(plain != 0);
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        uint32_t other[RP_COUNT(a64)];
        memcpy(other, a64, sizeof a64);
        other[cases[i].word] ^= 1u << cases[i].bit;
        assert_int_equal(a64_shape(other) == plain, cases[i].filled);
    }
}

/* Cut and bent, code has some shape or none, and nothing behind it is read. */
static void any_bytes_end(void **state)
{
    static const rp_arch archs[] = {RP_ARCH_X86_64, RP_ARCH_X86, RP_ARCH_AARCH64, RP_ARCH_ARM};
    (void)state;
    for (size_t k = 0; k < RP_COUNT(archs); k++) {
        rp_code_home home = {archs[k], 0x10000000, 0x10010000};
        for (size_t n = 0; n <= sizeof x86; n++) {
            uint8_t *copy = malloc(n + 1);
            assert_non_null(copy);
            memcpy(copy, x86, n);
            for (size_t bit = 0; bit < n * 8; bit++) {
                copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
                uint64_t found = rp_code_shape((rp_bytes){copy, n}, home);
                assert_true(found == 0 || (n >= 24 && archs[k] != RP_ARCH_ARM));
                copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
            }
            free(copy);
        }
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
    assert_false(rp_is_msvc_runtime(RP_ARCH_X86_64, 0));
    assert_false(rp_is_msvc_runtime(RP_ARCH_X86_64, shape(code, sizeof code)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_the_linker_fills_in_is_left_out),
        cmocka_unit_test(addresses_of_the_image_are_left_out),
        cmocka_unit_test(pages_and_what_is_added_are_left_out),
        cmocka_unit_test(any_bytes_end),
        cmocka_unit_test(what_tells_nothing_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
