/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of a few instructions, and what a scanner must and must not say of them. */
#ifndef RP_TESTS_SCAN_VECTORS_H
#define RP_TESTS_SCAN_VECTORS_H

#include "isa/code.h"

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

typedef struct {
    const char *name;
    const uint8_t *bytes;
    size_t len;
    uint32_t must, must_not; /* flags */
    uint32_t frame;
    uint32_t branches;
} scan_vector;

typedef void scan_function(rp_code_sink *sink, const rp_code_range *range, rp_fn_code *ret);

static inline void put_word(uint8_t *p, uint32_t w)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(w >> (8 * i));
}

static inline void check_vector(const scan_vector *v, scan_function *scan)
{
    rp_arena arena = {.limit = 1 << 20};
    rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
    rp_code_range range = {.start = 0x10000, .bytes = {v->bytes, v->len}};
    rp_fn_code fn;
    scan(&sink, &range, &fn);
    if ((fn.flags & v->must) != v->must || (fn.flags & v->must_not) != 0 || fn.frame != v->frame ||
        fn.nsites != v->branches)
        fail_msg("%s: flags %#x, missing %#x, too many %#x, frame %u, branches %u", v->name,
                 fn.flags, v->must & ~fn.flags, fn.flags & v->must_not, fn.frame, fn.nsites);
    assert_int_equal(sink.bytes, v->len);
    rp_arena_free(&arena);
}

/* Cut after every byte, with memory and without: nothing is read behind the end. */
static inline void cut_vector(const scan_vector *v, scan_function *scan)
{
    for (size_t n = 0; n < v->len; n++) {
        uint8_t *copy = test_malloc(n + 1); /* its end is watched */
        memcpy(copy, v->bytes, n);
        rp_arena arena = {.limit = n % 2 == 0 ? 1 << 20 : 0};
        rp_code_sink sink = {.arena = &arena, .guard_size = 4096};
        rp_code_range range = {.start = 0x10000, .bytes = {copy, n}};
        rp_fn_code fn;
        scan(&sink, &range, &fn);
        assert_true(sink.branches.n <= v->branches);
        rp_arena_free(&arena);
        test_free(copy);
    }
}

#endif
