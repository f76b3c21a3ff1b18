/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which places calls and pointers make the start of a function, on code written byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/source.h"
#include "obj/function_sources.h"

enum { BASE = 0x1000, SIZE = 0x200 };

typedef struct {
    uint8_t code[SIZE];
    rp_arena arena;
    rp_source src;
    rp_image img;
    rp_fn_builder b;
} world;

static void start(world *w, rp_arch arch, uint8_t bits, uint8_t fill)
{
    *w = (world){0};
    memset(w->code, fill, SIZE);
    w->img = (rp_image){.arch = arch, .bits = bits, .src = &w->src, .arena = &w->arena};
    w->b.img = &w->img;
}

static bool look(world *w)
{
    w->src = rp_source_memory((rp_bytes){w->code, SIZE}, &w->arena);
    rp_fn_area *area = rp_vec_push(&w->arena, &w->b.areas);
    if (area == NULL)
        return false;
    memmove(w->b.areas.items + 1, w->b.areas.items, (w->b.areas.n - 1) * sizeof *area);
    w->b.areas.items[0] = (rp_fn_area){BASE, SIZE, 0}; /* areas come by address */
    return rp_fn_from_targets(&w->b);
}

static void put32(world *w, uint32_t at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        w->code[at + i] = (uint8_t)(value >> (8 * i));
}

/* call, at an offset in the code, of another */
static void call(world *w, uint32_t at, uint32_t to)
{
    w->code[at] = 0xe8;
    put32(w, at + 1, to - (at + 5));
}

static void bl(world *w, uint32_t at, uint32_t to)
{
    put32(w, at, 0x94000000u | ((to - at) / 4 & 0x3ffffffu));
}

static bool begins(const world *w, uint32_t at)
{
    for (uint32_t i = 0; i < w->b.candidates.n; i++)
        if (w->b.candidates.items[i].start == BASE + at)
            return true;
    return false;
}

/* What stands before a border; whether what is called there is a function. */
static void borders_of_x86(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        size_t n;
        bool begins;
    } rows[] = {
        {"\x89\xd8\xc3", 3, true},          /* ret */
        {"\xc2\x08\0", 3, true},            /* ret 8 */
        {"\xeb\x10", 2, true},              /* jmp, short */
        {"\xe9\0\0\0\0", 5, true},          /* jmp */
        {"\xe8\0\0\0\0", 5, true},          /* a call that does not return */
        {"\x0f\x0b", 2, true},              /* ud2 */
        {"\xc3\xcc\xcc", 3, true},          /* int3 */
        {"\xc3\x66\x90", 3, true},          /* a no-op of two bytes */
        {"\x89\xd8", 2, false},             /* mov eax, ebx */
        {"\x0f\xaf\xc3\x89\xd8", 5, false}, /* imul eax, ebx; mov */
        {"\xc2\x08\x01", 3, false},         /* as ret 264 would be */
        {"\xe9\0\0\0\0\x89\xd8", 7, false}, /* a jump, then an instruction */
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        world w;
        start(&w, RP_ARCH_X86_64, 64, 0x89);
        memcpy(w.code + 0x40 - rows[i].n, rows[i].before, rows[i].n);
        call(&w, 0x80, 0x40);
        assert_true(look(&w));
        if (begins(&w, 0x40) != rows[i].begins)
            fail_msg("row %zu", i);
        rp_arena_free(&w.arena);
    }
}

static void places_of_x86(void **state)
{
    (void)state;
    world w;
    start(&w, RP_ARCH_X86_64, 64, 0xcc);
    call(&w, 0x20, 0);         /* nothing stands before the first byte */
    call(&w, 0x28, 0x45);      /* no border */
    call(&w, 0x30, 0x48);      /* half of one */
    call(&w, 0x38, SIZE);      /* behind the code */
    call(&w, 0x60, 0xffffff0); /* far away */
    call(&w, 0x68, (uint32_t)-0x40);
    call(&w, SIZE - 5, 0x1f0); /* the last five bytes */
    assert_true(look(&w));
    assert_int_equal(w.b.candidates.n, 2);
    assert_true(begins(&w, 0));
    assert_true(begins(&w, 0x1f0));
    assert_false(w.b.cut_short);
    rp_arena_free(&w.arena);
}

/* Addresses of 32-bit code wrap; a call whose last byte is missing is none. */
static void width_and_end_of_x86(void **state)
{
    (void)state;
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        world w;
        start(&w, bits == 32 ? RP_ARCH_X86 : RP_ARCH_X86_64, (uint8_t)bits, 0xcc);
        w.code[0x20] = 0xe8;
        put32(&w, 0x21, 0x90001020u - 0x1025u); /* a negative number, of 32 bits */
        w.code[SIZE - 4] = 0xe8;
        rp_fn_area *far = rp_vec_push(&w.arena, &w.b.areas);
        assert_non_null(far);
        *far = (rp_fn_area){0x90001020, 0x10, 0x100};
        assert_true(look(&w));
        assert_int_equal(w.b.candidates.n, bits == 32 ? 1 : 0);
        rp_arena_free(&w.arena);
    }
}

static void calls_of_a64(void **state)
{
    (void)state;
    world w;
    start(&w, RP_ARCH_AARCH64, 64, 0);
    for (uint32_t at = 0; at < SIZE; at += 4)
        put32(&w, at, 0xd2800000); /* mov x0, #0: nothing ends here */
    bl(&w, 0x40, 0x84);
    bl(&w, 0x60, 0x24);          /* back */
    put32(&w, 0x70, 0x14000008); /* b 0x90 */
    bl(&w, 0x74, SIZE);
    bl(&w, SIZE - 4, 0x1f0);
    assert_true(look(&w));
    assert_int_equal(w.b.candidates.n, 3);
    assert_true(begins(&w, 0x84) && begins(&w, 0x24) && begins(&w, 0x1f0));
    rp_arena_free(&w.arena);
}

/* An area whose bytes the file has not; areas over each other, whose sum is more than the file. */
static void missing_bytes_are_told(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        world w;
        start(&w, RP_ARCH_X86_64, 64, 0xcc);
        w.src = rp_source_memory((rp_bytes){w.code, SIZE}, &w.arena);
        for (unsigned k = 0; k < (i == 0 ? 1u : 3u); k++) {
            rp_fn_area *area = rp_vec_push(&w.arena, &w.b.areas);
            *area = (rp_fn_area){BASE + 0x1000 * k, SIZE, i == 0 ? 0x10 : 0};
        }
        assert_true(rp_fn_from_targets(&w.b));
        assert_true(w.b.cut_short);
        rp_arena_free(&w.arena);
    }
}

static void other_machines_have_none(void **state)
{
    (void)state;
    world w;
    start(&w, RP_ARCH_RISCV, 64, 0xcc);
    call(&w, 0x20, 0);
    assert_true(look(&w));
    assert_int_equal(w.b.candidates.n, 0);
    rp_arena_free(&w.arena);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    bool done = false;
    for (unsigned n = 1; !done && n < 20; n++) {
        world w;
        start(&w, RP_ARCH_X86_64, 64, 0xcc);
        call(&w, 0x20, 0);
        rp_arena_fail_at(n);
        bool found = look(&w);
        done = rp_arena_fail_at(0) < n;
        assert_true(!done || (found && begins(&w, 0)));
        assert_true(done || !found);
        rp_arena_free(&w.arena);
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_of_x86),
        cmocka_unit_test(places_of_x86),
        cmocka_unit_test(width_and_end_of_x86),
        cmocka_unit_test(calls_of_a64),
        cmocka_unit_test(missing_bytes_are_told),
        cmocka_unit_test(other_machines_have_none),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
