/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions that only hand on to one that prints what is wrong with an index, byte by byte: rustc's
 * forms, and the nearest code that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/source.h"
#include "isa/landmarks_parts.h"

enum { BASE = 0x1000, SIZE = 0x200, FAILS = 0x1100, OTHER = 0x1180 };

typedef struct {
    uint8_t code[SIZE];
    rp_arena arena;
    rp_source src;
    rp_image img;
    rp_segment segment;
    rp_function function;
    rp_functions functions;
    rp_landmarks landmarks;
    rp_lm_builder b;
} world;

/* One function of `n` bytes at BASE. */
static bool look(world *w, rp_arch arch, const void *code, size_t n, rp_fn_kind kind)
{
    *w = (world){0};
    memcpy(w->code, code, n);
    w->src = rp_source_memory((rp_bytes){w->code, SIZE}, &w->arena);
    w->segment = (rp_segment){.addr = BASE, .size = SIZE, .filesz = SIZE, .perm = RP_R | RP_X};
    w->img = (rp_image){.arch = arch,
                        .bits = 64,
                        .src = &w->src,
                        .arena = &w->arena,
                        .segments = &w->segment,
                        .nsegments = 1};
    w->function = (rp_function){.start = BASE, .end = BASE + n, .kind = (uint8_t)kind};
    w->functions = (rp_functions){.items = &w->function, .n = 1};
    w->b = (rp_lm_builder){.img = &w->img, .functions = &w->functions, .landmarks = &w->landmarks};
    uint64_t *fails = rp_vec_push(&w->arena, &w->b.index_failures);
    if (fails == NULL || !rp_address_map_make(&w->img, &w->b.map))
        return false;
    *fails = FAILS;
    return rp_lm_wrappers(&w->b);
}

static bool hands_on(world *w)
{
    const rp_landmark *l = rp_landmarks_find(&w->landmarks, BASE);
    return l != NULL && l->id == RP_LM_BOUNDS;
}

/* `@` and three bytes more: the distance from behind them to FAILS; `%`: to OTHER. */
static size_t with_distances(const char *text, size_t n, uint8_t *to)
{
    memcpy(to, text, n);
    for (size_t i = 0; i + 4 <= n; i++) {
        uint32_t target = to[i] == '@' ? FAILS : to[i] == '%' ? OTHER : 0;
        uint32_t distance = target - (uint32_t)(BASE + i + 4);
        for (unsigned k = 0; target != 0 && k < 4; k++)
            to[i + k] = (uint8_t)(distance >> (8 * k));
        i += target != 0 ? 3 : 0;
    }
    return n;
}

#define ROW(text, yes)                                                                             \
    {                                                                                              \
        (text), sizeof(text) - 1, (yes)                                                            \
    }

static void forms_of_x86(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        bool wrapper;
    } rows[] = {
        ROW("\xe8@@@@", true),                                 /* call */
        ROW("\xe9@@@@", true),                                 /* jmp */
        ROW("\x50\xe8@@@@", true),                             /* push rax; call */
        ROW("\x48\x83\xec\x18\xe8@@@@\x0f\x0b", true),         /* sub rsp, 24; call; ud2 */
        ROW("\xf3\x0f\x1e\xfa\x50\xe8@@@@", true),             /* endbr64; push; call */
        ROW("\x50\x48\x39\xf2\x77\x05\xe8@@@@\xe8@@@@", true), /* cmp; ja; one of two calls */
        ROW("\x50\x48\x89\xc8\xe8@@@@\x90\xcc", true),         /* a move; a no-op, a trap */
        ROW("\xe8%%%%", false),                                /* of another function */
        ROW("\xe8@@@@\xe8%%%%", false),                        /* of both */
        ROW("\xe8%%%%\xe8@@@@", false),
        ROW("\x50\x0f\x0b", false),             /* calls nothing */
        ROW("\x31\xff\xe8@@@@", false),         /* makes an argument: xor edi */
        ROW("\xbf\x01\0\0\0\xe8@@@@", false),   /* mov edi, 1 */
        ROW("\x48\x8b\x07\xe8@@@@", false),     /* a load */
        ROW("\x48\x89\x07\xe8@@@@", false),     /* a store */
        ROW("\x48\x83\xc4\x18\xe8@@@@", false), /* add rsp: no prologue */
        ROW("\xe8@@@@\xc3", false),             /* it returns */
        ROW("\xe8@@@", false),                  /* cut */
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        world w;
        uint8_t code[SIZE];
        size_t n = with_distances(rows[i].text, rows[i].n, code);
        assert_true(look(&w, RP_ARCH_X86_64, code, n, RP_FN_NORMAL));
        if (hands_on(&w) != rows[i].wrapper)
            fail_msg("row %zu", i);
        rp_arena_free(&w.arena);
    }
}

static void a_stub_or_a_long_function_is_none(void **state)
{
    (void)state;
    world w;
    uint8_t code[SIZE];
    memset(code, 0x90, sizeof code);
    with_distances("\xe8@@@@", 5, code);
    assert_true(look(&w, RP_ARCH_X86_64, code, 64, RP_FN_NORMAL));
    assert_true(hands_on(&w));
    rp_arena_free(&w.arena);
    assert_true(look(&w, RP_ARCH_X86_64, code, 65, RP_FN_NORMAL));
    assert_false(hands_on(&w));
    rp_arena_free(&w.arena);
    assert_true(look(&w, RP_ARCH_X86_64, code, 5, RP_FN_PLT));
    assert_false(hands_on(&w));
    rp_arena_free(&w.arena);
}

static uint32_t bl_to(uint32_t at, uint32_t to)
{
    return 0x94000000u | ((to - at) / 4 & 0x3ffffffu);
}

static void forms_of_a64(void **state)
{
    (void)state;
    const uint32_t stp = 0xa9bf7bfd, mov = 0x910003fd, bti = 0xd503245f, paciasp = 0xd503233f;
    const struct {
        uint32_t words[4];
        size_t n;
        bool wrapper;
    } rows[] = {
        {{stp, mov, bl_to(BASE + 8, FAILS)}, 3, true},
        {{bti, stp, mov, bl_to(BASE + 12, FAILS)}, 4, true},
        {{paciasp, stp, mov, bl_to(BASE + 12, FAILS)}, 4, true},
        {{0xd503201f, stp, mov, bl_to(BASE + 12, FAILS)}, 4, false}, /* nop: no landing pad */
        {{stp, mov, bl_to(BASE + 8, OTHER)}, 3, false},
        {{stp, mov, bl_to(BASE + 8, FAILS) & ~0x80000000u}, 3, false}, /* b */
        {{stp, 0x52800020, bl_to(BASE + 8, FAILS)}, 3, false},         /* mov w0, #1 */
        {{0xa9be7bfd, mov, bl_to(BASE + 8, FAILS)}, 3, false},         /* a larger frame */
        {{stp, mov}, 2, false},                                        /* cut */
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        world w;
        uint8_t code[16];
        for (size_t k = 0; k < rows[i].n; k++)
            for (unsigned byte = 0; byte < 4; byte++)
                code[4 * k + byte] = (uint8_t)(rows[i].words[k] >> (8 * byte));
        assert_true(look(&w, RP_ARCH_AARCH64, code, 4 * rows[i].n, RP_FN_NORMAL));
        if (hands_on(&w) != rows[i].wrapper)
            fail_msg("row %zu", i);
        rp_arena_free(&w.arena);
    }
}

static void without_failures_nothing_is_looked_at(void **state)
{
    (void)state;
    rp_lm_builder b = {0};
    assert_true(rp_lm_wrappers(&b));
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    uint8_t code[SIZE];
    size_t n = with_distances("\xe8@@@@", 5, code);
    bool done = false;
    for (unsigned i = 1; !done && i < 40; i++) {
        world w;
        rp_arena_fail_at(i);
        bool good = look(&w, RP_ARCH_X86_64, code, n, RP_FN_NORMAL);
        done = rp_arena_fail_at(0) < i;
        assert_true(!done || (good && hands_on(&w)));
        rp_arena_free(&w.arena);
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_x86),
        cmocka_unit_test(a_stub_or_a_long_function_is_none),
        cmocka_unit_test(forms_of_a64),
        cmocka_unit_test(without_failures_nothing_is_looked_at),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
