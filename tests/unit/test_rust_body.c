/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the compiler calls unsafe, operation by operation: each sample compiles with rustc 1.95 only
 * with its `unsafe`, and those without operations only without it (deny(unused_unsafe)). */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "rust/body.h"
#include "rust_texts.h"

#define PRELUDE                                                                                    \
    "static mut COUNT: u32 = 0; static PLAIN: u32 = 1;\n"                                          \
    "extern \"C\" { fn abs(x: i32) -> i32; static environ: *const u8; }\n"                         \
    "unsafe extern \"C\" { safe fn labs(x: i64) -> i64; }\n"                                       \
    "unsafe fn danger() -> u32 { 1 } fn calm() -> u32 { 2 }\n"                                     \
    "union Both { a: u32, b: f32 }\n"                                                              \
    "struct Buf<T> { ptr: *mut T, len: usize, v: Vec<T> }\n"                                       \
    "impl<T> Buf<T> { fn ptr(&self) -> *mut T { self.ptr } unsafe fn at(&self, i: usize) -> &T\n"  \
    "  { &*self.ptr.add(i) } fn len(&self) -> usize { self.len } fn first(&self) -> Option<&T>\n"  \
    "  { None } }\n"                                                                               \
    "trait Risky { unsafe fn go(&self); fn stay(&self); }\n"

/* "deref call? …" in the order of the text: ? for those that are not sure. */
static void ops_of(const char *function, char *out, size_t size)
{
    static const char *const names[] = {"deref", "call", "foreign", "static", "fstatic",
                                        "union", "asm",  "feature", "macro"};
    rp_arena a = {0};
    char text[4096];
    rp_types t;
    rp_body b;
    snprintf(text, sizeof text, PRELUDE "%s", function);
    rust_text file = {"lib.rs", text};
    rust_texts all = {.items = &file, .n = 1};
    rp_rust_crate *c = rust_crate_of(&all, RP_EDITION_2021, &a);
    assert_non_null(c);
    assert_false(rp_rust_file_unsound(c->files.items[0]));
    rp_def_id f = rp_def_child(c, 1, RP_STR("f"));
    assert_int_not_equal(f, 0);
    assert_true(rp_types_init(&t, c, &a));
    assert_true(rp_body_read(&t, f, &b));
    size_t n = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < b.ops.n; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s%s%s", i ? " " : "",
                              names[b.ops.items[i].kind], b.ops.items[i].sure ? "" : "?",
                              b.ops.items[i].in_block || b.ops.items[i].in_fn ? "" : "!");
    rp_arena_free(&a);
}

static void operations_are_found(void **state)
{
    static const struct {
        const char *function, *ops;
    } cases[] = {
        {"fn f(p: *const u32) -> u32 { unsafe { *p } }", "deref"},
        {"fn f(p: &u32) -> u32 { unsafe { *p } }", ""},
        {"fn f(p: Box<u32>) -> u32 { unsafe { *p } }", ""},
        {"unsafe fn f(p: *const u32) -> u32 { *p }", "deref"},
        {"fn f() -> u32 { unsafe { danger() } }", "call"},
        {"fn f() -> u32 { unsafe { calm() } }", ""},
        {"fn f() -> i32 { unsafe { abs(-1) } }", "foreign"},
        {"fn f() -> i64 { labs(-1) }", ""},
        {"fn f() { unsafe { COUNT += 1; } }", "static"},
        {"fn f() -> u32 { unsafe { PLAIN } }", ""},
        {"fn f() -> *const u8 { unsafe { environ } }", "fstatic"},
        {"fn f() -> *const u32 { &raw const COUNT }", ""},
        {"fn f() -> *const u32 { std::ptr::addr_of!(COUNT) }", ""},
        {"fn f(u: Both) -> f32 { unsafe { u.b } }", "union"},
        {"fn f(mut u: Both) { u.a = 1; }", ""},
        {"fn f() { unsafe { core::arch::asm!(\"nop\") } }", "asm"},
        {"fn f(v: &mut Vec<u8>) { unsafe { v.set_len(3); } }", "call"},
        {"fn f(v: &[u8]) -> u8 { unsafe { *v.get_unchecked(0) } }", "call"},
        {"fn f(v: &[u8]) -> Option<&u8> { unsafe { v.get(0) } }", ""},
        {"fn f(p: *mut u8) -> *mut u8 { unsafe { p.add(1) } }", "call"},
        {"fn f(p: *mut u8) -> *mut u8 { p.wrapping_add(1) }", ""},
        {"fn f(p: *mut u8) -> bool { unsafe { p.is_null() } }", ""},
        {"fn f(p: *mut u16) -> u8 { unsafe { *p.cast::<u8>() } }", "deref"},
        {"fn f(p: usize) -> u8 { unsafe { *(p as *const u8) } }", "deref"},
        {"fn f<T>(b: &Buf<T>) -> &T { unsafe { &*b.ptr } }", "deref"},
        {"fn f<T>(b: &Buf<T>) -> &T { unsafe { &*b.ptr() } }", "deref"},
        {"fn f<T>(b: &Buf<T>) -> &T { unsafe { b.at(0) } }", "call"},
        {"fn f<T>(b: &Buf<T>) -> usize { unsafe { b.len() } }", ""},
        {"fn f<T>(b: &Buf<T>) -> &T { unsafe { b.first().unwrap() } }", ""},
        {"fn f<T: Risky>(t: T) { unsafe { t.go() } t.stay() }", "call"},
        {"fn f(t: &dyn Risky) { unsafe { t.go() } t.stay() }", "call"},
        {"fn f(g: unsafe fn()) { unsafe { g() } }", "call"},
        {"fn f(g: fn()) { unsafe { g() } }", ""},
        {"fn f() -> u8 { unsafe { std::mem::zeroed() } }", "call"},
        {"use std::ptr; fn f(p: *const u8) -> u8 { unsafe { ptr::read(p) } }", "call"},
        {"fn f(b: Box<u8>) -> u8 { let p = Box::into_raw(b); unsafe { *p } }", "deref"},
        {"fn f(v: Vec<u8>) -> u8 { let p = v.as_ptr(); unsafe { *p } }", "deref"},
        {"fn f(o: Option<*const u8>) -> u8 { if let Some(p) = o { unsafe { *p } } else { 0 } }",
         "deref"},
        {"fn f(a: &[*const u8]) -> u8 { let mut s = 0; for p in a { s += unsafe { **p }; } s }",
         "deref"},
        {"fn f(p: *const (u8, *const u16)) -> u16 { unsafe { *(*p).1 } }", "deref deref"},
        {"fn f(p: *const u8) { println!(\"{}\", unsafe { *p }); }", "deref"},
        {"fn f(p: *const u8) { unsafe { assert_eq!(*p, 1); } }", "deref"},
        {"fn f() { unsafe { unknown!(1) } }", "macro?"},
        {"fn f() { unsafe { elsewhere::call() } }", "call?"},
        {"fn f(n: usize) { unsafe { Vec::<u8>::of_others_unchecked(n) } }", "call?"},
        {"fn f(x: elsewhere::T) { unsafe { x.strange_method() } }", "call?"},
        {"fn f(x: elsewhere::T) { unsafe { x.push(1) } }", "call?"},
        {"trait Fast { unsafe fn fast(x: u8) -> u8; } impl Fast for f64 { unsafe fn fast(x: u8) -> "
         "u8 { x } }\n"
         "fn f() -> u8 { unsafe { f64::fast(1) } }",
         "call?"},
        {"fn f(p: *const u8) { let g = || unsafe { *p }; g(); }", "deref"},
        {"fn f(b: &[u8]) -> &str { unsafe { std::str::from_utf8_unchecked(b) } }", "call"},
        {"fn f(p: *const u8) -> *const u8 { unsafe { &raw const *p } }", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[512];
        ops_of(cases[i].function, got, sizeof got);
        if (strcmp(got, cases[i].ops) != 0)
            print_error("%s\n", cases[i].function);
        assert_string_equal(got, cases[i].ops);
    }
}

static void failing_allocations_are_told(void **state)
{
    static const rust_text file = {
        "lib.rs", PRELUDE "fn f<T>(b: &Buf<T>, v: &mut Vec<u8>) { for i in 0..b.len() { unsafe {\n"
                          "  let x = &*b.ptr().add(i); v.set_len(vec![1, 2].len()); } } }"};
    rust_texts all = {.items = &file, .n = 1};
    bool failed = true;
    (void)state;
    for (uint64_t n = 1; failed && n < 20000; n++) {
        rp_arena a = {0}, work = {0};
        rp_types t;
        rp_body b = {0};
        rp_rust_crate *c = rust_crate_of(&all, RP_EDITION_2021, &a);
        assert_non_null(c);
        (void)rp_arena_fail_at(n);
        bool read =
            rp_types_init(&t, c, &work) && rp_body_read(&t, rp_def_child(c, 1, RP_STR("f")), &b);
        failed = rp_arena_fail_at(0) >= n;
        assert_true(!failed || !read || b.refused || rp_rust_crate_refused(c) || work.refused);
        rp_arena_free(&work);
        rp_arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_found),
        cmocka_unit_test(failing_allocations_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
