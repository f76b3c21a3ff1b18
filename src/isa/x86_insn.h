/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Length and shape of x86 instructions (64-bit and 32-bit mode), from tables: legacy maps, VEX,
 * EVEX, XOP, 3DNow!, REX2 and the APX maps. Says where an instruction's parts are, not what it
 * means. Sources: Intel SDM volume 2, chapter 2 and appendix A; AMD64 APM volume 3, appendix A;
 * Intel APX specification 3.1. */
#ifndef RP_ISA_X86_INSN_H
#define RP_ISA_X86_INSN_H

#include "base/base.h"

#include "base/numbers.h"

enum { /* rp_x86_insn.prefix */
       RP_X86_66 = 1 << 0,
       RP_X86_67 = 1 << 1,
       RP_X86_F2 = 1 << 2,
       RP_X86_F3 = 1 << 3,
       RP_X86_LOCK = 1 << 4,
       RP_X86_FS = 1 << 5,
       RP_X86_GS = 1 << 6,
       RP_X86_NOTRACK = 1 << 7, /* 3e: DS override, notrack before indirect branches */
};

enum {              /* rp_x86_insn.map */
       RP_X86_ONE,  /* one-byte opcodes */
       RP_X86_0F,   /* 0f xx, VEX and EVEX map 1 */
       RP_X86_0F38, /* 0f 38 xx, map 2 */
       RP_X86_0F3A, /* 0f 3a xx, map 3 */
       RP_X86_MAP4, /* EVEX map 4: legacy opcodes promoted by APX */
       RP_X86_MAP5,
       RP_X86_MAP6,
       RP_X86_MAP7,
       RP_X86_XOP8,
       RP_X86_XOP9,
       RP_X86_XOPA
};

typedef struct {
    uint8_t len; /* bytes; 0: no valid instruction here, or cut short */
    uint8_t map;
    uint8_t op;
    uint8_t modrm;  /* offset of the ModRM byte, 0 without */
    uint8_t imm;    /* offset of the immediate or branch displacement, = len without */
    uint8_t rex;    /* REX.WRXB as 0x40|bits, 0 without; of VEX, EVEX, XOP and REX2 the same bits */
    uint8_t prefix; /* RP_X86_ bits above */
    uint8_t vector; /* 0, or the escape byte: 0xc4, 0xc5, 0x62, 0x8f, 0xd5 */
} rp_x86_insn;

/* The instruction at p[0..left). Reads no byte beyond left. */
rp_x86_insn rp_x86_decode(const uint8_t *p, size_t left, bool mode64);

enum { /* entries of the tables below */
       RP_X86_PLAIN_IMM = 7,
       RP_X86_PLAIN_SLOW = 1 << 3,
       RP_X86_PLAIN_MODRM = 1 << 4,
       RP_X86_PLAIN_WIDE = 1 << 5, /* an immediate that is 64 bits long with REX.W */
       RP_X86_WINDOW = 32          /* bytes that a decoder without bounds may look at */
};
extern const uint8_t rp_x86_plain_one_byte[256], rp_x86_plain_two_byte[256];
/* ModRM, SIB and displacement in 32 and 64-bit addressing, by ModRM; bit 7: a SIB byte whose base
 * may call for a displacement more. */
extern const uint8_t rp_x86_modrm_bytes[256];

/* At most a REX prefix and a plain opcode of the first two maps: nine of ten instructions. False
 * for all others. RP_X86_WINDOW bytes at p can be read. */
static inline bool rp_x86_decode_plain(const uint8_t *p, bool mode64, rp_x86_insn *ret)
{
    unsigned first = p[0];
    unsigned at = mode64 && (first & 0xf0u) == 0x40;
    unsigned rex = at != 0 ? first : 0;
    bool escaped = p[at] == 0x0f;
    at += escaped;
    unsigned op = p[at++];
    unsigned f = (escaped ? rp_x86_plain_two_byte : rp_x86_plain_one_byte)[op];
    if (RP_UNLIKELY((f & RP_X86_PLAIN_SLOW) != 0))
        return false;
    rp_x86_insn i = {.map = escaped ? RP_X86_0F : RP_X86_ONE, .op = (uint8_t)op};
    i.rex = (uint8_t)rex;
    if ((f & RP_X86_PLAIN_MODRM) != 0) {
        i.modrm = (uint8_t)at;
        unsigned n = rp_x86_modrm_bytes[p[at]];
        if (RP_UNLIKELY((n & 0x80u) != 0))
            n = (p[at + 1] & 7u) == 5 ? 6 : 2;
        at += n;
    }
    i.imm = (uint8_t)at;
    at += f & RP_X86_PLAIN_IMM;
    if ((f & RP_X86_PLAIN_WIDE) != 0)
        at += (rex & 8u) >> 1;
    i.len = (uint8_t)at;
    *ret = i;
    return true;
}

static inline unsigned rp_x86_mod(const uint8_t *p, rp_x86_insn i)
{
    return p[i.modrm] >> 6;
}
/* ModRM.reg and ModRM.rm with the REX extension bit. */
static inline unsigned rp_x86_reg(const uint8_t *p, rp_x86_insn i)
{
    return ((p[i.modrm] >> 3) & 7u) | ((i.rex & 4u) << 1);
}
static inline unsigned rp_x86_rm(const uint8_t *p, rp_x86_insn i)
{
    return (p[i.modrm] & 7u) | ((i.rex & 1u) << 3);
}
/* Does the memory operand with ModRM at m lie at the stack pointer? (A base of r12 is another.) */
static inline bool rp_x86_at_stack(const uint8_t *m, rp_x86_insn i)
{
    return (m[0] & 7u) == 4 && (m[1] & 7u) == 4 && (i.rex & 1u) == 0;
}
/* Bytes of the address or immediate behind ModRM; 0 for 16-bit addresses, which have no SIB byte.
 * Not all have what ModRM's fields ask for: moves of control registers have none. */
static inline unsigned rp_x86_room(rp_x86_insn i, bool mode64)
{
    bool narrow = !mode64 && (i.prefix & RP_X86_67) != 0;
    return i.modrm != 0 && !narrow ? i.len - i.modrm - 1u : 0;
}
/* Signed little-endian 32-bit value at p. */
static inline int32_t rp_x86_i32(const uint8_t *p)
{
    return (int32_t)rp_le32(p);
}

/* Memory operand [disp32] without base and index, in 64-bit mode too (SIB form): its address. */
bool rp_x86_absolute(const uint8_t *p, rp_x86_insn i, bool mode64, uint32_t *ret);

#endif
