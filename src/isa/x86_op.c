/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_op.h"

enum { RAX = 0, RCX = 1, RDX = 2, RSI = 6, RDI = 7 };

/* Effects of opcodes that the data-flow does not follow: what they write (SDM volume 2). */
enum {
    WRITES_RM = 1 << 0, /* ModRM.rm when it is a register */
    WRITES_RM8 = 1 << 1,
    WRITES_REG = 1 << 2, /* ModRM.reg */
    WRITES_REG8 = 1 << 3,
    WRITES_AX = 1 << 4,
    WRITES_DX = 1 << 5,
    WRITES_CX = 1 << 6,
    WRITES_STRING = 1 << 7,  /* rcx, rsi, rdi */
    WRITES_OPCODE = 1 << 8,  /* the register in the opcode */
    WRITES_OPCODE8 = 1 << 9, /* the same, a byte register */
    SETS_FLAGS = 1 << 10,
    FOLLOWED = 1 << 11, /* has a case of its own below */
    UNTOLD = 1 << 12,   /* left to the full decoder */
    TOLD = 1 << 13      /* beside FOLLOWED: in 64-bit mode the bits above say what is written */
};

#include "isa/x86_effects.inc"

typedef struct {
    const uint8_t *p;
    rp_x86_insn i;
    uint64_t addr;
    bool mode64;
    rp_op *op;
} shape;

static bool direct(const shape *s)
{
    return (s->p[s->i.modrm] >> 6) == 3;
}

static unsigned digit(const shape *s)
{
    return (s->p[s->i.modrm] >> 3) & 7u;
}

static uint8_t rm(const shape *s)
{
    return (uint8_t)rp_x86_rm(s->p, s->i);
}

static uint8_t reg(const shape *s)
{
    return (uint8_t)rp_x86_reg(s->p, s->i);
}

/* The operand is as wide as a pointer. */
static bool whole(const shape *s)
{
    return s->mode64 ? (s->i.rex & 8u) != 0 : (s->i.prefix & RP_X86_66) == 0;
}

/* Byte registers 4 to 7 are ah, ch, dh, bh unless there is a REX prefix. */
static uint8_t byte_register(const shape *s, uint8_t r)
{
    return s->i.rex == 0 && r >= 4 && r < 8 ? (uint8_t)(r - 4) : r;
}

static int64_t immediate(const shape *s)
{
    const uint8_t *p = s->p + s->i.imm;
    switch (s->i.len - s->i.imm) {
    case 1:
        return (int8_t)p[0];
    case 2:
        return (int16_t)(p[0] | p[1] << 8);
    case 8:
        return (int64_t)((uint64_t)(uint32_t)rp_x86_i32(p) | (uint64_t)(uint32_t)rp_x86_i32(p + 4)
                                                                 << 32);
    default:
        return rp_x86_i32(p);
    }
}

/* [rip+disp32] or [disp32], ModRM without SIB. */
static void fixed(const shape *s, rp_op *op)
{
    int64_t disp = rp_x86_i32(s->p + s->i.modrm + 1);
    op->value = s->mode64 ? disp + (int64_t)(s->addr + s->i.len) : (int64_t)(uint32_t)disp;
    if (s->mode64 && (s->i.prefix & RP_X86_67) != 0)
        op->value = (uint32_t)op->value;
}

/* The memory operand; false when it is not plain memory. *ret_indexed: it has an index register. */
static bool memory(const shape *s, rp_op *op, bool *ret_indexed)
{
    const uint8_t *m = s->p + s->i.modrm;
    unsigned mod = m[0] >> 6, low = m[0] & 7u;
    bool short_addresses = !s->mode64 && (s->i.prefix & RP_X86_67) != 0;
    *ret_indexed = false;
    if (mod == 3 || short_addresses || (s->i.prefix & (RP_X86_FS | RP_X86_GS)) != 0)
        return false;
    const uint8_t *disp = m + 1;
    op->base = rm(s);
    if (low == 4) {
        unsigned sib = m[1];
        disp++;
        *ret_indexed = ((sib >> 3) & 7u) != 4 || (s->i.rex & 2u) != 0;
        op->base = (uint8_t)((sib & 7u) | ((s->i.rex & 1u) << 3));
        if (mod == 0 && (sib & 7u) == 5) {
            op->base = RP_LOC_NONE;
            mod = 2;
        }
    } else if (mod == 0 && low == 5) {
        op->base = RP_LOC_NONE;
        fixed(s, op);
        return true;
    }
    op->value = mod == 1 ? (int8_t)disp[0] : mod == 2 ? rp_x86_i32(disp) : 0;
    if (op->base == RP_LOC_NONE && !s->mode64)
        op->value = (uint32_t)op->value;
    return true;
}

static bool other(const shape *s, uint32_t clobbers, bool flags)
{
    s->op->kind = RP_OP_OTHER;
    s->op->base = RP_LOC_NONE;
    s->op->clobbers = clobbers;
    s->op->sets_flags = flags;
    return true;
}

static uint32_t bit(uint8_t r)
{
    return r < 16 ? 1u << r : 0;
}

/* What a table row says is written. */
static uint32_t written(const shape *s, unsigned row)
{
    uint32_t w = 0;
    uint8_t low = (uint8_t)((s->i.op & 7u) | ((s->i.rex & 1u) << 3));
    if ((row & WRITES_REG) != 0)
        w |= bit(reg(s));
    if ((row & WRITES_RM) != 0 && direct(s))
        w |= bit(rm(s));
    if ((row & WRITES_OPCODE) != 0)
        w |= bit(low);
    if ((row & (WRITES_RM8 | WRITES_REG8 | WRITES_AX | WRITES_DX | WRITES_CX | WRITES_STRING |
                WRITES_OPCODE8)) == 0)
        return w;
    if ((row & WRITES_RM8) != 0 && direct(s))
        w |= bit(byte_register(s, rm(s)));
    if ((row & WRITES_REG8) != 0)
        w |= bit(byte_register(s, reg(s)));
    if ((row & WRITES_AX) != 0)
        w |= bit(RAX);
    if ((row & WRITES_DX) != 0)
        w |= bit(RDX);
    if ((row & WRITES_CX) != 0)
        w |= bit(RCX);
    if ((row & WRITES_STRING) != 0)
        w |= bit(RCX) | bit(RSI) | bit(RDI);
    if ((row & WRITES_OPCODE8) != 0)
        w |= bit(byte_register(s, low));
    return w;
}

static bool by_row(const shape *s, unsigned row)
{
    return other(s, written(s, row), (row & SETS_FLAGS) != 0);
}

static bool assign(const shape *s, rp_op_kind kind, uint8_t dst, uint8_t src)
{
    s->op->kind = (uint8_t)kind;
    s->op->dst = dst;
    s->op->src = src;
    return true;
}

/* mov r/m, r (89) and mov r, r/m (8b) */
static bool move(const shape *s, bool to_memory)
{
    bool indexed;
    if (direct(s)) {
        uint8_t to = to_memory ? rm(s) : reg(s), from = to_memory ? reg(s) : rm(s);
        return whole(s) ? assign(s, RP_OP_COPY, to, from) : other(s, bit(to), false);
    }
    bool plain = memory(s, s->op, &indexed);
    if (!to_memory) {
        uint8_t to = reg(s);
        /* 32 bits: an entry of MSVC's tables, which count from the image's base */
        bool entry = s->mode64 && indexed && (s->i.prefix & RP_X86_66) == 0;
        if (!plain || (!whole(s) && !entry))
            return other(s, bit(to), false);
        return assign(s, indexed ? RP_OP_LOAD_TABLE : RP_OP_LOAD, to, RP_LOC_NONE);
    }
    if (!plain || indexed)
        return other(s, 0, false);
    return assign(s, RP_OP_STORE, RP_LOC_NONE, whole(s) ? reg(s) : RP_LOC_NONE);
}

/* mov eax, [address] (a1) */
static bool load_absolute(const shape *s)
{
    if (s->mode64 || s->i.prefix != 0)
        return other(s, bit(RAX), false);
    s->op->value = (uint32_t)rp_x86_i32(s->p + s->i.imm);
    return assign(s, RP_OP_LOAD, RAX, RP_LOC_NONE);
}

/* mov r/m, imm (c6, c7) */
static bool move_immediate(const shape *s)
{
    bool indexed;
    if (digit(s) != 0)
        return false; /* xabort, xbegin */
    if (direct(s)) {
        uint8_t to = s->i.op == 0xc6 ? byte_register(s, rm(s)) : rm(s);
        if (s->i.op == 0xc6 || (s->i.prefix & RP_X86_66) != 0)
            return other(s, bit(to), false);
        s->op->value = whole(s) && s->mode64 ? immediate(s) : (int64_t)(uint32_t)immediate(s);
        return assign(s, RP_OP_CONST, to, RP_LOC_NONE);
    }
    if (!memory(s, s->op, &indexed) || indexed)
        return other(s, 0, false);
    return assign(s, RP_OP_STORE, RP_LOC_NONE, RP_LOC_NONE);
}

static bool constant(const shape *s)
{
    uint8_t to = (uint8_t)((s->i.op & 7u) | ((s->i.rex & 1u) << 3));
    unsigned n = (unsigned)(s->i.len - s->i.imm);
    if (n == 2)
        return other(s, bit(to), false);
    s->op->value = n == 8 ? immediate(s) : (int64_t)(uint32_t)immediate(s);
    return assign(s, RP_OP_CONST, to, RP_LOC_NONE);
}

/* movsxd r, [base + index * 4]: an entry of a relative jump table */
static bool move_extended(const shape *s)
{
    bool indexed;
    if (!s->mode64) /* arpl */
        return other(s, direct(s) ? bit(rm(s)) : 0, true);
    if (whole(s) && memory(s, s->op, &indexed) && indexed)
        return assign(s, RP_OP_LOAD_TABLE, reg(s), RP_LOC_NONE);
    return other(s, bit(reg(s)), false);
}

/* The index register of a memory operand that has one, not scaled; RP_LOC_NONE: scaled. */
static uint8_t plain_index(const shape *s)
{
    unsigned sib = s->p[s->i.modrm + 1u];
    return sib >> 6 == 0 ? (uint8_t)((sib >> 3 & 7u) | ((s->i.rex & 2u) << 2)) : RP_LOC_NONE;
}

static bool load_address(const shape *s)
{
    bool indexed = false;
    uint8_t to = reg(s);
    bool fine = whole(s) && memory(s, s->op, &indexed);
    uint8_t base = s->op->base;
    if (fine && indexed && base != RP_LOC_NONE && plain_index(s) != RP_LOC_NONE) {
        s->op->base = RP_LOC_NONE;
        s->op->src2 = plain_index(s);
        return assign(s, RP_OP_ADD, to, base);
    }
    fine &= !indexed;
    s->op->base = RP_LOC_NONE;
    if (!fine)
        return other(s, bit(to), false);
    return assign(s, base == RP_LOC_NONE ? RP_OP_CONST : RP_OP_ADD_CONST, to, base);
}

static bool add_constant(const shape *s, uint8_t to, int64_t value)
{
    s->op->value = value;
    s->op->sets_flags = true;
    return assign(s, RP_OP_ADD_CONST, to, to);
}

static bool compare(const shape *s, uint8_t a, uint8_t b, int64_t value)
{
    s->op->src2 = b;
    s->op->value = value;
    return assign(s, RP_OP_COMPARE, RP_LOC_NONE, a);
}

/* Group 1 with an immediate: 80, 81, 83. */
static bool group_1(const shape *s)
{
    unsigned d = digit(s);
    uint8_t r = s->i.op == 0x80 || s->i.op == 0x82 ? byte_register(s, rm(s)) : rm(s);
    bool wide = s->i.op != 0x80 && s->i.op != 0x82 && whole(s);
    if (!direct(s))
        return other(s, 0, true);
    if (wide && d == 7)
        return compare(s, r, RP_LOC_NONE, immediate(s));
    if (wide && (d == 0 || d == 5)) {
        uint64_t v = (uint64_t)immediate(s);
        return add_constant(s, r, (int64_t)(d == 0 ? v : 0 - v));
    }
    return other(s, d == 7 ? 0 : bit(r), true);
}

/* add, sub and cmp between registers; 01 03 29 2b 39 3b */
static bool two_registers(const shape *s)
{
    bool reversed = (s->i.op & 2u) != 0; /* reg is the destination */
    uint8_t a = reversed ? reg(s) : rm(s), b = reversed ? rm(s) : reg(s);
    unsigned what = s->i.op >> 3;
    if (!whole(s) || !direct(s))
        return other(s, what != 7 && (reversed || direct(s)) ? bit(a) : 0, true);
    if (what == 7)
        return compare(s, a, b, 0);
    s->op->src2 = b;
    s->op->sets_flags = true;
    return assign(s, what == 0 ? RP_OP_ADD : RP_OP_SUB, a, a);
}

/* add, sub, cmp with the accumulator: 05 2d 3d */
static bool accumulator(const shape *s)
{
    unsigned what = s->i.op >> 3;
    if (!whole(s))
        return other(s, what == 7 ? 0 : bit(RAX), true);
    if (what == 7)
        return compare(s, RAX, RP_LOC_NONE, immediate(s));
    uint64_t v = (uint64_t)immediate(s);
    return add_constant(s, RAX, (int64_t)(what == 0 ? v : 0 - v));
}

/* Group 2: CFI rotates right by the logarithm of its slots' size, or left by 64 less that. */
static bool group_2(const shape *s)
{
    unsigned d = digit(s), bits = s->mode64 ? 64 : 32;
    bool one = s->i.op == 0xd1;
    uint8_t to = (s->i.op & 1u) != 0 ? rm(s) : byte_register(s, rm(s));
    if (!direct(s))
        return other(s, 0, true);
    if ((s->i.op == 0xc1 || one) && d <= 1 && whole(s)) {
        unsigned n = one ? 1 : s->p[s->i.imm] & (bits - 1);
        s->op->value = d == 1 ? (int64_t)n : (int64_t)((bits - n) & (bits - 1));
        s->op->sets_flags = true;
        return assign(s, RP_OP_ROTATE, to, to);
    }
    return other(s, bit(to), true);
}

static bool group_3(const shape *s)
{
    unsigned d = digit(s);
    uint8_t to = s->i.op == 0xf6 ? byte_register(s, rm(s)) : rm(s);
    if (d <= 1)
        return other(s, 0, true);
    if (d == 3 && direct(s) && whole(s) && s->i.op == 0xf7) { /* neg: from nothing */
        s->op->src2 = to;
        s->op->sets_flags = true;
        return assign(s, RP_OP_SUB, to, RP_LOC_NONE);
    }
    if (d <= 3)
        return other(s, direct(s) ? bit(to) : 0, d == 3);
    return other(s, bit(RAX) | (s->i.op == 0xf7 ? bit(RDX) : 0), true);
}

static bool push_pop(const shape *s, rp_op_kind kind, uint8_t r)
{
    s->op->kind = (uint8_t)kind;
    if (kind == RP_OP_PUSH)
        s->op->src = r;
    else
        s->op->dst = r;
    return true;
}

static bool near_transfer(const shape *s, rp_op_kind kind, uint8_t cond)
{
    s->op->kind = (uint8_t)kind;
    s->op->cond = cond;
    s->op->target = s->addr + s->i.len + (uint64_t)immediate(s);
    if (!s->mode64)
        s->op->target = (uint32_t)s->op->target;
    return true;
}

static bool conditional(const shape *s)
{
    static const uint8_t conds[16] = {
        [2] = RP_COND_IN_RANGE,  [3] = RP_COND_OUT_OF_RANGE, [4] = RP_COND_EQUAL,
        [5] = RP_COND_NOT_EQUAL, [6] = RP_COND_IN_RANGE,     [7] = RP_COND_OUT_OF_RANGE};
    unsigned cc = s->i.op & 15u;
    s->op->value = cc == 6 || cc == 7; /* jbe, ja: the bound itself is in range */
    return near_transfer(s, RP_OP_BRANCH, conds[cc]);
}

/* call and jmp through a register or memory: ff /2 to /5 */
static bool indirect(const shape *s, bool tail)
{
    bool indexed;
    s->op->tail = tail;
    if (direct(s))
        return assign(s, RP_OP_CALL_REG, RP_LOC_NONE, rm(s));
    if (!memory(s, s->op, &indexed)) {
        s->op->base = RP_LOC_NONE;
        return assign(s, RP_OP_CALL_REG, RP_LOC_NONE, RP_LOC_NONE);
    }
    return assign(s, indexed ? RP_OP_CALL_TABLE : RP_OP_CALL_MEM, RP_LOC_NONE, RP_LOC_NONE);
}

static bool group_5(const shape *s)
{
    switch (digit(s)) {
    case 0:
    case 1:
        return other(s, direct(s) ? bit(rm(s)) : 0, true);
    case 2:
    case 4:
        return indirect(s, digit(s) == 4);
    case 6:
        return push_pop(s, RP_OP_PUSH, direct(s) ? rm(s) : RP_LOC_NONE);
    default: /* far: nothing is known of the target */
        s->op->tail = digit(s) == 5;
        return digit(s) != 7 && assign(s, RP_OP_CALL_REG, RP_LOC_NONE, RP_LOC_NONE);
    }
}

static bool kind_only(const shape *s, rp_op_kind kind)
{
    s->op->kind = (uint8_t)kind;
    return true;
}

static bool store_byte(const shape *s)
{
    bool indexed;
    if (direct(s))
        return other(s, bit(byte_register(s, rm(s))), false);
    if (!memory(s, s->op, &indexed) || indexed)
        return other(s, 0, false);
    return assign(s, RP_OP_STORE, RP_LOC_NONE, RP_LOC_NONE);
}

/* Where control goes, e0 to ff and returns. */
static bool control(const shape *s)
{
    uint8_t op = s->i.op;
    switch (op) {
    case 0xe8:
        return near_transfer(s, RP_OP_CALL, 0);
    case 0xe9:
    case 0xeb:
        return near_transfer(s, RP_OP_JUMP, 0);
    case 0xff:
        return group_5(s);
    case 0xcc: /* Windows: int 29h never returns; compilers emit no other */
    case 0xcd:
    case 0xf4:
        return kind_only(s, RP_OP_TRAP);
    default:
        break;
    }
    if (op >= 0x70 && op < 0x80)
        return conditional(s);
    if (op < 0xe0) /* c2, c3, ca, cb */
        return kind_only(s, RP_OP_RETURN);
    s->op->clobbers = op != 0xe3 ? bit(RCX) : 0; /* loop and jrcxz */
    return near_transfer(s, RP_OP_BRANCH, RP_COND_OTHER);
}

static bool stack(const shape *s)
{
    uint8_t op = s->i.op, low = (uint8_t)((op & 7u) | ((s->i.rex & 1u) << 3));
    bool narrow = (s->i.prefix & RP_X86_66) != 0;
    if (op >= 0x50 && op < 0x60)
        return push_pop(s, op < 0x58 ? RP_OP_PUSH : RP_OP_POP, narrow ? RP_LOC_NONE : low);
    if (op == 0x8f)
        return push_pop(s, RP_OP_POP, direct(s) ? rm(s) : RP_LOC_NONE);
    s->op->sets_flags = op == 0x9d;
    return push_pop(s, op == 0x9d ? RP_OP_POP : RP_OP_PUSH, RP_LOC_NONE);
}

static bool one_byte(const shape *s)
{
    switch (s->i.op) {
    case 0x05:
    case 0x2d:
    case 0x3d:
        return accumulator(s);
    case 0x63:
        return move_extended(s);
    case 0x88:
        return store_byte(s);
    case 0x89:
    case 0x8b:
        return move(s, s->i.op == 0x89);
    case 0x8d:
        return load_address(s);
    case 0xa1:
        return load_absolute(s);
    case 0x90:
        return (s->i.rex & 1u) == 0 ? kind_only(s, RP_OP_NOP) : by_row(s, one_effects[0x91]);
    case 0x68:
    case 0x6a:
    case 0x8f:
    case 0x9c:
    case 0x9d:
        return stack(s);
    case 0xc6:
    case 0xc7:
        return move_immediate(s);
    case 0xf6:
    case 0xf7:
        return group_3(s);
    default:
        break;
    }
    uint8_t op = s->i.op;
    if (op < 0x40)
        return two_registers(s);
    if (op < 0x60)
        return stack(s);
    if (op >= 0x80 && op < 0x84)
        return group_1(s);
    if (op >= 0xb8 && op < 0xc0)
        return constant(s);
    bool shift = op == 0xc0 || op == 0xc1 || (op >= 0xd0 && op < 0xd4);
    return shift ? group_2(s) : control(s);
}

static bool two_byte(const shape *s)
{
    uint8_t op = s->i.op;
    if ((op & 0xf0u) == 0x80)
        return conditional(s);
    if ((op & 0xf0u) == 0x40) {
        if (!whole(s) || !direct(s))
            return other(s, bit(reg(s)), false);
        s->op->src2 = rm(s);
        return assign(s, RP_OP_SELECT, reg(s), reg(s));
    }
    switch (op) {
    case 0x0b:
    case 0xb9:
    case 0xff:
        return kind_only(s, RP_OP_TRAP);
    case 0x18:
    case 0x19:
    case 0x1c:
    case 0x1d:
    case 0x1f:
        return kind_only(s, RP_OP_NOP);
    case 0x1e: /* endbr64 fa, endbr32 fb; rdssp writes its register */
        if ((s->i.prefix & RP_X86_F3) != 0 && (s->p[s->i.modrm] & 0xfeu) != 0xfa)
            return other(s, direct(s) ? bit(rm(s)) : 0, false);
        return kind_only(s, RP_OP_NOP);
    case 0x7e: /* f3: movq to a vector register */
        return other(s, (s->i.prefix & RP_X86_F3) == 0 && direct(s) ? bit(rm(s)) : 0, false);
    case 0xa0:
    case 0xa8:
        return push_pop(s, RP_OP_PUSH, RP_LOC_NONE);
    case 0xa1:
    case 0xa9:
        return push_pop(s, RP_OP_POP, RP_LOC_NONE);
    case 0xba: /* bt leaves its operand alone */
        return other(s, digit(s) != 4 && direct(s) ? bit(rm(s)) : 0, true);
    case 0xc7:
        if (direct(s))
            return other(s, bit(rm(s)), true);
        return digit(s) == 1 && other(s, bit(RAX) | bit(RDX), true);
    case 0xae: /* fences and state; rdfsbase and kin write their register */
        return other(s, (s->i.prefix & RP_X86_F3) != 0 && direct(s) ? bit(rm(s)) : 0,
                     (s->i.prefix & RP_X86_66) != 0);
    default:
        return false;
    }
}

/* VEX and EVEX forms of the first three maps, and what legacy maps 2 and 3 share with them. */
static bool vector(const shape *s)
{
    uint8_t op = s->i.op;
    unsigned row;
    switch (s->i.map) {
    case RP_X86_0F:
        if (op == 0x93 || ((op == 0x78 || op == 0x79) && s->i.vector == 0x62))
            return other(s, bit(reg(s)), false); /* kmov to, vcvt..2usi */
        if ((op & 0xf0u) == 0x90 || (op & 0xf0u) == 0x40)
            return other(s, 0, op >= 0x98);
        if (op == 0x7e)
            return two_byte(s);
        if (op == 0xae || op == 0x77)
            return other(s, 0, false);
        row = two_effects[op];
        if ((row & (UNTOLD | FOLLOWED)) != 0)
            return false;
        return by_row(s, row);
    case RP_X86_0F38:
        if (op >= 0xe0 || op == 0x49 || op == 0x4b)
            return false;
        return other(s, 0, op == 0x17 || op == 0x0e || op == 0x0f);
    case RP_X86_0F3A:
        if (op >= 0x14 && op <= 0x17)
            return other(s, direct(s) ? bit(rm(s)) : 0, false);
        if (op == 0xf0)
            return other(s, bit(reg(s)), false);
        if (op >= 0x60 && op <= 0x63)
            return other(s, (op & 1u) != 0 ? bit(RCX) : 0, true);
        return other(s, 0, false);
    case RP_X86_MAP5:
        if (op == 0x2c || op == 0x2d || op == 0x78 || op == 0x79)
            return other(s, bit(reg(s)), false);
        if (op == 0x7e)
            return other(s, direct(s) ? bit(rm(s)) : 0, false);
        return other(s, 0, op == 0x2e || op == 0x2f);
    case RP_X86_MAP6:
        return other(s, 0, false);
    default:
        return false;
    }
}

bool rp_x86_op(const uint8_t *p, rp_x86_insn i, uint64_t addr, bool mode64, rp_op *ret)
{
    *ret = (rp_op){.addr = addr,
                   .dst = RP_LOC_NONE,
                   .src = RP_LOC_NONE,
                   .src2 = RP_LOC_NONE,
                   .base = RP_LOC_NONE};
    shape s = {.p = p, .i = i, .addr = addr, .mode64 = mode64, .op = ret};
    if (i.vector == 0xd5 || i.map >= RP_X86_XOP8)
        return false;
    if (i.vector != 0 || i.map == RP_X86_0F38 || i.map == RP_X86_0F3A)
        return vector(&s);
    unsigned row = i.map == RP_X86_ONE ? one_effects[i.op] : two_effects[i.op];
    if ((row & UNTOLD) != 0)
        return false;
    if ((row & FOLLOWED) != 0)
        return i.map == RP_X86_ONE ? one_byte(&s) : two_byte(&s);
    return by_row(&s, row);
}

uint32_t rp_x86_writes(const uint8_t *p, rp_x86_insn i)
{
    unsigned row = i.map == RP_X86_ONE ? one_effects[i.op] : two_effects[i.op];
    shape s = {.p = p, .i = i, .mode64 = true};
    if ((row & UNTOLD) != 0 || (row & (FOLLOWED | TOLD)) == FOLLOWED)
        return RP_X86_UNTOLD;
    if (i.map == RP_X86_ONE && (i.op == 0x81 || i.op == 0x83) && digit(&s) == 7)
        return 0; /* cmp */
    if (i.map == RP_X86_ONE && (i.op == 0xc6 || i.op == 0xc7) && digit(&s) != 0)
        return RP_X86_UNTOLD; /* xabort, xbegin */
    return written(&s, row);
}
