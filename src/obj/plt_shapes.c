/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/plt_shapes.h"

typedef struct {
    uint32_t mask, value;
} word_pattern;

/* Whether the code begins with little-endian words of these patterns. */
static bool words(rp_bytes code, const word_pattern *patterns, size_t n)
{
    rp_reader r = rp_reader_of(code, 0, false);
    for (size_t i = 0; i < n; i++) {
        uint32_t word = rp_u32(&r);
        if (r.bad || (word & patterns[i].mask) != patterns[i].value)
            return false;
    }
    return true;
}

#define WORDS(code, patterns) words(code, patterns, RP_COUNT(patterns))

static bool has(rp_bytes code, size_t at, const char *text, size_t len)
{
    return code.len >= at && code.len - at >= len && memcmp(code.ptr + at, text, len) == 0;
}

/* push GOT[1]; [bnd] jmp *GOT[2] */
static bool x86_head(rp_bytes code)
{
    bool push = has(code, 0, "\xff\x35", 2) || has(code, 0, "\xff\xb3", 2);
    size_t at = has(code, 6, "\xf2", 1) ? 7 : 6;
    return push && (has(code, at, "\xff\x25", 2) || has(code, at, "\xff\xa3", 2));
}

/* [endbr] [bnd] jmp *slot, or endbr; push index; jmp head: padded to 8 or 16 bytes, which call
 * frames of a linker cover. */
static bool x86_entry(rp_bytes code, uint64_t size)
{
    bool endbr = has(code, 0, "\xf3\x0f\x1e\xfa", 4) || has(code, 0, "\xf3\x0f\x1e\xfb", 4);
    size_t at = endbr ? 4 : 0;
    if (endbr && has(code, at, "\x68", 1))
        return has(code, at + 5, "\xe9", 1) || has(code, at + 5, "\xf2\xe9", 2);
    at += has(code, at, "\xf2", 1);
    return size % 8 == 0 && (has(code, at, "\xff\x25", 2) || has(code, at, "\xff\xa3", 2));
}

/* [bti c]; stp x16, x30, [sp, #-16]!; adrp x16, or adrp x16; ldr x17, [x16, …]; add x16; br x17 */
static bool a64(rp_bytes code)
{
    static const word_pattern head[] = {{~0u, 0xa9bf7bf0}, {0x9f00001f, 0x90000010}};
    static const word_pattern entry[] = {{0x9f00001f, 0x90000010},
                                         {0xbfc003ff, 0xb9400211},
                                         {0xff8003ff, 0x91000210},
                                         {~0u, 0xd61f0220}};
    static const word_pattern pad[] = {{~0u, 0xd503245f}};
    rp_bytes rest = WORDS(code, pad) ? (rp_bytes){code.ptr + 4, code.len - 4} : code;
    return WORDS(rest, head) || WORDS(rest, entry);
}

/* push {lr}, then lr from pc; add ip, pc; add ip, ip; ldr pc, [ip, …]!, or Thumb's way there */
static bool arm(rp_bytes code)
{
    static const word_pattern gnu[] = {{~0u, 0xe52de004}, {~0u, 0xe59fe004}};
    static const word_pattern llvm[] = {{~0u, 0xe52de004}, {0xfffff000, 0xe28fe000}};
    static const word_pattern entry[] = {
        {0xfffff000, 0xe28fc000}, {0xfffff000, 0xe28cc000}, {0xfffff000, 0xe5bcf000}};
    static const word_pattern thumb[] = {{~0u, 0x46c04778}, {0xfffff000, 0xe28fc000}};
    return WORDS(code, gnu) || WORDS(code, llvm) || WORDS(code, entry) || WORDS(code, thumb);
}

/* auipc t2; sub t1, t1, t3, or auipc t3; l[wd] t3, …(t3); jalr t1, t3 */
static bool riscv(rp_bytes code)
{
    static const word_pattern head[] = {{0xfff, 0x397}, {~0u, 0x41c30333}};
    static const word_pattern entry[] = {{0xfff, 0xe17}, {0xfefff, 0xe2e03}, {~0u, 0x000e0367}};
    return WORDS(code, head) || WORDS(code, entry);
}

bool rp_plt_shape(rp_arch arch, rp_bytes code, uint64_t size)
{
    switch (arch) {
    case RP_ARCH_X86:
    case RP_ARCH_X86_64:
        return x86_head(code) || x86_entry(code, size);
    case RP_ARCH_AARCH64:
        return a64(code);
    case RP_ARCH_ARM:
        return arm(code);
    case RP_ARCH_RISCV:
        return riscv(code);
    default:
        return false;
    }
}
