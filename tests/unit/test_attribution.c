/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whose code a function is, on functions that are made up here; real programs are in
 * tests/origin/attribution.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "origin/attribution.h"

enum { MAX = 256 };

typedef struct {
    rp_function fns[MAX];
    rp_functions functions;
    rp_arena arena;
    rp_source src;
    rp_image img;
    rp_locations locations;
    const rp_attribution *a;
} world;

static void start(world *w)
{
    *w = (world){.functions = {.whole = RP_YES}};
    w->src = rp_source_memory((rp_bytes){(const uint8_t *)"", 0}, &w->arena);
    w->img = (rp_image){.src = &w->src,
                        .arena = &w->arena,
                        .format = RP_FORMAT_ELF,
                        .arch = RP_ARCH_X86_64,
                        .kind = RP_KIND_EXECUTABLE,
                        .bits = 64};
}

static const rp_location_file one_file_each[] = {{.crate = 0}, {.crate = 1}, {.crate = 2}};

static rp_function *add(world *w, const char *name)
{
    assert_true(w->functions.n < MAX);
    rp_function *f = &w->fns[w->functions.n];
    *f = (rp_function){.start = 0x1000 + 16u * w->functions.n,
                       .end = 0x1010 + 16u * w->functions.n,
                       .name = rp_str_from(name),
                       .frame = UINT32_MAX,
                       .object = UINT32_MAX};
    w->functions.items = w->fns;
    w->functions.n++;
    return f;
}

static void attribute(world *w, rp_location_votes votes)
{
    rp_error err;
    assert_int_equal(
        rp_attribution_build(&w->img, &w->functions, &w->locations, votes, &w->arena, &w->a, &err),
        RP_OK);
    assert_int_equal(w->a->n, w->functions.n);
}

static void is(const world *w, uint32_t i, rp_owner owner, const char *crate)
{
    if (w->a->items[i].owner != owner || !rp_str_is(rp_attribution_crate(w->a, i), crate))
        fail_msg("function %u %.*s: owner %d, crate '%.*s'", i, RP_FMT(w->fns[i].name),
                 (int)w->a->items[i].owner, RP_FMT(rp_attribution_crate(w->a, i)));
}

static void names_tell(void **state)
{
    (void)state;
    static const struct {
        const char *name, *object, *crate;
        rp_owner owner;
    } cases[] = {
        {"_ZN7ripgrep4main17h0123456789abcdefE", "", "ripgrep", RP_OWNER_RUST_USER},
        {"_ZN4core9panicking5panic17h0123456789abcdefE", "", "core", RP_OWNER_RUST_STD},
        /* an instance of alloc's code that `app` asked for */
        {"_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeNtNtCsjrHSEGnQ3l9_3std3env4ArgsE"
         "CskK7mfDs1mzF_3app",
         "", "app", RP_OWNER_RUST_USER},
        {"_ZN5alloc3vec17h0123456789abcdefE", "app.f19dcfa532266295-cgu.0", "app",
         RP_OWNER_RUST_USER},
        {"exported_by_rust", "app.f19dcfa532266295-cgu.0", "app", RP_OWNER_RUST_USER},
        {"_ZNSt6vectorIiSaIiEE9push_backERKi", "", "", RP_OWNER_CPP},
        {"?f@@YAXXZ", "", "", RP_OWNER_CPP},
        {"deflate", "deflate.c", "", RP_OWNER_C},
        {"sum", "sum.cc", "", RP_OWNER_CPP},
        {"gcm_init", "gcm.S", "", RP_OWNER_ASSEMBLY},
        {"sqlite3_open", "", "", RP_OWNER_C},
        {"__rust_alloc", "", "", RP_OWNER_RUST_STD},
        {"__asan_init", "", "", RP_OWNER_RUNTIME},
        {"$s4main3fooyyF", "", "", RP_OWNER_OTHER},
    };
    rp_str objects[RP_COUNT(cases) + 1];
    world w;
    start(&w);
    for (uint32_t i = 0; i < RP_COUNT(cases); i++) {
        objects[i] = rp_str_from(cases[i].object);
        add(&w, cases[i].name)->object = i;
    }
    objects[RP_COUNT(cases)] = RP_STR("std.e28293b1aa0f68bd-cgu.0"); /* no fat LTO */
    w.functions.objects = objects;
    w.functions.nobjects = RP_COUNT(objects);
    attribute(&w, (rp_location_votes){NULL, 0});
    for (uint32_t i = 0; i < RP_COUNT(cases); i++)
        is(&w, i, cases[i].owner, cases[i].crate);
    uint32_t from = w.a->items[2].defined_in;
    assert_true(from < w.a->ncrates && rp_str_is(w.a->crates[from].name, "core"));
    rp_arena_free(&w.arena);
}

static void stubs_and_start_up_code_are_nobodys(void **state)
{
    (void)state;
    world w;
    start(&w);
    add(&w, "")->kind = RP_FN_PLT;
    add(&w, "_start")->kind = RP_FN_STARTUP;
    attribute(&w, (rp_location_votes){NULL, 0});
    is(&w, 0, RP_OWNER_RUNTIME, "");
    is(&w, 1, RP_OWNER_RUNTIME, "");
    assert_int_equal(w.a->by[RP_ATTR_KIND], 2);
    rp_arena_free(&w.arena);
}

/* std's hashbrown and the program's own copy */
static void copies_of_a_crate_are_told_apart(void **state)
{
    (void)state;
    static const rp_crate_path crates[] = {
        {{"hashbrown", 9}, {"0.16.1", 6}, RP_CRATE_STD},
        {{"hashbrown", 9}, {"0.14.5", 6}, RP_CRATE_REGISTRY},
    };
    static const uint32_t votes[] = {0, 0, 1, 1};
    world w;
    start(&w);
    w.locations = (rp_locations){
        .crates = crates, .ncrates = 2, .files = one_file_each, .nfiles = 2, .whole = RP_YES};
    add(&w, "_RNvMNtCsgvbsrvnw3yD_9hashbrown3rawNtB2_11Fallibility9alloc_err");
    add(&w, "_ZN9hashbrown3raw5other17h0123456789abcdefE");
    attribute(&w, (rp_location_votes){votes, 4});
    is(&w, 0, RP_OWNER_RUST_STD, "hashbrown");
    is(&w, 1, RP_OWNER_RUST_USER, "hashbrown");
    assert_true(rp_str_is(w.a->crates[w.a->items[0].crate].version, "0.16.1"));
    assert_true(rp_str_is(w.a->crates[w.a->items[1].crate].version, "0.14.5"));
    rp_arena_free(&w.arena);
}

static const rp_crate_path stripped_crates[] = {
    {{"app", 3}, {"", 0}, RP_CRATE_OWN},
    {{"std", 3}, {"", 0}, RP_CRATE_STD},
    {{"alloc", 5}, {"", 0}, RP_CRATE_STD},
};

/* 0-39: program, 40-119: std, 120-199: C without any evidence, all without names */
static uint32_t stripped(world *w, uint32_t *votes)
{
    uint32_t n = 0;
    start(w);
    w->locations = (rp_locations){.crates = stripped_crates,
                                  .ncrates = 3,
                                  .files = one_file_each,
                                  .nfiles = 3,
                                  .whole = RP_YES};
    for (uint32_t i = 0; i < 200; i++) {
        (void)add(w, "");
        if (i >= 120 || i % 2 != 0)
            continue;
        votes[n++] = i;
        votes[n++] = i >= 40 ? 1 : i % 4 == 0 ? 0 : 2;
    }
    votes[n++] = 8; /* inlined code of std does not outvote the crate */
    votes[n++] = 2;
    votes[n++] = 8;
    votes[n++] = 2;
    votes[n++] = 5000; /* no such function, no such crate */
    votes[n++] = 0;
    votes[n++] = 1;
    votes[n++] = 77;
    return n;
}

static void link_order_tells_std_from_the_program(void **state)
{
    (void)state;
    uint32_t votes[4 * MAX];
    world w;
    uint32_t n = stripped(&w, votes);
    attribute(&w, (rp_location_votes){votes, n});
    is(&w, 0, RP_OWNER_RUST_USER, "app");
    is(&w, 8, RP_OWNER_RUST_USER, "app");
    is(&w, 1, RP_OWNER_RUST_USER, ""); /* between: program, crate not told */
    assert_int_equal(w.a->items[1].by, RP_ATTR_NEIGHBOURS);
    is(&w, 2, RP_OWNER_RUST_USER, ""); /* alloc's code inside the program */
    assert_int_equal(w.a->items[2].by, RP_ATTR_LOCATION);
    assert_true(rp_str_is(w.a->crates[w.a->items[2].defined_in].name, "alloc"));
    is(&w, 60, RP_OWNER_RUST_STD, "std");
    is(&w, 61, RP_OWNER_RUST_STD, "");
    is(&w, 150, RP_OWNER_UNKNOWN, "");
    assert_int_equal(w.a->items[150].by, RP_ATTR_NONE);
    uint32_t sum = 0;
    for (size_t i = 0; i < RP_COUNT(w.a->by); i++)
        sum += w.a->by[i];
    assert_int_equal(sum, 200);
    rp_arena_free(&w.arena);
}

static void memory_that_runs_out_is_an_error(void **state)
{
    (void)state;
    uint32_t votes[4 * MAX];
    for (uint64_t k = 1;; k++) {
        world w;
        rp_error err = {0};
        uint32_t n = stripped(&w, votes);
        (void)rp_arena_fail_at(k);
        rp_code code = rp_attribution_build(&w.img, &w.functions, &w.locations,
                                            (rp_location_votes){votes, n}, &w.arena, &w.a, &err);
        bool failed = w.arena.refused;
        (void)rp_arena_fail_at(0);
        assert_int_equal(code != RP_OK, failed);
        rp_arena_free(&w.arena);
        if (code == RP_OK) {
            assert_in_range(k, 5, 100);
            return;
        }
    }
}

static void nothing_is_attributed_without_functions(void **state)
{
    (void)state;
    world w;
    start(&w);
    attribute(&w, (rp_location_votes){NULL, 0});
    assert_int_equal(w.a->ncrates, 0);
    assert_int_equal(rp_attribution_crate(w.a, 7).len, 0);
    rp_arena_free(&w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_tell),
        cmocka_unit_test(stubs_and_start_up_code_are_nobodys),
        cmocka_unit_test(copies_of_a_crate_are_told_apart),
        cmocka_unit_test(link_order_tells_std_from_the_program),
        cmocka_unit_test(memory_that_runs_out_is_an_error),
        cmocka_unit_test(nothing_is_attributed_without_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
