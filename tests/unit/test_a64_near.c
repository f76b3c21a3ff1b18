/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The cheapest second look at AArch64 branches: what it decides, and what it must leave to the walk
 * back. Words as llvm-mc assembles them for code at 0x1000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "isa/a64_lift.h"
#include "isa/a64_near.h"

enum { BASE = 0x1000, SLOT = 0x5018, MAX_WORDS = 8 };
#define RET      0xd65f03c0u
#define NOP      0xd503201fu
#define BRK      0xd4200020u
#define ADRP_X8  0x90000028 /* adrp x8, 0x5000 */
#define LDR_X8   0xf9400d08 /* ldr x8, [x8, #0x18] */
#define BLR_X8   0xd63f0100
#define ADRP_X20 0x90000034
#define LDR_X20  0xf9400e94
#define BLR_X20  0xd63f0280
#define B_EQ(n)  (0x54000000u | ((uint32_t)(n)&0x7ffffu) << 5)
#define B(n)     (0x14000000u | ((uint32_t)(n)&0x3ffffffu))

/* Fills `to`, whose first word stays free, so that what reads before the code reads a trap. */
static rp_code_range range_of(const uint32_t *words, uint8_t to[4 * MAX_WORDS + 4])
{
    size_t n = 0;
    uint32_t trap = BRK;
    for (unsigned k = 0; k < 4; k++)
        to[k] = (uint8_t)(trap >> (8 * k));
    for (; n < MAX_WORDS && words[n] != 0; n++)
        for (unsigned k = 0; k < 4; k++)
            to[4 * n + 4 + k] = (uint8_t)(words[n] >> (8 * k));
    return (rp_code_range){.start = BASE, .bytes = {to + 4, 4 * n}};
}

static void branches(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        rp_landmark_id slot;
        uint32_t words[MAX_WORDS];
        uint32_t site; /* word */
        rp_edge_class edge;
        rp_edge_reason why;
    } cases[] = {
        {"a slot",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, LDR_X8, BLR_X8, RET},
         2,
         RP_EDGE_NOT_ATTACKABLE,
         RP_WHY_READ_ONLY_SLOT},
        {"a branch to what names it",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, LDR_X8, BLR_X8, B_EQ(-3), RET},
         2,
         RP_EDGE_NOT_ATTACKABLE,
         RP_WHY_READ_ONLY_SLOT},
        {"a branch in between",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, LDR_X8, BLR_X8, B_EQ(-2), RET},
         2,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
        {"a branch to the call",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, LDR_X8, BLR_X8, B(-1)},
         2,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
        {"an indirect jump",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, LDR_X8, BLR_X8, 0xd61f0120},
         2,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
        {"a slot that can be written",
         RP_LM_IMPORT_WRITABLE,
         {ADRP_X8, LDR_X8, BLR_X8, RET},
         2,
         RP_EDGE_UNGUARDED,
         RP_WHY_NONE},
        {"a slot, and a call in between",
         RP_LM_IMPORT_SLOT,
         {ADRP_X20, LDR_X20, 0x94000010, BLR_X20, RET},
         3,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
        {"a slot's value and four",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, LDR_X8, 0x91001108, BLR_X8, RET},
         3,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
        {"an addition before the load",
         RP_LM_IMPORT_SLOT, /* add x8, x8, #24; ldr x8, [x8] */
         {ADRP_X8, 0x91006108, 0xf9400108, BLR_X8, RET},
         3,
         RP_EDGE_NOT_ATTACKABLE,
         RP_WHY_READ_ONLY_SLOT},
        {"what the only branch to its place brings", /* ldr x9, [x0]; ldr x8, [x9] */
         RP_LM_IMPORT_SLOT,
         {0xf9400009, 0xf9400128, B_EQ(3), ADRP_X8, RET, BLR_X8, RET},
         5,
         RP_EDGE_UNGUARDED,
         RP_WHY_NONE},
        {"a slot that is named before that branch",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, LDR_X8, B_EQ(2), RET, BLR_X8, RET},
         4,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
        {"the branch to its place stands behind it",
         RP_LM_IMPORT_SLOT, /* adr x20, #0, so that not all that writes it tells */
         {0x10000014, RET, NOP, BLR_X20, B(-2), RET},
         3,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
        {"a constant",
         RP_LM_IMPORT_SLOT,
         {ADRP_X8, BLR_X8, RET},
         1,
         RP_EDGE_UNDECIDED,
         RP_WHY_NONE},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        uint8_t bytes[4 * MAX_WORDS + 4];
        rp_arena arena = {0};
        rp_landmarks map = {0};
        rp_flow_env env = {.landmarks = &map};
        rp_branch site = {.addr = BASE + 4 * (uint64_t)cases[i].site};
        rp_code_range range = range_of(cases[i].words, bytes);
        rp_a64_flow_env(&env);
        assert_true(rp_landmarks_add(&arena, &map, (rp_landmark){SLOT, cases[i].slot, 0}));
        bool left = rp_a64_near(&env, &range, &site, 1);
        if (site.edge != cases[i].edge || site.reason != cases[i].why)
            fail_msg("%s: %d, %d", cases[i].what, (int)site.edge, (int)site.reason);
        assert_int_equal(left, cases[i].edge == RP_EDGE_UNDECIDED);
        rp_arena_free(&arena);
    }
}

/* More slots than are looked for in one go, each in a function of its own length. */
static void many_slots(void **state)
{
    (void)state;
    enum { MANY = 40 };
    uint8_t *bytes = calloc(MANY, 12);
    rp_branch sites[MANY];
    rp_arena arena = {0};
    rp_landmarks map = {0};
    rp_flow_env env = {.landmarks = &map};
    static const uint32_t words[] = {ADRP_X8, LDR_X8, BLR_X8};
    assert_non_null(bytes);
    rp_a64_flow_env(&env);
    assert_true(rp_landmarks_add(&arena, &map, (rp_landmark){SLOT, RP_LM_IMPORT_SLOT, 0}));
    for (unsigned n = 1; n <= MANY; n++) {
        for (unsigned k = 0; k < 12; k++)
            bytes[12 * (n - 1) + k] = (uint8_t)(words[k / 4] >> (8 * (k % 4)));
        for (unsigned i = 0; i < n; i++)
            sites[i] = (rp_branch){.addr = BASE + 12 * i + 8};
        rp_code_range range = {.start = BASE, .bytes = {bytes, 12 * (size_t)n}};
        bool left = rp_a64_near(&env, &range, sites, n);
        for (unsigned i = 0; i < n; i++) /* what is not set aside is left, none is unguarded */
            assert_true(sites[i].edge == RP_EDGE_NOT_ATTACKABLE ||
                        (left && sites[i].edge == RP_EDGE_UNDECIDED));
        assert_int_equal(left, n > 16);
    }
    free(bytes);
    rp_arena_free(&arena);
}

static void checks(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint32_t words[MAX_WORDS];
        uint32_t traps[3], ntraps;
        bool check;
    } cases[] = {
        {"to a trap", {B_EQ(2), RET, BRK}, {2}, 1, true},
        {"falls into a trap", {B_EQ(2), BRK, RET}, {1}, 1, true},
        {"over other code", {B_EQ(2), RET, NOP, NOP, BRK}, {4}, 1, true},
        {"over a jump", {B_EQ(3), RET, BRK, B(-1)}, {2}, 1, true},
        {"a return before the trap", {B_EQ(1), RET, BRK}, {2}, 1, false},
        {"two traps", {B_EQ(3), RET, BRK, NOP, BRK}, {2, 4}, 2, true},
        {"no condition", {B(2), RET, BRK}, {2}, 1, false},
        {"to a trap before the code", {B_EQ(-1), RET, BRK}, {2}, 1, false},
        {"over a jump before the code", {B_EQ(1), B(-2), RET, BRK}, {3}, 1, false},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        uint8_t bytes[4 * MAX_WORDS + 4];
        uint32_t traps[3] = {cases[i].traps[0], cases[i].traps[1], cases[i].traps[2]};
        rp_code_sink sink = {.trap_words = {traps, cases[i].ntraps, 3}};
        rp_code_range range = range_of(cases[i].words, bytes);
        if (rp_a64_may_check(&sink, &range) != cases[i].check)
            fail_msg("%s", cases[i].what);
    }
}

/* As many traps as there are words. */
static void many_traps(void **state)
{
    (void)state;
    enum { MANY = 4000 };
    uint8_t *bytes = calloc(MANY, 4);
    uint32_t *traps = calloc(MANY, sizeof *traps);
    assert_true(bytes != NULL && traps != NULL);
    rp_code_sink sink = {.trap_words = {traps, 0, MANY}};
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t w = i % 2 == 0 ? BRK : RET;
        for (unsigned k = 0; k < 4; k++)
            bytes[4 * i + k] = (uint8_t)(w >> (8 * k));
        if (i % 2 == 0)
            traps[sink.trap_words.n++] = i;
    }
    rp_code_range range = {.start = BASE, .bytes = {bytes, 4 * (size_t)MANY}};
    assert_false(rp_a64_may_check(&sink, &range));
    bytes[4 * 1001] = 0x20; /* b.eq to the next word */
    bytes[4 * 1001 + 1] = bytes[4 * 1001 + 2] = 0;
    bytes[4 * 1001 + 3] = 0x54;
    assert_true(rp_a64_may_check(&sink, &range));
    free(bytes);
    free(traps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches),
        cmocka_unit_test(many_slots),
        cmocka_unit_test(checks),
        cmocka_unit_test(many_traps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
