/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "rust/resolve.h"
#include "rust_texts.h"

enum { CROWD = 60 };

static rust_text files[] = {
    {"src/lib.rs",
     "pub mod shapes;\n"
     "mod inner { pub mod deep { pub fn f() {} pub use super::super::shapes::Area as Size; }\n"
     "            pub fn g() {} pub struct Only; }\n"
     "#[path = \"other_name.rs\"] mod renamed;\n"
     "#[cfg(test)] mod tests { fn t() {} }\n"
     "#[cfg(unix)] mod sys;\n"
     "mod lost;\n"
     "use inner::deep::{self, f as eff};\n"
     "use inner::*;\n"
     "use std::{ptr, mem::{transmute, swap as swop}};\n"
     "use core::cell::UnsafeCell;\n"
     "extern crate alloc as heap;\n"
     "extern crate self as own;\n"
     "extern crate other as _;\n"
     "mod alloc { pub use core::alloc::Layout; }\n"
     "pub enum Color { Red, Green(u8), Blue { x: u8 } }\n"
     "pub use self::Color::*;\n"
     "type Short = shapes::Area;\n"
     "impl Color { pub fn new() -> Self { Color::Red } }\n"
     "fn here() { fn local() {} local(); }\n"
     "mod circle_a { pub use super::circle_b::*; }\n"
     "mod circle_b { pub use super::circle_a::*; }\n"
     "mod ring_a { pub use super::ring_b::*; pub use super::prize::*; }\n"
     "mod ring_b { pub use super::ring_c::*; }\n"
     "mod ring_c { pub use super::ring_a::*; }\n"
     "mod prize { pub struct Won; }\n"
     "mod crowd;\n"
     "macro_rules! below { () => { #[cfg_attr(loom, path = \"nowhere.rs\")] pub mod by_macro;\n"
     "    #[cfg_attr(loom, path = \"ways_loom.rs\")] pub mod ways; pub mod behind { fn b() {} } } "
     "}\n"
     "below!();\n"
     "mod numbers { use std::{str, f32, char}; use core::arch::x86_64::*; use "
     "std::collections::*;\n"
     "    pub fn n(s: &str, f: f32, c: char) { f32::total(f); } }\n"
     "mod seldom { #[cfg(loom)] use other::Arc; #[cfg(not(loom))] use std::sync::Arc;\n"
     "    #[cfg(test)] use other::Now; #[cfg(not(test))] use std::time::Instant as Now;\n"
     "    #[cfg(fuzzing)] pub fn way() {} #[cfg(not(fuzzing))] pub mod wrong {}\n"
     "    #[cfg(no_cas)] use crate::inner::*; #[cfg(not(no_cas))] use crate::seldom::inner::*;\n"
     "    mod inner { pub struct Only; } }\n"},
    {"src/by_macro.rs", "pub struct Here;\n"},
    {"src/ways.rs", "pub fn usual() {}\n"},
    {"src/ways_loom.rs", "pub fn loom() {}\n"},
    {"src/crowd.rs", NULL},
    {"src/shapes.rs", "pub mod round;\npub struct Area(pub f64);\n"
                      "impl Area { pub fn of() {} }\npub unsafe fn raw() {}\n"},
    {"src/shapes/round.rs", "pub static mut COUNT: u32 = 0;\nuse super::Area;\n"
                            "use crate::inner::g;\nfn r(a: Area) {}\n"
                            "use ::own::inner::deep as mine; use own::inner as near;\n"
                            "use ::heap::vec::Vec as Heaped;\n"},
    {"src/other_name.rs", "pub mod below;\n"},
    {"src/below.rs", "pub const LOW: u8 = 1;\n"},
    {"src/sys.rs", "extern \"C\" { fn abort() -> !; static environ: *const u8; }\n"},
};
static rust_texts texts = {.items = files, .n = sizeof files / sizeof files[0]};

typedef struct {
    rp_arena arena;
    rp_rust_crate *c;
} sample;

/* Modules that all bring all names of each other: each path through them is as good as the next. */
static const char *crowd(void)
{
    static char text[CROWD * 80];
    size_t n = 0;
    for (unsigned i = 0; i < CROWD; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "pub use m%u::*;\nmod m%u { use super::*; pub struct S%u; }\n", i, i,
                              i);
    return text;
}

static int set_up(void **state)
{
    static sample s;
    s = (sample){0};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i].text == NULL)
            files[i].text = crowd();
    s.c = rust_crate_of(&texts, RP_EDITION_2021, &s.arena);
    *state = &s;
    return s.c == NULL;
}

static int tear_down(void **state)
{
    rp_arena_free(&((sample *)*state)->arena);
    return 0;
}

/* The definition with a path like "shapes::round::COUNT" below the root. */
static rp_def_id def(const sample *s, const char *path)
{
    rp_def_id at = 1;
    while (*path != 0) {
        const char *end = strstr(path, "::");
        size_t n = end != NULL ? (size_t)(end - path) : strlen(path);
        at = rp_def_child(s->c, at, (rp_str){path, n});
        assert_int_not_equal(at, 0);
        path += n + (end != NULL ? 2 : 0);
    }
    return at;
}

static void modules_are_read_from_their_files(void **state)
{
    const sample *s = *state;
    assert_int_equal(s->c->files.n, sizeof files / sizeof files[0] + 1); /* below!() */
    assert_int_equal(s->c->gaps.n, 1);                                   /* lost */
    assert_int_equal(rp_def_of(s->c, def(s, "shapes::round::COUNT"))->flags & RP_DEF_MUT,
                     RP_DEF_MUT);
    assert_int_equal(rp_def_of(s->c, def(s, "renamed::below::LOW"))->kind, RP_DEF_CONST);
    assert_true((rp_def_of(s->c, def(s, "tests::t"))->flags & RP_DEF_TEST) != 0);
    assert_true((rp_def_of(s->c, def(s, "sys"))->flags & RP_DEF_CFG) != 0);
    uint16_t foreign = rp_def_of(s->c, def(s, "sys::abort"))->flags;
    assert_true((foreign & RP_DEF_FOREIGN) != 0 && (foreign & RP_DEF_UNSAFE) != 0);
    assert_true((rp_def_of(s->c, def(s, "shapes::raw"))->flags & RP_DEF_UNSAFE) != 0);
    rp_arena a = {0};
    rp_str path = rp_def_path(s->c, def(s, "shapes::round::COUNT"), &a);
    assert_true(rp_str_is(path, "sample::shapes::round::COUNT"));
    rp_arena_free(&a);
}

static void check(const sample *s, const char *from, const char *name, rp_namespace ns,
                  const char *expected)
{
    rp_res r = rp_resolve_name(s->c, *from != 0 ? def(s, from) : 1, rp_str_from(name), ns);
    char text[128];
    rp_arena a = {0};
    rp_str got = r.kind == RP_RES_DEF ? rp_def_path(s->c, r.def, &a) : r.path;
    snprintf(text, sizeof text, "%.*s", RP_FMT(got));
    assert_string_equal(r.kind == RP_RES_UNKNOWN ? "?" : text, expected);
    rp_arena_free(&a);
}

static void names_are_found(void **state)
{
    const sample *s = *state;
    check(s, "", "deep", RP_NS_TYPE, "sample::inner::deep");
    check(s, "", "eff", RP_NS_VALUE, "sample::inner::deep::f");
    check(s, "", "f", RP_NS_VALUE, "?");
    check(s, "", "g", RP_NS_VALUE, "sample::inner::g");
    check(s, "", "Only", RP_NS_VALUE, "sample::inner::Only");
    check(s, "", "Green", RP_NS_VALUE, "sample::Color::Green");
    check(s, "", "Blue", RP_NS_VALUE, "?"); /* braces are no function */
    check(s, "", "transmute", RP_NS_VALUE, "std::mem::transmute");
    check(s, "", "swop", RP_NS_VALUE, "std::mem::swap");
    check(s, "", "heap", RP_NS_TYPE, "alloc");
    check(s, "", "own", RP_NS_TYPE, "sample");
    check(s, "", "other", RP_NS_TYPE, "other");
    check(s, "", "alloc", RP_NS_TYPE, "sample::alloc"); /* not what is called heap */
    check(s, "", "UnsafeCell", RP_NS_TYPE, "std::cell::UnsafeCell");
    check(s, "", "Vec", RP_NS_TYPE, "std::vec::Vec");
    check(s, "", "u8", RP_NS_TYPE, "u8");
    check(s, "shapes::round", "Area", RP_NS_TYPE, "sample::shapes::Area");
    check(s, "shapes::round", "g", RP_NS_VALUE, "sample::inner::g");
    check(s, "shapes::round", "eff", RP_NS_VALUE, "?");
    check(s, "shapes::round", "mine", RP_NS_TYPE, "sample::inner::deep");
    check(s, "shapes::round", "near", RP_NS_TYPE, "sample::inner");
    check(s, "shapes::round", "Heaped", RP_NS_TYPE, "std::vec::Vec");
    check(s, "inner::deep", "Size", RP_NS_TYPE, "sample::shapes::Area");
    check(s, "circle_a", "nothing", RP_NS_TYPE, "?");
}

static void modules_under_cfgs_have_all_their_files(void **state)
{
    const sample *s = *state;
    assert_int_equal(rp_def_of(s->c, def(s, "by_macro::Here"))->kind, RP_DEF_STRUCT);
    assert_int_equal(rp_def_of(s->c, def(s, "behind::b"))->kind, RP_DEF_FN);
    assert_int_equal(rp_def_of(s->c, def(s, "ways::loom"))->kind, RP_DEF_FN);
    rp_def_id other = rp_def_of(s->c, def(s, "ways"))->same;
    assert_int_not_equal(rp_def_child(s->c, other, RP_STR("usual")), 0);
}

static void modules_give_way_to_primitives(void **state)
{
    const sample *s = *state;
    check(s, "numbers", "str", RP_NS_TYPE, "str");
    check(s, "numbers", "f32", RP_NS_TYPE, "f32");
    check(s, "numbers", "char", RP_NS_TYPE, "char");
    check(s, "numbers", "__m128i", RP_NS_TYPE, "std::arch::x86_64::__m128i");
    check(s, "numbers", "HashMap", RP_NS_TYPE, "std::collections::HashMap");
    check(s, "numbers", "HashMaps", RP_NS_TYPE, "?");
}

static void what_few_builds_have_comes_last(void **state)
{
    const sample *s = *state;
    check(s, "seldom", "Arc", RP_NS_TYPE, "std::sync::Arc");
    check(s, "seldom", "Now", RP_NS_TYPE, "std::time::Instant");
    check(s, "seldom", "Only", RP_NS_TYPE, "sample::seldom::inner::Only");
    check(s, "seldom", "way", RP_NS_VALUE, "sample::seldom::way"); /* there is no other one */
}

static void types_behind_aliases_are_found(void **state)
{
    const sample *s = *state;
    rp_def_id here = def(s, "here");
    const rp_ast *ast = rp_def_ast(s->c, here);
    rp_id type = rp_kid(ast, rp_def_of(s->c, def(s, "Short"))->node, RP_ALIAS_TYPE);
    assert_int_equal(rp_resolve_type_def(s->c, 1, 0, type), def(s, "shapes::Area"));
}

static void items_in_bodies_are_seen_from_there(void **state)
{
    sample *s = *state;
    rp_def_id here = def(s, "here");
    assert_int_not_equal(rp_def_body(s->c, here), 0);
    check(s, "here", "local", RP_NS_VALUE, "sample::here::local");
    check(s, "", "local", RP_NS_VALUE, "?");
    check(s, "here", "g", RP_NS_VALUE, "sample::inner::g");
}

static void impls_belong_to_their_types(void **state)
{
    const sample *s = *state;
    const rp_def *color = rp_def_of(s->c, def(s, "Color"));
    assert_int_not_equal(color->impls, 0);
    const rp_impl *impl = &s->c->impls.items[color->impls - 1];
    assert_true(impl->inherent);
    assert_int_not_equal(rp_def_child(s->c, impl->def, RP_STR("new")), 0);
}

static void failing_allocations_are_told(void **state)
{
    (void)state;
    bool failed = true;
    for (uint64_t n = 1; failed && n < 20000; n++) {
        rp_arena a = {0};
        (void)rp_arena_fail_at(n);
        rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &a);
        uint64_t asked = rp_arena_fail_at(0);
        failed = asked >= n;
        bool told = c == NULL || rp_rust_crate_refused(c);
        for (uint32_t i = 0; c != NULL && i < c->files.n; i++)
            told |= rp_rust_file_unread(c->files.items[i]) || c->files.items[i]->ast.refused;
        assert_true(!failed || told);
        rp_arena_free(&a);
    }
}

static rp_res name_in(const sample *s, const char *module, const char *name)
{
    return rp_resolve_name(s->c, def(s, module), rp_str_from(name), RP_NS_TYPE);
}

/* What is not found from inside a circle of globs may be found from where the circle is entered. */
static void circles_of_globs_are_gone_through(void **state)
{
    const sample *s = *state;
    assert_int_equal(name_in(s, "ring_b", "Lost").kind, RP_RES_UNKNOWN);
    const char *const rings[] = {"ring_a", "ring_b", "ring_c", "ring_b", "ring_a"};
    for (size_t i = 0; i < sizeof rings / sizeof rings[0]; i++) {
        rp_res r = name_in(s, rings[i], "Won");
        assert_int_equal(r.kind, RP_RES_DEF);
        assert_int_equal(r.def, def(s, "prize::Won"));
        assert_int_equal(name_in(s, rings[i], "Lost").kind, RP_RES_UNKNOWN);
    }
}

static void many_globs_in_circles_find_every_name(void **state)
{
    const sample *s = *state;
    for (unsigned i = 0; i < CROWD; i++) {
        char from[32], name[16], path[32];
        snprintf(from, sizeof from, "crowd::m%u", i);
        snprintf(name, sizeof name, "S%u", CROWD - 1 - i);
        snprintf(path, sizeof path, "crowd::m%u::S%u", CROWD - 1 - i, CROWD - 1 - i);
        rp_res r = name_in(s, from, name);
        assert_int_equal(r.kind, RP_RES_DEF);
        assert_int_equal(r.def, def(s, path));
        assert_int_equal(name_in(s, from, "S999").kind, RP_RES_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_read_from_their_files),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(modules_under_cfgs_have_all_their_files),
        cmocka_unit_test(modules_give_way_to_primitives),
        cmocka_unit_test(what_few_builds_have_comes_last),
        cmocka_unit_test(types_behind_aliases_are_found),
        cmocka_unit_test(items_in_bodies_are_seen_from_there),
        cmocka_unit_test(impls_belong_to_their_types),
        cmocka_unit_test(circles_of_globs_are_gone_through),
        cmocka_unit_test(many_globs_in_circles_find_every_name),
        cmocka_unit_test(failing_allocations_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
