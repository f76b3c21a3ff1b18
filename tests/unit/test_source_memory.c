/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A crate with all rules over it, with each allocation failing in turn: names, bodies, variance,
 * unsafe data-flow, comments that allow findings. What lacks memory is an error or unknown; never
 * are findings missing in silence. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "checks/check.h"
#include "facts/source_build.h"

static const char text[] =
    "use std::{mem, ptr as p, sync::*};\n"
    "pub use inner::*;\n"
    "mod inner { pub type A<T> = *mut T; pub unsafe fn take<T>(a: A<T>) -> T { *a } }\n"
    "extern \"C\" { fn outside(n: usize); static mut COUNT: u32; }\n"
    "#[derive(Clone, Debug)] pub struct Own<T> { p: *mut T, n: Box<u32> }\n"
    "unsafe impl<T> Send for Own<T> {}\n"
    "unsafe impl<T: Copy> Sync for Own<T> where T: Clone {}\n"
    "pub trait Read { fn read(&mut self, b: &mut [u8]) -> usize; fn all(&self) {} }\n"
    "impl<T> Own<T> { pub fn get(&self) -> &T { unsafe { &*self.p } }\n"
    "  pub fn put(&self, t: T) { unsafe { *self.p = t; } }\n"
    "  // rustproof: allow(RP5104, nothing) the caller knows\n"
    "  pub fn at(&self, i: usize) -> T { unsafe { p::read(self.p.add(i)) } } }\n"
    "impl<T> Drop for Own<T> { fn drop(&mut self) { unsafe { drop(Box::from_raw(self.p)) } } }\n"
    "pub fn fill<R: Read, F: FnMut(u8) -> u8>(mut r: R, n: usize, mut f: F) -> Vec<u8> {\n"
    "  let mut v: Vec<u8> = Vec::with_capacity(n);\n"
    "  unsafe { v.set_len(n); r.read(&mut v); }\n"
    "  for i in 0..n { unsafe { let x = p::read(&v[i]); p::write(&mut v[i], f(x)); } }\n"
    "  while n > 1 { unsafe { outside(COUNT as usize); println!(\"{}\", *v.as_ptr()); } } v }\n"
    "pub fn deref(x: *const u32, n: u32) -> u32 { unsafe { *x.add(n as usize) } }\n"
    "pub fn stretch<'a, 'b>(x: &'a str) -> &'b str { unsafe { mem::transmute(x) } }\n"
    "pub fn lock(m: &Mutex<u8>) { let _ = m.lock(); fn f() { unsafe { inner::take(X) }; } f() }\n"
    "pub unsafe fn old(v: Vec<u8>) -> u8 { let a = v.len(); *v.get_unchecked(a) }\n"
    "#[cfg(test)] mod tests { #[test] fn t() { unsafe { super::old(vec![1]); } } }\n";

static char path[] = "/tmp/rp-source-XXXXXX";
static const struct rp_rust_rule *rules[512];
static rp_rule_name names[512];

static int make_crate(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, text, sizeof text - 1) != (ssize_t)(sizeof text - 1))
        return -1;
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        rules[i] = rp_checks[i]->rule;
        names[i] = (rp_rule_name){rp_checks[i]->code, rp_checks[i]->name};
    }
    return rp_checks_count <= RP_COUNT(rules) ? close(fd) : -1;
}

static int remove_crate(void **state)
{
    (void)state;
    return unlink(path);
}

static rp_code build(rp_arena *arena, rp_source_facts **ret, rp_error *err)
{
    rp_source_crate crate = {.name = RP_STR("c"), .root = rp_str_from(path), .edition = 2021};
    return rp_source_build(&crate, rules, names, rp_checks_count, NULL, true, arena, ret, err);
}

static void same_facts(const rp_source_facts *want, const rp_source_facts *got, uint64_t n)
{
    bool same = want->nnotes == got->nnotes && want->nunsafe_in == got->nunsafe_in &&
                want->nallows == got->nallows && want->nunknown == got->nunknown &&
                memcmp(&want->code, &got->code, sizeof want->code) == 0;
    for (uint32_t i = 0; same && i < want->nnotes; i++) {
        const rp_rust_note *a = &want->notes[i], *b = &got->notes[i];
        same = a->rule == b->rule && a->line == b->line && a->column == b->column &&
               a->nsteps == b->nsteps && a->nchanges == b->nchanges && a->allowed == b->allowed &&
               rp_str_eq(a->text, b->text) && rp_str_eq(a->fix, b->fix);
        for (uint32_t k = 0; same && k < a->nsteps; k++)
            same = rp_str_eq(a->steps[k].text, b->steps[k].text);
    }
    if (!same)
        fail_msg("allocation %llu failed: facts are missing in silence (%u of %u findings)",
                 (unsigned long long)n, got->nnotes, want->nnotes);
}

static void each_allocation_fails(void **state)
{
    (void)state;
    rp_arena whole = {0};
    rp_source_facts *want = NULL;
    assert_int_equal(build(&whole, &want, NULL), RP_OK);
    assert_int_equal(want->read.is, RP_YES);
    assert_int_equal(want->nunknown, 0);
    assert_true(want->nnotes > 20);
    for (uint64_t n = 1;; n++) {
        rp_arena a = {0};
        rp_error err = {0};
        rp_source_facts *got = NULL;
        rp_arena_fail_at(n);
        rp_code code = build(&a, &got, &err);
        uint64_t asked = rp_arena_fail_at(0);
        if (code == RP_OK && got->read.is == RP_YES)
            same_facts(want, got, n);
        assert_true(code == RP_OK || code == RP_E_MEMORY);
        rp_arena_free(&a);
        if (asked < n)
            break;
    }
    rp_arena_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails)};
    return cmocka_run_group_tests(tests, make_crate, remove_crate);
}
