/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_scan.h"

#include "base/numbers.h"
#include "isa/a64_registers.h"
#include "isa/scan_note.h"

enum { FP = 29, LR = 30, SP = 31, NO_REG = 32, WORDS = 64, EFFORT = 4096, EFFORT_EACH = 16 };

typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_fn_code *fn;
    rp_a64_code code;
    size_t i;
    uint32_t w;
    rp_a64_registers registers;
    rp_a64_masks masks; /* of the words at hand … */
    size_t first;       /* … which begin with this one */
    uint64_t inner;     /* … jumps inside of the function */
    size_t probed;      /* the first of them that calls a stack probe; SIZE_MAX */
    size_t effort;      /* steps back that may still be taken for what registers hold */
    uint32_t untouched; /* bytes above sp that nothing was stored to since they were taken */
    uint32_t run;       /* stack taken since the last time some was given back */
    unsigned limit;     /* "sub limit, sp, #bytes": end of a probe loop, or of alignment */
    uint32_t limit_bytes;
    uint32_t exits, barriers;        /* returns and indirect jumps; those with a barrier behind */
    uint32_t weak;                   /* RP_FN_GUARD_LOAD when only the thread pointer tells of it */
    bool lr_reloaded, authenticated; /* since the last exit */
} scan;

static unsigned rd(const scan *s)
{
    return s->w & 31u;
}
static unsigned rn(const scan *s)
{
    return (s->w >> 5) & 31u;
}
static uint64_t addr(const scan *s)
{
    return s->range->start + 4 * (uint64_t)s->i;
}

/* Does the register point into the frame here? */
static bool in_frame(scan *s, unsigned reg)
{
    return rp_a64_in_frame(&s->code, s->i, reg, &s->effort);
}

/* ---- the stack ---- */

static void take_stack(scan *s, uint32_t bytes)
{
    s->fn->flags |= RP_FN_FRAME;
    s->untouched = bytes > UINT32_MAX - s->untouched ? UINT32_MAX : s->untouched + bytes;
    s->run = bytes > UINT32_MAX - s->run ? UINT32_MAX : s->run + bytes;
    if (s->untouched > s->fn->step)
        s->fn->step = s->untouched;
    if (s->run > s->fn->frame)
        s->fn->frame = s->run;
}

/* A store at sp + offset: what lies below it stays untouched. */
static void touch_stack(scan *s, int64_t offset)
{
    uint64_t left = offset > 0 ? (uint64_t)offset : 0;
    if (left < s->untouched)
        s->untouched = (uint32_t)left;
}

/* Control goes elsewhere: to the caller, or to a function in its place. */
static void leaves(scan *s)
{
    if (s->lr_reloaded && !s->authenticated)
        s->fn->flags |= RP_FN_BARE_RET;
    s->lr_reloaded = s->authenticated = false;
    s->run = s->untouched = 0;
}

static void subtract_immediate(scan *s)
{
    uint32_t imm = (s->w >> 10) & 0xfffu;
    if ((s->w & (1u << 22)) != 0)
        imm <<= 12;
    if (rd(s) == SP) {
        if (rn(s) == SP)
            take_stack(s, imm);
    } else if (rn(s) == SP) {
        s->limit = rd(s);
        s->limit_bytes = imm;
    }
}

/* and sp, xN, #-alignment: where "sub xN, sp, #bytes" made room */
static void and_immediate(scan *s)
{
    if (rd(s) == SP && rn(s) == s->limit)
        take_stack(s, s->limit_bytes);
}

/* mov sp, xN is an addition of 0. From the frame pointer it gives back what was taken since. */
static void set_stack(scan *s)
{
    unsigned from = rn(s);
    if (from == s->limit) {
        s->limit = NO_REG; /* behind a probe loop */
    } else if (from == SP || from == FP || in_frame(s, from)) {
        s->run = s->untouched = 0;
    } else {
        s->fn->flags |= RP_FN_FRAME | RP_FN_DYNAMIC_STACK;
    }
}

/* sub sp, sp, xM: a constant too large for an immediate (GCC; Windows behind __chkstk), or a size
 * that is known at run time */
static void subtract_register(scan *s)
{
    if (rd(s) != SP || rn(s) != SP)
        return;
    uint64_t bytes = 0;
    unsigned shift = (s->w >> 10) & 7u;
    bool probed = s->probed < s->i;
    s->fn->flags |= RP_FN_FRAME;
    if (!rp_a64_constant(&s->code, s->i, (s->w >> 16) & 31u, &bytes) || bytes > UINT32_MAX >> 5) {
        s->fn->flags |= probed ? 0u : (uint32_t)RP_FN_DYNAMIC_STACK;
        return;
    }
    uint32_t n = (uint32_t)bytes << shift;
    if (!probed)
        take_stack(s, n);
    else if (n > s->fn->frame)
        s->fn->frame = n;
}

/* ---- loads and stores ---- */

/* A store of zero to fresh stack is what probes are: LLVM's to [sp], GCC's to [sp, #1024]. */
static void note_probe(scan *s, const rp_a64_access *a)
{
    bool zero = (s->w & 0xff80001f) == 0xf900001f || (s->w & 0xffe0001f) == 0xf800001f;
    if (!zero || s->untouched < s->sink->guard_size || a->offset > 1024)
        return;
    s->fn->flags |= RP_FN_PROBE_INLINE;
    if (s->limit == NO_REG || s->limit_bytes < s->untouched)
        return;
    s->run += s->limit_bytes - s->untouched; /* a loop: the limit says how much it takes */
    s->limit_bytes = 0;
    if (s->run > s->fn->frame)
        s->fn->frame = s->run;
}

static void stack_access(scan *s, const rp_a64_access *a)
{
    bool probe = (s->w & 0xffc0001fu) == 0xf940001fu; /* ldr xzr, [sp]: LLVM's on Darwin */
    if (a->load && !probe) {
        s->lr_reloaded |= a->link;
        s->run = a->post || a->pre ? 0 : s->run;
        return;
    }
    s->fn->flags |= a->link ? RP_FN_SPILLS_LR : 0u;
    if (a->pre && a->offset < 0)
        take_stack(s, (uint32_t)-a->offset);
    note_probe(s, a);
    touch_stack(s, a->pre || a->post ? 0 : a->offset);
    if (a->post && a->offset < 0)
        take_stack(s, (uint32_t)-a->offset);
}

/* An access through the stack pointer, or of the link register. */
static void memory(scan *s, rp_a64_access a)
{
    if (rn(s) == SP) {
        stack_access(s, &a);
    } else if (a.link && in_frame(s, rn(s))) {
        s->fn->flags |= a.load ? 0u : (uint32_t)RP_FN_SPILLS_LR;
        s->lr_reloaded |= a.load;
    }
}

/* str x30, [x18], #8 on entry; ldr x30, [x18, #-8]! before the return, which then needs no other
 * proof */
static bool shadow_stack(scan *s)
{
    if (s->w == 0xf800865e)
        s->fn->flags |= RP_FN_SHADOW_STACK;
    else if (s->w == 0xf85f8e5e)
        s->authenticated = true;
    else
        return false;
    return true;
}

/* ---- control flow ---- */

static uint64_t target_of(const scan *s, size_t i, uint32_t w)
{
    return s->range->start + 4 * (uint64_t)i + (uint64_t)(rp_sign_extend(w, 26) * 4);
}

/* The panic location that the call at word i is given: addresses are looked at after calls. */
static void find_location(scan *s, size_t i)
{
    enum { NEAR = 8 };
    uint64_t to;
    s->sink->location = 0;
    for (size_t k = 1; k <= NEAR && k <= i; k++) {
        const rp_landmark *l = rp_a64_formed(&s->code, s->range->start, i - k, &to)
                                   ? rp_landmarks_find(&s->sink->landmarks, to)
                                   : NULL;
        if (l == NULL || l->id != RP_LM_LOCATION)
            continue;
        s->sink->location = l->index + 1;
        return;
    }
}

static void note_target(scan *s, size_t i, const rp_landmark *l)
{
    if (l->id == RP_LM_OVERFLOW || l->id == RP_LM_BOUNDS)
        find_location(s, i);
    rp_note_landmark(s->sink, s->fn, l);
    if (l->id == RP_LM_CHKSTK && i < s->probed)
        s->probed = i;
}

static void note_call(scan *s, size_t i, const rp_landmark *l)
{
    note_target(s, i, l);
    s->sink->checks |=
        l->id == RP_LM_CFI_SLOWPATH || l->id == RP_LM_CFI_REPORT || l->id == RP_LM_GUARD_CALL;
}

static void call_to(scan *s, size_t i, uint64_t to)
{
    const rp_landmark *l = rp_landmarks_search(&s->sink->landmarks, to);
    if (l != NULL)
        note_call(s, i, l);
}

/* bl and b among the words at hand. Jumps that leave the function become events. */
static void calls_and_jumps(scan *s)
{
    const rp_landmarks *map = &s->sink->landmarks;
    const uint8_t *words = s->code.bytes + 4 * s->first;
    uint64_t start = s->range->start, first = 4 * (uint64_t)s->first, leaving = 0;
    uint64_t length = s->range->bytes.len, calls = s->masks.call;
    for (uint64_t m = calls | s->masks.jump; m != 0; m &= m - 1) {
        unsigned k = (unsigned)__builtin_ctzll(m);
        uint64_t to = first + 4 * k + rp_extend(rp_le32(words + 4 * k), 26) * 4;
        leaving |= (uint64_t)(to >= length) << k;
        if (map->used != 0 && (rp_landmarks_may_have(map, start + to) & calls >> k) != 0)
            call_to(s, s->first + k, start + to);
    }
    s->inner = s->masks.jump & ~leaving;
    s->masks.event |= s->masks.jump & leaving;
}

static void jump(scan *s)
{
    uint64_t to = target_of(s, s->i, s->w);
    if (to - s->range->start < s->range->bytes.len) {
        s->lr_reloaded = s->authenticated = false; /* that part has its own epilogue */
        return;
    }
    const rp_landmark *l = rp_landmarks_find(&s->sink->landmarks, to);
    if (l != NULL)
        note_target(s, s->i, l);
    leaves(s);
}

static void add_branch(scan *s, bool jump, bool authenticates)
{
    uint32_t hash = 0;
    if (jump && !authenticates && rp_a64_jump_table(&s->code, s->i)) {
        s->sink->set_aside[RP_WHY_JUMP_TABLE]++;
        return;
    }
    rp_branch *b = rp_note_branch(s->sink, s->range, s->fn, addr(s), jump);
    if (b == NULL)
        return;
    if (authenticates) {
        b->edge = RP_EDGE_GUARDED;
        b->guard = RP_GUARD_PAUTH;
    } else if (rp_a64_kcfi(&s->code, s->i, &hash)) {
        b->edge = RP_EDGE_GUARDED;
        b->guard = RP_GUARD_KCFI;
        b->class_size = hash;
    }
}

static void exits(scan *s)
{
    s->exits++;
    s->barriers += rp_a64_barrier(rp_a64_word(&s->code, s->i + 1));
    leaves(s);
}

/* Bits 24..21: 0 br, 1 blr, 2 ret; 8 and 9 the forms with a modifier register; bit 11:
 * authenticates. */
static void branch_register(scan *s)
{
    unsigned opc = (s->w >> 21) & 15u;
    bool authenticates = (s->w & 0x800u) != 0;
    switch (opc) {
    case 0:
    case 8:
        add_branch(s, true, authenticates);
        exits(s);
        break;
    case 1:
    case 9:
        if (rp_a64_tls_descriptor(&s->code, s->i))
            s->fn->flags |= RP_FN_TLS_DESC;
        add_branch(s, false, authenticates);
        s->untouched = 0; /* the callee's own frame stands on it */
        break;
    case 2:
        if (authenticates) {
            s->fn->flags |= RP_FN_AUTHENTICATES;
            s->authenticated = true;
        }
        s->lr_reloaded &= rn(s) == LR;
        exits(s);
        break;
    default:
        break;
    }
}

static void signs(scan *s, bool lands)
{
    s->fn->flags |= RP_FN_SIGNS | (lands && s->i == 0 ? RP_FN_LANDING : 0u);
}

static void authenticates(scan *s)
{
    s->fn->flags |= RP_FN_AUTHENTICATES;
    s->authenticated = true;
}

/* D8.4.5 "BTI": bti c, bti jc, paciasp, pacibsp and their PAuth_LR forms may be called; so may brk
 * and hlt. bti j may not. */
static void hint(scan *s)
{
    switch (s->w) {
    case 0xd503245f: /* bti c */
    case 0xd50324df: /* bti jc */
        s->fn->flags |= s->i == 0 ? RP_FN_LANDING : 0u;
        break;
    case 0xd503233f: /* paciasp */
    case 0xd503237f: /* pacibsp */
        signs(s, true);
        break;
    case 0xd503231f: /* paciaz */
    case 0xd503235f: /* pacibz */
        signs(s, false);
        break;
    case 0xd50323bf: /* autiasp */
    case 0xd50323ff: /* autibsp */
    case 0xd503239f: /* autiaz */
    case 0xd50323df: /* autibz */
        authenticates(s);
        break;
    default:
        break;
    }
}

/* pacia x30, sp and kin; paciasppc, pacnbiasppc, autiasppcr. Bits 15..10 say which. */
static void sign_register(scan *s)
{
    if (rd(s) != LR || ((s->w >> 16) & 31u) != 1)
        return;
    switch ((s->w >> 10) & 63u) {
    case 0x28: /* paciasppc */
    case 0x29: /* pacibsppc */
        signs(s, true);
        break;
    case 0x00: /* pacia */
    case 0x01: /* pacib */
    case 0x08: /* paciza */
    case 0x09: /* pacizb */
    case 0x20: /* pacnbiasppc */
    case 0x21: /* pacnbibsppc */
        signs(s, false);
        break;
    case 0x04: /* autia */
    case 0x05: /* autib */
    case 0x0c: /* autiza */
    case 0x0d: /* autizb */
    case 0x24: /* autiasppcr */
    case 0x25: /* autibsppcr */
        authenticates(s);
        break;
    default:
        break;
    }
}

/* ---- the rest ---- */

/* Zeroes behind the end of a path are padding or data; elsewhere they are no code. */
static void undefined(scan *s)
{
    uint32_t last = s->i > 0 ? rp_a64_word(&s->code, s->i - 1) : 0xffffffff;
    bool ended = (last & 0xfc000000) == 0x14000000 || (last & 0xfc000000) == 0x94000000 ||
                 (last & 0xfe000000) == 0xd6000000 || (last & 0xffe00000) == 0xd4200000 ||
                 (last >> 16) == 0;
    if (ended)
        return;
    s->fn->flags |= RP_FN_BAD_CODE;
    s->sink->bad_bytes += 4;
}

static void tag(scan *s, unsigned kind)
{
    if (kind == RP_A64_TWO_SOURCE) { /* irg among them */
        s->fn->flags |= (s->w & 0xfc00u) == 0x1000 ? RP_FN_MEMTAG : 0u;
    } else {
        s->fn->flags |= RP_FN_MEMTAG;
        if (kind != RP_A64_TAG_ADD && rn(s) == SP && (s->w & 0xe00c00) != 0x600000) /* not ldg */
            touch_stack(s, 0);
    }
}

static void system_register(scan *s)
{
    uint32_t use = rp_a64_thread_pointer(&s->code, s->i);
    s->weak |= use & RP_FN_GUARD_LOAD;
    s->fn->flags |= use & ~(uint32_t)RP_FN_GUARD_LOAD;
}

static void note_trap(scan *s)
{
    uint32_t *word = rp_vec_push(s->sink->arena, &s->sink->trap_words);
    if (word != NULL)
        *word = (uint32_t)s->i;
    else
        s->sink->out_of_memory = true;
    s->sink->traps = true;
}

static void other(scan *s, unsigned kind)
{
    switch (kind) {
    case RP_A64_MRS:
        system_register(s);
        break;
    case RP_A64_BREAK:
        s->fn->flags |= s->i == 0 ? RP_FN_LANDING : 0u;
        note_trap(s);
        break;
    case RP_A64_SIGN:
        sign_register(s);
        break;
    case RP_A64_AUTH_PPC:
        if (rd(s) == 31)
            authenticates(s);
        break;
    case RP_A64_RETURN_PPC:
        if (rd(s) == 31) {
            authenticates(s);
            exits(s);
        }
        break;
    case RP_A64_EXCLUSIVE:
        s->fn->flags |= RP_FN_MEMORY;
        break;
    case RP_A64_TWO_SOURCE:
    case RP_A64_TAG:
    case RP_A64_TAG_ADD:
    case RP_A64_TAG_PAIR:
        tag(s, kind);
        break;
    case RP_A64_UDF:
        note_trap(s);
        undefined(s);
        break;
    default:
        break;
    }
}

static void instruction(scan *s, unsigned kind)
{
    switch (kind) {
    case RP_A64_BL: /* with fresh stack */
        s->untouched = 0;
        break;
    case RP_A64_B:
        jump(s);
        break;
    case RP_A64_BRANCH_REG:
        branch_register(s);
        break;
    case RP_A64_HINT:
        hint(s);
        break;
    case RP_A64_SUB_IMM:
        subtract_immediate(s);
        break;
    case RP_A64_ADD_IMM:
        if (rd(s) == SP)
            set_stack(s);
        break;
    case RP_A64_AND_IMM:
        and_immediate(s);
        break;
    case RP_A64_SUB_EXT:
        subtract_register(s);
        break;
    case RP_A64_PAIR:
        memory(s, rp_a64_pair_access(s->w, RP_A64_PAIR));
        break;
    case RP_A64_PAIR_OTHER:
    case RP_A64_MEMORY:
    case RP_A64_OTHER_MEMORY:
        memory(s, rp_a64_access_of(s->w, kind));
        break;
    case RP_A64_SINGLE:
        if (!shadow_stack(s))
            memory(s, rp_a64_single_access(s->w, RP_A64_SINGLE));
        break;
    default:
        other(s, kind);
    }
}

static void finish_function(scan *s)
{
    rp_fn_code *fn = s->fn;
    if (rp_note_unprobed(fn, s->sink->guard_size))
        fn->flags |= RP_FN_UNPROBED;
    if ((fn->flags & RP_FN_GUARD_FAIL) != 0)
        fn->flags |= s->weak;
    if (s->exits != 0 && s->barriers == s->exits)
        fn->flags |= RP_FN_SLS;
}

/* What is to be looked at as the stack and the link register stand. */
static uint64_t asked_now(const scan *s)
{
    uint64_t fresh = 0 - (uint64_t)(s->untouched != 0);
    uint64_t inner = 0 - (uint64_t)(s->lr_reloaded | s->authenticated);
    return s->masks.event | (s->masks.fresh & fresh) | (s->inner & inner);
}

/* Those of the words at hand that were asked for, in their order. */
static void events(scan *s)
{
    uint64_t left = UINT64_MAX, which;
    while ((which = left & asked_now(s)) != 0) {
        unsigned k = (unsigned)__builtin_ctzll(which);
        left = ~(uint64_t)1 << k;
        s->i = s->first + k;
        s->w = rp_le32(s->code.bytes + 4 * s->i);
        instruction(s, rp_a64_kinds[s->w >> 21]);
    }
}

static void addresses(scan *s)
{
    rp_a64_registers *r = &s->registers;
    for (uint64_t m = s->masks.page; m != 0; m &= m - 1) {
        size_t i = s->first + (unsigned)__builtin_ctzll(m);
        if (i >= r->pages_done && rp_a64_page_matters(r, i))
            rp_a64_pages(r, i);
    }
}

void rp_a64_scan(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    *ret = (rp_fn_code){0};
    scan s = {.sink = sink,
              .range = range,
              .fn = ret,
              .code = {range->bytes.ptr, range->bytes.len / 4},
              .registers = {.sink = sink, .range = range, .fn = ret, .code = &s.code},
              .limit = NO_REG};
    s.effort = EFFORT + EFFORT_EACH * s.code.n;
    sink->trap_words.n = 0;
    for (s.first = 0; s.first < s.code.n; s.first += WORDS) {
        size_t left = s.code.n - s.first;
        rp_a64_look(&s.code, s.first, &s.masks);
        s.probed = (ret->flags & RP_FN_PROBE_CALL) != 0 ? 0 : SIZE_MAX;
        calls_and_jumps(&s);
        events(&s);
        addresses(&s);
        if (s.registers.memory_done < s.code.n)
            rp_a64_memory(&s.registers, s.first + (left < WORDS ? left : WORDS));
    }
    rp_a64_memory_end(&s.registers);
    sink->instructions += s.code.n;
    sink->bytes += range->bytes.len;
    finish_function(&s);
}
