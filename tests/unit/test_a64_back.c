/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Walking back over AArch64 words: none is passed that the lifter says does something, and branches
 * are found where a plain search finds them; both as they are without SSE2, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "isa/a64_back.h"
#include "isa/a64_idioms.h"
#include "isa/a64_lift.h"
#include "isa/flow_ways_parts.h"

#define RP_NO_SIMD
#define rp_a64_back      portable_back
#define rp_a64_branch_to portable_branch_to
#define rp_a64_untouched portable_untouched
uint32_t portable_back(const rp_code_range *range, uint32_t least, uint32_t k, unsigned reg);
bool portable_branch_to(const rp_code_range *range, uint32_t k, uint32_t *ret_from);
#include "isa/a64_back.c"
#undef rp_a64_back
#undef rp_a64_branch_to
#undef rp_a64_untouched

enum { WORDS = 150, ROUNDS = 3000 };

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void put(uint8_t *to, uint32_t w)
{
    for (unsigned k = 0; k < 4; k++)
        to[k] = (uint8_t)(w >> (8 * k));
}

/* What the lifter says: does the word do something to the register or the way? */
static bool does_something(const rp_flow_env *env, uint32_t w, unsigned reg)
{
    uint8_t bytes[4];
    rp_op ops[RP_A64_OPS];
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, 4}};
    bool any = false;
    put(bytes, w);
    unsigned n = rp_a64_lift_one(&range, 0, ops);
    for (unsigned i = 0; i < n; i++)
        any |= rp_flow_ends_way(env, &ops[i]) || rp_ways_calls(&ops[i]) ||
               (rp_ways_written(env, &ops[i]) >> reg & 1u) != 0;
    return any;
}

/* Every top of a word, with any low bits; and how many are passed of those that may be. */
static void passed_words(void **state)
{
    uint64_t seed = 0x9e3779b97f4a7c15u, idle = 0, passed = 0;
    rp_landmarks none = {0};
    rp_flow_env env = {.landmarks = &none};
    (void)state;
    rp_a64_flow_env(&env);
    for (uint32_t top = 0; top < 2048; top++) {
        for (unsigned i = 0; i < 200; i++) {
            uint32_t w = top << 21 | (uint32_t)(next(&seed) & 0x1fffff);
            unsigned reg = (unsigned)(next(&seed) % 31);
            if (i % 4 == 0)
                w = (w & ~31u) | reg;
            bool touches = rp_a64_touches(w, rp_a64_in_each_field(reg)) != 0;
            bool does = does_something(&env, w, reg);
            if (does && !touches)
                fail_msg("%08x is passed for x%u", w, reg);
            idle += !does;
            passed += !touches;
        }
    }
    assert_true(passed > idle / 10 * 9);
}

static void back(void **state)
{
    uint64_t seed = 0x2545f4914f6cdd1du;
    uint8_t bytes[4 * WORDS];
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, sizeof bytes}};
    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        for (unsigned k = 0; k < WORDS; k++) /* mov to some register, now and then anything */
            put(bytes + 4 * k, next(&seed) % 16 == 0 ? (uint32_t)(next(&seed) >> 16)
                                                     : 0xaa0003e0 | (uint32_t)(next(&seed) % 31));
        unsigned reg = (unsigned)(next(&seed) % 31);
        uint32_t k = (uint32_t)(next(&seed) % (WORDS + 1)), want = k;
        uint32_t least = (uint32_t)(next(&seed) % (k + 1u));
        while (want > least && rp_a64_touches(rp_le32(bytes + 4 * (size_t)(want - 1)),
                                              rp_a64_in_each_field(reg)) == 0)
            want--;
        assert_int_equal(rp_a64_back(&range, least, k, reg), want);
        assert_int_equal(portable_back(&range, least, k, reg), want);
    }
}

/* A direct branch of each kind, or what only looks like one. */
static uint32_t branch(uint64_t kind, uint32_t ahead)
{
    switch (kind % 6) {
    case 0:
        return 0x14000000 | (ahead & 0x3ffffff);
    case 1:
        return 0x54000001 | (ahead & 0x7ffff) << 5;
    case 2:
        return 0xb4000003 | (ahead & 0x7ffff) << 5;
    case 3:
        return 0x37080004 | (ahead & 0x3fff) << 5;
    case 4: /* bl */
        return 0x94000000 | (ahead & 0x3ffffff);
    default: /* ldr of a literal */
        return 0x58000005 | (ahead & 0x7ffff) << 5;
    }
}

static bool plain_search(const rp_code_range *range, uint32_t to, uint32_t *ret)
{
    rp_a64_code c = {range->bytes.ptr, range->bytes.len / 4};
    int64_t distance;
    bool found = false;
    for (uint32_t k = 0; k < c.n && !(found && k >= to); k++) {
        if (rp_a64_direct_branch(rp_a64_word(&c, k), &distance) && k + distance == to) {
            *ret = k;
            found = true;
        }
    }
    return found;
}

static void branches_to(void **state)
{
    uint64_t seed = 0xda942042e4dd58b5u;
    uint8_t bytes[4 * WORDS];
    unsigned hits = 0;
    (void)state;
    for (unsigned i = 0; i < 10 * ROUNDS; i++) {
        uint32_t n = 1 + (uint32_t)(next(&seed) % WORDS), to = (uint32_t)(next(&seed) % n);
        uint32_t want = 0, got = 0;
        rp_code_range range = {.start = 0x1000, .bytes = {bytes, 4 * (size_t)n}};
        for (uint32_t k = 0; k < n; k++) {
            uint32_t target = next(&seed) % 64 == 0 ? to : (uint32_t)(next(&seed) % n);
            put(bytes + 4 * (size_t)k, branch(next(&seed), target - k));
        }
        bool found = plain_search(&range, to, &want);
        hits += found;
        assert_int_equal(rp_a64_branch_to(&range, to, &got), found);
        assert_true(!found || got == want);
        assert_int_equal(portable_branch_to(&range, to, &got), found);
        assert_true(!found || got == want);
    }
    assert_in_range(hits, ROUNDS, 10 * ROUNDS - ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(passed_words), cmocka_unit_test(back),
                                       cmocka_unit_test(branches_to)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
