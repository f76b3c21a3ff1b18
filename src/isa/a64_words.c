/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_words.h"

#include "isa/a64_masks.h"
#include "isa/scan_note.h"

/* What a word asks for: by its top eleven bits, unless its low ten bits say that nothing comes of
 * it. */
enum {
    EVENT = 0x80,
    BASE_SP = 0x40, /* when its base is sp */
    TO_SP = 0x20,   /* when it writes sp */
    FRESH = 0x10,   /* when its base is sp and the stack is fresh */
    LINK = 0x08,    /* when x30 is its first register */
    JUMP = 0x04,
    PAGE = 0x02,
    PAIR = 0x01 /* when x30 is its second register */
};

#include "isa/a64_bits.inc"
#include "isa/a64_kinds.inc"

enum { WORDS = RP_A64_BLOCK };

/* Bit k: word k has x30 in the place of a pair's second register. */
static uint64_t second_is_link(const uint8_t words[4 * WORDS])
{
    enum { FIELD = 0x7c00, LR = 30 << 10 };
    uint64_t bits = 0;
#if RP_A64_SIMD
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

static inline uint8_t asked_of(const uint8_t *p)
{
    uint32_t w = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return top_bits[w >> 21] & low_bits[w & 0x3ffu];
}

static inline void make_masks(const uint8_t asked[WORDS], rp_a64_masks *ret)
{
    ret->event = rp_a64_having(asked, EVENT | BASE_SP | TO_SP | LINK);
    ret->fresh = rp_a64_having(asked, FRESH | JUMP);
    ret->jump = rp_a64_having(asked, JUMP);
    ret->page = rp_a64_having(asked, PAGE);
}

/* The last words of the code, fewer than 64. */
static void look_at_last(const uint8_t *words, size_t n, rp_a64_masks *ret)
{
    _Alignas(16) uint8_t asked[WORDS] = {0};
#pragma GCC unroll 8
    for (size_t k = 0; k < n; k++)
        asked[k] = asked_of(words + 4 * k);
    make_masks(asked, ret);
    for (uint64_t pairs = rp_a64_having(asked, PAIR); pairs != 0; pairs &= pairs - 1) {
        unsigned k = (unsigned)__builtin_ctzll(pairs);
        ret->event |= (uint64_t)((words[4 * k + 1] & 0x7cu) == 30 << 2) << k;
    }
}

void rp_a64_look(const rp_a64_code *c, size_t i, rp_a64_masks *ret)
{
    _Alignas(16) uint8_t asked[WORDS];
    const uint8_t *words = c->bytes + 4 * i;
    if (c->n - i < WORDS) {
        look_at_last(words, c->n - i, ret);
        return;
    }
#pragma GCC unroll 8
    for (size_t k = 0; k < WORDS; k++)
        asked[k] = asked_of(words + 4 * k);
    make_masks(asked, ret);
    ret->event |= rp_a64_having(asked, PAIR) & second_is_link(words);
}
