/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_insn.h"

/* What follows an opcode; the letters keep the tables readable. */
enum {
    N = 0,       /* nothing */
    M = 1 << 0,  /* ModRM */
    B = 1 << 1,  /* 8-bit immediate */
    Z = 1 << 2,  /* immediate of operand size, at most 32 bits */
    W = 1 << 3,  /* 16-bit immediate */
    V = 1 << 4,  /* immediate of operand size, 64 bits with REX.W */
    O = 1 << 5,  /* absolute address (moffs) of address size */
    J = 1 << 6,  /* near branch displacement */
    F = 1 << 7,  /* far pointer */
    G = 1 << 8,  /* group 3: an immediate when ModRM.reg is 0 or 1 */
    L = 1 << 9,  /* legacy: invalid in 64-bit mode */
    P = 1 << 10, /* prefix */
    R = 1 << 11, /* REX in 64-bit mode, else inc and dec */
    E = 1 << 12, /* escape: has code of its own */
    I = 1 << 13, /* invalid; with M: but for PadLock */
    C = 1 << 14, /* ModRM whose mod is ignored (mov from and to control and debug registers) */
    H = 1 << 15, /* 0f 78: two immediate bytes after 66 or f2 (extrq, insertq) */
};

#define RP_X86_TABLE(name) static const uint16_t name[256]
#include "isa/x86_tables.inc"
#undef RP_X86_TABLE

/* The same tables once more with other letters, for instructions without prefixes but REX: bytes of
 * immediate, and what is left to the long way. */
#define RP_X86_TABLE(name) const uint8_t rp_x86_plain_##name[256]
#define N                  0
#define M                  RP_X86_PLAIN_MODRM
#define B                  1
#define W                  2
#define Z                  4
#define J                  4
#define V                  (RP_X86_PLAIN_WIDE | 4)
#define O                  RP_X86_PLAIN_SLOW
#define F                  RP_X86_PLAIN_SLOW
#define G                  RP_X86_PLAIN_SLOW
#define L                  RP_X86_PLAIN_SLOW
#define P                  RP_X86_PLAIN_SLOW
#define R                  RP_X86_PLAIN_SLOW
#define E                  RP_X86_PLAIN_SLOW
#define I                  RP_X86_PLAIN_SLOW
#define C                  RP_X86_PLAIN_SLOW
#define H                  RP_X86_PLAIN_SLOW
#include "isa/x86_tables.inc"
#undef RP_X86_TABLE
#undef N
#undef M
#undef B
#undef W
#undef Z
#undef J
#undef V
#undef O
#undef F
#undef G
#undef L
#undef P
#undef R
#undef E
#undef I
#undef C
#undef H

enum { MAX_LENGTH = 15 };

typedef struct {
    const uint8_t *p;
    unsigned at;
    bool mode64;
    rp_x86_insn i;
} cursor;

/* Bytes that ModRM, SIB and displacement take (SDM 2.1.3 to 2.1.5, tables 2-1 to 2-3). */
static inline unsigned modrm_length(const uint8_t *p, bool short_addresses)
{
    unsigned mod = p[0] >> 6, rm = p[0] & 7u;
    if (mod == 3)
        return 1;
    if (short_addresses)
        return mod == 0 ? (rm == 6 ? 3 : 1) : 1 + mod;
    unsigned n = 1;
    if (rm == 4) {
        n = 2;
        if (mod == 0 && (p[1] & 7u) == 5)
            n = 6;
    } else if (mod == 0 && rm == 5) {
        n = 5;
    }
    return n + (mod == 1 ? 1u : mod == 2 ? 4u : 0u);
}

static unsigned immediate_length(const cursor *c, unsigned f)
{
    bool wide = (c->i.rex & 8u) != 0, narrow = (c->i.prefix & RP_X86_66) != 0;
    unsigned z = narrow && !wide ? 2 : 4, n = 0;
    n += (f & B) != 0;
    n += (f & Z) != 0 ? z : 0;
    n += (f & W) != 0 ? 2 : 0;
    if ((f & V) != 0)
        n += wide ? 8 : z;
    if ((f & J) != 0) /* 64-bit mode ignores 66 here, as Intel's processors do */
        n += narrow && !c->mode64 ? 2 : 4;
    if ((f & O) != 0)
        n += (c->mode64 ? 8u : 4u) >> ((c->i.prefix & RP_X86_67) != 0);
    if ((f & F) != 0)
        n += narrow ? 4 : 6;
    if ((f & H) != 0)
        n += (c->i.prefix & (RP_X86_66 | RP_X86_F2)) != 0 ? 2 : 0;
    return n;
}

/* Everything behind the opcode; c->at is just behind it. */
static inline rp_x86_insn finish(cursor *c, unsigned f)
{
    if (RP_UNLIKELY((f & (I | E)) != 0 || ((f & L) != 0 && c->mode64)))
        return (rp_x86_insn){0};
    if ((f & (M | C)) != 0) {
        c->i.modrm = (uint8_t)c->at;
        if ((f & G) != 0 && (c->p[c->at] & 0x38u) < 0x10)
            f |= c->i.op == 0xf6 ? B : Z;
        bool short_addresses = !c->mode64 && (c->i.prefix & RP_X86_67) != 0;
        c->at += (f & C) != 0 ? 1 : modrm_length(c->p + c->at, short_addresses);
    }
    c->i.imm = (uint8_t)c->at;
    if ((f & ~(unsigned)(M | C | G | L)) != 0)
        c->at += immediate_length(c, f);
    c->i.len = (uint8_t)c->at;
    return c->at <= MAX_LENGTH ? c->i : (rp_x86_insn){0};
}

/* The operand-size or repeat prefix that VEX-like encodings carry in two bits. */
static uint8_t implied_prefix(unsigned pp)
{
    static const uint8_t bits[4] = {0, RP_X86_66, RP_X86_F3, RP_X86_F2};
    return bits[pp];
}

/* Opcode of a VEX, EVEX or XOP instruction of map `map`; c->at is at the opcode. */
static rp_x86_insn vector_opcode(cursor *c, unsigned map)
{
    c->i.op = c->p[c->at++];
    c->i.map = (uint8_t)map;
    switch (map) {
    case RP_X86_0F:
        return finish(c, two_byte[c->i.op] == N && c->i.op == 0x77
                             ? N
                             : (unsigned)M | (two_byte[c->i.op] & B));
    case RP_X86_0F3A:
    case RP_X86_XOP8:
        return finish(c, M | B);
    case RP_X86_0F38:
    case RP_X86_MAP5:
    case RP_X86_MAP6:
    case RP_X86_XOP9:
        return finish(c, M);
    case RP_X86_MAP4: /* legacy opcodes keep their immediates; shld and shrd moved here (APX 3.1.3)
                       */
        if (c->i.op == 0x24 || c->i.op == 0x2c)
            return finish(c, M | B);
        return finish(c, (unsigned)M |
                             (one_byte[c->i.op] & (M | G) ? one_byte[c->i.op] & (B | Z | G) : 0u));
    case RP_X86_XOPA: {
        rp_x86_insn i = finish(c, M);
        i.len = i.len != 0 && i.len + 4 <= MAX_LENGTH ? (uint8_t)(i.len + 4) : 0;
        return i;
    }
    case RP_X86_MAP7: { /* urdmsr, uwrmsr: imm32 */
        rp_x86_insn i = finish(c, M);
        i.len = i.len != 0 && i.len + 4 <= MAX_LENGTH ? (uint8_t)(i.len + 4) : 0;
        return i;
    }
    default:
        return (rp_x86_insn){0};
    }
}

static rp_x86_insn vex2(cursor *c)
{
    unsigned b = c->p[c->at++];
    c->i.rex = (uint8_t)(0x40u | ((~b >> 5) & 4u));
    c->i.prefix |= implied_prefix(b & 3u);
    return vector_opcode(c, RP_X86_0F);
}

/* Three-byte VEX and XOP share their layout: RXB inverted and map, W vvvv L pp. */
static rp_x86_insn vex3(cursor *c, bool xop)
{
    unsigned b1 = c->p[c->at], b2 = c->p[c->at + 1];
    c->at += 2;
    c->i.rex = (uint8_t)(0x40u | ((~b1 >> 5) & 7u) | ((b2 >> 4) & 8u));
    c->i.prefix |= implied_prefix(b2 & 3u);
    unsigned map = b1 & 31u;
    if (xop)
        return vector_opcode(c, map == 8    ? RP_X86_XOP8
                                : map == 9  ? RP_X86_XOP9
                                : map == 10 ? RP_X86_XOPA
                                            : 99);
    return vector_opcode(c, map == 0 || map > 7 || map == 4 ? 99 : map);
}

static rp_x86_insn evex(cursor *c)
{
    unsigned b1 = c->p[c->at], b2 = c->p[c->at + 1];
    c->at += 3;
    c->i.rex = (uint8_t)(0x40u | ((~b1 >> 5) & 7u) | ((b2 >> 4) & 8u));
    c->i.prefix |= implied_prefix(b2 & 3u);
    unsigned map = b1 & 7u;
    return vector_opcode(c, map == 0 ? 99 : map);
}

/* d5 M0 R4 X4 B4 W R3 X3 B3: the opcode follows at once (APX 3.1.1). */
static rp_x86_insn rex2(cursor *c)
{
    unsigned b = c->p[c->at++];
    c->i.rex = (uint8_t)(0x40u | (b & 15u));
    c->i.op = c->p[c->at++];
    if ((b & 0x80u) != 0) {
        c->i.map = RP_X86_0F;
        return finish(c, two_byte[c->i.op]);
    }
    unsigned f = one_byte[c->i.op];
    if (c->i.op == 0xa1) { /* jmpabs imm64 */
        c->i.imm = (uint8_t)c->at;
        c->i.len = (uint8_t)(c->at + 8);
        return c->i.len <= MAX_LENGTH ? c->i : (rp_x86_insn){0};
    }
    if ((f & (P | R | E | L)) != 0)
        return (rp_x86_insn){0};
    return finish(c, f);
}

/* 62, 8f, c4, c5, d5: an encoding of its own or, by what follows, an old instruction. */
static rp_x86_insn escape(cursor *c, unsigned op)
{
    unsigned next = c->p[c->at];
    c->i.vector = (uint8_t)op;
    /* 32-bit mode: c4, c5 and 62 are lds, les and bound unless the would-be ModRM names a register
     */
    bool encoded = c->mode64 || next >= 0xc0;
    bool clean =
        (c->i.prefix & (RP_X86_66 | RP_X86_F2 | RP_X86_F3 | RP_X86_LOCK)) == 0 && c->i.rex == 0;
    if (op == 0x8f) {
        if ((next & 31u) >= 8 && (next & 31u) <= 10)
            return clean ? vex3(c, true) : (rp_x86_insn){0};
        c->i.vector = 0;
        return finish(c, M);
    }
    if (op == 0xd5) {
        if (c->mode64)
            return rex2(c);
        c->i.vector = 0;
        return finish(c, B); /* aad */
    }
    if (!encoded) {
        c->i.vector = 0;
        return finish(c, M);
    }
    if (!clean)
        return (rp_x86_insn){0};
    return op == 0xc5 ? vex2(c) : op == 0xc4 ? vex3(c, false) : evex(c);
}

/* VIA PadLock, 0f a6 and 0f a7: the ModRM byte is part of the opcode, and rep is needed by all but
 * xstore (PadLock Programming Guide, table 1-1; OpenSSL has them in every x86 build). */
static bool is_padlock(const cursor *c, unsigned op)
{
    unsigned modrm = c->p[c->at];
    bool rep = (c->i.prefix & RP_X86_F3) != 0;
    if (modrm < 0xc0 || (modrm & 7u) != 0)
        return false;
    return op == 0xa6 ? rep && modrm <= 0xd0 : modrm == 0xc0 || (rep && modrm <= 0xe8);
}

static rp_x86_insn two_byte_opcode(cursor *c)
{
    unsigned op = c->p[c->at++];
    unsigned f = two_byte[op];
    c->i.map = RP_X86_0F;
    if (RP_UNLIKELY(f == E)) {
        c->i.map = op == 0x38 ? RP_X86_0F38 : RP_X86_0F3A;
        f = op == 0x38 ? M : M | B;
        op = c->p[c->at++];
    }
    c->i.op = (uint8_t)op;
    if (RP_UNLIKELY(f == (M | I) && is_padlock(c, op)))
        f = M;
    return finish(c, f);
}

static uint8_t prefix_bit(unsigned b)
{
    switch (b) {
    case 0x66:
        return RP_X86_66;
    case 0x67:
        return RP_X86_67;
    case 0xf2:
        return RP_X86_F2;
    case 0xf3:
        return RP_X86_F3;
    case 0xf0:
        return RP_X86_LOCK;
    case 0x64:
        return RP_X86_FS;
    case 0x65:
        return RP_X86_GS;
    case 0x3e:
        return RP_X86_NOTRACK;
    default:
        return 0;
    }
}

/* The long way: any prefixes, any encoding. p has at least RP_X86_WINDOW readable bytes: prefixes
 * stop at 15, and no more than 6 further bytes are looked at. */
static rp_x86_insn decode_any(const uint8_t *p, bool mode64)
{
    cursor c = {.p = p, .mode64 = mode64};
    unsigned op = p[c.at++], f = one_byte[op];
    while ((f & (P | R)) != 0) {
        if ((f & P) != 0) {
            c.i.prefix |= prefix_bit(op);
            c.i.rex = 0; /* REX counts only just before the opcode */
        } else if (mode64) {
            c.i.rex = (uint8_t)op;
        } else {
            break; /* inc, dec */
        }
        if (c.at >= MAX_LENGTH)
            return (rp_x86_insn){0};
        op = p[c.at++];
        f = one_byte[op];
    }
    c.i.op = (uint8_t)op;
    if (op == 0x0f)
        return two_byte_opcode(&c);
    if ((f & E) != 0)
        return escape(&c, op);
    return finish(&c, f & ~(unsigned)R);
}

/* clang-format off */
#define MOD(n) n, n, n, n, (n) + 1, n, n, n
#define MOD_0 1, 1, 1, 1, 2 | 0x80, 5, 1, 1
const uint8_t rp_x86_modrm_bytes[256] = {
    MOD_0, MOD_0, MOD_0, MOD_0, MOD_0, MOD_0, MOD_0, MOD_0,
    MOD(2), MOD(2), MOD(2), MOD(2), MOD(2), MOD(2), MOD(2), MOD(2),
    MOD(5), MOD(5), MOD(5), MOD(5), MOD(5), MOD(5), MOD(5), MOD(5),
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};
#undef MOD
#undef MOD_0
/* clang-format on */

static rp_x86_insn decode(const uint8_t *p, bool mode64)
{
    rp_x86_insn i;
    return rp_x86_decode_plain(p, mode64, &i) ? i : decode_any(p, mode64);
}

/* Near the end: in a window with zeroes behind. */
static rp_x86_insn decode_last(const uint8_t *p, size_t left, bool mode64)
{
    uint8_t window[RP_X86_WINDOW] = {0};
    if (left != 0)
        memcpy(window, p, left);
    rp_x86_insn i = decode(window, mode64);
    return i.len <= left ? i : (rp_x86_insn){0};
}

rp_x86_insn rp_x86_decode(const uint8_t *p, size_t left, bool mode64)
{
    rp_x86_insn i;
    if (RP_UNLIKELY(left < RP_X86_WINDOW))
        return decode_last(p, left, mode64);
    return RP_LIKELY(rp_x86_decode_plain(p, mode64, &i)) ? i : decode_any(p, mode64);
}

bool rp_x86_absolute(const uint8_t *p, rp_x86_insn i, bool mode64, uint32_t *ret)
{
    const uint8_t *m = p + i.modrm;
    unsigned room = rp_x86_room(i, mode64);
    if (mode64 && room >= 5 && (m[0] & 0xc7u) == 4 && m[1] == 0x25) {
        *ret = (uint32_t)rp_x86_i32(m + 2);
        return true;
    }
    if (!mode64 && room >= 4 && (m[0] & 0xc7u) == 5) {
        *ret = (uint32_t)rp_x86_i32(m + 1);
        return true;
    }
    return false;
}
