/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* cmp w8, #5; b.hi default; adrp x9, table; add x9, x9, #low; adr x10, base; ldrb w11, [x9, x8];
 * add x10, x10, x11, lsl #2; br x10 (LLVM; GCC: add x10, x10, w11, sxtb #2), in any order that
 * keeps its sense. Arm ARM (DDI 0487), C4.1 for the encodings. */
#include "isa/a64_switch.h"

#include "isa/a64_idioms.h"
#include "isa/a64_lift.h"
#include "isa/scan_note.h"

/* Instructions that are looked at before a place; words of a function that branches to one are
 * looked for in. */
enum { NEAR = 24, MOST_WORDS = 1 << 16, ZR = 31 };
static const uint32_t NOP = 0xd503201f;
#define NOWHERE SIZE_MAX

typedef struct {
    rp_a64_code code;
    const rp_code_range *range;
} place;

static unsigned rd(uint32_t w)
{
    return w & 31u;
}
static unsigned rn(uint32_t w)
{
    return w >> 5 & 31u;
}
static unsigned rm(uint32_t w)
{
    return w >> 16 & 31u;
}

/* b.cond, cbz, tbz: control may go on behind it, and nothing is written. */
static bool conditional(uint32_t w)
{
    return (w & 0xff000010) == 0x54000000 || (w & 0x7c000000) == 0x34000000;
}

/* Registers that word i writes; false: it calls, jumps or is not known. */
static bool writes(const place *p, size_t i, uint32_t *ret)
{
    *ret = 0;
    return rp_a64_word(&p->code, i) == NOP || rp_a64_writes(p->range, (uint32_t)(4 * i), ret);
}

/* The word before i that writes the register, on the one way that leads there straight. */
static size_t writer(const place *p, size_t i, unsigned reg)
{
    uint32_t written;
    for (unsigned steps = 0; i > 0 && steps < NEAR; steps++) {
        if (!writes(p, --i, &written))
            return NOWHERE;
        if ((written >> reg & 1u) != 0)
            return i;
    }
    return NOWHERE;
}

/* The address in the register before word i: adr; adrp and an addition. */
static bool constant(const place *p, size_t i, unsigned reg, uint64_t *ret)
{
    uint64_t low = 0;
    for (unsigned additions = 0; additions < 2; additions++) {
        i = writer(p, i, reg);
        if (i == NOWHERE)
            return false;
        uint32_t w = rp_a64_word(&p->code, i);
        uint64_t at = p->range->start + 4 * (uint64_t)i;
        if ((w & 0x1f000000) == 0x10000000) {
            uint64_t by = (uint64_t)rp_sign_extend((w >> 5 & 0x7ffffu) << 2 | (w >> 29 & 3u), 21);
            *ret = low + (w >> 31 != 0 ? (at & ~(uint64_t)4095) + by * 4096 : at + by);
            return true;
        }
        if ((w & 0xffc00000) != 0x91000000)
            return false;
        low += w >> 10 & 0xfffu;
        reg = rn(w);
    }
    return false;
}

/* ldrb, ldrh, ldr, ldrsb, ldrsh, ldrsw entry, [table, index] */
static bool load(uint32_t w, rp_switch *ret)
{
    unsigned opc = w >> 22 & 3u;
    ret->size_log2 = (uint8_t)(w >> 30);
    ret->is_signed = opc >= 2;
    return (w & 0x3fe00c00) == (0x38200800 | opc << 22) && opc != 0 && ret->size_log2 < 3;
}

/* add target, base, entry: how the entry is extended and shifted. */
static bool addition(uint32_t w, rp_switch *ret)
{
    unsigned amount = w >> 10 & 7u, option = w >> 13 & 7u;
    if ((w & 0xffe0e000) == 0x8b000000) { /* lsl, less than eight */
        ret->shift = (uint8_t)(w >> 10 & 63u);
        return ret->shift <= 2;
    }
    if ((w & 0xffe00000) != 0x8b200000 || amount > 2)
        return false;
    ret->shift = (uint8_t)amount;
    ret->is_signed = option >= 4;
    return option == (ret->is_signed ? 4u : 0u) + ret->size_log2;
}

/* ---- how many entries ---- */

/* adds, subs, ands, bics, adcs, ccmp, fcmp and their kin. */
static bool sets_flags(uint32_t w)
{
    return (w & 0x3f000000) == 0x31000000 || (w & 0x3f000000) == 0x2b000000 ||
           (w & 0x7f000000) == 0x6a000000 || (w & 0x7f800000) == 0x72000000 ||
           (w & 0x3fe00000) == 0x3a400000 || (w & 0x3fe00000) == 0x3a000000 ||
           (w & 0x5f200000) == 0x1e200000;
}

/* The comparison with a constant that the conditional branch at word i goes by, when what it
 * compares is the register then. */
static size_t compared(const place *p, size_t i, unsigned reg)
{
    uint32_t written;
    for (unsigned steps = 0; i > 0 && steps < NEAR; steps++) {
        uint32_t w = rp_a64_word(&p->code, --i);
        if (sets_flags(w))
            return (w & 0x7fc0001f) == 0x7100001f && rn(w) == reg ? i : NOWHERE;
        if (!writes(p, i, &written) || (written >> reg & 1u) != 0)
            return NOWHERE;
    }
    return NOWHERE;
}

/* The branch at word i, cmp index, #bound before it: it is taken when the index is too large (b.hi,
 * b.hs), or (`enters`) when it is not (b.ls, b.lo). */
static bool bounds(const place *p, size_t i, unsigned index, bool enters, rp_switch *ret)
{
    uint32_t branch = rp_a64_word(&p->code, i);
    unsigned cond = branch & 15u, less = enters ? 1 : 0;
    if ((branch & 0xff000010) != 0x54000000 || (cond != 8 + less && cond != 2 + less))
        return false;
    size_t at = compared(p, i, index);
    if (at == NOWHERE)
        return false;
    ret->entries = (rp_a64_word(&p->code, at) >> 10 & 0xfffu) + (cond >= 8);
    ret->from = (uint32_t)(4 * at);
    ret->by = (uint32_t)(4 * i);
    return ret->entries != 0;
}

/* The only direct branch to word i. */
static size_t only_branch_to(const place *p, size_t i)
{
    size_t found = NOWHERE;
    for (size_t k = 0; k < p->code.n && k < MOST_WORDS; k++) {
        uint32_t w = rp_a64_word(&p->code, k);
        int64_t by = (w & 0x7c000000) == 0x14000000   ? rp_sign_extend(w, 26)
                     : (w & 0x7e000000) == 0x36000000 ? rp_sign_extend(w >> 5, 14)
                                                      : rp_sign_extend(w >> 5, 19);
        bool branch = conditional(w) || (w & 0x7c000000) == 0x14000000;
        if (!branch || (int64_t)k + by != (int64_t)i)
            continue;
        if (found != NOWHERE)
            return NOWHERE;
        found = k;
    }
    return p->code.n <= MOST_WORDS ? found : NOWHERE;
}

/* Control does not go on behind it: b, br, ret. */
static bool ends(uint32_t w)
{
    return (w & 0xfc000000) == 0x14000000 || (w & 0xff9ffc1f) == 0xd61f0000;
}

/* The last comparison of the index as it is at word i. */
static bool bound(const place *p, size_t i, unsigned index, rp_switch *ret)
{
    uint32_t written;
    size_t block = i; /* where the code begins that nothing but padding stands before */
    for (unsigned steps = 0; i > 0 && steps < NEAR; steps++) {
        uint32_t w = rp_a64_word(&p->code, --i);
        if (bounds(p, i, index, false, ret))
            return true;
        if ((w & 0xffe0ffe0) == 0x2a0003e0 && rd(w) == index && rm(w) != ZR) {
            index = rm(w); /* mov wN, wM */
        } else if (ends(w)) {
            size_t by = only_branch_to(p, block);
            ret->block = (uint32_t)(4 * block);
            return by != NOWHERE && bounds(p, by, index, true, ret);
        } else if (!writes(p, i, &written) || (written >> index & 1u) != 0) {
            return false;
        }
        block = w == NOP ? block : i;
    }
    return false;
}

bool rp_a64_switch(const rp_code_range *range, uint32_t offset, rp_switch *ret)
{
    const place p = {{range->bytes.ptr, range->bytes.len / 4}, range};
    uint32_t branch = rp_a64_word(&p.code, offset / 4);
    *ret = (rp_switch){0};
    if ((branch & 0xfffffc1f) != 0xd61f0000)
        return false;
    size_t sum = writer(&p, offset / 4, rn(branch));
    if (sum == NOWHERE)
        return false;
    uint32_t add = rp_a64_word(&p.code, sum);
    size_t loaded = writer(&p, sum, rm(add));
    if (loaded == NOWHERE)
        return false;
    uint32_t entry = rp_a64_word(&p.code, loaded);
    return load(entry, ret) && addition(add, ret) && constant(&p, sum, rn(add), &ret->base) &&
           constant(&p, loaded, rn(entry), &ret->table) && bound(&p, loaded, rm(entry), ret);
}
