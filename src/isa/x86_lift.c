/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_lift.h"

#include <Zydis/Zydis.h>

enum { RCX = 1, RSP = 4, RBP = 5, RSI = 6 };

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_op) ops;
    rp_op nowhere; /* written when memory ran out */
    bool mode64, out_of_memory;
    uint64_t addr;
    ZydisDecodedInstruction i;
    ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
} lift;

static rp_op *add(lift *l, rp_op_kind kind)
{
    rp_op *op = rp_vec_push(l->arena, &l->ops);
    if (op == NULL) {
        l->out_of_memory = true;
        op = &l->nowhere;
    }
    *op = (rp_op){.addr = l->addr,
                  .kind = (uint8_t)kind,
                  .dst = RP_LOC_NONE,
                  .src = RP_LOC_NONE,
                  .src2 = RP_LOC_NONE,
                  .base = RP_LOC_NONE};
    return op;
}

/* 0 to 15 for general registers, whole or part; RP_LOC_NONE for others. */
static uint8_t general(const lift *l, ZydisRegister r)
{
    ZydisMachineMode mode = l->mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(mode, r);
    ZydisRegisterClass kind = ZydisRegisterGetClass(whole);
    if (kind != ZYDIS_REGCLASS_GPR64 && kind != ZYDIS_REGCLASS_GPR32)
        return RP_LOC_NONE;
    ZyanI8 id = ZydisRegisterGetId(whole);
    return id >= 0 && id < 16 ? (uint8_t)id : RP_LOC_NONE;
}

/* Operand n names a register as wide as a pointer. */
static bool whole_register(const lift *l, unsigned n)
{
    return l->o[n].type == ZYDIS_OPERAND_TYPE_REGISTER && l->o[n].size == (l->mode64 ? 64 : 32) &&
           general(l, l->o[n].reg.value) != RP_LOC_NONE;
}

static uint8_t register_of(const lift *l, unsigned n)
{
    return general(l, l->o[n].reg.value);
}

static bool immediate(const lift *l, unsigned n, int64_t *ret)
{
    if (l->o[n].type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return false;
    *ret = l->o[n].imm.is_signed ? l->o[n].imm.value.s : (int64_t)l->o[n].imm.value.u;
    return true;
}

/* Describes memory operand n in op; false when it is not plain memory. *ret_indexed: it has an
 * index register. */
static bool memory(const lift *l, unsigned n, rp_op *op, bool *ret_indexed)
{
    const ZydisDecodedOperandMem *m = &l->o[n].mem;
    if (l->o[n].type != ZYDIS_OPERAND_TYPE_MEMORY || m->segment == ZYDIS_REGISTER_FS ||
        m->segment == ZYDIS_REGISTER_GS)
        return false;
    *ret_indexed = m->index != ZYDIS_REGISTER_NONE;
    op->value = m->disp.has_displacement ? m->disp.value : 0;
    op->base = RP_LOC_NONE;
    if (m->base == ZYDIS_REGISTER_RIP)
        op->value += (int64_t)(l->addr + l->i.length);
    else if (m->base != ZYDIS_REGISTER_NONE)
        op->base = general(l, m->base);
    else if (!l->mode64)
        op->value = (uint32_t)op->value;
    return m->base == ZYDIS_REGISTER_NONE || m->base == ZYDIS_REGISTER_RIP ||
           op->base != RP_LOC_NONE;
}

/* Anything else: the registers it writes become unknown. */
static void other(lift *l)
{
    rp_op *op = add(l, RP_OP_OTHER);
    for (unsigned n = 0; n < l->i.operand_count; n++) {
        if (l->o[n].type != ZYDIS_OPERAND_TYPE_REGISTER ||
            (l->o[n].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0)
            continue;
        uint8_t r = general(l, l->o[n].reg.value);
        if (r != RP_LOC_NONE)
            op->clobbers |= 1u << r;
    }
    op->sets_flags =
        l->i.cpu_flags != NULL && (l->i.cpu_flags->modified | l->i.cpu_flags->undefined) != 0;
}

static void move(lift *l)
{
    int64_t value;
    bool indexed;
    rp_op m = {0};
    if (whole_register(l, 0) && whole_register(l, 1)) {
        rp_op *op = add(l, RP_OP_COPY);
        op->dst = register_of(l, 0);
        op->src = register_of(l, 1);
    } else if (l->o[0].type == ZYDIS_OPERAND_TYPE_REGISTER && l->o[0].size >= 32 &&
               immediate(l, 1, &value)) {
        rp_op *op = add(l, RP_OP_CONST);
        op->dst = register_of(l, 0);
        op->value = l->o[0].size == 32 ? (int64_t)(uint32_t)value : value;
    } else if (whole_register(l, 0) && memory(l, 1, &m, &indexed)) {
        rp_op *op = add(l, indexed ? RP_OP_LOAD_TABLE : RP_OP_LOAD);
        op->dst = register_of(l, 0);
        op->base = m.base;
        op->value = m.value;
    } else if (l->o[0].type == ZYDIS_OPERAND_TYPE_MEMORY && memory(l, 0, &m, &indexed) &&
               !indexed) {
        rp_op *op = add(l, RP_OP_STORE);
        op->src = whole_register(l, 1) ? register_of(l, 1) : RP_LOC_NONE;
        op->base = m.base;
        op->value = m.value;
    } else {
        other(l);
    }
}

/* movsxd reg, [base + index * 4]: a relative jump table's entry */
static void move_extended(lift *l)
{
    bool indexed;
    rp_op m = {0};
    if (!whole_register(l, 0) || !memory(l, 1, &m, &indexed) || !indexed) {
        other(l);
        return;
    }
    rp_op *op = add(l, RP_OP_LOAD_TABLE);
    op->dst = register_of(l, 0);
    op->base = m.base;
    op->value = m.value;
}

static void load_address(lift *l)
{
    bool indexed;
    rp_op m = {0};
    if (!whole_register(l, 0) || !memory(l, 1, &m, &indexed) || indexed) {
        other(l);
        return;
    }
    rp_op *op = add(l, m.base == RP_LOC_NONE ? RP_OP_CONST : RP_OP_ADD_CONST);
    op->dst = register_of(l, 0);
    op->src = m.base;
    op->value = m.value;
}

static void add_or_subtract(lift *l, bool subtracts)
{
    int64_t value;
    if (!whole_register(l, 0)) {
        other(l);
        return;
    }
    bool constant = immediate(l, 1, &value);
    if (!constant && !whole_register(l, 1)) {
        other(l);
        return;
    }
    rp_op *op = add(l, constant ? RP_OP_ADD_CONST : subtracts ? RP_OP_SUB : RP_OP_ADD);
    op->dst = op->src = register_of(l, 0);
    op->src2 = constant ? RP_LOC_NONE : register_of(l, 1);
    op->value = constant ? (subtracts ? (int64_t)(0 - (uint64_t)value) : value) : 0;
    op->sets_flags = true;
}

static void rotate(lift *l)
{
    if (!whole_register(l, 0) || l->o[1].type != ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        other(l);
        return;
    }
    rp_op *op = add(l, RP_OP_ROTATE);
    op->dst = op->src = register_of(l, 0);
    op->sets_flags = true;
}

static void compare(lift *l)
{
    int64_t value;
    bool constant = l->i.operand_count >= 2 && immediate(l, 1, &value);
    if (!whole_register(l, 0) || !(constant || whole_register(l, 1))) {
        other(l);
        return;
    }
    rp_op *op = add(l, RP_OP_COMPARE);
    op->src = register_of(l, 0);
    op->src2 = constant ? RP_LOC_NONE : register_of(l, 1);
    op->value = constant ? value : 0;
}

static void push_pop(lift *l, bool push)
{
    rp_op *op = add(l, push ? RP_OP_PUSH : RP_OP_POP);
    uint8_t r = whole_register(l, 0) ? register_of(l, 0) : RP_LOC_NONE;
    if (push)
        op->src = r;
    else
        op->dst = r;
}

static void leave(lift *l)
{
    rp_op *op = add(l, RP_OP_COPY);
    op->dst = RSP;
    op->src = RBP;
    add(l, RP_OP_POP)->dst = RBP;
}

/* call and jmp, direct or not */
static void transfer(lift *l, bool call)
{
    int64_t relative;
    bool indexed;
    rp_op m = {0};
    rp_op *op;
    if (immediate(l, 0, &relative)) {
        op = add(l, call ? RP_OP_CALL : RP_OP_JUMP);
        op->target = l->addr + l->i.length + (uint64_t)relative;
        if (!l->mode64)
            op->target = (uint32_t)op->target;
        return;
    }
    if (whole_register(l, 0)) {
        op = add(l, RP_OP_CALL_REG);
        op->src = register_of(l, 0);
    } else if (memory(l, 0, &m, &indexed)) {
        op = add(l, indexed ? RP_OP_CALL_TABLE : RP_OP_CALL_MEM);
        op->base = m.base;
        op->value = m.value;
    } else {
        op = add(l, RP_OP_CALL_REG); /* through fs: or a far pointer: nothing is known of it */
    }
    op->tail = !call;
}

static void conditional(lift *l)
{
    rp_op *op = add(l, RP_OP_BRANCH);
    int64_t relative = 0;
    (void)immediate(l, 0, &relative);
    op->target = l->addr + l->i.length + (uint64_t)relative;
    switch (l->i.mnemonic) {
    case ZYDIS_MNEMONIC_JNBE:
        op->cond = RP_COND_OUT_OF_RANGE;
        op->value = 1;
        break;
    case ZYDIS_MNEMONIC_JNB:
        op->cond = RP_COND_OUT_OF_RANGE;
        break;
    case ZYDIS_MNEMONIC_JBE:
        op->cond = RP_COND_IN_RANGE;
        op->value = 1;
        break;
    case ZYDIS_MNEMONIC_JB:
        op->cond = RP_COND_IN_RANGE;
        break;
    case ZYDIS_MNEMONIC_JNZ:
        op->cond = RP_COND_NOT_EQUAL;
        break;
    case ZYDIS_MNEMONIC_JZ:
        op->cond = RP_COND_EQUAL;
        break;
    default:
        op->cond = RP_COND_OTHER;
    }
}

static void arithmetic(lift *l)
{
    switch (l->i.mnemonic) {
    case ZYDIS_MNEMONIC_LEA:
        load_address(l);
        break;
    case ZYDIS_MNEMONIC_ADD:
        add_or_subtract(l, false);
        break;
    case ZYDIS_MNEMONIC_SUB:
        add_or_subtract(l, true);
        break;
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
        rotate(l);
        break;
    case ZYDIS_MNEMONIC_CMP:
        compare(l);
        break;
    default:
        other(l);
    }
}

static void instruction(lift *l)
{
    switch (l->i.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
        move(l);
        break;
    case ZYDIS_MNEMONIC_MOVSXD:
        move_extended(l);
        break;
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_POP:
        push_pop(l, l->i.mnemonic == ZYDIS_MNEMONIC_PUSH);
        break;
    case ZYDIS_MNEMONIC_LEAVE:
        leave(l);
        break;
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_JMP:
        transfer(l, l->i.mnemonic == ZYDIS_MNEMONIC_CALL);
        break;
    case ZYDIS_MNEMONIC_NOP:
        add(l, RP_OP_NOP);
        break;
    case ZYDIS_MNEMONIC_RET:
        add(l, RP_OP_RETURN);
        break;
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2:
    case ZYDIS_MNEMONIC_INT3:
    case ZYDIS_MNEMONIC_INT: /* Windows: int 29h never returns; elsewhere compilers emit none */
    case ZYDIS_MNEMONIC_HLT:
        add(l, RP_OP_TRAP);
        break;
    default:
        if (l->i.meta.category == ZYDIS_CATEGORY_COND_BR)
            conditional(l);
        else
            arithmetic(l);
    }
}

bool rp_x86_lift(rp_arena *arena, const rp_code_range *range, bool mode64, rp_ops *ret)
{
    ZydisDecoder decoder;
    lift l = {.arena = arena, .mode64 = mode64};
    ZydisDecoderInit(&decoder, mode64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     mode64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    for (size_t at = 0; at < range->bytes.len && !l.out_of_memory;) {
        l.addr = range->start + at;
        ZyanStatus status = ZydisDecoderDecodeFull(&decoder, range->bytes.ptr + at,
                                                   range->bytes.len - at, &l.i, l.o);
        if (!ZYAN_SUCCESS(status)) {
            add(&l, RP_OP_TRAP);
            at++;
            continue;
        }
        instruction(&l);
        at += l.i.length;
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
    env->checked_argument = RCX;  /* __guard_check_icall: the pointer is in ecx, rcx */
    env->slowpath_argument = RSI; /* __cfi_slowpath(type, pointer) */
}
