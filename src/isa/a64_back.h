/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the AArch64 files and the walk back: passing words, the last first, that neither write a
 * register nor change the way. */
#ifndef RP_ISA_A64_BACK_H
#define RP_ISA_A64_BACK_H

#include "isa/code.h"

/* By a word's top eleven bits: the five-bit fields, of those at bits 0, 5 and 10, that name no
 * register which it writes, all ones; and the bit above them where control goes on behind it and
 * it calls nothing. Made by tools/gen_a64.py. */
extern const uint16_t rp_a64_untouched[2048];

/* The register in all three fields. */
static inline uint32_t rp_a64_in_each_field(unsigned reg)
{
    return reg * 0x0421u;
}

/* Not 0: the word may write the register, call, or end the way. Of each field that is zero the top
 * bit remains, and others only above one: the first borrow comes from a field that is zero. */
static inline uint32_t rp_a64_touches(uint32_t w, uint32_t in_each_field)
{
    uint32_t fields = ((w ^ in_each_field) & 0x7fffu) | rp_a64_untouched[w >> 21];
    return (fields - 0x8421u) & ~fields & 0xc210u;
}
/* May a word write the register, as something else than a call? */
static inline bool rp_a64_may_write(uint32_t w, uint32_t in_each_field)
{
    uint32_t goes_on = 0 - (uint32_t)(rp_a64_untouched[w >> 21] >> 15);
    return (rp_a64_touches(w, in_each_field) & goes_on) != 0;
}

/* Words [the answer, k) are none that rp_a64_touches tells; the one before is, or the answer is
 * `least`. */
uint32_t rp_a64_back(const rp_code_range *range, uint32_t least, uint32_t k, unsigned reg);

/* A direct branch to word k: the last one before it, or else the first one behind. */
bool rp_a64_branch_to(const rp_code_range *range, uint32_t k, uint32_t *ret_from);

#endif
