/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* core::str::slice_error_fail and core::slice::index::slice_index_fail in stripped files: code
 * calls them where an index fails, and all that they do is to call a function that prints the text,
 * directly or through a slot, or one of several such. */
#include "isa/landmarks_parts.h"
#include "isa/x86_insn.h"
#include "obj/elf.h"

enum { LONGEST = 64, MAX_WRAPPERS = 4096 };

typedef struct {
    uint64_t fn, slot;
} wrapper;

typedef struct {
    rp_lm_builder *b;
    RP_VEC(wrapper) items; /* functions that only call through a slot */
} wrappers;

static bool is_failure(const rp_lm_builder *b, uint64_t addr)
{
    for (uint32_t i = 0; i < b->index_failures.n; i++)
        if (b->index_failures.items[i] == addr)
            return true;
    return false;
}

static uint64_t displaced(const uint8_t *at, uint64_t next)
{
    uint32_t rel =
        (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    return next + rel - ((uint64_t)(rel >> 31) << 32);
}

/* Moves and comparisons of registers, prologues, no-ops, traps, branches inside: 64-bit code. */
static bool x86_passes(const uint8_t *p, rp_x86_insn in)
{
    if (in.len == 1)
        return (p[0] & 0xf8u) == 0x50 || p[0] == 0x90 || p[0] == 0xcc;
    if (in.len == 2)
        return (p[0] & 0xf0u) == 0x70 || (p[0] == 0x0f && p[1] == 0x0b);
    bool registers = in.len == 3 && p[0] == 0x48 && p[2] >= 0xc0;
    bool reserve = in.len == 4 && p[0] == 0x48 && p[1] == 0x83 && p[2] == 0xec;
    bool landing = in.len == 4 && p[0] == 0xf3 && p[1] == 0x0f && p[2] == 0x1e; /* endbr64 */
    return reserve || landing || (registers && (p[1] == 0x89 || p[1] == 0x39));
}

/* Code that does nothing but call functions that fail, or one function through the slot `*ret_to`:
 * no argument is made here, and nothing returns. */
static bool x86_hands_on(const rp_lm_builder *b, rp_bytes code, uint64_t addr, uint64_t *ret_to,
                         bool *ret_slot)
{
    unsigned calls = 0, failures = 0;
    for (size_t i = 0; i < code.len;) {
        const uint8_t *p = code.ptr + i;
        rp_x86_insn in = rp_x86_decode(p, code.len - i, true);
        bool direct = in.len == 5 && (p[0] == 0xe8 || p[0] == 0xe9);
        bool slot = in.len == 6 && p[0] == 0xff && (p[1] == 0x15 || p[1] == 0x25);
        if (in.len == 0 || (!direct && !slot && !x86_passes(p, in)))
            return false;
        if (direct || slot) {
            *ret_to = displaced(p + in.len - 4, addr + i + in.len);
            *ret_slot = slot;
            calls++;
            failures += direct && is_failure(b, *ret_to);
        }
        i += in.len;
    }
    return calls != 0 && (failures == calls || (calls == 1 && *ret_slot));
}

/* bti c or paciasp; stp x29, x30, [sp, #-16]!; mov x29, sp; bl target */
static bool a64_hands_on(rp_bytes code, uint64_t addr, uint64_t *ret_to)
{
    rp_reader r = rp_reader_of(code, 0, false);
    uint32_t w = rp_u32(&r);
    if (w == 0xd503245fu || w == 0xd503233fu)
        w = rp_u32(&r);
    if (w != 0xa9bf7bfdu || rp_u32(&r) != 0x910003fdu)
        return false;
    w = rp_u32(&r);
    uint64_t rel = ((uint64_t)(w & 0x3ffffffu) ^ 0x2000000u) - 0x2000000u;
    *ret_to = addr + r.pos - 4 + rel * 4;
    return !r.bad && w >> 26 == 0x25;
}

static bool look_at(wrappers *w, const rp_function *f)
{
    rp_lm_builder *b = w->b;
    uint64_t size = f->end - f->start, to = 0;
    bool slot = false;
    rp_bytes code;
    if (f->kind != RP_FN_NORMAL || size > LONGEST ||
        !rp_address_map_bytes(b->img, &b->map, f->start, &code))
        return true;
    code.len = code.len < size ? code.len : (size_t)size;
    bool hands_on = b->img->arch == RP_ARCH_AARCH64
                        ? a64_hands_on(code, f->start, &to) && is_failure(b, to)
                        : x86_hands_on(b, code, f->start, &to, &slot);
    if (!hands_on)
        return true;
    if (!slot)
        return rp_lm_add(b, f->start, RP_LM_BOUNDS, 0);
    if (w->items.n >= MAX_WRAPPERS)
        return true;
    wrapper *item = rp_vec_push(b->img->arena, &w->items);
    if (item != NULL)
        *item = (wrapper){f->start, to};
    return item != NULL;
}

static bool on_reloc(void *user, const rp_elf_reloc *r)
{
    wrappers *w = user;
    if (r->stores != RP_STORES_BASE || !r->has_addend || !is_failure(w->b, r->addend))
        return true;
    for (uint32_t i = 0; i < w->items.n; i++)
        if (w->items.items[i].slot == r->place &&
            !rp_lm_add(w->b, w->items.items[i].fn, RP_LM_BOUNDS, 0))
            w->b->out_of_memory = true;
    return !w->b->out_of_memory;
}

bool rp_lm_wrappers(rp_lm_builder *b)
{
    wrappers w = {.b = b};
    if (b->index_failures.n == 0)
        return true;
    for (uint32_t i = 0; i < b->functions->n; i++)
        if (!look_at(&w, &b->functions->items[i]))
            return false;
    if (w.items.n != 0)
        (void)rp_elf_relocs_each(b->img, on_reloc, &w);
    return !b->out_of_memory;
}
