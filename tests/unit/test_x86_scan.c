/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the first pass over x86 code says of hand-written functions: each flag where it belongs and
 * where it does not. The bytes were assembled by llvm-mc 22 from the text beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scan_vectors.h"
#include "isa/x86_scan.h"

static const scan_vector vectors_64[] = {
    {"endbr64 at the start",
     /* endbr64; ret */
     BYTES(0xf3, 0x0f, 0x1e, 0xfa, 0xc3), RP_FN_LANDING, 0, 0, 0},
    {"endbr64 later is no landing pad",
     /* nop; endbr64; ret */
     BYTES(0x90, 0xf3, 0x0f, 0x1e, 0xfa, 0xc3), 0, RP_FN_LANDING, 0, 0},
    {"a frame",
     /* push %rbp; mov %rsp, %rbp; sub $0x60, %rsp; add $0x60, %rsp; pop %rbp; ret */
     BYTES(0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x60, 0x48, 0x83, 0xc4, 0x60, 0x5d, 0xc3),
     RP_FN_FRAME, RP_FN_DYNAMIC_STACK | RP_FN_UNPROBED | RP_FN_MEMORY, 96, 0},
    {"a frame by lea and add",
     /* lea -0x28(%rsp), %rsp; add $-0x40, %rsp; lea 0x68(%rsp), %rsp; ret */
     BYTES(0x48, 0x8d, 0x64, 0x24, 0xd8, 0x48, 0x83, 0xc4, 0xc0, 0x48, 0x8d, 0x64, 0x24, 0x68,
           0xc3),
     RP_FN_FRAME, RP_FN_UNPROBED | RP_FN_DYNAMIC_STACK, 104, 0},
    {"two pages at once",
     /* sub $0x2000, %rsp; mov %rdi, (%rsp); add $0x2000, %rsp; ret */
     BYTES(0x48, 0x81, 0xec, 0x00, 0x20, 0x00, 0x00, 0x48, 0x89, 0x3c, 0x24, 0x48, 0x81, 0xc4, 0x00,
           0x20, 0x00, 0x00, 0xc3),
     RP_FN_FRAME | RP_FN_UNPROBED, RP_FN_DYNAMIC_STACK, 8192, 0},
    {"LLVM touches each page",
     /* sub $0x1000, %rsp; movq $0, (%rsp); sub $0x1000, %rsp; movq $0, (%rsp); sub $0x28, %rsp; add
        $0x2028, %rsp; ret */
     BYTES(0x48, 0x81, 0xec, 0x00, 0x10, 0x00, 0x00, 0x48, 0xc7, 0x04, 0x24, 0x00, 0x00, 0x00, 0x00,
           0x48, 0x81, 0xec, 0x00, 0x10, 0x00, 0x00, 0x48, 0xc7, 0x04, 0x24, 0x00, 0x00, 0x00, 0x00,
           0x48, 0x83, 0xec, 0x28, 0x48, 0x81, 0xc4, 0x28, 0x20, 0x00, 0x00, 0xc3),
     RP_FN_FRAME | RP_FN_PROBE_INLINE, RP_FN_UNPROBED, 4096, 0},
    {"LLVM's probe loop",
     /* mov %rsp, %r11; sub $0x10000, %r11; 1: sub $0x1000, %rsp; movq $0, (%rsp); cmp %r11, %rsp;
        jne 1b; sub $0x48, %rsp; add $0x10048, %rsp; ret */
     BYTES(0x49, 0x89, 0xe3, 0x49, 0x81, 0xeb, 0x00, 0x00, 0x01, 0x00, 0x48, 0x81, 0xec, 0x00, 0x10,
           0x00, 0x00, 0x48, 0xc7, 0x04, 0x24, 0x00, 0x00, 0x00, 0x00, 0x4c, 0x39, 0xdc, 0x75, 0xec,
           0x48, 0x83, 0xec, 0x48, 0x48, 0x81, 0xc4, 0x48, 0x00, 0x01, 0x00, 0xc3),
     RP_FN_FRAME | RP_FN_PROBE_INLINE, RP_FN_UNPROBED | RP_FN_DYNAMIC_STACK, 65536, 0},
    {"GCC's probe loop",
     /* lea -0x10000(%rsp), %r11; 1: sub $0x1000, %rsp; orq $0, (%rsp); cmp %r11, %rsp; jne 1b; sub
        $0x20, %rsp; add $0x10020, %rsp; ret */
     BYTES(0x4c, 0x8d, 0x9c, 0x24, 0x00, 0x00, 0xff, 0xff, 0x48, 0x81, 0xec, 0x00, 0x10, 0x00, 0x00,
           0x48, 0x83, 0x0c, 0x24, 0x00, 0x4c, 0x39, 0xdc, 0x75, 0xef, 0x48, 0x83, 0xec, 0x20, 0x48,
           0x81, 0xc4, 0x20, 0x00, 0x01, 0x00, 0xc3),
     RP_FN_FRAME | RP_FN_PROBE_INLINE, RP_FN_UNPROBED, 65536, 0},
    {"two ways of less than a page each",
     /* test %edi, %edi; je 1f; sub $0xc00, %rsp; movb $1, (%rdi); add $0xc00, %rsp; ret; 1: sub
        $0xc00, %rsp; movb $2, (%rdi); add $0xc00, %rsp; ret */
     BYTES(0x85, 0xff, 0x74, 0x12, 0x48, 0x81, 0xec, 0x00, 0x0c, 0x00, 0x00, 0xc6, 0x07, 0x01, 0x48,
           0x81, 0xc4, 0x00, 0x0c, 0x00, 0x00, 0xc3, 0x48, 0x81, 0xec, 0x00, 0x0c, 0x00, 0x00, 0xc6,
           0x07, 0x02, 0x48, 0x81, 0xc4, 0x00, 0x0c, 0x00, 0x00, 0xc3),
     RP_FN_FRAME | RP_FN_MEMORY, RP_FN_UNPROBED, 3072, 0},
    {"a frame given back before the next",
     /* sub $0xc00, %rsp; add $0xc00, %rsp; sub $0xc00, %rsp; add $0xc00, %rsp; ret */
     BYTES(0x48, 0x81, 0xec, 0x00, 0x0c, 0x00, 0x00, 0x48, 0x81, 0xc4, 0x00, 0x0c, 0x00, 0x00, 0x48,
           0x81, 0xec, 0x00, 0x0c, 0x00, 0x00, 0x48, 0x81, 0xc4, 0x00, 0x0c, 0x00, 0x00, 0xc3),
     RP_FN_FRAME, RP_FN_UNPROBED, 3072, 0},
    {"two steps without a touch between",
     /* sub $0xc00, %rsp; sub $0xc00, %rsp; add $0x1800, %rsp; ret */
     BYTES(0x48, 0x81, 0xec, 0x00, 0x0c, 0x00, 0x00, 0x48, 0x81, 0xec, 0x00, 0x0c, 0x00, 0x00, 0x48,
           0x81, 0xc4, 0x00, 0x18, 0x00, 0x00, 0xc3),
     RP_FN_FRAME | RP_FN_UNPROBED, RP_FN_PROBE_INLINE, 6144, 0},
    {"a call touches the stack",
     /* sub $0xc00, %rsp; call 1f+0x1000; sub $0xc00, %rsp; 1: add $0x1800, %rsp; ret */
     BYTES(0x48, 0x81, 0xec, 0x00, 0x0c, 0x00, 0x00, 0xe8, 0x07, 0x10, 0x00, 0x00, 0x48, 0x81, 0xec,
           0x00, 0x0c, 0x00, 0x00, 0x48, 0x81, 0xc4, 0x00, 0x18, 0x00, 0x00, 0xc3),
     RP_FN_FRAME, RP_FN_UNPROBED, 3072, 0},
    {"a variable array",
     /* push %rbp; mov %rsp, %rbp; sub %rax, %rsp; mov %rbp, %rsp; pop %rbp; ret */
     BYTES(0x55, 0x48, 0x89, 0xe5, 0x48, 0x29, 0xc4, 0x48, 0x89, 0xec, 0x5d, 0xc3),
     RP_FN_FRAME | RP_FN_DYNAMIC_STACK, RP_FN_UNPROBED, 0, 0},
    {"alloca through a register",
     /* push %rbp; mov %rsp, %rbp; mov %rsp, %rax; sub %rdi, %rax; mov %rax, %rsp; mov %rbp, %rsp;
        pop %rbp; ret */
     BYTES(0x55, 0x48, 0x89, 0xe5, 0x48, 0x89, 0xe0, 0x48, 0x29, 0xf8, 0x48, 0x89, 0xc4, 0x48, 0x89,
           0xec, 0x5d, 0xc3),
     RP_FN_FRAME | RP_FN_DYNAMIC_STACK, 0, 0, 0},
    {"the frame pointer gives back only",
     /* push %rbp; mov %rsp, %rbp; mov %rbp, %rsp; pop %rbp; ret */
     BYTES(0x55, 0x48, 0x89, 0xe5, 0x48, 0x89, 0xec, 0x5d, 0xc3), 0,
     RP_FN_FRAME | RP_FN_DYNAMIC_STACK, 0, 0},
    {"the stack protector's guard",
     /* mov %fs:0x28, %rax; mov %rax, -8(%rsp); xor %eax, %eax; ret */
     BYTES(0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0x00, 0x00, 0x00, 0x48, 0x89, 0x44, 0x24, 0xf8, 0x31,
           0xc0, 0xc3),
     RP_FN_GUARD_LOAD, RP_FN_TLS_LE | RP_FN_TLS_IE | RP_FN_GUARD_FAIL, 0, 0},
    {"gs:0x28 is the kernel's",
     /* mov %gs:0x28, %rax; ret */
     BYTES(0x65, 0x48, 0x8b, 0x04, 0x25, 0x28, 0x00, 0x00, 0x00, 0xc3), 0,
     RP_FN_GUARD_LOAD | RP_FN_TLS_LE, 0, 0},
    {"local exec",
     /* mov %fs:-4, %eax; ret */
     BYTES(0x64, 0x8b, 0x04, 0x25, 0xfc, 0xff, 0xff, 0xff, 0xc3), RP_FN_TLS_LE,
     RP_FN_TLS_IE | RP_FN_GUARD_LOAD, 0, 0},
    {"local exec from the thread pointer",
     /* mov %fs:0, %rax; lea -0x10(%rax), %rax; ret */
     BYTES(0x64, 0x48, 0x8b, 0x04, 0x25, 0x00, 0x00, 0x00, 0x00, 0x48, 0x8d, 0x40, 0xf0, 0xc3),
     RP_FN_TLS_LE, RP_FN_TLS_IE, 0, 0},
    {"local exec with an index",
     /* movslq %edi, %rax; mov %fs:0, %rcx; lea (%rcx, %rax, 4), %rax; add $-64, %rax; ret */
     BYTES(0x48, 0x63, 0xc7, 0x64, 0x48, 0x8b, 0x0c, 0x25, 0x00, 0x00, 0x00, 0x00, 0x48, 0x8d, 0x04,
           0x81, 0x48, 0x83, 0xc0, 0xc0, 0xc3),
     RP_FN_TLS_LE, RP_FN_TLS_IE, 0, 0},
    {"local exec after relaxation",
     /* mov $-0x40, %rcx; mov %fs:(%rcx), %eax; ret */
     BYTES(0x48, 0xc7, 0xc1, 0xc0, 0xff, 0xff, 0xff, 0x64, 0x8b, 0x01, 0xc3), RP_FN_TLS_LE,
     RP_FN_TLS_IE, 0, 0},
    {"initial exec",
     /* mov 0x1000(%rip), %rax; mov %fs:(%rax), %eax; ret */
     BYTES(0x48, 0x8b, 0x05, 0x00, 0x10, 0x00, 0x00, 0x64, 0x8b, 0x00, 0xc3), RP_FN_TLS_IE,
     RP_FN_TLS_LE, 0, 0},
    {"initial exec, pointer first",
     /* mov %fs:0, %rax; add 0x1000(%rip), %rax; ret */
     BYTES(0x64, 0x48, 0x8b, 0x04, 0x25, 0x00, 0x00, 0x00, 0x00, 0x48, 0x03, 0x05, 0x00, 0x10, 0x00,
           0x00, 0xc3),
     RP_FN_TLS_IE, RP_FN_TLS_LE, 0, 0},
    {"the thread pointer alone is no variable",
     /* mov %fs:0, %rax; ret */
     BYTES(0x64, 0x48, 0x8b, 0x04, 0x25, 0x00, 0x00, 0x00, 0x00, 0xc3), 0,
     RP_FN_TLS_IE | RP_FN_TLS_LE, 0, 0},
    {"AddressSanitizer's shadow",
     /* mov %rdi, %rax; shr $3, %rax; cmpb $0, 0x7fff8000(%rax); jne 1f; 1: ret */
     BYTES(0x48, 0x89, 0xf8, 0x48, 0xc1, 0xe8, 0x03, 0x80, 0xb8, 0x00, 0x80, 0xff, 0x7f, 0x00, 0x75,
           0x00, 0xc3),
     RP_FN_ASAN | RP_FN_MEMORY, RP_FN_HWASAN | RP_FN_TSAN, 0, 0},
    {"MemorySanitizer's shadow",
     /* movabs $0x500000000000, %rax; xor %rdi, %rax; cmpb $0, (%rax); ret */
     BYTES(0x48, 0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x00, 0x00, 0x48, 0x31, 0xf8, 0x80, 0x38,
           0x00, 0xc3),
     RP_FN_MSAN | RP_FN_MEMORY, RP_FN_ASAN, 0, 0},
    {"a fence after a load",
     /* mov (%rdi), %rax; lfence; ret */
     BYTES(0x48, 0x8b, 0x07, 0x0f, 0xae, 0xe8, 0xc3), RP_FN_LFENCE | RP_FN_MEMORY, RP_FN_SLS, 0, 0},
    {"int3 behind each return",
     /* test %edi, %edi; je 1f; ret; int3; 1: ret; int3 */
     BYTES(0x85, 0xff, 0x74, 0x02, 0xc3, 0xcc, 0xc3, 0xcc), RP_FN_SLS, 0, 0, 0},
    {"int3 behind one return of two",
     /* test %edi, %edi; je 1f; ret; int3; 1: ret */
     BYTES(0x85, 0xff, 0x74, 0x02, 0xc3, 0xcc, 0xc3), 0, RP_FN_SLS, 0, 0},
    {"int3 behind an indirect jump",
     /* jmp *%rax; int3 */
     BYTES(0xff, 0xe0, 0xcc), RP_FN_SLS, 0, 0, 1},
    {"an inline retpoline",
     /* push %rax; jmp 2f; 3: call 1f; 0: pause; lfence; jmp 0b; 1: mov %rax, (%rsp); ret; 2: call
        3b; pop %rax; ret */
     BYTES(0x50, 0xeb, 0x11, 0xe8, 0x07, 0x00, 0x00, 0x00, 0xf3, 0x90, 0x0f, 0xae, 0xe8, 0xeb, 0xf9,
           0x48, 0x89, 0x04, 0x24, 0xc3, 0xe8, 0xea, 0xff, 0xff, 0xff, 0x58, 0xc3),
     RP_FN_RETPOLINE, RP_FN_BAD_CODE, 0, 1},
    {"calls and jumps through registers and memory",
     /* call *%rax; call *8(%rbx); jmp *%rcx */
     BYTES(0xff, 0xd0, 0xff, 0x53, 0x08, 0xff, 0xe1), 0, RP_FN_BAD_CODE, 0, 3},
    {"notrack jumps are tables",
     /* notrack jmp *%rax */
     BYTES(0x3e, 0xff, 0xe0), 0, 0, 0, 0},
    {"KCFI's check",
     /* mov $0x12345678, %r10d; add -4(%rdi), %r10d; je 1f; ud2; 1: call *%rdi; ret */
     BYTES(0x41, 0xba, 0x78, 0x56, 0x34, 0x12, 0x44, 0x03, 0x57, 0xfc, 0x74, 0x02, 0x0f, 0x0b, 0xff,
           0xd7, 0xc3),
     0, 0, 0, 1},
    {"no instruction",
     /* .byte 0x06; ret */
     BYTES(0x06, 0xc3), RP_FN_BAD_CODE, 0, 0, 0},
    {"memory beside the frame",
     /* mov (%rdi), %eax; ret */
     BYTES(0x8b, 0x07, 0xc3), RP_FN_MEMORY, RP_FN_FRAME, 0, 0},
};

static const scan_vector vectors_32[] = {
    {"endbr32 in 32-bit code",
     /* endbr32; ret */
     BYTES(0xf3, 0x0f, 0x1e, 0xfb, 0xc3), RP_FN_LANDING, 0, 0, 0},
    {"the frame pointer gives back only, as MSVC writes it",
     /* .byte 0x55, 0x8b, 0xec, 0x8b, 0xe5, 0x5d, 0xc3 */
     BYTES(0x55, 0x8b, 0xec, 0x8b, 0xe5, 0x5d, 0xc3), 0, RP_FN_FRAME | RP_FN_DYNAMIC_STACK, 0, 0},
    {"the stack protector's guard, 32-bit",
     /* mov %gs:0x14, %eax; xor %eax, %eax; ret */
     BYTES(0x65, 0xa1, 0x14, 0x00, 0x00, 0x00, 0x31, 0xc0, 0xc3), RP_FN_GUARD_LOAD,
     RP_FN_TLS_LE | RP_FN_TLS_IE, 0, 0},
    {"initial exec, 32-bit",
     /* mov 0x1000(%ebx), %eax; mov %gs:(%eax), %eax; ret */
     BYTES(0x8b, 0x83, 0x00, 0x10, 0x00, 0x00, 0x65, 0x8b, 0x00, 0xc3), RP_FN_TLS_IE, RP_FN_TLS_LE,
     0, 0},
    {"no instruction in 64-bit code is one in 32-bit code",
     /* push %es; ret */
     BYTES(0x06, 0xc3), 0, RP_FN_BAD_CODE, 0, 0},
};

static void scan_64(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_x86_scan(sink, range, true, ret);
}

static void scan_32(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    rp_x86_scan(sink, range, false, ret);
}

static void functions_64(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(vectors_64); i++) {
        check_vector(&vectors_64[i], scan_64);
        cut_vector(&vectors_64[i], scan_64);
    }
}

static void functions_32(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(vectors_32); i++) {
        check_vector(&vectors_32[i], scan_32);
        cut_vector(&vectors_32[i], scan_32);
    }
}

/* ---- load value injection ---- */

typedef struct {
    const uint8_t *bytes;
    size_t len;
    uint16_t returns, fenced, fences;
} fence_vector;

static const fence_vector fence_vectors[] = {
    {BYTES(0xc3), 1, 0, 0},
    {BYTES(0x59, 0x0f, 0xae, 0xe8, 0xff, 0xe1), 1, 1, 0}, /* pop %rcx; lfence; jmp *%rcx */
    {BYTES(0x41, 0x5b, 0x0f, 0xae, 0xe8, 0x41, 0xff, 0xe3), 1, 1, 0}, /* … %r11 */
    {BYTES(0x58, 0x0f, 0xae, 0xe8, 0xff, 0xe1), 0, 0, 0},             /* … of another one */
    {BYTES(0x0f, 0xae, 0xe8, 0xff, 0xe1), 0, 0, 0},       /* lfence; jmp *%rcx: no return */
    {BYTES(0x0f, 0xae, 0xe8, 0xc3), 1, 1, 0},             /* lfence; ret */
    {BYTES(0x0f, 0xae, 0xe8, 0xc2, 0x08, 0x00), 1, 1, 0}, /* lfence; ret $8 */
    /* mov (%rdi), %rax; lfence; ret: the return waits, too */
    {BYTES(0x48, 0x8b, 0x07, 0x0f, 0xae, 0xe8, 0xc3), 1, 1, 0},
    /* mov (%rdi), %rax; lfence; inc %eax; ret */
    {BYTES(0x48, 0x8b, 0x07, 0x0f, 0xae, 0xe8, 0xff, 0xc0, 0xc3), 1, 0, 1},
    /* push $0xe8ae0f00; ret: an lfence's bytes in a constant */
    {BYTES(0x68, 0x00, 0x0f, 0xae, 0xe8, 0xc3), 1, 0, 0},
    {BYTES(0x0f, 0xae, 0xe8), 0, 0, 1}, /* nothing behind it */
    {BYTES(0x59, 0x0f, 0xae, 0xe8, 0xff), 0, 0, 1},
    {BYTES(0x59, 0x0f, 0xae, 0xe8, 0x41), 0, 0, 1},
};

static void fences(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(fence_vectors); i++) {
        const fence_vector *v = &fence_vectors[i];
        rp_arena arena = {.limit = 1 << 20};
        rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
        rp_code_range range = {.start = 0x10000, .bytes = {v->bytes, v->len}};
        rp_fn_code fn;
        rp_x86_scan(&sink, &range, true, &fn);
        if (fn.returns != v->returns || fn.fenced_returns != v->fenced || fn.fences != v->fences)
            fail_msg("%zu: %u returns, %u fenced, %u fences", i, fn.returns, fn.fenced_returns,
                     fn.fences);
        rp_arena_free(&arena);
    }
}

/* ---- what addresses mean ---- */

typedef struct {
    rp_landmark_id id;
    uint32_t flags; /* of the function that calls, jumps to or loads from it */
    bool call, load;
} meaning;

/* call to; mov rax, [slot]; ret, at 0x10000: to and slot are where the landmark is. */
static void named(const meaning *m, bool call)
{
    uint8_t code[] = {0xe8, 0xfb, 0x0f, 0, 0, 0x48, 0x8b, 0x05, 0xf4, 0x1f, 0, 0, 0xc3};
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    rp_code_range range = {.start = 0x10000, .bytes = {code, sizeof code}};
    rp_fn_code fn;
    rp_landmark l = {.addr = call ? 0x11000 : 0x12000, .id = m->id};
    assert_true(rp_landmarks_add(&arena, &sink.landmarks, l));
    rp_x86_scan(&sink, &range, true, &fn);
    uint32_t wanted = (call ? m->call : m->load) ? m->flags : 0;
    if ((fn.flags & m->flags) != wanted)
        fail_msg("landmark %d by %s: flags %#x", (int)m->id, call ? "call" : "load", fn.flags);
    rp_arena_free(&arena);
}

static void landmarks(void **state)
{
    static const meaning meanings[] = {
        {RP_LM_STACK_CHK_FAIL, RP_FN_GUARD_FAIL, true, false},
        {RP_LM_STACK_GUARD, RP_FN_GUARD_LOAD, true, true},
        {RP_LM_CHKSTK, RP_FN_PROBE_CALL | RP_FN_FRAME, true, false},
        {RP_LM_TLS_GET_ADDR, RP_FN_TLS_LD, true, false},
        {RP_LM_EMUTLS, RP_FN_TLS_EMULATED, true, false},
        {RP_LM_TLS_IE, RP_FN_TLS_IE, true, true},
        {RP_LM_RETPOLINE, RP_FN_RETPOLINE, true, false},
        {RP_LM_ASAN, RP_FN_ASAN, true, false},
        {RP_LM_HWASAN, RP_FN_HWASAN, true, false},
        {RP_LM_MSAN, RP_FN_MSAN, true, false},
        {RP_LM_TSAN, RP_FN_TSAN, true, false},
        {RP_LM_UNSAFE_STACK, RP_FN_UNSAFE_STACK, true, true},
    };
    (void)state;
    for (size_t i = 0; i < RP_COUNT(meanings); i++) {
        named(&meanings[i], true);
        named(&meanings[i], false);
    }
}

/* A pointer to one's own function that is loaded, and not called, may be called from anywhere. */
static void loads_from_the_got_take_addresses(void **state)
{
    /* mov rax, [0x12000]; ret; and: call [0x12000]; ret */
    uint8_t load[] = {0x48, 0x8b, 0x05, 0xf9, 0x1f, 0, 0, 0xc3};
    uint8_t call[] = {0xff, 0x15, 0xfa, 0x1f, 0, 0, 0xc3};
    (void)state;
    for (int i = 0; i < 2; i++) {
        rp_arena arena = {.limit = 1 << 20};
        rp_code_sink sink = {.arena = &arena, .guard_size = 4096, .text_low = 0x10000};
        rp_code_range range = {.start = 0x10000,
                               .bytes = {i ? call : load, i ? sizeof call : sizeof load}};
        rp_fn_code fn;
        rp_landmark l = {.addr = 0x12000, .id = RP_LM_LOCAL_SLOT, .index = 0x40};
        assert_true(rp_landmarks_add(&arena, &sink.landmarks, l));
        rp_x86_scan(&sink, &range, true, &fn);
        assert_int_equal(sink.taken.n, i ? 0 : 1);
        if (i == 0)
            assert_int_equal(sink.taken.items[0], 0x10040);
        assert_int_equal(sink.set_aside[RP_WHY_READ_ONLY_SLOT], i);
        rp_arena_free(&arena);
    }
}

/* A slot with a meaning that may be written at run time is a pointer to attack like any other. */
static void writable_slots(void **state)
{
    uint8_t call[] = {0xff, 0x15, 0xfa, 0x1f, 0, 0, 0xc3};
    (void)state;
    for (uint32_t writable = 0; writable < 2; writable++) {
        rp_arena arena = {.limit = 1 << 20};
        rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
        rp_code_range range = {.start = 0x10000, .bytes = {call, sizeof call}};
        rp_fn_code fn;
        rp_landmark l = {0x12000, RP_LM_STACK_CHK_FAIL,
                         writable ? RP_SLOT_WRITABLE : RP_SLOT_FIXED};
        assert_true(rp_landmarks_add(&arena, &sink.landmarks, l));
        rp_x86_scan(&sink, &range, true, &fn);
        assert_int_equal(fn.nsites, writable);
        assert_int_equal(sink.set_aside[RP_WHY_READ_ONLY_SLOT], 1 - writable);
        assert_int_not_equal(fn.flags & RP_FN_GUARD_FAIL, 0);
        rp_arena_free(&arena);
    }
}

/* SafeStack's pointer in a program: a local-exec variable at a place that the symbol tells. */
static void safe_stack(void **state)
{
    /* mov fs:[-0x50], rax; mov rcx, -0x50; mov rax, fs:[rcx] */
    uint8_t direct[] = {0x64, 0x48, 0x8b, 0x04, 0x25, 0xb0, 0xff, 0xff, 0xff, 0xc3};
    uint8_t moved[] = {0x48, 0xc7, 0xc1, 0xb0, 0xff, 0xff, 0xff, 0x64, 0x48, 0x8b, 0x01, 0xc3};
    (void)state;
    for (int i = 0; i < 4; i++) {
        rp_arena arena = {.limit = 1 << 20};
        rp_code_sink sink = {
            .arena = &arena, .guard_size = 4096, .unsafe_stack = i < 2 ? -0x50 : -8};
        rp_code_range range = {
            .start = 0x10000,
            .bytes = {i & 1 ? moved : direct, i & 1 ? sizeof moved : sizeof direct}};
        rp_fn_code fn;
        rp_x86_scan(&sink, &range, true, &fn);
        uint32_t wanted = i < 2 ? RP_FN_UNSAFE_STACK : RP_FN_TLS_LE;
        assert_int_equal(fn.flags & (RP_FN_UNSAFE_STACK | RP_FN_TLS_LE), wanted);
        rp_arena_free(&arena);
    }
}

/* Bytes of their own, so that ASan sees what is read behind them. */
static void scan_alone(const uint8_t *code, size_t n, bool mode64, rp_arena *arena)
{
    uint8_t *copy = malloc(n);
    rp_code_sink sink = {.arena = arena, .guard_size = 4096};
    rp_code_range range = {.start = 0x10000, .bytes = {copy, n}};
    rp_fn_code fn;
    assert_non_null(copy);
    memcpy(copy, code, n);
    rp_x86_scan(&sink, &range, mode64, &fn);
    assert_int_equal(sink.bytes, n);
    free(copy);
}

/* Each opcode with each ModRM as the last bytes of all, with prefixes that make addresses shorter
 * or name a segment. */
static void nothing_behind_the_code_is_read(void **state)
{
    static const uint8_t heads[][3] = {{0x67}, {0x65},       {0x67, 0x65},
                                       {0x0f}, {0x67, 0x0f}, {0x65, 0x0f}};
    static const size_t lengths[] = {1, 1, 2, 1, 2, 2};
    (void)state;
    for (size_t h = 0; h < RP_COUNT(heads) * 2; h++) {
        rp_arena arena = {0};
        size_t n = lengths[h / 2];
        uint8_t code[5];
        memcpy(code, heads[h / 2], n);
        for (unsigned both = 0; both < 0x10000; both++) {
            code[n] = (uint8_t)(both >> 8);
            code[n + 1] = (uint8_t)both;
            scan_alone(code, n + 2, (h & 1) != 0, &arena);
            if ((both & 0xfff) == 0)
                rp_arena_free(&arena);
        }
        rp_arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_64),
        cmocka_unit_test(functions_32),
        cmocka_unit_test(fences),
        cmocka_unit_test(landmarks),
        cmocka_unit_test(loads_from_the_got_take_addresses),
        cmocka_unit_test(writable_slots),
        cmocka_unit_test(safe_stack),
        cmocka_unit_test(nothing_behind_the_code_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
