/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sources: Intel SDM volume 2 (CALL, JMP, Jcc, LEA); Arm ARM, C6.2 (B, BL, ADR, ADRP) and F5.1 (BL,
 * B, BLX); RISC-V unprivileged ISA (JAL, JALR, AUIPC). */
#include "isa/calls_decode.h"

#include "base/numbers.h"
#include "isa/rv_scan.h"
#include "isa/x86_insn.h"

typedef struct {
    rp_target_fn give;
    void *user;
    uint64_t from; /* address of the instruction in hand */
    bool mode64;
    /* x86: the last register that an address or a word was loaded into */
    uint64_t held;
    rp_target_kind held_kind;
    unsigned held_reg, held_age; /* age: instructions since, 0 none */
} sink;

enum { HELD_MAX = 8 }; /* `mov rax, [slot]`, arguments, `call rax` */

static void offer(const sink *to, rp_target_kind kind, uint64_t addr)
{
    to->give(to->user, kind, addr, to->from);
}

/* ---- x86 ---- */

/* What a ModRM byte with a bare displacement names: relative to the next instruction in 64-bit
 * mode, absolute in 32-bit mode. */
static bool x86_place(const uint8_t *p, rp_x86_insn i, uint64_t next, bool mode64, uint64_t *ret)
{
    if (i.modrm == 0 || (p[i.modrm] & 0xc7u) != 5 || i.modrm + 5u > i.len)
        return false;
    *ret = (uint64_t)(int64_t)rp_x86_i32(p + i.modrm + 1);
    *ret = mode64 ? *ret + next : *ret & UINT32_MAX;
    return true;
}

/* A displacement and an index without a base: an item of a table whose place is known. */
static bool x86_indexed(const uint8_t *p, rp_x86_insn i, bool mode64, uint64_t *ret)
{
    if (i.modrm == 0 || (p[i.modrm] & 0xc7u) != 4 || i.modrm + 6u > i.len ||
        (p[i.modrm + 1] & 7u) != 5)
        return false;
    *ret = (uint64_t)(int64_t)rp_x86_i32(p + i.modrm + 2);
    *ret = mode64 ? *ret : *ret & UINT32_MAX;
    return true;
}

static bool x86_relative(const uint8_t *p, rp_x86_insn i, uint64_t next, uint64_t *ret)
{
    bool one = i.map == RP_X86_ONE, jcc = i.map == RP_X86_0F && (i.op & 0xf0u) == 0x80;
    bool near = jcc || (one && (i.op == 0xe8 || i.op == 0xe9));
    bool close = one && (i.op == 0xeb || (i.op & 0xf0u) == 0x70);
    if (near && i.len - i.imm == 4)
        *ret = next + (uint64_t)(int64_t)rp_x86_i32(p + i.imm);
    else if (close && i.len - i.imm == 1)
        *ret = next + rp_extend(p[i.imm], 8);
    else
        return false;
    return true;
}

/* What the code loaded into a register just before is called through it. */
static void x86_call_register(const uint8_t *p, rp_x86_insn i, sink *to)
{
    unsigned reg = p[i.modrm] >> 3 & 7u;
    if (to->held_age == 0 || (reg != 2 && reg != 4) || rp_x86_rm(p, i) != to->held_reg)
        return;
    offer(to, to->held_kind == RP_TARGET_LOAD ? RP_TARGET_SLOT : RP_TARGET_CALL, to->held);
    to->held_age = 0;
}

static void x86_hold(const uint8_t *p, rp_x86_insn i, rp_target_kind kind, uint64_t at, sink *to)
{
    offer(to, kind, at);
    to->held = at;
    to->held_kind = kind;
    to->held_reg = rp_x86_reg(p, i);
    to->held_age = 1;
}

static void x86_one(const uint8_t *p, rp_x86_insn i, uint64_t next, sink *to)
{
    uint64_t at;
    if (to->held_age != 0 && ++to->held_age > HELD_MAX)
        to->held_age = 0;
    if (i.vector != 0)
        return;
    if (x86_relative(p, i, next, &at)) {
        offer(to, RP_TARGET_CALL, to->mode64 ? at : at & UINT32_MAX);
        to->held_age = 0;
        return;
    }
    if (i.map != RP_X86_ONE)
        return;
    bool move = (i.op & 0xf8u) == 0xb8 || i.op == 0x68 || i.op == 0xc7;
    if (move && i.len - i.imm == 4) /* an address below 4 GiB */
        offer(to, RP_TARGET_ADDRESS, (uint32_t)rp_x86_i32(p + i.imm));
    if (i.op == 0xa1 && !to->mode64 && i.len >= 5) /* mov eax, moffs32 */
        offer(to, RP_TARGET_LOAD, (uint32_t)rp_x86_i32(p + i.len - 4));
    bool names = i.op == 0xff || i.op == 0x8d || i.op == 0x8b;
    if (i.op == 0xff && i.modrm != 0 && rp_x86_mod(p, i) == 3)
        x86_call_register(p, i, to);
    if (names && i.op != 0x8d && x86_indexed(p, i, to->mode64, &at))
        offer(to, RP_TARGET_LOAD, at);
    if (!names || !x86_place(p, i, next, to->mode64, &at))
        return;
    unsigned reg = p[i.modrm] >> 3 & 7u;
    if (i.op == 0x8d || i.op == 0x8b)
        x86_hold(p, i, i.op == 0x8d ? RP_TARGET_ADDRESS : RP_TARGET_LOAD, at, to);
    else if (reg == 2 || reg == 4)
        offer(to, RP_TARGET_SLOT, at);
    else
        offer(to, RP_TARGET_LOAD, at);
}

static void x86_targets(rp_bytes code, uint64_t addr, sink *to)
{
    for (size_t at = 0; at < code.len;) {
        const uint8_t *p = code.ptr + at;
        size_t left = code.len - at;
        rp_x86_insn i;
        to->from = addr + at;
        if (left < RP_X86_WINDOW || !rp_x86_decode_plain(p, to->mode64, &i))
            i = rp_x86_decode(p, left, to->mode64);
        if (i.len != 0 && i.len <= left)
            x86_one(p, i, addr + at + i.len, to);
        at += i.len != 0 ? i.len : 1;
    }
}

static void x86_64_targets(rp_bytes code, uint64_t addr, rp_target_fn give, void *user)
{
    x86_targets(code, addr, &(sink){.give = give, .user = user, .mode64 = true});
}

static void x86_32_targets(rp_bytes code, uint64_t addr, rp_target_fn give, void *user)
{
    x86_targets(code, addr, &(sink){.give = give, .user = user});
}

/* ---- AArch64 ---- */

/* Bases that code adds to: what adrp or auipc left in each register. */
typedef struct {
    uint64_t value[32];
    uint32_t known; /* bit per register */
} bases;

static void set_base(bases *b, unsigned reg, uint64_t value)
{
    b->value[reg] = value;
    b->known |= 1u << reg;
}

static void a64_one(uint32_t w, uint64_t pc, bases *b, const sink *to)
{
    unsigned rd = w & 31u, rn = w >> 5 & 31u;
    uint64_t imm21 = rp_extend((uint64_t)(w >> 5 & 0x7ffffu) << 2 | (w >> 29 & 3u), 21);
    bool known = (b->known >> rn & 1u) != 0;
    if ((w & 0x7c000000u) == 0x14000000u) { /* b, bl */
        offer(to, RP_TARGET_CALL, pc + rp_extend((uint64_t)w << 2, 28));
    } else if ((w & 0x9f000000u) == 0x90000000u) { /* adrp */
        set_base(b, rd, (pc & ~(uint64_t)0xfff) + (imm21 << 12));
        offer(to, RP_TARGET_PAGE, b->value[rd]);
    } else if ((w & 0x9f000000u) == 0x10000000u) { /* adr */
        offer(to, RP_TARGET_ADDRESS, pc + imm21);
    } else if ((w & 0xffc00000u) == 0x91000000u && known) { /* add xd, xn, #imm */
        offer(to, RP_TARGET_ADDRESS, b->value[rn] + (w >> 10 & 0xfffu));
        b->known &= ~(1u << rd);
    } else if ((w & 0xffc00000u) == 0xf9400000u && known) { /* ldr xt, [xn, #imm] */
        offer(to, RP_TARGET_LOAD, b->value[rn] + (w >> 10 & 0xfffu) * 8u);
        b->known &= ~(1u << rd);
    }
}

static void a64_targets(rp_bytes code, uint64_t addr, rp_target_fn give, void *user)
{
    sink to = {.give = give, .user = user, .mode64 = true};
    bases b = {.known = 0};
    for (size_t at = 0; at + 4 <= code.len; at += 4) {
        to.from = addr + at;
        a64_one(rp_le32(code.ptr + at), addr + at, &b, &to);
    }
}

/* ---- RISC-V ---- */

static void rv_one(uint32_t w, uint64_t pc, bases *b, const sink *to)
{
    unsigned rd = w >> 7 & 31u, rs1 = w >> 15 & 31u, funct3 = w >> 12 & 7u;
    uint64_t value = b->value[rs1] + rp_extend(w >> 20, 12);
    bool known = (b->known >> rs1 & 1u) != 0;
    uint32_t jump =
        (w >> 31) << 20 | (w >> 12 & 0xffu) << 12 | (w >> 20 & 1u) << 11 | (w >> 21 & 0x3ffu) << 1;
    switch (w & 0x7fu) {
    case 0x6f: /* jal */
        offer(to, RP_TARGET_CALL, pc + rp_extend(jump, 21));
        return;
    case 0x17: /* auipc */
        set_base(b, rd, pc + rp_extend(w & 0xfffff000u, 32));
        return;
    case 0x67: /* jalr */
        if (known)
            offer(to, RP_TARGET_CALL, value);
        return;
    case 0x13: /* addi */
        if (known && funct3 == 0)
            offer(to, RP_TARGET_ADDRESS, value);
        break;
    case 0x03: /* lw, ld */
        if (known && funct3 >= 2)
            offer(to, RP_TARGET_LOAD, value);
        break;
    default:
        return;
    }
    b->known &= ~(1u << rd);
}

static void rv_targets(rp_bytes code, uint64_t addr, sink *to)
{
    bases b = {.known = 0};
    for (size_t at = 0; at + 2 <= code.len;) {
        uint32_t half = rp_le16(code.ptr + at);
        bool small = (half & 3u) != 3;
        if (!small && at + 4 > code.len)
            return;
        uint32_t w = small ? rp_rv_expand(half, to->mode64) : rp_le32(code.ptr + at);
        to->from = addr + at;
        rv_one(w, addr + at, &b, to);
        at += small ? 2 : 4;
    }
}

static void rv64_targets(rp_bytes code, uint64_t addr, rp_target_fn give, void *user)
{
    rv_targets(code, addr, &(sink){.give = give, .user = user, .mode64 = true});
}

static void rv32_targets(rp_bytes code, uint64_t addr, rp_target_fn give, void *user)
{
    rv_targets(code, addr, &(sink){.give = give, .user = user});
}

/* ---- Arm ---- */

/* b, bl of any condition; blx to Thumb */
static void a32_targets(rp_bytes code, uint64_t addr, rp_target_fn give, void *user)
{
    for (size_t at = 0; at + 4 <= code.len; at += 4) {
        uint32_t w = rp_le32(code.ptr + at);
        if ((w >> 25 & 7u) == 5)
            give(user, RP_TARGET_CALL,
                 (addr + at + 8 + rp_extend((uint64_t)w << 2, 26) +
                  (w >> 28 == 15 ? (w >> 23 & 2u) : 0)) &
                     UINT32_MAX,
                 addr + at);
    }
}

/* b.w, bl: 11110 S imm10, 1 x J1 1 J2 imm11; blx: bit 12 of the second half is clear */
static void t32_targets(rp_bytes code, uint64_t addr, rp_target_fn give, void *user)
{
    for (size_t at = 0; at + 4 <= code.len;) {
        uint32_t a = rp_le16(code.ptr + at), b = rp_le16(code.ptr + at + 2);
        bool wide = (a & 0xe000u) == 0xe000u && (a & 0x1800u) != 0;
        bool exchange = (b & 0xd000u) == 0xc000u;
        bool jump = (a & 0xf800u) == 0xf000u && ((b & 0x9000u) == 0x9000u || exchange);
        if (jump) {
            uint32_t s = a >> 10 & 1u;
            uint32_t i1 = ~((b >> 13) ^ s) & 1u, i2 = ~((b >> 11) ^ s) & 1u;
            uint64_t v = s << 24 | i1 << 23 | i2 << 22 | (a & 0x3ffu) << 12 | (b & 0x7ffu) << 1;
            uint64_t from = exchange ? (addr + at + 4) & ~(uint64_t)3 : addr + at + 4;
            give(user, RP_TARGET_CALL, (from + rp_extend(v, 25)) & UINT32_MAX, addr + at);
        }
        at += wide ? 4 : 2;
    }
}

rp_targets_fn rp_targets_of(const rp_image *img, bool thumb)
{
    if (img->big)
        return NULL;
    switch (img->arch) {
    case RP_ARCH_X86_64:
        return x86_64_targets;
    case RP_ARCH_X86:
        return x86_32_targets;
    case RP_ARCH_AARCH64:
        return a64_targets;
    case RP_ARCH_ARM:
        return thumb ? t32_targets : a32_targets;
    case RP_ARCH_RISCV:
        return img->bits == 64 ? rv64_targets : rv32_targets;
    default:
        return NULL;
    }
}
