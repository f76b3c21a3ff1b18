/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/std_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void unsafe_functions_are_found_by_path(void **state)
{
    static const struct {
        const char *path;
        uint32_t safety;
        rp_std_result result;
    } cases[] = {
        {"std::ptr::read", RP_SAFETY_READS | RP_SAFETY_ALIGNED | RP_SAFETY_INITIALIZED,
         RP_STD_OTHER},
        {"core::ptr::write", RP_SAFETY_WRITES | RP_SAFETY_ALIGNED, RP_STD_UNIT},
        {"alloc::vec::Vec::set_len", RP_SAFETY_INITIALIZED | RP_SAFETY_CAPACITY, RP_STD_UNIT},
        {"std::str::from_utf8_unchecked", RP_SAFETY_UTF8, RP_STD_REF},
        {"*mut::add", RP_SAFETY_IN_BOUNDS | RP_SAFETY_NO_OVERFLOW, RP_STD_RAW_MUT},
        {"[T]::get_unchecked", RP_SAFETY_IN_BOUNDS, RP_STD_REF},
        {"u32::unchecked_add", RP_SAFETY_NO_OVERFLOW, RP_STD_OTHER},
        {"std::alloc::GlobalAlloc::dealloc", RP_SAFETY_SAME_ALLOCATOR, RP_STD_UNIT},
        {"std::hint::unreachable_unchecked", RP_SAFETY_UNREACHABLE, RP_STD_NEVER},
        {"std::mem::transmute", RP_SAFETY_LAYOUT, RP_STD_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const rp_std_item *item = rp_std_find(rp_str_from(cases[i].path));
        assert_non_null(item);
        assert_true((item->flags & RP_STD_UNSAFE) != 0);
        assert_int_equal(item->safety & cases[i].safety, cases[i].safety);
        assert_int_equal(item->result, cases[i].result);
    }
}

static void safe_ones_are_not_unsafe(void **state)
{
    (void)state;
    assert_null(rp_std_find(RP_STR("std::mem::swap")));
    assert_null(rp_std_find(RP_STR("std::vec::Vec::push")));
    assert_null(rp_std_find(RP_STR("")));
    assert_null(rp_std_find(RP_STR("core::")));
    const rp_std_item *item = rp_std_find(RP_STR("std::vec::Vec::as_mut_ptr"));
    assert_non_null(item);
    assert_int_equal(item->flags, RP_STD_METHOD);
    assert_int_equal(item->result, RP_STD_RAW_MUT);
}

static void a_name_leads_to_all_its_owners(void **state)
{
    bool unsafe_one = false, safe_one = false;
    uint32_t n = rp_std_count_named(RP_STR("read"));
    (void)state;
    for (uint32_t i = 0; i < n; i++) {
        const rp_std_item *item = rp_std_named(RP_STR("read"), i);
        bool is_unsafe = (item->flags & RP_STD_UNSAFE) != 0;
        unsafe_one |= is_unsafe && rp_str_is(item->path, "*const::read");
        safe_one |= !is_unsafe && rp_str_is(item->path, "std::io::Read::read");
    }
    assert_true(unsafe_one);
    assert_true(safe_one);
    assert_int_equal(rp_std_count_named(RP_STR("no_such_name")), 0);
    assert_int_equal(rp_std_count_named(RP_STR("decrement_strong_count")), 2); /* of Arc, Rc */
}

static void every_condition_has_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RP_SAFETY_BITS; i++)
        assert_non_null(rp_safety_text(1u << i));
    assert_null(rp_safety_text(0));
    assert_null(rp_safety_text(RP_SAFETY_READS | RP_SAFETY_WRITES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsafe_functions_are_found_by_path),
        cmocka_unit_test(safe_ones_are_not_unsafe),
        cmocka_unit_test(a_name_leads_to_all_its_owners),
        cmocka_unit_test(every_condition_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
