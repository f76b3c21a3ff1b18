/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Starts of functions that only calls and pointers tell, in PE images and in Mach-O files without
 * function starts: leaf functions have no unwind data there, 32-bit x86 images have no table at
 * all, and not every compiler fills up between functions with int3. Bytes that look like a call
 * count where a function may begin at what they call: on x86 behind the end of other code, at a
 * 16-byte border. */
#include "base/numbers.h"
#include "obj/function_sources.h"
#include "obj/pe.h"

enum { A64_STEP = 4, X86_STEP = 16, ANYWHERE = 1, BEFORE = 16 };

typedef struct {
    const rp_fn_area *area;
    rp_bytes code;
    uint8_t *marked; /* a bit for each place where a function may begin */
} part;

typedef struct {
    rp_fn_builder *b;
    part *parts; /* one for each area */
    uint64_t step;
    bool x86;
} targets;

/* ret, ret n, jmp, a call that does not return, ud2, or padding before `end` */
static bool x86_ends(rp_bytes before)
{
    const uint8_t *end = before.ptr + before.len;
    if (before.len < 5)
        return before.len == 0;
    return end[-1] == 0xc3 || (end[-3] == 0xc2 && end[-1] == 0) || end[-2] == 0xeb ||
           end[-5] == 0xe9 || end[-5] == 0xe8 || (end[-2] == 0x0f && end[-1] == 0x0b) ||
           rp_fn_x86_padding(before) != 0;
}

/* ret, ret n, or int3 before `end`: what proves the end of code at any address. MSVC's runtime for
 * 32-bit x86 is packed: most of its functions begin at no border. */
static bool x86_returns(rp_bytes before)
{
    const uint8_t *end = before.ptr + before.len;
    if (before.len < 5)
        return before.len == 0;
    return end[-1] == 0xc3 || end[-1] == 0xcc ||
           (end[-3] == 0xc2 && end[-1] == 0 && end[-2] % 4 == 0);
}

/* ret, b, bl, br, brk, nop, zeros */
static bool a64_ends(rp_bytes before)
{
    if (before.len < 4)
        return true;
    uint32_t w = rp_le32(before.ptr + before.len - 4);
    return w == 0xd65f03c0u || w >> 26 == 0x05 || w >> 26 == 0x25 ||
           (w & 0xfffffc1fu) == 0xd61f0000u || (w & 0xffe0001fu) == 0xd4200000u ||
           w == 0xd503201fu || w == 0;
}

static part *part_of(const targets *t, uint64_t addr)
{
    const rp_fn_area *a = rp_fn_area_of(t->b, addr);
    part *p = a != NULL ? &t->parts[a - t->b->areas.items] : NULL;
    return p != NULL && p->marked != NULL ? p : NULL;
}

/* `called`: an instruction of fixed length calls it, which is proof enough. */
static void mark(const targets *t, uint64_t addr, bool called)
{
    part *p = addr % t->step == 0 ? part_of(t, addr) : NULL;
    if (p == NULL)
        return;
    uint64_t at = addr - p->area->addr, len = at < BEFORE ? at : BEFORE;
    rp_bytes before = {p->code.ptr + (at - len), (size_t)len};
    bool border = addr % X86_STEP == 0;
    bool behind = !t->x86 ? a64_ends(before) : border ? x86_ends(before) : x86_returns(before);
    if (called || behind)
        p->marked[at / t->step / 8] |= (uint8_t)(1u << (at / t->step % 8));
}

static void a64_calls(const targets *t, const part *p)
{
    for (size_t i = 0; p->code.len - i >= 4; i += 4) {
        uint32_t w = rp_le32(p->code.ptr + i);
        if (w >> 26 == 0x25) /* bl */
            mark(t, p->area->addr + i + rp_extend(w & 0x3ffffffu, 26) * 4, true);
    }
}

static void x86_calls(const targets *t, const part *p)
{
    const uint8_t *at = p->code.ptr, *end = at + p->code.len;
    uint64_t mask = t->b->img->bits == 64 ? UINT64_MAX : UINT32_MAX;
    while (end - at >= 5 && (at = memchr(at, 0xe8, (size_t)(end - at) - 4)) != NULL) {
        at++;
        uint64_t next = p->area->addr + (uint64_t)(at + 4 - p->code.ptr);
        mark(t, (next + rp_extend(rp_le32(at), 32)) & mask, false);
    }
}

static bool on_reloc(void *user, uint64_t place)
{
    const targets *t = user;
    rp_image *img = t->b->img;
    unsigned width = img->pe->pe32_plus ? 8 : 4;
    rp_reader r;
    /* what code holds are labels of its switches as well */
    if (rp_fn_area_of(t->b, place) == NULL &&
        rp_pe_reader(img, place - img->pe->image_base, width, &r))
        mark(t, rp_uint(&r, width), false);
    return true;
}

/* Room for the marks of all areas whose bytes the file has: no more code than twice its size, where
 * areas lie over each other. */
static bool open_parts(targets *t)
{
    rp_fn_builder *b = t->b;
    uint64_t left = b->img->src->size * 2;
    t->parts = rp_new(b->img->arena, b->areas.n, part);
    for (uint32_t i = 0; t->parts != NULL && i < b->areas.n; i++) {
        const rp_fn_area *a = &b->areas.items[i];
        part *p = &t->parts[i];
        *p = (part){.area = a};
        if (a->size > left || !rp_source_bytes(b->img->src, a->offset, a->size, &p->code)) {
            b->cut_short = true;
            continue;
        }
        left -= a->size;
        p->marked = rp_new(b->img->arena, a->size / t->step / 8 + 1, uint8_t);
        if (p->marked == NULL)
            return false;
    }
    return t->parts != NULL;
}

static bool add_marked(const targets *t, const part *p)
{
    for (uint64_t i = 0; i * t->step < p->area->size; i++) {
        if (i % 8 == 0 && p->marked[i / 8] == 0) {
            i += 7;
            continue;
        }
        if (((unsigned)p->marked[i / 8] >> (i % 8) & 1u) != 0 &&
            !rp_fn_add_start(t->b, p->area->addr + i * t->step, RP_FN_BY_STARTS, RP_FN_NORMAL))
            return false;
    }
    return true;
}

bool rp_fn_from_targets(rp_fn_builder *b)
{
    bool x86 = b->img->arch == RP_ARCH_X86_64 || b->img->arch == RP_ARCH_X86;
    bool packed = b->img->arch == RP_ARCH_X86 && b->img->pe != NULL;
    targets t = {.b = b, .step = packed ? ANYWHERE : x86 ? X86_STEP : A64_STEP, .x86 = x86};
    if ((!x86 && b->img->arch != RP_ARCH_AARCH64) || b->areas.n == 0)
        return true;
    if (!open_parts(&t))
        return false;
    for (uint32_t i = 0; i < b->areas.n; i++)
        if (t.parts[i].marked != NULL)
            (x86 ? x86_calls : a64_calls)(&t, &t.parts[i]);
    if (b->img->pe != NULL)
        (void)rp_pe_relocs_each(b->img, on_reloc, &t); /* what is cut short is told elsewhere */
    for (uint32_t i = 0; i < b->areas.n; i++)
        if (t.parts[i].marked != NULL && !add_marked(&t, &t.parts[i]))
            return false;
    return true;
}
