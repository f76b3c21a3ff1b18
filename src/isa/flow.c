/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/flow.h"

#include "base/search.h"
#include "isa/flow_parts.h"

/* A function's blocks are run until nothing changes, or until the operations that were run are this
 * many times those that there are. */
enum { MAX_OPS = 400000, MAX_BLOCKS = 60000, EFFORT = 64 };
/* Operations from a failed check to its trap; to the call of a report or slow path, which spills
 * what is live and may sign the return address first. */
enum { TO_TRAP = 12, TO_CALL = 40 };

static bool never_returns(const rp_flow_env *env, const rp_op *o)
{
    if (o->kind != RP_OP_CALL && !(o->kind == RP_OP_CALL_MEM && o->base == RP_LOC_NONE))
        return false;
    uint64_t at = o->kind == RP_OP_CALL ? o->target : (uint64_t)o->value;
    const rp_landmark *l = rp_landmarks_find(env->landmarks, at);
    return l != NULL && (l->id == RP_LM_OVERFLOW || l->id == RP_LM_BOUNDS ||
                         l->id == RP_LM_DEBUG_ASSERT || l->id == RP_LM_STACK_CHK_FAIL);
}

static bool ends_block(const rp_flow_env *env, const rp_op *o)
{
    switch ((rp_op_kind)o->kind) {
    case RP_OP_BRANCH:
    case RP_OP_JUMP:
    case RP_OP_RETURN:
    case RP_OP_TRAP:
        return true;
    case RP_OP_CALL_REG:
    case RP_OP_CALL_TABLE:
        return o->tail;
    case RP_OP_CALL:
    case RP_OP_CALL_MEM:
        return o->tail || never_returns(env, o);
    default:
        return false;
    }
}

bool rp_flow_ends_way(const rp_flow_env *env, const rp_op *o)
{
    return o->kind != RP_OP_BRANCH && ends_block(env, o);
}

/* ---- blocks ---- */

/* block_of[i] != 0: a block begins at operation i. */
static void find_leaders(rp_flow *f)
{
    uint32_t at;
    f->block_of[0] = 1;
    for (uint32_t i = 0; i < f->ops->n; i++) {
        const rp_op *o = &f->ops->items[i];
        if ((o->kind == RP_OP_BRANCH || o->kind == RP_OP_JUMP) &&
            rp_flow_op_at(f->ops, o->target, &at))
            f->block_of[at] = 1;
        if (i + 1 < f->ops->n && ends_block(f->env, o))
            f->block_of[i + 1] = 1;
    }
    for (uint32_t i = 0; i < f->ops->nlandings; i++)
        if (rp_flow_op_at(f->ops, f->ops->landings[i].pad, &at))
            f->block_of[at] = 1;
    for (uint32_t t = 0; t < f->tables.n; t++)
        for (uint32_t i = 0; i < f->tables.items[t].n; i++)
            f->block_of[f->table_targets.items[f->tables.items[t].first + i]] = 1;
}

static void mark_sites(rp_flow *f)
{
    uint32_t op;
    for (uint32_t i = 0; i < f->nsites; i++) {
        if (f->sites[i].edge != RP_EDGE_UNDECIDED)
            continue;
        if (!rp_flow_op_at(f->ops, f->sites[i].addr, &op))
            continue;
        for (; op < f->ops->n && f->ops->items[op].addr == f->sites[i].addr; op++)
            f->blocks[f->block_of[op]].has_sites = true;
    }
}

/* Splits the operations at branch targets and behind branches. */
static bool make_blocks(rp_flow *f)
{
    uint32_t n = f->ops->n, b = UINT32_MAX;
    f->block_of = rp_new(f->env->scratch, n, uint32_t);
    if (f->block_of == NULL)
        return false;
    find_leaders(f);
    for (uint32_t i = 0; i < n; i++)
        f->nblocks += f->block_of[i];
    if (f->nblocks <= MAX_BLOCKS)
        f->blocks = rp_new(f->env->scratch, f->nblocks, rp_flow_block);
    if (f->blocks == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (f->block_of[i] != 0)
            f->blocks[++b].first = i;
        f->block_of[i] = b;
        f->blocks[b].last = i + 1;
    }
    mark_sites(f);
    return true;
}

/* ---- edges ---- */

static void flow_into(rp_flow *f, uint32_t b, const rp_flow_state *s)
{
    rp_flow_block *to = &f->blocks[b];
    if (!to->in.reached) {
        to->in = *s;
        to->in.reached = true;
        to->dirty = true;
    } else if (rp_flow_join(f, &to->in, s, b)) {
        to->dirty = true;
    }
}

/* Does control that comes to operation `op` end in a trap or in CFI's report or slow path? */
static bool fails(const rp_flow *f, uint32_t op, rp_guard *ret)
{
    *ret = RP_GUARD_CFI;
    for (unsigned steps = 0; op < f->ops->n && steps < TO_CALL; op++, steps++) {
        const rp_op *o = &f->ops->items[op];
        if (o->kind == RP_OP_TRAP)
            return o->value == 0 && steps < TO_TRAP;
        if (o->kind == RP_OP_CALL) {
            const rp_landmark *l = rp_landmarks_find(f->env->landmarks, o->target);
            if (l == NULL || (l->id != RP_LM_CFI_REPORT && l->id != RP_LM_CFI_SLOWPATH))
                return false;
            if (l->id == RP_LM_CFI_REPORT)
                *ret = RP_GUARD_CFI_DIAG;
            return true;
        }
        if (o->kind == RP_OP_JUMP && rp_flow_op_at(f->ops, o->target, &op))
            op--;
        else if (o->kind >= RP_OP_BRANCH)
            return false;
    }
    return false;
}

/* A conditional branch: on the way where CFI's comparison held, the compared value is checked. A
 * failed check that is only reported may go on: then the value was checked to no avail, and its
 * calls say so by their guard. */
static void branch(rp_flow *f, const rp_flow_state *s, const rp_op *o, uint32_t next)
{
    uint32_t target;
    rp_guard guard = RP_GUARD_NONE;
    bool inside = rp_flow_op_at(f->ops, o->target, &target), goes_on = next < f->ops->n;
    bool bad_taken = o->cond == (s->compared_equal ? RP_COND_NOT_EQUAL : RP_COND_OUT_OF_RANGE);
    bool bad_falls = o->cond == (s->compared_equal ? RP_COND_EQUAL : RP_COND_IN_RANGE);
    bool check = s->compared && ((bad_taken && inside && fails(f, target, &guard)) ||
                                 (bad_falls && goes_on && fails(f, next, &guard)));
    if (!check) {
        if (inside)
            flow_into(f, f->block_of[target], s);
        if (goes_on)
            flow_into(f, f->block_of[next], s);
        return;
    }
    rp_flow_state good = *s;
    uint32_t targets = s->compared_class + (uint32_t)o->value;
    rp_flow_mark_checked(&good, s->compared_id, guard, targets, s->compared_data);
    const rp_flow_state *bad = guard == RP_GUARD_CFI_DIAG ? &good : s;
    if (inside)
        flow_into(f, f->block_of[target], bad_taken ? bad : &good);
    if (goes_on)
        flow_into(f, f->block_of[next], bad_taken ? &good : bad);
}

/* A call may continue at its landing pad: callee-saved registers and the frame are as they were. */
static void unwind(rp_flow *f, const rp_flow_state *s, const rp_op *o)
{
    uint32_t low, pad;
    RP_SEARCH(low, f->ops->nlandings, f->ops->landings[low].end <= o->addr);
    if (low == f->ops->nlandings || f->ops->landings[low].start > o->addr)
        return;
    if (rp_flow_op_at(f->ops, f->ops->landings[low].pad, &pad))
        flow_into(f, f->block_of[pad], s);
}

static void run_block(rp_flow *f, uint32_t b)
{
    rp_flow_state s = f->blocks[b].in;
    const rp_flow_table *table = NULL;
    uint32_t last = f->blocks[b].last, target;
    f->again = f->blocks[b].runs > (f->deciding ? 1u : 0u);
    f->blocks[b].runs += !f->deciding;
    for (uint32_t op = f->blocks[b].first; op < last; op++) {
        const rp_op *o = &f->ops->items[op];
        rp_flow_step(f, &s, op, &table);
        if (f->ops->nlandings != 0 && !f->deciding && o->kind >= RP_OP_CALL &&
            o->kind <= RP_OP_CALL_TABLE && !o->tail)
            unwind(f, &s, o);
    }
    if (f->deciding)
        return;
    const rp_op *o = &f->ops->items[last - 1];
    for (uint32_t i = 0; table != NULL && i < table->n; i++)
        flow_into(f, f->block_of[f->table_targets.items[table->first + i]], &s);
    if (o->kind == RP_OP_BRANCH)
        branch(f, &s, o, last);
    else if (o->kind == RP_OP_JUMP && rp_flow_op_at(f->ops, o->target, &target))
        flow_into(f, f->block_of[target], &s);
    else if (!rp_flow_ends_way(f->env, o) && last < f->ops->n)
        flow_into(f, f->block_of[last], &s);
}

/* ---- the whole function ---- */

static void look_again(rp_flow *f)
{
    f->relearned = false;
    for (uint32_t b = 0; b < f->nblocks; b++)
        f->blocks[b].dirty |= f->blocks[b].in.reached;
}

static bool run_to_end(rp_flow *f, uint64_t *effort)
{
    for (bool again = true; again;) {
        again = false;
        for (uint32_t b = 0; b < f->nblocks; b++) {
            if (!f->blocks[b].dirty)
                continue;
            uint32_t n = f->blocks[b].last - f->blocks[b].first;
            if (*effort < n)
                return false;
            *effort -= n;
            f->blocks[b].dirty = false;
            run_block(f, b);
            again = true;
        }
        if (*effort < f->nblocks) /* looking for work is work too */
            return false;
        *effort -= f->nblocks;
        if (f->relearned) {
            look_again(f);
            again = true;
        }
    }
    return true;
}

static void enter(rp_flow *f, uint32_t b, bool at_start)
{
    rp_flow_state s = {.reached = true};
    for (unsigned r = 0; r < f->nregs; r++)
        s.regs[r] = (rp_cell){rp_flow_joined_id(f, b, r), at_start ? 0 : (uint32_t)RP_CELL_UNSEEN};
    if (at_start) {
        s.regs[f->env->stack_pointer] = (rp_cell){.id = rp_frame_value(0)};
        if (f->env->return_on_stack)
            rp_flow_slot_store(&s, 0,
                               (rp_cell){rp_flow_joined_id(f, b, RP_LOC_REGS), RP_CELL_RETURN});
    }
    flow_into(f, b, &s);
}

/* Alignment behind a jump: nothing comes there, and what it would bring to the loop behind it is
 * not real. */
static bool padding(const rp_flow *f, const rp_flow_block *b)
{
    for (uint32_t op = b->first; op < b->last; op++)
        if (f->ops->items[op].kind != RP_OP_NOP)
            return false;
    return true;
}

/* Blocks that no direct branch of unreached code leads to. */
static bool find_heads(const rp_flow *f, uint8_t *led_to)
{
    bool any = false;
    for (uint32_t b = 0; b < f->nblocks; b++) {
        uint32_t last = f->blocks[b].last, to;
        const rp_op *o = &f->ops->items[last - 1];
        if (f->blocks[b].in.reached)
            continue;
        any = true;
        if ((o->kind == RP_OP_BRANCH || o->kind == RP_OP_JUMP) &&
            rp_flow_op_at(f->ops, o->target, &to) && f->block_of[to] != b)
            led_to[f->block_of[to]] = 1;
        if (!rp_flow_ends_way(f->env, o) && b + 1 < f->nblocks && !padding(f, &f->blocks[b]))
            led_to[b + 1] = 1;
    }
    return any;
}

/* Code that no way was found to is reached through tables that could not be read, or by the
 * unwinder: first where such code begins, then what remains of it. */
static bool run_unreached(rp_flow *f, uint64_t *effort)
{
    uint8_t *led_to = rp_new(f->env->scratch, f->nblocks, uint8_t);
    if (led_to == NULL)
        return false;
    if (!find_heads(f, led_to))
        return true;
    for (unsigned all = 0; all < 2; all++) {
        rp_flow_state table = f->table_state;
        for (uint32_t b = 0; b < f->nblocks; b++) {
            if (f->blocks[b].in.reached || (all == 0 && led_to[b]) || padding(f, &f->blocks[b]))
                continue;
            if (table.reached)
                flow_into(f, b, &table);
            else
                enter(f, b, false);
        }
        if (!run_to_end(f, effort))
            return false;
    }
    return true;
}

bool rp_flow_decide(const rp_flow_env *env, const rp_ops *ops, rp_branch *sites, uint32_t n)
{
    rp_flow f = {.env = env, .ops = ops, .sites = sites, .nsites = n};
    uint64_t effort = (uint64_t)ops->n * EFFORT;
    f.nregs = env->nregs != 0 ? env->nregs : RP_LOC_REGS;
    if (ops->n == 0 || ops->n > MAX_OPS)
        return false;
    f.facts = rp_new(env->scratch, ops->n, rp_flow_fact);
    if (f.facts == NULL || !rp_flow_find_tables(&f) || !make_blocks(&f))
        return false;
    enter(&f, 0, true);
    if (!run_to_end(&f, &effort) || !run_unreached(&f, &effort))
        return false;
    f.deciding = true;
    for (uint32_t b = 0; b < f.nblocks; b++)
        if (f.blocks[b].in.reached && f.blocks[b].has_sites)
            run_block(&f, b);
    return true;
}
