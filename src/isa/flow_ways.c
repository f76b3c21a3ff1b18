/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/flow_ways.h"

#include "isa/flow_ways_parts.h"

#include <stdlib.h>

/* Walks inside walks (a load's base, a sum's summands); instructions passed for each that the
 * function has, and for each function; tables of one function. */
enum {
    MAX_DEPTH = 12,
    EFFORT = 48,
    LEAST_EFFORT = 4096,
    MAX_TABLES = 512,
    FAILURE_LENGTH = 12,
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
               UNSEEN,   /* came from where no way was found to */
               GIVE_UP,  /* not understood here */
               UNKNOWN   /* loaded from writable memory, computed, or an argument */
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
 * register holds there, when that is known. */
typedef struct {
    uint64_t key; /* 0 free */
    uint32_t query;
    uint32_t kind;
    uint64_t at;
} mark;

typedef struct {
    rp_ways_graph g;
    const rp_flow_env *env;
    const rp_ways_code *code;
    RP_VEC(node) nodes; /* of the walks under way, the innermost last; also what is left to do */
    mark *marks;
    uint32_t mask, used;
    uint32_t queries;
    uint64_t effort;
    uint64_t active[MAX_DEPTH]; /* definitions being looked at */
    unsigned depth;
    RP_VEC(uint64_t) ends;
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
    bool fixed = l != NULL ? !rp_landmark_writable(l) : rp_flow_env_read_only(w->env, at);
    return fixed ? (value){SLOT, at} : unknown;
}

/* ---- marks ---- */

static uint32_t place_of(const mark *marks, uint32_t mask, uint64_t key)
{
    uint32_t at = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) & mask;
    while (marks[at].key != 0 && marks[at].key != key)
        at = (at + 1) & mask;
    return at;
}

static bool grow_marks(walker *w)
{
    uint32_t n = w->marks != NULL ? (w->mask + 1) * 4 : 64;
    mark *to = rp_new(w->env->scratch, n, mark);
    if (to == NULL) {
        w->out_of_memory = true;
        return false;
    }
    for (uint32_t i = 0; w->marks != NULL && i <= w->mask; i++)
        if (w->marks[i].key != 0)
            to[place_of(to, n - 1, w->marks[i].key)] = w->marks[i];
    w->marks = to;
    w->mask = n - 1;
    return true;
}

static mark *mark_of(walker *w, uint32_t k, uint8_t reg, unsigned depth)
{
    if ((w->marks == NULL || w->used > w->mask / 2) && !grow_marks(w))
        return NULL;
    uint64_t key = (uint64_t)k << 16 | (uint64_t)reg << 8 | (depth + 1);
    mark *m = &w->marks[place_of(w->marks, w->mask, key)];
    w->used += m->key == 0;
    m->key = key;
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
    if (known != NULL && known->kind != NOTHING) {
        found(w, q, (value){(holding)known->kind, known->at});
        return;
    }
    mark *m = known != NULL ? mark_of(w, k, reg, w->depth) : NULL;
    if (m == NULL || m->query == q->id)
        return;
    m->query = q->id;
    node *to = rp_vec_push(w->env->scratch, &w->nodes);
    if (to == NULL)
        w->out_of_memory = true;
    else
        *to = (node){k, q->node, reg};
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
    for (uint32_t j = 0; j < w->g.open.n; j++)
        visit(w, q, w->g.open.items[j], reg);
    if (w->g.open.n == 0)
        found(w, q, (value){UNSEEN, 0});
}

static value loaded(walker *w, uint32_t k, const rp_op *ops, unsigned n, const rp_op *o, bool entry)
{
    uint64_t at = (uint64_t)o->value;
    if (o->base != RP_LOC_NONE) {
        value base = value_before(w, k, ops, n, o->base);
        if (base.kind == FRAME) /* a return address, perhaps */
            return w->jump && w->env->return_on_stack ? give_up : unknown;
        if (base.kind == UNSEEN || base.kind == GIVE_UP || base.kind == NOTHING)
            return base;
        if (base.kind != CONSTANT)
            return unknown;
        at += base.at;
    }
    if (!entry)
        return slot(w, at);
    return rp_flow_env_read_only(w->env, at) ? (value){ENTRY, at} : unknown;
}

static value sum(walker *w, uint32_t k, const rp_op *ops, unsigned n, const rp_op *o)
{
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
        v = loaded(w, k, ops, j, o, o->kind == RP_OP_LOAD_TABLE);
        break;
    case RP_OP_ADD:
        v = sum(w, k, ops, j, o);
        break;
    case RP_OP_ADD_CONST:
        v = offset(w, k, ops, j, o);
        break;
    case RP_OP_POP: /* a return address, perhaps */
        v = w->jump && w->env->return_on_stack ? give_up : unknown;
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
    rp_op ops[RP_LIFTED_OPS];
    while (k > 0) {
        rp_ways_insn i = rp_ways_look(&w->g, k - 1);
        if ((i.flags & RP_WAYS_ENDS) != 0) {
            no_way(w, q, k, reg);
            return;
        }
        if (w->effort == 0) {
            found(w, q, give_up);
            return;
        }
        w->effort--;
        k--;
        w->called |= (i.flags & RP_WAYS_CALL) != 0;
        if ((i.writes >> reg & 1u) != 0 && among(w, q, k, ops, rp_ways_lift(&w->g, k, ops), &reg))
            return;
        if (rp_ways_is_leader(&w->g, k)) {
            visit(w, q, k, reg);
            return;
        }
    }
    found(w, q, unknown); /* an argument, or the caller's */
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
    rp_op ops[RP_LIFTED_OPS];
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

/* Where all ways lead to the same definition, so do those from each place on them. */
static void remember(walker *w, const query *q)
{
    bool one = q->out.at != 0 && (q->out.kind == CONSTANT || q->out.kind == SLOT ||
                                  q->out.kind == ENTRY || q->out.kind == TARGET);
    for (uint32_t i = q->first; one && w->final && i < w->nodes.n; i++) {
        mark *m = mark_of(w, w->nodes.items[i].k, w->nodes.items[i].reg, 0);
        if (m == NULL)
            return;
        m->kind = q->out.kind;
        m->at = q->out.at;
    }
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
    while (q.done < w->nodes.n && q.out.kind != UNKNOWN && !w->out_of_memory) {
        node at = w->nodes.items[q.done];
        q.node = (int32_t)q.done++;
        ways_into(w, &q, at.k, at.reg);
    }
    if (q.out.kind != UNKNOWN)
        remember(w, &q);
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
            return loaded(w, k, ops, j, &ops[j], ops[j].kind == RP_OP_CALL_TABLE);
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

static int by_address(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Addresses of read-only data that the function forms: a table ends where the next one begins. */
static void find_ends(walker *w)
{
    const rp_code_range *range = w->code->range;
    uint64_t to;
    for (uint32_t k = 0; w->code->forms != NULL && k < w->code->n; k++) {
        uint32_t at = rp_ways_offset(&w->g, k);
        if (!w->code->forms(range->bytes.ptr + at, range->bytes.len - at, range->start + at, &to) ||
            to % 4 != 0 || !rp_flow_env_read_only(w->env, to))
            continue;
        uint64_t *end = rp_vec_push(w->env->scratch, &w->ends);
        if (end == NULL) {
            w->out_of_memory = true;
            return;
        }
        *end = to;
    }
    if (w->ends.n > 1)
        qsort(w->ends.items, w->ends.n, sizeof *w->ends.items, by_address);
}

static uint64_t end_of(const walker *w, uint64_t table)
{
    uint32_t low = 0, high = w->ends.n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (w->ends.items[mid] <= table)
            low = mid + 1;
        else
            high = mid;
    }
    return low < w->ends.n ? w->ends.items[low] : UINT64_MAX;
}

/* Adds where the jump at instruction k leads, through the table that was found. */
static void add_table(walker *w, uint32_t k, value v)
{
    if (v.at != 0 && rp_ways_add_table(&w->g, k, v.at, end_of(w, v.at), v.kind == ENTRY))
        return;
    uint32_t *open = rp_vec_push(w->env->scratch, &w->g.open);
    if (open == NULL)
        w->out_of_memory = true;
    else
        *open = k;
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
    if (n != 0)
        find_ends(w);
    w->g.too_many |= n < w->code->njumps;
    for (bool more = true; more && !w->out_of_memory;) {
        more = false;
        for (uint32_t i = 0; i < n; i++) {
            if (done[i])
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

bool rp_ways_decide(const rp_flow_env *env, const rp_ways_code *code, rp_branch *sites, uint32_t n,
                    bool *ret_follow)
{
    walker w = {.env = env, .code = code};
    value v;
    *ret_follow = false;
    w.effort = (uint64_t)code->n * EFFORT + LEAST_EFFORT;
    if (code->n == 0)
        return true;
    if (!rp_ways_graph_make(&w.g, env, code))
        return false;
    for (uint32_t i = 0; i < code->ncompares && !*ret_follow; i++)
        *ret_follow = is_check(&w, code->compares[i]);
    if (*ret_follow || !decide_near(&w, sites, n))
        return !w.out_of_memory;
    rp_ways_add_landings(&w.g);
    find_switches(&w);
    w.final = true;
    for (uint32_t i = 0; i < n && !w.out_of_memory; i++) {
        if (!site_target(&w, &sites[i], &v))
            continue;
        bool whole = !w.g.too_many || v.kind == UNKNOWN;
        *ret_follow |= (!whole || !judge(&sites[i], v)) && (!whole || v.kind == GIVE_UP);
    }
    return !w.out_of_memory && !w.g.out_of_memory;
}
