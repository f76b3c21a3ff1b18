/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the AArch64 scanner's files only: what registers hold in one piece of one function, in
 * the order of the addresses, whatever leads where: addresses of the image, or of the frame. */
#ifndef RP_ISA_A64_REGISTERS_H
#define RP_ISA_A64_REGISTERS_H

#include "isa/a64_words.h"

typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_fn_code *fn;
    const rp_a64_code *code;
    size_t pages_done;   /* words below were looked at by rp_a64_pages */
    size_t memory_done;  /* … by rp_a64_memory */
    uint32_t known;      /* registers that hold the address of the image in sink->pages */
    uint32_t frame_once; /* registers that pointed into the frame at some time */
    bool doubtful;       /* a base was one of them */
} rp_a64_registers;

/* Whether something can come of the address: a landmark nearby, or code there or in the next
 * 64 KiB, which is more than an addition adds. */
static inline bool rp_a64_matters(const rp_code_sink *s, uint64_t to)
{
    uint64_t block = to >> 16;
    uint64_t low = s->fn_low >> 16, high = s->fn_high >> 16;
    return rp_landmarks_near(&s->landmarks, to) | (block + 1 - low <= high + 1 - low);
}

/* How far from the adr or adrp its address is, and the one of the latter. */
static inline uint64_t rp_a64_page_distance(uint32_t w)
{
    return rp_extend((w >> 3 & 0x1ffffcu) | (w >> 29 & 3u), 21);
}
static inline uint64_t rp_a64_page(uint64_t at, uint32_t w)
{
    return (at & ~(uint64_t)4095) + rp_a64_page_distance(w) * 4096;
}

/* Can something come of the adrp, adr or literal at word i? Most addresses are of plain data. */
static inline bool rp_a64_page_matters(const rp_a64_registers *r, size_t i)
{
    uint32_t w = rp_le32(r->code->bytes + 4 * i);
    return (w & 0x9f000000) != 0x90000000 ||
           rp_a64_matters(r->sink, rp_a64_page(r->range->start + 4 * (uint64_t)i, w));
}

/* Follows the address that the adr or adrp at word i forms, and all that are formed on the way,
 * until no register holds one: landmarks, votes, addresses taken. */
void rp_a64_pages(rp_a64_registers *r, size_t i);

/* Looks for memory accesses that are not of the frame, up to word `end`. */
void rp_a64_memory(rp_a64_registers *r, size_t end);
/* At the end of the code: decides what stayed doubtful. */
void rp_a64_memory_end(rp_a64_registers *r);

/* Does the register point into the frame before word i? Steps back are taken off *effort; none
 * left: no. */
bool rp_a64_in_frame(const rp_a64_code *c, size_t i, unsigned reg, size_t *effort);

#endif
