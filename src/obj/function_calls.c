/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Starts of functions that only code and data tell: targets of direct calls and pointers in data.
 * For stripped files without unwind tables, which C compilers leave out on ARM and RISC-V; not for
 * x86, whose calls cannot be told from other bytes without decoding. */
#include "base/numbers.h"
#include "obj/elf.h"
#include "obj/function_sources.h"

/* bl target: 100101, signed words */
static bool a64_call(rp_bytes code, size_t i, uint64_t addr, uint64_t *ret)
{
    uint32_t w = rp_le32(code.ptr + i);
    *ret = addr + rp_extend(w & 0x3ffffffu, 26) * 4;
    return w >> 26 == 0x25;
}

/* jal ra: bits 20|10:1|11|19:12. Linkers relax calls to it. */
static bool riscv_call(rp_bytes code, size_t i, uint64_t addr, uint64_t *ret)
{
    uint32_t w = rp_le32(code.ptr + i);
    uint32_t v =
        (w >> 31) << 20 | (w >> 12 & 0xffu) << 12 | (w >> 20 & 1u) << 11 | (w >> 21 & 0x3ffu) << 1;
    *ret = addr + rp_extend(v, 21);
    return (w & 0xfffu) == 0x0efu;
}

/* A32: bl, always; blx to Thumb. An odd target is Thumb's. */
static bool a32_call(rp_bytes code, size_t i, uint64_t addr, uint64_t *ret)
{
    uint32_t w = rp_le32(code.ptr + i);
    bool exchange = w >> 25 == 0x7d;
    *ret = addr + 8 + rp_extend(w & 0xffffffu, 24) * 4 + (exchange ? (w >> 23 & 2u) | 1u : 0);
    return w >> 24 == 0xeb || exchange;
}

/* Thumb-2 bl: 11110 S imm10, 11 J1 1 J2 imm11; blx: bit 12 of the second half is clear. */
static bool thumb_call(rp_bytes code, size_t i, uint64_t addr, uint64_t *ret)
{
    uint32_t a = rp_le16(code.ptr + i), b = rp_le16(code.ptr + i + 2);
    uint32_t s = a >> 10 & 1u;
    uint32_t i1 = ~((b >> 13) ^ s) & 1u, i2 = ~((b >> 11) ^ s) & 1u;
    uint32_t v = s << 24 | i1 << 23 | i2 << 22 | (a & 0x3ffu) << 12 | (b & 0x7ffu) << 1;
    bool exchange = (b & 0x1000u) == 0;
    uint64_t from = exchange ? (addr + 4) & ~(uint64_t)3 : addr + 4;
    *ret = (from + rp_extend(v, 25)) | (exchange ? 0 : 1);
    return (a & 0xf800u) == 0xf000u && (b & 0xc000u) == 0xc000u;
}

typedef bool (*call_fn)(rp_bytes code, size_t i, uint64_t addr, uint64_t *ret);

enum { PIECE = 1 << 16 };

static bool calls_of(rp_fn_builder *b, const rp_fn_area *a, uint8_t *buf, call_fn call, size_t step)
{
    for (uint64_t from = 0; from < a->size; from += PIECE - 4) {
        uint64_t left = a->size - from;
        size_t want = left < PIECE ? (size_t)left : PIECE;
        rp_bytes code = {buf, rp_source_copy(b->img->src, a->offset + from, buf, want)};
        for (size_t i = 0; i + 4 <= code.len; i += step) {
            uint64_t to;
            if (!call(code, i, a->addr + from + i, &to))
                continue;
            if (!rp_fn_add_start(b, to, RP_FN_BY_STARTS, RP_FN_NORMAL))
                return false;
        }
    }
    return true;
}

static call_fn call_of(rp_fn_builder *b, const rp_fn_area *a, size_t *ret_step)
{
    *ret_step = 4;
    if (b->img->arch == RP_ARCH_AARCH64)
        return a64_call;
    if (b->img->arch == RP_ARCH_ARM && !rp_fn_guess_thumb(b, a->addr, a->offset))
        return a32_call;
    *ret_step = 2;
    return b->img->arch == RP_ARCH_ARM ? thumb_call : riscv_call;
}

static bool calls(rp_fn_builder *b)
{
    uint8_t *buf = rp_new(b->img->arena, PIECE, uint8_t);
    for (uint32_t i = 0; buf != NULL && i < b->areas.n; i++) {
        size_t step;
        call_fn call = call_of(b, &b->areas.items[i], &step);
        if (!calls_of(b, &b->areas.items[i], buf, call, step))
            return false;
    }
    return buf != NULL;
}

/* ---- pointers in data ---- */

typedef struct {
    rp_fn_builder *b;
    const rp_segment *last; /* segment of the last place: the next is mostly there too */
    uint32_t searches;      /* for another one; at most MAX_SEARCHES */
    bool out_of_memory;
} pointers;

enum { MAX_SEARCHES = 10000 };

static bool holds(const rp_segment *s, uint64_t addr)
{
    return s != NULL && s->offset != RP_NOWHERE && addr >= s->addr && addr - s->addr < s->filesz;
}

/* File offset of a place that the loader writes to. */
static uint64_t offset_of(pointers *p, uint64_t addr)
{
    const rp_image *img = p->b->img;
    if (!holds(p->last, addr)) {
        p->last = NULL;
        if (p->searches++ >= MAX_SEARCHES) {
            p->b->cut_short = true;
            return RP_NOWHERE;
        }
        for (uint32_t i = 0; i < img->nsegments && p->last == NULL; i++)
            if (holds(&img->segments[i], addr))
                p->last = &img->segments[i];
    }
    return p->last ? p->last->offset + (addr - p->last->addr) : RP_NOWHERE;
}

static bool on_reloc(void *user, const rp_elf_reloc *r)
{
    pointers *p = user;
    rp_image *img = p->b->img;
    uint64_t value = r->addend;
    if (r->stores != RP_STORES_BASE)
        return true;
    if (!r->has_addend) {
        uint8_t bytes[8];
        uint64_t at = offset_of(p, r->place);
        unsigned word = img->bits / 8u;
        if (at == RP_NOWHERE || rp_source_copy(img->src, at, bytes, word) != word)
            return true;
        rp_reader in = rp_reader_of((rp_bytes){bytes, word}, 0, img->big);
        value = rp_uint(&in, word);
    }
    p->out_of_memory = !rp_fn_add_start(p->b, value, RP_FN_BY_STARTS, RP_FN_NORMAL);
    return !p->out_of_memory;
}

/* Whether known functions leave most code without an owner: then more is needed. */
static bool sparse(const rp_fn_builder *b)
{
    uint64_t known = 0, all = 0;
    for (uint32_t i = 0; i < b->areas.n; i++)
        all += b->areas.items[i].size;
    for (uint32_t i = 0; i < b->candidates.n && known <= all; i++)
        if (b->candidates.items[i].end > b->candidates.items[i].start)
            known += b->candidates.items[i].end - b->candidates.items[i].start;
    return known < all / 2;
}

bool rp_fn_from_calls(rp_fn_builder *b)
{
    pointers p = {.b = b};
    rp_arch arch = b->img->arch;
    bool known = arch == RP_ARCH_AARCH64 || arch == RP_ARCH_RISCV || arch == RP_ARCH_ARM;
    if (!known || !sparse(b))
        return true;
    (void)rp_elf_relocs_each(b->img, on_reloc, &p);
    return !p.out_of_memory && calls(b);
}
