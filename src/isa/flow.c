/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/flow.h"

#include "isa/flow_state.h"

enum { PLACES = RP_LOC_REGS + RP_FLOW_SLOTS, MAX_ROUNDS = 16, IDS = RP_LOC_REGS + 1 };
enum { MAX_OPS = 200000, MAX_BLOCKS = 40000 };

/* What is known of the value that an operation defined. */
typedef enum {
    KNOW_NOTHING,
    KNOW_CONST,
    KNOW_SLOT,
    KNOW_DIFFERENCE,
    KNOW_ROTATED,
    KNOW_TABLE_ENTRY
} knowledge;
typedef struct {
    knowledge kind;
    rp_value_id of; /* DIFFERENCE, ROTATED: of which value */
    uint64_t at;    /* CONST: the constant; SLOT: its landmark id */
} fact;

typedef struct {
    uint32_t first, last; /* operations [first, last) */
    rp_flow_state in;
    bool dirty;
} block;

typedef struct {
    const rp_flow_env *env;
    const rp_ops *ops;
    fact *facts; /* by operation: of its dst */
    block *blocks;
    uint32_t nblocks;
    uint32_t *block_of;        /* operation → block */
    rp_flow_state table_state; /* what holds at the function's jump tables */
    rp_branch *sites;
    uint32_t nsites;
    bool deciding;
} flow;

/* ---- values ---- */

static rp_value_id defined_by(uint32_t op, unsigned reg)
{
    return 1 + op * IDS + reg;
}

static rp_value_id merged_at(const flow *f, uint32_t b, unsigned place)
{
    return 1 + f->ops->n * IDS + b * PLACES + place;
}

static fact fact_of(const flow *f, rp_value_id id)
{
    if (id == 0 || (id & RP_FRAME_ID) != 0 || id > f->ops->n * IDS)
        return (fact){0};
    uint32_t op = (id - 1) / IDS;
    return f->ops->items[op].dst == (id - 1) % IDS ? f->facts[op] : (fact){0};
}

static bool read_only(const flow *f, uint64_t addr)
{
    for (uint32_t i = 0; i < f->env->nread_only; i++) {
        const rp_segment *s = &f->env->read_only[i];
        if (addr >= s->addr && addr - s->addr < s->size)
            return true;
    }
    return false;
}

/* ---- transfer ---- */

static rp_cell reg(const rp_flow_state *s, uint8_t r)
{
    return r < RP_LOC_REGS ? s->regs[r] : (rp_cell){0};
}

static void set(flow *f, rp_flow_state *s, uint32_t op, rp_cell c, fact what)
{
    uint8_t dst = f->ops->items[op].dst;
    f->facts[op] = what;
    if (dst >= RP_LOC_REGS)
        return;
    if (c.id == 0) {
        c.id = defined_by(op, dst);
        rp_flow_forget(s, c.id);
    }
    s->regs[dst] = c;
}

/* What a pointer at a fixed address is worth. */
static fact slot_fact(const flow *f, uint64_t addr, uint32_t *ret_tags)
{
    const rp_landmark *l = rp_landmarks_find(f->env->landmarks, addr);
    bool fixed = l != NULL ? l->id != RP_LM_IMPORT_WRITABLE : read_only(f, addr);
    *ret_tags = fixed ? RP_CELL_FIXED : 0;
    return (fact){.kind = l ? KNOW_SLOT : KNOW_NOTHING, .at = l ? l->id : 0};
}

static void load_fixed(flow *f, rp_flow_state *s, uint32_t op, uint64_t addr)
{
    rp_cell c = {0};
    fact what = slot_fact(f, addr, &c.tags);
    set(f, s, op, c, what);
}

static void load(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    int32_t offset;
    if (o->base == RP_LOC_NONE) {
        load_fixed(f, s, op, (uint64_t)o->value);
        return;
    }
    rp_cell base = reg(s, o->base);
    if (rp_cell_frame_offset(base, o->value, &offset)) {
        const rp_cell *slot = rp_flow_slot(s, offset);
        rp_cell c = slot ? *slot : (rp_cell){0};
        if (rp_flow_check_of(s, c.id) != NULL)
            c.tags |= RP_CELL_RELOAD;
        set(f, s, op, c, (fact){0});
        return;
    }
    fact known = fact_of(f, base.id);
    if (known.kind == KNOW_CONST)
        load_fixed(f, s, op, known.at + (uint64_t)o->value);
    else
        set(f, s, op, (rp_cell){0}, (fact){0});
}

static void store(rp_flow_state *s, const rp_op *o)
{
    int32_t offset;
    rp_cell c = reg(s, o->src);
    if (o->base == RP_LOC_NONE)
        return;
    if (rp_cell_frame_offset(reg(s, o->base), o->value, &offset))
        rp_flow_slot_store(s, offset, c);
}

/* dst = an entry of a table; read-only tables cannot be changed by an attacker, whatever the index
 * is */
static void load_table(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    uint64_t table = (uint64_t)o->value;
    bool known = o->base == RP_LOC_NONE;
    if (!known) {
        fact base = fact_of(f, reg(s, o->base).id);
        known = base.kind == KNOW_CONST;
        table += base.at;
    }
    bool safe = known && read_only(f, table);
    set(f, s, op, (rp_cell){.tags = safe ? RP_CELL_TABLE : 0},
        (fact){.kind = safe ? KNOW_TABLE_ENTRY : KNOW_NOTHING});
}

static void add(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    rp_cell a = reg(s, o->src), b = reg(s, o->src2);
    bool table = ((a.tags & RP_CELL_TABLE) && (b.tags & RP_CELL_FIXED)) ||
                 ((b.tags & RP_CELL_TABLE) && (a.tags & RP_CELL_FIXED));
    set(f, s, op, (rp_cell){.tags = table ? RP_CELL_TABLE : 0}, (fact){0});
}

static void add_const(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    int32_t offset;
    rp_cell a = reg(s, o->src);
    fact known = fact_of(f, a.id);
    if (rp_cell_frame_offset(a, o->value, &offset))
        set(f, s, op, (rp_cell){.id = rp_frame_value(offset)}, (fact){0});
    else if (known.kind == KNOW_CONST)
        set(f, s, op, (rp_cell){.tags = RP_CELL_FIXED},
            (fact){KNOW_CONST, 0, known.at + (uint64_t)o->value});
    else if (known.kind == KNOW_DIFFERENCE)
        set(f, s, op, (rp_cell){0}, known);
    else
        set(f, s, op, (rp_cell){0}, (fact){0});
}

/* pointer - first or last - pointer: the start of CFI's range check, in either order */
static void subtract(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    rp_cell a = reg(s, o->src), b = reg(s, o->src2);
    bool ca = fact_of(f, a.id).kind == KNOW_CONST, cb = fact_of(f, b.id).kind == KNOW_CONST;
    fact what = {0};
    if (ca != cb)
        what = (fact){.kind = KNOW_DIFFERENCE, .of = ca ? b.id : a.id};
    set(f, s, op, (rp_cell){0}, what);
}

static void rotate(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    fact known = fact_of(f, reg(s, o->src).id);
    fact what = {0};
    if (known.kind == KNOW_DIFFERENCE)
        what = (fact){.kind = KNOW_ROTATED, .of = known.of};
    set(f, s, op, (rp_cell){0}, what);
}

static void compare(flow *f, rp_flow_state *s, const rp_op *o)
{
    rp_cell a = reg(s, o->src), b = reg(s, o->src2);
    fact fa = fact_of(f, a.id), fb = fact_of(f, b.id);
    s->compared = false;
    if (o->src2 == RP_LOC_NONE) {
        if (fa.kind != KNOW_ROTATED)
            return;
        s->compared_id = fa.of;
        s->compared_equal = false;
        s->compared_class = o->value >= 0 && o->value < UINT32_MAX ? (uint32_t)o->value : 0;
        s->compared = true;
        return;
    }
    bool ca = fa.kind == KNOW_CONST, cb = fb.kind == KNOW_CONST;
    uint64_t only = ca ? fa.at : fb.at;
    if (ca == cb || only < f->env->text_low || only >= f->env->text_high)
        return;
    s->compared_id = ca ? b.id : a.id;
    s->compared_equal = true;
    s->compared_class = 1;
    s->compared = true;
}

static void push(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    int32_t offset;
    uint8_t sp = f->env->stack_pointer;
    if (!rp_cell_frame_offset(s->regs[sp], -(int64_t)f->env->word, &offset)) {
        s->regs[sp] = (rp_cell){0};
        return;
    }
    rp_cell c = reg(s, o->src);
    (void)op;
    s->regs[sp] = (rp_cell){.id = rp_frame_value(offset)};
    rp_flow_slot_store(s, offset, c);
}

static void pop(flow *f, rp_flow_state *s, uint32_t op)
{
    int32_t offset;
    uint8_t sp = f->env->stack_pointer;
    rp_cell c = {0};
    const rp_cell *slot =
        rp_cell_frame_offset(s->regs[sp], 0, &offset) ? rp_flow_slot(s, offset) : NULL;
    if (slot != NULL) {
        c = *slot;
        if (rp_flow_check_of(s, c.id) != NULL)
            c.tags |= RP_CELL_RELOAD;
    }
    bool known = rp_cell_frame_offset(s->regs[sp], f->env->word, &offset);
    s->regs[sp] = known ? (rp_cell){.id = rp_frame_value(offset)} : (rp_cell){0};
    set(f, s, op, c, (fact){0});
}

static void clobber(flow *f, rp_flow_state *s, uint32_t op, uint32_t regs)
{
    (void)f;
    for (unsigned r = 0; regs != 0; r++, regs >>= 1)
        if ((regs & 1u) != 0) {
            rp_flow_forget(s, defined_by(op, r));
            s->regs[r] = (rp_cell){.id = defined_by(op, r)};
        }
}

/* ---- calls ---- */

static rp_branch *site_at(flow *f, uint64_t addr)
{
    uint32_t low = 0, high = f->nsites;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (f->sites[mid].addr < addr)
            low = mid + 1;
        else
            high = mid;
    }
    return low < f->nsites && f->sites[low].addr == addr ? &f->sites[low] : NULL;
}

static void judge(flow *f, const rp_flow_state *s, const rp_op *o, rp_cell c, fact known)
{
    rp_branch *site = f->deciding ? site_at(f, o->addr) : NULL;
    if (site == NULL || site->guard != RP_GUARD_NONE)
        return;
    const rp_checked *check = rp_flow_check_of(s, c.id);
    bool dispatch = known.kind == KNOW_SLOT &&
                    (known.at == RP_LM_GUARD_DISPATCH || known.at == RP_LM_GUARD_CHECK);
    if (dispatch) {
        site->edge = known.at == RP_LM_GUARD_DISPATCH ? RP_EDGE_GUARDED : RP_EDGE_NOT_ATTACKABLE;
        site->guard = known.at == RP_LM_GUARD_DISPATCH ? RP_GUARD_CFG : RP_GUARD_NONE;
        site->reason = known.at == RP_LM_GUARD_DISPATCH ? RP_WHY_NONE : RP_WHY_READ_ONLY_SLOT;
    } else if (check != NULL) {
        site->edge = (c.tags & RP_CELL_RELOAD) != 0 ? RP_EDGE_GUARDED_SPILLED : RP_EDGE_GUARDED;
        site->guard = check->guard;
        site->class_size = check->class_size;
    } else if ((c.tags & RP_CELL_TABLE) != 0) {
        site->edge = RP_EDGE_NOT_ATTACKABLE;
        site->reason = RP_WHY_JUMP_TABLE;
    } else if ((c.tags & RP_CELL_FIXED) != 0) {
        site->edge = RP_EDGE_NOT_ATTACKABLE;
        site->reason = known.kind == KNOW_CONST ? RP_WHY_CONSTANT : RP_WHY_READ_ONLY_SLOT;
    } else {
        site->edge = RP_EDGE_UNGUARDED;
    }
}

/* The value that an indirect call or jump goes to. */
static rp_cell call_operand(const flow *f, const rp_flow_state *s, const rp_op *o, fact *ret)
{
    if (o->kind == RP_OP_CALL_REG) {
        *ret = fact_of(f, reg(s, o->src).id);
        return reg(s, o->src);
    }
    int32_t offset;
    fact base = o->base == RP_LOC_NONE ? (fact){KNOW_CONST, 0, 0} : fact_of(f, reg(s, o->base).id);
    uint64_t at = base.at + (uint64_t)o->value;
    rp_cell result = {0};
    if (o->kind == RP_OP_CALL_TABLE) {
        result.tags = base.kind == KNOW_CONST && read_only(f, at) ? RP_CELL_TABLE : 0;
    } else if (o->base != RP_LOC_NONE && rp_cell_frame_offset(reg(s, o->base), o->value, &offset)) {
        const rp_cell *slot = rp_flow_slot(s, offset);
        result = slot ? *slot : result;
        result.tags |= rp_flow_check_of(s, result.id) != NULL ? RP_CELL_RELOAD : 0;
    } else if (base.kind == KNOW_CONST) {
        *ret = slot_fact(f, at, &result.tags);
    }
    return result;
}

static void merge_state(flow *f, rp_flow_state *into, const rp_flow_state *from, uint32_t b,
                        bool *changed);

static void indirect(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    fact known = {0};
    rp_cell c = call_operand(f, s, o, &known);
    judge(f, s, o, c, known);
    if (known.kind == KNOW_SLOT && known.at == RP_LM_GUARD_CHECK)
        rp_flow_mark_checked(s, reg(s, f->env->checked_argument).id, RP_GUARD_CFG, 0);
    if (o->tail && (c.tags & RP_CELL_TABLE) != 0 && !f->deciding) {
        bool changed = false;
        if (f->table_state.reached)
            merge_state(f, &f->table_state, s, f->nblocks, &changed);
        else
            f->table_state = *s;
    }
    if (!o->tail)
        clobber(f, s, op,
                known.kind == KNOW_SLOT && known.at == RP_LM_GUARD_CHECK ? f->env->check_clobbers
                                                                         : f->env->call_clobbers);
}

static void direct_call(flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    const rp_landmark *l = rp_landmarks_find(f->env->landmarks, o->target);
    rp_value_id argument = reg(s, f->env->slowpath_argument).id;
    clobber(f, s, op, f->env->call_clobbers);
    if (l != NULL && l->id == RP_LM_CFI_SLOWPATH)
        rp_flow_mark_checked(s, argument, RP_GUARD_CFI_CROSS_DSO, 0);
}

static void step(flow *f, rp_flow_state *s, uint32_t op)
{
    const rp_op *o = &f->ops->items[op];
    switch ((rp_op_kind)o->kind) {
    case RP_OP_COPY:
        set(f, s, op, reg(s, o->src), (fact){0});
        break;
    case RP_OP_CONST:
        set(f, s, op, (rp_cell){.tags = RP_CELL_FIXED}, (fact){KNOW_CONST, 0, (uint64_t)o->value});
        break;
    case RP_OP_LOAD:
        load(f, s, op, o);
        break;
    case RP_OP_STORE:
        store(s, o);
        break;
    case RP_OP_LOAD_TABLE:
        load_table(f, s, op, o);
        break;
    case RP_OP_ADD:
        add(f, s, op, o);
        break;
    case RP_OP_ADD_CONST:
        add_const(f, s, op, o);
        break;
    case RP_OP_SUB:
        subtract(f, s, op, o);
        break;
    case RP_OP_ROTATE:
        rotate(f, s, op, o);
        break;
    case RP_OP_COMPARE:
        compare(f, s, o);
        return;
    case RP_OP_PUSH:
        push(f, s, op, o);
        break;
    case RP_OP_POP:
        pop(f, s, op);
        break;
    case RP_OP_CALL:
        direct_call(f, s, op, o);
        break;
    case RP_OP_CALL_REG:
    case RP_OP_CALL_MEM:
    case RP_OP_CALL_TABLE:
        indirect(f, s, op, o);
        break;
    case RP_OP_OTHER:
        if (o->dst < RP_LOC_REGS)
            set(f, s, op, (rp_cell){0}, (fact){0});
        break;
    case RP_OP_NOP:
    case RP_OP_BRANCH:
    case RP_OP_JUMP:
    case RP_OP_RETURN:
    case RP_OP_TRAP:
        break;
    }
    clobber(f, s, op, o->clobbers);
    if (o->sets_flags)
        s->compared = false;
}

/* ---- joins ---- */

static rp_cell merge_cell(flow *f, const rp_flow_state *into, const rp_flow_state *from, rp_cell a,
                          rp_cell b, uint32_t at, unsigned place, rp_checked *ret)
{
    const rp_checked *ca = rp_flow_check_of(into, a.id), *cb = rp_flow_check_of(from, b.id);
    rp_cell m = {.id = a.id == b.id ? a.id : a.id == 0 || b.id == 0 ? 0 : merged_at(f, at, place)};
    m.tags =
        (a.tags & b.tags & (RP_CELL_FIXED | RP_CELL_TABLE)) | ((a.tags | b.tags) & RP_CELL_RELOAD);
    ret->id = 0;
    if (ca != NULL && cb != NULL && m.id != 0)
        *ret = (rp_checked){m.id, ca->guard,
                            ca->class_size > cb->class_size ? ca->class_size : cb->class_size};
    return m;
}

static void keep_check(rp_flow_state *s, rp_checked c)
{
    if (c.id != 0 && rp_flow_check_of(s, c.id) == NULL && s->nchecks < RP_FLOW_CHECKS)
        s->checks[s->nchecks++] = c;
}

/* What holds on both ways into block `b`. */
static void merge_state(flow *f, rp_flow_state *into, const rp_flow_state *from, uint32_t b,
                        bool *changed)
{
    rp_flow_state m = *into;
    rp_checked c;
    m.nchecks = 0;
    for (unsigned r = 0; r < RP_LOC_REGS; r++) {
        m.regs[r] = merge_cell(f, into, from, into->regs[r], from->regs[r], b, r, &c);
        keep_check(&m, c);
    }
    for (unsigned i = 0; i < RP_FLOW_SLOTS; i++) {
        if (into->slots[i].id == 0)
            continue;
        const rp_cell *other = rp_flow_slot(from, into->slot_at[i]);
        m.slots[i] = merge_cell(f, into, from, into->slots[i], other ? *other : (rp_cell){0}, b,
                                RP_LOC_REGS + i, &c);
        keep_check(&m, c);
    }
    if (m.compared && (!from->compared || from->compared_id != m.compared_id ||
                       from->compared_equal != m.compared_equal))
        m.compared = false;
    if (memcmp(&m, into, sizeof m) != 0) {
        *into = m;
        *changed = true;
    }
}

static void flow_into(flow *f, uint32_t b, const rp_flow_state *s)
{
    block *to = &f->blocks[b];
    if (!to->in.reached) {
        to->in = *s;
        to->in.reached = true;
        to->dirty = true;
        return;
    }
    bool changed = false;
    merge_state(f, &to->in, s, b, &changed);
    to->dirty |= changed;
}

static bool op_index(const flow *f, uint64_t addr, uint32_t *ret)
{
    uint32_t low = 0, high = f->ops->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (f->ops->items[mid].addr < addr)
            low = mid + 1;
        else
            high = mid;
    }
    *ret = low;
    return low < f->ops->n && f->ops->items[low].addr == addr;
}

/* Does control that comes to operation `op` end in a trap or in CFI's report or slow path? */
static bool fails(const flow *f, uint32_t op)
{
    for (uint32_t i = op; i < f->ops->n && i < op + 12; i++) {
        const rp_op *o = &f->ops->items[i];
        if (o->kind == RP_OP_TRAP)
            return true;
        if (o->kind == RP_OP_CALL) {
            const rp_landmark *l = rp_landmarks_find(f->env->landmarks, o->target);
            return l != NULL && (l->id == RP_LM_CFI_REPORT || l->id == RP_LM_CFI_SLOWPATH);
        }
        if (o->kind >= RP_OP_BRANCH)
            return false;
    }
    return false;
}

/* A conditional branch: on the way where CFI's comparison held, the compared value is checked. */
static void branch(flow *f, const rp_flow_state *s, const rp_op *o, uint32_t next)
{
    uint32_t target;
    bool inside = op_index(f, o->target, &target);
    bool bad_taken = o->cond == (s->compared_equal ? RP_COND_NOT_EQUAL : RP_COND_OUT_OF_RANGE);
    bool bad_falls = o->cond == (s->compared_equal ? RP_COND_EQUAL : RP_COND_IN_RANGE);
    bool check = s->compared && ((bad_taken && inside && fails(f, target)) ||
                                 (bad_falls && next < f->ops->n && fails(f, next)));
    rp_flow_state good = *s;
    if (check) {
        uint32_t bad = bad_taken ? target : next;
        rp_guard guard = RP_GUARD_CFI;
        for (uint32_t i = bad; i < f->ops->n && i < bad + 12 && f->ops->items[i].kind != RP_OP_TRAP;
             i++)
            if (f->ops->items[i].kind == RP_OP_CALL)
                guard = RP_GUARD_CFI_DIAG;
        rp_flow_mark_checked(&good, s->compared_id, guard, s->compared_class + (uint32_t)o->value);
    }
    if (inside)
        flow_into(f, f->block_of[target], check && !bad_taken ? &good : s);
    if (next < f->ops->n)
        flow_into(f, f->block_of[next], check && bad_taken ? &good : s);
}

/* A call may continue at its landing pad: callee-saved registers and the frame are as they were. */
static void unwind(flow *f, const rp_flow_state *s, const rp_op *o)
{
    uint32_t low = 0, high = f->ops->nlandings, pad;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (f->ops->landings[mid].end <= o->addr)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == f->ops->nlandings || f->ops->landings[low].start > o->addr)
        return;
    if (op_index(f, f->ops->landings[low].pad, &pad))
        flow_into(f, f->block_of[pad], s);
}

static void run_block(flow *f, uint32_t b)
{
    rp_flow_state s = f->blocks[b].in;
    uint32_t last = f->blocks[b].last, target;
    for (uint32_t op = f->blocks[b].first; op < last; op++) {
        const rp_op *o = &f->ops->items[op];
        step(f, &s, op);
        if (!f->deciding && o->kind >= RP_OP_CALL && o->kind <= RP_OP_CALL_TABLE && !o->tail)
            unwind(f, &s, o);
    }
    if (f->deciding)
        return;
    const rp_op *o = &f->ops->items[last - 1];
    bool tail =
        (o->kind == RP_OP_CALL_REG || o->kind == RP_OP_CALL_MEM || o->kind == RP_OP_CALL_TABLE) &&
        o->tail;
    if (o->kind == RP_OP_BRANCH)
        branch(f, &s, o, last);
    else if (o->kind == RP_OP_JUMP && op_index(f, o->target, &target))
        flow_into(f, f->block_of[target], &s);
    else if (o->kind != RP_OP_JUMP && o->kind != RP_OP_RETURN && o->kind != RP_OP_TRAP && !tail &&
             last < f->ops->n)
        flow_into(f, f->block_of[last], &s);
}

static bool ends_block(const rp_op *o)
{
    switch ((rp_op_kind)o->kind) {
    case RP_OP_BRANCH:
    case RP_OP_JUMP:
    case RP_OP_RETURN:
    case RP_OP_TRAP:
        return true;
    case RP_OP_CALL_REG:
    case RP_OP_CALL_MEM:
    case RP_OP_CALL_TABLE:
        return o->tail;
    default:
        return false;
    }
}

/* Splits the operations at branch targets and behind branches. */
static bool make_blocks(flow *f)
{
    uint32_t n = f->ops->n, at;
    rp_arena *a = f->env->scratch;
    f->block_of = rp_new(a, n, uint32_t);
    if (f->block_of == NULL)
        return false;
    f->block_of[0] = 1;
    for (uint32_t i = 0; i < n; i++) {
        const rp_op *o = &f->ops->items[i];
        if ((o->kind == RP_OP_BRANCH || o->kind == RP_OP_JUMP) && op_index(f, o->target, &at))
            f->block_of[at] = 1;
        if (ends_block(o) && i + 1 < n)
            f->block_of[i + 1] = 1;
    }
    for (uint32_t i = 0; i < f->ops->nlandings; i++)
        if (op_index(f, f->ops->landings[i].pad, &at))
            f->block_of[at] = 1;
    for (uint32_t i = 0; i < n; i++)
        f->nblocks += f->block_of[i];
    f->blocks = f->nblocks <= MAX_BLOCKS ? rp_new(a, f->nblocks, block) : NULL;
    if (f->blocks == NULL)
        return false;
    uint32_t b = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        if (f->block_of[i] != 0)
            f->blocks[++b].first = i;
        f->block_of[i] = b;
        f->blocks[b].last = i + 1;
    }
    return true;
}

static bool run_to_end(flow *f)
{
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        bool again = false;
        for (uint32_t b = 0; b < f->nblocks; b++) {
            if (!f->blocks[b].dirty)
                continue;
            f->blocks[b].dirty = false;
            run_block(f, b);
            again = true;
        }
        if (!again)
            return true;
    }
    return false;
}

static void enter(flow *f, uint32_t b, bool known_stack)
{
    rp_flow_state s = {.reached = true};
    for (unsigned r = 0; r < RP_LOC_REGS; r++)
        s.regs[r].id = merged_at(f, b, r);
    if (known_stack)
        s.regs[f->env->stack_pointer] = (rp_cell){.id = rp_frame_value(0)};
    flow_into(f, b, &s);
}

/* Alignment behind a jump: nothing comes there, and what it would bring to the loop behind it is
 * not real. */
static bool padding(const flow *f, const block *b)
{
    for (uint32_t op = b->first; op < b->last; op++)
        if (f->ops->items[op].kind != RP_OP_NOP)
            return false;
    return true;
}

/* Blocks that no branch leads to are reached through jump tables, or by the unwinder. */
static void seed_unreached(flow *f)
{
    rp_flow_state table = f->table_state;
    for (uint32_t b = 0; b < f->nblocks; b++) {
        if (f->blocks[b].in.reached || padding(f, &f->blocks[b]))
            continue;
        if (table.reached)
            flow_into(f, b, &table);
        else
            enter(f, b, false);
    }
}

bool rp_flow_decide(const rp_flow_env *env, const rp_ops *ops, rp_branch *sites, uint32_t n)
{
    flow f = {.env = env, .ops = ops, .sites = sites, .nsites = n};
    if (ops->n == 0 || ops->n > MAX_OPS)
        return false;
    f.facts = rp_new(env->scratch, ops->n, fact);
    if (f.facts == NULL || !make_blocks(&f))
        return false;
    enter(&f, 0, true);
    bool settled = run_to_end(&f);
    seed_unreached(&f);
    settled = run_to_end(&f) && settled;
    if (!settled)
        return false;
    f.deciding = true;
    for (uint32_t b = 0; b < f.nblocks; b++)
        if (f.blocks[b].in.reached)
            run_block(&f, b);
    return true;
}
