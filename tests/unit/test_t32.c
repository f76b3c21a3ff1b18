/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the first pass over Thumb-2 and ARM code says of hand-written functions.
 * The bytes were assembled by llvm-mc 22 from the text beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

#include "scan_vectors.h"
#include "isa/t32_scan.h"

static const scan_vector thumb[] = {
    {"push and pop",
     /* push {r7, lr}; bl #64; pop {r7, pc} */
     BYTES(0x80, 0xb5, 0x00, 0xf0, 0x20, 0xf8, 0x80, 0xbd),
     RP_FN_SPILLS_LR | RP_FN_BARE_RET | RP_FN_FRAME, RP_FN_SIGNS | RP_FN_LANDING | RP_FN_MEMORY, 8,
     0},
    {"push.w",
     /* push.w {r4, r5, r6, r7, r8, lr}; pop.w {r4, r5, r6, r7, r8, pc} */
     BYTES(0x2d, 0xe9, 0xf0, 0x41, 0xbd, 0xe8, 0xf0, 0x81), RP_FN_SPILLS_LR | RP_FN_BARE_RET, 0, 24,
     0},
    {"single",
     /* str lr, [sp, #-8]!; ldr pc, [sp], #8 */
     BYTES(0x4d, 0xf8, 0x08, 0xed, 0x5d, 0xf8, 0x08, 0xfb), RP_FN_SPILLS_LR | RP_FN_BARE_RET, 0, 8,
     0},
    {"leaf",
     /* adds r0, r0, r1; bx lr */
     BYTES(0x40, 0x18, 0x70, 0x47), 0,
     RP_FN_SPILLS_LR | RP_FN_BARE_RET | RP_FN_FRAME | RP_FN_MEMORY, 0, 0},
    {"pacbti",
     /* pacbti r12, lr, sp; push {r3, r7, lr}; push.w {r12}; pop.w {r12}; pop.w {r3, r7, lr}; aut
        r12, lr, sp; bx lr */
     BYTES(0xaf, 0xf3, 0x0d, 0x80, 0x88, 0xb5, 0x4d, 0xf8, 0x04, 0xcd, 0x5d, 0xf8, 0x04, 0xcb, 0xbd,
           0xe8, 0x88, 0x40, 0xaf, 0xf3, 0x2d, 0x80, 0x70, 0x47),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_LANDING | RP_FN_SPILLS_LR, RP_FN_BARE_RET, 16, 0},
    {"bti",
     /* bti; bx lr */
     BYTES(0xaf, 0xf3, 0x0f, 0x80, 0x70, 0x47), RP_FN_LANDING, RP_FN_SIGNS, 0, 0},
    {"pac without a landing pad",
     /* pac r12, lr, sp; push.w {r12, lr}; pop.w {r12, lr}; aut r12, lr, sp; bx lr */
     BYTES(0xaf, 0xf3, 0x1d, 0x80, 0x2d, 0xe9, 0x00, 0x50, 0xbd, 0xe8, 0x00, 0x50, 0xaf, 0xf3, 0x2d,
           0x80, 0x70, 0x47),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_SPILLS_LR, RP_FN_BARE_RET | RP_FN_LANDING, 8, 0},
    {"tail call behind a reload",
     /* push {r4, lr}; pop.w {r4, lr}; b.w #4096 */
     BYTES(0x10, 0xb5, 0xbd, 0xe8, 0x10, 0x40, 0x01, 0xf0, 0x00, 0xb8),
     RP_FN_SPILLS_LR | RP_FN_BARE_RET, 0, 8, 0},
    {"frame",
     /* sub sp, #64; str r0, [sp, #4]; add sp, #64; bx lr */
     BYTES(0x90, 0xb0, 0x01, 0x90, 0x10, 0xb0, 0x70, 0x47), RP_FN_FRAME,
     RP_FN_UNPROBED | RP_FN_MEMORY, 64, 0},
    {"large frame",
     /* sub.w sp, sp, #8192; str r0, [sp]; bx lr */
     BYTES(0xad, 0xf5, 0x00, 0x5d, 0x00, 0x90, 0x70, 0x47), RP_FN_FRAME | RP_FN_UNPROBED,
     RP_FN_DYNAMIC_STACK, 8192, 0},
    {"size in a register",
     /* movw r12, #5000; sub.w sp, sp, r12; bx lr */
     BYTES(0x41, 0xf2, 0x88, 0x3c, 0xad, 0xeb, 0x0c, 0x0d, 0x70, 0x47),
     RP_FN_FRAME | RP_FN_UNPROBED, RP_FN_DYNAMIC_STACK, 5000, 0},
    {"alloca",
     /* sub.w sp, sp, r0; bx lr */
     BYTES(0xad, 0xeb, 0x00, 0x0d, 0x70, 0x47), RP_FN_FRAME | RP_FN_DYNAMIC_STACK, 0, 0, 0},
    {"call through a register",
     /* blx r3 */
     BYTES(0x98, 0x47), 0, 0, 0, 1},
    {"jump through a register",
     /* bx r3 */
     BYTES(0x18, 0x47), 0, 0, 0, 1},
    {"table of bytes",
     /* cmp r0, #3; bhi #8; tbb [pc, r0]; .byte 2, 4, 0xde, 0xbd; bx lr */
     BYTES(0x03, 0x28, 0x04, 0xd8, 0xdf, 0xe8, 0x00, 0xf0, 0x02, 0x04, 0xde, 0xbd, 0x70, 0x47), 0,
     RP_FN_BAD_CODE | RP_FN_BARE_RET, 0, 0},
    {"literal",
     /* ldr r0, [pc, #4]; bx lr; nop; .long 0xe7fee7fe */
     BYTES(0x01, 0x48, 0x70, 0x47, 0x00, 0xbf, 0xfe, 0xe7, 0xfe, 0xe7), 0, RP_FN_BAD_CODE, 0, 0},
    {"memory",
     /* ldr r0, [r1, #4]; bx lr */
     BYTES(0x48, 0x68, 0x70, 0x47), RP_FN_MEMORY, 0, 0, 0},
    {"vpush",
     /* vpush {d8, d9}; vpop {d8, d9}; bx lr */
     BYTES(0x2d, 0xed, 0x04, 0x8b, 0xbd, 0xec, 0x04, 0x8b, 0x70, 0x47), RP_FN_FRAME, RP_FN_MEMORY,
     16, 0},
};

static const scan_vector arm[] = {
    {"push and pop",
     /* push {r4, lr}; bl #64; pop {r4, pc} */
     BYTES(0x10, 0x40, 0x2d, 0xe9, 0x10, 0x00, 0x00, 0xeb, 0x10, 0x80, 0xbd, 0xe8),
     RP_FN_SPILLS_LR | RP_FN_BARE_RET | RP_FN_FRAME, RP_FN_MEMORY, 8, 0},
    {"single",
     /* str lr, [sp, #-4]!; ldr pc, [sp], #4 */
     BYTES(0x04, 0xe0, 0x2d, 0xe5, 0x04, 0xf0, 0x9d, 0xe4), RP_FN_SPILLS_LR | RP_FN_BARE_RET, 0, 4,
     0},
    {"leaf",
     /* add r0, r0, r1; bx lr */
     BYTES(0x01, 0x00, 0x80, 0xe0, 0x1e, 0xff, 0x2f, 0xe1), 0,
     RP_FN_SPILLS_LR | RP_FN_BARE_RET | RP_FN_FRAME | RP_FN_MEMORY, 0, 0},
    {"frame",
     /* sub sp, sp, #8192; str r0, [sp]; bx lr */
     BYTES(0x02, 0xda, 0x4d, 0xe2, 0x00, 0x00, 0x8d, 0xe5, 0x1e, 0xff, 0x2f, 0xe1),
     RP_FN_FRAME | RP_FN_UNPROBED, RP_FN_MEMORY, 8192, 0},
    {"call through a register",
     /* blx r3 */
     BYTES(0x33, 0xff, 0x2f, 0xe1), 0, 0, 0, 1},
    {"move to pc",
     /* mov pc, r3 */
     BYTES(0x03, 0xf0, 0xa0, 0xe1), 0, 0, 0, 1},
    {"old return",
     /* mov pc, lr */
     BYTES(0x0e, 0xf0, 0xa0, 0xe1), 0, RP_FN_BARE_RET, 0, 0},
    {"jump table",
     /* ldrls pc, [pc, r0, lsl #2] */
     BYTES(0x00, 0xf1, 0x9f, 0x97), 0, 0, 0, 0},
    {"memory",
     /* ldrh r0, [r1, #4]; bx lr */
     BYTES(0xb4, 0x00, 0xd1, 0xe1, 0x1e, 0xff, 0x2f, 0xe1), RP_FN_MEMORY, 0, 0, 0},
};

static void scan_thumb(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_t32_scan(sink, range, true, ret);
}

static void scan_arm(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_t32_scan(sink, range, false, ret);
}

static void thumb_functions(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(thumb); i++) {
        check_vector(&thumb[i], scan_thumb);
        cut_vector(&thumb[i], scan_thumb);
    }
}

static void arm_functions(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(arm); i++) {
        check_vector(&arm[i], scan_arm);
        cut_vector(&arm[i], scan_arm);
    }
}

/* ldr r3, [r0]; blx r3: out of memory, so unguarded. blx r2: an argument, so undecided. */
static void targets_from_memory(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x03, 0x68, 0x98, 0x47, 0x90, 0x47};
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, sizeof bytes}};
    rp_fn_code fn;
    rp_t32_scan(&sink, &range, true, &fn);
    assert_int_equal(fn.nsites, 2);
    assert_int_equal(sink.branches.items[0].edge, RP_EDGE_UNGUARDED);
    assert_int_equal(sink.branches.items[1].edge, RP_EDGE_UNDECIDED);
    rp_arena_free(&arena);
}

/* movw r0, #0x2001; movt r0, #0; ldr r1, [pc, #0]; bx lr; literal 0x3001 */
static void taken_addresses(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x42, 0xf2, 0x01, 0x00, 0xc0, 0xf2, 0x00, 0x00,
                                    0x00, 0x49, 0x70, 0x47, 0x01, 0x30, 0x00, 0x00};
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena,
                         .guard_size = 4096,
                         .text_low = 0x1000,
                         .fn_low = 0x1000,
                         .text_high = 0x4000,
                         .fn_high = 0x4000};
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, sizeof bytes}};
    rp_fn_code fn;
    rp_t32_scan(&sink, &range, true, &fn);
    assert_int_equal(sink.taken.n, 2);
    assert_int_equal(sink.taken.items[0], 0x2000);
    assert_int_equal(sink.taken.items[1], 0x3000);
    assert_int_equal(sink.instructions, 4);
    rp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thumb_functions),
        cmocka_unit_test(arm_functions),
        cmocka_unit_test(targets_from_memory),
        cmocka_unit_test(taken_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
