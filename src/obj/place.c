/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the formats share when objects are laid out. */
#include "obj/place.h"

#include "base/limits.h"
#include "base/search.h"
#include "obj/elf.h"
#include "obj/elf_const.h"
#include "obj/macho.h"
#include "obj/pe.h"
#include "obj/place_parts.h"

#include <stdlib.h>

enum { PAGE_SIZE = 4096 };

bool rp_place(rp_image *img, rp_image **ret)
{
    bool elf = img->elf != NULL && img->elf->e_type == ET_REL && !img->elf->debug_file;
    *ret = NULL;
    /* the copy of the bytes comes out of the artefact's share of memory */
    if ((!elf && img->kind != RP_KIND_OBJECT) || img->nsections == 0 ||
        img->src->size > RP_MAX_TARGET_MEM / 4)
        return true;
    rp_image_symbols(img);
    if (img->elf != NULL)
        return rp_elf_place(img, ret);
    return img->pe != NULL ? rp_coff_place(img, ret) : rp_macho_place(img, ret);
}

rp_image *rp_place_bytes(const rp_image *file, uint64_t size, uint8_t **ret, bool *ret_whole)
{
    rp_arena *arena = file->arena;
    rp_image *img = rp_new(arena, 1, rp_image);
    rp_source *src = rp_new(arena, 1, rp_source);
    *ret = rp_arena_array(arena, size, 1);
    if (img == NULL || src == NULL || *ret == NULL)
        return NULL;
    *img = *file;
    *ret_whole = rp_source_copy(file->src, 0, *ret, (size_t)file->src->size) == file->src->size;
    *src = rp_source_memory((rp_bytes){*ret, (size_t)size}, arena);
    src->origin = file->src->origin;
    img->src = src;
    return img;
}

bool rp_place_copy(rp_placing *p, rp_image *object, uint64_t extra)
{
    rp_arena *arena = object->arena;
    bool whole;
    p->object = object;
    p->size = object->src->size + extra;
    p->placed = rp_new(arena, 1, rp_placed);
    p->sections = rp_new(arena, object->nsections, rp_section);
    rp_image *img = rp_place_bytes(object, p->size, &p->bytes, &whole);
    if (img == NULL || p->placed == NULL || p->sections == NULL)
        return false;
    memcpy(p->sections, object->sections, object->nsections * sizeof *p->sections);
    p->placed->whole = whole;
    img->placed = p->placed;
    img->sections = p->sections;
    img->kind = RP_KIND_LIBRARY; /* its code is read like one's */
    p->img = img;
    return true;
}

/* ---- segments ---- */

static int by_addr(const void *a, const void *b)
{
    const rp_segment *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return (x->size > y->size) - (x->size < y->size);
}

static rp_segment of_section(const rp_section *s)
{
    return (rp_segment){.addr = s->addr,
                        .size = s->size,
                        .offset = s->offset,
                        .filesz = s->offset == RP_NOWHERE ? 0 : s->filesz,
                        .at = s->at,
                        .perm = s->perm,
                        .max_perm = s->perm};
}

bool rp_place_segments(rp_placing *p)
{
    rp_segment *items = rp_new(p->img->arena, p->img->nsections, rp_segment);
    rp_segment *each = rp_new(p->img->arena, p->img->nsections, rp_segment);
    uint32_t n = 0, kept = 0;
    if (items == NULL || each == NULL)
        return false;
    for (uint32_t i = 0; i < p->img->nsections; i++)
        if (p->sections[i].addr != 0 && p->sections[i].size != 0) {
            items[n] = of_section(&p->sections[i]);
            each[n] = items[n];
            each[n++].offset = p->object->sections[i].offset;
        }
    if (n > 1) {
        qsort(items, n, sizeof *items, by_addr);
        qsort(each, n, sizeof *each, by_addr);
    }
    p->placed->sections = each;
    p->placed->nsections = n;
    for (uint32_t i = 0; i < n; i++) {
        rp_segment *last = kept ? &items[kept - 1] : NULL, s = items[i];
        bool joins = last != NULL && last->perm == s.perm && last->filesz != 0 && s.filesz != 0;
        if (!joins) {
            items[kept++] = s;
        } else if (s.addr + s.filesz > last->addr + last->size) {
            last->size = last->filesz = s.addr + s.filesz - last->addr;
        }
    }
    p->img->segments = items;
    p->img->nsegments = kept;
    return kept <= RP_MAX_SEGMENTS;
}

uint64_t rp_place_slot(rp_placing *p, rp_got_kind kind, uint32_t index)
{
    const rp_image *img = p->img;
    uint32_t **slots = &p->slot_of[kind];
    uint32_t key = kind == RP_GOT_TLS_LD ? 0 : index;
    if (*slots == NULL)
        *slots = rp_new(img->arena, p->nrecords + 1ull, uint32_t);
    if (*slots == NULL) {
        p->out_of_memory = true;
        return 0;
    }
    if ((*slots)[key] == 0) {
        rp_got_slot *to = rp_vec_push(img->arena, &p->slots);
        if (to == NULL) {
            p->out_of_memory = true;
            return 0;
        }
        *to = (rp_got_slot){.addr = p->end + (uint64_t)(p->slots.n - 1) * RP_EXTERN_SIZE,
                            .symbol = key == 0 ? UINT32_MAX : key - 1,
                            .kind = kind};
        (*slots)[key] = p->slots.n;
    }
    return p->end + (uint64_t)((*slots)[key] - 1) * RP_EXTERN_SIZE;
}

/* ---- sections and symbols of COFF and Mach-O ---- */

static uint64_t aligned(uint64_t value, uint64_t to)
{
    return (value + to - 1) & ~(to - 1);
}

static bool has_bytes(const rp_image *object, const rp_section *s)
{
    return s->offset != RP_NOWHERE && s->filesz != 0 && s->offset <= object->src->size &&
           s->filesz <= object->src->size - s->offset;
}

/* Two passes over the sections: how much room do they need, then `move`. UINT64_MAX: more than any
 * compiler's. */
static uint64_t lay_out(rp_placing *p, const rp_image *object, rp_place_where_fn *where, bool move)
{
    uint64_t file = object->src->size, start = aligned(file, PAGE_SIZE), end = 0, most = 0;
    uint64_t limit = file + (uint64_t)object->nsections * 64 + PAGE_SIZE;
    for (uint32_t i = 0; i < object->nsections; i++) {
        const rp_section *s = &object->sections[i];
        uint64_t to;
        if (!has_bytes(object, s) || !where(object, i, end, &to))
            continue;
        if (to > limit || s->filesz > limit - to)
            return UINT64_MAX;
        if (move) {
            memcpy(p->bytes + start + to, p->bytes + s->offset, (size_t)s->filesz);
            p->sections[i].offset = start + to;
            p->sections[i].addr = RP_PLACED_BASE + start + to;
        }
        end = to + s->filesz;
        most = end > most ? end : most;
    }
    return start + most;
}

static void place_empty(rp_placing *p, const rp_image *object, rp_place_where_fn *where)
{
    p->end = RP_PLACED_BASE + p->size;
    for (uint32_t i = 0; i < object->nsections; i++) {
        rp_section *s = &p->sections[i];
        uint64_t to;
        if (has_bytes(object, &object->sections[i]) || s->size == 0 || !where(object, i, 0, &to))
            continue;
        p->end = aligned(p->end, 64);
        s->addr = p->end;
        p->end += s->size < RP_MAX_FILE ? s->size : RP_MAX_FILE;
    }
}

bool rp_place_sections(rp_placing *p, rp_image *object, rp_place_where_fn *where, bool *ret)
{
    uint64_t end = lay_out(p, object, where, false);
    *ret = end != UINT64_MAX; /* else sections share their bytes */
    if (!*ret)
        return true;
    if (!rp_place_copy(p, object, end - object->src->size))
        return false;
    for (uint32_t i = 0; i < object->nsections; i++)
        p->sections[i].addr = 0;
    (void)lay_out(p, object, where, true);
    place_empty(p, object, where);
    return true;
}

bool rp_place_symbols(rp_placing *p, const rp_image *object)
{
    p->symbols = rp_new(object->arena, object->nsymbols, rp_symbol);
    if (p->symbols == NULL)
        return false;
    p->end = aligned(p->end, PAGE_SIZE);
    p->placed->externs = p->end;
    for (uint32_t i = 0; i < object->nsymbols; i++) {
        rp_symbol s = object->symbols[i];
        uint32_t in = s.section;
        if (in != 0 && in <= object->nsections && p->sections[in - 1].addr != 0) {
            s.addr += p->sections[in - 1].addr - object->sections[in - 1].addr;
        } else if (s.name.len != 0 && s.kind != RP_SYM_FILE &&
                   (!s.defined || (s.section == 0 && s.kind == RP_SYM_OBJECT))) {
            s.addr = p->end;
            p->end += RP_EXTERN_SIZE;
        }
        p->symbols[i] = s;
    }
    p->img->symbols = p->symbols;
    p->end = aligned(p->end, PAGE_SIZE);
    return true;
}

bool rp_place_records(rp_placing *p, uint64_t at, uint32_t width, uint32_t n, uint32_t **ret)
{
    uint64_t room = at < p->size ? (p->size - at) / width : 0;
    p->nrecords = n < room ? n : (uint32_t)room;
    *ret = rp_new(p->img->arena, p->nrecords + 1ull, uint32_t);
    if (*ret == NULL)
        return false;
    for (uint32_t i = 0; i < p->img->nsymbols; i++) {
        uint64_t from = p->symbols[i].at;
        if (from >= at && (from - at) / width < p->nrecords)
            (*ret)[(from - at) / width] = i + 1;
    }
    return true;
}

void rp_place_finish(rp_placing *p)
{
    p->placed->slots = p->slots.items;
    p->placed->nslots = p->slots.n;
}

/* ---- places as others name them ---- */

static const rp_segment *section_of(const rp_placed *p, uint64_t addr)
{
    uint32_t low;
    RP_SEARCH(low, p->nsections, p->sections[low].addr <= addr);
    return low != 0 ? &p->sections[low - 1] : NULL;
}

uint64_t rp_placed_file_offset(const rp_image *img, uint64_t addr, uint64_t at)
{
    const rp_segment *s = img->placed != NULL ? section_of(img->placed, addr) : NULL;
    return s != NULL && addr - s->addr < s->filesz ? s->offset + (addr - s->addr) : at;
}

uint64_t rp_placed_offset(const rp_image *img, uint64_t addr)
{
    const rp_segment *s = img->placed != NULL ? section_of(img->placed, addr) : NULL;
    return s != NULL ? addr - s->addr : addr;
}
