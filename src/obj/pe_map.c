/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From RVA to file bytes, as the loader maps them. Lookups are many (one per imported name) and
 * their places are the file's to choose, so both steps are constant or logarithmic in time: spans
 * are searched by halves, and small reads of a file go through a table of pages. */
#include "obj/pe.h"

#include "base/limits.h"
#include "base/search.h"

#include <stdlib.h>

enum { PAGE = 16 * 1024, MEMORY_PAGE = 4096, SECTOR = 512 };

static int by_rva(const void *a, const void *b)
{
    const rp_pe_span *x = a, *y = b;
    if (x->rva != y->rva)
        return x->rva < y->rva ? -1 : 1;
    return x->section < y->section ? -1 : x->section > y->section;
}

/* The loader maps a section's bytes up to the end of its last page, and reads them from a whole
 * sector. */
static rp_pe_span span_of_section(rp_image *img, uint32_t i)
{
    const rp_section *s = &img->sections[i];
    rp_pe_span span = {.rva = (uint32_t)(s->addr - img->pe->image_base),
                       .size = (s->size + MEMORY_PAGE - 1) / MEMORY_PAGE * MEMORY_PAGE,
                       .section = i + 1,
                       .perm = s->perm};
    rp_reader r;
    if (s->offset == RP_NOWHERE || !rp_pe_file_reader(img, s->at + 16, 4, &r)) /* SizeOfRawData */
        return span;
    uint64_t raw_size = rp_u32(&r);
    span.offset = s->offset;
    if (img->pe->file_alignment >= SECTOR)
        span.offset -= span.offset % SECTOR;
    uint64_t there = img->src->size - span.offset;
    uint64_t filesz = raw_size < span.size ? raw_size : span.size;
    span.filesz = (uint32_t)(filesz < there ? filesz : there);
    return span;
}

/* PE Format: sections follow each other in memory, without a gap or an overlap. */
static void report_overlaps(rp_image *img)
{
    const struct rp_pe *pe = img->pe;
    for (uint32_t i = 1; i < pe->nspans; i++) {
        const rp_pe_span *a = &pe->spans[i - 1], *b = &pe->spans[i];
        if (b->section != 0 && a->section != 0 && a->rva + a->size > b->rva)
            rp_image_odd(img, img->sections[b->section - 1].at,
                         "section '%.*s' overlaps the one before it in memory",
                         RP_FMT(img->sections[b->section - 1].name));
    }
}

bool rp_pe_map(rp_image *img)
{
    struct rp_pe *pe = img->pe;
    uint32_t n = img->nsections + 1;
    pe->spans = rp_new(img->arena, n, rp_pe_span);
    rp_segment *segments = rp_new(img->arena, n, rp_segment);
    if (pe->spans == NULL || segments == NULL)
        return false;
    uint64_t headers = pe->headers_size < img->src->size ? pe->headers_size : img->src->size;
    pe->spans[0] = (rp_pe_span){.size = headers, .filesz = (uint32_t)headers, .perm = RP_R};
    segments[0] = (rp_segment){.name = RP_STR("headers"),
                               .addr = pe->image_base,
                               .size = headers,
                               .filesz = headers,
                               .at = pe->header_at,
                               .perm = RP_R,
                               .max_perm = RP_R};
    for (uint32_t i = 0; i < img->nsections; i++) {
        const rp_section *s = &img->sections[i];
        rp_pe_span span = span_of_section(img, i);
        pe->spans[i + 1] = span;
        segments[i + 1] = (rp_segment){.name = s->name,
                                       .addr = s->addr,
                                       .size = span.size,
                                       .offset = span.offset,
                                       .filesz = span.filesz,
                                       .at = s->at,
                                       .perm = s->perm,
                                       .max_perm = s->perm};
    }
    pe->nspans = n;
    qsort(pe->spans, n, sizeof *pe->spans, by_rva);
    report_overlaps(img);
    img->segments = segments;
    img->nsegments = n;
    return true;
}

const rp_pe_span *rp_pe_span_of(const rp_image *img, uint64_t rva)
{
    const struct rp_pe *pe = img->pe;
    uint32_t low;
    RP_SEARCH(low, pe->nspans, pe->spans[low].rva <= rva);
    if (low == 0 || rva - pe->spans[low - 1].rva >= pe->spans[low - 1].size)
        return NULL;
    return &pe->spans[low - 1];
}

uint64_t rp_pe_room(const rp_image *img, uint64_t rva)
{
    const rp_pe_span *span = rp_pe_span_of(img, rva);
    return span != NULL && rva - span->rva < span->filesz ? span->filesz - (rva - span->rva) : 0;
}

uint64_t rp_pe_offset(const rp_image *img, uint64_t rva)
{
    const rp_pe_span *span = rp_pe_span_of(img, rva);
    if (span == NULL || rva - span->rva >= span->filesz)
        return RP_NOWHERE;
    return span->offset + (rva - span->rva);
}

/* Two pages are kept under the first one's number, so a small read that crosses their border is
 * whole too. */
static bool cached_bytes(rp_image *img, uint64_t off, uint64_t len, rp_bytes *ret)
{
    rp_source *src = img->src;
    struct rp_pe *pe = img->pe;
    if (off > src->size || len > src->size - off)
        return false;
    if (src->memory.ptr != NULL || len > PAGE)
        return rp_source_bytes(src, off, len, ret);
    if (pe->pages == NULL)
        pe->pages = rp_new(img->arena, src->size / PAGE + 1, rp_bytes);
    if (pe->pages == NULL)
        return false;
    rp_bytes *page = &pe->pages[off / PAGE];
    if (page->ptr == NULL && !rp_source_upto(src, off / PAGE * PAGE, 2 * PAGE, page)) {
        *page = (rp_bytes){NULL, 0};
        return false;
    }
    *ret = (rp_bytes){page->ptr + off % PAGE, (size_t)len};
    return true;
}

bool rp_pe_file_reader(rp_image *img, uint64_t off, uint64_t len, rp_reader *ret)
{
    rp_bytes bytes;
    if (!cached_bytes(img, off, len, &bytes))
        return false;
    *ret = rp_reader_of(bytes, off, false);
    return true;
}

bool rp_pe_reader(rp_image *img, uint64_t rva, uint64_t len, rp_reader *ret)
{
    if (len > rp_pe_room(img, rva))
        return false;
    uint64_t off = rp_pe_offset(img, rva);
    return off != RP_NOWHERE && rp_pe_file_reader(img, off, len, ret);
}

bool rp_pe_cstr(rp_image *img, uint64_t rva, rp_str *ret)
{
    uint64_t room = rp_pe_room(img, rva);
    rp_reader r;
    return rp_pe_reader(img, rva, room < RP_MAX_NAME ? room : RP_MAX_NAME, &r) &&
           rp_cstr(&r, 0, ret);
}

bool rp_pe_rva(const rp_image *img, uint64_t va, uint32_t *ret)
{
    if (va < img->pe->image_base || va - img->pe->image_base > UINT32_MAX)
        return false;
    *ret = (uint32_t)(va - img->pe->image_base);
    return true;
}
