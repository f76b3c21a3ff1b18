/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names as demanglers print them against paths as advisories write them: out of real programs and
 * the advisory database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deps/reach_names.h"

static const struct {
    const char *path, *name;
    bool same;
} rows[] = {
    {"time::now", "time::now", true},
    {"time::now", "time::now::{{closure}}", true},
    {"time::now", "time::now::h0", false},
    {"time::now", "time::nowhere", false},
    {"time::now", "rhyme::now", false},
    {"shlex::quote", "shlex::Quoter::quote", false},              /* a method is no free function */
    {"rand::thread_rng", "rand::rngs::thread::thread_rng", true}, /* re-exported */
    {"anyhow::Error::downcast_mut", "anyhow::error::<impl anyhow::Error>::downcast_mut", true},
    {"anyhow::Error::downcast_mut", "anyhow::error::<impl anyhow::Chain>::downcast_mut", false},
    {"memmap2::MmapMut::flush_range", "memmap2::MmapMut::flush_range", true},
    {"memmap2::MmapMut::flush_range", "<memmap2::MmapMut>::flush_range", true}, /* v0 */
    {"memmap2::MmapMut::flush_range", "<memmap2::MmapRaw>::flush_range", false},
    {"sized_chunks::Chunk::drop_left", "sized_chunks::sized_chunk::Chunk<A,N>::drop_left", true},
    {"sized_chunks::Chunk::drop_left",
     "<sized_chunks::sized_chunk::Chunk<alloc::string::String, typenum::U64>>::drop_left", true},
    {"sized-chunks::Chunk::clear", "sized_chunks::Chunk<A>::clear", true},
    {"diesel::FromSql::<Text,Sqlite>::from_sql",
     "<alloc::string::String as diesel::FromSql<diesel::Text, diesel::Sqlite>>::from_sql", true},
    {"prost_types::Timestamp::from",
     "<prost_types::Timestamp as core::convert::From<std::time::SystemTime>>::from", true},
    {"a::Pool<H,T>::free", "<a::Pool<fn(u8) -> bool, u8> as core::ops::Drop>::free", true},
    {"a::T::f", "<impl b::Trait for a::T>::f", true},
    {"a::T::f", "a::m::<impl b::Trait for a::T<u8>>::f::{closure#0}", true},
    {"a::Trait::f", "<&mut b::T as a::Trait>::f", true},
    {"a::Trait::f", "<dyn a::Trait>::f", true},
    {"a::f", "a::f::<b::T, c::U<a::V>>", true}, /* v0 writes arguments of functions */
    {"a::f", "b::g::<a::f>", false},
    {"a::Big", "a::Big::new", true}, /* a type stands for all of its functions */
    {"a::Big", "<a::Big as core::clone::Clone>::clone", true},
    {"a::Big", "a::Bigger::new", false},
    {"a::f", "<", false},
    {"a::f", "<>::f", false},
    {"a::f", "", false},
    {"a::f", "<<<<<<<<a::f", false},
};

static void readable_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        rp_fn_path p;
        assert_true(rp_fn_path_parse(rp_str_from(rows[i].path), &p));
        if (rp_fn_path_match_readable(&p, rp_str_from(rows[i].name)) != rows[i].same)
            fail_msg("%s and %s", rows[i].path, rows[i].name);
    }
}

static void mangled_names(void **state)
{
    (void)state;
    static const struct {
        const char *path, *name;
        bool same;
    } names[] = {
        {"time::now", "_ZN4time3now17h0123456789abcdefE", true},
        {"time::now", "_ZN4time3now17h0123456789abcdefE.llvm.123", true},
        {"anyhow::Error::downcast_mut",
         "_ZN6anyhow5error31_$LT$impl$u20$anyhow..Error$GT$12downcast_mut17h0123456789abcdefE",
         true},
        {"a::Big", "_ZN45_$LT$a..Big$u20$as$u20$core..clone..Clone$GT$5clone17h0123456789abcdefE",
         true},
        {"time::now", "_RNvCs1234_4time3now", true},
        {"time::now", "_RNvCs1234_5other3now", false},
        {"time::now", "3now", false},
    };
    rp_buf scratch = {0};
    for (size_t i = 0; i < RP_COUNT(names); i++) {
        rp_fn_path p;
        assert_true(rp_fn_path_parse(rp_str_from(names[i].path), &p));
        if (rp_fn_path_match(&p, rp_str_from(names[i].name), &scratch) != names[i].same)
            fail_msg("%s and %s", names[i].path, names[i].name);
    }
    rp_buf_free(&scratch);
}

static void paths_that_name_nothing(void **state)
{
    (void)state;
    rp_fn_path p;
    assert_false(rp_fn_path_parse(RP_STR(""), &p));
    assert_false(rp_fn_path_parse(RP_STR("crate"), &p));
    assert_false(rp_fn_path_parse(RP_STR("::"), &p));
    assert_true(rp_fn_path_parse(RP_STR("a::B"), &p));
    assert_true(p.is_type);
    assert_true(rp_fn_path_parse(RP_STR("a::B::c"), &p));
    assert_false(p.is_type);
    assert_int_equal(p.n, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readable_names),
        cmocka_unit_test(mangled_names),
        cmocka_unit_test(paths_that_name_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
