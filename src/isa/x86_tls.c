/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/x86_tls.h"

#include "isa/code.h"
#include "isa/x86_insn.h"

enum { NEAR = 8, SP = 4 };

/* x86-64: general dynamic pads the sequence with prefixes, so that it is as long as what linkers
 * relax it to: 66 lea …; 66 66 48 call, or 66 48 call *slot. i386: its lea has no base register
 * (lea x@tlsgd(,%ebx), %eax) or its call goes through the GOT. */
uint32_t rp_x86_tls_call(rp_bytes code, size_t at, unsigned len, bool mode64)
{
    const uint8_t *p = code.ptr + at;
    if (mode64)
        return (len > 1 && p[0] == 0x66) || len == 7 ? RP_FN_TLS_GD : RP_FN_TLS_LD;
    bool index = at >= 7 && p[-7] == 0x8d && p[-6] == 0x04 && (p[-5] & 0xc7u) == 5;
    return index || p[0] == 0xff ? RP_FN_TLS_GD : RP_FN_TLS_LD;
}

typedef struct {
    const uint8_t *p;
    rp_x86_insn i;
} insn;

static insn at(rp_bytes code, const uint32_t *trail, uint32_t index, bool mode64)
{
    const uint8_t *p = code.ptr + trail[index];
    return (insn){p, rp_x86_decode(p, code.len - trail[index], mode64)};
}

static bool plain(const insn *x, uint8_t op)
{
    return x->i.len != 0 && x->i.map == RP_X86_ONE && x->i.vector == 0 && x->i.op == op;
}

/* The bytes that ModRM's fields ask for are there, too: 16-bit addresses are shorter, and moves of
 * control registers have none. */
static bool in_memory(const insn *x)
{
    unsigned bytes = rp_x86_modrm_bytes[x->p[x->i.modrm]] & 0x7fu;
    return x->i.modrm != 0 && rp_x86_mod(x->p, x->i) != 3 && x->i.modrm + bytes <= x->i.len;
}

/* Base register of a memory operand with a displacement below 0, or 16. */
static unsigned below(const insn *x)
{
    if (!in_memory(x) || rp_x86_mod(x->p, x->i) == 0)
        return 16;
    const uint8_t *m = x->p + x->i.modrm;
    bool sib = (m[0] & 7u) == SP;
    int32_t disp = (m[0] >> 6) == 1 ? (int8_t)m[1 + sib] : rp_x86_i32(m + 1 + sib);
    unsigned base = sib ? (m[1] & 7u) | (x->i.rex & 1u) << 3 : rp_x86_rm(x->p, x->i);
    return disp < 0 ? base : 16;
}

/* A fixed address, [rip+d] or [d]: where a slot would be. */
static bool from_slot(const insn *x)
{
    return in_memory(x) && (x->p[x->i.modrm] & 0xc7u) == 5;
}

/* A slot of position-independent i386 code: at an offset from the GOT's address. */
static bool from_got(const insn *x, bool mode64)
{
    return !mode64 && in_memory(x) && rp_x86_mod(x->p, x->i) == 2;
}

/* What this instruction tells of the offset that it puts into, or adds to, `reg`. */
static uint32_t source_of(const insn *x, unsigned reg, bool mode64)
{
    bool loads = plain(x, 0x8b) || plain(x, 0x03) || plain(x, 0x2b);
    if (loads && rp_x86_reg(x->p, x->i) == reg)
        return from_slot(x) || from_got(x, mode64) ? RP_FN_TLS_IE : 0;
    if (plain(x, 0xc7) && !in_memory(x) && rp_x86_rm(x->p, x->i) == reg)
        return RP_FN_TLS_LE;
    if (!mode64 && plain(x, 0x8d) && from_slot(x) && rp_x86_reg(x->p, x->i) == reg)
        return RP_FN_TLS_LE; /* lea reg, [constant] */
    if (x->i.map == RP_X86_ONE && (x->i.op & 0xf8u) == 0xb8 && x->i.vector == 0 &&
        ((x->i.op & 7u) | (x->i.rex & 1u) << 3) == reg)
        return RP_FN_TLS_LE;
    return 0;
}

static bool calls(const insn *x)
{
    return plain(x, 0xe8) || (plain(x, 0xff) && (x->p[x->i.modrm] >> 3 & 7u) == 2);
}

/* add reg, constant */
static bool adds(const insn *x, unsigned reg)
{
    if (plain(x, 0x05))
        return reg == 0;
    return (plain(x, 0x81) || plain(x, 0x83)) && !in_memory(x) &&
           (x->p[x->i.modrm] >> 3 & 7u) == 0 && rp_x86_rm(x->p, x->i) == reg;
}

/* Where the offset in `reg` came from. What a call returned is a dynamic model's. */
static uint32_t before(rp_bytes code, const uint32_t *trail, uint32_t index, unsigned reg,
                       bool mode64, int64_t *ret_offset)
{
    for (uint32_t k = 1; k <= NEAR && k <= index; k++) {
        insn x = at(code, trail, index - k, mode64);
        uint32_t model = source_of(&x, reg, mode64);
        if (plain(&x, 0xc7))
            *ret_offset = rp_x86_i32(x.p + x.i.imm);
        if (model != 0 || calls(&x))
            return model;
    }
    return 0;
}

/* Base or index of a memory operand. */
static bool uses(const insn *x, unsigned reg)
{
    if (!in_memory(x))
        return false;
    const uint8_t *m = x->p + x->i.modrm;
    if ((m[0] & 7u) != SP)
        return rp_x86_rm(x->p, x->i) == reg;
    return ((m[1] & 7u) | (x->i.rex & 1u) << 3) == reg ||
           ((m[1] >> 3 & 7u) | (x->i.rex & 2u) << 2) == reg;
}

/* What is done with the thread pointer in `reg`. */
static uint32_t after(rp_bytes code, const uint32_t *trail, uint32_t n, uint32_t index,
                      unsigned reg, bool mode64)
{
    for (uint32_t k = 1; k <= NEAR && index + k < n; k++) {
        insn x = at(code, trail, index + k, mode64);
        if (below(&x) == reg || adds(&x, reg))
            return RP_FN_TLS_LE;
        uint32_t model = plain(&x, 0x8b) ? 0 : source_of(&x, reg, mode64);
        if (model != 0)
            return model;
        if (plain(&x, 0x8d) && uses(&x, reg))
            reg = rp_x86_reg(x.p, x.i); /* lea with an index: the offset comes later */
        else if ((plain(&x, 0x8b) || plain(&x, 0x8d)) && rp_x86_reg(x.p, x.i) == reg)
            return 0;
    }
    return 0;
}

uint32_t rp_x86_tls_use(rp_bytes code, const uint32_t *trail, uint32_t n, uint32_t index,
                        bool mode64, int64_t *ret_offset)
{
    insn x = at(code, trail, index, mode64);
    const uint8_t *m = x.p + x.i.modrm;
    if (x.i.modrm == 0) /* mov eax, gs:[0] */
        return after(code, trail, n, index, 0, mode64);
    if (!in_memory(&x))
        return 0;
    bool no_base = mode64 ? (m[0] & 0xc7u) == 4 && m[1] == 0x25 : (m[0] & 0xc7u) == 5;
    if (no_base && plain(&x, 0x8b))
        return after(code, trail, n, index, rp_x86_reg(x.p, x.i), mode64);
    if (no_base) /* add reg, fs:[0]: the offset was there first */
        return before(code, trail, index, rp_x86_reg(x.p, x.i), mode64, ret_offset);
    bool sib = (m[0] & 7u) == SP;
    unsigned base = sib ? (m[1] & 7u) | (x.i.rex & 1u) << 3 : rp_x86_rm(x.p, x.i);
    return before(code, trail, index, base, mode64, ret_offset);
}
