/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Coverages out of literal functions, and what is said of code that cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "facts/code_facts_build.h"
#include "facts/code_facts_parts.h"

enum { N = 8, BASE = 0x4000 };

/* Eight functions of 16 bytes: two of crate b, one of crate a, one of std, two of C objects, a stub
 * and one of nobody. */
typedef struct {
    rp_arena arena;
    rp_source src;
    rp_image img;
    rp_function fns[N];
    rp_fn_code codes[N];
    rp_fn_origin origins[N];
    uint8_t scanned[N];
    bool helpers[N];
    rp_branch branches[N];
    rp_functions functions;
    rp_attribution attribution;
    rp_pass pass;
    rp_code_view view;
    rp_code_facts facts;
} world;

static const rp_crate crates[] = {{{"b", 1}, {"1.2", 3}, RP_OWNER_RUST_USER, 2},
                                  {{"a", 1}, {"", 0}, RP_OWNER_RUST_USER, 1},
                                  {{"core", 4}, {"", 0}, RP_OWNER_RUST_STD, 1}};

static void make(world *w)
{
    static const struct {
        const char *name, *object;
        rp_owner owner;
        uint32_t crate;
        rp_fn_kind kind;
    } rows[N] = {
        {"_RNvC1b3two", "b.o", RP_OWNER_RUST_USER, 0, RP_FN_NORMAL},
        {"_RNvC1b3one", "b.o", RP_OWNER_RUST_USER, 0, RP_FN_NORMAL},
        {"_RNvC1a1f", "", RP_OWNER_RUST_USER, 1, RP_FN_NORMAL},
        {"_RNvC4core1g", "", RP_OWNER_RUST_STD, 2, RP_FN_NORMAL},
        {"c_first", "c.c", RP_OWNER_C, RP_NO_CRATE, RP_FN_NORMAL},
        {"c_second", "d.c", RP_OWNER_C, RP_NO_CRATE, RP_FN_NORMAL},
        {"stub", "", RP_OWNER_RUNTIME, RP_NO_CRATE, RP_FN_PLT},
        {"", "", RP_OWNER_UNKNOWN, RP_NO_CRATE, RP_FN_NORMAL},
    };
    *w = (world){.functions.n = N};
    w->src = rp_source_memory((rp_bytes){NULL, 0}, &w->arena);
    w->img = (rp_image){.arch = RP_ARCH_X86_64, .bits = 64, .src = &w->src, .arena = &w->arena};
    for (uint32_t i = 0; i < N; i++) {
        w->fns[i] = (rp_function){.start = BASE + 16 * i,
                                  .end = BASE + 16 * i + 16,
                                  .at = 16 * i,
                                  .name = rp_str_from(rows[i].name),
                                  .kind = (uint8_t)rows[i].kind};
        w->origins[i] = (rp_fn_origin){
            .owner = rows[i].owner, .crate = rows[i].crate, .object = rp_str_from(rows[i].object)};
        w->scanned[i] = rows[i].kind == RP_FN_NORMAL;
    }
}

static bool sum_up(world *w)
{
    w->functions.items = w->fns;
    w->attribution = (rp_attribution){.items = w->origins, .n = N, .crates = crates, .ncrates = 3};
    w->pass.fns = w->codes;
    w->pass.scanned = w->scanned;
    w->pass.branches = w->branches;
    w->view.img = &w->img;
    w->view.functions = &w->functions;
    w->view.pass = &w->pass;
    w->view.arena = &w->arena;
    w->view.helpers = w->helpers;
    if (w->view.stack_guard == 0)
        w->view.stack_guard = RP_STACK_PAGE;
    return rp_code_view_build(&w->view, &w->attribution) &&
           rp_code_facts_functions(&w->view, &w->facts) && rp_code_facts_edges(&w->view, &w->facts);
}

static void assert_row(const rp_coverage_row *row, const char *name, rp_owner owner,
                       uint32_t covered, uint32_t total)
{
    assert_true(rp_str_is(row->name, name));
    assert_int_equal(row->owner, owner);
    assert_int_equal(row->covered, covered);
    assert_int_equal(row->total, total);
}

static void places_and_rows_are_sorted(void **state)
{
    (void)state;
    world w;
    make(&w);
    for (uint32_t i = 0; i < N; i++) {
        w.codes[i].flags = i == 3 ? RP_FN_PROBE_INLINE : RP_FN_UNPROBED;
        w.codes[i].frame = 5000 + i;
    }
    w.codes[5].flags = RP_FN_FRAME; /* a small frame: not counted */
    assert_true(sum_up(&w));
    const rp_coverage *c = &w.facts.probes;
    assert_int_equal(c->known, RP_YES);
    assert_int_equal(c->covered, 1);
    assert_int_equal(c->total, 6);
    assert_int_equal(c->noutside, 5);
    static const char *const names[] = {"", "a::f", "b::one", "b::two", "c_first"};
    for (uint32_t i = 0; i < 5; i++)
        assert_true(rp_str_is(c->outside[i].name, names[i]));
    assert_int_equal(c->outside[2].addr, BASE + 16);
    assert_int_equal(c->outside[2].at, 16);
    assert_int_equal(c->outside[2].detail, 5001);
    assert_true(rp_str_is(c->outside[2].crate, "b 1.2"));
    assert_true(rp_str_is(c->outside[2].object, "b.o"));
    assert_int_equal(c->nby_owner, 4);
    assert_row(&c->by_owner[0], "unknown", RP_OWNER_UNKNOWN, 0, 1);
    assert_row(&c->by_owner[1], "Rust", RP_OWNER_RUST_USER, 0, 3);
    assert_row(&c->by_owner[2], "std", RP_OWNER_RUST_STD, 1, 1);
    assert_row(&c->by_owner[3], "C", RP_OWNER_C, 0, 1);
    assert_int_equal(c->nby_crate, 3);
    assert_row(&c->by_crate[0], "a", RP_OWNER_RUST_USER, 0, 1);
    assert_row(&c->by_crate[1], "b 1.2", RP_OWNER_RUST_USER, 0, 2);
    assert_row(&c->by_crate[2], "core", RP_OWNER_RUST_STD, 1, 1);
    assert_int_equal(c->nby_object, 2);
    assert_row(&c->by_object[0], "b.o", RP_OWNER_RUST_USER, 0, 2);
    assert_row(&c->by_object[1], "c.c", RP_OWNER_C, 0, 1);
    assert_int_equal(w.facts.functions, 7);
    assert_int_equal(w.facts.named, 6);
    rp_arena_free(&w.arena);
}

static void denominators_follow_the_flags(void **state)
{
    (void)state;
    world w;
    make(&w);
    w.codes[0].flags = RP_FN_FRAME | RP_FN_GUARD_LOAD; /* half a protector is none */
    w.codes[1].flags = RP_FN_FRAME | RP_FN_GUARD_LOAD | RP_FN_GUARD_FAIL;
    w.codes[2].flags = RP_FN_TAKEN | RP_FN_LANDING | RP_FN_MEMORY | RP_FN_ASAN;
    w.codes[3].flags = RP_FN_LANDING; /* nobody jumps there: not counted */
    w.codes[4].flags = RP_FN_TAKEN | RP_FN_MEMORY;
    w.codes[6].flags = RP_FN_TAKEN | RP_FN_FRAME; /* a stub */
    w.codes[0].overflow = 3;
    w.codes[4].overflow = 2; /* C: its sites count, it does not */
    assert_true(sum_up(&w));
    const rp_code_facts *f = &w.facts;
    assert_int_equal(f->protector.covered * 100 + f->protector.total, 102);
    assert_int_equal(f->landing.covered * 100 + f->landing.total, 102);
    assert_int_equal(f->asan.covered * 100 + f->asan.total, 102);
    assert_int_equal(f->overflow.covered * 100 + f->overflow.total, 105);
    assert_int_equal(f->overflow_sites, 5);
    assert_int_equal(f->signing.known, RP_NO);
    assert_non_null(f->signing.why);
    assert_int_equal(f->cfg.known, RP_NO);
    rp_arena_free(&w.arena);
}

static void edges_stand_in_four_classes(void **state)
{
    (void)state;
    world w;
    make(&w);
    static const rp_branch branches[] = {
        {.addr = BASE, .fn = 0, .edge = RP_EDGE_GUARDED, .guard = RP_GUARD_CFI, .class_size = 7},
        {.addr = BASE + 4,
         .fn = 0,
         .edge = RP_EDGE_GUARDED_SPILLED,
         .guard = RP_GUARD_CFI,
         .class_size = 3},
        {.addr = BASE + 20, .fn = 1, .edge = RP_EDGE_UNGUARDED},
        {.addr = BASE + 36, .fn = 2},
        {.addr = BASE + 40,
         .fn = 2,
         .edge = RP_EDGE_NOT_ATTACKABLE,
         .reason = RP_WHY_READ_ONLY_SLOT},
    };
    memcpy(w.branches, branches, sizeof branches);
    w.pass.nbranches = 5;
    w.pass.set_aside[RP_WHY_JUMP_TABLE] = 4;
    w.codes[0].nsites = 2;
    w.codes[1] = (rp_fn_code){.sites = 2, .nsites = 1};
    w.codes[2] = (rp_fn_code){.sites = 3, .nsites = 2};
    assert_true(sum_up(&w));
    const rp_edges *e = &w.facts.edges;
    assert_int_equal(e->guarded, 1);
    assert_int_equal(e->spilled, 1);
    assert_int_equal(e->unguarded, 1);
    assert_int_equal(e->undecided, 1);
    assert_int_equal(e->aside_read_only, 1);
    assert_int_equal(e->aside_jump_table, 4);
    assert_int_equal(e->aside_plt, 1);
    assert_int_equal(e->class_max, 7);
    assert_int_equal(e->class_sum, 10);
    assert_int_equal(e->class_count, 2);
    assert_int_equal(w.facts.cfi.covered * 100 + w.facts.cfi.total, 204);
    assert_int_equal(w.facts.kcfi.covered * 100 + w.facts.kcfi.total, 4);
    assert_int_equal(w.facts.cfi.outside[0].addr, BASE + 36); /* crate a before b */
    assert_int_equal(w.facts.cfi.outside[1].addr, BASE + 20);
    assert_int_equal(w.facts.cfi.outside[1].at, 20);
    rp_arena_free(&w.arena);
}

/* .kcfi_traps at address BASE + 0x100, offset 0: one word for each trap, relative to itself. */
static rp_fact traps(const int32_t *words, size_t n)
{
    world w;
    uint8_t bytes[16] = {0};
    make(&w);
    for (size_t i = 0; i < n * 4; i++)
        bytes[i] = (uint8_t)((uint32_t)words[i / 4] >> (8 * (i % 4)));
    rp_section section = {
        .name = RP_STR(".kcfi_traps"), .addr = BASE + 0x100, .filesz = n * 4, .at = 77};
    w.src = rp_source_memory((rp_bytes){bytes, sizeof bytes}, &w.arena);
    w.img.sections = &section;
    w.img.nsections = 1;
    for (uint32_t i = 0; i < 2; i++)
        w.branches[i] = (rp_branch){
            .addr = BASE + 8 + 16 * i, .fn = i, .edge = RP_EDGE_GUARDED, .guard = RP_GUARD_KCFI};
    w.pass.nbranches = 2;
    w.codes[0].nsites = 1;
    w.codes[1] = (rp_fn_code){.sites = 1, .nsites = 1};
    assert_true(sum_up(&w));
    rp_arena_free(&w.arena);
    return w.facts.kcfi_traps_agree;
}

static void kcfi_traps_are_compared_one_by_one(void **state)
{
    (void)state;
    /* ud2 stands two bytes before the call: BASE + 6 and BASE + 22 */
    static const int32_t same[] = {22 - 0x100, 6 - 0x104}, other[] = {22 - 0x100, 7 - 0x104},
                         more[] = {22 - 0x100, 6 - 0x104, 30 - 0x108};
    assert_int_equal(traps(same, 2).is, RP_YES);
    assert_int_equal(traps(same, 2).at, 77);
    assert_int_equal(traps(other, 2).is, RP_NO);
    assert_int_equal(traps(more, 3).is, RP_NO);
    assert_int_equal(traps(same, 1).is, RP_NO);
}

static void at_most_so_many_places_are_kept(void **state)
{
    (void)state;
    world w;
    rp_coverage c = {0};
    rp_tally t;
    make(&w);
    assert_true(sum_up(&w));
    rp_tally_start(&t, &w.view, &c);
    for (uint32_t i = 0; i < RP_MAX_PLACES + 50; i++)
        rp_tally_add(&t, 2, false, 100000 - i, 0, 0);
    assert_true(rp_tally_end(&t));
    assert_int_equal(c.total, RP_MAX_PLACES + 50);
    assert_int_equal(c.noutside, RP_MAX_PLACES);
    for (uint32_t i = 1; i < c.noutside; i++)
        assert_true(c.outside[i - 1].addr < c.outside[i].addr);
    rp_arena_free(&w.arena);
}

static void stripped_files_leave_questions_open(void **state)
{
    (void)state;
    world w;
    make(&w);
    w.view.nameless = true;
    w.view.imports = true;
    w.view.met[RP_LM_BOUNDS] = true;
    w.codes[0].bounds = 1;
    assert_true(sum_up(&w));
    assert_int_equal(w.facts.overflow.known, RP_UNKNOWN);
    assert_non_null(w.facts.overflow.why);
    assert_int_equal(w.facts.bounds.known, RP_YES);
    assert_int_equal(w.facts.bounds.covered, 1);
    assert_int_equal(w.facts.protector.known, RP_YES); /* it would have to be imported */
    w.view.imports = false;
    w.facts = (rp_code_facts){0};
    assert_true(sum_up(&w));
    assert_int_equal(w.facts.protector.known, RP_UNKNOWN);
    rp_arena_free(&w.arena);
}

/* ---- code that is not read ---- */

static const rp_code_facts *build(rp_image *img, const rp_facts *f)
{
    const rp_code_facts *c = NULL;
    rp_error err = {0};
    assert_int_equal(rp_code_facts_build(img, f, &c, &err), RP_OK);
    assert_int_equal(c->read, RP_UNKNOWN);
    assert_non_null(c->why);
    assert_int_equal(c->probes.known, RP_UNKNOWN);
    assert_int_equal(c->debug_asserts.known, RP_UNKNOWN);
    assert_int_equal(c->kcfi_traps_agree.is, RP_UNKNOWN);
    assert_ptr_equal(c->cfi.why, c->why);
    return c;
}

static void unread_code_says_why(void **state)
{
    (void)state;
    world w;
    make(&w);
    rp_facts f = {.needs = RP_NEED_HEADERS};
    assert_non_null(strstr(build(&w.img, &f)->why, "--code"));
    f.needs = RP_NEED_CODE;
    f.packed.is = RP_YES;
    assert_non_null(strstr(build(&w.img, &f)->why, "packed"));
    f.packed.is = RP_UNKNOWN; /* unknown is no pass */
    assert_non_null(strstr(build(&w.img, &f)->why, "packed"));
    f.packed.is = RP_NO;
    rp_macho_facts macho = {.encrypted = {.is = RP_YES}};
    f.macho = &macho;
    assert_non_null(strstr(build(&w.img, &f)->why, "encrypted"));
    f.macho = NULL;
    w.img.kind = RP_KIND_DEBUG;
    assert_non_null(strstr(build(&w.img, &f)->why, "debug"));
    w.img.kind = RP_KIND_EXECUTABLE;
    w.img.arch = RP_ARCH_S390;
    assert_non_null(strstr(build(&w.img, &f)->why, "decoder"));
    w.img.arch = RP_ARCH_X86_64;
    assert_non_null(strstr(build(&w.img, &f)->why, "no code"));
    rp_arena_free(&w.arena);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    uint64_t asked = 0;
    for (uint64_t n = 0; n <= asked; n++) {
        world w;
        make(&w);
        for (uint32_t i = 0; i < N; i++)
            w.codes[i].flags = RP_FN_UNPROBED | RP_FN_TAKEN | RP_FN_MEMORY;
        (void)rp_arena_fail_at(n);
        bool ok = sum_up(&w);
        uint64_t seen = rp_arena_fail_at(0);
        asked = n == 0 ? seen : asked;
        assert_int_equal(ok, n == 0);
        rp_arena_free(&w.arena);
    }
    assert_true(asked > 50);
}

static void helpers_and_what_a_wide_guard_holds_do_not_count(void **state)
{
    (void)state;
    world w;
    make(&w);
    for (uint32_t i = 0; i < N; i++) {
        w.codes[i].flags = RP_FN_UNPROBED;
        w.codes[i].frame = i < 2 ? 65536 : 200000;
        w.codes[i].step = i == 2 ? 66560 : 200000;
        w.helpers[i] = i == 3;
    }
    w.view.stack_guard = 65536;
    assert_true(sum_up(&w));
    uint32_t counted = w.view.norder;
    assert_int_equal(w.facts.probes.total, counted - 2);
    assert_int_equal(w.facts.probes.covered, 1);
    for (uint32_t i = 0; i < w.facts.probes.noutside; i++)
        assert_int_not_equal(w.facts.probes.outside[i].addr, BASE + 16 * 3);
    rp_arena_free(&w.arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_and_rows_are_sorted),
        cmocka_unit_test(denominators_follow_the_flags),
        cmocka_unit_test(helpers_and_what_a_wide_guard_holds_do_not_count),
        cmocka_unit_test(edges_stand_in_four_classes),
        cmocka_unit_test(kcfi_traps_are_compared_one_by_one),
        cmocka_unit_test(at_most_so_many_places_are_kept),
        cmocka_unit_test(stripped_files_leave_questions_open),
        cmocka_unit_test(unread_code_says_why),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
