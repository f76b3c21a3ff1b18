/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_back.h"

#include "base/numbers.h"
#include "isa/a64_idioms.h"
#include "isa/a64_masks.h"

#include "isa/a64_untouched.inc"

uint32_t rp_a64_back(const rp_code_range *range, uint32_t least, uint32_t k, unsigned reg)
{
    const uint8_t *words = range->bytes.ptr;
    uint32_t in_each_field = rp_a64_in_each_field(reg);
    while (k > least && rp_a64_touches(rp_le32(words + 4 * (size_t)(k - 1)), in_each_field) == 0)
        k--;
    return k;
}

/* ---- who leads there ---- */

enum { GROUP = 16 }; /* words that are looked at together */

/* Bit j: word `first` + j of a group may be a branch to word k, by its distance alone: in the place
 * of b's, or the low fourteen bits in the place of all others'. */
static unsigned may_lead(const uint8_t *words, uint32_t first, uint32_t k)
{
    unsigned bits = 0;
#if RP_A64_SIMD
    __m128i ahead = _mm_sub_epi32(_mm_set1_epi32((int)(k - first)), _mm_setr_epi32(0, 1, 2, 3));
    __m128i in_b = _mm_set1_epi32(0x03ffffff), in_all = _mm_set1_epi32(0x0007ffe0), v[4];
    __m128i zero = _mm_setzero_si128(), step = _mm_set1_epi32(4);
    for (unsigned j = 0; j < 4; j++) {
        __m128i w = _mm_loadu_si128((const void *)(words + 16 * j));
        __m128i b = _mm_and_si128(_mm_xor_si128(w, ahead), in_b);
        __m128i all = _mm_and_si128(_mm_xor_si128(w, _mm_slli_epi32(ahead, 5)), in_all);
        v[j] = _mm_or_si128(_mm_cmpeq_epi32(b, zero), _mm_cmpeq_epi32(all, zero));
        ahead = _mm_sub_epi32(ahead, step);
    }
    __m128i low = _mm_packs_epi32(v[0], v[1]), high = _mm_packs_epi32(v[2], v[3]);
    bits = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high));
#else
    for (unsigned j = 0; j < GROUP; j++) {
        uint32_t w = rp_le32(words + 4 * j), ahead = k - first - j;
        bool may = ((w ^ ahead) & 0x03ffffff) == 0 || ((w ^ ahead << 5) & 0x0007ffe0) == 0;
        bits |= (unsigned)may << j;
    }
#endif
    return bits;
}

static bool leads(const rp_a64_code *c, uint32_t from, uint32_t to)
{
    int64_t distance;
    return rp_a64_direct_branch(rp_a64_word(c, from), &distance) && from + distance == to;
}

/* The first of those in the group that `bits` tells, or the last. */
static bool any_leads(const rp_a64_code *c, uint32_t first, unsigned bits, uint32_t to, bool last,
                      uint32_t *ret_from)
{
    while (bits != 0) {
        unsigned j = (unsigned)(last ? 31 - __builtin_clz(bits) : __builtin_ctz(bits));
        *ret_from = first + j;
        if (leads(c, *ret_from, to))
            return true;
        bits &= ~(1u << j);
    }
    return false;
}

bool rp_a64_branch_to(const rp_code_range *range, uint32_t k, uint32_t *ret_from)
{
    rp_a64_code c = {range->bytes.ptr, range->bytes.len / 4};
    uint32_t at = k, n = (uint32_t)c.n;
    for (; at >= GROUP; at -= GROUP)
        if (any_leads(&c, at - GROUP, may_lead(c.bytes + 4 * (size_t)(at - GROUP), at - GROUP, k),
                      k, true, ret_from))
            return true;
    if (any_leads(&c, 0, (1u << at) - 1, k, true, ret_from))
        return true;
    for (at = k; n - at >= GROUP; at += GROUP)
        if (any_leads(&c, at, may_lead(c.bytes + 4 * (size_t)at, at, k), k, false, ret_from))
            return true;
    return any_leads(&c, at, (1u << (n - at)) - 1, k, false, ret_from);
}
