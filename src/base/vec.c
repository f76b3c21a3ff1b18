/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/vec.h"

void *rp_vec_room(rp_arena *arena, void *items, uint32_t n, uint32_t *cap, uint32_t wanted,
                  size_t size)
{
    void *p = wanted > *cap ? rp_arena_array(arena, wanted, size) : NULL;
    if (p == NULL)
        return items;
    if (n != 0)
        memcpy(p, items, n * size);
    *cap = wanted;
    return p;
}

void *rp_vec_more(rp_arena *arena, void *items, uint32_t n, uint32_t *cap, size_t size)
{
    if (*cap > UINT32_MAX / 2)
        return items;
    return rp_vec_room(arena, items, n, cap, *cap != 0 ? *cap * 2 : 8, size);
}
