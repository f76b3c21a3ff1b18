/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_lift.h"

#include "base/outside.h"
#include "isa/x86_op.h"
#include "isa/x86_thunks.h"

#include <Zydis/Zydis.h>

enum { RAX = 0, RCX = 1, RSP = 4, RBP = 5, RSI = 6, SCRATCH = 16, EVERY_REGISTER = 0xffff };

static rp_op plain(uint64_t addr, rp_op_kind kind)
{
    return (rp_op){.addr = addr,
                   .kind = (uint8_t)kind,
                   .dst = RP_LOC_NONE,
                   .src = RP_LOC_NONE,
                   .src2 = RP_LOC_NONE,
                   .base = RP_LOC_NONE};
}

/* The general register that holds r, whole or part, as a bit. */
static uint32_t general_bit(bool mode64, ZydisRegister r)
{
    ZydisMachineMode mode = mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(mode, r);
    ZydisRegisterClass kind = ZydisRegisterGetClass(whole);
    ZyanI8 id = ZydisRegisterGetId(whole);
    bool general = kind == ZYDIS_REGCLASS_GPR64 || kind == ZYDIS_REGCLASS_GPR32;
    return general && id >= 0 && id < 16 ? 1u << id : 0;
}

/* Instructions whose effects the tables do not tell: the full decoder does, and what it does not
 * know may do anything. */
static rp_op untold(bool mode64, const uint8_t *p, size_t len, uint64_t addr)
{
    ZydisDecoder decoder;
    ZydisDecodedInstruction i;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
    rp_op op = plain(addr, RP_OP_OTHER);
    op.sets_flags = true;
    if (!ZYAN_SUCCESS(ZydisDecoderInit(
            &decoder, mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
            mode64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32)) ||
        !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, p, len, &i, o))) {
        op.clobbers = EVERY_REGISTER;
        return op;
    }
    rp_outside_wrote(&i, sizeof i);
    rp_outside_wrote(o, sizeof o);
    for (unsigned n = 0; n < i.operand_count; n++)
        if (o[n].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            (o[n].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
            op.clobbers |= general_bit(mode64, o[n].reg.value);
    return op;
}

/* 32-bit code finds its own address by calling a thunk and adding a constant to the register that
 * it fills, or by calling the next instruction and popping: the register holds the call's return
 * address then. */
static unsigned own_address(rp_op call, const uint8_t *next, size_t left, rp_op *ret)
{
    uint64_t back = call.addr + 5;
    rp_op c = plain(call.addr, RP_OP_CONST);
    c.value = (int64_t)back;
    if (call.target == back) {
        ret[0] = c;
        ret[1] = plain(call.addr, RP_OP_PUSH);
        ret[0].dst = ret[1].src = SCRATCH;
        return 2;
    }
    ret[0] = call;
    if (left >= 6 && next[0] == 0x81 && (next[1] & 0xf8u) == 0xc0)
        c.dst = next[1] & 7u;
    else if (left >= 5 && next[0] == 0x05)
        c.dst = RAX;
    ret[1] = c;
    return c.dst != RP_LOC_NONE && c.dst != RSP ? 2 : 1;
}

static unsigned leave(uint64_t addr, rp_op *ret)
{
    ret[0] = plain(addr, RP_OP_COPY);
    ret[1] = plain(addr, RP_OP_POP);
    ret[0].dst = RSP;
    ret[0].src = ret[1].dst = RBP;
    return 2;
}

unsigned rp_x86_lift_one(const rp_code_range *range, size_t at, rp_x86_insn i, bool mode64,
                         rp_op ret[2])
{
    const uint8_t *p = range->bytes.ptr + at;
    uint64_t addr = range->start + at;
    if (i.len == 0) {
        ret[0] = plain(addr, RP_OP_TRAP);
        ret[0].value = 1;
        return 1;
    }
    if (i.map == RP_X86_ONE && i.vector == 0 && i.op == 0xc9)
        return leave(addr, ret);
    if (!rp_x86_op(p, i, addr, mode64, &ret[0]))
        ret[0] = untold(mode64, p, i.len, addr);
    unsigned n = rp_x86_through_thunk(range, mode64, ret[0], addr + i.len, ret);
    if (n != 0)
        return n;
    if (ret[0].kind == RP_OP_CALL && !mode64)
        return own_address(ret[0], p + i.len, range->bytes.len - at - i.len, ret);
    return 1;
}

bool rp_x86_lift(rp_arena *arena, const rp_code_range *range, bool mode64, rp_ops *ret)
{
    RP_VEC(rp_op) ops = {0};
    rp_op lifted[2];
    for (size_t at = 0; at < range->bytes.len;) {
        const uint8_t *p = range->bytes.ptr + at;
        size_t left = range->bytes.len - at;
        rp_x86_insn i = rp_x86_decode(p, left, mode64);
        unsigned n = rp_x86_lift_one(range, at, i, mode64, lifted);
        for (unsigned k = 0; k < n; k++) {
            rp_op *to = rp_vec_push(arena, &ops);
            if (to == NULL)
                return false;
            *to = lifted[k];
        }
        at += i.len != 0 ? i.len : 1;
    }
    *ret = (rp_ops){.items = ops.items, .n = ops.n, .end = range->start + range->bytes.len};
    return true;
}

uint8_t rp_x86_frame_register(rp_bytes b, bool mode64)
{
    static const uint8_t prologue[] = {0x55, 0x48, 0x89, 0xe5}, /* push rbp; mov rbp, rsp */
        landing[] = {0xf3, 0x0f, 0x1e, 0xfa};
    size_t at = b.len >= 4 && memcmp(b.ptr, landing, 4) == 0 ? 4 : 0;
    bool framed = mode64 && b.len - at >= 4 && memcmp(b.ptr + at, prologue, 4) == 0;
    return framed ? RBP : RP_LOC_NONE;
}

void rp_x86_flow_env(rp_flow_env *env, bool mode64, bool microsoft)
{
    /* caller-saved: rax rcx rdx r8-r11, and rsi rdi in the System V convention; eax ecx edx in
     * 32-bit code */
    env->call_clobbers = !mode64 ? 0x7u : microsoft ? 0xf07u : 0xfc7u;
    /* CFG's check in 32-bit code leaves ecx alone, which holds the pointer */
    env->check_clobbers = mode64 ? env->call_clobbers : 0x5u;
    env->stack_pointer = RSP;
    env->word = mode64 ? 8 : 4;
    env->nregs = SCRATCH + 1;
    env->return_on_stack = true;
    env->checked_argument = RCX;  /* __guard_check_icall: the pointer is in ecx, rcx */
    env->slowpath_argument = RSI; /* __cfi_slowpath(type, pointer) */
}
