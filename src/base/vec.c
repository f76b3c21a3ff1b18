/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/vec.h"

void *rp_vec_more(rp_arena *arena, void *items, uint32_t n, uint32_t *cap, size_t size)
{
    if (*cap > UINT32_MAX / 2)
        return items;
    uint32_t wanted = *cap ? *cap * 2 : 8;
    void *p = rp_arena_array(arena, wanted, size);
    if (p == NULL)
        return items;
    if (n != 0)
        memcpy(p, items, n * size);
    *cap = wanted;
    return p;
}
