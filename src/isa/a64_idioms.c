/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arm ARM (DDI 0487), C4.1 for the encodings. */
#include "isa/a64_idioms.h"

#include "isa/scan_note.h"

enum { NEAR = 8 };

static unsigned rd(uint32_t w)
{
    return w & 31u;
}
static unsigned rn(uint32_t w)
{
    return (w >> 5) & 31u;
}
static unsigned rm(uint32_t w)
{
    return (w >> 16) & 31u;
}

/* The k-th word before i, no instruction when there are not so many. */
static uint32_t before(const rp_a64_code *c, size_t i, size_t k)
{
    return k <= i ? rp_a64_word(c, i - k) : 0;
}

/* b, bl, b.cond, cbz, tbz, br, blr, ret */
static bool branches(uint32_t w)
{
    return (w & 0x7c000000) == 0x14000000 || (w & 0xff000000) == 0x54000000 ||
           (w & 0x7c000000) == 0x34000000 || (w & 0xfe000000) == 0xd6000000;
}

static bool store(uint32_t w)
{
    return (w & 0x3a000000) == 0x38000000 && ((w >> 22) & 3u) == 0 && (w & 0x200c00) != 0x200000;
}

/* ldur wS, [xA, #-4]; movk wT, #lo; movk wT, #hi, lsl #16; cmp wS, wT; b.eq .+8;
 * brk #(0x8000 | T << 5 | A); blr xA (LLVM, AArch64AsmPrinter::LowerKCFI_CHECK) */
bool rp_a64_kcfi(const rp_a64_code *c, size_t i, uint32_t *ret_hash)
{
    uint32_t trap = before(c, i, 1), compare = before(c, i, 3), high = before(c, i, 4),
             low = before(c, i, 5), load = before(c, i, 6);
    unsigned code = (trap >> 5) & 0xffffu, type = (code >> 5) & 31u;
    unsigned target = rn(rp_a64_word(c, i));
    if ((trap & 0xffe0001f) != 0xd4200000 || (code & 0xfc00) != 0x8000 || (code & 31u) != target)
        return false;
    if (before(c, i, 2) != 0x54000040 || (compare & 0xffe0fc1f) != 0x6b00001f ||
        rm(compare) != type)
        return false;
    if ((high & 0xffe0001f) != (0x72a00000 | type) || (low & 0xffe0001f) != (0x72800000 | type))
        return false;
    if ((load & 0xfff00c00) != 0xb8500000 || rn(load) != target || rd(load) != rn(compare))
        return false;
    *ret_hash = ((high >> 5) & 0xffffu) << 16 | ((low >> 5) & 0xffffu);
    return true;
}

/* Where the offset from the thread pointer comes from: constant moves (the linker's relaxation) or
 * the GOT. */
static uint32_t offset_model(const rp_a64_code *c, size_t i, unsigned reg)
{
    for (size_t k = 1; k <= NEAR + 4; k++) {
        uint32_t w = before(c, i, k);
        if (branches(w))
            return 0;
        if (rd(w) != reg || store(w))
            continue;
        if ((w & 0xff800000) == 0xf2800000 || (w & 0xff800000) == 0xd2800000)
            return RP_FN_TLS_LE;
        return (w & 0xffc00000) == 0xf9400000 || (w & 0xff000000) == 0x58000000 ? RP_FN_TLS_IE : 0;
    }
    return 0;
}

static uint32_t thread_use(const rp_a64_code *c, size_t i, uint32_t w, unsigned pointer)
{
    if ((w & 0xff800000) == 0x91000000 && rn(w) == pointer) /* add xd, pointer, #offset */
        return RP_FN_TLS_LE;
    if ((w & 0xffe0fc00) == 0x8b000000 && rn(w) == pointer)
        return offset_model(c, i, rm(w));
    if ((w & 0xffe0fc00) == 0x8b000000 && rm(w) == pointer)
        return offset_model(c, i, rn(w));
    if ((w & 0x3b200c00) == 0x38200800 && rn(w) == pointer) /* ldr, str [pointer, offset] */
        return offset_model(c, i, rm(w));
    if ((w & 0xffffffe0) == (0xf9401400 | pointer << 5)) /* bionic: TLS_SLOT_STACK_GUARD, 5 * 8 */
        return RP_FN_GUARD_LOAD;
    if ((w & 0xffffffe0) == (0xf85f0000 | pointer << 5)) /* ZX_TLS_STACK_GUARD_OFFSET, -16 */
        return RP_FN_GUARD_LOAD;
    return 0;
}

uint32_t rp_a64_thread_pointer(const rp_a64_code *c, size_t i)
{
    uint32_t mrs = rp_a64_word(c, i), kind = mrs & 0xffffffe0;
    unsigned pointer = rd(mrs);
    if (kind != 0xd53bd040 && kind != 0xd5384100) /* TPIDR_EL0; SP_EL0 */
        return 0;
    for (size_t k = 1; k <= NEAR && i + k < c->n; k++) {
        uint32_t w = rp_a64_word(c, i + k), use = 0;
        if (branches(w))
            return 0;
        if (kind == 0xd53bd040)
            use = thread_use(c, i + k, w, pointer);
        else if ((w & 0xffc003e0) == (0xf9400000 | pointer << 5) || /* ldr xN, [pointer, #offset] */
                 (w & 0xffe00fe0) == (0xf8400000 | pointer << 5) || /* ldur */
                 (w & 0xff8003e0) == (0x91000000 | pointer << 5))   /* add xN, pointer, #offset */
            use = RP_FN_GUARD_LOAD;
        if (use != 0)
            return use;
        if (rd(w) == pointer && !store(w))
            return 0;
    }
    return 0;
}

bool rp_a64_formed(const rp_a64_code *c, uint64_t start, size_t i, uint64_t *ret)
{
    uint32_t w = rp_a64_word(c, i);
    uint64_t at = start + 4 * (uint64_t)i;
    if ((w & 0x9f000000) == 0x10000000) { /* adr */
        *ret = at + (uint64_t)rp_sign_extend((w >> 5 & 0x7ffffu) << 2 | (w >> 29 & 3u), 21);
        return true;
    }
    if ((w & 0xffc00000) != 0x91000000) /* add xd, xn, #imm */
        return false;
    for (size_t k = 1; k <= NEAR; k++) {
        uint32_t page = before(c, i, k);
        if (branches(page))
            return false;
        if ((page & 0x9f00001f) != (0x90000000 | rn(w)))
            continue;
        uint64_t pages =
            (uint64_t)rp_sign_extend((page >> 5 & 0x7ffffu) << 2 | (page >> 29 & 3u), 21);
        *ret = ((at - 4 * (uint64_t)k) & ~(uint64_t)4095) + pages * 4096 + (w >> 10 & 0xfffu);
        return true;
    }
    return false;
}

/* DecodeBitMasks of a 64-bit logical immediate; 0 when reserved. */
static uint64_t bit_mask(uint32_t w)
{
    unsigned n = (w >> 22) & 1u, immr = (w >> 16) & 63u, imms = (w >> 10) & 63u;
    unsigned length = 6, bits = n << 6 | (~imms & 63u);
    while (length > 0 && (bits >> length & 1u) == 0)
        length--;
    if (length == 0)
        return 0;
    unsigned size = 1u << length, ones = (imms & (size - 1)) + 1, turn = immr & (size - 1);
    if (ones == size)
        return 0;
    uint64_t element = ((uint64_t)1 << ones) - 1;
    uint64_t all = size == 64 ? UINT64_MAX : ((uint64_t)1 << size) - 1;
    if (turn != 0)
        element = (element >> turn | element << (size - turn)) & all;
    for (unsigned i = size; i < 64; i *= 2)
        element |= element << i;
    return element;
}

bool rp_a64_constant(const rp_a64_code *c, size_t i, unsigned reg, uint64_t *ret)
{
    uint64_t value = 0, have = 0;
    for (size_t k = 1; k <= NEAR; k++) {
        uint32_t w = before(c, i, k);
        uint64_t part = (uint64_t)((w >> 5) & 0xffffu) << (16 * ((w >> 21) & 3u));
        uint64_t mask = (uint64_t)0xffff << (16 * ((w >> 21) & 3u));
        if ((w & 0x7c000000) == 0x14000000 || rd(w) != reg)
            continue;
        if ((w & 0x7f800000) == 0x72800000) { /* movk */
            value |= part & ~have;
            have |= mask;
            continue;
        }
        bool moves = (w & 0x7f800000) == 0x52800000;       /* movz */
        bool combines = (w & 0xff8003e0) == 0xb20003e0;    /* orr xd, xzr, #mask */
        bool combines_32 = (w & 0xffc003e0) == 0x320003e0; /* orr wd, wzr, #mask */
        if (!moves && !combines && !combines_32)
            return false;
        uint64_t base = moves ? part : bit_mask(w);
        *ret = value | ((combines_32 ? base & 0xffffffff : base) & ~have);
        return true;
    }
    return false;
}

/* Is the register's last writer before word i a constant address (adr, or adrp and add)? */
static bool address_constant(const rp_a64_code *c, size_t i, unsigned reg)
{
    for (size_t k = 1; k <= 2 * NEAR; k++) {
        uint32_t w = before(c, i, k);
        if (w == 0 || (branches(w) && (w & 0xff000000) != 0x54000000))
            return false;
        if (rd(w) != reg || (w & 0xff000000) == 0x54000000 || store(w))
            continue;
        if ((w & 0x1f000000) == 0x10000000) /* adr, adrp */
            return true;
        if ((w & 0xffc003e0) != (0x91000000 | reg << 5)) /* add reg, reg, #low */
            return false;
    }
    return false;
}

bool rp_a64_jump_table(const rp_a64_code *c, size_t i)
{
    unsigned target = rn(rp_a64_word(c, i)), entry = 32, base = 32;
    for (size_t k = 1; k <= NEAR; k++) {
        uint32_t w = before(c, i, k);
        if (w == 0 || branches(w))
            return false;
        if (entry == 32 && rd(w) == target) {
            if ((w & 0xffc00000) != 0x8b000000 && (w & 0xffe00000) != 0x8b200000)
                return false;
            entry = rm(w);
            base = rn(w);
            if (!address_constant(c, i - k, base))
                return false;
        } else if (entry != 32 && rd(w) == entry) {
            return (w & 0x3b200c00) == 0x38200800 && !store(w); /* ldrb, ldrh, ldrsw [table, x] */
        }
    }
    return false;
}

bool rp_a64_tls_descriptor(const rp_a64_code *c, size_t i)
{
    return rp_a64_word(c, i) == 0xd63f0020 && (before(c, i, 1) & 0xffc003ff) == 0x91000000 &&
           (before(c, i, 2) & 0xffc003ff) == 0xf9400001;
}

bool rp_a64_barrier(uint32_t w)
{
    return w == 0xd50330ff || w == 0xd5033f9f;
}
