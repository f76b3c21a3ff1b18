/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/arm_state.h"

#include "base/numbers.h"
#include "isa/arm_kcfi.h"
#include "isa/scan_note.h"

enum { CALL_CLOBBERS = 0x500f }; /* r0-r3, r12, r14 (AAPCS32, 6.1.1) */

uint32_t rp_arm_word(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void rp_arm_forget(rp_arm_state *s, uint32_t registers)
{
    s->known &= (uint16_t)~registers;
    s->loaded &= (uint16_t)~registers;
    s->slot &= (uint16_t)~registers;
}

void rp_arm_call(rp_arm_state *s)
{
    rp_arm_forget(s, CALL_CLOBBERS);
    s->loaded = s->slot = 0;
    s->untouched = 0;
}

void rp_arm_take(rp_arm_state *s, uint32_t bytes)
{
    s->fn->flags |= RP_FN_FRAME;
    s->untouched = bytes > UINT32_MAX - s->untouched ? UINT32_MAX : s->untouched + bytes;
    s->run = bytes > UINT32_MAX - s->run ? UINT32_MAX : s->run + bytes;
    if (s->untouched > s->fn->step)
        s->fn->step = s->untouched;
    if (s->run > s->fn->frame)
        s->fn->frame = s->run;
}

void rp_arm_touch(rp_arm_state *s, uint32_t offset)
{
    if (offset < s->untouched)
        s->untouched = offset;
}

void rp_arm_give_back(rp_arm_state *s)
{
    s->run = s->untouched = 0;
}

void rp_arm_push(rp_arm_state *s, uint32_t list)
{
    rp_arm_take(s, 4 * rp_count_bits(list));
    rp_arm_touch(s, 0);
    s->fn->flags |= (list >> RP_ARM_LR & 1u) != 0 ? RP_FN_SPILLS_LR : 0u;
}

void rp_arm_pop(rp_arm_state *s, uint32_t list)
{
    rp_arm_forget(s, list);
    rp_arm_give_back(s);
    if ((list >> RP_ARM_PC & 1u) != 0) {
        s->lr_reloaded = true;
        s->authenticated = false;
        rp_arm_leave(s);
    } else if ((list >> RP_ARM_LR & 1u) != 0) {
        s->lr_reloaded = true;
    }
}

void rp_arm_take_register(rp_arm_state *s, unsigned reg)
{
    s->fn->flags |= RP_FN_FRAME;
    if ((s->known >> reg & 1u) != 0)
        rp_arm_take(s, s->value[reg]);
    else
        s->fn->flags |= RP_FN_DYNAMIC_STACK;
}

void rp_arm_leave(rp_arm_state *s)
{
    if (s->lr_reloaded && !s->authenticated)
        s->fn->flags |= RP_FN_BARE_RET;
    s->lr_reloaded = s->authenticated = false;
    s->loaded = s->slot = 0;
    rp_arm_give_back(s);
}

static const rp_landmark *landmark(const rp_arm_state *s, uint64_t to)
{
    return rp_landmarks_find(&s->sink->landmarks, to & 0xfffffffe);
}

void rp_arm_direct(rp_arm_state *s, uint64_t to, bool call)
{
    const rp_landmark *l = landmark(s, to);
    if (l != NULL)
        rp_note_landmark(s->sink, s->fn, l);
    s->thread |= l != NULL && l->id == RP_LM_READ_TP;
    if (call) {
        rp_arm_call(s);
    } else if (to - s->range->start >= s->range->bytes.len) {
        rp_arm_leave(s);
    } else {
        s->loaded = s->slot = 0;
        s->lr_reloaded = s->authenticated = false;
    }
}

void rp_arm_indirect(rp_arm_state *s, unsigned reg, bool call)
{
    if (!call && reg == RP_ARM_LR) {
        rp_arm_leave(s);
        return;
    }
    rp_branch *b = rp_note_branch(s->sink, s->range, s->fn, s->addr, !call);
    if (b != NULL && rp_arm_kcfi(s->range->bytes, s->at, s->thumb, reg)) {
        b->edge = RP_EDGE_GUARDED;
        b->guard = RP_GUARD_KCFI;
    } else if (b != NULL && (s->slot >> reg & 1u) != 0) {
        b->edge = RP_EDGE_NOT_ATTACKABLE;
        b->reason = RP_WHY_READ_ONLY_SLOT;
    } else if (b != NULL && (s->known >> reg & 1u) != 0) {
        b->edge = RP_EDGE_NOT_ATTACKABLE;
        b->reason = RP_WHY_CONSTANT;
    } else if (b != NULL && (s->loaded >> reg & 1u) != 0) {
        b->edge = RP_EDGE_UNGUARDED;
    }
    if (call)
        rp_arm_call(s);
    else
        rp_arm_leave(s);
}

void rp_arm_jump_memory(rp_arm_state *s, bool fixed)
{
    rp_branch *b = rp_note_branch(s->sink, s->range, s->fn, s->addr, true);
    if (b != NULL && fixed) {
        b->edge = RP_EDGE_NOT_ATTACKABLE;
        b->reason = RP_WHY_CONSTANT;
    } else if (b != NULL) {
        b->edge = RP_EDGE_UNGUARDED;
    }
    rp_arm_leave(s);
}

static void mark_pool(rp_arm_state *s, uint64_t from)
{
    if (from <= s->addr || from - s->addr >= RP_ARM_POOL * 4 - 8)
        return;
    uint32_t bit = (uint32_t)(from / 4) % RP_ARM_POOL, mask = 1u << (bit & 31u);
    s->npool += (s->pool[bit / 32] & mask) == 0;
    s->pool[bit / 32] |= mask;
}

void rp_arm_jump_table(rp_arm_state *s, uint64_t table, uint32_t size)
{
    s->sink->set_aside[RP_WHY_JUMP_TABLE]++;
    s->loaded = s->slot = 0;
    if (table == 0 || s->compared == UINT32_MAX)
        return;
    uint64_t end = table + (uint64_t)(s->compared + 1) * size;
    for (uint64_t a = table; a < end && a - table < RP_ARM_POOL * 4; a += 4)
        mark_pool(s, a);
}

bool rp_arm_take_literal(rp_arm_state *s)
{
    uint32_t bit = (uint32_t)(s->addr / 4) % RP_ARM_POOL, mask = 1u << (bit & 31u);
    if (s->npool == 0 || (s->addr & 3u) != 0 || (s->pool[bit / 32] & mask) == 0)
        return false;
    s->pool[bit / 32] &= ~mask;
    s->npool--;
    return true;
}

void rp_arm_constant(rp_arm_state *s, unsigned reg, uint32_t value)
{
    rp_arm_forget(s, 1u << reg);
    s->value[reg] = value;
    s->known |= (uint16_t)(1u << reg);
}

/* Addresses of T32 functions have bit 0 set. */
void rp_arm_address(rp_arm_state *s, uint32_t to)
{
    const rp_landmark *l = rp_landmarks_find(&s->sink->landmarks, to);
    bool code = (to & 1u) != 0 && l == NULL;
    rp_note_address(s->sink, s->range, s->fn, code ? to & ~1u : to, 1);
}

void rp_arm_literal(rp_arm_state *s, unsigned reg, uint64_t from)
{
    mark_pool(s, from);
    rp_arm_forget(s, 1u << reg);
    const rp_code_range *r = s->range;
    rp_bytes all = r->around.ptr != NULL ? r->around : r->bytes;
    uint64_t start = r->around.ptr != NULL ? r->around_start : r->start;
    if (from < start || from - start > all.len || all.len - (from - start) < 4)
        return;
    rp_arm_constant(s, reg, rp_arm_word(all.ptr + (from - start)));
}

void rp_arm_load(rp_arm_state *s, unsigned reg, unsigned base, uint32_t offset)
{
    bool known = (s->known >> base & 1u) != 0;
    const rp_landmark *l = known ? landmark(s, s->value[base] + offset) : NULL;
    rp_arm_forget(s, 1u << reg);
    if (l != NULL)
        rp_note_landmark(s->sink, s->fn, l);
    if (l != NULL && l->id == RP_LM_LOCAL_SLOT)
        rp_note_slot(s->sink, l);
    if (l != NULL && !rp_landmark_writable(l))
        s->slot |= (uint16_t)(1u << reg);
    else if ((!known || l != NULL) && base != RP_ARM_PC && base != RP_ARM_SP)
        s->loaded |= (uint16_t)(1u << reg);
}

void rp_arm_load_indexed(rp_arm_state *s, unsigned reg, unsigned base, unsigned index)
{
    uint32_t both = 1u << base | 1u << index;
    if ((s->known & both) == both)
        rp_arm_load(s, reg, base, s->value[index]);
    else
        rp_arm_load(s, reg, RP_ARM_SP, 0);
}
