/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/runtime_code.h"

#include "base/numbers.h"
#include "isa/x86_insn.h"
#include "obj/pe.h"

#include <stdlib.h>

enum { LEAST_BYTES = 24, LEAST_INSNS = 8, MOST_BYTES = 8192, WORD = 4 };
#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static const uint64_t x64_shapes[] = {
#include "origin/msvc_runtime.inc"
};
static const uint64_t x86_shapes[] = {
#include "origin/msvc_runtime_x86.inc"
};
static const uint64_t a64_shapes[] = {
#include "origin/msvc_runtime_a64.inc"
};

static uint64_t add(uint64_t hash, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * FNV_PRIME;
    return hash;
}

/* Without the word at `hole`; a hole at the end is none. */
static uint64_t add_around(uint64_t hash, const uint8_t *p, size_t n, size_t hole)
{
    hash = add(hash, p, hole < n ? hole : n);
    return hole < n ? add(hash, p + hole + WORD, n - hole - WORD) : hash;
}

/* ---- x86 ---- */

/* call, jmp and jcc with 32 bits */
static bool branches_far(const rp_x86_insn *i)
{
    if (i->len - i->imm != WORD)
        return false;
    if (i->map == RP_X86_ONE)
        return i->op == 0xe8 || i->op == 0xe9;
    return i->map == RP_X86_0F && (i->op & 0xf0u) == 0x80;
}

static size_t x64_hole(const uint8_t *p, const rp_x86_insn *i)
{
    if (branches_far(i))
        return i->imm;
    bool relative = i->modrm != 0 && (p[i->modrm] & 0xc7u) == 5; /* [rip + disp32] */
    return relative ? i->modrm + 1u : i->len;
}

static bool is_address(const uint8_t *p, rp_code_home home)
{
    uint32_t word = rp_le32(p);
    return word >= home.low && word < home.high;
}

/* Displacement and immediate may both be addresses: `from` is where the first one ends. */
static size_t x86_hole(const uint8_t *p, const rp_x86_insn *i, rp_code_home home, size_t from)
{
    if (branches_far(i))
        return i->imm;
    bool displaced = i->modrm != 0 && i->imm >= i->modrm + 1u + WORD;
    if (displaced && from <= i->imm - (size_t)WORD && is_address(p + i->imm - WORD, home))
        return i->imm - (size_t)WORD;
    bool immediate = i->len - i->imm == WORD && is_address(p + i->imm, home);
    return immediate && from <= i->imm ? i->imm : i->len;
}

static uint64_t add_x86(uint64_t hash, const uint8_t *p, const rp_x86_insn *i, rp_code_home home)
{
    for (size_t from = 0; from < i->len;) {
        size_t hole = x86_hole(p, i, home, from);
        hash = add(hash, p + from, hole - from);
        from = hole + WORD;
    }
    return hash;
}

static uint64_t x86_shape(rp_bytes code, rp_code_home home)
{
    bool mode64 = home.arch == RP_ARCH_X86_64;
    uint64_t hash = FNV_START;
    unsigned n = 0;
    for (size_t at = 0; at < code.len; n++) {
        const uint8_t *p = code.ptr + at;
        rp_x86_insn i = rp_x86_decode(p, code.len - at, mode64);
        if (i.len == 0)
            return 0;
        hash = mode64 ? add_around(hash, p, i.len, x64_hole(p, &i)) : add_x86(hash, p, &i, home);
        at += i.len;
    }
    return n >= LEAST_INSNS ? hash : 0;
}

/* ---- AArch64 ---- */

/* The bits of a word that no linker changes; *pages: registers that adrp ever filled. */
static uint32_t a64_kept(uint32_t word, uint32_t *pages)
{
    bool of_page = (*pages >> (word >> 5 & 31u) & 1u) != 0;
    if ((word & 0x7c000000u) == 0x14000000u) /* b, bl */
        return 0xfc000000u;
    if ((word & 0x9f000000u) == 0x90000000u) { /* adrp */
        *pages |= 1u << (word & 31u);
        return 0x9f00001fu;
    }
    bool add = (word & 0x7fc00000u) == 0x11000000u;
    bool access = (word & 0x3b000000u) == 0x39000000u; /* ldr, str, unsigned offset */
    return of_page && (add || access) ? 0xffc003ffu : 0xffffffffu;
}

static uint64_t a64_shape(rp_bytes code)
{
    uint64_t hash = FNV_START;
    uint32_t pages = 0;
    if (code.len % WORD != 0)
        return 0;
    for (size_t at = 0; at < code.len; at += WORD) {
        uint32_t word = rp_le32(code.ptr + at), kept = word & a64_kept(word, &pages);
        const uint8_t bytes[] = {(uint8_t)kept, (uint8_t)(kept >> 8), (uint8_t)(kept >> 16),
                                 (uint8_t)(kept >> 24)};
        hash = add(hash, bytes, sizeof bytes);
    }
    return code.len / WORD >= LEAST_INSNS ? hash : 0;
}

/* ---- */

rp_code_home rp_code_home_of(const rp_image *img)
{
    uint64_t base = img->pe->image_base;
    return (rp_code_home){img->arch, base, base + img->pe->image_size};
}

uint64_t rp_code_shape(rp_bytes code, rp_code_home home)
{
    if (code.len < LEAST_BYTES || code.len > MOST_BYTES)
        return 0;
    if (home.arch == RP_ARCH_AARCH64)
        return a64_shape(code);
    bool x86 = home.arch == RP_ARCH_X86_64 || home.arch == RP_ARCH_X86;
    return x86 ? x86_shape(code, home) : 0;
}

static bool among(const uint64_t *shapes, size_t n, uint64_t shape)
{
    return bsearch(&shape, shapes, n, sizeof *shapes, rp_ascending_u64) != NULL;
}

bool rp_is_msvc_runtime(rp_arch arch, uint64_t shape)
{
    if (shape == 0)
        return false;
    if (arch == RP_ARCH_X86)
        return among(x86_shapes, RP_COUNT(x86_shapes), shape);
    if (arch == RP_ARCH_AARCH64)
        return among(a64_shapes, RP_COUNT(a64_shapes), shape);
    return arch == RP_ARCH_X86_64 && among(x64_shapes, RP_COUNT(x64_shapes), shape);
}
