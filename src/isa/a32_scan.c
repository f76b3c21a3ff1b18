/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arm ARM (DDI 0406), A5: bits 27..20 and 7..4 tell the classes apart. */
#include "isa/a32_scan.h"

#include "isa/scan_note.h"

enum { SP = RP_ARM_SP, LR = RP_ARM_LR, PC = RP_ARM_PC };

/* A32ExpandImm */
static uint32_t expand(uint32_t w)
{
    uint32_t v = w & 0xffu, turn = (w >> 8 & 15u) * 2;
    return turn == 0 ? v : v >> turn | v << (32 - turn);
}

static unsigned rd_of(uint32_t w)
{
    return w >> 12 & 15u;
}
static unsigned rn_of(uint32_t w)
{
    return w >> 16 & 15u;
}

static bool compares(uint32_t w)
{
    return (w & 0x01900000) == 0x01100000;
}

/* Data processing whose destination is the program or the stack pointer. */
static void register_special(rp_arm_state *s, uint32_t w)
{
    unsigned op = w >> 21 & 15u, rn = rn_of(w), rm = w & 15u;
    bool plain = (w & 0xff0u) == 0;
    if (rd_of(w) == PC && op == 13 && plain) /* mov pc, rm */
        rp_arm_indirect(s, rm, false);
    else if (rd_of(w) == PC) /* add pc, pc, rm, lsl #2 */
        rp_arm_jump_table(s, 0, 0);
    else if (op == 2 && rn == SP && plain) /* sub sp, sp, rm */
        rp_arm_take_register(s, rm);
    else if (op == 13 && rm != 11 && rm != 7) /* mov sp, rm */
        s->fn->flags |= RP_FN_FRAME | RP_FN_DYNAMIC_STACK;
    else
        rp_arm_give_back(s);
}

static void data_register(rp_arm_state *s, uint32_t w)
{
    unsigned rd = rd_of(w);
    if (compares(w)) {
        s->compared = UINT32_MAX;
    } else if (rd == PC || rd == SP) {
        register_special(s, w);
    } else if ((w & 0x0fff0ff0) == 0x008f0000 && (s->known >> (w & 15u) & 1u) != 0) {
        rp_arm_constant(s, rd, s->value[w & 15u] + (uint32_t)s->addr + 8); /* add rd, pc, rm */
        rp_arm_address(s, s->value[rd]);
    } else {
        rp_arm_forget(s, 1u << rd);
    }
}

static void data_immediate(rp_arm_state *s, uint32_t w)
{
    unsigned rd = rd_of(w), rn = rn_of(w), op = w >> 21 & 15u;
    if (compares(w)) {
        s->compared = op == 10 ? expand(w) : UINT32_MAX;
    } else if (rd == SP) {
        if (op == 2 && rn == SP)
            rp_arm_take(s, expand(w));
        else
            rp_arm_give_back(s);
    } else if (rn == PC && (op == 4 || op == 2)) { /* adr */
        uint32_t at = (uint32_t)s->addr + 8, by = expand(w);
        rp_arm_constant(s, rd, op == 4 ? at + by : at - by);
        if (rd != PC)
            rp_arm_address(s, s->value[rd]);
    } else if (op == 13) {
        rp_arm_constant(s, rd, expand(w));
    } else if (op == 4 && (s->known >> rn & 1u) != 0) { /* long add: adr in pieces, GOT */
        rp_arm_constant(s, rd, s->value[rn] + expand(w));
    } else {
        rp_arm_forget(s, 1u << rd);
    }
}

static bool position_added_soon(const rp_arm_state *s, unsigned reg)
{
    rp_bytes b = s->range->bytes;
    for (size_t at = s->at + 4; at + 4 <= b.len && at <= s->at + 16; at += 4) {
        uint32_t w = rp_arm_word(b.ptr + at);
        if ((w & 0x0fff0fff) == (0x008f0000 | reg) || (w & 0x0ff0000f) == 0x07900000 + reg)
            return true;
    }
    return false;
}

static void move_wide(rp_arm_state *s, uint32_t w)
{
    unsigned rd = rd_of(w);
    uint32_t imm = (w >> 16 & 15u) << 12 | (w & 0xfffu);
    if ((w & 0x0ff00000) == 0x03000000) {
        rp_arm_constant(s, rd, imm);
    } else if ((s->known >> rd & 1u) != 0) {
        rp_arm_constant(s, rd, (s->value[rd] & 0xffffu) | imm << 16);
        if (!position_added_soon(s, rd))
            rp_arm_address(s, s->value[rd]);
    }
}

static void load_word(rp_arm_state *s, uint32_t w)
{
    unsigned rt = rd_of(w), rn = rn_of(w);
    bool indexed = (w & (1u << 25)) != 0, up = (w & (1u << 23)) != 0, pre = (w & (1u << 24)) != 0;
    uint32_t by = w & 0xfffu, offset = up ? by : 0u - by;
    if (rt == PC && rn == SP) {
        rp_arm_pop(s, 1u << PC);
    } else if (rt == PC && indexed) {
        rp_arm_jump_table(s, rn == PC ? s->addr + 8 : 0, 4);
    } else if (rt == PC) {
        rp_arm_jump_memory(s, rn == PC && pre);
    } else if (rn == PC && !indexed && pre) {
        rp_arm_literal(s, rt, s->addr + 8 + (uint64_t)(int64_t)(int32_t)offset);
        if ((s->known >> rt & 1u) != 0 && !position_added_soon(s, rt))
            rp_arm_address(s, s->value[rt]);
    } else if (rn == SP) {
        rp_arm_forget(s, 1u << rt);
        s->lr_reloaded |= rt == LR && !indexed;
        if (!pre)
            rp_arm_give_back(s);
    } else if (indexed && rn == PC && (s->known >> (w & 15u) & 1u) != 0) {
        s->value[PC] = s->value[w & 15u] + (uint32_t)s->addr + 8; /* ldr rt, [pc, rm]: GOT */
        s->known |= (uint16_t)(1u << PC);
        rp_arm_load(s, rt, PC, 0);
        s->known &= (uint16_t) ~(1u << PC);
    } else if (indexed && (w & 0x01e00ff0) == 0x01800000) { /* [rn, rm], neither shifted nor kept */
        rp_arm_load_indexed(s, rt, rn, w & 15u);
    } else {
        rp_arm_load(s, rt, indexed ? SP : rn, pre ? offset : 0);
    }
}

static void store(rp_arm_state *s, uint32_t w)
{
    bool up = (w & (1u << 23)) != 0, pre = (w & (1u << 24)) != 0, back = (w & (1u << 21)) != 0;
    bool indexed = (w & (1u << 25)) != 0;
    if (rn_of(w) != SP)
        return;
    s->fn->flags |= rd_of(w) == LR && (w & (1u << 22)) == 0 ? RP_FN_SPILLS_LR : 0u;
    if (pre && back && !up && !indexed)
        rp_arm_take(s, w & 0xfffu);
    rp_arm_touch(s, pre && !back && up && !indexed ? w & 0xfffu : 0);
}

/* 01x: one word or byte */
static void single(rp_arm_state *s, uint32_t w)
{
    bool load = (w & (1u << 20)) != 0, byte = (w & (1u << 22)) != 0;
    unsigned rn = rn_of(w);
    bool writes_base = (w & (1u << 24)) == 0 || (w & (1u << 21)) != 0;
    s->fn->flags |= rn != SP && rn != PC ? RP_FN_MEMORY : 0u;
    if (!load)
        store(s, w);
    else if (byte)
        rp_arm_forget(s, 1u << rd_of(w));
    else
        load_word(s, w);
    if (writes_base && rn != SP && rn != PC)
        rp_arm_forget(s, 1u << rn);
}

/* 100: ldm, stm */
static void multiple(rp_arm_state *s, uint32_t w)
{
    unsigned rn = rn_of(w);
    uint32_t list = w & 0xffffu;
    if ((w & 0x0fff0000) == 0x092d0000) {
        rp_arm_push(s, list);
    } else if ((w & 0x0fff0000) == 0x08bd0000) {
        rp_arm_pop(s, list);
    } else if ((w & (1u << 20)) != 0) {
        s->fn->flags |= rn != SP ? RP_FN_MEMORY : 0u;
        s->lr_reloaded |= (rn == SP || rn == 11) && (list >> LR & 1u) != 0;
        rp_arm_forget(s, list | 1u << rn);
        if ((list >> PC & 1u) != 0) {
            s->lr_reloaded = true;
            rp_arm_leave(s);
        }
    } else if (rn == SP) {
        s->fn->flags |= (list >> LR & 1u) != 0 ? RP_FN_SPILLS_LR : 0u;
        rp_arm_touch(s, 0);
    } else {
        s->fn->flags |= RP_FN_MEMORY;
        rp_arm_forget(s, 1u << rn);
    }
}

/* 110x, 1110: coprocessors and floating point */
static void coprocessor(rp_arm_state *s, uint32_t w)
{
    unsigned rn = rn_of(w);
    if ((w & 0x0fbf0e00) == 0x0d2d0a00) { /* vpush */
        rp_arm_take(s, (w & 0xffu) * 4);
        rp_arm_touch(s, 0);
    } else if ((w & 0x0fbf0e00) == 0x0cbd0a00) { /* vpop */
        rp_arm_give_back(s);
    } else if ((w & 0x0fe00000) == 0x0c400000) { /* two registers from a coprocessor */
        rp_arm_forget(s, 1u << rd_of(w) | 1u << rn);
    } else if ((w & 0x0e000000) == 0x0c000000) {
        s->fn->flags |= rn != SP && rn != PC ? RP_FN_MEMORY : 0u;
        if (rn == SP && (w & (1u << 20)) == 0)
            rp_arm_touch(s, (w & (1u << 24)) != 0 ? (w & 0xffu) * 4 : 0);
        if ((w & (1u << 21)) != 0 && rn != SP)
            rp_arm_forget(s, 1u << rn);
    } else if ((w & 0x0f100010) == 0x0e100010) {
        s->thread |= (w & 0x0fff0fff) == 0x0e1d0f70; /* mrc p15, 0, reg, c13, c0, 3: TPIDRURO */
        rp_arm_forget(s, 1u << rd_of(w) & 0x7fffu);
    }
}

/* 000 with bits 7 and 4 set, bit 24 or 6..5 otherwise: multiplications, halfwords, doubles, swp,
 * exclusive */
static void extra(rp_arm_state *s, uint32_t w)
{
    if ((w & 0x60u) == 0 && (w & (1u << 24)) == 0) { /* multiplications */
        rp_arm_forget(s, 1u << rn_of(w) | 1u << rd_of(w));
        return;
    }
    unsigned rn = rn_of(w), rt = rd_of(w);
    bool pair = (w & (1u << 20)) == 0 && (w & 0x40u) != 0, stores = pair && (w & 0x20u) != 0;
    s->fn->flags |= rn != SP && rn != PC ? RP_FN_MEMORY : 0u;
    if (stores || (w & 0x001000f0) == 0x000000b0) {
        bool back = (w & (1u << 21)) != 0 && (w & (1u << 24)) != 0;
        uint32_t by = (w >> 4 & 0xf0u) | (w & 15u);
        if (rn == SP && back && (w & (1u << 23)) == 0 && (w & (1u << 22)) != 0)
            rp_arm_take(s, by);
        if (rn == SP)
            rp_arm_touch(s, back ? 0 : by);
        s->fn->flags |= rn == SP && stores && rt == 13 ? RP_FN_SPILLS_LR : 0u;
    } else {
        rp_arm_forget(s, 1u << rt | (pair && rt < 15 ? 1u << (rt + 1) : 0u));
    }
    if ((w & 0x60u) != 0 && rn != SP && ((w & (1u << 24)) == 0 || (w & (1u << 21)) != 0))
        rp_arm_forget(s, 1u << rn);
}

/* 0001 0xx0: bx, blx, clz, mrs, msr, … */
static void control(rp_arm_state *s, uint32_t w)
{
    if ((w & 0x0ffffff0) == 0x012fff10 || (w & 0x0ffffff0) == 0x012fff20)
        rp_arm_indirect(s, w & 15u, false); /* bx, bxj */
    else if ((w & 0x0ffffff0) == 0x012fff30)
        rp_arm_indirect(s, w & 15u, true); /* blx */
    else
        rp_arm_forget(s, 1u << rd_of(w) & 0x7fffu);
}

static void unconditional(rp_arm_state *s, uint32_t w)
{
    if ((w & 0x0e000000) == 0x0a000000) { /* blx label: to T32 */
        uint64_t by = (uint64_t)(rp_sign_extend(w, 24) * 4) + (w >> 23 & 2u);
        rp_arm_direct(s, (s->addr + 8 + by) & 0xffffffff, true);
    } else if ((w & 0x0f000000) == 0x04000000 || (w & 0x0c000000) == 0x0c000000) {
        s->fn->flags |= RP_FN_MEMORY; /* vld1 … */
    }
}

void rp_a32_instruction(rp_arm_state *s, uint32_t w)
{
    if (w >> 28 == 15) {
        unconditional(s, w);
        return;
    }
    switch (w >> 25 & 7u) {
    case 0:
        if ((w & 0x90u) == 0x90)
            extra(s, w);
        else if ((w & 0x01900000) == 0x01000000)
            control(s, w);
        else
            data_register(s, w);
        break;
    case 1:
        if ((w & 0x0fb00000) == 0x03000000 || (w & 0x0ff00000) == 0x03400000)
            move_wide(s, w);
        else if ((w & 0x0fb00000) != 0x03200000) /* msr, hints */
            data_immediate(s, w);
        break;
    case 2:
        single(s, w);
        break;
    case 3:
        if ((w & 0x10u) == 0)
            single(s, w);
        else if ((w & 0x0ff000f0) == 0x07f000f0) /* udf */
            rp_arm_give_back(s);
        else /* media */
            rp_arm_forget(s, 1u << rd_of(w) | 1u << rn_of(w));
        break;
    case 4:
        multiple(s, w);
        break;
    case 5:
        rp_arm_direct(s, (s->addr + 8 + (uint64_t)(rp_sign_extend(w, 24) * 4)) & 0xffffffff,
                      (w & (1u << 24)) != 0);
        break;
    default:
        if ((w & 0x0f000000) != 0x0f000000) /* svc */
            coprocessor(s, w);
    }
}
