/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/a64_scan.h"

enum {
    PLAIN,
    BL,
    B,
    BRANCH_REG, /* br, blr, ret and their authenticating forms */
    HINT,       /* bti, pac, aut, nop */
    MRS,
    BRK,
    ADRP,
    ADR,
    SUB_IMM, /* 64-bit */
    ADD_IMM,
    SUB_EXT, /* sub with extended register: the form that sp needs */
    PAIR,    /* ldp, stp of 64-bit registers */
    SINGLE,  /* ldr, str of a 64-bit register */
    MEMORY,  /* other single loads and stores */
    TWO_SOURCE,
    TAG, /* stg, stzg, st2g, ldg */
    UDF
};

#include "isa/a64_classes.inc"

enum { LR = 30, SP = 31 };

/* HINT words */
#define BTI_C   0xd503245fu
#define BTI_JC  0xd50324dfu
#define PACIASP 0xd503233fu
#define PACIBSP 0xd503237fu
#define AUTIASP 0xd50323bfu
#define AUTIBSP 0xd50323ffu

typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_fn_code *fn;
    uint64_t addr;
    uint32_t w;
    uint32_t untouched;
    uint32_t loop_frame; /* "sub xN, sp, #N": limit of a probe loop */
    uint32_t known;      /* registers whose value is in page[] */
    uint64_t page[32];   /* address formed by adrp [+ add] */
    uint32_t rets, trapped_rets;
    uint32_t tls_hi;  /* instructions since "mrs xN, TPIDR_EL0", 0 none */
    uint8_t kcfi_reg; /* address register of the check just before, SP none */
    uint32_t kcfi_hash;
    bool after_ret;
    bool lr_reloaded, authenticated; /* since the last return */
} scan;

static unsigned rd(const scan *s)
{
    return s->w & 31u;
}
static unsigned rn(const scan *s)
{
    return (s->w >> 5) & 31u;
}
static unsigned rt2(const scan *s)
{
    return (s->w >> 10) & 31u;
}

static int64_t sign_extend(uint64_t v, unsigned bits)
{
    uint64_t top = (uint64_t)1 << (bits - 1);
    return (int64_t)((v ^ top) - top);
}

static void bump(uint16_t *count)
{
    *count = (uint16_t)(*count + (*count != UINT16_MAX));
}

/* The register no longer holds an address that we know. */
static void forget(scan *s, unsigned reg)
{
    s->known &= ~(1u << reg);
}

static void note_landmark(scan *s, const rp_landmark *l)
{
    static const uint32_t flag_of[RP_LM_COUNT] = {
        [RP_LM_STACK_CHK_FAIL] = RP_FN_GUARD_FAIL,
        [RP_LM_STACK_GUARD] = RP_FN_GUARD_LOAD,
        [RP_LM_TLS_GET_ADDR] = RP_FN_TLS_GD,
        [RP_LM_ASAN] = RP_FN_ASAN,
        [RP_LM_HWASAN] = RP_FN_HWASAN,
        [RP_LM_MSAN] = RP_FN_MSAN,
        [RP_LM_TSAN] = RP_FN_TSAN,
        [RP_LM_UNSAFE_STACK] = RP_FN_UNSAFE_STACK,
        [RP_LM_CHKSTK] = RP_FN_PROBE_CALL,
    };
    s->fn->flags |= flag_of[l->id];
    uint16_t *count = l->id == RP_LM_OVERFLOW       ? &s->fn->overflow
                      : l->id == RP_LM_BOUNDS       ? &s->fn->bounds
                      : l->id == RP_LM_DEBUG_ASSERT ? &s->fn->debug_asserts
                      : l->id == RP_LM_PANIC        ? &s->fn->panics
                                                    : NULL;
    if (count != NULL)
        bump(count);
}

static void address_formed(scan *s, uint64_t to)
{
    const rp_landmark *l = rp_landmarks_find(&s->sink->landmarks, to);
    uint32_t *vote = NULL, *crate = NULL;
    if (l != NULL && l->id == RP_LM_LOCATION) {
        vote = rp_vec_push(s->sink->arena, &s->sink->crate_votes);
        crate = vote ? rp_vec_push(s->sink->arena, &s->sink->crate_votes) : NULL;
        s->sink->out_of_memory |= crate == NULL;
        if (crate != NULL) {
            s->sink->crate_votes.items[s->sink->crate_votes.n - 2] = s->range->index;
            *crate = l->index;
        }
    } else if (l != NULL) {
        note_landmark(s, l);
    }
    if (to < s->sink->text_low || to >= s->sink->text_high || (to & 3u) != 0)
        return;
    uint64_t *taken = rp_vec_push(s->sink->arena, &s->sink->taken);
    if (taken != NULL)
        *taken = to;
    else
        s->sink->out_of_memory = true;
}

static void take_stack(scan *s, uint32_t bytes)
{
    s->fn->flags |= RP_FN_FRAME;
    s->untouched += bytes;
    if (s->untouched > s->fn->step)
        s->fn->step = s->untouched;
    if (bytes > s->fn->frame)
        s->fn->frame = bytes;
}

static void touch_stack(scan *s)
{
    if (s->untouched >= s->sink->guard_size)
        s->fn->flags |= RP_FN_PROBE_INLINE;
    s->untouched = 0;
}

static void add_branch(scan *s, bool jump, bool authenticated)
{
    rp_branch *b = rp_vec_push(s->sink->arena, &s->sink->branches);
    if (b == NULL) {
        s->sink->out_of_memory = true;
        return;
    }
    *b = (rp_branch){.addr = s->addr, .fn = s->range->index, .jump = jump};
    if (s->kcfi_reg == rn(s)) {
        b->edge = RP_EDGE_GUARDED;
        b->guard = RP_GUARD_KCFI;
        b->class_size = s->kcfi_hash;
    } else if (authenticated) {
        b->edge = RP_EDGE_GUARDED;
        b->guard = RP_GUARD_PAUTH;
    }
    if (s->fn->nsites++ == 0)
        s->fn->sites = s->sink->branches.n - 1;
}

static void returns(scan *s, bool authenticating)
{
    if (authenticating)
        s->fn->flags |= RP_FN_AUTHENTICATES;
    else if (rn(s) == LR && s->lr_reloaded && !s->authenticated)
        s->fn->flags |= RP_FN_BARE_RET;
    s->rets++;
    s->after_ret = true;
    s->lr_reloaded = s->authenticated = false;
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
        s->after_ret = true;
        s->rets++;
        break;
    case 1:
    case 9:
        if (s->w == 0xd63f0020 &&
            (s->known & 1u) != 0) /* tlsdesc: adrp x0; ldr x1; add x0; blr x1 */
            s->fn->flags |= RP_FN_TLS_DESC;
        add_branch(s, false, authenticates);
        touch_stack(s);
        s->known = 0;
        break;
    case 2:
        returns(s, authenticates);
        break;
    default:
        break;
    }
}

static void hint(scan *s)
{
    bool start = s->addr == s->range->start;
    switch (s->w) {
    case BTI_C:
    case BTI_JC:
        s->fn->flags |= start ? RP_FN_LANDING : 0u;
        break;
    case PACIASP:
    case PACIBSP:
        s->fn->flags |= RP_FN_SIGNS | (start ? RP_FN_LANDING : 0u);
        break;
    case 0xd503231f: /* paciaz */
    case 0xd503235f: /* pacibz */
        s->fn->flags |= RP_FN_SIGNS;
        break;
    case AUTIASP:
    case AUTIBSP:
    case 0xd503239f: /* autiaz */
    case 0xd50323df: /* autibz */
        s->fn->flags |= RP_FN_AUTHENTICATES;
        s->authenticated = true;
        break;
    default:
        break;
    }
}

/* brk #0x8000 | type register << 5 | address register: KCFI's trap, just before the call */
static void breakpoint(scan *s)
{
    uint32_t imm = (s->w >> 5) & 0xffffu;
    if ((imm & 0xfc00u) == 0x8000)
        s->kcfi_reg = (uint8_t)(imm & 31u);
}

static void subtract_immediate(scan *s)
{
    uint32_t imm = (s->w >> 10) & 0xfffu;
    if ((s->w & (1u << 22)) != 0)
        imm <<= 12;
    if (rn(s) != SP)
        return;
    if (rd(s) == SP)
        take_stack(s, imm);
    else if (imm >= s->sink->guard_size)
        s->loop_frame = imm;
}

static void add_immediate(scan *s)
{
    uint32_t imm = (s->w >> 10) & 0xfffu;
    unsigned from = rn(s), to = rd(s);
    if (s->tls_hi != 0 && (s->w & (1u << 22)) != 0)
        s->fn->flags |= RP_FN_TLS_LE;
    if ((s->known >> from & 1u) == 0 || (s->w & (1u << 22)) != 0) {
        forget(s, to);
        return;
    }
    s->page[to] = s->page[from] + imm;
    s->known |= 1u << to;
    address_formed(s, s->page[to]);
}

static void pair(scan *s)
{
    bool load = (s->w & (1u << 22)) != 0, link = rd(s) == LR || rt2(s) == LR;
    bool pre = ((s->w >> 23) & 3u) == 3;
    if (load) {
        forget(s, rd(s));
        forget(s, rt2(s));
    }
    if (rn(s) != SP) {
        s->fn->flags |= RP_FN_MEMORY;
        return;
    }
    int64_t offset = sign_extend((s->w >> 15) & 0x7fu, 7) * 8;
    if (load) {
        s->lr_reloaded |= link;
        return;
    }
    s->fn->flags |= link ? RP_FN_SPILLS_LR : 0u;
    touch_stack(s);
    if (pre && offset < 0) {
        take_stack(s, (uint32_t)-offset);
        touch_stack(s);
    }
}

static void single(scan *s)
{
    bool load = (s->w & (1u << 22)) != 0, vector = (s->w & (1u << 26)) != 0;
    if (vector)
        return;
    if (s->w == 0xf800865e || s->w == 0xf85f8e5e) { /* str x30, [x18], #8; ldr x30, [x18, #-8]! */
        s->fn->flags |= RP_FN_SHADOW_STACK;
        s->authenticated |= load;
        return;
    }
    if (rn(s) == SP) {
        s->fn->flags |= rd(s) == LR && !load ? RP_FN_SPILLS_LR : 0u;
        s->lr_reloaded |= rd(s) == LR && load;
        if (!load)
            touch_stack(s);
        return;
    }
    s->fn->flags |= RP_FN_MEMORY;
    if (load && (s->w & (1u << 24)) != 0 && (s->known >> rn(s) & 1u) != 0) {
        const rp_landmark *l =
            rp_landmarks_find(&s->sink->landmarks, s->page[rn(s)] + ((s->w >> 10) & 0xfffu) * 8);
        if (l != NULL)
            note_landmark(s, l);
        s->fn->flags |= s->tls_hi != 0 ? RP_FN_TLS_IE : 0u;
    }
    if (load)
        forget(s, rd(s));
}

static void direct(scan *s, bool call)
{
    uint64_t to = s->addr + (uint64_t)(sign_extend(s->w & 0x3ffffffu, 26) * 4);
    const rp_landmark *l = rp_landmarks_find(&s->sink->landmarks, to);
    if (l != NULL)
        note_landmark(s, l);
    if (call) {
        touch_stack(s);
        s->known &= ~0x4003ffffu; /* the callee may change x0-x17 and x30 */
    }
}

static void page_of(scan *s, bool pages)
{
    uint64_t imm = ((s->w >> 5) & 0x7ffffu) << 2 | ((s->w >> 29) & 3u);
    int64_t offset = sign_extend(imm, 21);
    unsigned to = rd(s);
    s->page[to] = pages ? (s->addr & ~(uint64_t)4095) + (uint64_t)(offset * 4096)
                        : s->addr + (uint64_t)offset;
    s->known |= 1u << to;
    if (!pages)
        address_formed(s, s->page[to]);
}

static void other(scan *s, uint8_t kind)
{
    switch (kind) {
    case MRS:
        if ((s->w & 0xffffffe0u) == 0xd53bd040) /* TPIDR_EL0 */
            s->tls_hi = 8;
        break;
    case SUB_EXT:
        if (rd(s) == SP && rn(s) == SP)
            s->fn->flags |=
                RP_FN_FRAME | ((s->fn->flags & RP_FN_PROBE_CALL) ? 0u : RP_FN_DYNAMIC_STACK);
        break;
    case TWO_SOURCE: /* irg */
        s->fn->flags |= (s->w & 0xfc00u) == 0x1000 ? RP_FN_MEMTAG : 0u;
        break;
    case TAG:
        s->fn->flags |= RP_FN_MEMTAG;
        break;
    case MEMORY:
        if (rn(s) == SP)
            touch_stack(s);
        else
            s->fn->flags |= RP_FN_MEMORY;
        if ((s->w & (3u << 22)) != 0) /* a load */
            forget(s, rd(s));
        if ((s->w & 0xfffffc1fu) == 0xb85fc010) /* ldur w16, [xN, #-4]: a KCFI check begins */
            s->kcfi_hash = 0;
        break;
    case UDF:
        s->fn->flags |= RP_FN_BAD_CODE;
        s->sink->bad_bytes += 4;
        break;
    default:
        break;
    }
}

static void instruction(scan *s, uint8_t kind)
{
    switch (kind) {
    case BL:
    case B:
        direct(s, kind == BL);
        break;
    case BRANCH_REG:
        branch_register(s);
        break;
    case HINT:
        hint(s);
        break;
    case BRK:
        breakpoint(s);
        s->trapped_rets += s->after_ret;
        break;
    case ADRP:
    case ADR:
        page_of(s, kind == ADRP);
        break;
    case SUB_IMM:
        subtract_immediate(s);
        break;
    case ADD_IMM:
        add_immediate(s);
        break;
    case PAIR:
        pair(s);
        break;
    case SINGLE:
        single(s);
        break;
    default:
        other(s, kind);
    }
}

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* movk w17, #imm16 [, lsl #16]: halves of the KCFI hash */
static void plain(scan *s)
{
    if ((s->w & 0xffe0001fu) == 0x72800011)
        s->kcfi_hash = (s->kcfi_hash & 0xffff0000u) | ((s->w >> 5) & 0xffffu);
    else if ((s->w & 0xffe0001fu) == 0x72a00011)
        s->kcfi_hash = (s->kcfi_hash & 0xffffu) | ((s->w >> 5) & 0xffffu) << 16;
}

static void finish_function(scan *s)
{
    rp_fn_code *fn = s->fn;
    if (fn->step > s->sink->guard_size + 1024 && (fn->flags & RP_FN_PROBE_CALL) == 0)
        fn->flags |= RP_FN_UNPROBED; /* LLVM leaves up to 1 KiB behind the last probe untouched */
    if (s->loop_frame > fn->frame && (fn->flags & RP_FN_PROBE_INLINE) != 0)
        fn->frame = s->loop_frame;
    if (s->rets != 0 && s->trapped_rets == s->rets)
        fn->flags |= RP_FN_SLS;
}

void rp_a64_scan(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    *ret = (rp_fn_code){0};
    scan s = {.sink = sink, .range = range, .fn = ret, .kcfi_reg = SP};
    size_t n = range->bytes.len / 4;
    for (size_t i = 0; i < n; i++) {
        s.w = word_at(range->bytes.ptr + 4 * i);
        uint8_t kind = a64_classes[s.w >> 21];
        if (RP_UNLIKELY(s.known >> (s.w & 31u) & 1u) && kind != SINGLE && kind != PAIR &&
            kind != MEMORY && kind != ADD_IMM)
            s.known &= ~(1u << (s.w & 31u));
        if (kind == PLAIN) {
            if (RP_UNLIKELY((s.w & 0xff80001fu) == 0x72800011))
                plain(&s);
            continue;
        }
        s.addr = range->start + 4 * i;
        bool after = s.after_ret;
        instruction(&s, kind);
        if (after)
            s.after_ret = false;
        if (kind != BRK)
            s.kcfi_reg = SP;
        s.tls_hi -= s.tls_hi != 0;
    }
    sink->instructions += n;
    sink->bytes += range->bytes.len;
    finish_function(&s);
}
