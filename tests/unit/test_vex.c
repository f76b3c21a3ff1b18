/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/vex.h"

typedef struct {
    const char *row; /* of the coverage of overflow checks */
    uint32_t components;
    rp_vex_status status;
} twin_case;

/* An integer overflow in smallvec 1.6.0; n components: with smallvec 0.6.1 beside it. */
static rp_code judge(const twin_case *t, rp_dep_match *m, rp_arena *arena, rp_vex *ret)
{
    static const rp_str word = {"memory-corruption", 17};
    const rp_component components[] = {
        {.kind = RP_COMPONENT_CRATE, .name = RP_STR("smallvec"), .version = RP_STR("1.6.0")},
        {.kind = RP_COMPONENT_CRATE, .name = RP_STR("smallvec"), .version = RP_STR("0.6.1")}};
    const rp_inventory inventory = {.components = components, .ncomponents = t->components};
    const rp_coverage_row rows[] = {{.name = rp_str_from(t->row), .covered = 3, .total = 3}};
    rp_deps_facts deps = {.inventory = &inventory};
    rp_rust_facts rust = {.overflow_checks = rp_fact_yes(RP_NOWHERE)};
    rp_code_facts code = {.overflow = {.known = RP_YES, .by_crate = rows, .nby_crate = 1}};
    const rp_facts facts = {.deps = &deps, .rust = &rust, .code = &code};
    const rp_advisory advisory = {.categories = {&word, 1}};
    m->title = RP_STR("Integer overflow in insert");
    return rp_vex_of(&facts, m, &advisory, arena, ret, NULL);
}

static rp_vex_status judged(const twin_case *t, rp_dep_match *m, rp_arena *arena)
{
    rp_vex vex;
    assert_int_equal(judge(t, m, arena, &vex), RP_OK);
    assert_true(vex.why.len > 0);
    return vex.status;
}

/* Functions of another version of the crate protect nobody. */
static void only_its_own_functions_protect_a_version(void **state)
{
    (void)state;
    static const twin_case cases[] = {
        {"smallvec", 1, RP_VEX_NOT_AFFECTED},
        {"smallvec 1.6.0", 1, RP_VEX_NOT_AFFECTED},
        {"smallvec 0.6.1", 1, RP_VEX_UNDER_INVESTIGATION},
        {"smallvec", 2, RP_VEX_UNDER_INVESTIGATION},
        {"smallvec 1.6.0", 2, RP_VEX_NOT_AFFECTED},
        {"smallvec 0.6.1", 2, RP_VEX_UNDER_INVESTIGATION},
        {"smallvec_more", 1, RP_VEX_UNDER_INVESTIGATION},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena arena = {0};
        rp_str named = RP_STR("smallvec::insert");
        rp_dep_match m = {.here = RP_YES, .functions = &named, .nfunctions = 1};
        assert_int_equal(judged(&cases[i], &m, &arena), cases[i].status);
        rp_arena_free(&arena);
    }
}

static void a_reason_decides(void **state)
{
    (void)state;
    rp_arena arena = {0};
    const twin_case other = {"nobody", 1, RP_VEX_UNDER_INVESTIGATION};
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
    static const twin_case row = {"smallvec", 1, RP_VEX_NOT_AFFECTED};
    rp_str named = RP_STR("smallvec::insert");
    const rp_dep_match cases[] = {
        {.here = RP_YES, .functions = &named, .nfunctions = 1}, /* overflow checks */
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
            rp_code code = judge(&row, &m, &arena, &vex);
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
        cmocka_unit_test(only_its_own_functions_protect_a_version),
        cmocka_unit_test(a_reason_decides),
        cmocka_unit_test(without_memory_nothing_is_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
