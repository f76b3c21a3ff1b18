/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_words.h"

#include "isa/scan_note.h"

#if defined(__SSE2__) && !defined(RP_NO_SIMD)
#define SIMD 1
#include <emmintrin.h>
#else
#define SIMD 0
#endif

/* What a word asks for: by its top eleven bits, unless its low ten bits say that nothing comes of
 * it. */
enum {
    EVENT = 0x80,
    BASE_SP = 0x40, /* when its base is sp */
    TO_SP = 0x20,   /* when it writes sp */
    FRESH = 0x10,   /* when its base is sp and the stack is fresh */
    LINK = 0x08,    /* when x30 is its first register */
    CALL = 0x04,
    PAGE = 0x02,
    PAIR = 0x01 /* when x30 is its second register */
};

#include "isa/a64_bits.inc"
#include "isa/a64_kinds.inc"

enum { WORDS = 64 };

/* Bit k: byte k has one of the bits in `which`. */
static uint64_t having(const uint8_t asked[WORDS], uint8_t which)
{
    uint64_t bits = 0;
#if SIMD
    __m128i zero = _mm_setzero_si128(), mask = _mm_set1_epi8((char)which);
    for (unsigned k = 0; k < WORDS; k += 16) {
        __m128i v = _mm_and_si128(_mm_load_si128((const void *)(asked + k)), mask);
        unsigned none = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, zero));
        bits |= (uint64_t)(none ^ 0xffffu) << k;
    }
#else
    for (unsigned k = 0; k < WORDS; k++)
        bits |= (uint64_t)((asked[k] & which) != 0) << k;
#endif
    return bits;
}

/* Bit k: word k has x30 in the place of a pair's second register. */
static uint64_t second_is_link(const uint8_t words[4 * WORDS])
{
    enum { FIELD = 0x7c00, LR = 30 << 10 };
    uint64_t bits = 0;
#if SIMD
    __m128i field = _mm_set1_epi32(FIELD), lr = _mm_set1_epi32(LR), v[4];
    for (unsigned k = 0; k < WORDS; k += 16) {
        for (unsigned j = 0; j < 4; j++) {
            v[j] = _mm_loadu_si128((const void *)(words + 4 * k + 16 * j));
            v[j] = _mm_cmpeq_epi32(_mm_and_si128(v[j], field), lr);
        }
        __m128i low = _mm_packs_epi32(v[0], v[1]), high = _mm_packs_epi32(v[2], v[3]);
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) << k;
    }
#else
    for (unsigned k = 0; k < WORDS; k++)
        bits |= (uint64_t)((words[4 * k + 1] & (FIELD >> 8)) == LR >> 8) << k;
#endif
    return bits;
}

static void look_at(const uint8_t words[4 * WORDS], rp_a64_masks *ret)
{
    _Alignas(16) uint8_t asked[WORDS];
#pragma GCC unroll 8
    for (size_t k = 0; k < WORDS; k++) {
        const uint8_t *p = words + 4 * k;
        uint32_t w =
            (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        asked[k] = top_bits[w >> 21] & low_bits[w & 0x3ffu];
    }
    ret->event = having(asked, EVENT | BASE_SP | TO_SP | LINK) |
                 (having(asked, PAIR) & second_is_link(words));
    ret->fresh = having(asked, FRESH | CALL);
    ret->call = having(asked, CALL);
    ret->page = having(asked, PAGE);
}

void rp_a64_look(const rp_a64_code *c, size_t i, rp_a64_masks *ret)
{
    static const uint8_t nop[4] = {0x1f, 0x20, 0x03, 0xd5};
    size_t n = c->n - i;
    if (n >= WORDS) {
        look_at(c->bytes + 4 * i, ret);
        return;
    }
    uint8_t last[4 * WORDS];
    memcpy(last, c->bytes + 4 * i, 4 * n);
    for (size_t k = n; k < WORDS; k++)
        memcpy(last + 4 * k, nop, sizeof nop);
    look_at(last, ret);
    ret->event &= ((uint64_t)1 << n) - 1;
}

/* ---- loads and stores ---- */

static rp_a64_access pair_access(uint32_t w, unsigned kind)
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

static rp_a64_access single_access(uint32_t w, unsigned kind)
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

rp_a64_access rp_a64_access_of(uint32_t w, unsigned kind)
{
    if (kind == RP_A64_PAIR || kind == RP_A64_PAIR_OTHER)
        return pair_access(w, kind);
    if (kind == RP_A64_SINGLE || kind == RP_A64_MEMORY)
        return single_access(w, kind);
    return (rp_a64_access){.post = true}; /* may write its base */
}
