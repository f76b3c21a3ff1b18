/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_near.h"

#include "isa/a64_lift.h"
#include "isa/flow_ways_parts.h"
#include "isa/scan_note.h"

/* Instructions passed for one branch; registers that it comes to depend on one after the other;
 * instructions of which a failed check's part consists at most (isa/flow_ways.c). */
enum { STEPS = 64, DEPENDS = 8, FAILURE_LENGTH = 12, MAX_WORDS = 1 << 16, EFFORT = 48, ZR = 31 };

typedef enum { GOES_ON, ATTACKABLE, NOT_TOLD } answer;

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
    bool loaded; /* `reg` is the base that it was loaded from */
    uint8_t reg; /* what is looked for */
} near;

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

/* The operation wrote the register. A load is of writable memory unless its base is a constant,
 * which what was loaded itself never is. */
static answer written_by(const function *f, near *n, const rp_op *o)
{
    if (o->dst != n->reg) /* by a callee */
        return ATTACKABLE;
    switch ((rp_op_kind)o->kind) {
    case RP_OP_COPY:
    case RP_OP_ADD_CONST:
        return o->src < RP_LOC_REGS ? depends_on(f, n, o->src) : ATTACKABLE;
    case RP_OP_LOAD:
        if (n->loaded)
            return ATTACKABLE;
        n->loaded = true;
        return depends_on(f, n, o->base);
    case RP_OP_CONST:
    case RP_OP_ADD:
    case RP_OP_SELECT:
    case RP_OP_LOAD_TABLE:
        return NOT_TOLD;
    default: /* computed */
        return ATTACKABLE;
    }
}

/* The commonest instructions that write it: ldr, mov, bl. False: another one. */
static bool written_plainly(const function *f, near *n, uint32_t w, answer *ret)
{
    uint8_t from = (uint8_t)(w >> 5 & 31u);
    if ((w & 0xffc00000) == 0xf9400000 && (w & 31u) == n->reg) {
        *ret = n->loaded ? ATTACKABLE : depends_on(f, n, from);
        n->loaded = true;
    } else if ((w & 0xffe0ffe0) == 0xaa0003e0 && (w & 31u) == n->reg) {
        from = (uint8_t)(w >> 16 & 31u);
        *ret = from == ZR ? ATTACKABLE : depends_on(f, n, from);
    } else if ((w & 0xfc000000) == 0x94000000) {
        *ret = (f->env->call_clobbers >> n->reg & 1u) != 0 ? ATTACKABLE : GOES_ON;
    } else {
        return false;
    }
    return true;
}

/* Goes over the operations of the instruction at hand, the last first. *ret_ends: control does not
 * come from there. */
static answer over(const function *f, near *n, bool *ret_ends)
{
    rp_op ops[RP_A64_OPS];
    answer plain;
    *ret_ends = false;
    if (written_plainly(f, n, word_at(f->range, n->at), &plain))
        return plain;
    for (unsigned j = rp_a64_lift_one(f->range, n->at, ops); j-- > 0;) {
        *ret_ends = rp_flow_ends_way(f->env, &ops[j]);
        if (*ret_ends)
            return NOT_TOLD;
        if ((rp_ways_written(f->env, &ops[j]) >> n->reg & 1u) == 0)
            continue;
        answer a = written_by(f, n, &ops[j]);
        if (a != GOES_ON)
            return a;
    }
    return GOES_ON;
}

/* GOES_ON: it was not found how n->reg came about, straight back from n->at. */
static answer straight_back(function *f, near *n)
{
    for (unsigned steps = 0; steps < STEPS && f->effort > 0; steps++, f->effort--) {
        uint32_t writes;
        bool ends;
        if (n->at == 0)
            return ATTACKABLE; /* an argument, or the caller's */
        n->at -= 4;
        if (rp_a64_writes(f->range, n->at, &writes) && (writes >> n->reg & 1u) == 0)
            continue;
        answer a = over(f, n, &ends);
        if (ends)
            return GOES_ON;
        if (a != GOES_ON)
            return a;
    }
    return GOES_ON;
}

/* ---- all writers ---- */

/* Does every instruction that writes the register in this function leave in it what an attacker
 * may write? Then it holds that on each way. */
static bool written_attackable(function *f, uint8_t reg, bool loaded)
{
    uint32_t bit = 1u << reg;
    size_t n = f->range->bytes.len / 4;
    if ((f->asked[loaded] & bit) != 0)
        return (f->attackable[loaded] & bit) != 0;
    f->asked[loaded] |= bit;
    if (f->effort < n)
        return false;
    f->effort -= n;
    for (size_t k = 0; k < n; k++) {
        uint32_t w = word_at(f->range, 4 * k), writes;
        bool may = (w & 31u) == reg || (w >> 10 & 31u) == reg || (w >> 5 & 31u) == reg;
        near next = {.at = (uint32_t)(4 * k), .reg = reg, .loaded = loaded};
        bool ends;
        if (!may || (rp_a64_writes(f->range, next.at, &writes) && (writes >> reg & 1u) == 0))
            continue;
        answer a = over(f, &next, &ends);
        if (a == GOES_ON && next.depends != 0)
            a = straight_back(f, &next) == ATTACKABLE ? ATTACKABLE : NOT_TOLD;
        if (a == NOT_TOLD && !ends)
            return false;
    }
    f->attackable[loaded] |= bit;
    return true;
}

static bool attackable(function *f, uint32_t at)
{
    uint32_t w = word_at(f->range, at);
    near n = {.at = at, .reg = (uint8_t)(w >> 5 & 31u)};
    if ((w & 0xffdffc1f) != 0xd61f0000 || n.reg == ZR) /* br, blr */
        return false;
    answer a = straight_back(f, &n);
    return a == ATTACKABLE || (a == GOES_ON && written_attackable(f, n.reg, n.loaded));
}

/* ---- checks ---- */

/* Does control that comes to the word at an offset end in a trap at once? */
static bool traps(const rp_code_range *range, uint64_t at)
{
    for (unsigned steps = 0; steps < FAILURE_LENGTH && at + 4 <= range->bytes.len; steps++) {
        uint32_t w = word_at(range, (size_t)at);
        bool jump = (w & 0xfc000000) == 0x14000000;
        if ((w & 0xffe0001f) == 0xd4200000 || (w & 0xffe0001f) == 0xd4400000 || (w >> 16) == 0)
            return true;
        if (!jump && ((w & 0x7c000000) == 0x14000000 || (w & 0xff000000) == 0x54000000 ||
                      (w & 0x7c000000) == 0x34000000 || (w & 0xfe000000) == 0xd6000000))
            return false;
        at += jump ? (uint64_t)(rp_sign_extend(w, 26) * 4) : 4;
    }
    return false;
}

bool rp_a64_may_check(const rp_code_range *range)
{
    for (size_t at = 0; at + 4 <= range->bytes.len; at += 4) {
        uint32_t w = word_at(range, at);
        if ((w & 0xff000010) != 0x54000000)
            continue;
        if (traps(range, at + 4) || traps(range, at + (uint64_t)(rp_sign_extend(w >> 5, 19) * 4)))
            return true;
    }
    return false;
}

bool rp_a64_near(const rp_flow_env *env, const rp_code_range *range, rp_branch *sites, uint32_t n)
{
    function f = {.env = env, .range = range};
    f.effort = (range->bytes.len / 4 + STEPS) * EFFORT;
    bool left = false;
    if (range->bytes.len / 4 > MAX_WORDS)
        return true;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t at = sites[i].addr - range->start;
        if (sites[i].edge != RP_EDGE_UNDECIDED)
            continue;
        if (at < range->bytes.len && attackable(&f, (uint32_t)at))
            sites[i].edge = RP_EDGE_UNGUARDED;
        else
            left = true;
    }
    return left;
}
