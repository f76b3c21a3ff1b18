/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Skipping words that do not matter says the same as reading each: over functions of random words,
 * most of them of the kinds that matter, with landmarks where their addresses fall.
 * tests/differential/a64_words.c does the same with real code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../reference/a64_compare.h"
#include "isa/a64_words.h"

/* The first look once more, as it is where there is no SSE2. */
#define RP_NO_SIMD
#define rp_a64_look  portable_look
#define rp_a64_kinds portable_kinds
void portable_look(const rp_a64_code *c, size_t i, rp_a64_masks *ret);
#include "isa/a64_words.c"
#undef rp_a64_look
#undef rp_a64_kinds

enum { FUNCTIONS = 60000, MOST_WORDS = 200, START = 0x10000 };

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Patterns of bits that are set and bits that are free, of instructions that the scan knows. */
static const struct {
    uint32_t fixed, is_free;
} forms[] = {
    {0x94000000, 0x0000003f}, /* bl nearby */
    {0x14000000, 0x0000003f}, /* b nearby */
    {0x17ffffc0, 0x0000003f}, /* b back */
    {0x90000000, 0x6000001f}, /* adrp of a page nearby */
    {0x10000000, 0x600001ff}, /* adr */
    {0x91000000, 0x0040ffff}, /* add */
    {0x910003ff, 0x000003e0}, /* mov sp, x */
    {0x910003e0, 0x0000fc1f}, /* add x, sp, # */
    {0xd10003ff, 0x0040fc00}, /* sub sp, sp, # */
    {0xd10003e0, 0x0040fc1f}, /* sub x, sp, # */
    {0x927cec1f, 0x000003e0}, /* and sp, x, #-16 */
    {0xcb2063ff, 0x001f0000}, /* sub sp, sp, x */
    {0xd2800000, 0x001fffff}, /* mov x, # */
    {0xa9000000, 0x03c07fff}, /* stp, ldp, all modes */
    {0xa9007bfd, 0x03c38000}, /* … of x29 and x30 */
    {0xa8c003e0, 0x00007c1f}, /* ldp x, x, [sp], # */
    {0xf9000000, 0x00c07fff}, /* str, ldr x */
    {0xf90003e0, 0x00c07c1f}, /* … at sp */
    {0xf80003e0, 0x00effc1f}, /* … unscaled */
    {0xf800001e, 0x00ffffe0}, /* … of x30 */
    {0xf90003ff, 0x00003c00}, /* str xzr, [sp, #] */
    {0x38000000, 0xc7ffffff}, /* any width, vectors */
    {0x28000000, 0xc7ffffff}, /* pairs of any width */
    {0x0c000000, 0x41ffffff}, /* structures of vectors */
    {0x08000000, 0xc0ffffff}, /* exclusive */
    {0x19000000, 0xc0ffffff}, /* ldapur, tags */
    {0xd61f0000, 0x00200be0}, /* br, blr */
    {0xd65f03c0, 0},          /* ret */
    {0xd65f0bff, 0},          /* retaa */
    {0xd5032000, 0x00000fe0}, /* hints */
    {0xd53bd040, 0x0000001f}, /* mrs x, tpidr_el0 */
    {0xdac10000, 0x00003fff}, /* pacia … */
    {0x9ac01000, 0x001f03ff}, /* irg */
    {0x91800000, 0x40003fff}, /* addg, subg */
    {0xd9200000, 0x00dfffff}, /* stg, ldg */
    {0xd4200000, 0x0000003f}, /* brk */
    {0xf800865e, 0},          /* the shadow call stack's push … */
    {0xf85f8e5e, 0},          /* … and pop */
    {0x00000000, 0x00000003}, /* udf */
};

static uint32_t word(uint64_t *seed)
{
    uint64_t r = next(seed);
    if (r % 8 == 0)
        return (uint32_t)(next(seed) >> 16);
    const size_t n = sizeof forms / sizeof forms[0];
    size_t form = (size_t)(r >> 8) % n;
    uint32_t bits = (uint32_t)(next(seed) >> 20);
    if (r % 8 < 4) /* few registers, that they meet */
        bits &= ~0x00180318u;
    return forms[form].fixed | (bits & forms[form].is_free);
}

static void fill(uint8_t *to, size_t n, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t w = word(seed);
        for (unsigned k = 0; k < 4; k++)
            to[4 * i + k] = (uint8_t)(w >> (8 * k));
    }
}

static void random_words(void **state)
{
    rp_arena arena = {.limit = 1 << 26};
    rp_code_sink quick = {.arena = &arena,
                          .guard_size = 4096,
                          .text_high = 2 * START,
                          .fn_high = 2 * START},
                 slow;
    uint64_t seed = 0x9e3779b97f4a7c15u;
    static uint8_t bytes[4 * MOST_WORDS + 3];
    (void)state;
    for (uint64_t at = 0; at < 0x20000; at += 4 + next(&seed) % 256 / 4 * 4) {
        rp_landmark l = {.addr = at, .id = (rp_landmark_id)(1 + next(&seed) % (RP_LM_COUNT - 1))};
        assert_true(rp_landmarks_add(&arena, &quick.landmarks, l));
    }
    slow = quick;
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        size_t n = 1 + next(&seed) % (MOST_WORDS - 1);
        uint64_t from = seed;
        fill(bytes, n, &seed);
        rp_code_range range = {.start = START, .bytes = {bytes, 4 * n + i % 4}};
        const char *what = a64_difference(&quick, &slow, &range);
        if (what != NULL)
            fail_msg("function %u of %zu words (seed %llx): %s", i, n, (unsigned long long)from,
                     what);
    }
    rp_arena_free(&arena);
}

static void without_simd(void **state)
{
    uint64_t seed = 0x2545f4914f6cdd1du;
    static uint8_t bytes[4 * MOST_WORDS];
    (void)state;
    for (unsigned i = 0; i < FUNCTIONS / 10; i++) {
        rp_a64_masks a, b;
        fill(bytes, MOST_WORDS, &seed);
        rp_a64_code code = {bytes, MOST_WORDS - i % 64};
        size_t from = i % (MOST_WORDS - 64);
        rp_a64_look(&code, from, &a);
        portable_look(&code, from, &b);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_words),
                                       cmocka_unit_test(without_simd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
