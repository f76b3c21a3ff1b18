/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What PT_LOAD and PT_GNU_STACK ask the kernel to map. */
#include "facts/elf_facts_parts.h"
#include "obj/elf_const.h"

/* ELF.rst: the last PT_GNU_STACK decides; p_memsz is a size request. */
static void stack(const struct rp_elf *elf, rp_elf_facts *f)
{
    const rp_elf_phdr *p = rp_elf_last_phdr(elf, PT_GNU_STACK);
    f->stack = RP_STACK_MISSING;
    f->stack_at = RP_NOWHERE;
    for (uint32_t i = 0; i < elf->nphdrs; i++)
        f->stack_headers += elf->phdrs[i].type == PT_GNU_STACK;
    if (p == NULL)
        return;
    f->stack = p->flags & PF_X ? RP_STACK_EXEC : RP_STACK_NOEXEC;
    f->stack_at = p->at;
    f->stack_size = p->memsz;
}

static bool writable_code(uint8_t perm)
{
    return (perm & (RP_W | RP_X)) == (RP_W | RP_X);
}

static rp_code wx_sections(rp_image *img, rp_elf_facts *f, rp_error *err)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < img->nsections; i++)
        n += writable_code(img->sections[i].perm);
    rp_elf_area *wx = rp_new(img->arena, n, rp_elf_area);
    if (wx == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        if (writable_code(s->perm))
            wx[f->nwx++] = (rp_elf_area){s->at, s->addr, s->size, s->perm, s->name};
    }
    f->wx = wx;
    f->wx_why = img->elf->sections_why;
    if (f->wx_why == NULL && !img->elf->has_sections)
        f->wx_why = "there are no section headers";
    return RP_OK;
}

static rp_code wx_segments(rp_image *img, rp_elf_facts *f, rp_error *err)
{
    rp_elf_area *wx = rp_new(img->arena, img->nsegments, rp_elf_area);
    if (wx == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if (writable_code(s->perm))
            wx[f->nwx++] = (rp_elf_area){s->at, s->addr, s->size, s->perm, RP_STR("")};
    }
    f->wx = wx;
    return RP_OK;
}

/* First executable PT_LOAD whose file bytes, widened to whole pages by `page`, meet [off, off+len);
 * NULL without. */
static const rp_segment *code_holding(const rp_image *img, uint64_t off, uint64_t len,
                                      uint64_t page)
{
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if ((s->perm & RP_X) == 0 || s->filesz == 0 || len == 0)
            continue;
        uint64_t first = s->offset / page * page;
        uint64_t end = (s->offset + s->filesz + page - 1) / page * page;
        if (off < end && off + len > first)
            return s;
    }
    return NULL;
}

/* What is no code and is never meant to run: the headers, and what program headers or sections name
 * as data. */
static const rp_segment *code_with_data(const rp_image *img, uint64_t page)
{
    const struct rp_elf *elf = img->elf;
    static const uint32_t types[] = {PT_INTERP, PT_NOTE, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_TLS};
    const rp_segment *s = code_holding(img, 0, elf->ehsize, page);
    for (size_t i = 0; i < RP_COUNT(types) && s == NULL; i++) {
        const rp_elf_phdr *p = rp_elf_first_phdr(elf, types[i]);
        if (p != NULL && p->filesz <= UINT64_MAX - p->offset)
            s = code_holding(img, p->offset, p->filesz, page);
    }
    for (uint32_t i = 0; i < img->nsections && s == NULL; i++) {
        const rp_section *sec = &img->sections[i];
        if ((sec->flags & (SHF_ALLOC | SHF_EXECINSTR)) == SHF_ALLOC && sec->offset != RP_NOWHERE)
            s = code_holding(img, sec->offset, sec->filesz, page);
    }
    return s;
}

/* Other segments' bytes in the first or last page of code, mapped executable with them. */
static const rp_segment *code_sharing_pages(const rp_image *img, uint64_t page)
{
    uint32_t budget = 4096; /* pairs: hostile files have thousands of segments */
    for (uint32_t i = 0; i < img->nsegments; i++) {
        const rp_segment *s = &img->segments[i];
        if ((s->perm & RP_X) != 0 || s->filesz == 0)
            continue;
        if (budget < img->nsegments)
            return s;
        budget -= img->nsegments;
        const rp_segment *code = code_holding(img, s->offset, s->filesz, page);
        if (code != NULL)
            return code;
    }
    return NULL;
}

/* Whether file bytes of a PT_LOAD, or section headers that should be there, are missing: what is
 * mixed may lie among them. */
static bool cut_short(const rp_image *img)
{
    return rp_elf_loads_cut(img) || img->elf->sections_why != NULL;
}

static rp_fact apart(const rp_image *img, const rp_segment *mixed)
{
    if (mixed != NULL)
        return rp_fact_no(mixed->at);
    return cut_short(img) ? rp_fact_unknown("the file is cut short") : rp_fact_yes(RP_NOWHERE);
}

static void separation(const rp_image *img, rp_elf_facts *f)
{
    uint32_t code = 0;
    for (uint32_t i = 0; i < img->nsegments; i++)
        code += (img->segments[i].perm & RP_X) != 0;
    if (code == 0) {
        f->separate_code = rp_fact_unknown("there is no executable segment");
        f->separate_pages = f->separate_code;
        return;
    }
    const rp_segment *mixed = code_with_data(img, 1);
    f->separate_code = apart(img, mixed);
    if (mixed == NULL)
        mixed = code_sharing_pages(img, 0x1000);
    f->separate_pages = apart(img, mixed);
}

rp_code rp_elf_segment_facts(rp_image *img, rp_elf_facts *f, rp_error *err)
{
    const struct rp_elf *elf = img->elf;
    stack(elf, f);
    for (uint32_t i = 0; i < elf->nphdrs; i++) {
        const rp_elf_phdr *p = &elf->phdrs[i];
        if (p->type != PT_LOAD)
            continue;
        f->nloads++;
        f->max_align = p->align > f->max_align ? p->align : f->max_align;
    }
    separation(img, f);
    return elf->e_type == ET_REL ? wx_sections(img, f, err) : wx_segments(img, f, err);
}
