/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/search.h"
#include "isa/flow_parts.h"
#include "obj/pe.h"

enum { REGISTER_IDS = RP_LOC_REGS + 1 };
static const rp_flow_fact nothing;

/* ---- values ---- */

static rp_value_id defined_by(uint32_t op, unsigned reg)
{
    return 1 + op * REGISTER_IDS + reg;
}

static rp_flow_fact fact_of(const rp_flow *f, rp_value_id id)
{
    if (id == 0 || (id & RP_FRAME_ID) != 0 || id > f->ops->n * REGISTER_IDS)
        return nothing;
    uint32_t op = (id - 1) / REGISTER_IDS;
    return f->ops->items[op].dst == (id - 1) % REGISTER_IDS ? f->facts[op] : nothing;
}

bool rp_flow_env_read_only(const rp_flow_env *env, uint64_t addr)
{
    for (uint32_t i = 0; i < env->nread_only; i++) {
        const rp_segment *s = &env->read_only[i];
        if (addr >= s->addr && addr - s->addr < s->size)
            return true;
    }
    return false;
}

bool rp_flow_env_fixed_slot(const rp_flow_env *env, uint64_t addr)
{
    const rp_landmark *l = rp_landmarks_find(env->landmarks, addr);
    return l != NULL ? !rp_landmark_writable(l) : rp_flow_env_read_only(env, addr);
}

uint64_t rp_flow_image_base(const rp_flow_env *env, uint64_t table)
{
    return env->image != NULL && env->image->pe != NULL ? env->image->pe->image_base : table;
}

bool rp_flow_read_only(const rp_flow *f, uint64_t addr)
{
    return rp_flow_env_read_only(f->env, addr);
}

static bool in_text(const rp_flow *f, uint64_t addr)
{
    return addr >= f->env->text_low && addr < f->env->text_high;
}

static rp_cell reg(const rp_flow_state *s, uint8_t r)
{
    return r < RP_LOC_REGS ? s->regs[r] : (rp_cell){0};
}

/* What an operation's value is known to be follows from the state before it; where that has sunk
 * since, what followed from it is looked at anew. */
static void learn(rp_flow *f, uint32_t op, rp_flow_fact what)
{
    rp_flow_fact *old = &f->facts[op];
    if (f->again && (old->kind != what.kind || old->at != what.at || old->of != what.of))
        f->relearned = true;
    *old = what;
}

static void set(rp_flow *f, rp_flow_state *s, uint32_t op, rp_cell c, rp_flow_fact what)
{
    uint8_t dst = f->ops->items[op].dst;
    learn(f, op, what);
    if (dst >= RP_LOC_REGS)
        return;
    if (c.id == 0) {
        c.id = defined_by(op, dst);
        if (f->again)
            rp_flow_forget(s, c.id);
    }
    s->regs[dst] = c;
}

static void set_unknown(rp_flow *f, rp_flow_state *s, uint32_t op)
{
    set(f, s, op, (rp_cell){0}, nothing);
}

/* ---- memory ---- */

/* What a pointer at a fixed address is worth. */
static rp_flow_fact slot_fact(const rp_flow *f, uint64_t addr, uint32_t *ret_tags)
{
    const rp_landmark *l = rp_landmarks_find(f->env->landmarks, addr);
    *ret_tags = rp_flow_env_fixed_slot(f->env, addr) ? RP_CELL_FIXED : 0;
    if (l == NULL)
        return nothing;
    return (rp_flow_fact){.kind = RP_KNOW_SLOT, .at = l->id};
}

/* What comes back from the stack: a checked value with a mark; what was constant is so no more,
 * since it lay where a write may reach it. */
static rp_cell reloaded(const rp_flow *f, const rp_flow_state *s, const rp_cell *slot)
{
    rp_cell c = slot != NULL ? *slot : (rp_cell){0};
    if (rp_flow_check_of(s, c.id) != NULL) {
        c.tags |= RP_CELL_RELOAD;
        return c;
    }
    if ((c.tags & (RP_CELL_FIXED | RP_CELL_TABLE)) != 0 || fact_of(f, c.id).kind != RP_KNOW_NOTHING)
        return (rp_cell){0};
    return c;
}

/* The pointer that lies at [base + value]. */
static rp_cell pointer_at(const rp_flow *f, const rp_flow_state *s, const rp_op *o,
                          rp_flow_fact *ret, const rp_checked **ret_check)
{
    int32_t offset;
    rp_cell c = {0}, base = reg(s, o->base);
    *ret = nothing;
    *ret_check = NULL;
    if (o->base == RP_LOC_NONE) {
        *ret = slot_fact(f, (uint64_t)o->value, &c.tags);
        return c;
    }
    if (rp_cell_frame_offset(base, o->value, &offset))
        return reloaded(f, s, rp_flow_slot(s, offset));
    rp_flow_fact known = fact_of(f, base.id);
    const rp_checked *check = rp_flow_check_of(s, base.id);
    if (known.kind == RP_KNOW_CONST)
        *ret = slot_fact(f, known.at + (uint64_t)o->value, &c.tags);
    else if (check != NULL && check->data)
        *ret_check = check;
    c.tags |= base.tags & (check != NULL ? RP_CELL_RELOAD : RP_CELL_UNSEEN);
    return c;
}

static void load(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    rp_flow_fact what;
    const rp_checked *by;
    rp_cell c = pointer_at(f, s, o, &what, &by);
    rp_checked check = by != NULL ? *by : (rp_checked){0};
    set(f, s, op, c, what);
    if (by != NULL && o->dst < RP_LOC_REGS) {
        uint32_t reload = s->regs[o->dst].tags & RP_CELL_RELOAD;
        rp_flow_mark_checked(s, s->regs[o->dst].id, check.guard, check.class_size, false);
        s->regs[o->dst].tags |= reload;
    }
}

static void store(rp_flow_state *s, const rp_op *o)
{
    int32_t offset;
    if (o->base != RP_LOC_NONE && rp_cell_frame_offset(reg(s, o->base), o->value, &offset))
        rp_flow_slot_store(s, offset, reg(s, o->src));
}

/* The table that [base + value + index] reads; false when it is not known or can be written. */
static bool table_of(const rp_flow *f, const rp_flow_state *s, const rp_op *o, uint64_t *ret)
{
    *ret = (uint64_t)o->value;
    if (o->base != RP_LOC_NONE) {
        rp_flow_fact base = fact_of(f, reg(s, o->base).id);
        if (base.kind != RP_KNOW_CONST)
            return false;
        *ret += base.at;
    }
    return rp_flow_read_only(f, *ret);
}

/* dst = an entry of a table; read-only tables cannot be changed by an attacker, whatever the index
 * is */
static void load_table(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    uint64_t at;
    if (table_of(f, s, o, &at))
        set(f, s, op, (rp_cell){.tags = RP_CELL_TABLE}, (rp_flow_fact){at, 0, RP_KNOW_TABLE});
    else
        set_unknown(f, s, op);
}

static void push(rp_flow *f, rp_flow_state *s, const rp_op *o)
{
    int32_t offset;
    uint8_t sp = f->env->stack_pointer;
    rp_cell c = reg(s, o->src);
    if (!rp_cell_frame_offset(s->regs[sp], -(int64_t)f->env->word, &offset)) {
        s->regs[sp] = (rp_cell){0};
        return;
    }
    s->regs[sp] = (rp_cell){.id = rp_frame_value(offset)};
    rp_flow_slot_store(s, offset, c);
}

/* A call of the next instruction, which pops its own address, at `addr`: so 32-bit code finds out
 * where it is. Nothing can write there in between. */
static bool own_address(const rp_flow *f, const rp_cell *slot, uint64_t addr, rp_flow_fact *ret)
{
    *ret = fact_of(f, slot->id);
    if (ret->kind == RP_KNOW_CONST && ret->at == addr)
        return true;
    *ret = nothing;
    return false;
}

static void pop(rp_flow *f, rp_flow_state *s, uint32_t op)
{
    int32_t offset;
    uint8_t sp = f->env->stack_pointer;
    rp_cell c = {0};
    rp_flow_fact what = nothing;
    if (rp_cell_frame_offset(s->regs[sp], 0, &offset)) {
        const rp_cell *slot = rp_flow_slot(s, offset);
        c = reloaded(f, s, slot);
        if (slot != NULL && own_address(f, slot, f->ops->items[op].addr, &what))
            c = (rp_cell){.tags = RP_CELL_FIXED};
    }
    bool known = rp_cell_frame_offset(s->regs[sp], f->env->word, &offset);
    s->regs[sp] = known ? (rp_cell){.id = rp_frame_value(offset)} : (rp_cell){0};
    set(f, s, op, c, what);
}

/* ---- arithmetic ---- */

static uint64_t negated(const rp_flow *f, uint64_t v)
{
    return f->env->word == 4 ? (uint32_t)(0 - v) : 0 - v;
}

/* LLVM keeps an address negated that it subtracts from several pointers. */
static bool is_negated(const rp_flow *f, rp_flow_fact known)
{
    uint64_t at = negated(f, known.at);
    return known.kind == RP_KNOW_CONST && (in_text(f, at) || rp_flow_read_only(f, at));
}

static void add(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    rp_cell a = reg(s, o->src), b = reg(s, o->src2);
    rp_flow_fact fa = fact_of(f, a.id), fb = fact_of(f, b.id);
    if ((a.tags & RP_CELL_TABLE) != 0 && (b.tags & RP_CELL_FIXED) != 0 && o->value == 0)
        set(f, s, op, (rp_cell){.tags = RP_CELL_TABLE}, fa);
    else if ((b.tags & RP_CELL_TABLE) != 0 && (a.tags & RP_CELL_FIXED) != 0 && o->value == 0)
        set(f, s, op, (rp_cell){.tags = RP_CELL_TABLE}, fb);
    else if (is_negated(f, fa) && fb.kind == RP_KNOW_NOTHING)
        set(f, s, op, (rp_cell){0}, (rp_flow_fact){negated(f, fa.at), b.id, RP_KNOW_DIFFERENCE});
    else if (is_negated(f, fb) && fa.kind == RP_KNOW_NOTHING)
        set(f, s, op, (rp_cell){0}, (rp_flow_fact){negated(f, fb.at), a.id, RP_KNOW_DIFFERENCE});
    else
        set_unknown(f, s, op);
}

static void add_const(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    int32_t offset;
    rp_cell a = reg(s, o->src);
    rp_flow_fact known = fact_of(f, a.id);
    if (rp_cell_frame_offset(a, o->value, &offset))
        set(f, s, op, (rp_cell){.id = rp_frame_value(offset)}, nothing);
    else if (known.kind == RP_KNOW_CONST)
        set(f, s, op, (rp_cell){.tags = RP_CELL_FIXED},
            (rp_flow_fact){known.at + (uint64_t)o->value, 0, RP_KNOW_CONST});
    else if (known.kind == RP_KNOW_DIFFERENCE)
        set(f, s, op, (rp_cell){0}, known);
    else
        set_unknown(f, s, op);
}

/* pointer - first or last - pointer: the start of CFI's range check, in either order (LLVM 14 has
 * the first, LLVM 22 the second). */
static void subtract(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    rp_cell a = reg(s, o->src), b = reg(s, o->src2);
    rp_flow_fact fa = fact_of(f, a.id), fb = fact_of(f, b.id);
    bool ca = fa.kind == RP_KNOW_CONST, cb = fb.kind == RP_KNOW_CONST;
    if (o->src == RP_LOC_NONE && cb)
        set(f, s, op, (rp_cell){0}, (rp_flow_fact){negated(f, fb.at), 0, RP_KNOW_CONST});
    else if (o->src != RP_LOC_NONE && ca != cb)
        set(f, s, op, (rp_cell){0},
            (rp_flow_fact){ca ? fa.at : fb.at, ca ? b.id : a.id, RP_KNOW_DIFFERENCE});
    else
        set_unknown(f, s, op);
}

/* Slots of jump tables are 4, 8 or 16 bytes long; vtables lie further apart. Lifters that do not
 * tell the amount leave it 0. */
static void rotate(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    rp_flow_fact known = fact_of(f, reg(s, o->src).id);
    bool fits =
        o->value == 0 || (o->value >= RP_CFI_LEAST_ALIGNED && o->value <= RP_CFI_MOST_ALIGNED);
    known.kind = known.kind == RP_KNOW_DIFFERENCE && fits ? RP_KNOW_ROTATED : RP_KNOW_NOTHING;
    set(f, s, op, (rp_cell){0}, known.kind == RP_KNOW_NOTHING ? nothing : known);
}

/* Either of two values: as good as the worse. */
static void select(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    rp_cell a = reg(s, o->src), b = reg(s, o->src2);
    const rp_checked *ca = rp_flow_check_of(s, a.id), *cb = rp_flow_check_of(s, b.id);
    rp_cell c = {.tags = a.tags & b.tags & (RP_CELL_FIXED | RP_CELL_TABLE)};
    c.tags |= (a.tags | b.tags) & (RP_CELL_RELOAD | RP_CELL_UNSEEN);
    rp_checked weak = {0};
    bool checked = ca != NULL && cb != NULL;
    if (checked)
        weak = ca->guard > cb->guard ? *ca : *cb;
    set(f, s, op, c, nothing);
    if (checked && o->dst < RP_LOC_REGS) {
        rp_flow_mark_checked(s, s->regs[o->dst].id, weak.guard, weak.class_size, false);
        s->regs[o->dst].tags |= c.tags & RP_CELL_RELOAD;
    }
}

static void compared(rp_flow_state *s, rp_value_id id, bool equal, uint32_t targets, bool data)
{
    s->compared = id != 0;
    s->compared_id = id;
    s->compared_equal = equal;
    s->compared_class = targets;
    s->compared_data = data;
}

/* cmp rotated, n: a range check; cmp pointer, the only target: a check for equality. */
static void compare(rp_flow *f, rp_flow_state *s, const rp_op *o)
{
    rp_cell a = reg(s, o->src), b = reg(s, o->src2);
    rp_flow_fact fa = fact_of(f, a.id), fb = fact_of(f, b.id);
    uint64_t value = (uint64_t)o->value;
    s->compared = false;
    if (o->src2 == RP_LOC_NONE) {
        if (fa.kind == RP_KNOW_ROTATED)
            compared(s, fa.of, false, value < UINT32_MAX ? (uint32_t)value : 0,
                     !in_text(f, fa.at) && rp_flow_read_only(f, fa.at));
        else if (in_text(f, value) && fa.kind == RP_KNOW_NOTHING)
            compared(s, a.id, true, 1, false);
        return;
    }
    bool ca = fa.kind == RP_KNOW_CONST, cb = fb.kind == RP_KNOW_CONST;
    uint64_t only = ca ? fa.at : fb.at;
    bool text = in_text(f, only), data = !text && rp_flow_read_only(f, only);
    if (ca != cb && (text || data))
        compared(s, ca ? b.id : a.id, true, 1, data);
}

static void clobber(const rp_flow *f, rp_flow_state *s, uint32_t op, uint32_t regs)
{
    for (unsigned r = 0; regs != 0; r++, regs >>= 1)
        if ((regs & 1u) != 0) {
            if (f->again)
                rp_flow_forget(s, defined_by(op, r));
            s->regs[r] = (rp_cell){.id = defined_by(op, r)};
        }
}

/* ---- calls ---- */

static rp_branch *site_at(const rp_flow *f, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, f->nsites, f->sites[low].addr < addr);
    return low < f->nsites && f->sites[low].addr == addr ? &f->sites[low] : NULL;
}

static void aside(rp_branch *site, rp_edge_reason why)
{
    site->edge = RP_EDGE_NOT_ATTACKABLE;
    site->reason = why;
}

static void guarded(rp_branch *site, rp_guard guard, uint32_t class_size, bool reloaded_since)
{
    site->edge = reloaded_since ? RP_EDGE_GUARDED_SPILLED : RP_EDGE_GUARDED;
    site->guard = guard;
    site->class_size = class_size;
}

static void judge(const rp_flow *f, const rp_op *o, rp_cell c, rp_flow_fact known,
                  const rp_checked *check)
{
    rp_branch *site = site_at(f, o->addr);
    if (site == NULL || site->edge != RP_EDGE_UNDECIDED)
        return;
    uint64_t slot = known.kind == RP_KNOW_SLOT ? known.at : RP_LM_NONE;
    if (slot == RP_LM_GUARD_DISPATCH)
        guarded(site, RP_GUARD_CFG, 0, false);
    else if (slot == RP_LM_XFG_DISPATCH)
        guarded(site, RP_GUARD_XFG, 0, false);
    else if (check != NULL)
        guarded(site, check->guard, check->class_size, (c.tags & RP_CELL_RELOAD) != 0);
    else if ((c.tags & RP_CELL_TABLE) != 0)
        aside(site, RP_WHY_JUMP_TABLE);
    else if ((c.tags & RP_CELL_FIXED) != 0)
        aside(site, known.kind == RP_KNOW_CONST ? RP_WHY_CONSTANT : RP_WHY_READ_ONLY_SLOT);
    else if ((c.tags & RP_CELL_RETURN) != 0)
        aside(site, RP_WHY_RETURN);
    else if ((c.tags & RP_CELL_UNSEEN) == 0)
        site->edge = RP_EDGE_UNGUARDED;
}

/* The value that an indirect call or jump goes to, and the check that it passed. */
static rp_cell call_operand(const rp_flow *f, const rp_flow_state *s, const rp_op *o,
                            rp_flow_fact *ret, const rp_checked **ret_check)
{
    rp_cell c = reg(s, o->src);
    uint64_t at;
    *ret = nothing;
    *ret_check = NULL;
    if (o->kind == RP_OP_CALL_TABLE) {
        c = (rp_cell){.tags = reg(s, o->base).tags & RP_CELL_UNSEEN};
        if (table_of(f, s, o, &at)) {
            c.tags = RP_CELL_TABLE;
            *ret = (rp_flow_fact){at, 0, RP_KNOW_TABLE};
        }
        return c;
    }
    if (o->kind == RP_OP_CALL_MEM)
        c = pointer_at(f, s, o, ret, ret_check);
    else
        *ret = fact_of(f, c.id);
    if (*ret_check == NULL)
        *ret_check = rp_flow_check_of(s, c.id);
    return c;
}

/* Code that reads the register with its own address was entered from elsewhere. */
static void to_unread_table(rp_flow *f, const rp_flow_state *s, const rp_op *o)
{
    rp_flow_state there = *s;
    if (o->kind == RP_OP_CALL_REG && o->src < RP_LOC_REGS)
        there.regs[o->src] = (rp_cell){.tags = RP_CELL_UNSEEN};
    rp_flow_to_unread_table(f, &there);
}

static void indirect(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o,
                     const rp_flow_table **ret_table)
{
    rp_flow_fact known;
    const rp_checked *check;
    rp_cell c = call_operand(f, s, o, &known, &check);
    if (f->deciding)
        judge(f, o, c, known, check);
    if (known.kind == RP_KNOW_SLOT && known.at == RP_LM_GUARD_CHECK)
        rp_flow_mark_checked(s, reg(s, f->env->checked_argument).id, RP_GUARD_CFG, 0, false);
    if (known.kind == RP_KNOW_SLOT && known.at == RP_LM_XFG_CHECK)
        rp_flow_mark_checked(s, reg(s, f->env->checked_argument).id, RP_GUARD_XFG, 0, false);
    if (!o->tail) {
        bool checks = known.kind == RP_KNOW_SLOT && known.at == RP_LM_GUARD_CHECK;
        clobber(f, s, op, checks ? f->env->check_clobbers : f->env->call_clobbers);
        return;
    }
    if (known.kind == RP_KNOW_TABLE)
        *ret_table = rp_flow_table_at(f, known.at);
    if (*ret_table == NULL && (c.tags & RP_CELL_TABLE) != 0 && !f->deciding)
        to_unread_table(f, s, o);
}

static void direct_call(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    const rp_landmark *l = rp_landmarks_find(f->env->landmarks, o->target);
    rp_value_id argument = reg(s, f->env->slowpath_argument).id;
    if (l != NULL && l->id == RP_LM_GUARD_CALL) {
        rp_flow_mark_checked(s, reg(s, f->env->checked_argument).id, RP_GUARD_CFG, 0, false);
        clobber(f, s, op, f->env->check_clobbers);
        return;
    }
    clobber(f, s, op, f->env->call_clobbers);
    if (l != NULL && l->id == RP_LM_CFI_SLOWPATH)
        rp_flow_mark_checked(s, argument, RP_GUARD_CFI_CROSS_DSO, 0, false);
}

static void move(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_op *o)
{
    switch ((rp_op_kind)o->kind) {
    case RP_OP_COPY:
        set(f, s, op, reg(s, o->src), nothing);
        break;
    case RP_OP_CONST:
        set(f, s, op, (rp_cell){.tags = RP_CELL_FIXED},
            (rp_flow_fact){(uint64_t)o->value, 0, RP_KNOW_CONST});
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
    case RP_OP_PUSH:
        push(f, s, o);
        break;
    case RP_OP_POP:
        pop(f, s, op);
        break;
    default:
        if (o->dst < RP_LOC_REGS)
            set_unknown(f, s, op);
        break;
    }
}

void rp_flow_step(rp_flow *f, rp_flow_state *s, uint32_t op, const rp_flow_table **ret_table)
{
    const rp_op *o = &f->ops->items[op];
    switch ((rp_op_kind)o->kind) {
    case RP_OP_COMPARE:
        compare(f, s, o);
        return;
    case RP_OP_ADD:
        add(f, s, op, o);
        break;
    case RP_OP_ADD_CONST:
        add_const(f, s, op, o);
        break;
    case RP_OP_SUB:
        subtract(f, s, op, o);
        break;
    case RP_OP_SELECT:
        select(f, s, op, o);
        break;
    case RP_OP_ROTATE:
        rotate(f, s, op, o);
        break;
    case RP_OP_CALL:
        direct_call(f, s, op, o);
        break;
    case RP_OP_CALL_REG:
    case RP_OP_CALL_MEM:
    case RP_OP_CALL_TABLE:
        indirect(f, s, op, o, ret_table);
        break;
    case RP_OP_NOP:
    case RP_OP_BRANCH:
    case RP_OP_JUMP:
    case RP_OP_RETURN:
    case RP_OP_TRAP:
        break;
    default:
        move(f, s, op, o);
        break;
    }
    if (o->clobbers != 0)
        clobber(f, s, op, o->clobbers);
    if (o->sets_flags)
        s->compared = false;
}
