/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/numbers.h"
#include "isa/runtime_shapes.h"

static uint32_t word_at(rp_bytes b, size_t at)
{
    rp_reader r = rp_reader_of(b, 0, false);
    rp_seek(&r, at);
    return rp_u32(&r);
}

static bool starts(rp_bytes b, const char *text, size_t len)
{
    return b.len >= len && memcmp(b.ptr, text, len) == 0;
}

#define STARTS(b, text) starts((b), (text), sizeof(text) - 1)

/* Is `text` among the first `within` bytes? */
static bool has(rp_bytes b, rp_str text, size_t within)
{
    rp_bytes head = {b.ptr, b.len < within ? b.len : within};
    return rp_bytes_find(head, text) != SIZE_MAX;
}

/* The size is in rax. MSVC's reads the stack's limit from the TEB; mingw's and compiler-rt's counts
 * down from rsp in pages and touches each. */
static bool chkstk_x64(rp_bytes b)
{
    bool microsoft =
        STARTS(b, "\x48\x83\xec\x10\x4c\x89\x14\x24") &&      /* sub rsp,16; mov [rsp],r10 */
        has(b, RP_STR("\x65\x4c\x8b\x1c\x25\x10\0\0\0"), 64); /* mov r11, gs:[10h] */
    bool gnu = STARTS(b, "\x51\x50\x48\x3d\0\x10\0\0") && /* push rcx; push rax; cmp rax, 1000h */
               has(b, RP_STR("\x48\x81\xe9\0\x10\0\0"), 64); /* sub rcx, 1000h */
    return microsoft || gnu;
}

static bool chkstk_x86(rp_bytes b)
{
    /* push ecx; lea ecx, [esp+n]; sub ecx, eax; sbb eax, eax; not eax; and ecx, eax */
    bool microsoft =
        STARTS(b, "\x51\x8d\x4c\x24") && has(b, RP_STR("\x2b\xc8\x1b\xc0\xf7\xd0\x23\xc8"), 24);
    bool gnu = STARTS(b, "\x51\x50\x3d\0\x10\0\0") && /* push ecx; push eax; cmp eax, 1000h */
               has(b, RP_STR("\x81\xe9\0\x10\0\0"), 64);
    bool plain = STARTS(b, "\x51\x3d\0\x10\0\0") && has(b, RP_STR("\x81\xe9\0\x10\0\0"), 64);
    return microsoft || gnu || plain;
}

/* The size in units of 16 bytes is in x15: "subs xN, sp, x15, uxtx #4" in Microsoft's, "lsl xN,
 * x15, #4" in compiler-rt's. */
static bool chkstk_a64(rp_bytes b)
{
    for (size_t at = 0; at < 16 && at + 4 <= b.len; at += 4) {
        uint32_t w = word_at(b, at);
        if ((w & 0xffffffe0u) == 0xeb2f73e0 || (w & 0xffffffe0u) == 0xd37cede0)
            return true;
        if (w == 0xd65f03c0 || w >> 26 == 5) /* ret, b: what follows is the next function's */
            return false;
    }
    return false;
}

/* cmp rcx, [cookie]; jne */
static bool cookie_x64(rp_bytes b, uint64_t addr, uint64_t cookie)
{
    if (b.len < 9 || !STARTS(b, "\x48\x3b\x0d"))
        return false;
    return addr + 7 + (uint64_t)(int64_t)(int32_t)word_at(b, 3) == cookie &&
           (b.ptr[7] == 0x75 || (b.ptr[7] == 0xf2 && b.ptr[8] == 0x75));
}

/* cmp ecx, [cookie]; jne */
static bool cookie_x86(rp_bytes b, uint64_t cookie)
{
    return b.len >= 8 && STARTS(b, "\x3b\x0d") && word_at(b, 2) == cookie &&
           (b.ptr[6] == 0x75 || b.ptr[6] == 0xf2);
}

/* The page that adrp at `addr` forms; *ret_reg gets its register. */
static bool adrp(uint32_t w, uint64_t addr, unsigned *ret_reg, uint64_t *ret)
{
    if ((w & 0x9f000000u) != 0x90000000u)
        return false;
    int64_t pages = rp_sign_extend((w >> 5 & 0x7ffffu) << 2 | (w >> 29 & 3u), 21);
    *ret_reg = w & 31u;
    *ret = (addr & ~(uint64_t)4095) + (uint64_t)(pages * 4096);
    return true;
}

/* adrp xN, page; ldr xM, [xN, #offset]; cmp x0, xM (or xM, x0) */
static bool cookie_a64(rp_bytes b, uint64_t addr, uint64_t cookie)
{
    uint64_t page;
    unsigned reg;
    if (b.len < 16 || !adrp(word_at(b, 0), addr, &reg, &page))
        return false;
    uint32_t load = word_at(b, 4), cmp = word_at(b, 8);
    bool loads = (load & 0xffc00000u) == 0xf9400000u && (load >> 5 & 31u) == reg;
    bool compares = (cmp & 0xffe0fc1fu) == 0xeb00001fu;
    return loads && compares && page + (load >> 10 & 0xfffu) * 8 == cookie;
}

rp_landmark_id rp_runtime_shape(rp_arch arch, uint64_t addr, rp_bytes bytes, uint64_t cookie)
{
    bool probes = false, compares = false;
    switch (arch) {
    case RP_ARCH_X86_64:
        probes = chkstk_x64(bytes);
        compares = cookie != 0 && cookie_x64(bytes, addr, cookie);
        break;
    case RP_ARCH_X86:
        probes = chkstk_x86(bytes);
        compares = cookie != 0 && cookie_x86(bytes, cookie);
        break;
    case RP_ARCH_AARCH64:
        probes = chkstk_a64(bytes);
        compares = cookie != 0 && cookie_a64(bytes, addr, cookie);
        break;
    default:
        break;
    }
    return probes ? RP_LM_CHKSTK : compares ? RP_LM_STACK_CHK_FAIL : RP_LM_NONE;
}

bool rp_runtime_thunk(rp_arch arch, uint64_t addr, rp_bytes bytes, uint64_t *ret)
{
    if ((arch == RP_ARCH_X86_64 || arch == RP_ARCH_X86) && STARTS(bytes, "\xff\x25") &&
        bytes.len >= 6) {
        uint32_t disp = word_at(bytes, 2);
        *ret = arch == RP_ARCH_X86 ? disp : addr + 6 + (uint64_t)(int64_t)(int32_t)disp;
        return true;
    }
    unsigned reg;
    uint64_t page;
    if (arch != RP_ARCH_AARCH64 || bytes.len < 12 || !adrp(word_at(bytes, 0), addr, &reg, &page))
        return false;
    uint32_t load = word_at(bytes, 4);
    if ((load & 0xffc00000u) != 0xf9400000u || (load >> 5 & 31u) != reg)
        return false;
    *ret = page + (load >> 10 & 0xfffu) * 8;
    return true;
}
