/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

#include "origin/demangle.h"

typedef struct {
    const char *mangled, *plain, *with_hashes; /* NULL: not a Rust name */
} vector;

/* The scheme's own examples (RFC 2603 and its tracking tests) and shapes that real programs hold.
 */
static const vector vectors[] = {
    {"_RNvC6_123foo3bar", "123foo::bar", "123foo::bar"},
    {"_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
     "utf8_idents::საჭმელად_გემრიელი_სადილი",
     "utf8_idents[317d481089b8c8fe]::საჭმელად_გემრიელი_სადილი"},
    {"_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}",
     "cc[4d6468d6c9fd4bb3]::spawn::{closure#0}::{closure#0}"},
    {"_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1iopQbuBiw2_"
     "3std",
     "alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>",
     "alloc[f15a878b47eb696b]::alloc::box_free::<dyn alloc[f15a878b47eb696b]::boxed::FnBox<(), "
     "Output = ()>>"},
    {"_RMC0INtC8arrayvec8ArrayVechKj7b_E", "<arrayvec::ArrayVec<u8, 123>>",
     "<arrayvec::ArrayVec<u8, 123usize>>"},
    {"_RMCs4fqI2P2rA04_13const_genericINtB0_8UnsignedKhb_E", "<const_generic::Unsigned<11>>",
     "<const_generic[317d481089b8c8fe]::Unsigned<11u8>>"},
    {"_RIC0KVNtNtC4core6option6OptionjTKReE", NULL, NULL},
    {"_RNvC3foo3bar.llvm.9D1C9369", "foo::bar", "foo::bar"},
    {"_RNvC3foo3bar.cold", "foo::bar.cold", "foo::bar.cold"},
    {"_ZN3foo3bar17h05af221e174051e9E", "foo::bar", "foo::bar::h05af221e174051e9"},
    {"_ZN4core3fmt9Formatter3new17h0123456789abcdefE.llvm.123", "core::fmt::Formatter::new",
     "core::fmt::Formatter::new::h0123456789abcdef"},
    {"_ZN65_$LT$std..fs..File$u20$as$u20$std..io..Read$GT$4read17h0123456789abcdefE", NULL, NULL},
    {"_ZN47_$LT$std..fs..File$u20$as$u20$std..io..Read$GT$4read17h0123456789abcdefE",
     "<std::fs::File as std::io::Read>::read",
     "<std::fs::File as std::io::Read>::read::h0123456789abcdef"},
    {"__ZN3foo3bar17h05af221e174051e9E", "foo::bar", "foo::bar::h05af221e174051e9"},
    {"_ZNSt6vectorIiSaIiEE9push_backERKi", NULL, NULL},
    {"_R", NULL, NULL},
    {"_RB_", NULL, NULL},
    {"_RYB_B_", NULL, NULL},
    {"main", NULL, NULL},
    {"", NULL, NULL},
};

static void vectors_demangle(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(vectors); i++) {
        for (int hashes = 0; hashes < 2; hashes++) {
            rp_buf out = {0};
            const char *expected = hashes ? vectors[i].with_hashes : vectors[i].plain;
            bool ok = rp_demangle(rp_str_from(vectors[i].mangled), hashes, &out);
            assert_int_equal(ok, expected != NULL);
            if (expected != NULL)
                assert_string_equal(out.ptr, expected);
            else
                assert_int_equal(out.len, 0);
            rp_buf_free(&out);
        }
    }
}

static void crates_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        rp_mangling scheme;
        const char *crate, *instantiated_in;
    } cases[] = {
        {"_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", RP_MANGLED_RUST_V0, "cc", "cc"},
        {"_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_"
         "ECs1iopQbuBiw2_3std",
         RP_MANGLED_RUST_V0, "alloc", "std"},
        {"_ZN3foo3bar17h05af221e174051e9E", RP_MANGLED_RUST_LEGACY, "foo", ""},
        {"_ZN47_$LT$std..fs..File$u20$as$u20$std..io..Read$GT$4read17h0123456789abcdefE",
         RP_MANGLED_RUST_LEGACY, "std", ""},
        {"_ZNSt6vectorIiSaIiEE9push_backERKi", RP_MANGLED_CPP, "", ""},
        {"?f@@YAHXZ", RP_MANGLED_MSVC, "", ""},
        {"memcpy", RP_MANGLED_NOT, "", ""},
        {"_Rust", RP_MANGLED_NOT, "", ""},
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_mangled m = rp_mangled_parse(rp_str_from(cases[i].name));
        assert_int_equal(m.scheme, cases[i].scheme);
        assert_true(rp_str_is(m.crate, cases[i].crate));
        assert_true(rp_str_is(m.instantiated_in, cases[i].instantiated_in));
    }
}

static void hostile_names_end(void **state)
{
    (void)state;
    char name[4096];
    rp_buf out = {0};
    name[0] = '_';
    name[1] = 'R';
    memset(name + 2, 'Y', sizeof name - 2); /* nesting without end */
    assert_false(rp_demangle((rp_str){name, sizeof name}, false, &out));
    /* each tuple holds two back references to the one before: the text doubles at every level */
    size_t n = (size_t)snprintf(name, sizeof name, "_RIC1aTuuE");
    size_t before = 4;
    for (int level = 0; level < 60; level++) {
        static const char digits[] =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        size_t here = n - 2;
        char ref[8];
        size_t v = before - 1;
        if (v < 62)
            snprintf(ref, sizeof ref, "B%c_", digits[v]);
        else
            snprintf(ref, sizeof ref, "B%c%c_", digits[v / 62], digits[v % 62]);
        n += (size_t)snprintf(name + n, sizeof name - n, "T%s%sE", ref, ref);
        before = here;
    }
    n += (size_t)snprintf(name + n, sizeof name - n, "E");
    (void)rp_demangle((rp_str){name, n}, false, &out);
    assert_true(out.len <= 1 << 20);
    rp_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_demangle),
        cmocka_unit_test(crates_are_named),
        cmocka_unit_test(hostile_names_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
