/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_settle.h"

#include "isa/x86_op.h"

#include <stdlib.h>

enum { MAX_STEPS = 200, RSP = 4, RBP = 5, CALL_CLOBBERS_64 = 0xfc7, CALL_CLOBBERS_32 = 0x7 };

/* What a register holds. */
typedef enum {
    GIVE_UP,
    FRAME,    /* an address in the frame */
    UNKNOWN,  /* loaded from writable memory, computed, or an argument */
    CONSTANT, /* `at` */
    SLOT,     /* loaded from address `at` */
    ENTRY,    /* of the table at `at` */
    TARGET    /* an entry of the read-only table at `at` added to a constant */
} holding;

typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_x86_settling how;
    unsigned steps;
    bool joined;   /* code elsewhere may jump in between */
    bool branched; /* a conditional branch, or a call in a function with checks, lies in between */
    bool called;   /* a call lies in between */
    uint64_t at;
} walk;

static bool read_only(const walk *w, uint64_t addr)
{
    for (uint32_t i = 0; i < w->sink->nread_only; i++) {
        const rp_segment *r = &w->sink->read_only[i];
        if (addr >= r->addr && addr - r->addr < r->size)
            return true;
    }
    return false;
}

static int by_target(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Index of the first of the ascending `items` that is not below `value`. */
static uint32_t first_from(const uint32_t *items, uint32_t n, uint32_t value)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (items[mid] < value)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The first direct branch to an offset; false when there is none. */
static bool branch_to(const walk *w, uint32_t offset, uint32_t *ret_source)
{
    const uint64_t *labels = w->sink->labels.items;
    uint32_t low = 0, high = w->sink->labels.n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (labels[mid] >> 32 < offset)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == w->sink->labels.n || labels[low] >> 32 != offset)
        return false;
    *ret_source = (uint32_t)labels[low];
    return true;
}

static bool op_at(const walk *w, uint32_t k, rp_op *ret)
{
    uint32_t offset = w->sink->trail.items[k];
    const uint8_t *p = w->range->bytes.ptr + offset;
    rp_x86_insn i = rp_x86_decode(p, w->range->bytes.len - offset, w->how.mode64);
    return i.len != 0 && rp_x86_op(p, i, w->range->start + offset, w->how.mode64, ret);
}

/* One step back from instruction *k: to the one before it or, where that does not go on, to a
 * branch that comes here. Any way by which control may come serves. */
static bool step_back(walk *w, uint32_t *k, rp_op *ret)
{
    uint32_t here = w->sink->trail.items[*k], source;
    bool label = branch_to(w, here, &source);
    w->joined |= label;
    if (!op_at(w, --*k, ret))
        return false;
    bool ends = ret->kind == RP_OP_JUMP || ret->kind == RP_OP_RETURN || ret->kind == RP_OP_TRAP ||
                (ret->kind >= RP_OP_CALL_REG && ret->kind <= RP_OP_CALL_TABLE && ret->tail);
    if (!ends)
        return true;
    if (!label)
        return false;
    *k = first_from(w->sink->trail.items, w->sink->trail.n, source);
    return op_at(w, *k, ret);
}

/* The last operation before instruction *k that writes register r; *k becomes its index. False when
 * the walk comes upon what it does not understand. *ret_entry: it came to the function's start. */
static bool definition(walk *w, uint32_t *k, uint8_t r, rp_op *ret, bool *ret_entry)
{
    uint32_t calls = w->how.mode64 ? CALL_CLOBBERS_64 : CALL_CLOBBERS_32;
    *ret_entry = false;
    while (*k > 0) {
        if (w->steps++ == MAX_STEPS || !step_back(w, k, ret))
            return false;
        w->branched |= ret->kind == RP_OP_BRANCH;
        if (ret->kind >= RP_OP_CALL && ret->kind <= RP_OP_CALL_TABLE) {
            if (!w->how.mode64 && ret->kind == RP_OP_CALL)
                return false; /* the callee may be a thunk that tells the address */
            ret->clobbers = calls;
            w->called = true;
            w->branched |= w->how.checks;
        }
        if (ret->dst == r || ((ret->clobbers >> r) & 1u) != 0)
            return true;
    }
    *ret_entry = true;
    return true;
}

static holding value_of(walk *w, uint32_t k, uint8_t r);

static holding loaded(walk *w, uint32_t k, const rp_op *op)
{
    if (op->base == RP_LOC_NONE) {
        w->at = (uint64_t)op->value;
        return op->kind == RP_OP_LOAD ? SLOT : ENTRY;
    }
    holding base = value_of(w, k, op->base);
    if (base == FRAME) /* a checked value may have been put there: the data-flow knows */
        return w->how.checks ? GIVE_UP : UNKNOWN;
    if (base != CONSTANT)
        return base == GIVE_UP ? GIVE_UP : UNKNOWN;
    w->at += (uint64_t)op->value;
    return op->kind == RP_OP_LOAD ? SLOT : ENTRY;
}

static holding sum(walk *w, uint32_t k, const rp_op *op)
{
    holding a = value_of(w, k, op->src);
    uint64_t at = w->at;
    holding b = a != GIVE_UP ? value_of(w, k, op->src2) : GIVE_UP;
    if (b == CONSTANT && a == ENTRY)
        w->at = at;
    else if (b != ENTRY || a != CONSTANT)
        return a == UNKNOWN && b == UNKNOWN ? UNKNOWN : GIVE_UP;
    return read_only(w, w->at) ? TARGET : UNKNOWN;
}

static holding offset(walk *w, uint32_t k, const rp_op *op)
{
    holding h = value_of(w, k, op->src);
    w->at += (uint64_t)op->value;
    if (w->how.checks && h != CONSTANT && h != FRAME)
        return GIVE_UP; /* part of a range check, perhaps */
    return h == CONSTANT || h == FRAME || h == GIVE_UP ? h : UNKNOWN;
}

/* rbp is the frame pointer from the first instructions on. */
static bool framed(const walk *w)
{
    static const uint8_t prologue[] = {0x55, 0x48, 0x89, 0xe5},
                         landing[] = {0xf3, 0x0f, 0x1e, 0xfa};
    rp_bytes b = w->range->bytes;
    size_t at = b.len >= 4 && memcmp(b.ptr, landing, 4) == 0 ? 4 : 0;
    return w->how.mode64 && b.len - at >= 4 && memcmp(b.ptr + at, prologue, 4) == 0;
}

/* What register r holds before instruction k. The walks of one chain share its budget of steps. */
static holding value_of(walk *w, uint32_t k, uint8_t r)
{
    rp_op op;
    bool entry;
    for (;;) {
        if (r == RSP || (r == RBP && framed(w)))
            return FRAME;
        if (r >= 16 || !definition(w, &k, r, &op, &entry))
            return GIVE_UP;
        if (entry || op.dst != r)
            return UNKNOWN;
        switch ((rp_op_kind)op.kind) {
        case RP_OP_COPY:
            r = op.src;
            continue;
        case RP_OP_CONST:
            w->at = (uint64_t)op.value;
            return CONSTANT;
        case RP_OP_LOAD:
        case RP_OP_LOAD_TABLE:
            return loaded(w, k, &op);
        case RP_OP_ADD:
            return sum(w, k, &op);
        case RP_OP_ADD_CONST:
            return offset(w, k, &op);
        case RP_OP_SUB:
        case RP_OP_ROTATE:
            return w->how.checks ? GIVE_UP : UNKNOWN;
        default: /* selections, pops */
            return GIVE_UP;
        }
    }
}

/* What a call or jump by `op`, instruction k, goes to. */
static holding target_of(walk *w, uint32_t k, const rp_op *op)
{
    holding h;
    rp_op load = *op;
    load.kind = op->kind == RP_OP_CALL_TABLE ? RP_OP_LOAD_TABLE : RP_OP_LOAD;
    if (op->kind == RP_OP_CALL_REG)
        h = value_of(w, k, op->src); /* gives up when there is no register */
    else
        h = loaded(w, k, &load);
    return h == ENTRY ? (read_only(w, w->at) ? TARGET : UNKNOWN) : h;
}

static void set_aside(rp_branch *site, rp_edge_reason why)
{
    site->edge = RP_EDGE_NOT_ATTACKABLE;
    site->reason = why;
}

static void slot(const walk *w, rp_branch *site)
{
    const rp_landmark *l = rp_landmarks_find(&w->sink->landmarks, w->at);
    switch (l != NULL ? l->id : RP_LM_NONE) {
    case RP_LM_GUARD_CHECK:
    case RP_LM_GUARD_DISPATCH:
    case RP_LM_XFG_CHECK:
    case RP_LM_XFG_DISPATCH:
        return;
    default:
        break;
    }
    if (l != NULL ? !rp_landmark_writable(l) : read_only(w, w->at))
        set_aside(site, RP_WHY_READ_ONLY_SLOT);
    else if (!w->how.checks)
        site->edge = RP_EDGE_UNGUARDED;
}

static void settle(walk *w, rp_branch *site)
{
    rp_op op;
    uint32_t k = first_from(w->sink->trail.items, w->sink->trail.n,
                            (uint32_t)(site->addr - w->range->start));
    if (k == w->sink->trail.n || !op_at(w, k, &op))
        return;
    holding h = target_of(w, k, &op);
    /* on this one path nothing checked the value: that there may be others does not help */
    if (h == UNKNOWN && (!w->how.checks || !w->branched))
        site->edge = RP_EDGE_UNGUARDED;
    if (w->joined)
        return;
    if (h == TARGET)
        set_aside(site, RP_WHY_JUMP_TABLE);
    else if (w->how.jumps || w->called) /* a switch or the unwinder may come in between */
        return;
    else if (h == SLOT)
        slot(w, site);
    else if (h == CONSTANT)
        set_aside(site, RP_WHY_CONSTANT);
}

/* cmp of two registers at `offset`, then je or jne: is one of them a code address? */
static bool single_check(const walk *start, uint32_t offset)
{
    walk w = *start;
    rp_op op, next;
    uint32_t k = first_from(w.sink->trail.items, w.sink->trail.n, offset);
    if (k + 1 >= w.sink->trail.n || !op_at(&w, k, &op) || !op_at(&w, k + 1, &next) ||
        next.kind != RP_OP_BRANCH || (next.cond != RP_COND_EQUAL && next.cond != RP_COND_NOT_EQUAL))
        return false;
    walk other = w;
    holding a = value_of(&w, k, op.src), b = value_of(&other, k, op.src2);
    return a == GIVE_UP || b == GIVE_UP || ((a == CONSTANT) != (b == CONSTANT));
}

void rp_x86_settle(rp_code_sink *sink, const rp_code_range *range, const rp_x86_settling *how,
                   rp_branch *sites, uint32_t n)
{
    walk start = {.sink = sink, .range = range, .how = *how};
    if (sink->labels.n > 1)
        qsort(sink->labels.items, sink->labels.n, sizeof sink->labels.items[0], by_target);
    bool checks = how->checks;
    for (uint32_t i = 0; i < how->ncompares && !checks; i++)
        checks = single_check(&start, how->compares[i]);
    start.how.checks = checks;
    for (uint32_t i = 0; i < n; i++) {
        walk w = start;
        if (sites[i].edge == RP_EDGE_UNDECIDED)
            settle(&w, &sites[i]);
    }
}
