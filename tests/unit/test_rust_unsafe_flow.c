/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The walk through a body: for a short function, what is unsound while which unknown code runs.
 * A hit is "source>sink"; ' behind it: a guard is there; ? the sink may be known. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rust/unsafe_flow.h"
#include "rust_texts.h"

static const char *const sources[] = {
    [RP_FLOW_SET_LEN] = "len",     [RP_FLOW_FROM_PARTS] = "parts", [RP_FLOW_READ] = "read",
    [RP_FLOW_COPY] = "copy",       [RP_FLOW_COPY_TEXT] = "text",   [RP_FLOW_WRITE] = "write",
    [RP_FLOW_TRANSMUTE] = "trans", [RP_FLOW_AS_REF] = "ref",       [RP_FLOW_UNCHECKED] = "get",
    [RP_FLOW_SLICE] = "slice"};
static const char *const sinks[] = {
    [RP_FLOW_METHOD] = "method",     [RP_FLOW_READER] = "reader", [RP_FLOW_CLOSURE] = "closure",
    [RP_FLOW_OPERATOR] = "operator", [RP_FLOW_ITERATOR] = "iter", [RP_FLOW_DROP] = "drop"};
static const char *const orders[] = {[RP_FLOW_DROP_FIRST] = "drop-first",
                                     [RP_FLOW_COUNT_FIRST] = "count-first",
                                     [RP_FLOW_LATE_FORGET] = "late-forget"};

/* The text stands behind what crate_of() writes; its function is `f`. */
static const struct {
    const char *text, *hits;
} rows[] = {
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, n: usize, g: F) { unsafe { v.set_len(n) } g(); }",
     "len>closure"},
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, n: usize, g: F) { g(); unsafe { v.set_len(n) } }", ""},
    {"extern \"C\" { fn fill(p: *mut u8, n: usize) -> usize; } fn f<F: Fn()>(v: &mut Vec<u8>, g: "
     "F) "
     "{ unsafe { let n = fill(v.as_mut_ptr(), v.capacity()); v.set_len(n) } g(); }",
     ""},
    {"extern \"C\" { fn fill(p: *mut u8, n: usize) -> usize; } fn f<F: Fn()>(v: &mut Vec<u8>, w: "
     "&mut Vec<u8>, g: F) { unsafe { let n = fill(w.as_mut_ptr(), 9); v.set_len(n) } g(); }",
     "len>closure"},
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, n: usize, g: F) { unsafe { let p = v.as_mut_ptr(); "
     "ptr::copy(p, p.add(1), n); v.set_len(n + 1) } g(); }",
     "copy>closure len>closure"},
    {"fn f<T: Copy, F: Fn()>(v: &mut Vec<T>, w: *const T, n: usize, g: F) { unsafe { let p = "
     "v.as_mut_ptr(); ptr::copy(w, p, n); v.set_len(n) } g(); }",
     ""},
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, g: F) { unsafe { v.set_len(0) } g(); }", ""},
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, g: F) { let n = v.len() - 1; unsafe { v.set_len(n) } g(); }",
     ""},
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, n: usize, g: F) { let n = n; unsafe { v.set_len(n) } g(); }",
     "len>closure"},
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, n: usize, g: F) { if v.len() > n { unsafe { v.set_len(n) } "
     "g(); } }",
     ""},
    {"fn f<T, F: Fn()>(v: &mut Vec<T>, n: usize, g: F) { if v.len() < n { unsafe { v.set_len(n) } "
     "g(); } }",
     "len>closure"},
    {"fn f<T, F: Fn()>(v: &mut Vec<MaybeUninit<T>>, n: usize, g: F) { unsafe { v.set_len(n) } g(); "
     "}",
     ""},
    {"fn f<T: Any>(p: &T) { unsafe { let x = ptr::read(p); x.any(); } }", "read>method"},
    {"fn f<T: Any>(p: *const T) { unsafe { let x = ptr::read(p); x.any(); } }", "read>method'"},
    {"fn f<T: Any, F: Fn(&T) -> T>(p: *mut T, g: F) { unsafe { let x = ptr::read(p); "
     "ptr::write(p, g(&x)); } }",
     "read>closure"},
    {"fn rescue(a: impl FnOnce(), b: impl FnOnce()) {} fn f<T, F: FnOnce(T)>(p: &mut T, g: F, d: "
     "T) { unsafe { let x = ptr::read(p); rescue(|| g(x), || ptr::write(p, d)); } }",
     "read>closure'"},
    {"fn rescue(a: impl FnOnce(), b: impl FnOnce()) {} fn f<T, F: FnOnce(T)>(p: &mut T, q: &mut T, "
     "g: F, d: T) { unsafe { let x = ptr::read(p); rescue(|| g(x), || ptr::write(q, d)); } }",
     "read>closure"},
    {"/// # Safety\n/// A panic of `g` must end the program.\nunsafe fn f<T, F: FnOnce(T)>(p: &mut "
     "T, g: F) { g(ptr::read(p)) }",
     "read>closure'"},
    {"/// A panic of `g` is told to nobody.\nfn f<T, F: FnOnce(T)>(p: &mut T, g: F) { unsafe { "
     "g(ptr::read(p)) } }",
     "read>closure"},
    {"fn f<T: Any>(p: &ManuallyDrop<T>) { unsafe { let x = ptr::read(&**p); x.any(); } }",
     "read>method'"},
    {"fn f<T: Any>(p: &T) { unsafe { let x = ptr::read(p); forget(x); } p.any(); }", ""},
    {"fn f<T: Own>(p: &T) { unsafe { let x = ptr::read(p); x.own(); } }", ""},
    {"fn f<T: Sealed>(p: &T) { unsafe { let x = ptr::read(p); x.sealed(); } }", ""},
    {"fn f<T: Promise>(p: &T) { unsafe { let x = ptr::read(p); x.promise(); } }", "read>method?"},
    {"fn f<T: Copy + Any>(p: &T) { unsafe { let x = ptr::read(p); x.any(); } }", ""},
    {"fn f<T, F: Fn()>(a: *mut T, g: F) { unsafe { ptr::copy(a, a.add(1), 1); } g(); }",
     "copy>closure"},
    {"fn f<T, F: Fn()>(a: *mut T, g: F) { unsafe { let t = ptr::read(&*a); ptr::copy(a, a.add(1), "
     "1); ptr::copy(&t, a, 1); forget(t); } g(); }",
     ""},
    {"fn f<F: FnMut(char) -> bool>(v: &mut Vec<u8>, mut g: F) { unsafe { let p = v.as_mut_ptr(); "
     "ptr::copy(p, p.add(1), 1); } g('x'); }",
     "text>closure"},
    {"fn f<F: FnMut(u8) -> bool>(v: &mut Vec<u8>, mut g: F) { unsafe { let p = v.as_mut_ptr(); "
     "ptr::copy(p, p.add(1), 1); } g(1); }",
     ""},
    {"fn f<T, F: Fn()>(a: *mut T, g: F) { struct G<T>(*mut T); impl<T> Drop for G<T> { fn "
     "drop(&mut self) {} } let _h = G(a); unsafe { ptr::copy(a, a.add(1), 1); } g(); }",
     "copy>closure'"},
    {"struct G<'a, T> { v: &'a mut Vec<T> } impl<'a, T> Drop for G<'a, T> { fn drop(&mut self) {} "
     "} fn f<T, F: Fn()>(h: &mut G<T>, g: F) { unsafe { let a = h.v.as_mut_ptr(); ptr::copy(a, "
     "a.add(1), 1); } g(); }",
     "copy>closure'"},
    {"struct G<'a, T> { v: &'a mut Vec<T> } impl<'a, T> Drop for G<'a, T> { fn drop(&mut self) {} "
     "} impl<'a, T> G<'a, T> { fn f<F: Fn(&T)>(&mut self, g: F) { unsafe { let o = "
     "ptr::read(&self.v[0]); g(&o); } } }",
     "read>closure'"},
    {"struct G<'a, T> { v: &'a mut Vec<T>, i: usize } impl<'a, T> Drop for G<'a, T> { fn "
     "drop(&mut self) {} } impl<'a, T> G<'a, T> { fn f<F: Fn(&T)>(&mut self, g: F) { unsafe { let "
     "o = ptr::read(&self.v[0]); self.i += 1; g(&o); } } }",
     "read>closure"},
    {"struct G<'a, T> { v: &'a mut Vec<T> } impl<'a, T> G<'a, T> { fn f<F: Fn(&T)>(&mut self, g: "
     "F) { unsafe { let o = ptr::read(&self.v[0]); g(&o); } } }",
     "read>closure"},
    {"fn f<T, F: FnOnce(&T)>(t: &T, g: F) -> ! { unsafe { let o = ptr::read(t); g(&o); } loop {} }",
     "read>closure'"},
    {"fn pipe<A, B>(a: A, f: fn(A) -> B) -> B { f(a) } fn f<T, F: Fn(&T)>(t: &T, g: F) { let o = "
     "pipe(unsafe { ptr::read(t) }, ManuallyDrop::new); g(&o); }",
     "read>closure'"},
    {"fn f<T, F: Fn(T) -> T>(t: &mut T, g: F) { unsafe { let o = ptr::read(t); let n = "
     "std::panic::catch_unwind(|| g(o)).unwrap(); ptr::write(t, n); } }",
     ""},
    {"fn f<T, I: Iterator<Item = T>>(v: &mut Vec<T>, n: usize, i: I) { unsafe { v.set_len(n) } for "
     "_x in i {} }",
     "len>iter"},
    {"struct V<T> { p: *mut T, len: usize } impl<T> V<T> { fn f(&mut self) { unsafe { "
     "ptr::drop_in_place(self.p); } self.len = 0; } }",
     "drop-first"},
    {"struct V<T> { p: *mut T, len: usize } impl<T> V<T> { fn f(&mut self) { self.len = 0; unsafe "
     "{ ptr::drop_in_place(self.p); } } }",
     ""},
};

static rp_rust_crate *crate_of(const char *text, rp_arena *arena)
{
    static const char before[] =
        "use std::{mem::{forget, ManuallyDrop, MaybeUninit}, ptr}; mod hidden { pub trait Sealed { "
        "fn sealed(&self); } }\n"
        "use hidden::Sealed; pub struct S; trait Own { fn own(&self); }\n"
        "pub trait Any { fn any(&self); } pub unsafe trait Promise { fn promise(&self); }\n";
    char whole[2048];
    snprintf(whole, sizeof whole, "%s%s", before, text);
    rust_text file = {"lib.rs", whole};
    rust_texts all = {.items = &file, .n = 1};
    return rust_crate_of(&all, RP_EDITION_2021, arena);
}

static rp_def_id function_named(const rp_rust_crate *c, const char *name)
{
    for (rp_def_id id = 1; id < c->defs.n; id++)
        if (rp_def_of(c, id)->kind == RP_DEF_FN && rp_str_is(rp_def_of(c, id)->name, name))
            return id;
    return 0;
}

/* False: out of memory, or told to be incomplete. */
static bool hits_of(const char *text, char *ret, size_t size)
{
    rp_arena arena = {0};
    rp_rust_crate *c = crate_of(text, &arena);
    rp_types types;
    rp_body body;
    rp_flow flow = {.refused = true};
    size_t n = 0;
    ret[0] = 0;
    if (c != NULL && rp_types_init(&types, c, &arena) &&
        rp_body_read(&types, function_named(c, "f"), &body))
        rp_flow_read(&body, &flow);
    bool whole = c != NULL && !flow.refused && !types.refused && !rp_rust_crate_refused(c);
    for (uint32_t i = 0; whole && i < flow.hits.n; i++) {
        const rp_flow_hit *h = &flow.hits.items[i];
        n += (size_t)snprintf(ret + n, size - n, "%s%s>%s%s%s", n != 0 ? " " : "",
                              sources[h->source_kind], sinks[h->sink_kind], h->guarded ? "'" : "",
                              h->sure ? "" : "?");
    }
    for (uint32_t i = 0; whole && i < flow.misorders.n; i++)
        n += (size_t)snprintf(ret + n, size - n, "%s%s", n != 0 ? " " : "",
                              orders[flow.misorders.items[i].kind]);
    rp_arena_free(&arena);
    return whole;
}

static void each_function_has_its_hits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char got[256];
        assert_true(hits_of(rows[i].text, got, sizeof got));
        if (strcmp(got, rows[i].hits) != 0)
            fail_msg("%s\n  has \"%s\", not \"%s\"", rows[i].text, got, rows[i].hits);
    }
}

static void without_memory_nothing_is_missing_in_silence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 6)
        for (uint64_t n = 1, asked = n; asked >= n; n++) {
            char got[256];
            rp_arena_fail_at(n);
            bool whole = hits_of(rows[i].text, got, sizeof got);
            asked = rp_arena_fail_at(0);
            if (whole)
                assert_string_equal(got, rows[i].hits);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_function_has_its_hits),
        cmocka_unit_test(without_memory_nothing_is_missing_in_silence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
