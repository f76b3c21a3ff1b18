/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Thunks by name and by code, and direct branches to them as operations. Bytes as objdump prints
 * those of GCC 12, clang 14 and LLVM 22. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "isa/x86_insn.h"
#include "isa/x86_lift.h"
#include "isa/x86_thunks.h"

enum { BASE = 0x1000, RAX = 0, RBX = 3, RSP = 4, R11 = 11 };
#define THROUGH(reg) (RP_THUNK_REGISTERS + 2 * (reg))

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t index;
    } cases[] = {
        {"__x86_indirect_thunk_rax", THROUGH(RAX)},
        {"__x86_indirect_thunk_eax", THROUGH(RAX)},
        {"__x86_indirect_thunk_rbx", THROUGH(RBX)},
        {"__x86_indirect_thunk_r8", THROUGH(8)},
        {"__x86_indirect_thunk_r15", THROUGH(15)},
        {"__x86_indirect_thunk", RP_THUNK_STACK},
        {"__llvm_retpoline_r11", THROUGH(R11)},
        {"__llvm_retpoline_push", RP_THUNK_STACK},
        {"__llvm_retpoline_edi", THROUGH(7)},
        {"__llvm_lvi_thunk_r11", THROUGH(R11)},
        {"__guard_retpoline_indirect_cfg_rax", THROUGH(RAX)},
        {"__guard_retpoline_switchtable_jump_r12", THROUGH(12)},
        {"__guard_retpoline_import_r10", THROUGH(10)},
        {"__guard_retpoline_exit", RP_THUNK_UNKNOWN},
        {"__llvm_retpoline_r16", RP_THUNK_UNKNOWN},
        {"_ax", RP_THUNK_UNKNOWN},
        {"", RP_THUNK_UNKNOWN},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++)
        assert_int_equal(rp_x86_thunk_of_name(rp_str_from(cases[i].name)), cases[i].index);
}

#define CAPTURE 0xf3, 0x90, 0x0f, 0xae, 0xe8, 0xeb, 0xf9
/* call 1f; 0: pause; lfence; jmp 0b; 1: mov %r11, (%rsp); ret */
static const uint8_t r11[] = {0xe8, 7, 0, 0, 0, CAPTURE, 0x4c, 0x89, 0x1c, 0x24, 0xc3};
/* …; nop * 4; 1: mov %rax, (%rsp); ret */
static const uint8_t aligned[] = {0xe8, 11,   0,    0,    0,    CAPTURE, 0x90, 0x90,
                                  0x90, 0x90, 0x48, 0x89, 0x04, 0x24,    0xc3};
/* …; 1: mov %ebx, (%esp); ret */
static const uint8_t ebx[] = {0xe8, 7, 0, 0, 0, CAPTURE, 0x89, 0x1c, 0x24, 0xc3};
/* …; 1: lea 8(%rsp), %rsp; ret */
static const uint8_t dropped[] = {0xe8, 7, 0, 0, 0, CAPTURE, 0x48, 0x8d, 0x64, 0x24, 0x08, 0xc3};
/* …; 1: and no more */
static const uint8_t cut[] = {0xe8, 7, 0, 0, 0, CAPTURE};
/* lfence; jmp *%r11; jmp *%eax */
static const uint8_t lvi[] = {0x0f, 0xae, 0xe8, 0x41, 0xff, 0xe3};
static const uint8_t lvi_low[] = {0x0f, 0xae, 0xe8, 0xff, 0xe0};
/* lfence; call *%rax */
static const uint8_t other[] = {0x0f, 0xae, 0xe8, 0xff, 0xd0};

static void codes(void **state)
{
    (void)state;
    static const struct {
        const uint8_t *code;
        size_t len;
        bool mode64;
        rp_landmark_id id;
        uint32_t index;
    } cases[] = {
        {r11, sizeof r11, true, RP_LM_RETPOLINE, THROUGH(R11)},
        {aligned, sizeof aligned, true, RP_LM_RETPOLINE, THROUGH(RAX)},
        {ebx, sizeof ebx, false, RP_LM_RETPOLINE, THROUGH(RBX)},
        {dropped, sizeof dropped, true, RP_LM_RETPOLINE, RP_THUNK_STACK},
        {cut, sizeof cut, true, RP_LM_RETPOLINE, RP_THUNK_UNKNOWN},
        {lvi, sizeof lvi, true, RP_LM_LVI_THUNK, THROUGH(R11)},
        {lvi_low, sizeof lvi_low, true, RP_LM_LVI_THUNK, THROUGH(RAX)},
        {other, sizeof other, true, RP_LM_NONE, 0},
        {r11 + 1, sizeof r11 - 1, true, RP_LM_NONE, 0},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_landmark l = {0};
        bool is = rp_x86_thunk_code((rp_bytes){cases[i].code, cases[i].len}, cases[i].mode64, &l);
        assert_int_equal(is, cases[i].id != RP_LM_NONE);
        assert_int_equal(l.id, cases[i].id);
        assert_int_equal(l.index, cases[i].index);
    }
}

/* Each thunk cut short at every length: nothing is read behind its end. */
static void cut_short(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof aligned; len++) {
        rp_landmark l = {0};
        uint8_t *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, aligned, len);
        bool is = rp_x86_thunk_code((rp_bytes){copy, len}, true, &l);
        assert_true(!is || l.index == RP_THUNK_UNKNOWN);
        free(copy);
    }
    assert_int_equal(rp_x86_thunk_start((rp_bytes){r11, sizeof r11}, 7), 0);
    assert_int_equal(rp_x86_thunk_start((rp_bytes){r11 + 1, sizeof r11 - 1}, 6), 6);
    assert_int_equal(rp_x86_thunk_start((rp_bytes){lvi, sizeof lvi}, 0), 0);
}

static unsigned lift(const uint8_t *code, size_t len, size_t at, const rp_landmarks *landmarks,
                     rp_op ret[2])
{
    rp_code_range range = {.start = BASE, .bytes = {code, len}, .landmarks = landmarks};
    return rp_x86_lift_one(&range, at, rp_x86_decode(code + at, len - at, true), true, ret);
}

/* call thunk; jmp thunk: named ones, and what they go through. */
static void to_landmarks(void **state)
{
    (void)state;
    static const uint8_t call[] = {0xe8, 0xfb, 0x0f, 0, 0}, jump[] = {0xe9, 0xfb, 0x0f, 0, 0};
    static const uint32_t through[] = {THROUGH(R11), RP_THUNK_STACK, RP_THUNK_UNKNOWN};
    for (size_t i = 0; i < RP_COUNT(through); i++) {
        rp_arena arena = {0};
        rp_landmarks map = {0};
        rp_op ops[2];
        rp_landmark thunk = {0x2000, RP_LM_LVI_THUNK, through[i]};
        assert_true(rp_landmarks_add(&arena, &map, thunk));
        rp_op_kind kind = i == 0 ? RP_OP_CALL_REG : i == 1 ? RP_OP_CALL_MEM : RP_OP_CALL;
        assert_int_equal(lift(call, sizeof call, 0, &map, ops), i == 1 ? 2 : 1);
        assert_int_equal(ops[0].kind, kind);
        assert_false(ops[0].tail);
        if (i == 0)
            assert_int_equal(ops[0].src, R11);
        if (i == 1) {
            assert_int_equal(ops[0].base, RSP);
            assert_int_equal(ops[1].kind, RP_OP_ADD_CONST);
            assert_int_equal(ops[1].value, 8);
        }
        assert_int_equal(lift(jump, sizeof jump, 0, &map, ops), 1);
        assert_int_equal(ops[0].kind, i == 2 ? RP_OP_JUMP : kind);
        assert_int_equal(ops[0].tail, i != 2);
        rp_arena_free(&arena);
    }
}

/* jcc thunk is a jump through the register where the condition holds; else the code goes on. */
static void on_condition(void **state)
{
    static const uint8_t equal[] = {0x0f, 0x84, 0xfa, 0x0f, 0, 0},
                         below[] = {0x0f, 0x82, 0xfa, 0x0f},
                         sign[] = {0x0f, 0x88, 0xfa, 0x0f, 0, 0};
    static const struct {
        const uint8_t *code;
        rp_cond opposite;
    } cases[] = {{equal, RP_COND_NOT_EQUAL}, {sign, RP_COND_OTHER}};
    rp_arena arena = {0};
    rp_landmarks map = {0};
    rp_landmark thunk = {0x2000, RP_LM_RETPOLINE, THROUGH(R11)};
    rp_op ops[2];
    (void)state;
    assert_true(rp_landmarks_add(&arena, &map, thunk));
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        assert_int_equal(lift(cases[i].code, 6, 0, &map, ops), 2);
        assert_int_equal(ops[0].kind, RP_OP_BRANCH);
        assert_int_equal(ops[0].target, BASE + 6);
        assert_int_equal(ops[0].cond, cases[i].opposite);
        assert_int_equal(ops[1].kind, RP_OP_CALL_REG);
        assert_int_equal(ops[1].src, R11);
        assert_true(ops[1].tail);
    }
    (void)lift(below, sizeof below, 0, &map, ops); /* cut short: nothing behind it is read */
    rp_arena_free(&arena);
}

/* jmp 2f; 3: call 1f; 0: pause; lfence; jmp 0b; 1: mov %rax, (%rsp); ret; 2: call 3b */
static const uint8_t inline_call[] = {0x50, 0xeb,    0x11, 0xe8, 7,    0,    0,
                                      0,    CAPTURE, 0x48, 0x89, 0x04, 0x24, 0xc3,
                                      0xe8, 0xea,    0xff, 0xff, 0xff, 0x58, 0xc3};
/* nop; call 1f; 0: pause; lfence; jmp 0b; 1: mov %rax, (%rsp); ret */
static const uint8_t inline_jump[] = {0x90,    0xe8, 7,    0,    0,    0,
                                      CAPTURE, 0x48, 0x89, 0x04, 0x24, 0xc3};

static void inside(void **state)
{
    (void)state;
    uint32_t index;
    bool jump;
    rp_op ops[2];
    rp_code_range call = {.start = BASE, .bytes = {inline_call, sizeof inline_call}};
    rp_code_range tail = {.start = BASE, .bytes = {inline_jump, sizeof inline_jump}};
    assert_false(rp_x86_inline_thunk(&call, 3, true, &index, &jump)); /* the thunk itself */
    assert_true(rp_x86_inline_thunk(&call, 20, true, &index, &jump));
    assert_false(jump);
    assert_int_equal(index, THROUGH(RAX));
    assert_true(rp_x86_inline_thunk(&tail, 1, true, &index, &jump));
    assert_true(jump);
    assert_int_equal(lift(inline_call, sizeof inline_call, 20, NULL, ops), 1);
    assert_int_equal(ops[0].kind, RP_OP_CALL_REG);
    assert_false(ops[0].tail);
    assert_int_equal(lift(inline_jump, sizeof inline_jump, 1, NULL, ops), 1);
    assert_int_equal(ops[0].kind, RP_OP_CALL_REG);
    assert_true(ops[0].tail);
    assert_int_equal(ops[0].src, RAX);
    for (size_t len = 0; len < sizeof inline_call; len++) { /* at any place, cut anywhere */
        rp_code_range part = {.start = BASE, .bytes = {inline_call, len}};
        for (size_t at = 0; at <= len; at++)
            assert_true(!rp_x86_inline_thunk(&part, at, true, &index, &jump) ||
                        (len < 25 ? at == 3 && jump : at == 20 && !jump));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),        cmocka_unit_test(codes),  cmocka_unit_test(cut_short),
        cmocka_unit_test(to_landmarks), cmocka_unit_test(inside), cmocka_unit_test(on_condition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
