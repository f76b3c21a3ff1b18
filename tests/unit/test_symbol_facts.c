/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/symbol_facts_build.h"
#include "origin/runtime_name.h"

static const char *const watched[] = {
#define RP_SYM(id, text) text,
#include "facts/symbols.def"
#undef RP_SYM
};

static size_t plain_len(const char *text)
{
    size_t n = strlen(text);
    return n - (text[n - 1] == '*');
}

static void table_is_sorted_and_every_row_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(watched); i++) {
        rp_str text = {watched[i], plain_len(watched[i])};
        assert_int_equal(rp_watch_of(text), i);
        if (i == 0)
            continue;
        rp_str before = {watched[i - 1], plain_len(watched[i - 1])};
        assert_true(rp_str_cmp(before, text) < 0);
        if (watched[i - 1][before.len] == '*')
            assert_false(before.len <= text.len && memcmp(before.ptr, text.ptr, before.len) == 0);
    }
}

static void near_misses_are_not_watched(void **state)
{
    (void)state;
    static const char *const names[] = {"",       "_",
                                        "__asan", "malloc_",
                                        "mallo",  "mallctlx",
                                        "zzz",    "__rust_alloc_zeroed",
                                        "\xff",   "rust_eh_personality2"};
    for (size_t i = 0; i < RP_COUNT(names); i++)
        assert_int_equal(rp_watch_of(rp_str_from(names[i])), RP_WATCH_COUNT);
    assert_int_equal(rp_watch_of(RP_STR("__asan_init")), RP_WATCH_ASAN);
    assert_int_equal(rp_watch_of(RP_STR("mi_malloc_aligned")), RP_WATCH_MIMALLOC);
}

static void runtime_names_are_taken_out(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"_RNvCsfLfy6EI15iL_7___rustc11___rdl_alloc", "__rdl_alloc"},
        {"_RNvCsfLfy6EI15iL_7___rustc12___rust_alloc", "__rust_alloc"},
        {"_RNvCsa_7___rustc17rust_begin_unwind", "rust_begin_unwind"},
        {"_RNvCsa_7___rustc99_x", "_RNvCsa_7___rustc99_x"},
        {"_RNvCsa_7___rustc", "_RNvCsa_7___rustc"},
        {"x_7___rustc3abc", "x_7___rustc3abc"},
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        rp_str inner = rp_runtime_name(rp_str_from(rows[i][0]));
        assert_true(rp_str_is(inner, rows[i][1]));
    }
}

static rp_symbol func(const char *name, bool defined, bool dynamic)
{
    return (rp_symbol){.name = rp_str_from(name),
                       .kind = RP_SYM_FUNC,
                       .defined = defined,
                       .dynamic = dynamic,
                       .at = 7};
}

static rp_image image_of(rp_arena *arena, rp_format format, const rp_symbol *symbols, uint32_t n)
{
    return (rp_image){.arena = arena,
                      .format = format,
                      .symbols = symbols,
                      .nsymbols = n,
                      .symbols_known = RP_YES};
}

static void counts_one_table(void **state)
{
    (void)state;
    const rp_symbol symbols[] = {
        func("_RNvCsfLfy6EI15iL_7___rustc11___rdl_alloc", true, false),
        func("_RNvNtNtCsgE_4core9panicking11panic_const24panic_const_add_overflow", false, false),
        func("_RNvNtNtCsgE_4core9panicking11panic_const23panic_const_div_by_zero", true, false),
        func("_RNvNtNtCsgE_4core9panicking11panic_const24panic_const_div_overflow", true, false),
        func("__tls_get_addr@GLIBC_2.3", false, true),
        func("__memcpy_chk@GLIBC_2.3.4", false, true),
        func("memcpy@GLIBC_2.14", false, true),
        func("memcpy", false, false),
        func("f.cfi", true, false),
        func("__cfi_f", true, false),
        func("__cfi_check", true, false),
        {.name = RP_STR("app.4c2faf61c2d5dfd7-cgu.3"), .kind = RP_SYM_FILE, .defined = true},
        {.name = RP_STR("std.4c2faf61c2d5dfd7-cgu.0"), .kind = RP_SYM_FILE, .defined = true},
        {.name = RP_STR("crtstuff.c"), .kind = RP_SYM_FILE, .defined = true},
    };
    rp_arena arena = {0};
    rp_image img = image_of(&arena, RP_FORMAT_ELF, symbols, RP_COUNT(symbols));
    const rp_symbol_facts *f = NULL;
    assert_int_equal(rp_symbol_facts_build(&img, true, &f, NULL), RP_OK);
    assert_int_equal(f->known, RP_YES);
    assert_int_equal(f->watch[RP_WATCH_RDL_ALLOC].defined, 1);
    assert_int_equal(f->watch[RP_WATCH_TLS_GET_ADDR].undefined, 1);
    assert_int_equal(f->watch[RP_WATCH_TLS_GET_ADDR].at, 7);
    assert_int_equal(f->overflow_panics, 1);
    assert_int_equal(f->checked_panics, 2);
    assert_int_equal(f->rust_v0, 3);
    assert_int_equal(f->codegen_units, 4);
    assert_int_equal(f->rust_units, 2);
    assert_int_equal(f->std_units, 1);
    assert_int_equal(f->fortified, 1);
    assert_int_equal(f->fortifiable, 1);
    assert_true(rp_str_is(f->fortifiable_names[0], "memcpy"));
    assert_int_equal(f->cfi_suffixed, 1);
    assert_int_equal(f->kcfi_prefixed, 1);
    assert_int_equal(f->watch[RP_WATCH_CFI_CHECK].defined, 1);
    assert_true(f->static_table);
    rp_arena_free(&arena);
}

static void decoration_is_taken_off(void **state)
{
    (void)state;
    const rp_symbol symbols[] = {func("___asan_init", false, true),
                                 func("_mi_malloc", true, false)};
    rp_arena arena = {0};
    rp_image img = image_of(&arena, RP_FORMAT_MACHO, symbols, RP_COUNT(symbols));
    const rp_symbol_facts *f = NULL;
    assert_int_equal(rp_symbol_facts_build(&img, true, &f, NULL), RP_OK);
    assert_int_equal(f->watch[RP_WATCH_ASAN].undefined, 1);
    assert_int_equal(f->watch[RP_WATCH_MIMALLOC].defined, 1);
    rp_arena_free(&arena);
}

static void unread_tables_are_unknown(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_image img = image_of(&arena, RP_FORMAT_ELF, NULL, 0);
    const rp_symbol_facts *f = NULL;
    assert_int_equal(rp_symbol_facts_build(&img, false, &f, NULL), RP_OK);
    assert_int_equal(f->known, RP_UNKNOWN);
    rp_arena_free(&arena);
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    const rp_symbol symbols[] = {func("f", true, false)};
    for (uint64_t n = 1; n <= 4; n++) {
        rp_arena arena = {0};
        rp_image img = image_of(&arena, RP_FORMAT_ELF, symbols, 1);
        const rp_symbol_facts *f = NULL;
        rp_arena_fail_at(n);
        assert_int_equal(rp_symbol_facts_build(&img, true, &f, NULL), RP_E_MEMORY);
        rp_arena_fail_at(0);
        assert_null(f);
        rp_arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sorted_and_every_row_is_found),
        cmocka_unit_test(near_misses_are_not_watched),
        cmocka_unit_test(runtime_names_are_taken_out),
        cmocka_unit_test(counts_one_table),
        cmocka_unit_test(decoration_is_taken_off),
        cmocka_unit_test(unread_tables_are_unknown),
        cmocka_unit_test(out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
