/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bump allocation, zeroed, with a hard limit; the only room that calls malloc. Not thread-safe: one
 * per job. Built with RP_DEBUG_ARENA each item is its own malloc, so ASan and valgrind see exact
 * bounds. */
#ifndef RP_BASE_ARENA_H
#define RP_BASE_ARENA_H

#include "base/base.h"

typedef struct rp_block rp_block;

typedef struct {
    uint64_t limit;  /* bytes that may be handed out; 0 = no limit */
    uint64_t used;   /* bytes handed out so far */
    rp_block *block; /* newest first */
    rp_block *spare; /* standard blocks kept by rp_arena_reset */
    uint32_t chunk;  /* bytes of a standard block, 0 = 64 KiB: less where little is kept for long */
    bool refused;    /* an allocation failed since the last reset: what was read may be partial */
} rp_arena;

/* `size` zeroed bytes aligned for any type, or NULL when over the limit or out of memory. size 0
 * gives a non-NULL pointer. */
void *rp_arena_alloc(rp_arena *arena, size_t size);
/* n * size, checked for overflow. Use through rp_new. */
void *rp_arena_array(rp_arena *arena, uint64_t n, size_t size);
/* More room for `p`, of which `old` bytes are of use; NULL, with p as it was, when there is none.
 * What is behind the old bytes is not zeroed. The latest large item grows where it is. */
void *rp_arena_grow(rp_arena *arena, void *p, size_t old, size_t size);
/* Counts bytes that lie elsewhere, on this arena's behalf. False, with nothing counted, when that
 * is over the limit. */
RP_MUST_CHECK bool rp_arena_charge(rp_arena *arena, uint64_t bytes);
/* Gives everything back; the arena can be used again. */
void rp_arena_reset(rp_arena *arena);
void rp_arena_free(rp_arena *arena);

/* n zeroed items of `type`, or NULL. */
#define rp_new(arena, n, type) ((type *)rp_arena_array((arena), (n), sizeof(type)))

/* A NUL-terminated copy, or {NULL, 0}. */
rp_str rp_arena_str(rp_arena *arena, rp_str s);
/* A formatted NUL-terminated string, or {NULL, 0} when out of memory. */
rp_str rp_arena_printf(rp_arena *arena, const char *format, ...) RP_PRINTF(2, 3);

/* For tests: the n-th allocation of this process from now fails (1 = the next), once. 0 turns it
 * off. Returns how many allocations were asked for since the last call. */
uint64_t rp_arena_fail_at(uint64_t n);

#endif
