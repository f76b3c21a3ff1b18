/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the first pass over AArch64 code says of hand-written functions.
 * The bytes were assembled by llvm-mc 22 from the text beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

#include "scan_vectors.h"
#include "isa/a64_lift.h"
#include "isa/a64_scan.h"

static const scan_vector vectors[] = {
    {"paciasp signs, autiasp covers the return",
     /* paciasp; stp x29, x30, [sp, #-16]!; bl 16; ldp x29, x30, [sp], #16; autiasp; ret */
     BYTES(0x3f, 0x23, 0x03, 0xd5, 0xfd, 0x7b, 0xbf, 0xa9, 0x04, 0x00, 0x00, 0x94, 0xfd, 0x7b, 0xc1,
           0xa8, 0xbf, 0x23, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_LANDING | RP_FN_SPILLS_LR | RP_FN_FRAME,
     RP_FN_BARE_RET, 16, 0},
    {"retaa",
     /* pacibsp; stp x29, x30, [sp, #-32]!; ldp x29, x30, [sp], #32; retab */
     BYTES(0x7f, 0x23, 0x03, 0xd5, 0xfd, 0x7b, 0xbe, 0xa9, 0xfd, 0x7b, 0xc2, 0xa8, 0xff, 0x0f, 0x5f,
           0xd6),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_LANDING | RP_FN_SPILLS_LR, RP_FN_BARE_RET, 32, 0},
    {"unsigned",
     /* stp x29, x30, [sp, #-16]!; bl 16; ldp x29, x30, [sp], #16; ret */
     BYTES(0xfd, 0x7b, 0xbf, 0xa9, 0x04, 0x00, 0x00, 0x94, 0xfd, 0x7b, 0xc1, 0xa8, 0xc0, 0x03, 0x5f,
           0xd6),
     RP_FN_SPILLS_LR | RP_FN_BARE_RET | RP_FN_FRAME,
     RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_LANDING, 16, 0},
    {"tail call behind an unauthenticated reload",
     /* str x30, [sp, #-16]!; bl 16; ldr x30, [sp], #16; b 4096 */
     BYTES(0xfe, 0x0f, 0x1f, 0xf8, 0x04, 0x00, 0x00, 0x94, 0xfe, 0x07, 0x41, 0xf8, 0x00, 0x04, 0x00,
           0x14),
     RP_FN_SPILLS_LR | RP_FN_BARE_RET, RP_FN_SIGNS, 16, 0},
    {"tail call behind autiasp",
     /* paciasp; str x30, [sp, #-16]!; ldr x30, [sp], #16; autiasp; b 4096 */
     BYTES(0x3f, 0x23, 0x03, 0xd5, 0xfe, 0x0f, 0x1f, 0xf8, 0xfe, 0x07, 0x41, 0xf8, 0xbf, 0x23, 0x03,
           0xd5, 0x00, 0x04, 0x00, 0x14),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_SPILLS_LR, RP_FN_BARE_RET, 16, 0},
    {"tail call through a register",
     /* stp x29, x30, [sp, #-16]!; ldp x29, x30, [sp], #16; br x16 */
     BYTES(0xfd, 0x7b, 0xbf, 0xa9, 0xfd, 0x7b, 0xc1, 0xa8, 0x00, 0x02, 0x1f, 0xd6), RP_FN_BARE_RET,
     0, 16, 1},
    {"a leaf returns through its own register",
     /* bti c; add w0, w0, w1; ret */
     BYTES(0x5f, 0x24, 0x03, 0xd5, 0x00, 0x00, 0x01, 0x0b, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_LANDING,
     RP_FN_BARE_RET | RP_FN_SPILLS_LR | RP_FN_FRAME | RP_FN_MEMORY | RP_FN_SIGNS, 0, 0},
    {"bti j is no landing pad of calls",
     /* bti j; ret */
     BYTES(0x9f, 0x24, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6), 0, RP_FN_LANDING, 0, 0},
    {"bti jc is one",
     /* bti jc; ret */
     BYTES(0xdf, 0x24, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_LANDING, 0, 0, 0},
    {"brk is one",
     /* brk #1 */
     BYTES(0x20, 0x00, 0x20, 0xd4), RP_FN_LANDING, 0, 0, 0},
    {"bti further in is not",
     /* nop; bti c; ret */
     BYTES(0x1f, 0x20, 0x03, 0xd5, 0x5f, 0x24, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6), 0,
     RP_FN_LANDING, 0, 0},
    {"paciaz",
     /* paciaz; stp x29, x30, [sp, #-16]!; ldp x29, x30, [sp], #16; autiaz; ret */
     BYTES(0x1f, 0x23, 0x03, 0xd5, 0xfd, 0x7b, 0xbf, 0xa9, 0xfd, 0x7b, 0xc1, 0xa8, 0x9f, 0x23, 0x03,
           0xd5, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES, RP_FN_BARE_RET | RP_FN_LANDING, 16, 0},
    {"paciasppc lands, retaasppc returns",
     /* paciasppc; stp x29, x30, [sp, #-16]!; ldp x29, x30, [sp], #16; retaasppc #-12 */
     BYTES(0xfe, 0xa3, 0xc1, 0xda, 0xfd, 0x7b, 0xbf, 0xa9, 0xfd, 0x7b, 0xc1, 0xa8, 0x7f, 0x00, 0x00,
           0x55),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES | RP_FN_LANDING, RP_FN_BARE_RET, 16, 0},
    {"autiasppc",
     /* paciasppc; str x30, [sp, #-16]!; ldr x30, [sp], #16; autiasppc #-12; ret */
     BYTES(0xfe, 0xa3, 0xc1, 0xda, 0xfe, 0x0f, 0x1f, 0xf8, 0xfe, 0x07, 0x41, 0xf8, 0x7f, 0x00, 0x80,
           0xf3, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES, RP_FN_BARE_RET, 16, 0},
    {"pacia of the link register",
     /* pacia x30, sp; str x30, [sp, #-16]!; ldr x30, [sp], #16; autia x30, sp; ret */
     BYTES(0xfe, 0x03, 0xc1, 0xda, 0xfe, 0x0f, 0x1f, 0xf8, 0xfe, 0x07, 0x41, 0xf8, 0xfe, 0x13, 0xc1,
           0xda, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_SIGNS | RP_FN_AUTHENTICATES, RP_FN_BARE_RET, 16, 0},
    {"pacda is for data",
     /* pacda x30, sp; ret */
     BYTES(0xfe, 0x0b, 0xc1, 0xda, 0xc0, 0x03, 0x5f, 0xd6), 0, RP_FN_SIGNS, 0, 0},
    {"shadow call stack",
     /* str x30, [x18], #8; stp x29, x30, [sp, #-16]!; bl 16; ldp x29, x30, [sp], #16; ldr x30,
        [x18, #-8]!; ret */
     BYTES(0x5e, 0x86, 0x00, 0xf8, 0xfd, 0x7b, 0xbf, 0xa9, 0x04, 0x00, 0x00, 0x94, 0xfd, 0x7b, 0xc1,
           0xa8, 0x5e, 0x8e, 0x5f, 0xf8, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_SHADOW_STACK | RP_FN_SPILLS_LR, RP_FN_BARE_RET | RP_FN_MEMORY, 16, 0},
    {"store through another register is no shadow call stack",
     /* str x30, [x19], #8; ret */
     BYTES(0x7e, 0x86, 0x00, 0xf8, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_MEMORY, RP_FN_SHADOW_STACK, 0, 0},
    {"link register in a wide frame",
     /* sub sp, sp, #80; stp d9, d8, [sp, #16]; stp x29, x30, [sp, #64]; ret */
     BYTES(0xff, 0x43, 0x01, 0xd1, 0xe9, 0x23, 0x01, 0x6d, 0xfd, 0x7b, 0x04, 0xa9, 0xc0, 0x03, 0x5f,
           0xd6),
     RP_FN_SPILLS_LR | RP_FN_FRAME, RP_FN_BARE_RET | RP_FN_MEMORY, 80, 0},
    {"link register saved through a copy of sp",
     /* sub sp, sp, #80; add x9, sp, #48; stp x29, x30, [x9]; ret */
     BYTES(0xff, 0x43, 0x01, 0xd1, 0xe9, 0xc3, 0x00, 0x91, 0x3d, 0x79, 0x00, 0xa9, 0xc0, 0x03, 0x5f,
           0xd6),
     RP_FN_SPILLS_LR, RP_FN_MEMORY, 80, 0},
    {"unsigned offset",
     /* sub sp, sp, #32; str x30, [sp, #24]; ldr x30, [sp, #24]; add sp, sp, #32; ret */
     BYTES(0xff, 0x83, 0x00, 0xd1, 0xfe, 0x0f, 0x00, 0xf9, 0xfe, 0x0f, 0x40, 0xf9, 0xff, 0x83, 0x00,
           0x91, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_SPILLS_LR | RP_FN_BARE_RET, 0, 32, 0},
    {"vectors saved first",
     /* stp d9, d8, [sp, #-32]!; str x30, [sp, #16]; ret */
     BYTES(0xe9, 0x23, 0xbe, 0x6d, 0xfe, 0x0b, 0x00, 0xf9, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_SPILLS_LR | RP_FN_FRAME, 0, 32, 0},
    {"LLVM probes each page",
     /* sub sp, sp, #1, lsl #12; str xzr, [sp]; sub sp, sp, #1, lsl #12; str xzr, [sp]; sub sp, sp,
        #912; bl 16; ret */
     BYTES(0xff, 0x07, 0x40, 0xd1, 0xff, 0x03, 0x00, 0xf9, 0xff, 0x07, 0x40, 0xd1, 0xff, 0x03, 0x00,
           0xf9, 0xff, 0x43, 0x0e, 0xd1, 0x04, 0x00, 0x00, 0x94, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_PROBE_INLINE | RP_FN_FRAME, RP_FN_UNPROBED, 9104, 0},
    {"LLVM's loop",
     /* sub x9, sp, #244, lsl #12; sub sp, sp, #1, lsl #12; cmp sp, x9; str xzr, [sp]; b.ne #-12;
        sub sp, sp, #576; ret */
     BYTES(0xe9, 0xd3, 0x43, 0xd1, 0xff, 0x07, 0x40, 0xd1, 0xff, 0x63, 0x29, 0xeb, 0xff, 0x03, 0x00,
           0xf9, 0xa1, 0xff, 0xff, 0x54, 0xff, 0x03, 0x09, 0xd1, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_PROBE_INLINE, RP_FN_UNPROBED | RP_FN_DYNAMIC_STACK, 1000000, 0},
    {"GCC takes 64 KiB at a time",
     /* sub sp, sp, #16, lsl #12; str xzr, [sp, #1024]; mov x12, #34480; sub sp, sp, x12; stp x29,
        x30, [sp]; ret */
     BYTES(0xff, 0x43, 0x40, 0xd1, 0xff, 0x03, 0x02, 0xf9, 0x0c, 0xd6, 0x90, 0xd2, 0xff, 0x63, 0x2c,
           0xcb, 0xfd, 0x7b, 0x00, 0xa9, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_PROBE_INLINE | RP_FN_UNPROBED, RP_FN_DYNAMIC_STACK, 100016, 0},
    {"GCC's frame below 64 KiB",
     /* mov x12, #5024; sub sp, sp, x12; stp x29, x30, [sp]; ret */
     BYTES(0x0c, 0x74, 0x82, 0xd2, 0xff, 0x63, 0x2c, 0xcb, 0xfd, 0x7b, 0x00, 0xa9, 0xc0, 0x03, 0x5f,
           0xd6),
     RP_FN_UNPROBED | RP_FN_FRAME, RP_FN_DYNAMIC_STACK | RP_FN_PROBE_INLINE, 5024, 0},
    {"a bit mask as size",
     /* mov x12, #65536; orr x12, xzr, #0x1fff0; sub sp, sp, x12; ret */
     BYTES(0x2c, 0x00, 0xa0, 0xd2, 0xec, 0x33, 0x7c, 0xb2, 0xff, 0x63, 0x2c, 0xcb, 0xc0, 0x03, 0x5f,
           0xd6),
     RP_FN_UNPROBED, RP_FN_DYNAMIC_STACK, 131056, 0},
    {"no probe",
     /* stp x29, x30, [sp, #-32]!; sub sp, sp, #3, lsl #12; mov x0, sp; bl 16; ret */
     BYTES(0xfd, 0x7b, 0xbe, 0xa9, 0xff, 0x0f, 0x40, 0xd1, 0xe0, 0x03, 0x00, 0x91, 0x04, 0x00, 0x00,
           0x94, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_UNPROBED | RP_FN_FRAME, RP_FN_PROBE_INLINE, 12320, 0},
    {"one page exactly",
     /* sub sp, sp, #1, lsl #12; ret */
     BYTES(0xff, 0x07, 0x40, 0xd1, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_FRAME, RP_FN_UNPROBED, 4096, 0},
    {"alloca",
     /* stp x29, x30, [sp, #-16]!; mov x29, sp; mov x8, sp; sub x0, x8, x9; mov sp, x0; bl 16; mov
        sp, x29; ldp x29, x30, [sp], #16; ret */
     BYTES(0xfd, 0x7b, 0xbf, 0xa9, 0xfd, 0x03, 0x00, 0x91, 0xe8, 0x03, 0x00, 0x91, 0x00, 0x01, 0x09,
           0xcb, 0x1f, 0x00, 0x00, 0x91, 0x04, 0x00, 0x00, 0x94, 0xbf, 0x03, 0x00, 0x91, 0xfd, 0x7b,
           0xc1, 0xa8, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_DYNAMIC_STACK, RP_FN_UNPROBED, 16, 0},
    {"GCC's alloca",
     /* sub sp, sp, x0; mov sp, x29; ret */
     BYTES(0xff, 0x63, 0x20, 0xcb, 0xbf, 0x03, 0x00, 0x91, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_DYNAMIC_STACK, 0, 0, 0},
    {"the frame pointer gives back",
     /* mov x29, sp; mov sp, x29; ret */
     BYTES(0xfd, 0x03, 0x00, 0x91, 0xbf, 0x03, 0x00, 0x91, 0xc0, 0x03, 0x5f, 0xd6), 0,
     RP_FN_DYNAMIC_STACK | RP_FN_FRAME, 0, 0},
    {"aligned frame",
     /* mov x29, sp; sub x9, sp, #2, lsl #12; and sp, x9, #0xffffffffffffffc0; ret */
     BYTES(0xfd, 0x03, 0x00, 0x91, 0xe9, 0x0b, 0x40, 0xd1, 0x3f, 0xe5, 0x7a, 0x92, 0xc0, 0x03, 0x5f,
           0xd6),
     RP_FN_FRAME | RP_FN_UNPROBED, RP_FN_DYNAMIC_STACK, 8192, 0},
    {"memory",
     /* ldr x0, [x1, #8]; ret */
     BYTES(0x20, 0x04, 0x40, 0xf9, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_MEMORY, 0, 0, 0},
    {"pairs of vectors are memory too",
     /* ldp q0, q1, [x1]; ret */
     BYTES(0x20, 0x04, 0x40, 0xad, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_MEMORY, 0, 0, 0},
    {"memory of the frame alone",
     /* sub sp, sp, #16; str w0, [sp, #8]; mov x29, sp; str x1, [x29, #8]; add sp, sp, #16; ret */
     BYTES(0xff, 0x43, 0x00, 0xd1, 0xe0, 0x0b, 0x00, 0xb9, 0xfd, 0x03, 0x00, 0x91, 0xa1, 0x07, 0x00,
           0xf9, 0xff, 0x43, 0x00, 0x91, 0xc0, 0x03, 0x5f, 0xd6),
     0, RP_FN_MEMORY, 16, 0},
    {"memory tags",
     /* irg x0, sp; stg x0, [x0]; ret */
     BYTES(0xe0, 0x13, 0xdf, 0x9a, 0x00, 0x08, 0x20, 0xd9, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_MEMTAG, 0,
     0, 0},
    {"addg",
     /* addg x0, sp, #16, #1; ret */
     BYTES(0xe0, 0x07, 0x81, 0x91, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_MEMTAG, RP_FN_FRAME, 0, 0},
    {"local exec",
     /* mrs x8, TPIDR_EL0; add x8, x8, #0, lsl #12; add x8, x8, #16; ldr w0, [x8]; ret */
     BYTES(0x48, 0xd0, 0x3b, 0xd5, 0x08, 0x01, 0x40, 0x91, 0x08, 0x41, 0x00, 0x91, 0x00, 0x01, 0x40,
           0xb9, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_TLS_LE | RP_FN_MEMORY, RP_FN_TLS_IE | RP_FN_TLS_DESC, 0, 0},
    {"initial exec",
     /* mrs x8, TPIDR_EL0; adrp x9, 4096; ldr x9, [x9, #8]; ldr w0, [x8, x9]; ret */
     BYTES(0x48, 0xd0, 0x3b, 0xd5, 0x09, 0x00, 0x00, 0xb0, 0x29, 0x05, 0x40, 0xf9, 0x00, 0x69, 0x69,
           0xb8, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_TLS_IE, RP_FN_TLS_LE | RP_FN_TLS_DESC, 0, 0},
    {"initial exec as GCC orders it",
     /* adrp x0, 4096; ldr x0, [x0, #8]; mrs x1, TPIDR_EL0; add x0, x1, x0; ret */
     BYTES(0x00, 0x00, 0x00, 0xb0, 0x00, 0x04, 0x40, 0xf9, 0x41, 0xd0, 0x3b, 0xd5, 0x20, 0x00, 0x00,
           0x8b, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_TLS_IE, RP_FN_TLS_LE | RP_FN_TLS_DESC, 0, 0},
    {"descriptor",
     /* adrp x0, 4096; ldr x1, [x0, #8]; add x0, x0, #8; blr x1; mrs x8, TPIDR_EL0; add x0, x8, x0;
        ret */
     BYTES(0x00, 0x00, 0x00, 0xb0, 0x01, 0x04, 0x40, 0xf9, 0x00, 0x20, 0x00, 0x91, 0x20, 0x00, 0x3f,
           0xd6, 0x48, 0xd0, 0x3b, 0xd5, 0x00, 0x01, 0x00, 0x8b, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_TLS_DESC, RP_FN_TLS_LE | RP_FN_TLS_IE, 0, 1},
    {"descriptor relaxed to local exec",
     /* movz x0, #0, lsl #16; movk x0, #16; nop; nop; mrs x8, TPIDR_EL0; add x0, x8, x0; ret */
     BYTES(0x00, 0x00, 0xa0, 0xd2, 0x00, 0x02, 0x80, 0xf2, 0x1f, 0x20, 0x03, 0xd5, 0x1f, 0x20, 0x03,
           0xd5, 0x48, 0xd0, 0x3b, 0xd5, 0x00, 0x01, 0x00, 0x8b, 0xc0, 0x03, 0x5f, 0xd6),
     RP_FN_TLS_LE, RP_FN_TLS_DESC | RP_FN_TLS_IE, 0, 0},
    {"the thread pointer alone",
     /* mrs x0, TPIDR_EL0; ret */
     BYTES(0x40, 0xd0, 0x3b, 0xd5, 0xc0, 0x03, 0x5f, 0xd6), 0,
     RP_FN_TLS_LE | RP_FN_TLS_IE | RP_FN_TLS_DESC | RP_FN_GUARD_LOAD, 0, 0},
    {"bionic's slot without a failure branch",
     /* mrs x8, TPIDR_EL0; ldr x8, [x8, #40]; ret */
     BYTES(0x48, 0xd0, 0x3b, 0xd5, 0x08, 0x15, 0x40, 0xf9, 0xc0, 0x03, 0x5f, 0xd6), 0,
     RP_FN_GUARD_LOAD | RP_FN_TLS_LE, 0, 0},
    {"straight-line speculation",
     /* ret; sb */
     BYTES(0xc0, 0x03, 0x5f, 0xd6, 0xff, 0x30, 0x03, 0xd5), RP_FN_SLS, 0, 0, 0},
    {"dsb sy, isb",
     /* br x1; dsb sy; isb */
     BYTES(0x20, 0x00, 0x1f, 0xd6, 0x9f, 0x3f, 0x03, 0xd5, 0xdf, 0x3f, 0x03, 0xd5), RP_FN_SLS, 0, 0,
     1},
    {"one bare return",
     /* ret; sb; ret */
     BYTES(0xc0, 0x03, 0x5f, 0xd6, 0xff, 0x30, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6), 0, RP_FN_SLS, 0,
     0},
    {"jump table",
     /* adr x9, 64; ldrb w10, [x8, x0]; add x9, x9, x10, lsl #2; br x9 */
     BYTES(0x09, 0x02, 0x00, 0x10, 0x0a, 0x69, 0x60, 0x38, 0x29, 0x09, 0x0a, 0x8b, 0x20, 0x01, 0x1f,
           0xd6),
     RP_FN_MEMORY, 0, 0, 0},
    {"jump with a base from memory",
     /* ldr x9, [x3]; ldrb w10, [x8, x0]; add x9, x9, x10, lsl #2; br x9 */
     BYTES(0x69, 0x00, 0x40, 0xf9, 0x0a, 0x69, 0x60, 0x38, 0x29, 0x09, 0x0a, 0x8b, 0x20, 0x01, 0x1f,
           0xd6),
     0, 0, 0, 1},
    {"zeroes behind a return",
     /* ret; udf #0; udf #0 */
     BYTES(0xc0, 0x03, 0x5f, 0xd6, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00), 0,
     RP_FN_BAD_CODE, 0, 0},
    {"zeroes in the way",
     /* nop; udf #0; ret */
     BYTES(0x1f, 0x20, 0x03, 0xd5, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x03, 0x5f, 0xd6), RP_FN_BAD_CODE,
     0, 0, 0},
};

static void scans(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(vectors); i++)
        check_vector(&vectors[i], rp_a64_scan);
}

static void cut_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(vectors); i++)
        cut_vector(&vectors[i], rp_a64_scan);
}

/* ldur w16, [x8, #-4]; movk w17, #0x1234; movk w17, #0x5678, lsl #16; cmp w16, w17; b.eq .+8;
 * brk #0x8228; blr x8 (clang -fsanitize=kcfi) */
static const uint32_t kcfi[] = {0xb85fc110, 0x72824691, 0x72aacf11, 0x6b11021f,
                                0x54000040, 0xd4304500, 0xd63f0100};

static rp_branch kcfi_branch(size_t change, uint32_t word)
{
    uint8_t bytes[sizeof kcfi];
    for (size_t i = 0; i < RP_COUNT(kcfi); i++)
        put_word(bytes + 4 * i, i == change ? word : kcfi[i]);
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, sizeof bytes}};
    rp_fn_code fn;
    rp_a64_scan(&sink, &range, &fn);
    assert_int_equal(sink.branches.n, 1);
    rp_branch b = sink.branches.items[0];
    rp_arena_free(&arena);
    return b;
}

static void kcfi_checks(void **state)
{
    (void)state;
    rp_branch b = kcfi_branch(99, 0);
    assert_int_equal(b.edge, RP_EDGE_GUARDED);
    assert_int_equal(b.guard, RP_GUARD_KCFI);
    assert_int_equal(b.class_size, 0x56781234);
    assert_int_equal(b.addr, 0x1018);
    b = kcfi_branch(6, 0xd63f0120); /* blr x9: another register than the checked one */
    assert_int_equal(b.edge, RP_EDGE_UNDECIDED);
    b = kcfi_branch(0, 0xb85fc130); /* ldur w16, [x9, #-4] */
    assert_int_equal(b.edge, RP_EDGE_UNDECIDED);
    b = kcfi_branch(3, 0x6b12021f); /* cmp w16, w18 */
    assert_int_equal(b.edge, RP_EDGE_UNDECIDED);
    b = kcfi_branch(5, 0xaa0903e8); /* mov x8, x9 in the trap's place */
    assert_int_equal(b.edge, RP_EDGE_UNDECIDED);
}

/* adrp x8, 0x5000; ldr x8, [x8, #0x18]; bl 0x2000; add x0, …: landmarks by load, call, address */
static void landmarks(void **state)
{
    (void)state;
    static const uint32_t words[] = {0x90000028, 0xf9400d08, 0x940003fe,
                                     0x90000020, 0x91008000, 0x14000800};
    uint8_t bytes[sizeof words];
    for (size_t i = 0; i < RP_COUNT(words); i++)
        put_word(bytes + 4 * i, words[i]);
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    const rp_landmark marks[] = {{0x5018, RP_LM_STACK_GUARD, 0},
                                 {0x2000, RP_LM_STACK_CHK_FAIL, 0},
                                 {0x5020, RP_LM_LOCATION, 7},
                                 {0x3014, RP_LM_OVERFLOW, 0}};
    for (size_t i = 0; i < RP_COUNT(marks); i++)
        assert_true(rp_landmarks_add(&arena, &sink.landmarks, marks[i]));
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, sizeof bytes}, .index = 3};
    rp_fn_code fn;
    rp_a64_scan(&sink, &range, &fn);
    assert_true((fn.flags & RP_FN_GUARD_LOAD) != 0);
    assert_true((fn.flags & RP_FN_GUARD_FAIL) != 0);
    assert_int_equal(fn.overflow, 1);
    assert_int_equal(sink.file_votes.n, 2);
    assert_int_equal(sink.file_votes.items[0], 3);
    assert_int_equal(sink.file_votes.items[1], 7);
    rp_arena_free(&arena);
}

/* ldr x8, 0x5018: what the linker makes of adrp and ldr where the slot is near (Mach-O, ld64's and
 * lld's hints) */
static void near_slot(void **state)
{
    (void)state;
    static const uint32_t words[] = {0xd503201f, 0x580200a8, 0xd65f03c0};
    uint8_t bytes[sizeof words];
    for (size_t i = 0; i < RP_COUNT(words); i++)
        put_word(bytes + 4 * i, words[i]);
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    rp_code_range range = {.start = 0x1000, .bytes = {bytes, sizeof bytes}, .index = 3};
    rp_fn_code fn;
    assert_true(
        rp_landmarks_add(&arena, &sink.landmarks, (rp_landmark){0x5018, RP_LM_STACK_GUARD, 0}));
    rp_a64_scan(&sink, &range, &fn);
    assert_true((fn.flags & RP_FN_GUARD_LOAD) != 0);
    rp_op ops[RP_A64_OPS];
    assert_int_equal(rp_a64_lift_one(&range, 4, ops), 2);
    assert_int_equal(ops[0].kind, RP_OP_CONST);
    assert_int_equal(ops[0].value, 0x5018);
    assert_int_equal(ops[1].kind, RP_OP_LOAD);
    assert_int_equal(ops[1].dst, ops[0].dst);
    rp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scans),     cmocka_unit_test(cut_short), cmocka_unit_test(kcfi_checks),
        cmocka_unit_test(landmarks), cmocka_unit_test(near_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
