/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A typed growable array in an arena: RP_VEC(type) declares it, rp_vec_push adds a zeroed item. Old
 * storage stays in the arena when it grows (doubling, so at most as much again). */
#ifndef RP_BASE_VEC_H
#define RP_BASE_VEC_H

#include "base/arena.h"

#define RP_VEC(type)                                                                               \
    struct {                                                                                       \
        type *items;                                                                               \
        uint32_t n;                                                                                \
        uint32_t cap;                                                                              \
    }

/* Storage for at least one more item: the new one with *cap raised, or `items` itself with *cap as
 * it was when out of memory. Use through rp_vec_push. */
void *rp_vec_more(rp_arena *arena, void *items, uint32_t n, uint32_t *cap, size_t size);

/* Storage for `wanted` items in all, for who knows their number before: growing would leave as much
 * again behind. As above; use through rp_vec_reserve. */
void *rp_vec_room(rp_arena *arena, void *items, uint32_t n, uint32_t *cap, uint32_t wanted,
                  size_t size);

/* False: out of memory. */
#define rp_vec_reserve(arena, vec, wanted)                                                         \
    ((vec)->items = rp_vec_room((arena), (vec)->items, (vec)->n, &(vec)->cap, (wanted),            \
                                sizeof *(vec)->items),                                             \
     (vec)->cap >= (wanted))

/* Pointer to a new zeroed last item, or NULL when out of memory. */
#define rp_vec_push(arena, vec)                                                                    \
    ((vec)->n < (vec)->cap || ((vec)->items = rp_vec_more((arena), (vec)->items, (vec)->n,         \
                                                          &(vec)->cap, sizeof *(vec)->items),      \
                               (vec)->n < (vec)->cap)                                              \
         ? &(vec)->items[(vec)->n++]                                                               \
         : NULL)

#endif
