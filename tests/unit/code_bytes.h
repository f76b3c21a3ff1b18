/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions, landmarks and pass of a file that a test built; and what hostile bytes may not do to
 * them: whatever is cut or bent, functions stay sorted and apart, and nothing is read outside. */
#ifndef RP_TESTS_CODE_BYTES_H
#define RP_TESTS_CODE_BYTES_H

#include "isa/pass.h"
#include "obj/functions.h"

typedef struct {
    rp_functions functions;
    rp_code_map map;
    rp_pass pass;
} result;

/* rp_landmarks_pe, rp_landmarks_macho; and whether the image is what they read. */
typedef struct {
    rp_code (*landmarks)(rp_image *img, const rp_functions *functions, rp_code_map *ret,
                         rp_error *err);
    bool (*fits)(const rp_image *img);
} code_reader;

static bool read_code(const code_reader *reader, rp_arena *a, rp_bytes bytes, result *ret)
{
    rp_source src = rp_source_memory(bytes, a);
    rp_image *img = NULL;
    rp_error err = {0};
    return rp_image_open(&src, a, &img, &err) == RP_OK && reader->fits(img) &&
           rp_functions_read(img, &ret->functions) &&
           reader->landmarks(img, &ret->functions, &ret->map, &err) == RP_OK &&
           rp_pass_run(img, &ret->functions, &ret->map, &ret->pass);
}

static result read_whole(const code_reader *reader, rp_arena *a, rp_bytes bytes)
{
    result r = {0};
    assert_true(read_code(reader, a, bytes, &r));
    return r;
}

static void try_bytes(const code_reader *reader, rp_bytes bytes)
{
    rp_arena a = {.limit = 64u << 20};
    result r = {0};
    if (read_code(reader, &a, bytes, &r))
        for (uint32_t i = 1; i < r.functions.n; i++)
            assert_true(r.functions.items[i - 1].end <= r.functions.items[i].start);
    rp_arena_free(&a);
}

/* The first `len` bytes, alone in memory: a sanitizer sees what is read behind them. */
static void try_cut(const code_reader *reader, const uint8_t *bytes, size_t len)
{
    rp_arena exact = {0};
    uint8_t *copy = rp_arena_array(&exact, len, 1);
    memcpy(copy, bytes, len);
    try_bytes(reader, (rp_bytes){copy, len});
    rp_arena_free(&exact);
}

/* Each byte in front of `headers`, and each behind that is not 0, bent in four ways. */
static void try_bent(const code_reader *reader, uint8_t *bytes, size_t size, size_t headers)
{
    for (size_t at = 0; at < size; at++) {
        uint8_t was = bytes[at];
        const uint8_t bent[] = {0, 0xff, (uint8_t)(was ^ 1), (uint8_t)(was ^ 0x80)};
        for (size_t i = 0; i < RP_COUNT(bent) && (at < headers || was != 0); i++) {
            bytes[at] = bent[i];
            try_bytes(reader, (rp_bytes){bytes, size});
        }
        bytes[at] = was;
    }
}

static void try_without_memory(const code_reader *reader, rp_bytes bytes)
{
    rp_arena_fail_at(0);
    try_bytes(reader, bytes);
    uint64_t n = rp_arena_fail_at(0);
    assert_true(n > 20);
    for (uint64_t i = 1; i <= n; i++) {
        rp_arena_fail_at(i);
        try_bytes(reader, bytes);
        rp_arena_fail_at(0);
    }
}

#endif
