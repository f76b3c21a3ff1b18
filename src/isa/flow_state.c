/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/flow_state.h"

const rp_checked *rp_flow_check_of(const rp_flow_state *s, rp_value_id id)
{
    for (unsigned i = 0; i < s->nchecks; i++)
        if (id != 0 && s->checks[i].id == id)
            return &s->checks[i];
    return NULL;
}

void rp_flow_mark_checked(rp_flow_state *s, rp_value_id id, rp_guard guard, uint32_t class_size,
                          bool data)
{
    if (id == 0)
        return;
    for (unsigned r = 0; r < RP_LOC_REGS; r++) /* a new check makes an earlier reload good again */
        if (s->regs[r].id == id)
            s->regs[r].tags &= ~(uint32_t)RP_CELL_RELOAD;
    if (rp_flow_check_of(s, id) != NULL)
        return;
    if (s->nchecks == RP_FLOW_CHECKS) {
        memmove(s->checks, s->checks + 1, sizeof s->checks - sizeof s->checks[0]);
        s->nchecks--;
    }
    s->checks[s->nchecks++] = (rp_checked){id, guard, class_size, data};
}

bool rp_cell_frame_offset(rp_cell c, int64_t disp, int32_t *ret)
{
    if ((c.id & RP_FRAME_ID) == 0)
        return false;
    int32_t offset = (int32_t)(c.id << 1) >> 1;
    int64_t sum = offset + disp;
    if (sum < -(1 << 29) || sum > (1 << 29))
        return false;
    *ret = (int32_t)sum;
    return true;
}

rp_value_id rp_frame_value(int32_t offset)
{
    return RP_FRAME_ID | ((uint32_t)offset & ~RP_FRAME_ID);
}

/* The slot's index; nslots when there is none. */
static unsigned slot_index(const rp_flow_state *s, int32_t offset)
{
    unsigned i = 0;
    while (i < s->nslots && (s->slot_at[i] != offset || s->slots[i].id == 0))
        i++;
    return i;
}

const rp_cell *rp_flow_slot(const rp_flow_state *s, int32_t offset)
{
    unsigned i = slot_index(s, offset);
    return i < s->nslots ? &s->slots[i] : NULL;
}

void rp_flow_slot_store(rp_flow_state *s, int32_t offset, rp_cell c)
{
    unsigned i = slot_index(s, offset);
    if (i == s->nslots && c.id == 0)
        return;
    for (unsigned k = 0; i == s->nslots && k < s->nslots; k++)
        if (s->slots[k].id == 0)
            i = k;
    if (i == RP_FLOW_SLOTS) /* all taken: forget one; a lost value is only ever less known */
        i = (uint32_t)offset / 8 % RP_FLOW_SLOTS;
    if (i == s->nslots)
        s->nslots++;
    s->slot_at[i] = offset;
    s->slots[i] = c;
}

void rp_flow_forget(rp_flow_state *s, rp_value_id id)
{
    for (unsigned r = 0; r < RP_LOC_REGS; r++)
        if (s->regs[r].id == id)
            s->regs[r] = (rp_cell){0};
    for (unsigned i = 0; i < s->nslots; i++)
        if (s->slots[i].id == id)
            s->slots[i] = (rp_cell){0};
    for (unsigned i = 0; i < s->nchecks; i++)
        if (s->checks[i].id == id)
            s->checks[i] = s->checks[--s->nchecks];
    s->compared = s->compared && s->compared_id != id;
}
