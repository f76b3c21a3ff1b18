/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_lift.h"

#include "isa/x86_op.h"

#include <Zydis/Zydis.h>

enum { RAX = 0, RCX = 1, RSP = 4, RBP = 5, RSI = 6, SCRATCH = 16, EVERY_REGISTER = 0xffff };

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_op) ops;
    ZydisDecoder decoder;
    bool mode64, out_of_memory, decoder_ready;
} lift;

static void add(lift *l, const rp_op *op)
{
    rp_op *to = rp_vec_push(l->arena, &l->ops);
    if (to != NULL)
        *to = *op;
    else
        l->out_of_memory = true;
}

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
static uint32_t general_bit(const lift *l, ZydisRegister r)
{
    ZydisMachineMode mode = l->mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(mode, r);
    ZydisRegisterClass kind = ZydisRegisterGetClass(whole);
    ZyanI8 id = ZydisRegisterGetId(whole);
    bool general = kind == ZYDIS_REGCLASS_GPR64 || kind == ZYDIS_REGCLASS_GPR32;
    return general && id >= 0 && id < 16 ? 1u << id : 0;
}

/* Instructions whose effects the tables do not tell: the full decoder does, and what it does not
 * know may do anything. */
static rp_op untold(lift *l, const uint8_t *p, size_t len, uint64_t addr)
{
    ZydisDecodedInstruction i;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
    rp_op op = plain(addr, RP_OP_OTHER);
    op.sets_flags = true;
    if (!l->decoder_ready) {
        ZydisDecoderInit(&l->decoder,
                         l->mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                         l->mode64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
        l->decoder_ready = true;
    }
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&l->decoder, p, len, &i, o))) {
        op.clobbers = EVERY_REGISTER;
        return op;
    }
    for (unsigned n = 0; n < i.operand_count; n++)
        if (o[n].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            (o[n].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
            op.clobbers |= general_bit(l, o[n].reg.value);
    return op;
}

/* 32-bit code finds its own address by calling a thunk and adding a constant to the register that
 * it fills, or by calling the next instruction and popping: the register holds the call's return
 * address then. */
static void own_address(lift *l, const rp_op *call, const uint8_t *next, size_t left)
{
    uint64_t back = call->addr + 5;
    rp_op c = plain(call->addr, RP_OP_CONST);
    c.value = (int64_t)back;
    if (call->target == back) {
        rp_op push = plain(call->addr, RP_OP_PUSH);
        c.dst = push.src = SCRATCH;
        add(l, &c);
        add(l, &push);
        return;
    }
    add(l, call);
    if (left >= 6 && next[0] == 0x81 && (next[1] & 0xf8u) == 0xc0)
        c.dst = next[1] & 7u;
    else if (left >= 5 && next[0] == 0x05)
        c.dst = RAX;
    if (c.dst != RP_LOC_NONE && c.dst != RSP)
        add(l, &c);
}

static void leave(lift *l, uint64_t addr)
{
    rp_op copy = plain(addr, RP_OP_COPY), pop = plain(addr, RP_OP_POP);
    copy.dst = RSP;
    copy.src = pop.dst = RBP;
    add(l, &copy);
    add(l, &pop);
}

static void instruction(lift *l, const uint8_t *p, size_t left, rp_x86_insn i, uint64_t addr)
{
    rp_op op;
    if (i.map == RP_X86_ONE && i.vector == 0 && i.op == 0xc9) {
        leave(l, addr);
        return;
    }
    if (!rp_x86_op(p, i, addr, l->mode64, &op))
        op = untold(l, p, i.len, addr);
    if (op.kind == RP_OP_CALL && !l->mode64)
        own_address(l, &op, p + i.len, left - i.len);
    else
        add(l, &op);
}

bool rp_x86_lift(rp_arena *arena, const rp_code_range *range, bool mode64, rp_ops *ret)
{
    lift l = {.arena = arena, .mode64 = mode64};
    for (size_t at = 0; at < range->bytes.len && !l.out_of_memory;) {
        const uint8_t *p = range->bytes.ptr + at;
        size_t left = range->bytes.len - at;
        rp_x86_insn i = rp_x86_decode(p, left, mode64);
        if (i.len == 0) {
            rp_op op = plain(range->start + at, RP_OP_TRAP);
            op.value = 1;
            add(&l, &op);
            at++;
            continue;
        }
        instruction(&l, p, left, i, range->start + at);
        at += i.len;
    }
    *ret = (rp_ops){.items = l.ops.items, .n = l.ops.n, .end = range->start + range->bytes.len};
    return !l.out_of_memory;
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
