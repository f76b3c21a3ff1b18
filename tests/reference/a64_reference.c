/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* AArch64 code word by word, in its order and with all state in one place: what isa/a64_scan.c,
 * which skips most words, must say too. Slow and plain. */
#include "a64_reference.h"

#include "isa/a64_idioms.h"
#include "isa/scan_note.h"

enum {
    PLAIN,
    BL,
    B,
    BRANCH_REG, /* br, blr, ret and their authenticating forms */
    RETURN_PPC, /* retaasppc, retabsppc */
    HINT,       /* bti, pac, aut, nop */
    MRS,
    BREAK, /* brk, hlt */
    ADRP,
    ADR,
    SUB_IMM, /* 64-bit */
    ADD_IMM,
    TAG_ADD, /* addg, subg */
    AND_IMM,
    SUB_EXT,      /* sub with extended register: the form that sp needs */
    PAIR,         /* ldp, stp of 64-bit registers */
    PAIR_OTHER,   /* … of other registers */
    TAG_PAIR,     /* stgp */
    SINGLE,       /* ldr, str of a 64-bit register */
    MEMORY,       /* other single loads and stores */
    OTHER_MEMORY, /* structures of vectors, SVE, ldapur */
    EXCLUSIVE,
    TWO_SOURCE,
    SIGN, /* pacia … autiasppcr of a register */
    TAG,  /* stg, stzg, st2g, ldg */
    AUTH_PPC,
    UDF,
    KIND = 31,
    /* beside the kind: the word has a second register, … */
    SECOND = 32,
    TO_MEMORY = 64,
    BASE = 128,
    TO_SP = 256,
    ALWAYS = 512,
    PLACE = 1024
};

#include "a64_classes.inc"

enum { FP = 29, LR = 30, SP = 31, NO_REG = 32 };

typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_fn_code *fn;
    rp_a64_code code;
    size_t i;
    uint32_t w;
    uint32_t known;     /* registers that hold an address of the image or of the frame … */
    uint32_t in_frame;  /* … and those of them that point into the frame */
    uint64_t page[32];  /* the image's address, formed by adrp [+ add] */
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
static unsigned rt2(const scan *s)
{
    return (s->w >> 10) & 31u;
}
static uint64_t addr(const scan *s)
{
    return s->range->start + 4 * (uint64_t)s->i;
}

/* The register no longer holds an address that we know. */
static void forget(scan *s, unsigned reg)
{
    s->known &= ~(1u << reg) | 1u << SP;
}

static void points_into_frame(scan *s, unsigned reg)
{
    s->known |= 1u << reg;
    s->in_frame |= 1u << reg;
}

static void points_to(scan *s, unsigned reg, uint64_t to)
{
    s->page[reg] = to;
    s->known |= 1u << reg;
    s->in_frame &= ~(1u << reg) | 1u << SP;
}

static bool image_address(const scan *s, unsigned reg)
{
    return (s->known & ~s->in_frame) >> reg & 1u;
}

static void form_address(scan *s, unsigned reg, uint64_t to)
{
    points_to(s, reg, to);
    rp_note_address(s->sink, s->range, s->fn, to, 3);
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
        points_into_frame(s, rd(s));
    } else {
        forget(s, rd(s));
    }
}

/* and sp, xN, #-alignment: where "sub xN, sp, #bytes" made room */
static void and_immediate(scan *s)
{
    if (rd(s) != SP)
        forget(s, rd(s));
    else if (rn(s) == s->limit)
        take_stack(s, s->limit_bytes);
}

/* mov sp, xN is an addition of 0. From the frame pointer it gives back what was taken since. */
static void set_stack(scan *s)
{
    unsigned from = rn(s);
    if (from == s->limit) {
        s->limit = NO_REG; /* behind a probe loop */
    } else if (from == SP || from == FP || (s->in_frame & s->known) >> from & 1u) {
        s->run = s->untouched = 0;
    } else {
        s->fn->flags |= RP_FN_FRAME | RP_FN_DYNAMIC_STACK;
    }
}

static void add_immediate(scan *s)
{
    uint32_t imm = (s->w >> 10) & 0xfffu;
    unsigned from = rn(s), to = rd(s);
    if (to == SP)
        set_stack(s);
    else if (from == SP || (s->in_frame & s->known) >> from & 1u)
        points_into_frame(s, to);
    else if ((s->known >> from & 1u) != 0 && (s->w & (1u << 22)) == 0)
        form_address(s, to, s->page[from] + imm);
    else
        forget(s, to);
}

/* sub sp, sp, xM: a constant too large for an immediate (GCC; Windows behind __chkstk), or a size
 * that is known at run time */
static void subtract_register(scan *s)
{
    if (rd(s) != SP || rn(s) != SP) {
        forget(s, rd(s));
        return;
    }
    uint64_t bytes = 0;
    unsigned shift = (s->w >> 10) & 7u;
    s->fn->flags |= RP_FN_FRAME;
    if (!rp_a64_constant(&s->code, s->i, (s->w >> 16) & 31u, &bytes) || bytes > UINT32_MAX >> 5) {
        s->fn->flags |= (s->fn->flags & RP_FN_PROBE_CALL) ? 0u : (uint32_t)RP_FN_DYNAMIC_STACK;
        return;
    }
    uint32_t n = (uint32_t)bytes << shift;
    if ((s->fn->flags & RP_FN_PROBE_CALL) == 0)
        take_stack(s, n);
    else if (n > s->fn->frame)
        s->fn->frame = n;
}

/* ---- loads and stores ---- */

typedef struct {
    bool load, pre, post, link, address; /* link: of x30; address: base + offset is known */
    int64_t offset;
} access;

static access pair_access(const scan *s, unsigned kind)
{
    unsigned mode = (s->w >> 23) & 3u, opc = s->w >> 30;
    bool vector = (s->w & (1u << 26)) != 0;
    unsigned scale = vector ? 2 + opc : kind == PAIR ? 3 : 2;
    return (access){.load = (s->w & (1u << 22)) != 0,
                    .pre = mode == 3,
                    .post = mode == 1,
                    .link = kind == PAIR && (rd(s) == LR || rt2(s) == LR),
                    .offset = rp_sign_extend(s->w >> 15, 7) * ((int64_t)1 << scale)};
}

static access single_access(const scan *s, unsigned kind)
{
    unsigned opc = (s->w >> 22) & 3u, mode = (s->w >> 10) & 3u;
    bool vector = (s->w & (1u << 26)) != 0, scaled = (s->w & (1u << 24)) != 0,
         indexed = !scaled && (s->w & (1u << 21)) != 0; /* register offset, atomics, ldraa */
    access a = {.load = vector ? (opc & 1u) != 0 : opc != 0,
                .link = kind == SINGLE && rd(s) == LR && opc < 2,
                .address = !indexed && mode == 0};
    if (indexed) {
        a.load |= mode != 2; /* atomics read too */
    } else if (scaled) {
        unsigned scale = vector && opc > 1 ? 4 : s->w >> 30;
        a.address = true;
        a.offset = (int64_t)((s->w >> 10) & 0xfffu) << scale;
    } else {
        a.offset = rp_sign_extend(s->w >> 12, 9);
        a.pre = mode == 3;
        a.post = mode == 1;
    }
    return a;
}

/* A store of zero to fresh stack is what probes are: LLVM's to [sp], GCC's to [sp, #1024]. */
static void note_probe(scan *s, const access *a)
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

static void stack_access(scan *s, const access *a)
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

/* Accesses with a register as offset are taken for loads. */
static void forget_accessed(scan *s, unsigned kind, access a)
{
    bool vector = (s->w & (1u << 26)) != 0, pair = kind == PAIR || kind == PAIR_OTHER;
    bool indexed =
        (kind == SINGLE || kind == MEMORY) && (s->w & (1u << 24)) == 0 && (s->w & (1u << 21)) != 0;
    if (rn(s) != SP && (a.pre || a.post))
        forget(s, rn(s));
    if (kind == OTHER_MEMORY || ((a.load || indexed) && !vector))
        forget(s, rd(s));
    if (pair && a.load && !vector)
        forget(s, rt2(s));
}

static void memory(scan *s, unsigned kind)
{
    unsigned base = rn(s);
    access a = {0};
    if (kind == PAIR || kind == PAIR_OTHER)
        a = pair_access(s, kind);
    else if (kind == SINGLE || kind == MEMORY)
        a = single_access(s, kind);
    else
        a.post = true; /* may write its base */
    if (base == SP) {
        stack_access(s, &a);
    } else if (image_address(s, base)) {
        s->fn->flags |= RP_FN_MEMORY;
        const rp_landmark *l =
            a.address ? rp_landmarks_find(&s->sink->landmarks, s->page[base] + (uint64_t)a.offset)
                      : NULL;
        if (l != NULL && l->id != RP_LM_CHKSTK)
            rp_note_landmark(s->sink, s->fn, l);
        if (l != NULL && l->id == RP_LM_LOCAL_SLOT && a.load)
            rp_note_slot(s->sink, l);
    } else if ((s->known >> base & 1u) != 0) {
        s->fn->flags |= a.link && !a.load ? RP_FN_SPILLS_LR : 0u;
        s->lr_reloaded |= a.link && a.load;
    } else {
        s->fn->flags |= RP_FN_MEMORY;
    }
    forget_accessed(s, kind, a);
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

static void call_clobbers(scan *s)
{
    s->known &= ~0x4003ffffu; /* AAPCS64, 6.1.1: x0-x17 and x30 */
    s->untouched = 0;         /* the callee's own frame stands on it */
}

static void direct(scan *s, bool call)
{
    uint64_t to = addr(s) + (uint64_t)(rp_sign_extend(s->w, 26) * 4);
    if (!call && to - s->range->start < s->range->bytes.len) {
        s->lr_reloaded = s->authenticated = false; /* that part has its own epilogue */
        return;
    }
    const rp_landmark *l = rp_landmarks_find(&s->sink->landmarks, to);
    if (l != NULL)
        rp_note_landmark(s->sink, s->fn, l);
    if (call)
        call_clobbers(s);
    else
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
        call_clobbers(s);
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
    forget(s, rd(s));
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

static void page_of(scan *s, bool pages)
{
    uint64_t imm = (uint64_t)((s->w >> 5) & 0x7ffffu) << 2 | ((s->w >> 29) & 3u);
    int64_t offset = rp_sign_extend(imm, 21);
    if (rd(s) == 31)
        return;
    if (pages)
        points_to(s, rd(s), (addr(s) & ~(uint64_t)4095) + (uint64_t)(offset * 4096));
    else
        form_address(s, rd(s), addr(s) + (uint64_t)offset);
}

static void literal(const scan *s)
{
    uint64_t from = addr(s) + (uint64_t)(rp_sign_extend((s->w >> 5) & 0x7ffffu, 19) * 4);
    const rp_landmark *l = rp_landmarks_find(&s->sink->landmarks, from);
    if (l != NULL && l->id != RP_LM_CHKSTK)
        rp_note_landmark(s->sink, s->fn, l);
    if (l != NULL && l->id == RP_LM_LOCAL_SLOT)
        rp_note_slot(s->sink, l);
}

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
    if (kind == TWO_SOURCE) { /* irg among them */
        s->fn->flags |= (s->w & 0xfc00u) == 0x1000 ? RP_FN_MEMTAG : 0u;
    } else {
        s->fn->flags |= RP_FN_MEMTAG;
        if (kind != TAG_ADD && rn(s) == SP && (s->w & 0xe00c00) != 0x600000) /* not ldg */
            touch_stack(s, 0);
    }
    if (kind == TAG_PAIR)
        return;
    if (kind != TAG || (s->w & 0xe00c00) == 0x600000)
        forget(s, rd(s));
    else if (rn(s) != SP)
        forget(s, rn(s));
}

static void system_register(scan *s)
{
    uint32_t use = rp_a64_thread_pointer(&s->code, s->i);
    s->weak |= use & RP_FN_GUARD_LOAD;
    s->fn->flags |= use & ~(uint32_t)RP_FN_GUARD_LOAD;
    forget(s, rd(s));
}

static void other(scan *s, unsigned kind)
{
    switch (kind) {
    case MRS:
        system_register(s);
        break;
    case BREAK:
        s->fn->flags |= s->i == 0 ? RP_FN_LANDING : 0u;
        break;
    case SIGN:
        sign_register(s);
        break;
    case AUTH_PPC:
        if (rd(s) == 31)
            authenticates(s);
        break;
    case RETURN_PPC:
        if (rd(s) == 31) {
            authenticates(s);
            exits(s);
        }
        break;
    case EXCLUSIVE: /* the status or the old value comes back in bits 20..16 */
        s->fn->flags |= RP_FN_MEMORY;
        forget(s, rd(s));
        forget(s, (s->w >> 16) & 31u);
        break;
    case TWO_SOURCE:
    case TAG:
    case TAG_ADD:
    case TAG_PAIR:
        tag(s, kind);
        break;
    case UDF:
        undefined(s);
        break;
    default:
        break;
    }
}

static void instruction(scan *s, unsigned kind)
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
    case AND_IMM:
        and_immediate(s);
        break;
    case SUB_EXT:
        subtract_register(s);
        break;
    case PAIR:
    case PAIR_OTHER:
    case SINGLE:
    case MEMORY:
    case OTHER_MEMORY:
        memory(s, kind);
        break;
    case PLAIN:
        if (s->w >> 24 == 0x58)
            literal(s);
        forget(s, rd(s));
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

void a64_reference(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret)
{
    *ret = (rp_fn_code){0};
    scan s = {.sink = sink,
              .range = range,
              .fn = ret,
              .code = {range->bytes.ptr, range->bytes.len / 4},
              .known = 1u << SP,
              .in_frame = 1u << SP,
              .limit = NO_REG};
    for (s.i = 0; s.i < s.code.n; s.i++) {
        s.w = rp_a64_word(&s.code, s.i);
        unsigned kind = a64_classes[s.w >> 21] & KIND;
        if (kind != SINGLE || !shadow_stack(&s))
            instruction(&s, kind);
        else
            forget_accessed(&s, kind, single_access(&s, kind));
    }
    sink->instructions += s.code.n;
    sink->bytes += range->bytes.len;
    finish_function(&s);
}
