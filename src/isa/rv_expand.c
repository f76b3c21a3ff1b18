/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Chapter 28 of the unprivileged specification, tables of quadrants 0 to 2. */
#include "isa/rv_scan.h"

#include "isa/scan_note.h"

enum { LOAD = 0x03, LOAD_FP = 0x07, IMM = 0x13, IMM_32 = 0x1b, STORE = 0x23, STORE_FP = 0x27 };
enum { REG = 0x33, LUI = 0x37, REG_32 = 0x3b, BRANCH = 0x63, JALR = 0x67, JAL = 0x6f };

/* Bits high..low of h, moved to bit `to`. */
static uint32_t bits(uint32_t h, unsigned high, unsigned low, unsigned to)
{
    return (h >> low & ((1u << (high - low + 1)) - 1)) << to;
}

static uint32_t type_i(uint32_t op, uint32_t f3, uint32_t rd, uint32_t rs1, uint32_t imm)
{
    return (imm & 0xfffu) << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}

static uint32_t type_s(uint32_t op, uint32_t f3, uint32_t rs1, uint32_t rs2, uint32_t imm)
{
    return (imm >> 5 & 0x7fu) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | (imm & 31u) << 7 | op;
}

static uint32_t type_r(uint32_t op, uint32_t f7, uint32_t f3, uint32_t rd, uint32_t rs1,
                       uint32_t rs2)
{
    return f7 << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}

static uint32_t jump(uint32_t h, uint32_t rd)
{
    uint32_t raw = bits(h, 12, 12, 11) | bits(h, 11, 11, 4) | bits(h, 10, 9, 8) |
                   bits(h, 8, 8, 10) | bits(h, 7, 7, 6) | bits(h, 6, 6, 7) | bits(h, 5, 3, 1) |
                   bits(h, 2, 2, 5);
    uint32_t imm = (uint32_t)rp_sign_extend(raw, 12);
    return (imm >> 20 & 1u) << 31 | (imm >> 1 & 0x3ffu) << 21 | (imm >> 11 & 1u) << 20 |
           (imm >> 12 & 0xffu) << 12 | rd << 7 | JAL;
}

static uint32_t branch(uint32_t h, uint32_t f3)
{
    uint32_t raw = bits(h, 12, 12, 8) | bits(h, 11, 10, 3) | bits(h, 6, 5, 6) | bits(h, 4, 3, 1) |
                   bits(h, 2, 2, 5);
    uint32_t imm = (uint32_t)rp_sign_extend(raw, 9);
    return (imm >> 12 & 1u) << 31 | (imm >> 5 & 0x3fu) << 25 | (bits(h, 9, 7, 0) + 8) << 15 |
           f3 << 12 | (imm >> 1 & 15u) << 8 | (imm >> 11 & 1u) << 7 | BRANCH;
}

static uint32_t quadrant_0(uint32_t h, bool wide)
{
    uint32_t rd = bits(h, 4, 2, 0) + 8, rs1 = bits(h, 9, 7, 0) + 8;
    uint32_t word = bits(h, 12, 10, 3) | bits(h, 6, 6, 2) | bits(h, 5, 5, 6);
    uint32_t both = bits(h, 12, 10, 3) | bits(h, 6, 5, 6);
    switch (h >> 13) {
    case 0: {
        uint32_t imm = bits(h, 12, 11, 4) | bits(h, 10, 7, 6) | bits(h, 6, 6, 2) | bits(h, 5, 5, 3);
        return imm == 0 ? 0 : type_i(IMM, 0, rd, 2, imm); /* c.addi4spn */
    }
    case 1:
        return type_i(LOAD_FP, 3, rd, rs1, both);
    case 2:
        return type_i(LOAD, 2, rd, rs1, word);
    case 3:
        return wide ? type_i(LOAD, 3, rd, rs1, both) : type_i(LOAD_FP, 2, rd, rs1, word);
    case 4: /* Zcb: c.lbu, c.lhu, c.lh, c.sb, c.sh */
        return (h >> 11 & 3u) == 0 ? type_i(LOAD, (h & 0x400u) ? 5 : 4, rd, rs1, 0)
                                   : type_s(STORE, (h & 0x400u) ? 1 : 0, rs1, rd, 0);
    case 5:
        return type_s(STORE_FP, 3, rs1, rd, both);
    case 6:
        return type_s(STORE, 2, rs1, rd, word);
    default:
        return wide ? type_s(STORE, 3, rs1, rd, both) : type_s(STORE_FP, 2, rs1, rd, word);
    }
}

static uint32_t arithmetic(uint32_t h, uint32_t imm)
{
    uint32_t rd = bits(h, 9, 7, 0) + 8, rs2 = bits(h, 4, 2, 0) + 8;
    static const uint8_t f3[4] = {0, 4, 6, 7}; /* sub, xor, or, and */
    switch (h >> 10 & 3u) {
    case 0:
        return type_i(IMM, 5, rd, rd, imm & 0x3fu);
    case 1:
        return type_i(IMM, 5, rd, rd, 0x400u | (imm & 0x3fu));
    case 2:
        return type_i(IMM, 7, rd, rd, imm);
    default:
        if ((h & 0x1000u) != 0) /* subw, addw; Zcb's mul, not, extensions */
            return (h >> 6 & 1u) != 0 ? type_r(REG, 1, 0, rd, rd, rs2)
                                      : type_r(REG_32, (h >> 5 & 1u) ? 0 : 0x20, 0, rd, rd, rs2);
        return type_r(REG, (h >> 5 & 3u) == 0 ? 0x20 : 0, f3[h >> 5 & 3u], rd, rd, rs2);
    }
}

static uint32_t quadrant_1(uint32_t h, bool wide)
{
    uint32_t rd = bits(h, 11, 7, 0);
    uint32_t imm = (uint32_t)rp_sign_extend(bits(h, 12, 12, 5) | bits(h, 6, 2, 0), 6);
    switch (h >> 13) {
    case 0:
        return type_i(IMM, 0, rd, rd, imm);
    case 1:
        return wide ? type_i(IMM_32, 0, rd, rd, imm) : jump(h, 1);
    case 2:
        return type_i(IMM, 0, rd, 0, imm);
    case 3:
        if (rd == 2) { /* c.addi16sp */
            uint32_t raw = bits(h, 12, 12, 9) | bits(h, 6, 6, 4) | bits(h, 5, 5, 6) |
                           bits(h, 4, 3, 7) | bits(h, 2, 2, 5);
            return type_i(IMM, 0, 2, 2, (uint32_t)rp_sign_extend(raw, 10));
        }
        if (h == 0x6081) /* c.sspush x1 */
            return 0xce104073;
        if (h == 0x6281) /* c.sspopchk x5 */
            return 0xcdc2c073;
        return imm << 12 | rd << 7 | LUI;
    case 4:
        return arithmetic(h, imm);
    case 5:
        return jump(h, 0);
    case 6:
        return branch(h, 0);
    default:
        return branch(h, 1);
    }
}

static uint32_t quadrant_2(uint32_t h, bool wide)
{
    uint32_t rd = bits(h, 11, 7, 0), rs2 = bits(h, 6, 2, 0);
    uint32_t word_in = bits(h, 12, 12, 5) | bits(h, 6, 4, 2) | bits(h, 3, 2, 6);
    uint32_t both_in = bits(h, 12, 12, 5) | bits(h, 6, 5, 3) | bits(h, 4, 2, 6);
    uint32_t word_out = bits(h, 12, 9, 2) | bits(h, 8, 7, 6);
    uint32_t both_out = bits(h, 12, 10, 3) | bits(h, 9, 7, 6);
    switch (h >> 13) {
    case 0:
        return type_i(IMM, 1, rd, rd, bits(h, 12, 12, 5) | rs2);
    case 1:
        return type_i(LOAD_FP, 3, rd, 2, both_in);
    case 2:
        return type_i(LOAD, 2, rd, 2, word_in);
    case 3:
        return wide ? type_i(LOAD, 3, rd, 2, both_in) : type_i(LOAD_FP, 2, rd, 2, word_in);
    case 4:
        if (rs2 == 0 && rd == 0)
            return (h & 0x1000u) != 0 ? 0x00100073u : 0u; /* c.ebreak */
        if (rs2 == 0)
            return type_i(JALR, 0, h >> 12 & 1u, rd, 0);
        return type_r(REG, 0, 0, rd, (h & 0x1000u) != 0 ? rd : 0, rs2);
    case 5:
        return type_s(STORE_FP, 3, 2, rs2, both_out);
    case 6:
        return type_s(STORE, 2, 2, rs2, word_out);
    default:
        return wide ? type_s(STORE, 3, 2, rs2, both_out) : type_s(STORE_FP, 2, 2, rs2, word_out);
    }
}

uint32_t rp_rv_expand(uint32_t half, bool wide)
{
    switch (half & 3u) {
    case 0:
        return quadrant_0(half, wide);
    case 1:
        return quadrant_1(half, wide);
    case 2:
        return quadrant_2(half, wide);
    default:
        return 0;
    }
}
