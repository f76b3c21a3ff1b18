/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A COFF object laid out: one function that calls another file's. Then cut, bent, short of memory.
 * tests/differential/objects_foreign.py has compilers' objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "obj/place.h"

enum { TEXT = 60, RELOCATIONS = 68, SYMBOLS = 78, SIZE = 118, COUNT_AT = 52 };

static const uint8_t object[SIZE] = {
    /* machine, sections, time, symbols' place and number, optional header, characteristics */
    0x64, 0x86, 1, 0, 0, 0, 0, 0, SYMBOLS, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
    /* .text: 8 bytes, one relocation, aligned to 16, code that is read and run */
    '.', 't', 'e', 'x', 't', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, TEXT, 0, 0, 0,
    RELOCATIONS, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x20, 0, 0x50, 0x60,
    /* call other; ret; nop; nop */
    0xe8, 0, 0, 0, 0, 0xc3, 0x90, 0x90,
    /* at 1, symbol 1, IMAGE_REL_AMD64_REL32 */
    1, 0, 0, 0, 1, 0, 0, 0, 4, 0,
    /* f in section 1, other in none: functions, external */
    'f', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0x20, 0, 2, 0, /**/
    'o', 't', 'h', 'e', 'r', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 2, 0,
    /* no strings */
    4, 0, 0, 0};

typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image *img, *placed;
    bool ok;
} opened;

/* The arena is the caller's to free; fail_at 0: memory never runs out. */
static void place(opened *o, const uint8_t *bytes, size_t n, uint64_t fail_at)
{
    rp_error err = {0};
    *o = (opened){0};
    (void)rp_arena_fail_at(fail_at);
    o->src = rp_source_memory((rp_bytes){bytes, n}, &o->arena);
    o->ok =
        rp_image_open(&o->src, &o->arena, &o->img, &err) == RP_OK && rp_place(o->img, &o->placed);
}

static void a_call_leads_to_the_other_files_symbol(void **state)
{
    opened o;
    (void)state;
    place(&o, object, sizeof object, 0);
    assert_true(o.ok);
    assert_non_null(o.placed);
    assert_true(o.placed->placed->whole);
    assert_int_equal(o.placed->nsymbols, 2);
    uint64_t f = o.placed->symbols[0].addr, other = o.placed->symbols[1].addr;
    rp_bytes code;
    assert_int_equal(f % 16, 0);
    assert_true(other >= o.placed->placed->externs);
    assert_true(rp_image_bytes(o.placed, f, 8, &code));
    uint32_t field = (uint32_t)code.ptr[1] | (uint32_t)code.ptr[2] << 8 |
                     (uint32_t)code.ptr[3] << 16 | (uint32_t)code.ptr[4] << 24;
    assert_int_equal(f + 5 + field, other);
    assert_int_equal(rp_placed_offset(o.placed, f + 5), 5);
    assert_int_equal(rp_placed_file_offset(o.placed, f + 5, 0), TEXT + 5);
    assert_int_equal(object[TEXT + 1], 0); /* the object's own bytes stay */
    rp_arena_free(&o.arena);
}

/* Where relocations cannot be understood or are missing, the layout is not whole. */
static void what_is_not_understood_is_not_whole(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } bends[] = {{RELOCATIONS, 6},        /* the field reaches out of the section */
                 {RELOCATIONS + 3, 0x80}, /* it lies far behind it */
                 {RELOCATIONS + 4, 2},    /* there is no such symbol */
                 {RELOCATIONS + 8, 0x1f}, /* nor such a type */
                 {COUNT_AT, 200}};        /* more records than bytes */
    (void)state;
    for (size_t i = 0; i < RP_COUNT(bends); i++) {
        uint8_t bent[SIZE];
        opened o;
        memcpy(bent, object, SIZE);
        bent[bends[i].at] = bends[i].value;
        place(&o, bent, SIZE, 0);
        assert_true(o.ok);
        assert_true(o.placed == NULL || !o.placed->placed->whole);
        rp_arena_free(&o.arena);
    }
}

static void any_bytes_end(void **state)
{
    (void)state;
    for (size_t n = 0; n <= SIZE; n++) {
        opened o;
        place(&o, object, n, 0);
        rp_arena_free(&o.arena);
    }
    for (size_t i = 0; i < (size_t)SIZE * 8; i++) {
        uint8_t bent[SIZE];
        opened o;
        memcpy(bent, object, SIZE);
        bent[i / 8] ^= (uint8_t)(1u << i % 8);
        place(&o, bent, SIZE, 0);
        rp_arena_free(&o.arena);
    }
}

/* Out of memory is an error or no layout, never one that is not whole without saying so. */
static void out_of_memory_is_told(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 200; n++) {
        opened o;
        place(&o, object, sizeof object, n);
        bool whole = o.ok && o.placed != NULL && o.placed->placed->whole;
        bool refused = o.arena.refused;
        rp_arena_free(&o.arena);
        assert_true(whole || !o.ok || refused);
        if (whole && !refused)
            return;
    }
    fail_msg("more than 200 allocations");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_leads_to_the_other_files_symbol),
        cmocka_unit_test(what_is_not_understood_is_not_whole),
        cmocka_unit_test(any_bytes_end),
        cmocka_unit_test(out_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
