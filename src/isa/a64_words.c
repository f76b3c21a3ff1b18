/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_words.h"

#include "base/numbers.h"
#include "isa/a64_masks.h"

#include <string.h>

/* What a word asks for: by its top eleven bits, unless its low fifteen say that nothing comes of
 * it. */
enum {
    CALL = 0x8000,
    JUMP = 0x4000,
    PAGE = 0x2000,
    FRESH = 0x1000, /* when its base is sp and the stack is fresh */
    EVENT = 0x01,
    BASE_SP = 0x02, /* an event when its base is sp */
    TO_SP = 0x04,   /* … it writes sp */
    LINK = 0x08,    /* … x30 is its first register */
    PAIR = 0x10,    /* … its second one */
    EVENTS = 0x1f,
    ALWAYS = CALL | JUMP | PAGE | EVENT
};
/* Where registers are named: a pair's second one, the base, the first one. */
enum { SECOND_AT = 10, BASE_AT = 5, REGISTER = 31, SP = 31, LR = 30 };

#include "isa/a64_asks.inc"
#include "isa/a64_kinds.inc"

enum { GROUP = 16 }; /* words that are looked at together */

static inline int asks_of(const uint8_t *word)
{
    return asks[rp_le16(word + 2) >> 5];
}

#if RP_A64_SIMD

/* Sixteen bits for each of eight words. */
static inline __m128i asks_of_eight(const uint8_t *words)
{
    __m128i v = _mm_cvtsi32_si128(asks_of(words));
    v = _mm_insert_epi16(v, asks_of(words + 4), 1);
    v = _mm_insert_epi16(v, asks_of(words + 8), 2);
    v = _mm_insert_epi16(v, asks_of(words + 12), 3);
    v = _mm_insert_epi16(v, asks_of(words + 16), 4);
    v = _mm_insert_epi16(v, asks_of(words + 20), 5);
    v = _mm_insert_epi16(v, asks_of(words + 24), 6);
    return _mm_insert_epi16(v, asks_of(words + 28), 7);
}

/* `what`, where the field of the words has the value. */
static inline __m128i where(__m128i words, int field, int value, int what)
{
    __m128i same = _mm_cmpeq_epi16(_mm_and_si128(words, _mm_set1_epi16((short)field)),
                                   _mm_set1_epi16((short)value));
    return _mm_and_si128(same, _mm_set1_epi16((short)what));
}

/* What the low bits of eight words leave of what they ask for. */
static inline __m128i left_by_eight(const uint8_t *words)
{
    __m128i low = _mm_set1_epi32(0x7fff);
    __m128i first = _mm_and_si128(_mm_loadu_si128((const void *)words), low);
    __m128i second = _mm_and_si128(_mm_loadu_si128((const void *)(words + 16)), low);
    __m128i w = _mm_packs_epi32(first, second), v = _mm_set1_epi16((short)ALWAYS);
    v = _mm_or_si128(v, where(w, REGISTER << BASE_AT, SP << BASE_AT, BASE_SP | FRESH));
    v = _mm_or_si128(v, where(w, REGISTER, SP, TO_SP));
    v = _mm_or_si128(v, where(w, REGISTER, LR, LINK));
    return _mm_or_si128(v, where(w, REGISTER << SECOND_AT, LR << SECOND_AT, PAIR));
}

/* Bit k: the top bit of byte k. */
static inline uint64_t tops(__m128i bytes)
{
    return (unsigned)_mm_movemask_epi8(bytes);
}

static inline void look_at_group(const uint8_t *words, unsigned at, rp_a64_masks *ret)
{
    __m128i a = _mm_and_si128(asks_of_eight(words), left_by_eight(words));
    __m128i b = _mm_and_si128(asks_of_eight(words + 32), left_by_eight(words + 32));
    __m128i high = _mm_packus_epi16(_mm_srli_epi16(a, 8), _mm_srli_epi16(b, 8));
    __m128i events = _mm_set1_epi16(EVENTS), zero = _mm_setzero_si128();
    __m128i low = _mm_packus_epi16(_mm_and_si128(a, events), _mm_and_si128(b, events));
    ret->event |= (tops(_mm_cmpeq_epi8(low, zero)) ^ 0xffffu) << at;
    ret->call |= tops(high) << at; /* byte by byte added to itself: the bit below on top */
    high = _mm_add_epi8(high, high);
    ret->jump |= tops(high) << at;
    high = _mm_add_epi8(high, high);
    ret->page |= tops(high) << at;
    high = _mm_add_epi8(high, high);
    ret->fresh |= tops(high) << at;
}

#else

static inline unsigned where(uint32_t w, unsigned at, unsigned reg, unsigned what)
{
    return (w >> at & REGISTER) == reg ? what : 0;
}

static void look_at_group(const uint8_t *words, unsigned at, rp_a64_masks *ret)
{
    for (unsigned k = 0; k < GROUP; k++, at++) {
        uint32_t w = rp_le32(words + 4 * k);
        unsigned left = ALWAYS | where(w, BASE_AT, SP, BASE_SP | FRESH) | where(w, 0, SP, TO_SP) |
                        where(w, 0, LR, LINK) | where(w, SECOND_AT, LR, PAIR);
        unsigned asked = (unsigned)asks_of(words + 4 * k) & left;
        ret->event |= (uint64_t)((asked & EVENTS) != 0) << at;
        ret->call |= (uint64_t)((asked & CALL) != 0) << at;
        ret->jump |= (uint64_t)((asked & JUMP) != 0) << at;
        ret->page |= (uint64_t)((asked & PAGE) != 0) << at;
        ret->fresh |= (uint64_t)((asked & FRESH) != 0) << at;
    }
}

#endif

/* The words from the i-th on, fewer than a group: in one with those before them, or that is filled
 * up. */
static void look_at_rest(const rp_a64_code *c, size_t i, unsigned at, rp_a64_masks *ret)
{
    uint8_t copy[4 * GROUP] = {0};
    rp_a64_masks masks = {0};
    unsigned n = (unsigned)(c->n - i), before = c->n >= GROUP ? GROUP - n : 0;
    uint64_t rest_only = ((uint64_t)1 << n) - 1;
    if (before == 0)
        memcpy(copy, c->bytes + 4 * i, 4 * n);
    look_at_group(before != 0 ? c->bytes + 4 * (i - before) : copy, 0, &masks);
    ret->event |= (masks.event >> before & rest_only) << at;
    ret->call |= (masks.call >> before & rest_only) << at;
    ret->jump |= (masks.jump >> before & rest_only) << at;
    ret->page |= (masks.page >> before & rest_only) << at;
    ret->fresh |= (masks.fresh >> before & rest_only) << at;
}

void rp_a64_look(const rp_a64_code *c, size_t i, rp_a64_masks *ret)
{
    const uint8_t *words = c->bytes + 4 * i;
    size_t n = c->n - i < RP_A64_BLOCK ? c->n - i : RP_A64_BLOCK;
    rp_a64_masks masks = {0};
    unsigned at = 0;
    for (; n - at >= GROUP; at += GROUP)
        look_at_group(words + 4 * at, at, &masks);
    if (at < n)
        look_at_rest(c, i + at, at, &masks);
    masks.fresh |= masks.call | masks.jump;
    *ret = masks;
}
