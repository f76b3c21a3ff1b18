/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/flow_parts.h"

enum { PLACES = RP_LOC_REGS + RP_FLOW_SLOTS, REGISTER_IDS = RP_LOC_REGS + 1, MAX_PAIRS = 20 };

/* Places that held the same two values hold the same one where the ways meet, whichever way control
 * came. */
typedef struct {
    rp_value_id a, b, id;
} pair;

typedef struct {
    const rp_flow *f;
    const rp_flow_state *into, *from;
    rp_flow_state *out;
    uint32_t block;
    pair pairs[MAX_PAIRS];
    unsigned npairs;
} join;

rp_value_id rp_flow_joined_id(const rp_flow *f, uint32_t b, unsigned place)
{
    return 1 + f->ops->n * REGISTER_IDS + b * PLACES + place;
}

static rp_value_id joined(join *j, rp_value_id a, rp_value_id b, unsigned place)
{
    if (a == b)
        return a;
    if (a == 0 || b == 0)
        return 0;
    for (unsigned i = 0; i < j->npairs; i++)
        if (j->pairs[i].a == a && j->pairs[i].b == b)
            return j->pairs[i].id;
    rp_value_id id = rp_flow_joined_id(j->f, j->block, place);
    if (j->npairs < MAX_PAIRS)
        j->pairs[j->npairs++] = (pair){a, b, id};
    return id;
}

static void keep_check(rp_flow_state *s, rp_checked c)
{
    if (rp_flow_check_of(s, c.id) == NULL && s->nchecks < RP_FLOW_CHECKS)
        s->checks[s->nchecks++] = c;
}

/* The weaker of two checks: a report is less than a trap. */
static rp_checked weaker(const rp_checked *a, const rp_checked *b, rp_value_id id)
{
    rp_checked c = *a;
    c.id = id;
    c.guard = a->guard > b->guard ? a->guard : b->guard;
    c.class_size = a->class_size > b->class_size ? a->class_size : b->class_size;
    c.data = a->data && b->data;
    return c;
}

static rp_cell cell(join *j, rp_cell a, rp_cell b, unsigned place)
{
    const uint32_t both = RP_CELL_FIXED | RP_CELL_TABLE | RP_CELL_RETURN;
    const rp_checked *ca = NULL, *cb = NULL;
    if (j->into->nchecks != 0)
        ca = rp_flow_check_of(j->into, a.id);
    if (j->from->nchecks != 0)
        cb = rp_flow_check_of(j->from, b.id);
    rp_cell m = {.id = joined(j, a.id, b.id, place)};
    m.tags = (a.tags & b.tags & both) | ((a.tags | b.tags) & RP_CELL_RELOAD);
    /* a way that may not exist spoils what is good, and hides nothing that is bad */
    bool ua = (a.tags & RP_CELL_UNSEEN) != 0, ub = (b.tags & RP_CELL_UNSEEN) != 0;
    bool good_a = ca != NULL || (a.tags & both) != 0, good_b = cb != NULL || (b.tags & both) != 0;
    if ((ua && (ub || good_b)) || (ub && good_a))
        m.tags |= RP_CELL_UNSEEN;
    if (ca != NULL && cb != NULL && m.id != 0)
        keep_check(j->out, weaker(ca, cb, m.id));
    return m;
}

static bool same_cell(rp_cell a, rp_cell b)
{
    return a.id == b.id && a.tags == b.tags;
}

static bool same_checks(const rp_flow_state *a, const rp_flow_state *b)
{
    if (a->nchecks != b->nchecks)
        return false;
    for (unsigned i = 0; i < a->nchecks; i++) {
        const rp_checked *c = rp_flow_check_of(b, a->checks[i].id);
        if (c == NULL || c->guard != a->checks[i].guard ||
            c->class_size != a->checks[i].class_size || c->data != a->checks[i].data)
            return false;
    }
    return true;
}

bool rp_flow_join(rp_flow *f, rp_flow_state *into, const rp_flow_state *from, uint32_t b)
{
    rp_flow_state out = *into;
    join j = {.f = f, .into = into, .from = from, .out = &out, .block = b};
    bool changed = false;
    out.nchecks = 0;
    for (unsigned r = 0; r < f->nregs; r++) {
        if (same_cell(into->regs[r], from->regs[r]) && into->nchecks == 0)
            continue;
        out.regs[r] = cell(&j, into->regs[r], from->regs[r], r);
        changed |= !same_cell(out.regs[r], into->regs[r]);
    }
    for (unsigned i = 0; i < into->nslots; i++) {
        if (into->slots[i].id == 0)
            continue;
        const rp_cell *other = &from->slots[i];
        if (other->id == 0 || from->slot_at[i] != into->slot_at[i])
            other = rp_flow_slot(from, into->slot_at[i]);
        if (other != NULL && same_cell(into->slots[i], *other) && into->nchecks == 0)
            continue;
        out.slots[i] = cell(&j, into->slots[i], other ? *other : (rp_cell){0}, RP_LOC_REGS + i);
        changed |= !same_cell(out.slots[i], into->slots[i]);
    }
    if (out.compared && (!from->compared || from->compared_id != out.compared_id ||
                         from->compared_equal != out.compared_equal)) {
        out.compared = false;
        changed = true;
    }
    changed = changed || !same_checks(into, &out);
    if (changed)
        *into = out;
    return changed;
}

void rp_flow_to_unread_table(rp_flow *f, const rp_flow_state *s)
{
    if (f->table_state.reached)
        (void)rp_flow_join(f, &f->table_state, s, f->nblocks);
    else
        f->table_state = *s;
}
