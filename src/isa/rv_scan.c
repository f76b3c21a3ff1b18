/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/rv_scan.h"

#include "isa/scan_note.h"

enum { ZERO, RA, SP, GP, TP, T0, T1, T2, S0, A0 = 10, A1 };

typedef struct {
    rp_code_sink *sink;
    const rp_code_range *range;
    rp_fn_code *fn;
    uint64_t addr;
    uint32_t w; /* the instruction, expanded when compressed */
    bool wide, first;
    uint64_t value[32]; /* constants: valid where `known` has the bit */
    uint32_t known;
    uint32_t upper;  /* registers whose constant is a number (lui, li), not an address */
    uint32_t loaded; /* registers just loaded from memory that may be written */
    uint32_t slot;   /* … from a slot of the GOT: cannot be written, or holds an offset */
    uint32_t place;  /* registers that point into a table that nobody can write … */
    uint32_t entry;  /* … and those that hold what it says */
    uint32_t untouched, run;
    uint32_t taken, limit; /* by the last adjustment; by the whole of a probe loop */
    uint32_t hash;         /* KCFI: what the check just before admits, of which register, how far */
    unsigned kcfi_step, kcfi_reg;
    bool ra_reloaded, authenticated;
} scan;

static unsigned rd(const scan *s)
{
    return s->w >> 7 & 31u;
}
static unsigned rs1(const scan *s)
{
    return s->w >> 15 & 31u;
}
static unsigned rs2(const scan *s)
{
    return s->w >> 20 & 31u;
}
static unsigned funct3(const scan *s)
{
    return s->w >> 12 & 7u;
}
static int64_t imm_i(const scan *s)
{
    return rp_sign_extend(s->w >> 20, 12);
}
static int64_t imm_s(const scan *s)
{
    return rp_sign_extend((s->w >> 25) << 5 | (s->w >> 7 & 31u), 12);
}
static uint64_t imm_u(const scan *s)
{
    return (uint64_t)(int64_t)(int32_t)(s->w & 0xfffff000);
}
static uint64_t imm_j(const scan *s)
{
    uint32_t w = s->w;
    uint32_t raw =
        (w >> 31) << 20 | (w >> 12 & 0xffu) << 12 | (w >> 20 & 1u) << 11 | (w >> 21 & 0x3ffu) << 1;
    return (uint64_t)rp_sign_extend(raw, 21);
}

static bool has(uint32_t set, unsigned reg)
{
    return (set >> reg & 1u) != 0;
}

static uint64_t in_space(const scan *s, uint64_t v)
{
    return s->wide ? v : v & 0xffffffff;
}

static void forget(scan *s, unsigned reg)
{
    uint32_t keep = ~(1u << reg);
    s->known &= keep;
    s->upper &= keep;
    s->loaded &= keep;
    s->slot &= keep;
    s->place &= keep;
    s->entry &= keep;
}

static void holds(scan *s, unsigned reg, uint64_t v, bool number)
{
    forget(s, reg);
    if (reg == ZERO)
        return;
    s->value[reg] = in_space(s, v);
    s->known |= 1u << reg;
    s->upper |= (uint32_t)number << reg;
}

static void take_stack(scan *s, uint64_t bytes)
{
    uint32_t n = bytes > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)bytes;
    s->fn->flags |= RP_FN_FRAME;
    s->taken = n;
    s->untouched = n > UINT32_MAX - s->untouched ? UINT32_MAX : s->untouched + n;
    s->run = n > UINT32_MAX - s->run ? UINT32_MAX : s->run + n;
    if (s->untouched > s->fn->step)
        s->fn->step = s->untouched;
    if (s->run > s->fn->frame)
        s->fn->frame = s->run;
}

static void give_back(scan *s)
{
    s->run = s->untouched = 0;
}

static void leaves(scan *s)
{
    if (s->ra_reloaded && !s->authenticated)
        s->fn->flags |= RP_FN_BARE_RET;
    s->ra_reloaded = s->authenticated = false;
    s->loaded = s->slot = s->entry = s->place = 0;
    give_back(s);
}

static void call_clobbers(scan *s)
{
    s->known &= 0x0ffc031cu; /* sp, gp, tp, s0-s11 stay (psABI, integer registers) */
    s->upper &= s->known;
    s->loaded = s->slot = s->entry = s->place = 0;
    s->untouched = 0;
}

/* ---- control flow ---- */

static void direct(scan *s, uint64_t to, bool call)
{
    to = in_space(s, to);
    const rp_landmark *l = rp_landmarks_find(&s->sink->landmarks, to);
    if (l != NULL)
        rp_note_landmark(s->sink, s->fn, l);
    if (call) {
        call_clobbers(s);
    } else if (to - s->range->start >= s->range->bytes.len) {
        leaves(s);
    } else {
        s->loaded = s->slot = s->entry = s->place = 0;
        s->ra_reloaded = s->authenticated = false;
    }
}

static void indirect(scan *s, unsigned reg, bool jump)
{
    if (jump && has(s->entry, reg)) {
        s->sink->set_aside[RP_WHY_JUMP_TABLE]++;
        return;
    }
    rp_branch *b = rp_note_branch(s->sink, s->range, s->fn, s->addr, jump);
    if (b == NULL)
        return;
    if (s->kcfi_step == 5 && s->kcfi_reg == reg) {
        b->edge = RP_EDGE_GUARDED;
        b->guard = RP_GUARD_KCFI;
        b->class_size = s->hash;
    } else if (has(s->slot, reg)) {
        b->edge = RP_EDGE_NOT_ATTACKABLE;
        b->reason = RP_WHY_READ_ONLY_SLOT;
    } else if (has(s->loaded, reg)) {
        b->edge = RP_EDGE_UNGUARDED;
    }
}

/* rd says whether it is a call: x1 and x5 are link registers (chapter 2.5). */
static void jump_register(scan *s)
{
    unsigned reg = rs1(s), link = rd(s);
    bool call = link != ZERO;
    if (has(s->known, reg)) { /* auipc and jalr */
        direct(s, s->value[reg] + (uint64_t)imm_i(s), call);
    } else if (!call && (reg == RA || reg == T0)) {
        s->ra_reloaded &= reg == RA;
        leaves(s);
    } else if (link == T0 && reg != T0 && has(s->slot, reg)) { /* TLS descriptor's resolver */
        s->fn->flags |= RP_FN_TLS_DESC;
        indirect(s, reg, false);
        forget(s, T0);
    } else {
        indirect(s, reg, !call);
        if (call)
            call_clobbers(s);
        else if (!has(s->entry, reg))
            leaves(s);
        else
            s->ra_reloaded = s->authenticated = false;
    }
}

/* ---- registers ---- */

static bool read_only(const scan *s, uint64_t addr)
{
    for (uint32_t i = 0; i < s->sink->nread_only; i++) {
        const rp_segment *r = &s->sink->read_only[i];
        if (addr >= r->addr && addr - r->addr < r->size)
            return true;
    }
    return addr >= s->sink->text_low && addr < s->sink->text_high;
}

static void add_immediate(scan *s)
{
    unsigned to = rd(s), from = rs1(s);
    int64_t imm = imm_i(s);
    if (to == SP && from == SP && imm < 0) {
        take_stack(s, (uint64_t)-imm);
    } else if (to == SP) {
        if (from != SP && from != S0 && imm == 0 && !has(s->known, from))
            s->fn->flags |= RP_FN_FRAME | RP_FN_DYNAMIC_STACK;
        give_back(s);
    } else if (from == ZERO) {
        holds(s, to, (uint64_t)imm, true);
    } else if (has(s->known, from)) {
        bool number = has(s->upper, from);
        holds(s, to, s->value[from] + (uint64_t)imm, number);
        if (to != ZERO)
            rp_note_address(s->sink, s->range, s->fn, s->value[to], 1);
    } else {
        s->fn->flags |= from == TP && to != TP ? RP_FN_TLS_LE : 0u;
        forget(s, to);
    }
}

/* add rd, rs1, rs2 */
static void add_registers(scan *s)
{
    unsigned to = rd(s), a = rs1(s), b = rs2(s);
    if (to == SP) {
        unsigned other = a == SP ? b : a;
        int64_t by = rp_sign_extend(s->value[other], s->wide ? 64 : 32);
        if (has(s->known, other) && by < 0)
            take_stack(s, 0 - (uint64_t)by);
        else
            give_back(s);
        if ((a == ZERO || b == ZERO) && other != S0 && !has(s->known, other))
            s->fn->flags |= RP_FN_FRAME | RP_FN_DYNAMIC_STACK; /* mv sp, x */
        return;
    }
    if (a == TP || b == TP) {
        unsigned other = a == TP ? b : a;
        s->fn->flags |= has(s->known, other)  ? RP_FN_TLS_LE
                        : has(s->slot, other) ? RP_FN_TLS_IE
                                              : 0u;
        forget(s, to);
        return;
    }
    if (a == ZERO && b != ZERO) { /* mv */
        uint32_t known = s->known >> b & 1u, upper = s->upper >> b & 1u, loaded = s->loaded >> b,
                 slot = s->slot >> b, entry = s->entry >> b, place = s->place >> b;
        forget(s, to);
        s->value[to] = s->value[b];
        s->known |= known << to;
        s->upper |= upper << to;
        s->loaded |= (loaded & 1u) << to;
        s->slot |= (slot & 1u) << to;
        s->entry |= (entry & 1u) << to;
        s->place |= (place & 1u) << to;
        return;
    }
    bool base_a = has(s->known, a), base_b = has(s->known, b);
    unsigned other = base_a ? b : a;
    uint64_t base = base_a ? s->value[a] : s->value[b];
    bool table = base_a != base_b && read_only(s, base), entry = table && has(s->entry, other);
    forget(s, to);
    s->entry |= (uint32_t)entry << to;
    s->place |= (uint32_t)(table && !entry) << to;
}

static void registers(scan *s)
{
    uint32_t kind = s->w & 0xfe007000;
    if (kind == 0) {
        add_registers(s);
    } else if (kind == 0x40000000 && rd(s) == SP && rs1(s) == SP) { /* sub sp, sp, x */
        if (has(s->known, rs2(s)))
            take_stack(s, s->value[rs2(s)]);
        else
            s->fn->flags |= RP_FN_FRAME | RP_FN_DYNAMIC_STACK;
    } else if (kind == 0x40000000 && rs1(s) == SP) { /* sub x, sp, y: end of a probe loop */
        s->limit = has(s->known, rs2(s)) ? (uint32_t)s->value[rs2(s)] : 0;
        forget(s, rd(s));
    } else if ((s->w & 0xfe001000) == 0x20000000 && funct3(s) != 0 && has(s->known, rs2(s)) &&
               read_only(s, s->value[rs2(s)])) { /* Zba: sh1add, sh2add, sh3add */
        forget(s, rd(s));
        s->place |= 1u << rd(s);
    } else {
        forget(s, rd(s));
    }
}

/* ---- memory ---- */

static void load(scan *s, bool floating)
{
    unsigned to = rd(s), base = rs1(s);
    int64_t imm = imm_i(s);
    bool pointer = funct3(s) == (s->wide ? 3 : 2) && !floating;
    if (base == GP && to == RA && pointer && imm < 0) { /* ld ra, -8(gp) */
        s->authenticated = true;
        return;
    }
    s->fn->flags |= base == TP ? RP_FN_TLS_LE : base != SP ? RP_FN_MEMORY : 0u;
    if (floating)
        return;
    bool known = has(s->known, base), entry = has(s->place, base);
    const rp_landmark *l =
        known ? rp_landmarks_find(&s->sink->landmarks, s->value[base] + (uint64_t)imm) : NULL;
    bool fixed = known && (l != NULL ? !rp_landmark_writable(l)
                                     : read_only(s, s->value[base] + (uint64_t)imm));
    forget(s, to);
    if (l != NULL)
        rp_note_landmark(s->sink, s->fn, l);
    if (l != NULL && l->id == RP_LM_LOCAL_SLOT)
        rp_note_slot(s->sink, l);
    s->ra_reloaded |= to == RA && base == SP && pointer;
    if (to == ZERO || !(pointer || entry))
        return;
    s->slot |= (uint32_t)fixed << to;
    s->entry |= (uint32_t)entry << to;
    s->loaded |= (uint32_t)(!fixed && !entry && base != SP && base != TP) << to;
}

static void note_probe(scan *s)
{
    s->fn->flags |= RP_FN_PROBE_INLINE;
    if (s->limit > s->taken && s->limit <= INT32_MAX && s->run <= INT32_MAX) {
        s->run += s->limit - s->taken;
        s->fn->frame = s->run > s->fn->frame ? s->run : s->fn->frame;
    }
    s->limit = 0;
}

static void store(scan *s, bool floating)
{
    unsigned base = rs1(s), from = rs2(s);
    int64_t imm = imm_s(s);
    bool pointer = funct3(s) == (s->wide ? 3 : 2) && !floating;
    if (base == GP && from == RA && pointer) {
        s->fn->flags |= imm < 0 ? RP_FN_SHADOW_STACK : 0u;
    } else if (base == SP) {
        s->fn->flags |= from == RA && pointer ? RP_FN_SPILLS_LR : 0u;
        if (from == ZERO && s->untouched >= s->sink->guard_size)
            note_probe(s); /* sd zero, (sp) */
        uint64_t left = imm > 0 ? (uint64_t)imm : 0;
        s->untouched = left < s->untouched ? (uint32_t)left : s->untouched;
    } else {
        s->fn->flags |= base == TP ? RP_FN_TLS_LE : RP_FN_MEMORY;
    }
}

static void system_instruction(scan *s)
{
    if (s->w == 0xce104073 || s->w == 0xce504073) { /* sspush x1, x5 */
        s->fn->flags |= RP_FN_SHADOW_STACK;
    } else if (s->w == 0xcdc0c073 || s->w == 0xcdc2c073) { /* sspopchk x1, x5 */
        s->authenticated = true;
    } else {
        forget(s, rd(s));
    }
}

/* lw t1, -4(reg); lui t2, hash; addiw t2, t2, hash; beq t1, t2, .+n; ebreak; jalr reg (LLVM,
 * RISCVAsmPrinter::LowerKCFI_CHECK). The offset of lw grows with patchable prefixes. */
static void kcfi(scan *s)
{
    unsigned op = s->w & 0x7fu, step = s->kcfi_step;
    s->kcfi_step = 0;
    if (op == 0x03 && funct3(s) == 2 && imm_i(s) < 0 && imm_i(s) >= -260 && rd(s) != ZERO) {
        s->kcfi_reg = rs1(s);
        s->kcfi_step = 1;
    } else if (step == 1 && op == 0x37) {
        s->hash = (uint32_t)imm_u(s);
        s->kcfi_step = 2;
    } else if (step == 2 && (op == 0x1b || op == 0x13) && funct3(s) == 0 && rd(s) == rs1(s)) {
        s->hash += (uint32_t)imm_i(s);
        s->kcfi_step = 3;
    } else if (step == 3 && op == 0x63 && funct3(s) == 0) {
        s->kcfi_step = 4;
    } else if (step == 4 && s->w == 0x00100073) {
        s->kcfi_step = 5;
    } else if (step == 2 && op == 0x63 && funct3(s) == 0) { /* low half zero */
        s->kcfi_step = 4;
    }
}

static void instruction(scan *s)
{
    switch (s->w & 0x7fu) {
    case 0x03:
        load(s, false);
        break;
    case 0x07:
        load(s, true);
        break;
    case 0x13:
        if (funct3(s) == 0) {
            add_immediate(s);
        } else if (rd(s) == SP && funct3(s) == 7) { /* andi sp, sp, -16 */
            break;
        } else {
            forget(s, rd(s));
        }
        break;
    case 0x1b: /* addiw after lui */
        if (funct3(s) == 0 && has(s->known, rs1(s)))
            holds(s, rd(s),
                  (uint64_t)(int64_t)(int32_t)(uint32_t)(s->value[rs1(s)] + (uint64_t)imm_i(s)),
                  true);
        else
            forget(s, rd(s));
        break;
    case 0x17: /* auipc; to x0: lpad */
        s->fn->flags |= rd(s) == ZERO && s->first ? RP_FN_LANDING : 0u;
        holds(s, rd(s), s->addr + imm_u(s), false);
        break;
    case 0x23:
        store(s, false);
        break;
    case 0x27:
        store(s, true);
        break;
    case 0x2f: /* atomics */
        s->fn->flags |= RP_FN_MEMORY;
        forget(s, rd(s));
        break;
    case 0x33:
        registers(s);
        break;
    case 0x37:
        holds(s, rd(s), imm_u(s), true);
        break;
    case 0x63: /* conditional */
        break;
    case 0x67:
        jump_register(s);
        break;
    case 0x6f:
        direct(s, s->addr + imm_j(s), rd(s) != ZERO);
        break;
    case 0x73:
        system_instruction(s);
        break;
    default:
        forget(s, rd(s));
    }
}

void rp_rv_scan(rp_code_sink *sink, const rp_code_range *range, bool wide, rp_fn_code *ret)
{
    *ret = (rp_fn_code){0};
    scan s = {.sink = sink, .range = range, .fn = ret, .wide = wide};
    const uint8_t *p = range->bytes.ptr;
    size_t at = 0, n = range->bytes.len;
    while (n - at >= 2) {
        uint32_t h = (uint32_t)p[at] | (uint32_t)p[at + 1] << 8, size = (h & 3u) == 3 ? 4 : 2;
        s.addr = range->start + at;
        s.first = at == 0;
        bool longer = (h & 0x1fu) == 0x1f; /* 48 bits and more: none is ratified */
        if (size > n - at || longer || h == 0) {
            ret->flags |= h != 0 ? RP_FN_BAD_CODE : 0u;
            sink->bad_bytes += h != 0 ? 2 : 0;
            at += 2;
            continue;
        }
        s.w = size == 4 ? h | (uint32_t)p[at + 2] << 16 | (uint32_t)p[at + 3] << 24
                        : rp_rv_expand(h, wide);
        instruction(&s);
        kcfi(&s);
        at += size;
        sink->instructions++;
    }
    sink->bytes += n;
    rp_note_thread_guard(ret);
    if (rp_note_unprobed(ret, sink->guard_size))
        ret->flags |= RP_FN_UNPROBED;
}
