/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sequences of AArch64 words that mean one thing: looked for backwards or forwards from the one
 * that gives them away, so that the scan keeps no state for them. */
#ifndef RP_ISA_A64_IDIOMS_H
#define RP_ISA_A64_IDIOMS_H

#include "base/numbers.h"
#include "isa/code.h"

typedef struct {
    const uint8_t *bytes;
    size_t n; /* words */
} rp_a64_code;

/* Word i; outside of the code a word that is no instruction. */
static inline uint32_t rp_a64_word(const rp_a64_code *c, size_t i)
{
    if (i >= c->n)
        return 0;
    const uint8_t *p = c->bytes + 4 * i;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* b, b.cond, cbz, tbz: how many words ahead it leads. Without branches of its own: what comes next
 * in code cannot be foretold. */
static inline bool rp_a64_direct_branch(uint32_t w, int64_t *ret)
{
    bool jump = (w & 0xfc000000) == 0x14000000, tests_bit = (w & 0x7e000000) == 0x36000000;
    bool other = ((w & 0x7e000000) == 0x34000000) | ((w & 0xff000010) == 0x54000000);
    unsigned bits = 19u + 7u * jump - 5u * tests_bit;
    *ret = rp_sign_extend(w >> (5u - 5u * jump), bits);
    return jump | tests_bit | other;
}

/* Does KCFI's check of the same register stand just before the branch at word i? ret_hash: the type
 * that it admits. */
bool rp_a64_kcfi(const rp_a64_code *c, size_t i, uint32_t *ret_hash);

/* What the mrs at word i reads the thread (or kernel task) pointer for: RP_FN_TLS_LE or TLS_IE;
 * RP_FN_GUARD_LOAD where a stack protector may keep its guard (Android, Fuchsia, Linux itself). */
uint32_t rp_a64_thread_pointer(const rp_a64_code *c, size_t i);

/* The address that word i forms in a register: adr, or the add that belongs to an adrp just before.
 * `start` is the address of word 0. */
bool rp_a64_formed(const rp_a64_code *c, uint64_t start, size_t i, uint64_t *ret);

/* The number that moves just before word i put into the register. */
bool rp_a64_constant(const rp_a64_code *c, size_t i, unsigned reg, uint64_t *ret);

/* Is the `br` at word i the end of a compressed jump table: base + entry of a table, the base a
 * constant of the code? */
bool rp_a64_jump_table(const rp_a64_code *c, size_t i);

/* Is the blr at word i the call of a TLS descriptor's resolver? */
bool rp_a64_tls_descriptor(const rp_a64_code *c, size_t i);

/* sb; dsb sy: nothing behind it is executed ahead (-mharden-sls). */
bool rp_a64_barrier(uint32_t w);

#endif
