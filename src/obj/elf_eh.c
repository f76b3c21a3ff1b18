/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Function starts that survive strip: the search table of .eh_frame_hdr (LSB, "DWARF Extensions")
 * and ARM's exception index (EHABI 5). */
#include "base/limits.h"
#include "base/numbers.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

#include <stdlib.h>

/* DW_EH_PE_*: format in the low half, what it is relative to in the high half. */
enum {
    PE_ABSPTR = 0,
    PE_ULEB = 1,
    PE_UDATA2 = 2,
    PE_UDATA4 = 3,
    PE_UDATA8 = 4,
    PE_SLEB = 9,
    PE_SDATA2 = 10,
    PE_SDATA4 = 11,
    PE_SDATA8 = 12,
    PE_PCREL = 0x10,
    PE_DATAREL = 0x30,
    PE_OMIT = 0xff,
};

/* The table: entries of two encoded values each. */
typedef struct {
    uint64_t off, addr; /* of the first entry */
    uint64_t base;      /* address of .eh_frame_hdr: what DATAREL counts from */
    uint64_t n;
    uint8_t encoding;
    unsigned width; /* bytes of one value */
} search_table;

/* Width of a fixed-size encoding, 0 for LEB128 and unknown ones. */
static unsigned width_of(uint8_t encoding, unsigned word)
{
    switch (encoding & 15) {
    case PE_ABSPTR:
        return word;
    case PE_UDATA2:
    case PE_SDATA2:
        return 2;
    case PE_UDATA4:
    case PE_SDATA4:
        return 4;
    case PE_UDATA8:
    case PE_SDATA8:
        return 8;
    default:
        return 0;
    }
}

static uint64_t read_encoded(rp_reader *r, uint8_t encoding, unsigned width, uint64_t base,
                             uint64_t place)
{
    uint64_t v = rp_uint(r, width);
    if ((encoding & 8) != 0)
        v = rp_extend(v, 8 * width);
    if ((encoding & 0x70) == PE_PCREL)
        v += place;
    else if ((encoding & 0x70) == PE_DATAREL)
        v += base;
    return v;
}

/* Reads the header: version 1, encodings of eh_frame_ptr, of the count and of the table. */
static bool open_table(rp_image *img, search_table *ret)
{
    const rp_elf_phdr *p = rp_elf_last_phdr(img->elf, PT_GNU_EH_FRAME);
    unsigned word = rp_elf_word(img);
    rp_reader r;
    if (p == NULL || img->elf->debug_file || p->filesz < 4)
        return false;
    uint64_t len = p->filesz < 24 ? p->filesz : 24;
    if (!rp_elf_part(img, p->offset, len, p->at, ".eh_frame_hdr", &r))
        return false;
    uint8_t version = rp_u8(&r), frame = rp_u8(&r), count = rp_u8(&r), encoding = rp_u8(&r);
    if (version != 1 || count == PE_OMIT || encoding == PE_OMIT)
        return false;
    unsigned frame_width = frame == PE_OMIT ? 0 : width_of(frame, word);
    unsigned count_width = width_of(count, word);
    unsigned width = width_of(encoding, word);
    if ((frame != PE_OMIT && frame_width == 0) || count_width == 0 || width == 0)
        return false;
    (void)rp_uint(&r, frame_width);
    uint64_t n = rp_uint(&r, count_width);
    if (r.bad)
        return false;
    uint64_t room = (p->filesz - r.pos) / (2 * width);
    *ret = (search_table){.off = p->offset + r.pos,
                          .addr = p->vaddr + r.pos,
                          .base = p->vaddr,
                          .n = n < room ? n : room,
                          .encoding = encoding,
                          .width = width};
    if (n > room)
        rp_image_odd(img, p->at, ".eh_frame_hdr claims %llu functions but has room for %llu",
                     (unsigned long long)n, (unsigned long long)room);
    return true;
}

uint32_t rp_elf_eh_frame_entries(rp_image *img)
{
    search_table t;
    if (!open_table(img, &t))
        return 0;
    return t.n < RP_MAX_FUNCTIONS ? (uint32_t)t.n : RP_MAX_FUNCTIONS;
}

static int by_address(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Sorts when a table is not, and drops doubles. */
static uint32_t tidy(uint64_t *starts, uint32_t n)
{
    bool sorted = true;
    for (uint32_t i = 1; i < n && sorted; i++)
        sorted = starts[i - 1] <= starts[i];
    if (!sorted)
        qsort(starts, n, sizeof *starts, by_address);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || starts[kept - 1] != starts[i])
            starts[kept++] = starts[i];
    return kept;
}

static uint64_t *starts_of_table(rp_image *img, const search_table *t, uint32_t n)
{
    rp_reader r;
    const rp_elf_phdr *p = rp_elf_last_phdr(img->elf, PT_GNU_EH_FRAME);
    uint64_t len = 2ull * t->width * n;
    uint64_t *starts = rp_new(img->arena, n, uint64_t);
    if (starts == NULL || !rp_elf_part(img, t->off, len, p->at, "the table of .eh_frame_hdr", &r))
        return NULL;
    uint64_t mask = img->bits == 32 ? UINT32_MAX : UINT64_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t place = t->addr + r.pos;
        starts[i] = read_encoded(&r, t->encoding, t->width, t->base, place) & mask;
        (void)rp_uint(&r, t->width);
    }
    return starts;
}

enum { EXIDX_CANTUNWIND = 1 };

/* EHABI: pairs of words, the first a 31-bit place-relative offset of the function. */
static uint64_t *starts_of_exidx(rp_image *img, uint32_t *ret_n)
{
    const rp_elf_phdr *p = rp_elf_last_phdr(img->elf, PT_ARM_EXIDX);
    rp_reader r;
    if (img->machine != EM_ARM || p == NULL || img->elf->debug_file)
        return NULL;
    uint64_t n = p->filesz / 8;
    if (n > RP_MAX_FUNCTIONS)
        n = RP_MAX_FUNCTIONS;
    uint64_t *starts = rp_new(img->arena, n, uint64_t);
    if (starts == NULL || !rp_elf_part(img, p->offset, n * 8, p->at, ".ARM.exidx", &r))
        return NULL;
    uint32_t data = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t offset = rp_u32(&r) & 0x7fffffffu;
        data = rp_u32(&r);
        offset = (offset ^ 0x40000000u) - 0x40000000u;
        starts[i] = (p->vaddr + i * 8 + offset) & UINT32_MAX;
    }
    /* linkers end the table with where the code ends, which sections tell as well */
    bool ends = img->nsections == 0 && n > 1 && n == p->filesz / 8 && data == EXIDX_CANTUNWIND;
    *ret_n = (uint32_t)n - ends;
    return starts;
}

void rp_elf_function_starts(rp_image *img, const uint64_t **ret, uint32_t *ret_n)
{
    struct rp_elf *elf = img->elf;
    if (!elf->starts_read) {
        search_table t;
        uint32_t n = 0;
        uint64_t *starts = NULL;
        elf->starts_read = true;
        if (open_table(img, &t)) {
            n = t.n < RP_MAX_FUNCTIONS ? (uint32_t)t.n : RP_MAX_FUNCTIONS;
            starts = starts_of_table(img, &t, n);
        }
        if (starts == NULL)
            starts = starts_of_exidx(img, &n);
        elf->nstarts = starts ? tidy(starts, n) : 0;
        elf->starts = starts;
    }
    *ret = elf->starts;
    *ret_n = elf->nstarts;
}
