/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arm ARM (DDI 0487), C4.1: the encodings that carry pointers; everything else only clobbers its
 * destination. */
#include "isa/a64_lift.h"

enum { SP = 31 };

typedef struct {
    rp_op *ops;
    unsigned n;
    uint64_t addr;
    uint32_t w;
} lift;

static rp_op *add(lift *l, rp_op_kind kind)
{
    rp_op *op = &l->ops[l->n++];
    *op = (rp_op){.addr = l->addr,
                  .kind = (uint8_t)kind,
                  .dst = RP_LOC_NONE,
                  .src = RP_LOC_NONE,
                  .src2 = RP_LOC_NONE,
                  .base = RP_LOC_NONE};
    return op;
}

static bool matches(const lift *l, uint32_t mask, uint32_t value)
{
    return (l->w & mask) == value;
}

static uint32_t field(const lift *l, unsigned low, unsigned bits)
{
    return l->w >> low & ((1u << bits) - 1);
}

static int64_t signed_field(const lift *l, unsigned low, unsigned bits)
{
    uint64_t top = (uint64_t)1 << (bits - 1);
    return (int64_t)((field(l, low, bits) ^ top) - top);
}

/* Register in a place where 31 means zero. */
static uint8_t reg(const lift *l, unsigned low)
{
    uint32_t r = field(l, low, 5);
    return r == 31 ? RP_LOC_NONE : (uint8_t)r;
}

/* Register in a place where 31 means the stack pointer. */
static uint8_t reg_sp(const lift *l, unsigned low)
{
    return (uint8_t)field(l, low, 5);
}

static void other(lift *l, uint8_t dst, bool sets_flags)
{
    rp_op *op = add(l, RP_OP_OTHER);
    op->dst = dst;
    op->sets_flags = sets_flags;
}

static void add_const(lift *l, uint8_t dst, uint8_t src, int64_t value)
{
    rp_op *op = add(l, RP_OP_ADD_CONST);
    op->dst = dst;
    op->src = src;
    op->value = value;
}

static void memory(lift *l, bool load, uint8_t r, uint8_t base, int64_t value)
{
    rp_op *op = add(l, load ? RP_OP_LOAD : RP_OP_STORE);
    op->dst = load ? r : RP_LOC_NONE;
    op->src = load ? RP_LOC_NONE : r;
    op->base = base;
    op->value = value;
}

/* add, sub with immediate; their flag-setting forms; cmp is subs to the zero register */
static void immediate(lift *l)
{
    bool wide = field(l, 31, 1) != 0, subtracts = field(l, 30, 1) != 0,
         flags = field(l, 29, 1) != 0;
    int64_t value = (int64_t)field(l, 10, 12) << (field(l, 22, 1) ? 12 : 0);
    if (flags && subtracts && wide && field(l, 0, 5) == 31) {
        rp_op *op = add(l, RP_OP_COMPARE);
        op->src = reg_sp(l, 5);
        op->value = value;
    } else if (!wide || flags) {
        other(l, flags ? reg(l, 0) : reg_sp(l, 0), flags);
    } else {
        add_const(l, reg_sp(l, 0), reg_sp(l, 5), subtracts ? -value : value);
    }
}

/* add, sub, cmp of registers; a shifted operand only matters to add, where it indexes a compressed
 * jump table */
static void arithmetic(lift *l)
{
    bool wide = field(l, 31, 1) != 0, subtracts = field(l, 30, 1) != 0,
         flags = field(l, 29, 1) != 0;
    bool shifted = field(l, 10, 6) != 0 || field(l, 21, 1) != 0;
    if (!wide || (shifted && subtracts)) {
        other(l, reg(l, 0), flags);
    } else if (flags && subtracts && field(l, 0, 5) == 31) {
        rp_op *op = add(l, RP_OP_COMPARE);
        op->src = reg(l, 5);
        op->src2 = reg(l, 16);
        op->sets_flags = op->src == RP_LOC_NONE || op->src2 == RP_LOC_NONE;
        op->kind = op->sets_flags ? RP_OP_OTHER : RP_OP_COMPARE;
    } else {
        rp_op *op = add(l, subtracts ? RP_OP_SUB : RP_OP_ADD);
        op->dst = reg(l, 0);
        op->src = reg(l, 5);
        op->src2 = reg(l, 16);
        op->sets_flags = flags;
    }
}

static void pair(lift *l)
{
    bool load = field(l, 22, 1) != 0;
    unsigned mode = field(l, 23, 2); /* 1 post-index, 2 offset, 3 pre-index */
    uint8_t base = reg_sp(l, 5);
    int64_t offset = signed_field(l, 15, 7) * 8;
    if (mode == 3)
        add_const(l, base, base, offset);
    int64_t at = mode == 2 ? offset : 0;
    bool last = load && reg(l, 0) == base; /* the first one loads its own base */
    if (last)
        memory(l, load, reg(l, 10), base, at + 8);
    memory(l, load, reg(l, 0), base, at);
    if (!last)
        memory(l, load, reg(l, 10), base, at + 8);
    if (mode == 1)
        add_const(l, base, base, offset);
}

/* ldr, str of one 64-bit register in its immediate forms */
static void single(lift *l)
{
    bool load = field(l, 22, 1) != 0;
    uint8_t base = reg_sp(l, 5);
    if (field(l, 24, 1) != 0) {
        memory(l, load, reg(l, 0), base, (int64_t)field(l, 10, 12) * 8);
        return;
    }
    unsigned mode = field(
        l, 10, 2); /* 0 unscaled, 1 post-index, 2 register offset or unprivileged, 3 pre-index */
    int64_t offset = signed_field(l, 12, 9);
    if (field(l, 21, 1) != 0 || mode == 2) {
        rp_op *op = add(l, load ? RP_OP_LOAD_TABLE : RP_OP_OTHER);
        op->dst = load ? reg(l, 0) : RP_LOC_NONE;
        op->base = base;
        return;
    }
    if (mode == 3)
        add_const(l, base, base, offset);
    memory(l, load, reg(l, 0), base, mode == 0 ? offset : 0);
    if (mode == 1)
        add_const(l, base, base, offset);
}

/* Narrower loads and stores: entries of compressed jump tables, else nothing of interest. */
static void narrow(lift *l)
{
    bool load = field(l, 22, 2) != 0,
         indexed = field(l, 24, 1) == 0 && field(l, 21, 1) != 0 && field(l, 10, 2) == 2;
    uint8_t base = reg_sp(l, 5);
    bool writes_base = field(l, 24, 1) == 0 && field(l, 21, 1) == 0 && (field(l, 10, 2) & 1u) != 0;
    if (writes_base)
        add_const(l, base, base, signed_field(l, 12, 9));
    if (!load)
        return;
    rp_op *op = add(l, indexed ? RP_OP_LOAD_TABLE : RP_OP_OTHER);
    op->dst = reg(l, 0);
    op->base = base;
    op->compressed = field(l, 30, 2) < 2; /* bytes or halves of it */
}

static void branch_register(lift *l)
{
    unsigned opc = field(l, 21, 4) & 7u;
    if (opc == 2 || opc == 4) {
        add(l, RP_OP_RETURN);
        return;
    }
    rp_op *op = add(l, RP_OP_CALL_REG);
    op->src = reg(l, 5);
    op->tail = opc == 0;
}

static void conditional(lift *l)
{
    rp_op *op = add(l, RP_OP_BRANCH);
    bool test = matches(l, 0x7e000000, 0x36000000);
    op->target = l->addr + (uint64_t)((test ? signed_field(l, 5, 14) : signed_field(l, 5, 19)) * 4);
    if (!matches(l, 0xff000000, 0x54000000))
        return;
    switch (field(l, 0, 4)) {
    case 0:
        op->cond = RP_COND_EQUAL;
        break;
    case 1:
        op->cond = RP_COND_NOT_EQUAL;
        break;
    case 2: /* hs */
    case 8: /* hi */
        op->cond = RP_COND_OUT_OF_RANGE;
        op->value = field(l, 0, 4) == 8;
        break;
    case 3: /* lo */
    case 9: /* ls */
        op->cond = RP_COND_IN_RANGE;
        op->value = field(l, 0, 4) == 9;
        break;
    default:
        break;
    }
}

static void direct(lift *l, bool call)
{
    rp_op *op = add(l, call ? RP_OP_CALL : RP_OP_JUMP);
    op->target = l->addr + (uint64_t)(signed_field(l, 0, 26) * 4);
}

static void page(lift *l)
{
    uint64_t raw = (uint64_t)field(l, 5, 19) << 2 | field(l, 29, 2);
    int64_t offset = (int64_t)((raw ^ 0x100000) - 0x100000);
    bool pages = field(l, 31, 1) != 0;
    rp_op *op = add(l, RP_OP_CONST);
    op->dst = reg(l, 0);
    op->value = pages ? (int64_t)((l->addr & ~(uint64_t)4095) + (uint64_t)(offset * 4096))
                      : (int64_t)(l->addr + (uint64_t)offset);
}

/* ldr of 64 bits from an address near the code */
static void literal(lift *l)
{
    uint8_t to = reg(l, 0);
    if (to == RP_LOC_NONE) {
        other(l, to, false);
        return;
    }
    rp_op *op = add(l, RP_OP_CONST);
    op->dst = to;
    op->value = (int64_t)(l->addr + (uint64_t)(signed_field(l, 5, 19) * 4));
    memory(l, true, to, to, 0);
}

/* mov xd, xm is orr with the zero register; ror #n is extr of one register with itself */
static bool moves(lift *l)
{
    if (matches(l, 0xffe0ffe0, 0xaa0003e0)) {
        rp_op *op = add(l, RP_OP_COPY);
        op->dst = reg(l, 0);
        op->src = reg(l, 16);
        return true;
    }
    if (matches(l, 0xffe00000, 0x93c00000) && field(l, 5, 5) == field(l, 16, 5)) {
        rp_op *op = add(l, RP_OP_ROTATE);
        op->dst = reg(l, 0);
        op->src = reg(l, 5);
        return true;
    }
    return false;
}

static bool control(lift *l)
{
    if (matches(l, 0x7c000000, 0x14000000))
        direct(l, field(l, 31, 1) != 0);
    else if (matches(l, 0xff000010, 0x54000000) || matches(l, 0x7c000000, 0x34000000))
        conditional(l);
    else if (matches(l, 0xfe000000, 0xd6000000))
        branch_register(l);
    else if (matches(l, 0xffe0001f, 0xd4200000) || matches(l, 0xffe0001f, 0xd4400000) ||
             (l->w >> 16) == 0)
        add(l, RP_OP_TRAP);
    else
        return false;
    return true;
}

/* Does a vector instruction write a general register? (fmov, fcvt*, umov, smov) */
static bool vector_to_general(const lift *l)
{
    return matches(l, 0x5f20fc00, 0x1e200000) || matches(l, 0xbfe0fc00, 0x0e003c00) ||
           matches(l, 0xbfe0fc00, 0x0e002c00) || matches(l, 0x5f200000, 0x1e000000);
}

/* Loads and stores of vector registers: of general ones they write the base, where they move it. */
static bool is_vector_access(uint32_t w)
{
    return (w & 0x0e000000) == 0x0c000000;
}

static bool vector_access_moves(uint32_t w)
{
    if ((w & 0xbe000000) == 0x0c000000) /* structures: ld1, st4, …; post-indexed */
        return (w & 1u << 23) != 0;
    if ((w & 0x3e000000) == 0x2c000000) /* pairs; post- or pre-indexed */
        return (w & 1u << 23) != 0;
    /* single ones; literals and offsets do not */
    return (w & 0x3f200400) == 0x3c000400;
}

static void vector_access(lift *l)
{
    uint8_t base = reg_sp(l, 5);
    if (!vector_access_moves(l->w))
        other(l, RP_LOC_NONE, false);
    else if (matches(l, 0x3e000000, 0x2c000000))
        add_const(l, base, base, signed_field(l, 15, 7) * (4 << field(l, 30, 2)));
    else if (matches(l, 0x3f000000, 0x3c000000))
        add_const(l, base, base, signed_field(l, 12, 9));
    else
        other(l, base, false);
}

static void instruction(lift *l)
{
    if (l->w == 0xd503201f) {
        add(l, RP_OP_NOP);
        return;
    }
    if (control(l) || moves(l))
        return;
    if (matches(l, 0x1f000000, 0x10000000))
        page(l);
    else if (matches(l, 0xff000000, 0x58000000))
        literal(l);
    else if (matches(l, 0x1f800000, 0x11000000))
        immediate(l);
    else if (matches(l, 0x1f000000, 0x0b000000))
        arithmetic(l);
    else if (is_vector_access(l->w))
        vector_access(l);
    else if (matches(l, 0xfe000000, 0xa8000000))
        pair(l);
    else if (matches(l, 0xfe000000, 0xf8000000) && field(l, 26, 1) == 0 && field(l, 23, 1) == 0)
        single(l);
    else if (matches(l, 0x3e000000, 0x38000000))
        narrow(l);
    else if (matches(l, 0x0e000000, 0x0e000000)) /* vectors and floating point */
        other(l, vector_to_general(l) ? reg(l, 0) : RP_LOC_NONE,
              matches(l, 0xff203c00, 0x1e202000));
    else if (matches(l, 0xffc00000, 0xd5000000)) /* system: mrs writes a register, hints do not */
        other(l, field(l, 21, 1) ? reg(l, 0) : RP_LOC_NONE, false);
    else if (matches(l, 0x1f000000, 0x0a000000) || matches(l, 0x1f800000, 0x12000000))
        other(l, reg(l, 0), field(l, 29, 2) == 3); /* and, orr, eor, ands */
    else
        other(l, reg(l, 0), matches(l, 0x3fe00000, 0x3a400000));
}

static uint32_t word_at(const rp_code_range *range, size_t at)
{
    const uint8_t *p = range->bytes.ptr + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

unsigned rp_a64_lift_one(const rp_code_range *range, uint32_t offset, rp_op ret[RP_A64_OPS])
{
    lift l = {.ops = ret, .addr = range->start + offset, .w = word_at(range, offset)};
    instruction(&l);
    if (l.n == 0) /* a store of no interest; branches may lead here all the same */
        other(&l, RP_LOC_NONE, false);
    return l.n;
}

/* A load or store of general registers: no atomics, exclusives, write-back of single ones. */
static bool access_writes(uint32_t w, uint32_t *ret)
{
    uint32_t first = 1u << (w & 31u), second = 1u << (w >> 10 & 31u), general = ~(1u << SP);
    unsigned mode = w >> 10 & 3u, opc = w >> 22 & 3u;
    *ret = 0;
    if ((w & 0xfe000000) == 0xa8000000) { /* ldp, stp; bit 23: its base, too */
        uint32_t base = (w >> 23 & 3u) == 2 ? 0 : 1u << (w >> 5 & 31u);
        *ret = ((opc & 1u) != 0 ? (first | second) & general : 0) | base;
        return (w >> 23 & 3u) != 0;
    }
    if ((w & 0x3e000000) != 0x38000000 || (w >> 30 == 3 && opc > 1))
        return false;
    if ((w & 1u << 24) == 0 && mode != ((w & 1u << 21) != 0 ? 2u : 0u))
        return false;
    *ret = opc != 0 ? first & general : 0;
    return true;
}

bool rp_a64_writes(const rp_code_range *range, uint32_t offset, uint32_t *ret)
{
    uint32_t w = word_at(range, offset);
    *ret = 1u << (w & 31u) & ~(1u << SP);
    switch (w >> 25 & 15u) { /* Arm ARM, C4.1: op1 */
    case 8:
    case 9: /* constants; add, sub: of the stack pointer, too */
        return (w & 0x3f80001f) != 0x1100001f;
    case 10:
    case 11: /* b.cond, cbz, tbz */
        *ret = 0;
        return (w & 0xff000010) == 0x54000000 || (w & 0x7c000000) == 0x34000000;
    case 5:
    case 13: /* registers */
        return true;
    case 6:
    case 14: /* loads and stores of vectors */
        *ret = vector_access_moves(w) ? 1u << (w >> 5 & 31u) : 0;
        return true;
    case 7:
    case 15: /* vectors and floating point */
        if (!vector_to_general(&(lift){.w = w}))
            *ret = 0;
        return true;
    case 4:
    case 12:
        return access_writes(w, ret);
    default:
        return false;
    }
}

bool rp_a64_lift(rp_arena *arena, const rp_code_range *range, rp_ops *ret)
{
    RP_VEC(rp_op) ops = {0};
    rp_op lifted[RP_A64_OPS];
    for (size_t at = 0; at + 4 <= range->bytes.len; at += 4) {
        unsigned n = rp_a64_lift_one(range, (uint32_t)at, lifted);
        for (unsigned i = 0; i < n; i++) {
            rp_op *to = rp_vec_push(arena, &ops);
            if (to == NULL)
                return false;
            *to = lifted[i];
        }
    }
    *ret = (rp_ops){.items = ops.items, .n = ops.n, .end = range->start + range->bytes.len};
    return true;
}

void rp_a64_flow_env(rp_flow_env *env)
{
    env->call_clobbers = 0x4007ffffu;  /* x0-x18 and the link register (AAPCS64, 6.1.1) */
    env->check_clobbers = 0x40077e00u; /* CFG's check leaves x0-x8 and x15 alone */
    env->stack_pointer = SP;
    env->word = 8;
    env->checked_argument = 15; /* Windows on Arm: __guard_check_icall takes x15 */
    env->slowpath_argument = 1; /* __cfi_slowpath(type, pointer) */
}
