/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the AArch64 scanner's files only: what kind each word is, and the first look at 64 words
 * at a time that finds the few which matter. The tables are made by tools/gen_a64.py. */
#ifndef RP_ISA_A64_WORDS_H
#define RP_ISA_A64_WORDS_H

#include "isa/a64_idioms.h"
#include "isa/scan_note.h"

enum {
    RP_A64_PLAIN,
    RP_A64_BL,
    RP_A64_B,
    RP_A64_BRANCH_REG, /* br, blr, ret and their authenticating forms */
    RP_A64_RETURN_PPC, /* retaasppc, retabsppc */
    RP_A64_HINT,       /* bti, pac, aut, nop, msr */
    RP_A64_MRS,
    RP_A64_BREAK, /* brk, hlt */
    RP_A64_ADRP,
    RP_A64_ADR,
    RP_A64_LITERAL, /* ldr of 64 bits near the code */
    RP_A64_SUB_IMM, /* 64-bit */
    RP_A64_ADD_IMM,
    RP_A64_TAG_ADD, /* addg, subg */
    RP_A64_AND_IMM,
    RP_A64_SUB_EXT,      /* sub with extended register: the form that sp needs */
    RP_A64_PAIR,         /* ldp, stp of 64-bit registers */
    RP_A64_PAIR_OTHER,   /* … of other registers */
    RP_A64_TAG_PAIR,     /* stgp */
    RP_A64_SINGLE,       /* ldr, str of a 64-bit register */
    RP_A64_MEMORY,       /* other single loads and stores */
    RP_A64_OTHER_MEMORY, /* structures of vectors, SVE, ldapur */
    RP_A64_EXCLUSIVE,
    RP_A64_TWO_SOURCE,
    RP_A64_SIGN, /* pacia … autiasppcr of a register */
    RP_A64_TAG,  /* stg, stzg, st2g, ldg */
    RP_A64_AUTH_PPC,
    RP_A64_UDF
};

/* Kind of a word, by its top eleven bits. */
extern const uint8_t rp_a64_kinds[2048];

/* One bit for each of up to 64 words. */
typedef struct {
    uint64_t event; /* always to be looked at */
    uint64_t fresh; /* where stack was taken and nothing stored to it yet: accesses through sp, bl
                       and b (blr is an event) */
    uint64_t call;  /* bl */
    uint64_t jump;  /* b */
    uint64_t page;  /* adr, adrp, ldr of a literal */
} rp_a64_masks;

/* The words [i, i + 64) of the code, as far as it reaches. */
void rp_a64_look(const rp_a64_code *c, size_t i, rp_a64_masks *ret);

/* A load or store of general or vector registers. */
typedef struct {
    bool load, pre, post, link, address; /* link: of x30; address: base + offset is known */
    int64_t offset;
} rp_a64_access;

static inline rp_a64_access rp_a64_pair_access(uint32_t w, unsigned kind)
{
    unsigned mode = (w >> 23) & 3u, opc = w >> 30;
    bool vector = (w & (1u << 26)) != 0;
    unsigned scale = vector ? 2 + opc : kind == RP_A64_PAIR ? 3 : 2;
    return (rp_a64_access){.load = (w & (1u << 22)) != 0,
                           .pre = mode == 3,
                           .post = mode == 1,
                           .link =
                               kind == RP_A64_PAIR && ((w & 31u) == 30 || ((w >> 10) & 31u) == 30),
                           .offset = rp_sign_extend(w >> 15, 7) * ((int64_t)1 << scale)};
}

static inline rp_a64_access rp_a64_single_access(uint32_t w, unsigned kind)
{
    unsigned opc = (w >> 22) & 3u, mode = (w >> 10) & 3u;
    bool vector = (w & (1u << 26)) != 0, scaled = (w & (1u << 24)) != 0,
         indexed = !scaled && (w & (1u << 21)) != 0; /* register offset, atomics, ldraa */
    rp_a64_access a = {.load = vector ? (opc & 1u) != 0 : opc != 0,
                       .link = kind == RP_A64_SINGLE && (w & 31u) == 30 && opc < 2,
                       .address = !indexed && mode == 0};
    if (indexed) {
        a.load |= mode != 2; /* atomics read too */
    } else if (scaled) {
        unsigned scale = vector && opc > 1 ? 4 : w >> 30;
        a.address = true;
        a.offset = (int64_t)((w >> 10) & 0xfffu) << scale;
    } else {
        a.offset = rp_sign_extend(w >> 12, 9);
        a.pre = mode == 3;
        a.post = mode == 1;
    }
    return a;
}

static inline rp_a64_access rp_a64_access_of(uint32_t w, unsigned kind)
{
    if (kind == RP_A64_PAIR || kind == RP_A64_PAIR_OTHER)
        return rp_a64_pair_access(w, kind);
    if (kind == RP_A64_SINGLE || kind == RP_A64_MEMORY)
        return rp_a64_single_access(w, kind);
    return (rp_a64_access){.post = true}; /* may write its base */
}

static inline bool rp_a64_is_access(unsigned kind)
{
    const uint32_t accesses = 1u << RP_A64_PAIR | 1u << RP_A64_PAIR_OTHER | 1u << RP_A64_SINGLE |
                              1u << RP_A64_MEMORY | 1u << RP_A64_OTHER_MEMORY;
    return (accesses >> kind & 1u) != 0;
}

#endif
