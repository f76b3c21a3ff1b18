/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers in bytes and bits that were already found to be there (base/reader.h reads what was not),
 * and their order. */
#ifndef RP_BASE_NUMBERS_H
#define RP_BASE_NUMBERS_H

#include <stdint.h>

/* Little-endian, at any alignment. */
static inline uint32_t rp_le16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t rp_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The low `bits` (1 to 64) of v with their sign, to be added to an address; and as a number. */
static inline uint64_t rp_extend(uint64_t v, unsigned bits)
{
    unsigned above = 64 - bits; /* gcc and clang shift the sign in */
    return (uint64_t)((int64_t)(v << above) >> above);
}

static inline int64_t rp_sign_extend(uint64_t v, unsigned bits)
{
    return (int64_t)rp_extend(v, bits);
}

static inline unsigned rp_count_bits(uint64_t v)
{
    unsigned n = 0;
    for (; v != 0; v &= v - 1)
        n++;
    return n;
}

/* The value of a hexadecimal digit of either case, -1: it is none. */
static inline int rp_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* For qsort: smallest first. */
static inline int rp_ascending_u64(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static inline int rp_ascending_u32(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

#endif
