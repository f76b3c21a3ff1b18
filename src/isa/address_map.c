/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/address_map.h"

#include "base/search.h"
#include "obj/elf.h"
#include "obj/elf_const.h"

#include <stdlib.h>

static int by_addr(const void *a, const void *b)
{
    const rp_segment *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* A sorted copy of the segments that have an extent. */
static rp_segment *sorted(rp_image *img, uint32_t extra, uint32_t *ret_n)
{
    rp_segment *to = rp_new(img->arena, (uint64_t)img->nsegments + extra, rp_segment);
    uint32_t n = 0;
    if (to == NULL)
        return NULL;
    for (uint32_t i = 0; i < img->nsegments; i++)
        if (img->segments[i].size != 0 &&
            img->segments[i].size <= UINT64_MAX - img->segments[i].addr)
            to[n++] = img->segments[i];
    if (n > 1)
        qsort(to, n, sizeof *to, by_addr);
    *ret_n = n;
    return to;
}

bool rp_address_map_make(rp_image *img, rp_address_map *ret)
{
    uint32_t n = 0;
    rp_segment *items = sorted(img, 0, &n);
    if (items == NULL)
        return false;
    for (uint32_t i = 0; i + 1 < n; i++) {
        uint64_t room = items[i + 1].addr - items[i].addr;
        if (items[i].size > room)
            items[i].size = room;
        if (items[i].filesz > items[i].size)
            items[i].filesz = items[i].size;
    }
    *ret = (rp_address_map){.items = items,
                            .n = n,
                            .bytes = rp_new(img->arena, n, rp_bytes),
                            .unread = rp_new(img->arena, n, bool)};
    return ret->bytes != NULL && ret->unread != NULL;
}

const rp_segment *rp_segments_find(const rp_segment *items, uint32_t n, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, n, items[low].addr <= addr);
    if (low == 0 || addr - items[low - 1].addr >= items[low - 1].size)
        return NULL;
    return &items[low - 1];
}

const rp_segment *rp_address_map_find(const rp_address_map *map, uint64_t addr)
{
    return rp_segments_find(map->items, map->n, addr);
}

bool rp_address_map_code(const rp_address_map *map, uint64_t addr)
{
    const rp_segment *s = rp_address_map_find(map, addr);
    return s != NULL && (s->perm & RP_X) != 0;
}

bool rp_address_map_bytes(rp_image *img, rp_address_map *map, uint64_t addr, rp_bytes *ret)
{
    const rp_segment *s = rp_address_map_find(map, addr);
    if (s == NULL || s->offset == RP_NOWHERE || addr - s->addr >= s->filesz)
        return false;
    uint32_t index = (uint32_t)(s - map->items);
    rp_bytes *all = &map->bytes[index];
    if (all->ptr == NULL && !map->unread[index])
        map->unread[index] = !rp_source_bytes(img->src, s->offset, s->filesz, all);
    if (all->ptr == NULL || addr - s->addr >= all->len)
        return false;
    size_t from = (size_t)(addr - s->addr);
    *ret = (rp_bytes){all->ptr + from, all->len - from};
    return true;
}

bool rp_address_map_word(rp_image *img, rp_address_map *map, uint64_t addr, uint64_t *ret)
{
    rp_bytes bytes;
    if (!rp_address_map_bytes(img, map, addr, &bytes))
        return false;
    rp_reader r = rp_reader_of(bytes, 0, img->big);
    *ret = rp_uint(&r, img->bits / 8u);
    return !r.bad;
}

/* Keeps what is not writable and meets no writable segment. */
static uint32_t keep_read_only(rp_segment *items, uint32_t n)
{
    uint64_t next = UINT64_MAX; /* where the next writable one begins */
    for (uint32_t i = n; i-- > 0;) {
        if ((items[i].perm & RP_W) != 0)
            next = items[i].addr;
        else if (next - items[i].addr < items[i].size)
            items[i].size = 0;
    }
    uint64_t end = 0; /* of writable ones so far */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if ((items[i].perm & RP_W) != 0) {
            if (items[i].addr + items[i].size > end)
                end = items[i].addr + items[i].size;
        } else if (items[i].size != 0 && items[i].addr >= end) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

/* The page that loaders round RELRO's end down to, on the kernels that most machines run (what
 * larger pages leave writable is RP2109's matter). */
static uint64_t common_page(rp_arch arch)
{
    switch (arch) {
    case RP_ARCH_PPC64:
        return 0x10000;
    case RP_ARCH_SPARC:
        return 0x2000;
    case RP_ARCH_LOONGARCH:
        return 0x4000;
    default:
        return 0x1000;
    }
}

/* ld.so: mprotect from the first byte's page to the last whole page, of memory that was writable.
 * No loader does it for kernels and firmware. */
static bool relro(const rp_image *img, rp_segment *ret)
{
    const rp_elf_phdr *p = img->elf ? rp_elf_last_phdr(img->elf, PT_GNU_RELRO) : NULL;
    if (p == NULL || img->elf->host != RP_ELF_HOSTED || p->memsz > UINT64_MAX - p->vaddr)
        return false;
    uint64_t end = (p->vaddr + p->memsz) & ~(common_page(img->arch) - 1);
    *ret = (rp_segment){.addr = p->vaddr, .at = p->at, .perm = RP_R, .max_perm = RP_R};
    for (uint32_t i = 0; i < img->nsegments && end > p->vaddr; i++) {
        const rp_segment *s = &img->segments[i];
        if ((s->perm & RP_W) == 0 || p->vaddr < s->addr || p->vaddr - s->addr >= s->size)
            continue;
        uint64_t room = s->size - (p->vaddr - s->addr);
        ret->size = end - p->vaddr < room ? end - p->vaddr : room;
        return true;
    }
    return false;
}

bool rp_read_only_ranges(rp_image *img, const rp_segment **ret, uint32_t *ret_n)
{
    uint32_t n = 0;
    rp_segment *items = sorted(img, 1, &n);
    if (items == NULL)
        return false;
    n = keep_read_only(items, n);
    if (relro(img, &items[n]))
        n++;
    if (n > 1)
        qsort(items, n, sizeof *items, by_addr);
    for (uint32_t i = 0; i + 1 < n; i++) /* overlapping read-only segments: once is enough */
        if (items[i].size > items[i + 1].addr - items[i].addr)
            items[i].size = items[i + 1].addr - items[i].addr;
    *ret = items;
    *ret_n = n;
    return true;
}
