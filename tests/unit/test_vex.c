/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/vex.h"

typedef struct {
    const char *title, *description, *category;
    bool checked;
    rp_vex_status status;
} overflow_case;

static const char blames[] = "In release builds, which have no\noverflow checks, the sum wraps.";
static const overflow_case protected = {"Integer overflow in insert", blames, "memory-corruption",
                                        true, RP_VEX_NOT_AFFECTED};

static rp_code judge(const overflow_case *t, rp_dep_match *m, rp_arena *arena, rp_vex *ret)
{
    const rp_str category = rp_str_from(t->category);
    const rp_component component = {
        .kind = RP_COMPONENT_CRATE, .name = RP_STR("smallvec"), .version = RP_STR("1.6.0")};
    const rp_inventory inventory = {.components = &component, .ncomponents = 1};
    rp_deps_facts deps = {.inventory = &inventory};
    const rp_facts facts = {.deps = &deps};
    const rp_advisory advisory = {.categories = {&category, 1},
                                  .description = rp_str_from(t->description)};
    m->title = rp_str_from(t->title);
    m->reach.overflow_checked = t->checked;
    return rp_vex_of(&facts, m, &advisory, arena, ret, NULL);
}

static rp_vex_status judged(const overflow_case *t, rp_dep_match *m, rp_arena *arena)
{
    rp_vex vex;
    assert_int_equal(judge(t, m, arena, &vex), RP_OK);
    assert_true(vex.why.len > 0);
    assert_int_equal(vex.reason == RP_VEX_PROTECTED_BY_COMPILER,
                     vex.status == RP_VEX_NOT_AFFECTED && t->checked && !m->ignored);
    return vex.status;
}

/* Checks protect where they stand with the function, of overflows that the advisory lays on builds
 * without them; neither casts nor C code nor who fears the panic itself. */
static void overflow_checks_protect_from_what_they_stop(void **state)
{
    (void)state;
    static const char title[] = "Integer overflow in insert", memory[] = "memory-corruption";
    static const overflow_case cases[] = {
        {title, blames, memory, true, RP_VEX_NOT_AFFECTED},
        {title, blames, memory, false, RP_VEX_AFFECTED},
        {title, blames, "denial-of-service", true, RP_VEX_AFFECTED},
        {title, "The length is cast to u32.", memory, true, RP_VEX_AFFECTED},
        {title, "", memory, true, RP_VEX_AFFECTED},
        {"Use after free in insert", blames, memory, true, RP_VEX_AFFECTED},
        {"Write out of bounds", "An integer overflow, in release mode only.", memory, true,
         RP_VEX_NOT_AFFECTED},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena arena = {0};
        rp_str named = RP_STR("smallvec::insert");
        rp_dep_match m = {.here = RP_YES,
                          .functions = &named,
                          .nfunctions = 1,
                          .reach = {.state = RP_REACH_PRESENT, .function = named}};
        assert_int_equal(judged(&cases[i], &m, &arena), cases[i].status);
        rp_arena_free(&arena);
    }
}

static void a_reason_decides(void **state)
{
    (void)state;
    rp_arena arena = {0};
    const overflow_case other = {"Use after free", "", "memory-corruption", false,
                                 RP_VEX_UNDER_INVESTIGATION};
    rp_str named = RP_STR("smallvec::insert");
    rp_dep_match m = {
        .here = RP_YES, .functions = &named, .nfunctions = 1, .ignored = true, .ignored_line = 3};
    assert_int_equal(judged(&other, &m, &arena), RP_VEX_UNDER_INVESTIGATION);
    m.ignored_reason = RP_STR("never called");
    assert_int_equal(judged(&other, &m, &arena), RP_VEX_NOT_AFFECTED);
    rp_arena_free(&arena);
}

/* Each arm that writes a text, without memory for it: an error, and no statement. */
static void without_memory_nothing_is_stated(void **state)
{
    (void)state;
    const rp_dep_match cases[] = {
        {.here = RP_YES, .ignored = true, .ignored_reason = RP_STR("never called")},
        {.here = RP_NO},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        uint64_t asked = 0, n = 0;
        do {
            rp_arena arena = {0};
            rp_dep_match m = cases[i];
            rp_vex vex = {.status = RP_VEX_AFFECTED};
            rp_arena_fail_at(++n);
            rp_code code = judge(&protected, &m, &arena, &vex);
            asked = rp_arena_fail_at(0);
            assert_int_equal(code, asked < n ? RP_OK : RP_E_MEMORY);
            rp_arena_free(&arena);
        } while (asked >= n);
        assert_true(n > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overflow_checks_protect_from_what_they_stop),
        cmocka_unit_test(a_reason_decides),
        cmocka_unit_test(without_memory_nothing_is_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
