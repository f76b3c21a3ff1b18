/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is inside a small program, with memory that runs out at every allocation: the answer is out
 * of memory or the whole answer. The program is of fuzz/corpus: a crate `app` with debug
 * information, `m::B::c` inlined into `m::B::d`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "deps/reach.h"
#include "deps/recover.h"
#include "deps/wasm.h"

enum { LARGEST = 64 * 1024 };

static uint8_t file[LARGEST];

static rp_bytes load(const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/fuzz/corpus/%s", RP_SOURCE_ROOT, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    rp_bytes b = {file, fread(file, 1, sizeof file, f)};
    (void)fclose(f);
    assert_in_range(b.len, 16, LARGEST - 1);
    return b;
}

static const rp_str functions[] = {{"app::m::B::c", 12}, {"app::m::B::d", 12}, {"app::none", 9}};

static rp_code ask(rp_bytes bytes, rp_arena *arena, rp_reach *found)
{
    rp_source src = rp_source_memory(bytes, arena);
    rp_image *img;
    rp_error err = {.code = RP_OK};
    rp_reach_query queries[RP_COUNT(functions)];
    const rp_reach_options options = {{"", 0}, {"", 0}};
    for (size_t i = 0; i < RP_COUNT(functions); i++)
        queries[i] = (rp_reach_query){{"app", 3}, &functions[i], 1, {"", 0}};
    rp_code code = rp_image_open(&src, arena, &img, &err);
    return code == RP_OK ? rp_reach_read(img, queries, RP_COUNT(functions), &options, found, &err)
                         : code;
}

static void functions_are_found(void **state)
{
    (void)state;
    static const char *const files[] = {"dwarf/rust-v4", "dwarf/rust-v5", "dwarf/rust-v0"};
    for (size_t i = 0; i < RP_COUNT(files); i++) {
        rp_arena arena = {0};
        rp_reach found[RP_COUNT(functions)];
        assert_int_equal(ask(load(files[i]), &arena, found), RP_OK);
        assert_int_equal(found[0].state, RP_REACH_PRESENT);
        assert_true(rp_str_is(found[0].by, "inlined call"));
        assert_true(found[0].addr != 0 && found[0].at < LARGEST && found[0].symbol.len != 0);
        assert_int_equal(found[1].state, RP_REACH_PRESENT);
        assert_true(rp_str_is(found[1].by, "symbol"));
        assert_int_equal(found[2].state, RP_REACH_NOT_EMITTED);
        rp_arena_free(&arena);
    }
}

static void memory_runs_out_in_reach(void **state)
{
    (void)state;
    rp_bytes bytes = load("dwarf/rust-v5");
    for (uint64_t n = 1;; n++) {
        rp_arena arena = {0};
        rp_reach found[RP_COUNT(functions)];
        (void)rp_arena_fail_at(n);
        rp_code code = ask(bytes, &arena, found);
        bool refused = arena.refused;
        (void)rp_arena_fail_at(0);
        assert_true(code == RP_OK || refused);
        if (code == RP_OK && refused) /* an anomaly less, never another answer */
            assert_int_not_equal(found[0].state, RP_REACH_NOT_EMITTED);
        rp_arena_free(&arena);
        if (!refused) {
            assert_in_range(n, 10, 2000);
            return;
        }
    }
}

static rp_code read_module(rp_bytes bytes, rp_arena *arena, uint32_t *ret_n)
{
    rp_source src = rp_source_memory(bytes, arena);
    rp_error err = {.code = RP_OK};
    rp_auditable a;
    const rp_inventory *inv;
    rp_inventory_builder *b = rp_inventory_start(arena);
    if (b == NULL)
        return RP_E_MEMORY;
    rp_code code = rp_wasm_deps(&src, arena, b, &a, &err);
    if (code == RP_OK)
        code = rp_inventory_finish(b, &inv, NULL, &err);
    if (code == RP_OK)
        *ret_n = a.found == RP_YES ? inv->ncomponents : 0;
    return code;
}

static void memory_runs_out_in_modules(void **state)
{
    (void)state;
    rp_bytes bytes = load("auditable/module");
    bytes.ptr++; /* the fuzz target's own byte */
    bytes.len--;
    for (uint64_t n = 1;; n++) {
        rp_arena arena = {0};
        uint32_t components = 0;
        (void)rp_arena_fail_at(n);
        rp_code code = read_module(bytes, &arena, &components);
        bool refused = arena.refused;
        (void)rp_arena_fail_at(0);
        rp_arena_free(&arena);
        if (!refused) {
            assert_int_equal(code, RP_OK);
            assert_int_equal(components, 6); /* five crates and rustc */
            assert_in_range(n, 5, 2000);
            return;
        }
        assert_int_equal(code, RP_E_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found),
        cmocka_unit_test(memory_runs_out_in_reach),
        cmocka_unit_test(memory_runs_out_in_modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
