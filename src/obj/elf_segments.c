/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Program headers: all of them, and the PT_LOAD ones as rp_segment. */
#include "base/limits.h"
#include "obj/elf_const.h"
#include "obj/elf_parts.h"

const rp_elf_phdr *rp_elf_last_phdr(const struct rp_elf *elf, uint32_t type)
{
    for (uint32_t i = elf->nphdrs; i-- > 0;)
        if (elf->phdrs[i].type == type)
            return &elf->phdrs[i];
    return NULL;
}

const rp_elf_phdr *rp_elf_first_phdr(const struct rp_elf *elf, uint32_t type)
{
    for (uint32_t i = 0; i < elf->nphdrs; i++)
        if (elf->phdrs[i].type == type)
            return &elf->phdrs[i];
    return NULL;
}

/* One code path for Elf32_Phdr and Elf64_Phdr: they differ in width and in the place of p_flags. */
static rp_elf_phdr read_phdr(rp_reader *r, unsigned word)
{
    rp_elf_phdr p = {.at = rp_at(r)};
    p.type = rp_u32(r);
    if (word == 8)
        p.flags = rp_u32(r);
    p.offset = rp_uint(r, word);
    p.vaddr = rp_uint(r, word);
    p.paddr = rp_uint(r, word);
    p.filesz = rp_uint(r, word);
    p.memsz = rp_uint(r, word);
    if (word == 4)
        p.flags = rp_u32(r);
    p.align = rp_uint(r, word);
    return p;
}

static uint8_t perm_of(uint32_t flags)
{
    return (uint8_t)((flags & PF_R ? RP_R : 0) | (flags & PF_W ? RP_W : 0) |
                     (flags & PF_X ? RP_X : 0));
}

static bool outside(const rp_image *img, const rp_elf_phdr *p)
{
    uint64_t size = img->src->size;
    return p->filesz != 0 && (p->offset > size || p->filesz > size - p->offset);
}

bool rp_elf_loads_cut(const rp_image *img)
{
    for (uint32_t i = 0; i < img->elf->nphdrs; i++)
        if (img->elf->phdrs[i].type == PT_LOAD && outside(img, &img->elf->phdrs[i]))
            return true;
    return false;
}

/* What is wrong with one PT_LOAD by itself. Separate debug files keep program headers of bytes that
 * they no longer have: nothing is odd there. */
static void note_odd_load(rp_image *img, const rp_elf_phdr *p)
{
    uint64_t size = img->src->size;
    uint64_t top = img->bits == 64 ? UINT64_MAX : UINT32_MAX;
    if (p->vaddr > top - p->memsz || p->memsz > top)
        rp_image_odd(img, p->at, "PT_LOAD wraps around the end of the address space");
    if (p->filesz > p->memsz)
        rp_image_odd(img, p->at, "PT_LOAD has more bytes in the file than in memory");
    if (outside(img, p))
        rp_image_odd(img, p->at, "PT_LOAD lies outside the file: %llu bytes at 0x%llx of %llu",
                     (unsigned long long)p->filesz, (unsigned long long)p->offset,
                     (unsigned long long)size);
    if ((p->align & (p->align - 1)) != 0)
        rp_image_odd(img, p->at, "p_align of PT_LOAD is no power of two: 0x%llx",
                     (unsigned long long)p->align);
}

/* Only file bytes that exist: what maps nothing has filesz 0. */
static rp_segment segment_of(const rp_image *img, const rp_elf_phdr *p)
{
    uint64_t size = img->src->size;
    uint64_t have = p->offset < size ? size - p->offset : 0;
    uint64_t filesz = p->filesz < p->memsz ? p->filesz : p->memsz;
    return (rp_segment){.name = RP_STR(""),
                        .addr = p->vaddr,
                        .size = p->memsz,
                        .offset = have ? p->offset : RP_NOWHERE,
                        .filesz = filesz < have ? filesz : have,
                        .at = p->at,
                        .perm = perm_of(p->flags),
                        .max_perm = perm_of(p->flags)};
}

/* gABI: PT_LOAD entries appear in ascending order of p_vaddr; loaders rely on it. */
static void note_overlaps(rp_image *img)
{
    for (uint32_t i = 1; i < img->nsegments; i++) {
        const rp_segment *before = &img->segments[i - 1], *s = &img->segments[i];
        if (s->size == 0 || before->size == 0)
            continue;
        if (s->addr < before->addr)
            rp_image_odd(img, s->at, "PT_LOAD entries are not in ascending order of address");
        else if (s->addr - before->addr < before->size)
            rp_image_odd(img, s->at, "PT_LOAD overlaps the one before it");
    }
}

static rp_code keep_loads(rp_image *img, rp_error *err)
{
    const struct rp_elf *elf = img->elf;
    uint32_t n = 0;
    for (uint32_t i = 0; i < elf->nphdrs; i++)
        n += elf->phdrs[i].type == PT_LOAD;
    rp_segment *segments = rp_new(img->arena, n, rp_segment);
    if (segments == NULL)
        return rp_fail_memory(err);
    n = 0;
    for (uint32_t i = 0; i < elf->nphdrs; i++)
        if (elf->phdrs[i].type == PT_LOAD)
            segments[n++] = segment_of(img, &elf->phdrs[i]);
    img->segments = segments;
    img->nsegments = n;
    return RP_OK;
}

rp_code rp_elf_read_segments(rp_image *img, uint32_t phnum, rp_error *err)
{
    struct rp_elf *elf = img->elf;
    unsigned word = rp_elf_word(img);
    uint32_t least = word == 8 ? 56 : 32;
    if (phnum == 0)
        return RP_OK;
    if (elf->phentsize < least)
        return rp_fail(err, RP_E_FORMAT, word == 8 ? 54 : 42,
                       "e_phentsize is %u: a program header has %u bytes", elf->phentsize, least);
    if (elf->phentsize > least)
        rp_image_odd(img, word == 8 ? 54 : 42, "e_phentsize is %u, not %u", elf->phentsize, least);
    rp_reader r;
    if (!rp_source_reader(img->src, elf->phoff, (uint64_t)phnum * elf->phentsize, img->big, &r))
        return rp_fail(err, RP_E_FORMAT, word == 8 ? 32 : 28,
                       "the %u program headers at 0x%llx lie outside the file", phnum,
                       (unsigned long long)elf->phoff);
    rp_elf_phdr *phdrs = rp_new(img->arena, phnum, rp_elf_phdr);
    if (phdrs == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < phnum; i++) {
        rp_seek(&r, (uint64_t)i * elf->phentsize);
        phdrs[i] = read_phdr(&r, word);
    }
    elf->phdrs = phdrs;
    elf->nphdrs = phnum;
    return keep_loads(img, err);
}

void rp_elf_check_segments(rp_image *img)
{
    for (uint32_t i = 0; i < img->elf->nphdrs; i++)
        if (img->elf->phdrs[i].type == PT_LOAD)
            note_odd_load(img, &img->elf->phdrs[i]);
    note_overlaps(img);
}

rp_str rp_elf_interpreter(rp_image *img)
{
    const rp_elf_phdr *p = rp_elf_first_phdr(img->elf, PT_INTERP);
    rp_str path = {"", 0};
    if (p == NULL || p->filesz > UINT64_MAX - p->offset)
        return path;
    if (!rp_elf_string(img, p->offset, p->offset + p->filesz, &path))
        return RP_STR("");
    return path;
}
