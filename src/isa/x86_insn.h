/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Length and shape of x86 instructions (64-bit and 32-bit mode), from tables: legacy maps, VEX,
 * EVEX, XOP, 3DNow!, REX2 and the APX maps. Says where an instruction's parts are, not what it
 * means. Sources: Intel SDM volume 2, chapter 2 and appendix A; AMD64 APM volume 3, appendix A;
 * Intel APX specification 3.1. */
#ifndef RP_ISA_X86_INSN_H
#define RP_ISA_X86_INSN_H

#include "base/base.h"

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
/* Signed little-endian 32-bit value at p. */
static inline int32_t rp_x86_i32(const uint8_t *p)
{
    uint32_t v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return (int32_t)v;
}

#endif
