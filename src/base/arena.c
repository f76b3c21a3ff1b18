/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 64 * 1024, ALIGN = 16, MAX_SPARES = 32 };

struct rp_block {
    rp_block *next;
    size_t size; /* of data */
    size_t used;
    size_t dirty; /* not zeroed yet. A whole word: data stays aligned to 16, with 32 bits, too */
    uint8_t data[];
};

#ifdef RP_TORTURE
static atomic_uint_fast64_t fail_countdown;
static atomic_uint_fast64_t asked;

uint64_t rp_arena_fail_at(uint64_t n)
{
    atomic_store(&fail_countdown, n);
    return atomic_exchange(&asked, 0);
}

static bool must_fail(void)
{
    atomic_fetch_add(&asked, 1);
    uint_fast64_t left = atomic_load(&fail_countdown);
    if (left == 0)
        return false;
    atomic_store(&fail_countdown, left - 1);
    return left == 1;
}
#else
uint64_t rp_arena_fail_at(uint64_t n)
{
    (void)n;
    return 0;
}

static inline bool must_fail(void)
{
    return false;
}
#endif

static size_t standard_size(const rp_arena *a)
{
    return a->chunk != 0 ? a->chunk : BLOCK;
}

/* Blocks that many items share are zeroed as they are used: a page that nothing lies in is never
 * touched, and costs nothing. */
static rp_block *block_new(rp_arena *a, size_t size, bool shared)
{
    rp_block *b = NULL;
    if (a->spare != NULL && size <= a->spare->size) {
        b = a->spare;
        a->spare = b->next;
        b->dirty = true;
    } else if (size <= SIZE_MAX - sizeof *b) {
        b = shared ? malloc(sizeof *b + size) : calloc(1, sizeof *b + size);
        if (b != NULL)
            *b = (rp_block){.size = size, .dirty = shared};
    }
    if (b == NULL)
        return NULL;
    b->used = 0;
    b->next = a->block;
    a->block = b;
    return b;
}

static void *block_take(rp_block *b, size_t size)
{
    void *p = b->data + b->used;
    b->used += size;
    return b->dirty ? memset(p, 0, size) : p;
}

static void *alloc(rp_arena *a, size_t size)
{
    if (must_fail() || size > SIZE_MAX - ALIGN)
        return NULL;
    size_t rounded = size ? (size + ALIGN - 1) / ALIGN * ALIGN : ALIGN;
    if (a->limit != 0 && (a->used > a->limit || rounded > a->limit - a->used))
        return NULL;
#ifdef RP_DEBUG_ARENA
    rp_block *b = block_new(a, size ? size : 1, false);
    rounded = b ? b->size : rounded;
#else
    rp_block *b = a->block;
    if (b == NULL || b->size - b->used < rounded) {
        if (rounded > BLOCK / 4 &&
            b != NULL) { /* big item: its own block, behind the current one */
            rp_block *own = block_new(a, rounded, false);
            if (own == NULL)
                return NULL;
            a->block = b;
            own->next = b->next;
            b->next = own;
            a->used += rounded;
            return block_take(own, rounded);
        }
        size_t standard = standard_size(a);
        b = block_new(a, rounded > standard ? rounded : standard, rounded <= standard);
    }
#endif
    if (b == NULL)
        return NULL;
    a->used += rounded;
    return block_take(b, rounded);
}

void *rp_arena_alloc(rp_arena *a, size_t size)
{
    void *p = alloc(a, size);
    if (p == NULL)
        a->refused = true;
    return p;
}

void *rp_arena_array(rp_arena *a, uint64_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size) {
        a->refused = true;
        return NULL;
    }
    return rp_arena_alloc(a, (size_t)n * size);
}

bool rp_arena_charge(rp_arena *a, uint64_t bytes)
{
    if (bytes > UINT64_MAX - a->used || (a->limit != 0 && a->used + bytes > a->limit)) {
        a->refused = true;
        return false;
    }
    a->used += bytes;
    return true;
}

/* The block that holds `p` and nothing else, if it is among the latest two: big items stand behind
 * the block that small ones share. */
static rp_block **block_of(rp_arena *a, const void *p, size_t old)
{
    rp_block **at = &a->block;
    if (*at != NULL && (*at)->data != p)
        at = &(*at)->next;
    return *at != NULL && (*at)->data == p && (*at)->used <= old + ALIGN ? at : NULL;
}

static void *grow(rp_arena *a, rp_block **at, size_t size)
{
    rp_block *b = *at;
    size_t rounded = (size + ALIGN - 1) / ALIGN * ALIGN;
    uint64_t others = a->used - b->used;
    if (must_fail() || (a->limit != 0 && (others > a->limit || rounded > a->limit - others)))
        return NULL;
    b = realloc(b, sizeof *b + rounded);
    if (b == NULL)
        return NULL;
    b->size = b->used = rounded;
    a->used = others + rounded;
    *at = b;
    return b->data;
}

void *rp_arena_grow(rp_arena *a, void *p, size_t old, size_t size)
{
    rp_block **at = size > BLOCK && size <= SIZE_MAX / 2 ? block_of(a, p, old) : NULL;
    void *more = at != NULL ? grow(a, at, size) : rp_arena_alloc(a, size);
    if (more == NULL)
        a->refused = true;
    else if (at == NULL && old != 0)
        memcpy(more, p, old);
    return more;
}

static void free_blocks(rp_block *b)
{
    while (b != NULL) {
        rp_block *next = b->next;
        free(b);
        b = next;
    }
}

/* Blocks that are kept cost no page faults, which threads of one process wait for each other in. */
void rp_arena_reset(rp_arena *a)
{
    unsigned n = 0;
    for (const rp_block *b = a->spare; b != NULL; b = b->next)
        n++;
    for (rp_block *b = a->block, *next = NULL; b != NULL; b = next) {
        next = b->next;
        if (n < MAX_SPARES && b->size == standard_size(a)) {
            b->next = a->spare;
            a->spare = b;
            n++;
        } else {
            free(b);
        }
    }
    a->block = NULL;
    a->used = 0;
    a->refused = false;
}

void rp_arena_free(rp_arena *a)
{
    free_blocks(a->block);
    free_blocks(a->spare);
    a->block = NULL;
    a->spare = NULL;
    a->used = 0;
    a->refused = false;
}

rp_str rp_arena_str(rp_arena *a, rp_str s)
{
    if (s.len == SIZE_MAX)
        return (rp_str){NULL, 0};
    char *p = rp_arena_alloc(a, s.len + 1);
    if (p == NULL)
        return (rp_str){NULL, 0};
    if (s.len != 0)
        memcpy(p, s.ptr, s.len);
    return (rp_str){p, s.len};
}

rp_str rp_arena_printf(rp_arena *a, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : rp_arena_alloc(a, (size_t)n + 1);
    if (p == NULL)
        return (rp_str){NULL, 0};
    va_start(ap, format);
    (void)vsnprintf(p, (size_t)n + 1, format, ap);
    va_end(ap);
    return (rp_str){p, (size_t)n};
}
