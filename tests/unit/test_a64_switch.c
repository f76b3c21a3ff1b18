/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the code before a switch tells of its table, function by function as llvm-mc assembles them.
 * tests/differential/switches.py holds it against compilers' own tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "isa/a64_switch.h"

enum { START = 0x10000, MOST = 12 };

typedef struct {
    const char *what;
    uint32_t words[MOST], n, jump; /* jump: number of the br */
    uint32_t entries;              /* 0: not told */
    uint64_t table, base;
    unsigned size_log2, shift;
    bool is_signed;
} function;

static const function functions[] = {
    {"LLVM's",
     {
         0x7100141f, /* cmp w0, #5 */
         0x2a0103f3, /* mov w19, w1 */
         0x54000108, /* b.hi +0x28 */
         0x90000009, /* adrp x9, +0xc */
         0x91004129, /* add x9, x9, #16 */
         0x1000008a, /* adr x10, #16 */
         0x3860692b, /* ldrb w11, [x9, x0] */
         0x8b0b094a, /* add x10, x10, x11, lsl #2 */
         0xd61f0140, /* br x10 */
         0xd65f03c0, /* ret */
         0xd65f03c0, /* ret */
     },
     .n = 11,
     .jump = 8,
     .entries = 6,
     .table = 0x10010,
     .base = 0x10024,
     .size_log2 = 0,
     .shift = 2,
     .is_signed = false},
    {"GCC's",
     {
         0x7100401f, /* cmp w0, #16 */
         0x54000069, /* b.ls +0x10 */
         0xd65f03c0, /* ret */
         0xd503201f, /* nop */
         0xa9be7bfd, /* stp x29, x30, [sp, #-32]! */
         0x10008001, /* adr x1, #4096 */
         0x78605821, /* ldrh w1, [x1, w0, uxtw #1] */
         0x10000062, /* adr x2, #12 */
         0x8b21a841, /* add x1, x2, w1, sxth #2 */
         0xd61f0020, /* br x1 */
         0xd65f03c0, /* ret */
     },
     .n = 11,
     .jump = 9,
     .entries = 17,
     .table = 0x11014,
     .base = 0x10028,
     .size_log2 = 1,
     .shift = 2,
     .is_signed = true},
    {"no comparison",
     {
         0x39400000, /* ldrb w0, [x0] */
         0x10008001, /* adr x1, #4096 */
         0x38606821, /* ldrb w1, [x1, x0] */
         0x10000062, /* adr x2, #12 */
         0x8b010841, /* add x1, x2, x1, lsl #2 */
         0xd61f0020, /* br x1 */
         0xd65f03c0, /* ret */
     },
     .n = 7,
     .jump = 5},
    {"the index was loaded again",
     {
         0x7100141f, /* cmp w0, #5 */
         0x540000e2, /* b.hs +0x20 */
         0xb9400020, /* ldr w0, [x1] */
         0x10008001, /* adr x1, #4096 */
         0x38606821, /* ldrb w1, [x1, x0] */
         0x10000062, /* adr x2, #12 */
         0x8b010841, /* add x1, x2, x1, lsl #2 */
         0xd61f0020, /* br x1 */
         0xd65f03c0, /* ret */
     },
     .n = 9,
     .jump = 7},
    {"another register was compared last",
     {
         0x7100141f, /* cmp w0, #5 */
         0x71001c7f, /* cmp w3, #7 */
         0x540000c8, /* b.hi +0x20 */
         0x10008001, /* adr x1, #4096 */
         0x38606821, /* ldrb w1, [x1, x0] */
         0x10000062, /* adr x2, #12 */
         0x8b010841, /* add x1, x2, x1, lsl #2 */
         0xd61f0020, /* br x1 */
         0xd65f03c0, /* ret */
     },
     .n = 9,
     .jump = 7},
    {"who comes from elsewhere was not compared",
     {
         0xb4000085, /* cbz x5, +0x10 */
         0x7100401f, /* cmp w0, #16 */
         0x54000049, /* b.ls +0x10 */
         0xd65f03c0, /* ret */
         0x10008001, /* adr x1, #4096 */
         0x38a04821, /* ldrsb x1, [x1, w0, uxtw] */
         0x10000062, /* adr x2, #12 */
         0x8b010841, /* add x1, x2, x1, lsl #2 */
         0xd61f0020, /* br x1 */
         0xd65f03c0, /* ret */
     },
     .n = 10,
     .jump = 8},
    {"a call may change the index",
     {
         0x7100401f, /* cmp w0, #16 */
         0x540000e8, /* b.hi +0x20 */
         0x97fffffe, /* bl +0x0 */
         0x10008001, /* adr x1, #4096 */
         0x38a04821, /* ldrsb x1, [x1, w0, uxtw] */
         0x10000062, /* adr x2, #12 */
         0x8b010041, /* add x1, x2, x1 */
         0xd61f0020, /* br x1 */
         0xd65f03c0, /* ret */
     },
     .n = 9,
     .jump = 7},
    {"compared in another register",
     {
         0x7100427f, /* cmp w19, #16 */
         0x540000c2, /* b.hs +0x1c */
         0x2a1303e3, /* mov w3, w19 */
         0x10008001, /* adr x1, #4096 */
         0xb8a35824, /* ldrsw x4, [x1, w3, uxtw #2] */
         0x8b040024, /* add x4, x1, x4 */
         0xd61f0080, /* br x4 */
         0xd65f03c0, /* ret */
     },
     .n = 8,
     .jump = 6,
     .entries = 16,
     .table = 0x1100c,
     .base = 0x1100c,
     .size_log2 = 2,
     .shift = 0,
     .is_signed = true},
};

static bool read_switch(const function *f, uint32_t n, rp_switch *ret)
{
    uint8_t bytes[4 * MOST];
    for (uint32_t i = 0; i < n; i++)
        for (unsigned k = 0; k < 4; k++)
            bytes[4 * i + k] = (uint8_t)(f->words[i] >> (8 * k));
    rp_code_range range = {.start = START, .bytes = {bytes, 4 * n}};
    return rp_a64_switch(&range, 4 * f->jump, ret);
}

static void tables_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(functions); i++) {
        const function *f = &functions[i];
        rp_switch s;
        if (read_switch(f, f->n, &s) != (f->entries != 0))
            fail_msg("%s: %u entries", f->what, s.entries);
        if (f->entries == 0)
            continue;
        assert_int_equal(s.entries, f->entries);
        assert_int_equal(s.table, f->table);
        assert_int_equal(s.base, f->base);
        assert_int_equal(s.size_log2, f->size_log2);
        assert_int_equal(s.shift, f->shift);
        assert_int_equal(s.is_signed, f->is_signed);
    }
}

/* Code that begins anywhere in it, and ends anywhere: nothing is read that is not there. */
static void cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(functions); i++) {
        for (uint32_t from = 0; from < functions[i].n; from++) {
            function f = {.n = functions[i].n - from};
            rp_switch s;
            memcpy(f.words, functions[i].words + from, f.n * sizeof *f.words);
            for (f.jump = 0; f.jump < f.n; f.jump++)
                for (uint32_t n = 0; n <= f.n; n++)
                    if (read_switch(&f, n, &s))
                        assert_true(f.jump < n && from + f.jump == functions[i].jump);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_as_written), cmocka_unit_test(cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
