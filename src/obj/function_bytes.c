/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the bytes of code themselves tell of functions' extents: padding, slots of jump tables, ARM
 * or Thumb. Code is little-endian on all machines looked at here (ARM: BE8, AArch64: always). */
#include "base/numbers.h"
#include "base/search.h"
#include "obj/function_sources.h"

#include <stdlib.h>

/* ---- padding ---- */

enum { TAIL = 64, MAX_TRIM = 4096 };

/* No-ops that assemblers and linkers fill with ("Intel SDM, NOP"; GNU as' i386 table), longest
 * first. Prefixes 66 and 2e before the long form are cut one by one. */
static const struct {
    uint8_t len, bytes[9];
} x86_nops[] = {
    {9, {0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0}},
    {8, {0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0}},
    {8, {0x2e, 0x8d, 0xb4, 0x26, 0, 0, 0, 0}},
    {7, {0x0f, 0x1f, 0x80, 0, 0, 0, 0}},
    {7, {0x8d, 0xb4, 0x26, 0, 0, 0, 0}},
    {6, {0x66, 0x0f, 0x1f, 0x44, 0, 0}},
    {6, {0x8d, 0xb6, 0, 0, 0, 0}},
    {5, {0x0f, 0x1f, 0x44, 0, 0}},
    {4, {0x0f, 0x1f, 0x40, 0}},
    {4, {0x8d, 0x74, 0x26, 0}},
    {3, {0x0f, 0x1f, 0}},
    {3, {0x8d, 0x76, 0}},
    {2, {0x66, 0x90}},
};

size_t rp_fn_x86_padding(rp_bytes code)
{
    size_t n = 0;
    while (n < code.len) {
        const uint8_t *end = code.ptr + (code.len - n);
        size_t left = code.len - n, one = 0;
        if (end[-1] == 0xcc || end[-1] == 0x90)
            one = 1;
        for (size_t i = 0; i < RP_COUNT(x86_nops); i++)
            if (left >= x86_nops[i].len &&
                memcmp(end - x86_nops[i].len, x86_nops[i].bytes, x86_nops[i].len) == 0) {
                one = x86_nops[i].len;
                while (one < left && one < 15 &&
                       (end[-1 - (ptrdiff_t)one] == 0x66 || end[-1 - (ptrdiff_t)one] == 0x2e))
                    one++;
                break;
            }
        if (one == 0)
            break;
        n += one;
    }
    return n;
}

size_t rp_fn_x86_no_op(rp_bytes code)
{
    size_t n = 0;
    while (n < code.len && n < 15 && (code.ptr[n] == 0x66 || code.ptr[n] == 0x2e))
        n++;
    if (n < code.len && code.ptr[n] == 0x90)
        return n + 1;
    for (size_t i = 0; i < RP_COUNT(x86_nops); i++)
        if (code.len - n >= x86_nops[i].len &&
            memcmp(code.ptr + n, x86_nops[i].bytes, x86_nops[i].len) == 0)
            return n + x86_nops[i].len;
    return 0;
}

static bool padding_word(rp_arch arch, bool thumb, uint32_t w, unsigned *ret_width)
{
    *ret_width = 4;
    switch (arch) {
    case RP_ARCH_AARCH64: /* nop; udf #0 */
        return w == 0xd503201fu || w == 0;
    case RP_ARCH_RISCV: /* nop, c.nop; zero is no instruction */
        if (w == 0x00000013u || w == 0)
            return true;
        *ret_width = 2;
        return w >> 16 == 0x0001u;
    case RP_ARCH_ARM:
        if (w == 0)
            return true;
        if (!thumb) /* nop, mov r0, r0 */
            return w == 0xe320f000u || w == 0xe1a00000u;
        *ret_width = 2; /* nop, mov r8, r8 */
        return w >> 16 == 0xbf00u || w >> 16 == 0x46c0u;
    default:
        return false;
    }
}

static size_t word_padding(rp_arch arch, bool thumb, rp_bytes code)
{
    size_t n = 0;
    unsigned width;
    while (code.len - n >= 4 &&
           padding_word(arch, thumb, rp_le32(code.ptr + code.len - n - 4), &width))
        n += width;
    return n;
}

static size_t padding(rp_arch arch, bool thumb, rp_bytes code)
{
    if (arch == RP_ARCH_X86 || arch == RP_ARCH_X86_64)
        return rp_fn_x86_padding(code);
    return word_padding(arch, thumb, code);
}

uint64_t rp_fn_padding(rp_fn_builder *b, const rp_function *f)
{
    uint64_t end = f->end;
    while (end > f->start && f->end - end < MAX_TRIM) {
        uint8_t tail[TAIL];
        uint64_t len = end - f->start < TAIL ? end - f->start : TAIL;
        if (rp_source_copy(b->img->src, f->at + (end - len - f->start), tail, (size_t)len) != len)
            break;
        size_t n = padding(b->img->arch, f->thumb, (rp_bytes){tail, (size_t)len});
        end -= n;
        if (n == 0 || n + 16 < len) /* what is left is code */
            break;
    }
    return f->end - end;
}

uint64_t rp_fn_trim(rp_fn_builder *b, const rp_function *f)
{
    uint64_t end = f->end - rp_fn_padding(b, f);
    /* a function of nothing but padding keeps its bytes */
    return end > f->start ? end : f->end;
}

/* ---- slots of CFI jump tables ---- */

/* The slot's length in bytes and the address it jumps to; 0 when the bytes are no slot. */
static unsigned x86_slot(const uint8_t *p, uint64_t addr, uint64_t *ret_to)
{
    static const uint8_t endbr[] = {0xf3, 0x0f, 0x1e, 0xfa};
    unsigned landing = memcmp(p, endbr, 4) == 0 ? 4 : 0, len = landing ? 16 : 8;
    if (p[landing] != 0xe9)
        return 0;
    for (unsigned i = landing + 5; i < len; i++)
        if (p[i] != 0xcc)
            return 0;
    uint32_t rel = rp_le32(p + landing + 1);
    *ret_to = addr + landing + 5 + rel - ((uint64_t)(rel >> 31) << 32);
    return len;
}

static unsigned a64_slot(const uint8_t *p, uint64_t addr, uint64_t *ret_to)
{
    unsigned landing = rp_le32(p) == 0xd503245fu ? 4 : 0; /* bti c */
    uint32_t w = rp_le32(p + landing);
    if (w >> 26 != 5)
        return 0;
    uint64_t rel = ((uint64_t)(w & 0x3ffffffu) ^ 0x2000000u) - 0x2000000u;
    *ret_to = addr + landing + rel * 4;
    return landing + 4;
}

static bool starts_at(const rp_function_list *fns, uint32_t n, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, n, fns->items[low].start < addr);
    return low < n && fns->items[low].start == addr;
}

typedef struct {
    rp_fn_builder *b;
    rp_function_list *fns;
    uint32_t known; /* functions before slots were added */
    uint8_t *buf;   /* a window that slides over the code; gaps come in its order */
    uint64_t at;    /* file offset of buf[0] */
    size_t len;
} tables;

enum { WINDOW = 1 << 18 };

/* As many bytes of [at, at + len) as the window holds at once. */
static rp_bytes window(tables *t, const rp_fn_area *a, uint64_t at, uint64_t len)
{
    if (len > WINDOW)
        len = WINDOW;
    if (at < t->at || at - t->at > t->len || len > t->len - (at - t->at)) {
        uint64_t room = a->offset + a->size - at;
        t->at = at;
        t->len = rp_source_copy(t->b->img->src, at, t->buf, room < WINDOW ? (size_t)room : WINDOW);
    }
    uint64_t have = t->len - (at - t->at);
    return (rp_bytes){t->buf + (at - t->at), (size_t)(len < have ? len : have)};
}

static bool add_slot(tables *t, const rp_fn_area *a, uint64_t addr, unsigned len)
{
    rp_function *f = rp_vec_push(t->b->img->arena, t->fns);
    if (f == NULL)
        return false;
    *f = (rp_function){.start = addr,
                       .end = addr + len,
                       .at = a->offset + (addr - a->addr),
                       .frame = UINT32_MAX,
                       .object = UINT32_MAX,
                       .source = RP_FN_BY_STARTS,
                       .kind = RP_FN_CFI_TABLE};
    return true;
}

/* The length of the slot in [addr, end) of one area that jumps to the start of a known function; 0:
 * none is there. */
static unsigned slot_at(tables *t, const rp_fn_area *a, uint64_t addr, uint64_t end)
{
    bool x86 = t->b->img->arch == RP_ARCH_X86_64;
    uint8_t slot[16] = {0};
    uint64_t target;
    rp_bytes code = window(t, a, a->offset + (addr - a->addr), end - addr < 16 ? end - addr : 16);
    memcpy(slot, code.ptr, code.len);
    unsigned len = x86 ? x86_slot(slot, addr, &target) : a64_slot(slot, addr, &target);
    return len <= code.len && len != 0 && starts_at(t->fns, t->known, target) ? len : 0;
}

/* LLVM gives each function that has a slot the size of the whole table; the last one's would hold
 * what follows the table (a PLT, where no section header tells). */
static void cut_slot(tables *t, const rp_fn_area *a, rp_function *f)
{
    if (f->source != RP_FN_BY_SYMBOL || f->frame != UINT32_MAX || f->kind != RP_FN_NORMAL)
        return;
    unsigned len = slot_at(t, a, f->start, f->end);
    if (len == 0 || f->end - f->start == len)
        return;
    bool before = f->start - a->addr >= len && slot_at(t, a, f->start - len, f->start) == len;
    if (!before && slot_at(t, a, f->start + len, f->end) != len)
        return;
    f->end = f->start + len;
    f->kind = RP_FN_CFI_TABLE;
}

/* Slots in the gap [from, to) of one area, each to the start of a known function. */
static bool slots_of_gap(tables *t, const rp_fn_area *a, uint64_t from, uint64_t to)
{
    bool x86 = t->b->img->arch == RP_ARCH_X86_64;
    uint64_t align = x86 ? 8 : 4;
    from = (from + align - 1) & ~(align - 1);
    while (from < to && to - from >= align) {
        unsigned len = slot_at(t, a, from, to);
        if (len != 0 && !add_slot(t, a, from, len))
            return false;
        from += len != 0 ? len : align;
    }
    return true;
}

static int by_start(const void *a, const void *b)
{
    const rp_function *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

bool rp_fn_jump_tables(rp_fn_builder *b, rp_function_list *fns)
{
    rp_arch arch = b->img->arch;
    tables t = {.b = b, .fns = fns, .known = fns->n};
    uint32_t next = 0;
    if (b->img->elf == NULL || (arch != RP_ARCH_X86_64 && arch != RP_ARCH_AARCH64))
        return true;
    t.buf = rp_new(b->img->arena, WINDOW, uint8_t);
    if (t.buf == NULL)
        return false;
    for (uint32_t i = 0; i < b->areas.n; i++) {
        const rp_fn_area *a = &b->areas.items[i];
        uint64_t at = a->addr, end = a->addr + a->size;
        for (; next < t.known && fns->items[next].start < end; next++) {
            if (!slots_of_gap(&t, a, at, fns->items[next].start))
                return false;
            cut_slot(&t, a, &fns->items[next]);
            at = fns->items[next].end;
        }
        if (!slots_of_gap(&t, a, at, end))
            return false;
    }
    if (fns->n != t.known)
        qsort(fns->items, fns->n, sizeof *fns->items, by_start);
    return true;
}

/* ---- ARM or Thumb ---- */

/* A32 instructions of ordinary code are unconditional: their top four bits are 1110. Of Thumb's
 * pairs of halfwords few look so. */
bool rp_fn_guess_thumb(rp_fn_builder *b, uint64_t start, uint64_t at)
{
    uint8_t head[64];
    unsigned always = 0;
    if ((start & 2) != 0)
        return true;
    size_t len = rp_source_copy(b->img->src, at, head, sizeof head);
    for (size_t i = 0; i + 4 <= len; i += 4)
        always += head[i + 3] >> 4 == 0xe;
    return always < len / 8;
}
