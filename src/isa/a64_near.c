/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_near.h"

#include "base/numbers.h"
#include "isa/a64_back.h"
#include "isa/a64_idioms.h"
#include "isa/a64_lift.h"
#include "isa/a64_outline.h"
#include "isa/flow_ways_parts.h"
#include "isa/scan_note.h"

/* Instructions passed for one branch; registers that it comes to depend on one after the other;
 * instructions of which a failed check's part consists at most (isa/flow_ways.c). */
enum { STEPS = 64, DEPENDS = 8, FAILURE_LENGTH = 12, MAX_WORDS = 1 << 16, EFFORT = 48, ZR = 31 };
static const uint32_t RET = 0xd65f03c0;
/* Words searched for a branch that cost as much as one that is passed. */
enum { SEARCHED = 8 };
/* Words on ways to traps for which branches are searched one by one. */
enum { FEW = 6 };
/* Branches through slots, and places that lead to a trap, that are looked for in one go. */
enum { PENDING = 16 };

typedef enum {
    GOES_ON,
    ATTACKABLE,
    FIXED /* loaded from a slot that stays as it is */,
    NOT_TOLD
} answer;

typedef struct {
    const rp_flow_env *env;
    const rp_code_range *range;
    /* registers whose writers were all looked at; those of them that only hold what an attacker may
     * write; [1]: as bases of loads */
    uint32_t asked[2], attackable[2];
    uint64_t effort; /* instructions that may still be passed */
} function;

/* What a branch depends on. */
typedef struct {
    uint32_t at; /* offset of the instruction at hand */
    unsigned depends;
    bool loaded;     /* `reg` is the base that it was loaded from … */
    uint64_t offset; /* … with this constant added */
    bool added;      /* to what was loaded, too */
    bool called;     /* calls lie between */
    bool jumped;     /* and branches: there may be other ways */
    uint8_t reg;     /* what is looked for */
} near;

/* A branch through a slot, if nothing leads in between. */
typedef struct {
    rp_branch *site;
    uint32_t from, to; /* offsets: of what names the slot, of the branch */
} through_slot;

static uint32_t word_at(const rp_code_range *range, size_t at)
{
    const uint8_t *p = range->bytes.ptr + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ---- straight back ---- */

/* What the branch depends on instead. */
static answer depends_on(const function *f, near *n, uint8_t reg)
{
    if (reg == f->env->stack_pointer) /* lies in the frame, or is an address of it */
        return ATTACKABLE;
    if (reg >= RP_LOC_REGS || ++n->depends > DEPENDS)
        return NOT_TOLD;
    n->reg = reg;
    return GOES_ON;
}

/* The base of what was loaded is a constant. */
static answer slot_at(const function *f, const near *n, uint64_t at)
{
    if (!n->loaded || n->added)
        return NOT_TOLD;
    return rp_flow_env_fixed_slot(f->env, at + n->offset) ? FIXED : ATTACKABLE;
}

/* What an addition made depends on its source. */
static answer added(const function *f, near *n, uint8_t reg, uint64_t value)
{
    n->added |= !n->loaded;
    n->offset += value;
    return depends_on(f, n, reg);
}

static answer loaded(const function *f, near *n, uint8_t base, uint64_t offset)
{
    if (n->loaded)
        return ATTACKABLE;
    n->loaded = true;
    n->offset = offset;
    return depends_on(f, n, base);
}

/* The operation wrote the register. A load is of writable memory unless its base is a constant,
 * which what was loaded itself never is. */
static answer written_by(const function *f, near *n, const rp_op *o)
{
    if (o->dst != n->reg) /* by a callee */
        return ATTACKABLE;
    switch ((rp_op_kind)o->kind) {
    case RP_OP_COPY:
        return o->src < RP_LOC_REGS ? depends_on(f, n, o->src) : ATTACKABLE;
    case RP_OP_ADD_CONST:
        return o->src < RP_LOC_REGS ? added(f, n, o->src, (uint64_t)o->value) : ATTACKABLE;
    case RP_OP_LOAD:
        return loaded(f, n, o->base, (uint64_t)o->value);
    case RP_OP_CONST:
        return slot_at(f, n, (uint64_t)o->value);
    case RP_OP_ADD:
    case RP_OP_SELECT:
    case RP_OP_LOAD_TABLE:
        return NOT_TOLD;
    default: /* computed */
        return ATTACKABLE;
    }
}

/* ldp of two registers, without write-back. */
static answer written_by_pair(const function *f, near *n, uint32_t w)
{
    bool second = (w >> 10 & 31u) == n->reg;
    if ((w & 31u) != n->reg && !second)
        return GOES_ON;
    return loaded(f, n, (uint8_t)(w >> 5 & 31u), rp_extend(w >> 15, 7) * 8 + (second ? 8 : 0));
}

/* The commonest instructions that write it: ldr, ldp, mov, bl, blr. False: another one. */
static bool written_plainly(const function *f, near *n, uint32_t w, answer *ret)
{
    uint8_t from = (uint8_t)(w >> 5 & 31u);
    if ((w & 0xffc00000) == 0xf9400000 && (w & 31u) == n->reg) {
        *ret = loaded(f, n, from, (uint64_t)(w >> 10 & 0xfffu) * 8);
    } else if ((w & 0xffe0ffe0) == 0xaa0003e0 && (w & 31u) == n->reg) {
        from = (uint8_t)(w >> 16 & 31u);
        *ret = from == ZR ? ATTACKABLE : depends_on(f, n, from);
    } else if ((w & 0xfc000000) == 0x94000000 || (w & 0xfffffc1f) == 0xd63f0000) {
        *ret = (f->env->call_clobbers >> n->reg & 1u) != 0 ? ATTACKABLE : GOES_ON;
        n->called = true;
    } else if ((w & 0xffc00000) == 0xa9400000 && (w & 31u) != (w >> 10 & 31u)) {
        *ret = written_by_pair(f, n, w);
    } else {
        return false;
    }
    return true;
}

/* Goes over the operations of the instruction at hand, the last first. */
static answer over_lifted(const function *f, near *n, bool *ret_ends)
{
    RP_UNINITIALIZED rp_op ops[RP_A64_OPS];
    for (unsigned j = rp_a64_lift_one(f->range, n->at, ops); j-- > 0;) {
        *ret_ends = rp_flow_ends_way(f->env, &ops[j]);
        if (*ret_ends)
            return NOT_TOLD;
        n->called |= rp_ways_calls(&ops[j]);
        if ((rp_ways_written(f->env, &ops[j]) >> n->reg & 1u) == 0)
            continue;
        answer a = written_by(f, n, &ops[j]);
        if (a != GOES_ON)
            return a;
    }
    return GOES_ON;
}

/* What the instruction at hand does. *ret_ends: control does not come from there. */
static answer over(const function *f, near *n, bool *ret_ends)
{
    uint32_t w = word_at(f->range, n->at);
    answer plain = NOT_TOLD;
    *ret_ends = (w & 0xfc000000) == 0x14000000 || w == RET;
    if (*ret_ends || written_plainly(f, n, w, &plain))
        return plain;
    return over_lifted(f, n, ret_ends);
}

/* Control does not come from the instruction at n->at to the one behind: goes on from a branch that
 * leads there. */
static bool from_elsewhere(function *f, near *n)
{
    uint32_t from, words = (uint32_t)(f->range->bytes.len / 4);
    if (f->effort < words || !rp_a64_branch_to(f->range, n->at / 4 + 1, &from))
        return false;
    f->effort -= words / SEARCHED;
    n->at = 4 * from;
    n->jumped = true;
    return true;
}

/* GOES_ON: it was not found how n->reg came about, straight back from n->at. */
static answer straight_back(function *f, near *n)
{
    uint32_t left = f->effort < STEPS ? (uint32_t)f->effort : STEPS;
    while (left > 0) {
        uint32_t k = n->at / 4, least = k > left ? k - left : 0;
        bool ends;
        if (k == 0)
            return ATTACKABLE; /* an argument, or the caller's */
        uint32_t to = rp_a64_back(f->range, least, k, n->reg);
        left -= k - to;
        f->effort -= k - to;
        n->at = 4 * to;
        if (to == least)
            continue;
        n->at -= 4;
        answer a = over(f, n, &ends);
        if (ends && !from_elsewhere(f, n))
            return GOES_ON;
        if (!ends && a != GOES_ON)
            return a;
        left--;
        f->effort--;
    }
    return GOES_ON;
}

/* ---- all writers ---- */

/* Does every instruction that writes the register in this function leave in it what an attacker
 * may write? Then it holds that on each way. */
static bool written_attackable(function *f, uint8_t reg, bool loaded)
{
    uint32_t bit = 1u << reg, in_each_field = rp_a64_in_each_field(reg);
    size_t n = f->range->bytes.len / 4;
    if ((f->asked[loaded] & bit) != 0)
        return (f->attackable[loaded] & bit) != 0;
    f->asked[loaded] |= bit;
    if (f->effort < n)
        return false;
    f->effort -= n;
    for (uint32_t k = 0; k < n; k++) {
        bool ends;
        if (!rp_a64_may_write(word_at(f->range, 4 * (size_t)k), in_each_field))
            continue;
        near next = {.at = 4 * k, .reg = reg, .loaded = loaded};
        answer a = over(f, &next, &ends);
        if (a == GOES_ON && next.depends != 0)
            a = straight_back(f, &next) == ATTACKABLE ? ATTACKABLE : NOT_TOLD;
        if (a >= FIXED && !ends)
            return false;
    }
    f->attackable[loaded] |= bit;
    return true;
}

/* *ret_from: FIXED: where the slot is named. */
static answer ask(function *f, uint32_t at, uint32_t *ret_from)
{
    uint32_t w = word_at(f->range, at);
    near n = {.at = at, .reg = (uint8_t)(w >> 5 & 31u)};
    if ((w & 0xffdffc1f) != 0xd61f0000 || n.reg == ZR) /* br, blr */
        return NOT_TOLD;
    answer a = straight_back(f, &n);
    *ret_from = n.at;
    if (a == FIXED && (n.called || n.jumped)) /* a landing pad may lie in between */
        return NOT_TOLD;
    if (a == GOES_ON)
        return written_attackable(f, n.reg, n.loaded) ? ATTACKABLE : NOT_TOLD;
    return a;
}

/* ---- slots ---- */

typedef struct {
    through_slot items[PENDING];
    uint32_t n, low, high; /* offsets: none leads in between outside of (low, high] */
} slots;

static void add_slot(slots *s, through_slot item)
{
    s->low = s->n == 0 || item.from < s->low ? item.from : s->low;
    s->high = item.to > s->high ? item.to : s->high;
    s->items[s->n++] = item;
}

/* Drops those items that a branch to `to` leads into. */
static void drop(slots *s, uint64_t to)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (to > s->items[i].from && to <= s->items[i].to)
            s->items[i].site = NULL;
}

/* Drops what branches lead into, of those in `mask` of the words from `first` on. False: one is an
 * indirect jump, which may lead into any. */
static bool drop_led_into(slots *s, const rp_a64_code *c, size_t first, uint64_t mask)
{
    bool anywhere = false;
    for (; mask != 0; mask &= mask - 1) {
        size_t k = first + (unsigned)__builtin_ctzll(mask);
        uint32_t w = rp_le32(c->bytes + 4 * k);
        int64_t distance;
        bool direct = rp_a64_direct_branch(w, &distance);
        uint64_t to = (k + (uint64_t)distance) * 4;
        anywhere |= (w & 0xfee00000) == 0xd6000000; /* br */
        if (direct & (to - s->low - 1 < s->high - s->low))
            drop(s, to);
    }
    return !anywhere;
}

/* Sets those branches aside that nothing leads in front of. False when some are left. */
static bool settle(const function *f, slots *s)
{
    _Alignas(16) uint8_t is[RP_A64_BLOCK];
    rp_a64_code code = {f->range->bytes.ptr, f->range->bytes.len / 4};
    bool all = true;
    for (size_t first = 0; first < code.n && s->n != 0; first += RP_A64_BLOCK) {
        rp_a64_look_at_tops(&code, first, is);
        uint64_t mask = rp_a64_having(is, RP_A64_TOP_LABEL | RP_A64_TOP_REGISTER);
        if (!drop_led_into(s, &code, first, mask))
            return false;
    }
    for (uint32_t i = 0; i < s->n; i++) {
        rp_branch *site = s->items[i].site;
        all &= site != NULL;
        if (site == NULL)
            continue;
        site->edge = RP_EDGE_NOT_ATTACKABLE;
        site->reason = RP_WHY_READ_ONLY_SLOT;
    }
    return all;
}

/* ---- checks ---- */

static bool is_trap(uint32_t w) /* brk, hlt, udf */
{
    return (w & 0xffe0001f) == 0xd4200000 || (w & 0xffe0001f) == 0xd4400000 || (w >> 16) == 0;
}

static bool is_jump(uint32_t w)
{
    return (w & 0xfc000000) == 0x14000000;
}

static bool is_condition(uint32_t w) /* b.cond */
{
    return (w & 0xff000010) == 0x54000000;
}

/* Control goes on elsewhere, perhaps: b, b.cond, cbz, tbz, br and kin; calls come back. */
static bool is_branch(uint32_t w)
{
    return (w & 0x7c000000) == 0x14000000 || (w & 0xff000000) == 0x54000000 ||
           (w & 0x7c000000) == 0x34000000 || (w & 0xfe000000) == 0xd6000000;
}

/* Does control that comes to the word at an offset end in a trap at once? */
static bool traps(const rp_code_range *range, uint64_t at)
{
    for (unsigned steps = 0; steps < FAILURE_LENGTH; steps++) {
        if (at >= range->bytes.len || range->bytes.len - at < 4)
            return false;
        uint32_t w = word_at(range, (size_t)at);
        if (is_trap(w))
            return true;
        if (is_branch(w) && !is_jump(w))
            return false;
        at += is_jump(w) ? (uint64_t)(rp_sign_extend(w, 26) * 4) : 4;
    }
    return false;
}

/* Where the way begins that leads straight to the trap at an offset. */
static size_t straight_to(const rp_code_range *range, size_t trap)
{
    size_t from = trap;
    for (unsigned steps = 1; steps < FAILURE_LENGTH && from > 0; steps++, from -= 4)
        if (is_branch(word_at(range, from - 4)))
            break;
    return from;
}

/* Ways that lead straight to traps, by offset: [from, to], in their order. */
typedef struct {
    size_t from[PENDING], to[PENDING];
    uint32_t n;
    uint64_t low, span; /* all of them lie in [low, low + span] */
} trap_ways;

/* False: there are too many. */
static bool find_trap_ways(const rp_code_sink *sink, const rp_code_range *range, trap_ways *ret)
{
    ret->n = 0;
    for (uint32_t i = 0; i < sink->trap_words.n; i++) {
        size_t at = 4 * (size_t)sink->trap_words.items[i], from = straight_to(range, at);
        bool further = ret->n != 0 && from <= ret->to[ret->n - 1] + 4;
        if (!further && ret->n == PENDING)
            return false;
        if (!further)
            ret->from[ret->n++] = from;
        ret->to[ret->n - 1] = at;
    }
    ret->low = ret->n != 0 ? ret->from[0] : UINT64_MAX;
    ret->span = ret->n != 0 ? ret->to[ret->n - 1] - ret->from[0] : 0;
    return true;
}

static bool on_a_way(const trap_ways *ways, uint64_t at)
{
    for (uint32_t i = 0; i < ways->n; i++)
        if (at >= ways->from[i] && at <= ways->to[i])
            return true;
    return false;
}

/* Is the branch `w` at an offset conditional, and leads to a trap, over one of the ways or, without
 * `ways`, at all? */
static bool is_condition_of(const rp_code_range *range, const trap_ways *ways, uint64_t at,
                            uint32_t w, uint64_t to)
{
    if (!is_condition(w))
        return false;
    bool behind = ways == NULL || on_a_way(ways, at + 4),
         there = ways == NULL || on_a_way(ways, to);
    return (behind && traps(range, at + 4)) || (there && traps(range, to));
}

/* Does a conditional branch lead to a trap, over one of the ways or, without `ways`, at all?
 * *ret_more: a jump leads to one of them, so that there are more. */
static bool condition_traps(const rp_code_range *range, const trap_ways *ways, bool *ret_more)
{
    _Alignas(16) uint8_t is[RP_A64_BLOCK];
    rp_a64_code code = {range->bytes.ptr, range->bytes.len / 4};
    uint64_t low = ways != NULL ? ways->low : 0, span = ways != NULL ? ways->span : UINT64_MAX;
    *ret_more = false;
    for (size_t first = 0; first < code.n; first += RP_A64_BLOCK) {
        rp_a64_look_at_tops(&code, first, is);
        uint64_t mask = rp_a64_having(is, RP_A64_TOP_LABEL);
        for (; mask != 0; mask &= mask - 1) {
            size_t at = 4 * (first + (unsigned)__builtin_ctzll(mask));
            uint32_t w = word_at(range, at);
            int64_t distance;
            (void)rp_a64_direct_branch(w, &distance);
            uint64_t to = at + (uint64_t)distance * 4;
            if (RP_LIKELY((at + 4 - low > span) & (to - low > span)))
                continue;
            *ret_more |= ways != NULL && is_jump(w) && on_a_way(ways, to);
            if (is_condition_of(range, ways, at, w, to))
                return true;
        }
    }
    return false;
}

/* Does nothing lead to the ways? As to a trap behind a call that does not come back. */
static bool unreached(const rp_code_range *range, const trap_ways *ways)
{
    size_t words = 0;
    uint32_t from;
    for (uint32_t i = 0; i < ways->n; i++) {
        size_t first = ways->from[i];
        if (first >= 4 && is_condition(word_at(range, first - 4)))
            return false;
        for (size_t at = first; at <= ways->to[i]; at += 4)
            if (++words > FEW || rp_a64_branch_to(range, (uint32_t)(at / 4), &from))
                return false;
    }
    return true;
}

bool rp_a64_may_check(const rp_code_sink *sink, const rp_code_range *range)
{
    trap_ways ways;
    bool more = true;
    bool found = find_trap_ways(sink, range, &ways);
    if (found && unreached(range, &ways))
        return false;
    if (found && condition_traps(range, &ways, &more))
        return true;
    return more && condition_traps(range, NULL, &more);
}

bool rp_a64_near(const rp_flow_env *env, const rp_code_range *range, rp_branch *sites, uint32_t n)
{
    function f = {.env = env, .range = range};
    slots s = {.n = 0};
    uint32_t from;
    bool left = false;
    f.effort = (range->bytes.len / 4 + STEPS) * EFFORT;
    if (range->bytes.len / 4 > MAX_WORDS)
        return true;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t at = sites[i].addr - range->start;
        if (sites[i].edge != RP_EDGE_UNDECIDED)
            continue;
        answer a = at < range->bytes.len ? ask(&f, (uint32_t)at, &from) : NOT_TOLD;
        if (a == ATTACKABLE)
            sites[i].edge = RP_EDGE_UNGUARDED;
        else if (a == FIXED && s.n < PENDING)
            add_slot(&s, (through_slot){&sites[i], from, (uint32_t)at});
        else
            left = true;
    }
    /* where something is left the walk back looks at the whole function anyway */
    return left || !settle(&f, &s);
}
