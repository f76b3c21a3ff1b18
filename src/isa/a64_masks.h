/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the AArch64 files only: one byte for each of 64 words, and masks made of them. */
#ifndef RP_ISA_A64_MASKS_H
#define RP_ISA_A64_MASKS_H

#include <stdint.h>

#if defined(__SSE2__) && !defined(RP_NO_SIMD)
#define RP_A64_SIMD 1
#include <emmintrin.h>
#else
#define RP_A64_SIMD 0
#endif

enum { RP_A64_BLOCK = 64 }; /* words */

/* Bit k: byte k, of 64 that are aligned to 16, has one of the bits in `which`. */
static inline uint64_t rp_a64_having(const uint8_t *bytes, uint8_t which)
{
    uint64_t bits = 0;
#if RP_A64_SIMD
    __m128i zero = _mm_setzero_si128(), mask = _mm_set1_epi8((char)which);
    for (unsigned k = 0; k < RP_A64_BLOCK; k += 16) {
        __m128i v = _mm_and_si128(_mm_load_si128((const void *)(bytes + k)), mask);
        unsigned none = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, zero));
        bits |= (uint64_t)(none ^ 0xffffu) << k;
    }
#else
    for (unsigned k = 0; k < RP_A64_BLOCK; k++)
        bits |= (uint64_t)((bytes[k] & which) != 0) << k;
#endif
    return bits;
}

#endif
