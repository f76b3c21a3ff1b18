/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What addresses mean, by format. */
#include "facts/code_facts_parts.h"

#include "isa/landmarks_elf.h"

/* ---- what nobody can write at run time ---- */

typedef struct {
    rp_arena *arena;
    RP_VEC(rp_segment) items;
    bool out_of_memory;
} ranges;

static void add_range(ranges *r, uint64_t addr, uint64_t size)
{
    rp_segment *s = size != 0 ? rp_vec_push(r->arena, &r->items) : NULL;
    if (s != NULL)
        *s = (rp_segment){.addr = addr, .size = size, .perm = RP_R, .max_perm = RP_R};
    else if (size != 0)
        r->out_of_memory = true;
}

static bool stays_read_only(const rp_segment *s)
{
    return (s->perm & RP_W) == 0 || rp_str_is(s->name, "__DATA_CONST") ||
           rp_str_is(s->name, "__AUTH_CONST");
}

static void find_read_only(const rp_image *img, ranges *ret)
{
    for (uint32_t i = 0; i < img->nsegments; i++)
        if (stays_read_only(&img->segments[i]))
            add_range(ret, img->segments[i].addr, img->segments[i].size);
}

/* ---- code addresses that data holds ---- */

typedef struct {
    rp_arena *arena;
    RP_VEC(uint64_t) items;
    bool out_of_memory;
} pointers;

static void add_pointer(pointers *p, uint64_t addr)
{
    uint64_t *item = rp_vec_push(p->arena, &p->items);
    if (item != NULL)
        *item = addr;
    else
        p->out_of_memory = true;
}

static void find_pointers(const rp_image *img, pointers *ret)
{
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (s->dynamic && s->defined && s->kind == RP_SYM_FUNC)
            add_pointer(ret, s->addr);
    }
    if (img->entry != 0)
        add_pointer(ret, img->entry);
}

/* Formats without landmarks of their own yet. */
static bool plain_map(const rp_image *img, rp_code_map *ret)
{
    ranges read_only = {.arena = img->arena};
    pointers held = {.arena = img->arena};
    find_read_only(img, &read_only);
    find_pointers(img, &held);
    *ret = (rp_code_map){.read_only = read_only.items.items,
                         .nread_only = read_only.items.n,
                         .pointers = held.items.items,
                         .npointers = held.items.n,
                         .whole = RP_UNKNOWN};
    return !read_only.out_of_memory && !held.out_of_memory;
}

bool rp_code_map_of(rp_image *img, const rp_functions *functions, rp_code_map *ret)
{
    if (img->elf != NULL)
        return rp_landmarks_elf(img, functions, ret, NULL) == RP_OK;
    return plain_map(img, ret);
}
