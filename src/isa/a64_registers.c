/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_registers.h"

#include "isa/scan_note.h"

enum { SP = 31, LDG = 0x600000 };

static const uint32_t call_clobbers = 0x4003ffffu; /* AAPCS64, 6.1.1: x0-x17 and x30 */

static unsigned rd(uint32_t w)
{
    return w & 31u;
}
static unsigned rn(uint32_t w)
{
    return (w >> 5) & 31u;
}

/* ---- what a word overwrites ---- */

enum {             /* what becomes of registers, by the word's top eleven bits */
       FIRST = 1,  /* the one in bits 4..0 is overwritten */
       SECOND = 2, /* … and the one in bits 14..10 */
       BASE = 4,   /* matters when its base, in bits 9..5, holds an address */
       CLOSER = 8,
       CALL = 16
};

#include "isa/a64_changes.inc"

/* Registers that a word overwrites for which the table says it all. */
static uint32_t changed(uint32_t w)
{
    unsigned change = changes[w >> 21];
    uint32_t first = change & FIRST, second = (change & SECOND) / SECOND;
    return first << rd(w) | second << ((w >> 10) & 31u) |
           (call_clobbers & (0u - (uint32_t)((change & CALL) / CALL)));
}

static uint32_t access_writes(uint32_t w, unsigned kind)
{
    rp_a64_access a = rp_a64_access_of(w, kind);
    uint32_t out = a.pre || a.post ? 1u << rn(w) : 0;
    if (kind == RP_A64_OTHER_MEMORY)
        out |= 1u << rd(w);
    else
        out |= changed(w);
    return out;
}

/* Registers that hold something else behind the word; sp is not asked for. More than are written
 * does no harm: bits 4..0 are no register in some plain words. */
static uint32_t overwrites(uint32_t w, unsigned kind)
{
    switch (kind) {
    case RP_A64_TAG:
        return 1u << ((w & 0xe00c00) == LDG ? rd(w) : rn(w));
    case RP_A64_EXCLUSIVE: /* the status or the old value comes back in bits 20..16 */
        return 1u << rd(w) | 1u << ((w >> 16) & 31u);
    case RP_A64_ADR:
    case RP_A64_ADRP:
    case RP_A64_LITERAL:
        return 1u << rd(w);
    default:
        return rp_a64_is_access(kind) ? access_writes(w, kind) : changed(w);
    }
}

/* ---- addresses of the image ---- */

static void holds(rp_a64_registers *p, unsigned reg, uint64_t to, bool whole)
{
    if (reg == SP)
        return;
    if (!rp_a64_matters(p->sink, to)) {
        p->known &= ~(1u << reg);
        return;
    }
    p->sink->pages[reg] = to;
    p->known |= 1u << reg;
    if (whole)
        rp_note_address(p->sink, p->range, p->fn, to, 3);
}

static void page_of(rp_a64_registers *p, size_t i, uint32_t w, bool whole)
{
    uint64_t at = p->range->start + 4 * (uint64_t)i;
    holds(p, rd(w), whole ? at + rp_a64_page_distance(w) : rp_a64_page(at, w), whole);
}

static void slot_at(const rp_a64_registers *p, uint64_t addr, bool load)
{
    const rp_landmark *l = rp_landmarks_find(&p->sink->landmarks, addr);
    if (l == NULL || l->id == RP_LM_CHKSTK) /* a load is no probe */
        return;
    rp_note_landmark(p->sink, p->fn, l);
    if (l->id == RP_LM_LOCAL_SLOT && load)
        rp_note_slot(p->sink, l);
}

static void slot(const rp_a64_registers *p, uint32_t w, unsigned kind)
{
    rp_a64_access a = rp_a64_access_of(w, kind);
    if (a.address)
        slot_at(p, p->sink->pages[rn(w)] + (uint64_t)a.offset, a.load);
}

/* Linkers make one load of adrp and ldr where the slot is near. */
static void literal(const rp_a64_registers *p, size_t i, uint32_t w)
{
    int64_t offset = rp_sign_extend((w >> 5) & 0x7ffffu, 19) * 4;
    slot_at(p, p->range->start + 4 * (uint64_t)i + (uint64_t)offset, true);
}

static void follow(rp_a64_registers *p, size_t i, uint32_t w, unsigned kind)
{
    bool base = (p->known >> rn(w) & 1u) != 0;
    if (kind == RP_A64_ADRP || kind == RP_A64_ADR) {
        page_of(p, i, w, kind == RP_A64_ADR);
        return;
    }
    if (kind == RP_A64_ADD_IMM && base && (w & (1u << 22)) == 0) {
        holds(p, rd(w), p->sink->pages[rn(w)] + ((w >> 10) & 0xfffu), rd(w) != SP);
        return;
    }
    if (kind == RP_A64_LITERAL)
        literal(p, i, w);
    else if (base && rp_a64_is_access(kind))
        slot(p, w, kind);
    p->known &= ~overwrites(w, kind);
}

void rp_a64_pages(rp_a64_registers *r, size_t i)
{
    const rp_a64_code c = *r->code;
    uint32_t known = 0;
    do {
        uint32_t w = rp_a64_word(&c, i);
        unsigned change = changes[w >> 21];
        if (((change / CLOSER | (change / BASE & known >> rn(w))) & 1u) != 0) {
            r->known = known;
            follow(r, i, w, rp_a64_kinds[w >> 21]);
            known = r->known;
        } else {
            known &= ~changed(w);
        }
        i++;
    } while (known != 0 && i < c.n);
    r->known = 0;
    r->pages_done = i;
}

/* ---- the frame ---- */

/* The register that an addition or subtraction makes its result from; 32 when it is neither. */
static unsigned summand(uint32_t w, unsigned kind)
{
    bool from_sp = (kind == RP_A64_SUB_IMM) & (rn(w) == SP);
    return (rd(w) != SP) & ((kind == RP_A64_ADD_IMM) | from_sp) ? rn(w) : 32;
}

bool rp_a64_in_frame(const rp_a64_code *c, size_t i, unsigned reg, size_t *effort)
{
    while (i-- > 0 && *effort > 0) {
        uint32_t w = rp_a64_word(c, i);
        unsigned kind = rp_a64_kinds[w >> 21];
        --*effort;
        if ((overwrites(w, kind) >> reg & 1u) == 0)
            continue;
        unsigned from = rd(w) == reg ? summand(w, kind) : 32;
        if (from >= SP)
            return from == SP;
        reg = from;
    }
    return false;
}

/* str x30, [x18], #8 and ldr x30, [x18, #-8]! are of the shadow call stack. */
static bool elsewhere(uint32_t w, unsigned kind)
{
    return (rp_a64_is_access(kind) & (rn(w) != SP)) && w != 0xf800865e && w != 0xf85f8e5e;
}

static void found(rp_a64_registers *r)
{
    r->fn->flags |= RP_FN_MEMORY;
    r->memory_done = r->code->n;
}

void rp_a64_memory(rp_a64_registers *r, size_t end)
{
    while (r->memory_done < end) {
        uint32_t w = rp_a64_word(r->code, r->memory_done++);
        unsigned kind = rp_a64_kinds[w >> 21], from = summand(w, kind);
        if (from < 32) {
            r->frame_once |= (uint32_t)(from == SP || r->frame_once >> from & 1u) << rd(w);
        } else if (elsewhere(w, kind)) {
            r->doubtful = true;
            if ((r->frame_once >> rn(w) & 1u) == 0)
                found(r);
        }
    }
}

void rp_a64_memory_end(rp_a64_registers *r)
{
    uint32_t frame = 0; /* registers that point into it */
    if (!r->doubtful || (r->fn->flags & RP_FN_MEMORY) != 0)
        return;
    for (size_t i = 0; i < r->code->n; i++) {
        uint32_t w = rp_a64_word(r->code, i);
        unsigned kind = rp_a64_kinds[w >> 21], from = summand(w, kind);
        if (elsewhere(w, kind) && (frame >> rn(w) & 1u) == 0) {
            found(r);
            return;
        }
        bool into = from == SP || (from < SP && (frame >> from & 1u) != 0);
        frame &= ~overwrites(w, kind);
        frame |= (uint32_t)into << rd(w);
    }
}
