/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arm ARM (DDI 0487), C4.1. */
#include "isa/a64_outline.h"

#include "isa/a64_idioms.h"
#include "isa/a64_masks.h"
#include "isa/scan_note.h"

#define FOUR(first, step, what)                                                                    \
    [first] = what, [(first) + (step)] = what, [(first) + 2 * (step)] = what,                      \
    [(first) + 3 * (step)] = what
/* By the top eight bits. */
static const uint8_t kinds[256] = {
    FOUR(0x14, 1, RP_A64_TOP_LABEL),
    FOUR(0x34, 1, RP_A64_TOP_LABEL),
    FOUR(0xb4, 1, RP_A64_TOP_LABEL),
    [0x54] = RP_A64_TOP_LABEL,
    FOUR(0x94, 1, RP_A64_TOP_CALL),
    [0xd6] = RP_A64_TOP_REGISTER,
    [0xd7] = RP_A64_TOP_REGISTER,
    [0xd4] = RP_A64_TOP_TRAP,
    [0x00] = RP_A64_TOP_TRAP,
    [0xeb] = RP_A64_TOP_COMPARE,
    [0xf1] = RP_A64_TOP_COMPARE,
    [0x93] = RP_A64_TOP_ROTATE,
    FOUR(0x10, 0x20, RP_A64_TOP_ADDRESS),
    FOUR(0x90, 0x20, RP_A64_TOP_ADDRESS),
    [0x91] = RP_A64_TOP_ADDRESS,
};
#undef FOUR

void rp_a64_look_at_tops(const rp_a64_code *c, size_t first, uint8_t ret[RP_A64_BLOCK])
{
    size_t n = c->n - first;
    const uint8_t *top = c->bytes + 4 * first + 3;
    if (n >= RP_A64_BLOCK) {
#pragma GCC unroll 8
        for (size_t k = 0; k < RP_A64_BLOCK; k++)
            ret[k] = kinds[top[4 * k]];
        return;
    }
    memset(ret, 0, RP_A64_BLOCK);
    for (size_t k = 0; k < n; k++)
        ret[k] = kinds[top[4 * k]];
}

typedef struct {
    rp_code_sink *sink;
    rp_a64_code code;
    uint64_t start;     /* address of the first word */
    uint64_t pages[32]; /* what adrp put into each register last */
    bool traps, rotates;
} outline;

/* The words of 64 at hand, the first first: *k is the next one's number. */
static bool next_word(const outline *o, uint64_t *mask, size_t first, size_t *k, uint32_t *w)
{
    if (*mask == 0)
        return false;
    *k = first + (unsigned)__builtin_ctzll(*mask);
    *mask &= *mask - 1;
    *w = rp_a64_word(&o->code, *k);
    return true;
}

static void put(outline *o, uint32_t *to, size_t value)
{
    if (to != NULL)
        *to = (uint32_t)value;
    else
        o->sink->out_of_memory = true;
}

static void put_wide(outline *o, uint64_t *to, uint64_t value)
{
    if (to != NULL)
        *to = value;
    else
        o->sink->out_of_memory = true;
}

static void labels(outline *o, uint64_t mask, size_t first)
{
    size_t k;
    uint32_t w;
    while (next_word(o, &mask, first, &k, &w)) {
        int64_t distance;
        if (!rp_a64_direct_branch(w, &distance))
            continue;
        int64_t to = (int64_t)k + distance;
        if (to >= 0 && (uint64_t)to < o->code.n)
            put_wide(o, rp_vec_push(o->sink->arena, &o->sink->labels), (uint64_t)to << 34 | k);
    }
}

static void calls_and_jumps(outline *o, uint64_t mask, size_t first)
{
    size_t k;
    uint32_t w;
    while (next_word(o, &mask, first, &k, &w)) {
        unsigned opc = w >> 26 == 0x25 ? 1 : w >> 21 & 7u; /* bl; blr 1, br 0 */
        if (opc == 1)
            put(o, rp_vec_push(o->sink->arena, &o->sink->calls), k);
        else if (opc == 0)
            put(o, rp_vec_push(o->sink->arena, &o->sink->jumps), k);
    }
}

static void compares(outline *o, uint64_t mask, size_t first)
{
    size_t k;
    uint32_t w;
    while (next_word(o, &mask, first, &k, &w))
        if ((w & 0xff20001f) == 0xeb00001f || (w & 0xff80001f) == 0xf100001f)
            put(o, rp_vec_push(o->sink->arena, &o->sink->compares), k);
}

static void traps_and_rotations(outline *o, uint64_t mask, size_t first)
{
    size_t k;
    uint32_t w;
    while (next_word(o, &mask, first, &k, &w)) {
        o->traps |= (w & 0xffe0001f) == 0xd4200000 || w >> 16 == 0;
        o->rotates |= (w & 0xffe00000) == 0x93c00000;
    }
}

/* adr; adrp and an addition behind it */
static void addresses(outline *o, uint64_t mask, size_t first)
{
    size_t k;
    uint32_t w;
    while (next_word(o, &mask, first, &k, &w)) {
        uint64_t to = o->pages[w >> 5 & 31u] + (w >> 10 & 0xfffu);
        uint64_t at = o->start + 4 * (uint64_t)k;
        if ((w & 0x1f000000) == 0x10000000) {
            uint64_t by = (uint64_t)rp_sign_extend((w >> 5 & 0x7ffffu) << 2 | (w >> 29 & 3u), 21);
            to = w >> 31 != 0 ? (at & ~(uint64_t)4095) + by * 4096 : at + by;
            o->pages[w & 31u] = to;
        } else if ((w & 0xffc00000) != 0x91000000) {
            continue;
        }
        if (to % 4 == 0)
            put_wide(o, rp_vec_push(o->sink->arena, &o->sink->formed), to);
    }
}

/* Tables of switches end where other addresses begin: without jumps nobody asks. */
static void form_addresses(outline *o)
{
    _Alignas(16) uint8_t is[RP_A64_BLOCK];
    for (size_t first = 0; first < o->code.n; first += RP_A64_BLOCK) {
        rp_a64_look_at_tops(&o->code, first, is);
        addresses(o, rp_a64_having(is, RP_A64_TOP_ADDRESS), first);
    }
}

/* CFI's checks subtract one register from another before they rotate, and compare two otherwise. */
static void keep_compares(outline *o)
{
    rp_code_sink *s = o->sink;
    uint32_t n = s->compares.n;
    if (o->traps && o->rotates)
        return;
    s->compares.n = 0;
    for (uint32_t i = 0; o->traps && i < n; i++)
        if ((rp_a64_word(&o->code, s->compares.items[i]) & 0xff20001f) == 0xeb00001f)
            s->compares.items[s->compares.n++] = s->compares.items[i];
}

void rp_a64_outline(rp_code_sink *sink, const rp_code_range *range)
{
    _Alignas(16) uint8_t is[RP_A64_BLOCK];
    outline o = {
        .sink = sink, .code = {range->bytes.ptr, range->bytes.len / 4}, .start = range->start};
    sink->labels.n = sink->calls.n = sink->jumps.n = sink->formed.n = sink->compares.n = 0;
    for (size_t first = 0; first < o.code.n; first += RP_A64_BLOCK) {
        rp_a64_look_at_tops(&o.code, first, is);
        labels(&o, rp_a64_having(is, RP_A64_TOP_LABEL), first);
        calls_and_jumps(&o, rp_a64_having(is, RP_A64_TOP_CALL | RP_A64_TOP_REGISTER), first);
        traps_and_rotations(&o, rp_a64_having(is, RP_A64_TOP_TRAP | RP_A64_TOP_ROTATE), first);
        if (sink->traps)
            compares(&o, rp_a64_having(is, RP_A64_TOP_COMPARE), first);
    }
    if (sink->jumps.n != 0)
        form_addresses(&o);
    keep_compares(&o);
}
