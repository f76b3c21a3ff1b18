/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/t32_scan.h"

#include "isa/a32_scan.h"
#include "isa/arm_state.h"
#include "isa/scan_note.h"

enum { SP = RP_ARM_SP, LR = RP_ARM_LR, PC = RP_ARM_PC };

static uint64_t aligned_pc(const rp_arm_state *s)
{
    return (s->addr + 4) & ~(uint64_t)3;
}

/* Halfword k behind the instruction; 0 outside. */
static uint32_t ahead(const rp_arm_state *s, size_t k)
{
    size_t at = s->at + 2 * k;
    rp_bytes b = s->range->bytes;
    return b.len - s->at > 2 * k + 1 ? (uint32_t)b.ptr[at] | (uint32_t)b.ptr[at + 1] << 8 : 0;
}

static bool position_added_soon(const rp_arm_state *s, unsigned reg)
{
    uint32_t add_pc = 0x4478u | (reg & 7u) | (reg & 8u) << 4;
    for (size_t k = 1; k <= 8; k++)
        if (ahead(s, k) == add_pc)
            return true;
    return false;
}

static void load_literal(rp_arm_state *s, unsigned reg, uint64_t from)
{
    rp_arm_literal(s, reg, from);
    if ((s->known >> reg & 1u) != 0 && !position_added_soon(s, reg))
        rp_arm_address(s, s->value[reg]);
}

/* ---- 16 bits: F3.1 ---- */

/* 0100 01xx: add, cmp, mov with high registers, bx, blx */
static void high_registers(rp_arm_state *s, uint32_t h)
{
    unsigned rd = (h & 7u) | (h >> 4 & 8u), rm = h >> 3 & 15u, op = h >> 8 & 3u;
    if (op == 3) { /* bx, blx, bxns, blxns */
        rp_arm_indirect(s, rm, (h & 0x80u) != 0);
    } else if (op == 1) { /* cmp */
        s->compared = UINT32_MAX;
    } else if (rd == PC) {
        if (op == 0)
            rp_arm_jump_table(s, 0, 0);
        else
            rp_arm_indirect(s, rm, false);
    } else if (rd == SP) {
        if (op == 2 && rm != 7 && rm != 11) /* r7, r11: frame pointers */
            s->fn->flags |= RP_FN_FRAME | RP_FN_DYNAMIC_STACK;
        rp_arm_give_back(s);
    } else if (op == 0 && rm == PC && (s->known >> rd & 1u) != 0) {
        rp_arm_constant(s, rd, s->value[rd] + (uint32_t)s->addr + 4);
        rp_arm_address(s, s->value[rd]);
    } else {
        rp_arm_forget(s, 1u << rd);
    }
}

static void branch_16(rp_arm_state *s, uint32_t h)
{
    if (h >> 11 == 0x1c) { /* b */
        rp_arm_direct(s, s->addr + 4 + (uint64_t)(rp_sign_extend(h, 11) * 2), false);
        return;
    }
    unsigned cond = h >> 8 & 15u;
    if (cond == 14) /* udf */
        rp_arm_give_back(s);
}

/* 1011 xxxx: stack, push, pop, hints, cbz, it */
static void miscellaneous(rp_arm_state *s, uint32_t h)
{
    if ((h & 0xff80) == 0xb080)
        rp_arm_take(s, (h & 0x7fu) * 4);
    else if ((h & 0xff80) == 0xb000)
        rp_arm_give_back(s);
    else if ((h & 0xfe00) == 0xb400)
        rp_arm_push(s, (h & 0xffu) | (h & 0x100u) << 6);
    else if ((h & 0xfe00) == 0xbc00)
        rp_arm_pop(s, (h & 0xffu) | (h & 0x100u) << 7);
    else if ((h & 0xf500) != 0xb100 && (h & 0xff00) != 0xbf00) /* cbz, cbnz; it */
        rp_arm_forget(s, 1u << (h & 7u));
}

static void loads_16(rp_arm_state *s, uint32_t h)
{
    unsigned rt = h & 7u, rn = h >> 3 & 7u;
    bool load = (h & 0x800u) != 0;
    s->fn->flags |= RP_FN_MEMORY;
    if (h >> 12 == 5) { /* register offset; ldrsb too */
        load |= (h >> 9 & 7u) == 3;
        if (h >> 9 == 0x2c) /* a word */
            rp_arm_load_indexed(s, rt, rn, h >> 6 & 7u);
        else if (load)
            rp_arm_load(s, rt, SP, 0);
    } else if (h >> 12 == 12) { /* stm, ldm */
        rp_arm_forget(s, (load ? h & 0xffu : 0u) | 1u << (h >> 8 & 7u));
    } else if (h >> 12 == 6 && load) {
        rp_arm_load(s, rt, rn, (h >> 6 & 31u) * 4);
    } else if (load) {
        rp_arm_forget(s, 1u << rt);
    }
}

static void thumb_16(rp_arm_state *s, uint32_t h)
{
    unsigned rd = h >> 8 & 7u;
    switch (h >> 11) {
    case 0x05: /* cmp rn, #imm */
        s->compared = h & 0xffu;
        break;
    case 0x04: /* mov */
    case 0x06:
    case 0x07:
        rp_arm_forget(s, 1u << rd);
        break;
    case 0x08:
        if ((h & 0x400u) != 0)
            high_registers(s, h);
        else if ((h & 0x3c0u) != 0x200 && (h & 0x3c0u) != 0x280 && (h & 0x3c0u) != 0x2c0)
            rp_arm_forget(s, 1u << (h & 7u)); /* not tst, cmp, cmn */
        break;
    case 0x09:
        load_literal(s, rd, aligned_pc(s) + (h & 0xffu) * 4);
        break;
    case 0x12: /* str [sp] */
        rp_arm_touch(s, (h & 0xffu) * 4);
        break;
    case 0x13: /* ldr [sp] */
    case 0x15: /* add rd, sp, # */
        rp_arm_forget(s, 1u << rd);
        break;
    case 0x14: /* adr */
        rp_arm_constant(s, rd, (uint32_t)aligned_pc(s) + (h & 0xffu) * 4);
        rp_arm_address(s, s->value[rd]);
        break;
    case 0x16:
    case 0x17:
        miscellaneous(s, h);
        break;
    case 0x1a:
    case 0x1b:
    case 0x1c:
        branch_16(s, h);
        break;
    default:
        if (h >> 13 >= 2)
            loads_16(s, h);
        else
            rp_arm_forget(s, 1u << (h & 7u)); /* shifts, add, sub */
    }
}

/* ---- 32 bits: F3.1; `w` has the first halfword on top ---- */

/* T32ExpandImm of i:imm3:imm8; the few forms that stack adjustments take */
static uint32_t expand(uint32_t w)
{
    uint32_t code = (w >> 26 & 1u) << 11 | (w >> 12 & 7u) << 8 | (w & 0xffu), low = code & 0xffu;
    switch (code >> 8) {
    case 0:
        return low;
    case 1:
        return low << 16 | low;
    case 2:
        return low << 24 | low << 8;
    case 3:
        return low * 0x01010101u;
    default: {
        uint32_t turn = code >> 7, v = (code & 0x7fu) | 0x80u;
        return v >> turn | v << (32 - turn);
    }
    }
}

static uint32_t plain_12(uint32_t w)
{
    return (w >> 26 & 1u) << 11 | (w >> 12 & 7u) << 8 | (w & 0xffu);
}

static uint64_t branch_target(const rp_arm_state *s, uint32_t w)
{
    uint32_t sign = w >> 26 & 1u, i1 = ~(w >> 13 ^ sign) & 1u, i2 = ~(w >> 11 ^ sign) & 1u;
    uint64_t raw =
        (uint64_t)sign << 24 | i1 << 23 | i2 << 22 | (w >> 16 & 0x3ffu) << 12 | (w & 0x7ffu) << 1;
    return (s->addr + 4 + (uint64_t)rp_sign_extend(raw, 25)) & 0xffffffff;
}

/* M-profile PACBTI hints (DDI 0553, C2.4) */
static void hint_32(rp_arm_state *s, uint32_t w)
{
    bool first = s->addr == s->range->start;
    switch (w) {
    case 0xf3af800f: /* bti */
        s->fn->flags |= first ? RP_FN_LANDING : 0u;
        break;
    case 0xf3af800d: /* pacbti r12, lr, sp */
        s->fn->flags |= RP_FN_SIGNS | (first ? RP_FN_LANDING : 0u);
        break;
    case 0xf3af801d: /* pac r12, lr, sp */
        s->fn->flags |= RP_FN_SIGNS;
        break;
    case 0xf3af802d: /* aut r12, lr, sp */
        s->fn->flags |= RP_FN_AUTHENTICATES;
        s->authenticated = true;
        break;
    default:
        break;
    }
}

/* 11110 … 1x…: branches and control */
static void control_32(rp_arm_state *s, uint32_t w)
{
    switch (w & 0x5000u) {
    case 0x5000: /* bl */
        rp_arm_direct(s, branch_target(s, w), true);
        return;
    case 0x4000: /* blx */
        rp_arm_direct(s, branch_target(s, w) & ~(uint64_t)3, true);
        return;
    case 0x1000: /* b.w */
        rp_arm_direct(s, branch_target(s, w), false);
        return;
    default:
        break;
    }
    if ((w & 0xfff00000) == 0xf3a00000)
        hint_32(s, w);
    else if ((w >> 22 & 14u) == 14) /* mrs, msr, bxj; else a conditional branch */
        rp_arm_forget(s, 1u << (w >> 8 & 15u));
}

static void move_wide(rp_arm_state *s, uint32_t w, bool top)
{
    unsigned rd = w >> 8 & 15u;
    uint32_t imm = (w >> 16 & 15u) << 12 | plain_12(w);
    if (!top) {
        rp_arm_constant(s, rd, imm);
    } else if ((s->known >> rd & 1u) != 0) {
        rp_arm_constant(s, rd, (s->value[rd] & 0xffffu) | imm << 16);
        if (!position_added_soon(s, rd))
            rp_arm_address(s, s->value[rd]);
    }
}

/* 11110 … 0: data processing with an immediate */
static void immediate_32(rp_arm_state *s, uint32_t w)
{
    unsigned rd = w >> 8 & 15u, rn = w >> 16 & 15u;
    uint32_t op = w & 0xfbe08000; /* without S */
    if ((w & 0xfbf08000) == 0xf2400000 || (w & 0xfbf08000) == 0xf2c00000) {
        move_wide(s, w, (w & 0x00800000) != 0);
    } else if (op == 0xf1a00000 && rd == PC) { /* cmp */
        s->compared = expand(w);
    } else if (rn == SP && rd == SP && (op == 0xf1a00000 || op == 0xf2a00000)) {
        rp_arm_take(s, op == 0xf1a00000 ? expand(w) : plain_12(w));
    } else if (rd == SP) {
        rp_arm_give_back(s);
    } else if (rn == PC && (op == 0xf2000000 || op == 0xf2a00000)) { /* adr.w */
        uint32_t at = (uint32_t)aligned_pc(s), by = plain_12(w);
        rp_arm_constant(s, rd, op == 0xf2000000 ? at + by : at - by);
        rp_arm_address(s, s->value[rd]);
    } else if (rd != PC && op == 0xf0400000 && rn == PC) { /* mov.w */
        rp_arm_constant(s, rd, expand(w));
    } else if (rd != PC) {
        rp_arm_forget(s, 1u << rd);
    }
}

/* 1110 100x x1: ldrd, strd, exclusive, tbb, tbh */
static void double_32(rp_arm_state *s, uint32_t w)
{
    unsigned rn = w >> 16 & 15u, rt = w >> 12 & 15u, rt2 = w >> 8 & 15u;
    bool load = (w & (1u << 20)) != 0, pre = (w & (1u << 24)) != 0, up = (w & (1u << 23)) != 0,
         back = (w & (1u << 21)) != 0;
    if ((w & 0xfff0ffe0) == 0xe8d0f000) { /* tbb, tbh */
        rp_arm_jump_table(s, rn == PC ? s->addr + 4 : 0, (w & 0x10u) != 0 ? 2 : 1);
        return;
    }
    if (!pre && !back) { /* exclusive: the status comes back */
        s->fn->flags |= RP_FN_MEMORY;
        rp_arm_forget(s, load ? 1u << rt | 1u << rt2 : 1u << (w & 15u) | 1u << rt2);
        return;
    }
    s->fn->flags |= rn != SP ? RP_FN_MEMORY : 0u;
    bool link = rn == SP && (rt == LR || rt2 == LR);
    if (load) {
        s->lr_reloaded |= link;
        rp_arm_forget(s, 1u << rt | 1u << rt2);
        if (rn == SP && back)
            rp_arm_give_back(s);
    } else if (rn == SP) {
        s->fn->flags |= link ? RP_FN_SPILLS_LR : 0u;
        if (back && pre && !up)
            rp_arm_take(s, (w & 0xffu) * 4);
        rp_arm_touch(s, back ? 0 : (w & 0xffu) * 4);
    }
    if (back)
        rp_arm_forget(s, 1u << rn);
}

/* 1110 100x x0: ldm, stm, push.w, pop.w */
static void multiple_32(rp_arm_state *s, uint32_t w)
{
    unsigned rn = w >> 16 & 15u;
    uint32_t list = w & 0xffffu;
    bool load = (w & (1u << 20)) != 0;
    if ((w & 0xffff0000) == 0xe92d0000) {
        rp_arm_push(s, list);
    } else if ((w & 0xffff0000) == 0xe8bd0000) {
        rp_arm_pop(s, list);
    } else if (load) {
        s->fn->flags |= rn != SP ? RP_FN_MEMORY : 0u;
        s->lr_reloaded |= rn == SP && (list >> LR & 1u) != 0;
        rp_arm_forget(s, list | 1u << rn);
        if ((list >> PC & 1u) != 0) { /* ldm rn, {…, pc}: from a frame record */
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

static void load_word(rp_arm_state *s, uint32_t w, unsigned rn, unsigned rt, bool wide)
{
    uint32_t offset = wide ? w & 0xfffu : w & 0xffu;
    bool post = !wide && (w & 0xd00u) == 0x900, index = !wide && (w & 0x800u) == 0;
    if (rn == PC) { /* literal */
        uint64_t from = aligned_pc(s);
        from = (w & (1u << 23)) != 0 ? from + (w & 0xfffu) : from - (w & 0xfffu);
        if (rt == PC)
            rp_arm_jump_memory(s, true);
        else
            load_literal(s, rt, from);
    } else if (rn == SP && rt == PC) {
        rp_arm_pop(s, 1u << PC);
    } else if (rt == PC && index) { /* ldr pc, [base, index, lsl #2] */
        rp_arm_jump_table(s, 0, 0);
    } else if (rt == PC) {
        rp_arm_jump_memory(s, false);
    } else if (rn == SP) {
        rp_arm_forget(s, 1u << rt);
        s->lr_reloaded |= rt == LR;
        if (post)
            rp_arm_give_back(s);
    } else if (index && (w & 0x30u) == 0) {
        rp_arm_load_indexed(s, rt, rn, w & 15u);
    } else if (index) {
        rp_arm_load(s, rt, SP, 0);
    } else {
        rp_arm_load(s, rt, rn, offset);
    }
}

static void store_word(rp_arm_state *s, uint32_t w, unsigned rt, bool wide)
{
    s->fn->flags |= rt == LR && (w >> 21 & 3u) == 2 ? RP_FN_SPILLS_LR : 0u;
    if (wide) {
        rp_arm_touch(s, w & 0xfffu);
        return;
    }
    bool back = (w & 0x900u) == 0x900, pre = (w & 0xf00u) == 0xd00;
    if (pre)
        rp_arm_take(s, w & 0xffu);
    rp_arm_touch(s, back || (w & 0x800u) == 0 ? 0 : w & 0xffu);
}

/* 1111 100x: one register or part of it */
static void single_32(rp_arm_state *s, uint32_t w)
{
    unsigned rn = w >> 16 & 15u, rt = w >> 12 & 15u, size = w >> 21 & 3u;
    bool load = (w & (1u << 20)) != 0, wide = (w & (1u << 23)) != 0, word = size == 2;
    s->fn->flags |= rn != SP && rn != PC ? RP_FN_MEMORY : 0u;
    if (load && word)
        load_word(s, w, rn, rt, wide);
    else if (load && rt != PC) /* narrower; pld is its form with pc */
        rp_arm_forget(s, 1u << rt);
    else if (!load && rn == SP)
        store_word(s, w, rt, wide);
    if (!wide && rn != SP && rn != PC && (w & 0x900u) == 0x900)
        rp_arm_forget(s, 1u << rn);
}

/* 1110 101x: data processing with registers; fb5x/fb6x: autg, bxaut, pacg */
static void registers_32(rp_arm_state *s, uint32_t w)
{
    unsigned rd = w >> 8 & 15u;
    if ((w & 0xffef0000) == 0xebad0000 && rd == SP) { /* sub sp, sp, rm */
        rp_arm_take_register(s, w & 15u);
    } else if (rd == SP) {
        rp_arm_give_back(s);
    } else if (rd == PC) { /* tst, teq, cmp, cmn */
        s->compared = UINT32_MAX;
    } else {
        rp_arm_forget(s, 1u << rd);
    }
}

static void multiply_32(rp_arm_state *s, uint32_t w)
{
    if ((w & 0xfff00ff0) == 0xfb500f10) { /* bxaut */
        s->fn->flags |= RP_FN_AUTHENTICATES;
        s->authenticated = true;
        rp_arm_indirect(s, w >> 16 & 15u, false);
    } else if ((w & 0xfff00ff0) == 0xfb500f00) { /* autg */
        s->fn->flags |= RP_FN_AUTHENTICATES;
        s->authenticated |= (w >> 16 & 15u) == LR;
    } else if ((w & 0xfff0f0f0) == 0xfb60f000) { /* pacg */
        s->fn->flags |= (w >> 16 & 15u) == LR ? RP_FN_SIGNS : 0u;
        rp_arm_forget(s, 1u << (w >> 8 & 15u));
    } else {
        rp_arm_forget(s, 1u << (w >> 8 & 15u) | 1u << (w >> 12 & 15u));
    }
}

/* 1110 11xx, 1111 11xx: coprocessors, floating point; vpush, vpop; mrc of the thread pointer */
static void vector_32(rp_arm_state *s, uint32_t w)
{
    if ((w & 0xffbf0e00) == 0xed2d0a00) { /* vpush */
        rp_arm_take(s, (w & 0xffu) * 4);
        rp_arm_touch(s, 0);
    } else if ((w & 0xffbf0e00) == 0xecbd0a00) { /* vpop */
        rp_arm_give_back(s);
    } else if ((w & 0xee000000) == 0xec000000) { /* vldr, vstr, vldm … */
        if ((w >> 16 & 15u) != SP)
            s->fn->flags |= (w >> 16 & 15u) != PC ? RP_FN_MEMORY : 0u;
        else if ((w & (1u << 20)) == 0)
            rp_arm_touch(s, (w & (1u << 24)) != 0 ? (w & 0xffu) * 4 : 0);
        if ((w & (1u << 21)) != 0 && (w >> 16 & 15u) != SP)
            rp_arm_forget(s, 1u << (w >> 16 & 15u));
        if ((w & 0x0fe00000) == 0x0c400000) /* two registers from a coprocessor */
            rp_arm_forget(s, 1u << (w >> 12 & 15u) | 1u << (w >> 16 & 15u));
    } else if ((w & 0x0f100010) == 0x0e100010) {     /* mrc, vmov, vmrs */
        s->thread |= (w & 0xffff0fff) == 0xee1d0f70; /* TPIDRURO */
        rp_arm_forget(s, 1u << (w >> 12 & 15u) & 0x7fffu);
    }
}

static void thumb_32(rp_arm_state *s, uint32_t w)
{
    switch (w >> 25 & 15u) { /* below 111 */
    case 4:                  /* 1110 100 */
        if ((w & (1u << 22)) != 0)
            double_32(s, w);
        else
            multiple_32(s, w);
        break;
    case 5: /* 1110 101 */
        registers_32(s, w);
        break;
    case 6: /* 1110 110, 1110 111 */
    case 7:
    case 14: /* 1111 110, 1111 111 */
    case 15:
        vector_32(s, w);
        break;
    case 8: /* 11110 */
    case 9:
    case 10:
    case 11:
        if ((w & 0x8000u) != 0)
            control_32(s, w);
        else
            immediate_32(s, w);
        break;
    case 12: /* 1111 100 */
        if ((w & 0xff100000) == 0xf9000000 || (w & 0xff100000) == 0xf9100000) {
            bool elements = (w & (1u << 20)) == 0; /* vld1 … vst4 */
            if (elements) {
                s->fn->flags |= RP_FN_MEMORY;
                break;
            }
        }
        single_32(s, w);
        break;
    default: /* 1111 101: registers, multiplication */
        multiply_32(s, w);
    }
}

static void scan_thumb(rp_arm_state *s)
{
    rp_bytes b = s->range->bytes;
    uint64_t n = 0;
    while (s->at + 2 <= b.len) {
        uint32_t h = ahead(s, 0);
        s->addr = s->range->start + s->at;
        if (rp_arm_take_literal(s)) {
            s->at += 4;
            continue;
        }
        n++;
        if (h >> 11 < 0x1d) {
            thumb_16(s, h);
            s->at += 2;
        } else if (s->at + 4 <= b.len) {
            thumb_32(s, h << 16 | ahead(s, 1));
            s->at += 4;
        } else { /* cut in the middle */
            s->fn->flags |= RP_FN_BAD_CODE;
            s->sink->bad_bytes += 2;
            break;
        }
    }
    s->sink->instructions += n;
}

static void scan_arm(rp_arm_state *s)
{
    rp_bytes b = s->range->bytes;
    for (; s->at + 4 <= b.len; s->at += 4) {
        s->addr = s->range->start + s->at;
        if (rp_arm_take_literal(s))
            continue;
        s->sink->instructions++;
        rp_a32_instruction(s, rp_arm_word(b.ptr + s->at));
    }
}

void rp_t32_scan(rp_code_sink *sink, const rp_code_range *range, bool thumb, rp_fn_code *ret)
{
    *ret = (rp_fn_code){0};
    rp_arm_state s = {
        .sink = sink, .range = range, .fn = ret, .compared = UINT32_MAX, .thumb = thumb};
    if (thumb)
        scan_thumb(&s);
    else
        scan_arm(&s);
    sink->bytes += range->bytes.len;
    /* offsets from the thread pointer are loaded from slots (initial exec) or constants */
    if (s.thread && (ret->flags & (RP_FN_TLS_IE | RP_FN_TLS_GD | RP_FN_TLS_DESC)) == 0)
        ret->flags |= RP_FN_TLS_LE;
    rp_note_thread_guard(ret);
    if (rp_note_unprobed(ret, sink->guard_size))
        ret->flags |= RP_FN_UNPROBED;
}
