/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the first pass over RISC-V code says of hand-written functions.
 * The bytes were assembled by llvm-mc 22 from the text beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

#include "scan_vectors.h"
#include "isa/rv_scan.h"

static const scan_vector vectors[] = {
    {"frame and saved link register",
     /* addi sp, sp, -16; sd ra, 8(sp); jal ra, 64; ld ra, 8(sp); addi sp, sp, 16; ret */
     BYTES(0x41, 0x11, 0x06, 0xe4, 0xef, 0x00, 0x00, 0x04, 0xa2, 0x60, 0x41, 0x01, 0x82, 0x80),
     RP_FN_FRAME | RP_FN_SPILLS_LR | RP_FN_BARE_RET,
     RP_FN_SHADOW_STACK | RP_FN_MEMORY | RP_FN_LANDING, 16, 0},
    {"leaf",
     /* add a0, a0, a1; ret */
     BYTES(0x2e, 0x95, 0x82, 0x80), 0, RP_FN_BARE_RET | RP_FN_FRAME | RP_FN_SPILLS_LR, 0, 0},
    {"Zicfiss",
     /* sspush ra; addi sp, sp, -16; sd ra, 8(sp); ld ra, 8(sp); addi sp, sp, 16; sspopchk ra; ret
      */
     BYTES(0x73, 0x40, 0x10, 0xce, 0x41, 0x11, 0x06, 0xe4, 0xa2, 0x60, 0x41, 0x01, 0x73, 0xc0, 0xc0,
           0xcd, 0x82, 0x80),
     RP_FN_SHADOW_STACK | RP_FN_SPILLS_LR, RP_FN_BARE_RET, 16, 0},
    {"shadow call stack",
     /* addi gp, gp, 8; sd ra, -8(gp); addi sp, sp, -16; sd ra, 8(sp); ld ra, 8(sp); addi sp, sp,
        16; ld ra, -8(gp); addi gp, gp, -8; ret */
     BYTES(0xa1, 0x01, 0x23, 0xbc, 0x11, 0xfe, 0x41, 0x11, 0x06, 0xe4, 0xa2, 0x60, 0x41, 0x01, 0x83,
           0xb0, 0x81, 0xff, 0xe1, 0x11, 0x82, 0x80),
     RP_FN_SHADOW_STACK | RP_FN_SPILLS_LR, RP_FN_BARE_RET, 16, 0},
    {"landing pad",
     /* lpad 0; ret */
     BYTES(0x17, 0x00, 0x00, 0x00, 0x82, 0x80), RP_FN_LANDING, 0, 0, 0},
    {"auipc to a register is none",
     /* auipc t0, 0; ret */
     BYTES(0x97, 0x02, 0x00, 0x00, 0x82, 0x80), 0, RP_FN_LANDING, 0, 0},
    {"probe loop",
     /* addi sp, sp, -496; sd ra, 488(sp); lui a0, 16; sub t1, sp, a0; lui t2, 1; sub sp, sp, t2; sd
        zero, 0(sp); bne sp, t1, -8; addi sp, sp, -2048; ret */
     BYTES(0x41, 0x71, 0x86, 0xf7, 0x41, 0x65, 0x33, 0x03, 0xa1, 0x40, 0x85, 0x63, 0x33, 0x01, 0x71,
           0x40, 0x02, 0xe0, 0xe3, 0x1c, 0x61, 0xfe, 0x13, 0x01, 0x01, 0x80, 0x82, 0x80),
     RP_FN_PROBE_INLINE | RP_FN_SPILLS_LR, RP_FN_UNPROBED | RP_FN_DYNAMIC_STACK, 68080, 0},
    {"no probe",
     /* lui t0, 0x2; sub sp, sp, t0; sd a0, 0(sp); ret */
     BYTES(0x89, 0x62, 0x33, 0x01, 0x51, 0x40, 0x2a, 0xe0, 0x82, 0x80),
     RP_FN_UNPROBED | RP_FN_FRAME, RP_FN_PROBE_INLINE, 8192, 0},
    {"negative size",
     /* lui t0, 0xffffe; add sp, sp, t0; ret */
     BYTES(0xf9, 0x72, 0x16, 0x91, 0x82, 0x80), RP_FN_UNPROBED | RP_FN_FRAME, 0, 8192, 0},
    {"alloca",
     /* sub sp, sp, a0; ret */
     BYTES(0x33, 0x01, 0xa1, 0x40, 0x82, 0x80), RP_FN_DYNAMIC_STACK, 0, 0, 0},
    {"call through memory",
     /* ld a5, 8(a0); jalr a5 */
     BYTES(0x1c, 0x65, 0x82, 0x97), RP_FN_MEMORY, 0, 0, 1},
    {"tail call behind a reload",
     /* addi sp, sp, -16; sd ra, 8(sp); ld ra, 8(sp); addi sp, sp, 16; jr a5 */
     BYTES(0x41, 0x11, 0x06, 0xe4, 0xa2, 0x60, 0x41, 0x01, 0x82, 0x87), RP_FN_BARE_RET, 0, 16, 1},
    {"direct call in two instructions",
     /* auipc ra, 1; jalr ra, 16(ra) */
     BYTES(0x97, 0x10, 0x00, 0x00, 0xe7, 0x80, 0x00, 0x01), 0, 0, 0, 0},
    {"local exec",
     /* lui a5, 1; add a5, a5, tp; lw a0, 0(a5); ret */
     BYTES(0x85, 0x67, 0x92, 0x97, 0x88, 0x43, 0x82, 0x80), RP_FN_TLS_LE, RP_FN_TLS_IE, 0, 0},
    {"memory",
     /* lw a0, 0(a1); ret */
     BYTES(0x88, 0x41, 0x82, 0x80), RP_FN_MEMORY, 0, 0, 0},
};

static void scan_64(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_rv_scan(sink, range, true, ret);
}

static void functions(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(vectors); i++) {
        check_vector(&vectors[i], scan_64);
        cut_vector(&vectors[i], scan_64);
    }
}

/* lw t1, -4(a0); lui t2, 0x12345; addiw t2, t2, 0x678; beq t1, t2, .+6; c.ebreak; c.jalr a0 */
static void kcfi(void **state)
{
    (void)state;
    uint8_t bytes[] = {0x03, 0x23, 0xc5, 0xff, 0xb7, 0x53, 0x34, 0x12, 0x9b, 0x83,
                       0x83, 0x67, 0x63, 0x03, 0x73, 0x00, 0x02, 0x90, 0x02, 0x95};
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, sizeof bytes}};
    rp_fn_code fn;
    rp_rv_scan(&sink, &range, true, &fn);
    assert_int_equal(sink.branches.n, 1);
    assert_int_equal(sink.branches.items[0].edge, RP_EDGE_GUARDED);
    assert_int_equal(sink.branches.items[0].class_size, 0x12345678);
    bytes[18] = 0x82; /* c.jalr a1 */
    bytes[19] = 0x95;
    sink.branches.n = 0;
    rp_rv_scan(&sink, &range, true, &fn);
    assert_int_equal(sink.branches.items[0].edge, RP_EDGE_UNDECIDED);
    rp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions),
        cmocka_unit_test(kcfi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
