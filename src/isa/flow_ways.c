/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/flow_ways.h"

#include "base/numbers.h"
#include "base/search.h"
#include "isa/flow_ways_parts.h"

#include <stdlib.h>

/* Walks inside walks (a load's base, a sum's summands); instructions passed for each that the
 * function has, and for each function; tables of one function. */
enum {
    MAX_DEPTH = 12,
    EFFORT = 48,
    LEAST_EFFORT = 4096,
    MAX_TABLES = 512,
    MIN_MARKS = 1024,
    FAILURE_LENGTH = 12,
    LOADED = 1,
    NO_NODE = -1
};

typedef enum {           /* what a register holds */
               NOTHING,  /* no way was found yet */
               CONSTANT, /* `at` */
               SLOT,     /* what lies at address `at`, which nobody can write */
               FIXED,    /* one of several of these */
               ENTRY,    /* of the read-only table at `at`; 0: of several */
               TARGET,   /* such an entry added to a constant */
               FRAME,    /* an address in the frame */
               UNSEEN,  /* came from where no way was found to; `at` LOADED: was loaded through that
                         */
               GIVE_UP, /* not understood here */
               UNKNOWN  /* loaded from writable memory, computed, or an argument */
} holding;

typedef struct {
    holding kind;
    uint64_t at;
} value;

/* The start of a block that register `reg` is asked for at. */
typedef struct {
    uint32_t k;
    int32_t parent; /* index of the node that asked */
    uint8_t reg;
} node;

/* Open addressing by node and depth of the walk: visited in walk `query`; depth 0: what the
 * register holds there, when that is known (UNKNOWN for good, else for the ways of `edition`). */
typedef struct rp_ways_mark {
    uint64_t key;
    uint64_t at;
    uint32_t query, edition;
    uint32_t function; /* not the one at hand: free */
    uint8_t kind;
} mark;

typedef struct {
    rp_ways_graph g;
    const rp_flow_env *env;
    const rp_ways_code *code;
    RP_VEC(node) nodes; /* of the walks under way, the innermost last; also what is left to do */
    rp_ways_room *room;
    uint32_t used; /* of the room's marks */
    uint32_t queries;
    uint32_t edition; /* counts changes of the ways */
    uint64_t effort;
    uint64_t active[MAX_DEPTH]; /* definitions being looked at */
    unsigned depth;
    uint64_t *ends; /* of tables, ascending; NULL: not looked for yet */
    uint32_t nends;
    bool final;   /* all ways are known: who finds none has none */
    bool crossed; /* the way led over the start of a block */
    bool called;  /* … over a call */
    bool jump;    /* the branch at hand is a jump */
    bool out_of_memory;
} walker;

/* One walk: all ways back from one place for one register. */
typedef struct {
    value out;
    uint32_t id, first, done; /* its nodes: [first, done) are done */
    int32_t node;             /* the one at hand */
} query;

static const value nothing = {NOTHING, 0}, unknown = {UNKNOWN, 0}, give_up = {GIVE_UP, 0},
                   frame = {FRAME, 0};

/* ---- values ---- */

static bool is_fixed(holding h)
{
    return h == CONSTANT || h == SLOT || h == FIXED;
}

/* What a register holds where two ways meet. */
static value join(value a, value b)
{
    if (a.kind == NOTHING || b.kind == UNKNOWN)
        return b;
    if (b.kind == NOTHING || a.kind == UNKNOWN)
        return a;
    if (a.kind == b.kind)
        return a.at == b.at ? a : (value){is_fixed(a.kind) ? FIXED : a.kind, 0};
    if (a.kind == GIVE_UP || b.kind == GIVE_UP)
        return give_up;
    if (a.kind == UNSEEN || b.kind == UNSEEN)
        return a.kind == FRAME || b.kind == FRAME ? unknown : (value){UNSEEN, 0};
    if (is_fixed(a.kind) && is_fixed(b.kind))
        return (value){FIXED, 0};
    if (a.kind + b.kind == ENTRY + TARGET)
        return (value){TARGET, 0};
    return unknown;
}

/* What a pointer at a fixed address is worth. */
static value slot(const walker *w, uint64_t at)
{
    const rp_landmark *l = rp_landmarks_find(w->env->landmarks, at);
    switch (l != NULL ? l->id : RP_LM_NONE) {
    case RP_LM_GUARD_CHECK:
    case RP_LM_GUARD_DISPATCH:
    case RP_LM_XFG_CHECK:
    case RP_LM_XFG_DISPATCH:
        return give_up;
    default:
        break;
    }
    return rp_flow_env_fixed_slot(w->env, at) ? (value){SLOT, at} : unknown;
}

/* ---- marks ---- */

static uint32_t place_of(const rp_ways_room *room, uint64_t key)
{
    uint32_t mask = room->marks_cap - 1, at = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) & mask;
    while (room->marks[at].function == room->functions && room->marks[at].key != key)
        at = (at + 1) & mask;
    return at;
}

static bool grow_marks(walker *w)
{
    rp_ways_room *room = w->room;
    mark *old = room->marks;
    uint32_t had = room->marks_cap, n = had != 0 ? had * 4 : MIN_MARKS;
    mark *to = rp_new(room->arena, n, mark);
    if (to == NULL) {
        w->out_of_memory = true;
        return false;
    }
    room->marks = to;
    room->marks_cap = n;
    for (uint32_t i = 0; i < had; i++)
        if (old[i].function == room->functions)
            to[place_of(room, old[i].key)] = old[i];
    return true;
}

static mark *mark_of(walker *w, uint32_t k, uint8_t reg, unsigned depth)
{
    if (w->used >= w->room->marks_cap / 2 && !grow_marks(w))
        return NULL;
    uint64_t key = (uint64_t)k << 16 | (uint64_t)reg << 8 | depth;
    mark *m = &w->room->marks[place_of(w->room, key)];
    if (m->function != w->room->functions) {
        *m = (mark){.key = key, .function = w->room->functions};
        w->used++;
    }
    return m;
}

/* ---- walking ---- */

static bool in_frame(const walker *w, uint8_t reg)
{
    return reg == w->env->stack_pointer || reg == w->code->frame_register;
}

static value value_before(walker *w, uint32_t k, const rp_op *ops, unsigned n, uint8_t reg);

/* A way has ended: what the register holds on it. */
static void found(walker *w, query *q, value v)
{
    q->out = join(q->out, v);
    for (int32_t i = q->node; v.kind == UNKNOWN && i != NO_NODE; i = w->nodes.items[i].parent) {
        mark *m = mark_of(w, w->nodes.items[i].k, w->nodes.items[i].reg, 0);
        if (m == NULL)
            return;
        m->kind = UNKNOWN;
    }
}

/* The register is asked for at the start of a block. */
static void visit(walker *w, query *q, uint32_t k, uint8_t reg)
{
    const mark *known = mark_of(w, k, reg, 0);
    if (known != NULL &&
        (known->kind == UNKNOWN || (known->kind != NOTHING && known->edition == w->edition))) {
        found(w, q, (value){(holding)known->kind, known->at});
        return;
    }
    mark *m = known != NULL ? mark_of(w, k, reg, w->depth + 1) : NULL;
    if (m == NULL || m->query == q->id)
        return;
    m->query = q->id;
    node *to = rp_vec_push(w->env->scratch, &w->nodes);
    if (to == NULL)
        w->out_of_memory = true;
    else
        *to = (node){k, q->node, reg};
}

static bool jumps_through(const walker *w, uint32_t k, uint8_t reg)
{
    rp_op ops[RP_LIFTED_OPS];
    unsigned n = rp_ways_lift(&w->g, k, ops);
    return n != 0 && ops[n - 1].kind == RP_OP_CALL_REG && ops[n - 1].src == reg;
}

/* Without unwind data several functions may look like one. Does another begin at instruction k,
 * which nothing leads to: is stack taken there? */
static bool begins_function(const walker *w, uint32_t k)
{
    rp_op ops[RP_LIFTED_OPS];
    uint8_t sp = w->env->stack_pointer;
    for (uint32_t i = k; w->code->frame == NULL && i < w->code->n && i < k + 2; i++) {
        unsigned n = rp_ways_lift(&w->g, i, ops);
        for (unsigned j = 0; j < n; j++)
            if (ops[j].kind == RP_OP_PUSH || (ops[j].kind == RP_OP_ADD_CONST && ops[j].dst == sp &&
                                              ops[j].src == sp && ops[j].value < 0))
                return true;
        if (ops[0].kind >= RP_OP_BRANCH)
            return false;
    }
    return false;
}

/* Code at instruction k that nothing leads to: entered through a table that could not be read, or
 * not at all. Alignment behind a jump brings nothing to the block behind it. */
static void no_way(walker *w, query *q, uint32_t k, uint8_t reg)
{
    uint32_t i = k;
    if (!w->final)
        return;
    while (i < w->code->n && (rp_ways_look(&w->g, i).flags & RP_WAYS_PADDING) != 0 &&
           (i == k || !rp_ways_is_leader(&w->g, i)))
        i++;
    if (i == w->code->n || (i > k && rp_ways_is_leader(&w->g, i)))
        return;
    if (begins_function(w, i)) {
        found(w, q, unknown);
        return;
    }
    bool other = w->g.open.n == 0;
    w->effort -= w->effort < w->g.open.n ? w->effort : w->g.open.n;
    for (uint32_t j = 0; j < w->g.open.n; j++) {
        if (jumps_through(w, w->g.open.items[j], reg))
            other =
                true; /* what is read here is no address of this code: it was entered elsewhere */
        else
            visit(w, q, w->g.open.items[j], reg);
    }
    if (other)
        found(w, q, (value){UNSEEN, 0});
}

/* How operation o moves the stack pointer; false when that is not known. */
static bool moves_stack(const walker *w, const rp_op *o, int64_t *sum)
{
    uint8_t sp = w->env->stack_pointer;
    if (o->kind == RP_OP_PUSH)
        *sum -= w->env->word;
    else if (o->kind == RP_OP_POP && o->dst != sp)
        *sum += w->env->word;
    else if (o->kind == RP_OP_ADD_CONST && o->dst == sp && o->src == sp)
        *sum += o->value;
    else
        return o->dst != sp && (o->clobbers >> sp & 1u) == 0;
    return true;
}

/* How far below its place at the function's entry the stack pointer is before operation ops[n] of
 * instruction k, by any one way from there. */
static bool stack_depth(walker *w, uint32_t k, const rp_op *ops, unsigned n, int64_t *ret)
{
    rp_op before[RP_LIFTED_OPS];
    uint32_t it, from;
    *ret = 0;
    for (;;) {
        while (n > 0)
            if (!moves_stack(w, &ops[--n], ret))
                return false;
        if (k == 0)
            return true;
        if (w->effort == 0)
            return false;
        w->effort--;
        it = 0;
        if ((rp_ways_look(&w->g, k - 1).flags & RP_WAYS_ENDS) == 0)
            k--;
        else if (rp_ways_source(&w->g, k, &it, &from))
            k = from;
        else
            return false;
        n = rp_ways_lift(&w->g, k, before);
        ops = before;
    }
}

/* Instruction k pops its own address, which a call of it has just pushed, and nothing else leads
 * there: so 32-bit code finds out where it is. */
static bool pops_own_address(walker *w, uint32_t k, uint64_t addr)
{
    rp_op before[RP_LIFTED_OPS];
    uint32_t it = 0, from;
    return k != 0 && rp_ways_lift(&w->g, k - 1, before) == 2 && before[0].kind == RP_OP_CONST &&
           before[1].kind == RP_OP_PUSH && before[1].src == before[0].dst &&
           (uint64_t)before[0].value == addr && !rp_ways_source(&w->g, k, &it, &from);
}

/* What comes back from the stack may have been written there. Only a jump to the return address is
 * none that could be redirected here; isa/flow.h says what it is. */
static value from_stack(walker *w, uint32_t k, const rp_op *ops, unsigned j)
{
    const rp_op *o = &ops[j];
    int64_t depth;
    bool pop = o->kind == RP_OP_POP;
    if (pop && pops_own_address(w, k, o->addr))
        return (value){CONSTANT, o->addr};
    if (!w->jump || !w->env->return_on_stack || w->depth > 1)
        return unknown;
    if ((!pop && o->base != w->env->stack_pointer) || !stack_depth(w, k, ops, j, &depth))
        return pop ? give_up : unknown;
    return depth + (pop ? 0 : o->value) == 0 ? give_up : unknown;
}

static value loaded(walker *w, uint32_t k, const rp_op *ops, unsigned j, bool entry)
{
    const rp_op *o = &ops[j];
    uint64_t at = (uint64_t)o->value;
    if (o->base != RP_LOC_NONE) {
        value base = value_before(w, k, ops, j, o->base);
        if (base.kind == FRAME)
            return from_stack(w, k, ops, j);
        if (base.kind == GIVE_UP || base.kind == NOTHING)
            return base;
        if (base.kind == UNSEEN) /* it may be a constant; what was loaded through it is none */
            return base.at == LOADED ? unknown : (value){UNSEEN, LOADED};
        if (base.kind != CONSTANT)
            return unknown;
        at += base.at;
    }
    if (!entry)
        return slot(w, at);
    if (!rp_flow_env_read_only(w->env, at))
        return unknown;
    return (value){ENTRY, o->compressed ? 0 : at}; /* where compressed ones lead is not read */
}

static value sum(walker *w, uint32_t k, const rp_op *ops, unsigned n, const rp_op *o)
{
    if (o->value != 0)
        return unknown;
    value a = value_before(w, k, ops, n, o->src), b = value_before(w, k, ops, n, o->src2);
    if (a.kind == ENTRY && is_fixed(b.kind))
        return (value){TARGET, a.at};
    if (b.kind == ENTRY && is_fixed(a.kind))
        return (value){TARGET, b.at};
    if (a.kind == GIVE_UP || b.kind == GIVE_UP)
        return give_up;
    if (a.kind == NOTHING || b.kind == NOTHING)
        return nothing;
    bool half = a.kind == ENTRY || is_fixed(a.kind) || b.kind == ENTRY || is_fixed(b.kind);
    bool unseen = a.kind == UNSEEN || b.kind == UNSEEN;
    return unseen && (half || a.kind == b.kind) ? (value){UNSEEN, 0} : unknown;
}

static value offset(walker *w, uint32_t k, const rp_op *ops, unsigned n, const rp_op *o)
{
    value v = value_before(w, k, ops, n, o->src);
    if (v.kind == CONSTANT)
        v.at += (uint64_t)o->value;
    return v.kind == CONSTANT || v.kind == FRAME || v.kind == GIVE_UP || v.kind == NOTHING
               ? v
               : unknown;
}

/* What operation ops[j] of instruction k gives its destination. A definition that is asked for
 * while it is looked at is not constant. */
static value defined(walker *w, uint32_t k, const rp_op *ops, unsigned j)
{
    const rp_op *o = &ops[j];
    uint64_t id = (uint64_t)k << 8 | j;
    value v;
    for (unsigned i = 0; i < w->depth; i++)
        if (w->active[i] == id)
            return unknown;
    if (w->depth == MAX_DEPTH - 1)
        return give_up;
    w->active[w->depth++] = id;
    switch ((rp_op_kind)o->kind) {
    case RP_OP_CONST:
        v = (value){CONSTANT, (uint64_t)o->value};
        break;
    case RP_OP_LOAD:
    case RP_OP_LOAD_TABLE:
        v = loaded(w, k, ops, j, o->kind == RP_OP_LOAD_TABLE);
        break;
    case RP_OP_ADD:
        v = sum(w, k, ops, j, o);
        break;
    case RP_OP_ADD_CONST:
        v = offset(w, k, ops, j, o);
        break;
    case RP_OP_POP:
        v = from_stack(w, k, ops, j);
        break;
    default:
        v = unknown;
        break;
    }
    w->depth--;
    return v;
}

/* Looks for what wrote *reg among the operations [0, n) of instruction k, the last first. True when
 * the way ends there; else *reg is what to look for before. */
static bool among(walker *w, query *q, uint32_t k, const rp_op *ops, unsigned n, uint8_t *reg)
{
    for (unsigned j = n; j-- > 0;) {
        const rp_op *o = &ops[j];
        bool copies = o->kind == RP_OP_COPY || (o->kind == RP_OP_SELECT && j == 0);
        if ((rp_ways_written(w->env, o) >> *reg & 1u) == 0)
            continue;
        if (o->dst != *reg || (copies && o->src >= RP_LOC_REGS)) {
            found(w, q, unknown);
            return true;
        }
        if (!copies) {
            found(w, q, defined(w, k, ops, j));
            return true;
        }
        if (o->kind == RP_OP_SELECT)
            visit(w, q, k, o->src2);
        *reg = o->src;
        if (in_frame(w, *reg)) {
            found(w, q, frame);
            return true;
        }
    }
    return false;
}

/* Walks back from instruction k, which has been looked at, through straight-line code. */
static void trace(walker *w, query *q, uint32_t k, uint8_t reg)
{
    RP_UNINITIALIZED rp_op ops[RP_LIFTED_OPS];
    while (k > 0) {
        uint32_t to = rp_ways_pass(&w->g, k, reg), passed = k - to;
        rp_ways_insn i = {0};
        if (passed == 0)
            i = rp_ways_look(&w->g, k - 1);
        if ((i.flags & RP_WAYS_ENDS) != 0) {
            no_way(w, q, k, reg);
            return;
        }
        passed += passed == 0;
        if (w->effort < passed) {
            found(w, q, give_up);
            return;
        }
        w->effort -= passed;
        k -= passed;
        w->called |= (i.flags & RP_WAYS_CALL) != 0;
        if ((i.writes >> reg & 1u) != 0 && among(w, q, k, ops, rp_ways_lift(&w->g, k, ops), &reg))
            return;
        if (rp_ways_is_leader(&w->g, k)) {
            visit(w, q, k, reg);
            return;
        }
    }
    /* an argument, or the caller's */
    found(w, q, w->code->fragment ? (value){UNSEEN, 0} : unknown);
}

static void walk_from(walker *w, query *q, uint32_t k, uint8_t reg)
{
    if (rp_ways_is_leader(&w->g, k))
        visit(w, q, k, reg);
    else
        trace(w, q, k, reg);
}

/* All ways into the block that starts at instruction k: from the one before and from branches. */
static void ways_into(walker *w, query *q, uint32_t k, uint8_t reg)
{
    RP_UNINITIALIZED rp_op ops[RP_LIFTED_OPS];
    uint32_t it = 0, from;
    if (!rp_ways_is_leader(&w->g, k)) {
        trace(w, q, k, reg);
        return;
    }
    w->crossed = true;
    if (k == 0 || (rp_ways_look(&w->g, k - 1).flags & RP_WAYS_ENDS) == 0)
        trace(w, q, k, reg);
    while (q->out.kind != UNKNOWN && !w->out_of_memory && rp_ways_source(&w->g, k, &it, &from)) {
        uint8_t r = reg;
        if (w->effort == 0) {
            found(w, q, give_up);
            return;
        }
        w->effort--;
        if ((rp_ways_look(&w->g, from).writes >> r & 1u) == 0 ||
            !among(w, q, from, ops, rp_ways_lift(&w->g, from, ops), &r))
            walk_from(w, q, from, r);
    }
}

static void keep(walker *w, node at, value v)
{
    mark *m = mark_of(w, at.k, at.reg, 0);
    if (m == NULL)
        return;
    m->kind = (uint8_t)v.kind;
    m->at = v.at;
    m->edition = w->edition;
}

/* Where all ways lead to the same definition, so do those from each place on them. */
static void remember(walker *w, const query *q, bool one_root)
{
    value v = q->out;
    bool same =
        v.at != 0 && (v.kind == CONSTANT || v.kind == SLOT || v.kind == ENTRY || v.kind == TARGET);
    for (uint32_t i = q->first; same && i < w->nodes.n; i++)
        keep(w, w->nodes.items[i], v);
    if (!same && one_root && v.kind != GIVE_UP && v.kind != NOTHING)
        keep(w, w->nodes.items[q->first], v);
}

/* What register `reg` holds before operation ops[n] of instruction k. */
static value value_before(walker *w, uint32_t k, const rp_op *ops, unsigned n, uint8_t reg)
{
    query q = {.id = ++w->queries, .first = w->nodes.n, .done = w->nodes.n, .node = NO_NODE};
    if (reg >= RP_LOC_REGS)
        return unknown;
    if (in_frame(w, reg))
        return frame;
    if (!among(w, &q, k, ops, n, &reg))
        walk_from(w, &q, k, reg);
    bool one_root = q.out.kind == NOTHING && w->nodes.n == q.first + 1;
    while (q.done < w->nodes.n && q.out.kind != UNKNOWN && !w->out_of_memory) {
        node at = w->nodes.items[q.done];
        q.node = (int32_t)q.done++;
        ways_into(w, &q, at.k, at.reg);
    }
    if (q.out.kind != UNKNOWN)
        remember(w, &q, one_root);
    w->nodes.n = q.first;
    return q.out;
}

/* ---- branches ---- */

/* What the call or jump at instruction k goes to. */
static value target_at(walker *w, uint32_t k, bool jump)
{
    rp_op ops[RP_LIFTED_OPS];
    unsigned n = rp_ways_lift(&w->g, k, ops);
    w->jump = jump;
    w->crossed = w->called = false;
    for (unsigned j = n; j-- > 0;) {
        if (ops[j].kind == RP_OP_CALL_REG)
            return value_before(w, k, ops, j, ops[j].src);
        if (ops[j].kind == RP_OP_CALL_MEM || ops[j].kind == RP_OP_CALL_TABLE)
            return loaded(w, k, ops, j, ops[j].kind == RP_OP_CALL_TABLE);
    }
    return give_up;
}

static void aside(rp_branch *site, rp_edge_reason why)
{
    site->edge = RP_EDGE_NOT_ATTACKABLE;
    site->reason = why;
}

/* True when that decides it. */
static bool judge(rp_branch *site, value v)
{
    switch (v.kind) {
    case CONSTANT:
        aside(site, RP_WHY_CONSTANT);
        return true;
    case SLOT:
    case FIXED:
        aside(site, RP_WHY_READ_ONLY_SLOT);
        return true;
    case ENTRY:
    case TARGET:
        aside(site, RP_WHY_JUMP_TABLE);
        return true;
    case FRAME:
    case UNKNOWN:
        site->edge = RP_EDGE_UNGUARDED;
        return true;
    default:
        return false;
    }
}

static bool site_target(walker *w, const rp_branch *site, value *ret)
{
    uint32_t k;
    if (site->edge != RP_EDGE_UNDECIDED ||
        !rp_ways_index(&w->g, site->addr - w->code->range->start, &k))
        return false;
    *ret = target_at(w, k, site->jump);
    return true;
}

/* First with direct branches alone. What is found on one way is so whatever other ways there are;
 * other answers hold where no other way can come in between. True when some are left. */
static bool decide_near(walker *w, rp_branch *sites, uint32_t n)
{
    bool left = false, unwinds = w->code->frame != NULL && w->code->frame->lsda != 0;
    for (uint32_t i = 0; i < w->code->nmore_frames; i++)
        unwinds |= w->code->more_frames[i]->lsda != 0;
    value v;
    for (uint32_t i = 0; i < n; i++) {
        if (!site_target(w, &sites[i], &v))
            continue;
        bool near =
            !w->crossed && (v.kind == TARGET || (w->code->njumps == 0 && !(w->called && unwinds)));
        if ((v.kind != UNKNOWN && !near) || !judge(&sites[i], v))
            left = true;
    }
    return left;
}

/* ---- switches ---- */

/* Addresses of read-only data that the function forms: a table ends where the next one begins. */
static void find_ends(walker *w)
{
    const rp_ways_code *c = w->code;
    w->ends = rp_new(w->env->scratch, c->nformed, uint64_t);
    if (w->ends == NULL) {
        w->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < c->nformed; i++)
        if (rp_flow_env_read_only(w->env, c->formed[i]))
            w->ends[w->nends++] = c->formed[i];
    if (w->nends > 1)
        qsort(w->ends, w->nends, sizeof *w->ends, rp_ascending_u64);
}

static uint64_t end_of(walker *w, uint64_t table)
{
    if (w->ends == NULL)
        find_ends(w);
    uint32_t low;
    RP_SEARCH(low, w->nends, w->ends[low] <= table);
    return low < w->nends ? w->ends[low] : UINT64_MAX;
}

/* Adds where the jump at instruction k leads, through the table that was found. */
static void add_table(walker *w, uint32_t k, value v)
{
    w->edition++;
    if (v.at != 0 && rp_ways_add_table(&w->g, k, v.at, end_of(w, v.at), v.kind == ENTRY))
        return;
    uint32_t *open = rp_vec_push(w->env->scratch, &w->g.open);
    if (open == NULL)
        w->out_of_memory = true;
    else
        *open = k;
}

/* Adds where the jump at instruction k leads, where the code before it tells all of its table. */
static bool add_switch(walker *w, uint32_t k)
{
    rp_switch s;
    if (w->code->table == NULL || !w->code->table(w->code->range, rp_ways_offset(&w->g, k), &s) ||
        !rp_ways_add_switch(&w->g, k, &s))
        return false;
    w->edition++;
    return true;
}

/* Jumps whose tables are known now; each is looked at until it is. What a switch leads to may be
 * what tells where the next one's table is. */
static void find_switches(walker *w)
{
    uint32_t n = w->code->njumps < MAX_TABLES ? w->code->njumps : MAX_TABLES;
    bool *done = rp_new(w->env->scratch, n, bool);
    if (done == NULL) {
        w->out_of_memory = true;
        return;
    }
    w->g.too_many |= n < w->code->njumps;
    for (bool more = true; more && !w->out_of_memory;) {
        more = false;
        for (uint32_t i = 0; i < n; i++) {
            if (done[i] || (done[i] = add_switch(w, w->code->jumps[i])))
                continue;
            value v = target_at(w, w->code->jumps[i], true);
            done[i] = v.kind != NOTHING && v.kind != GIVE_UP;
            if (v.kind != TARGET && v.kind != ENTRY)
                continue;
            add_table(w, w->code->jumps[i], v);
            more = true;
        }
    }
}

/* ---- checks ---- */

/* Does control that comes to instruction k end in a trap? (Reports and slow paths have names.) */
static bool traps(const walker *w, uint32_t k)
{
    rp_op ops[RP_LIFTED_OPS];
    for (unsigned steps = 0; k < w->code->n && steps < FAILURE_LENGTH; k++, steps++) {
        unsigned n = rp_ways_lift(&w->g, k, ops);
        for (unsigned j = 0; j < n; j++)
            if (ops[j].kind >= RP_OP_BRANCH && ops[j].kind != RP_OP_JUMP)
                return ops[j].kind == RP_OP_TRAP && ops[j].value == 0;
        if (ops[n - 1].kind == RP_OP_JUMP) {
            if (!rp_ways_index(&w->g, ops[n - 1].target - w->code->range->start, &k))
                return false;
            k--;
        }
    }
    return false;
}

/* Is the comparison at instruction k a check: does what depends on it end in a trap? */
static bool decides_trap(const walker *w, uint32_t k)
{
    rp_op ops[RP_LIFTED_OPS];
    uint32_t target, last = k + FAILURE_LENGTH;
    for (k++; k < w->code->n && k < last; k++) {
        unsigned n = rp_ways_lift(&w->g, k, ops);
        if (ops[0].kind == RP_OP_BRANCH)
            return ops[0].cond != RP_COND_OTHER &&
                   (traps(w, k + 1) ||
                    (rp_ways_index(&w->g, ops[0].target - w->code->range->start, &target) &&
                     traps(w, target)));
        if (n != 1 || ops[0].kind == RP_OP_COMPARE || ops[0].sets_flags ||
            ops[0].kind > RP_OP_BRANCH)
            return false;
    }
    return false;
}

/* May the comparison at instruction k be a check of a branch's target? One of two registers must
 * hold a constant. */
static bool is_check(walker *w, uint32_t k)
{
    rp_op ops[RP_LIFTED_OPS];
    if (rp_ways_lift(&w->g, k, ops) != 1 || ops[0].kind != RP_OP_COMPARE || !decides_trap(w, k))
        return false;
    if (ops[0].src2 == RP_LOC_NONE)
        return true;
    value a = value_before(w, k, ops, 0, ops[0].src), b = value_before(w, k, ops, 0, ops[0].src2);
    bool plain_a = a.kind == UNKNOWN || a.kind == FRAME || a.kind == SLOT;
    bool plain_b = b.kind == UNKNOWN || b.kind == FRAME || b.kind == SLOT;
    return !(plain_a && plain_b) && !(a.kind == CONSTANT && b.kind == CONSTANT);
}

bool rp_ways_decide(rp_ways_room *room, const rp_flow_env *env, const rp_ways_code *code,
                    rp_branch *sites, uint32_t n, bool *ret_follow)
{
    walker w = {.env = env, .code = code, .room = room};
    value v;
    *ret_follow = false;
    room->functions++;
    w.effort = (uint64_t)code->n * EFFORT + LEAST_EFFORT;
    if (code->n == 0)
        return true;
    if (!rp_ways_graph_make(&w.g, room, env, code))
        return false;
    for (uint32_t i = 0; i < code->ncompares && !*ret_follow; i++)
        *ret_follow = is_check(&w, code->compares[i]);
    if (*ret_follow || !decide_near(&w, sites, n))
        return !w.out_of_memory;
    rp_ways_add_landings(&w.g);
    w.edition++;
    find_switches(&w);
    w.edition++;
    w.final = true;
    for (uint32_t i = 0; i < n && !w.out_of_memory; i++) {
        if (!site_target(&w, &sites[i], &v))
            continue;
        bool whole = !w.g.too_many || v.kind == UNKNOWN;
        *ret_follow |= (!whole || !judge(&sites[i], v)) && (!whole || v.kind == GIVE_UP);
    }
    return !w.out_of_memory && !w.g.out_of_memory;
}
