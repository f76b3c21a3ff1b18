/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names that scanners know, the table from addresses to landmarks, and what is read-only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf_builder.h"
#include "isa/address_map.h"
#include "isa/landmark_names.h"
#include "isa/landmarks_elf.h"

/* Names as rustc 1.95 (v0), 1.63 (legacy) and C compilers write them. */
static void names_have_meanings(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        rp_landmark_id id;
    } names[] = {
        {"_RNvNtNtCsgEmfK2I1SDS_4core9panicking11panic_const24panic_const_add_overflow",
         RP_LM_OVERFLOW},
        {"_ZN4core9panicking11panic_const24panic_const_shr_overflow17h0123456789abcdefE",
         RP_LM_OVERFLOW},
        {"_RNvNtNtCsgEmfK2I1SDS_4core9panicking11panic_const24panic_const_div_overflow",
         RP_LM_PANIC},
        {"_RNvNtNtCsgEmfK2I1SDS_4core9panicking11panic_const23panic_const_rem_by_zero",
         RP_LM_PANIC},
        {"_RNvNtCsgEmfK2I1SDS_4core9panicking18panic_bounds_check", RP_LM_BOUNDS},
        {"_ZN4core9panicking18panic_bounds_check17h0123456789abcdefE", RP_LM_BOUNDS},
        {"_RNvNtNtCsgEmfK2I1SDS_4core5slice5index16slice_index_fail", RP_LM_BOUNDS},
        {"_ZN4core5slice5index26slice_start_index_len_fail17h0123456789abcdefE", RP_LM_BOUNDS},
        {"_RNvNtCsgEmfK2I1SDS_4core3str16slice_error_fail", RP_LM_BOUNDS},
        {"_RINvNtCsgEmfK2I1SDS_4core9panicking13assert_failedllECsjrHSEGnQ3l9_3std", RP_LM_PANIC},
        {"_RNvNtCsgEmfK2I1SDS_4core9panicking9panic_fmt", RP_LM_PANIC},
        {"_RNvNtCsjrHSEGnQ3l9_3std9panicking14payload_as_str", RP_LM_NONE},
        {"_RNvNtCsgEmfK2I1SDS_5score9panicking9panic_fmt", RP_LM_NONE},
        {"_ZN4core3ptr13drop_in_place17h0123456789abcdefE", RP_LM_NONE},
        {"_ZN4core9panicking99999999999999999999x", RP_LM_NONE},
        {"_RNvNtCs", RP_LM_NONE},
        {"__stack_chk_fail", RP_LM_STACK_CHK_FAIL},
        {"__stack_chk_failure", RP_LM_NONE},
        {"__tls_get_addr", RP_LM_TLS_GET_ADDR},
        {"__cfi_slowpath_diag", RP_LM_CFI_SLOWPATH},
        {"__ubsan_handle_cfi_check_fail_abort", RP_LM_CFI_REPORT},
        {"__ubsan_handle_add_overflow", RP_LM_UBSAN},
        {"__x86_indirect_thunk_rax", RP_LM_RETPOLINE},
        {"__hwasan_tag_mismatch_v2", RP_LM_HWASAN},
        {"__asan_report_load8", RP_LM_ASAN},
        {"main", RP_LM_NONE},
        {"", RP_LM_NONE},
    };
    for (size_t i = 0; i < RP_COUNT(names); i++)
        if (rp_landmark_of_name(rp_str_from(names[i].name), false) != names[i].id)
            fail_msg("%s", names[i].name);
}

/* panic_nounwind is what precondition checks end in only where their text is in the file. */
static void preconditions_need_their_text(void **state)
{
    (void)state;
    rp_str name = RP_STR("_RNvNtCsgEmfK2I1SDS_4core9panicking14panic_nounwind");
    rp_str check =
        RP_STR("_ZN4core4hint16assert_unchecked18precondition_check17h1e04cbdbef3bcdc2E");
    assert_int_equal(rp_landmark_of_name(name, false), RP_LM_PANIC);
    assert_int_equal(rp_landmark_of_name(name, true), RP_LM_DEBUG_ASSERT);
    assert_int_equal(rp_landmark_of_name(check, false), RP_LM_NONE);
    assert_int_equal(rp_landmark_of_name(check, true), RP_LM_DEBUG_ASSERT);
}

static void the_table_keeps_the_first_of_an_address(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_landmarks map = {0};
    assert_null(rp_landmarks_find(&map, 0x1000));
    for (uint64_t i = 0; i < 5000; i++)
        assert_true(rp_landmarks_add(&arena, &map,
                                     (rp_landmark){0x1000 + i * 16, RP_LM_PANIC, (uint32_t)i}));
    assert_true(rp_landmarks_add(&arena, &map, (rp_landmark){0x1000, RP_LM_BOUNDS, 7}));
    for (uint64_t i = 0; i < 5000; i++) {
        const rp_landmark *l = rp_landmarks_find(&map, 0x1000 + i * 16);
        assert_non_null(l);
        assert_int_equal(l->index, i);
        assert_int_equal(l->id, RP_LM_PANIC);
        assert_null(rp_landmarks_find(&map, 0x1001 + i * 16));
    }
    rp_arena_free(&arena);
}

/* A library: an import's slot and one of its own that RELRO covers, and one beyond it. */
enum { SLOT_FIXED = 0x1000, SLOT_OPEN = 0x1800 };

static void add_rela(build *b, uint64_t place, uint64_t info, uint64_t addend)
{
    build_add(b, BUILD_BASE + place, 8);
    build_add(b, info, 8);
    build_add(b, addend, 8);
}

/* `relro_end`: offset where PT_GNU_RELRO ends. */
static build library(uint64_t relro_end)
{
    build b = build_start(EM_X86_64, true, false, ET_DYN);
    uint64_t names = build_bytes(&b, "\0__stack_chk_fail\0puts\0", 23);
    build_align(&b, 8);
    uint64_t symbols = b.len;
    for (unsigned i = 0; i < 3; i++) {
        build_add(&b, i == 0 ? 0 : i == 1 ? 1 : 18, 4);
        build_add(&b, i ? 0x12 : 0, 1);
        build_add(&b, 0, 3);
        build_add(&b, 0, 8);
        build_add(&b, 0, 8);
    }
    uint64_t rela = b.len;
    add_rela(&b, SLOT_FIXED, (uint64_t)1 << 32 | 6, 0);
    add_rela(&b, SLOT_FIXED + 8, (uint64_t)2 << 32 | 6, 0);
    add_rela(&b, SLOT_OPEN, (uint64_t)2 << 32 | 7, 0);
    uint64_t hash = b.len;
    build_add(&b, 1, 4);
    build_add(&b, 3, 4); /* chains: the number of symbols */
    build_add(&b, 0, 4);
    build_add(&b, 0, 4 * 3);
    b.len = hash + 24;
    build_tag(&b, DT_STRTAB, BUILD_BASE + names);
    build_tag(&b, DT_STRSZ, 23);
    build_tag(&b, DT_SYMTAB, BUILD_BASE + symbols);
    build_tag(&b, DT_HASH, BUILD_BASE + hash);
    build_tag(&b, DT_RELA, BUILD_BASE + rela);
    build_tag(&b, DT_RELASZ, 3 * 24);
    build_tag(&b, DT_NULL, 0);
    b.len = SLOT_OPEN + 0x800;
    build_phdr(&b, PT_GNU_RELRO, PF_R, SLOT_FIXED - 0x100, relro_end - (SLOT_FIXED - 0x100), 1);
    return b;
}

static void relro_decides_what_slots_are_worth(void **state)
{
    (void)state;
    build b = library(0x1201);
    build_finish(&b, PF_R | PF_W);
    opened o;
    rp_functions fns = {0};
    rp_code_map map;
    rp_error err = {0};
    opened_read(&o, b.bytes, b.len, RP_NEED_SYMBOLS);
    assert_int_equal(o.code, RP_OK);
    assert_int_equal(rp_landmarks_elf(o.img, &fns, &map, &err), RP_OK);
    assert_int_equal(map.whole, RP_YES);
    const rp_landmark *fail = rp_landmarks_find(&map.landmarks, BUILD_BASE + SLOT_FIXED);
    const rp_landmark *puts = rp_landmarks_find(&map.landmarks, BUILD_BASE + SLOT_FIXED + 8);
    const rp_landmark *open = rp_landmarks_find(&map.landmarks, BUILD_BASE + SLOT_OPEN);
    assert_non_null(fail);
    assert_non_null(puts);
    assert_non_null(open);
    /* RELRO's last page is not whole: ld.so leaves it writable */
    assert_int_equal(fail->id, RP_LM_STACK_CHK_FAIL);
    assert_int_equal(fail->index, RP_SLOT_WRITABLE);
    assert_int_equal(puts->id, RP_LM_IMPORT_WRITABLE);
    assert_int_equal(open->id, RP_LM_IMPORT_WRITABLE);
    opened_free(&o);
}

/* Where RELRO ends with a page all of it is protected. */
static void whole_pages_are_protected(void **state)
{
    (void)state;
    build b = library(SLOT_OPEN + 0x800);
    build_finish(&b, PF_R | PF_W);
    opened o;
    rp_functions fns = {0};
    rp_code_map map;
    rp_error err = {0};
    opened_read(&o, b.bytes, b.len, RP_NEED_SYMBOLS);
    assert_int_equal(rp_landmarks_elf(o.img, &fns, &map, &err), RP_OK);
    const rp_landmark *fail = rp_landmarks_find(&map.landmarks, BUILD_BASE + SLOT_FIXED);
    const rp_landmark *puts = rp_landmarks_find(&map.landmarks, BUILD_BASE + SLOT_FIXED + 8);
    assert_non_null(fail);
    assert_non_null(puts);
    assert_int_equal(fail->index, RP_SLOT_FIXED);
    assert_int_equal(puts->id, RP_LM_IMPORT_SLOT);
    assert_int_equal(map.nread_only, 1);
    opened_free(&o);
}

/* Without memory at each step: an error, never a map that pretends to be whole. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    build b = library(0x1201);
    build_finish(&b, PF_R | PF_W);
    bool done = false;
    uint64_t n = 1;
    for (; !done; n++) {
        opened o;
        rp_functions fns = {0};
        rp_code_map map;
        rp_error err = {0};
        opened_read(&o, b.bytes, b.len, RP_NEED_SYMBOLS);
        assert_int_equal(o.code, RP_OK);
        (void)rp_arena_fail_at(n);
        rp_code code = rp_landmarks_elf(o.img, &fns, &map, &err);
        done = rp_arena_fail_at(0) < n;
        assert_true(done || code == RP_E_MEMORY || map.whole == RP_UNKNOWN);
        opened_free(&o);
    }
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_meanings),
        cmocka_unit_test(preconditions_need_their_text),
        cmocka_unit_test(the_table_keeps_the_first_of_an_address),
        cmocka_unit_test(relro_decides_what_slots_are_worth),
        cmocka_unit_test(whole_pages_are_protected),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
