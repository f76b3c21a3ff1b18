/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The macros of a crate: which definition a call means, what comes of it, where it was written. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/limits.h"
#include "rust/macros.h"
#include "rust/rule.h"
#include "rust_texts.h"

/* Each macro makes a function whose name says which definition was meant: rustc 1.95 agrees. */
static const rust_text scope_files[] = {
    {"src/lib.rs",
     "macro_rules! one { () => { fn first() {} } }\n"
     "mod early { one!(); }\n"
     "macro_rules! one { () => { fn second() {} } }\n"
     "mod late { one!(); mod deep { one!(); } }\n"
     "mod closed { macro_rules! hidden { () => { fn bad() {} } } hidden!{} }\n"
     "mod outside { hidden!(); }\n"
     "#[macro_use] mod open;\n"
     "mod user { from_open!(); }\n"
     "mod by_path { crate::exported!(); }\n"
     "mod by_use { use crate::exported as _; pub(crate) use super::imported::local; local!(); }\n"
     "mod imported { macro_rules! local { () => { fn through_use() {} } } pub(crate) use local; }\n"
     "mod shadow { macro_rules! one { () => { fn inner() {} } } one!(); }\n"
     "mod again { one!(); }\n"
     "mod below { #[macro_export] macro_rules! exported { () => { $crate::helper!(); } }\n"
     "            #[macro_export] macro_rules! helper { () => { fn helped() {} } } }\n"
     "macro_rules! modules { ($($n:ident)*) => { $(mod $n;)* mod inline { pub fn within() {} } } "
     "}\n"
     "modules!(listed);\n"
     "macro_rules! maker { ($n:ident, $f:ident) => { macro_rules! $n { () => { fn $f() {} } } } }\n"
     "maker!(made, by_made);\n"
     "mod from_made { made!(); }\n"
     "struct S;\n"
     "macro_rules! methods { () => { fn m(&self) {} } }\n"
     "struct R; impl R { methods! {} }\n"
     "macro_rules! broken { () => { fn ( } }\n"},
    {"src/open.rs", "macro_rules! from_open { () => { fn opened() {} } }\n"},
    {"src/listed.rs", "pub fn found() {}\n"},
};

static bool has(const rp_rust_crate *c, const char *want)
{
    for (rp_def_id id = 1; id < c->defs.n; id++)
        if (rp_def_of(c, id)->kind == RP_DEF_FN && rp_str_is(rp_def_path(c, id, c->arena), want))
            return true;
    return false;
}

static rp_def_id function(const rp_rust_crate *c, const char *path)
{
    for (rp_def_id id = 1; id < c->defs.n; id++)
        if (rp_def_of(c, id)->kind == RP_DEF_FN && rp_str_is(rp_def_path(c, id, c->arena), path))
            return id;
    return 0;
}

static void test_scope(void **state)
{
    (void)state;
    static const char *const want[] = {
        "sample::early::first",   "sample::late::second",       "sample::late::deep::second",
        "sample::user::opened",   "sample::by_path::helped",    "sample::by_use::through_use",
        "sample::shadow::inner",  "sample::again::second",      "sample::listed::found",
        "sample::inline::within", "sample::from_made::by_made", "sample::closed::bad",
        "sample::<impl>::m"};
    static const char *const not [] = {"sample::outside::bad", "sample::T::m",
                                       "sample::early::second"};
    rust_texts texts = {.items = scope_files, .n = RP_COUNT(scope_files)};
    rp_arena arena = {0};
    rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
    assert_non_null(c);
    assert_false(rp_rust_crate_refused(c));
    for (size_t i = 0; i < RP_COUNT(want); i++) {
        if (!has(c, want[i]))
            print_message("%s is missing\n", want[i]);
        assert_true(has(c, want[i]));
    }
    for (size_t i = 0; i < RP_COUNT(not ); i++)
        assert_false(has(c, not [i]));
    rp_arena_free(&arena);
}

/* Fragments that macros hand on and on: items with a visibility, attributes; the chain of
 * conditions that libc is made of. rustc 1.95 makes the same functions. */
static const rust_text chain_files[] = {
    {"src/lib.rs",
     "macro_rules! chain {\n"
     "    ($(if #[cfg($($m:meta),*)] { $($it:item)* }) else * else { $($it2:item)* }) => {\n"
     "        chain! { @items () ; $( ( ($($m),*) ($($it)*) ), )* ( () ($($it2)*) ), }\n"
     "    };\n"
     "    (@items ($($not:meta,)*) ; ) => { fn end() {} };\n"
     "    (@items ($($not:meta,)*) ; ( ($($m:meta),*) ($($it:item)*) ), $($rest:tt)*) => {\n"
     "        chain! { @apply cfg(all($($m,)* not(any($($not),*)))), $($it)* }\n"
     "        chain! { @items ($($not,)* $($m,)*) ; $($rest)* }\n"
     "    };\n"
     "    (@apply $m:meta, $($it:item)*) => { $(#[$m] $it)* };\n"
     "}\n"
     "chain! {\n"
     "    if #[cfg(target_os = \"one\")] { pub fn one() {} mod m1; pub use m1::*; }\n"
     "    else if #[cfg(any(target_os = \"two\", two))] { pub(crate) fn two() {} pub mod m2 {} }\n"
     "    else if #[cfg(target_os = \"three\")] { pub(in crate) unsafe fn three() {} }\n"
     "    else { pub fn four() {} fn five() {} }\n"
     "}\n"
     "cfg_select! { target_os = \"six\" => { fn six() {} #[path = \"m1.rs\"] mod m6; }\n"
     "    any(unix, seven) => { fn seven() {} } not(windows) => { fn eight() {} }, _ => { fn "
     "nine() "
     "{} } }\n"
     "macro_rules! vis { ($v:vis $n:ident) => { vis!(@ $v $n); };\n"
     "                   (@ $v:vis $n:ident) => { $v fn $n() {} } }\n"
     "vis!(pub(crate) v1); vis!(pub v2); vis!(v3);\n"
     "macro_rules! doc { ($p:path, $n:ident) => { doc!(@ $p, $n); };\n"
     "                   (@ $p:path, $n:ident) => { #[$p = \"text\"] #[$p(hidden)] fn $n() {} } }\n"
     "doc!(doc, documented);\n"},
    {"src/m1.rs", "pub fn inside() {}\n"}};

static void test_chain(void **state)
{
    (void)state;
    static const char *const want[] = {"one", "m1::inside", "two",   "three",     "four", "five",
                                       "six", "m6::inside", "seven", "eight",     "nine", "end",
                                       "v1",  "v2",         "v3",    "documented"};
    rust_texts texts = {.items = chain_files, .n = RP_COUNT(chain_files)};
    rp_arena arena = {0};
    rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
    assert_non_null(c);
    for (size_t i = 0; i < RP_COUNT(want); i++) {
        rp_str path = rp_arena_printf(&arena, "sample::%s", want[i]);
        if (!has(c, path.ptr))
            print_message("%s is missing\n", want[i]);
        assert_true(has(c, path.ptr));
    }
    rp_macro_stats stats = rp_macros_stats(c);
    assert_int_equal(stats.calls, stats.expanded);
    rp_arena_free(&arena);
}

/* Macros without end stop at a cap; what was there before stays. */
static void test_caps(void **state)
{
    (void)state;
    static const rust_text files[] = {
        {"src/lib.rs", "macro_rules! one { () => { fn before() {} } } one!();\n"
                       "macro_rules! endless { ($($t:tt)*) => { endless!(x $($t)*); } }\n"
                       "endless!();\n"
                       "fn f() { endless!(); let x = endless!(y); }\n"
                       "macro_rules! twice { ($($t:tt)*) => { twice!($($t)* $($t)* y); } }\n"
                       "twice!(z);\n"
                       "macro_rules! wide { ($($t:tt)*) => { wide!($($t)*); wide!($($t)*); } }\n"
                       "wide!(z);\n"}};
    rust_texts texts = {.items = files, .n = 1};
    rp_arena arena = {0};
    rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
    assert_non_null(c);
    assert_true(has(c, "sample::before"));
    assert_int_not_equal(rp_def_body(c, function(c, "sample::f")), 0);
    assert_true(rp_macros_stats(c).tokens <= RP_MAX_MACRO_TOKENS);
    rp_arena_free(&arena);
}

static void test_made(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path;
    } cases[] = {
#include "rust_made_cases.inc"
    };
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena arena = {0};
        rust_text file = {"src/lib.rs", cases[i].text};
        rust_texts texts = {.items = &file, .n = 1};
        rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
        assert_non_null(c);
        rp_rust_crate_link(c);
        if (!has(c, rp_arena_printf(&arena, "sample::%s", cases[i].path).ptr))
            print_message("not made: %s\n", cases[i].text);
        assert_true(has(c, rp_arena_printf(&arena, "sample::%s", cases[i].path).ptr));
        assert_int_equal(c->gaps.n, 0);
        rp_arena_free(&arena);
    }
}

/* What a cap keeps from being expanded is unknown source, told once; other errors are rustc's, and
 * unknown source where unsafe code may be in it. */
static void test_cap_is_a_gap(void **state)
{
    (void)state;
    static const char deep[] = "macro_rules! deep { ($($t:tt)*) => { deep!($($t)*); } }\n";
    static const char wide[] = "macro_rules! wide { ($($t:tt)*) => { wide! { $($t)* $($t)* } } }\n";
    static const struct {
        const char *macro, *call;
        uint32_t gaps;
    } cases[] = {{wide, "wide!(a b); wide!(c d);", 1},
                 {deep, "deep!(unsafe fn f() {});", 1},
                 {deep, "fn f(p: *const u8) { unsafe { deep!(*p); } }", 1},
                 {deep, "fn f() {} deeper!(a);", 0},
                 {"macro_rules! one { (1) => {} }\n", "one!(2);", 0},
                 {"macro_rules! one { (1) => { unsafe fn f() {} } }\n", "one!(2);", 1},
                 {"macro_rules! one { ($i:item) => { $i fn } }\n", "one!(unsafe fn f() {});", 1}};
    for (size_t i = 0; i < RP_COUNT(cases); i++) {
        rp_arena arena = {0};
        rp_str text = rp_arena_printf(&arena, "%s%s", cases[i].macro, cases[i].call);
        rust_text file = {"src/lib.rs", text.ptr};
        rust_texts texts = {.items = &file, .n = 1};
        rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
        assert_non_null(c);
        for (rp_def_id id = 1; id < c->defs.n; id++)
            if (rp_def_of(c, id)->kind == RP_DEF_FN)
                (void)rp_def_body(c, id);
        assert_int_equal(c->gaps.n, cases[i].gaps);
        assert_true(arena.used < 100u << 20);
        rp_arena_free(&arena);
    }
}

static const rust_text body_files[] = {
    {"src/lib.rs",
     /* 1 */
     "macro_rules! deref { ($p:expr) => { unsafe { *$p } } }\n"
     /* 2 */ "macro_rules! shadow { ($e:expr) => { { let p = 1u8; let _ = p; $e } } }\n"
     /* 3 */ "pub fn f(p: *const u8) -> u8 { deref!(p) }\n"
     /* 4 */ "pub fn g(p: *const u8) -> u8 { unsafe { shadow!(*p) } }\n"
     /* 5 */ "pub fn h(p: u8) -> u8 { unsafe { shadow!(p) } }\n"
     /* 6 */ "pub fn k(p: *const u8) -> u8 {\n"
     /* 7 */ "    let q = p; macro_rules! at { () => { *q } }\n"
     /* 8 */ "    unsafe { println!(\"{}\", at!()); let q = 1u8; let _ = q; at!() }\n"
     /* 9 */ "}\n"
     /* 10 */ "macro_rules! stmts { ($a:ident) => { let $a = 1; let hidden = 2; } }\n"
     /* 11 */ "pub fn s() -> u8 { stmts!(x); unsafe { std::mem::zeroed::<u8>() + x } }\n"
     /* 12 */ "macro_rules! ty { ($t:ty) => { *const $t } } macro_rules! pat { () => { "
     "Some(p) } }\n"
     /* 13 */ "pub fn t(o: Option<ty!(u8)>) -> u8 { let r: ty!(u8) = match o { pat!() => 0 "
     "as _, _ => 0 as _ };\n"
     /* 14 */ "    unsafe { *r } }\n"
     /* 15 */ "macro_rules! rec { (0 $e:expr) => { $e }; (1 $e:expr) => { rec!(0 *$e) } }\n"
     /* 16 */ "pub fn r(p: *const u8) -> u8 { unsafe { 1 + rec!(1 p) } }\n"
     /* 17 */ "pub fn lost(p: *const u8) -> u8 { unsafe { elsewhere!(p) } }\n"
     /* 18 */ "cfg_if::cfg_if! { if #[cfg(unix)] { pub fn u(p: *const u8) -> u8 { unsafe { "
     "*p } } } else { pub fn w() {} } }\n"
     /* 19 */ "pub unsafe fn v(p: *const u8) -> u8 { deref!(p) + deref!(p) }\n"
     /* 20 */ "use late as soon; pub unsafe fn x(p: *const u8) -> u8 { unsafe { soon!(p) } "
     "}\n"
     /* 21 */ "macro_rules! late_ { ($p:expr) => { *$p } } use late_ as late;\n"
     /* 22 */ "pub fn y() { deref!(,,); unsafe fn nested(p: *const u8) { *p; } }\n"
     /* 23 */ "pub fn in_param(p: ty!(u8)) -> u8 { unsafe { *p } }\n"
     /* 24 */ "pub struct In { p: ty!(u8) } pub fn in_field(h: In) -> u8 { unsafe { *h.p } }\n"
     /* 25 */ "pub fn given() -> ty!(u8) { 0 as _ } pub fn in_ret() -> u8 { unsafe { "
     "*given() } }\n"
     /* 26 */ "type Alias = ty!(u8); pub fn in_alias(p: Alias) -> u8 { unsafe { *p } }\n"
     /* 27 */ "pub static IN: Option<ty!(u8)> = None; impl In { const C: ty!(u8) = 0 as _;\n"
     /* 28 */ "    pub fn in_const(&self) -> u8 { deref!(In::C) } }\n"
     /* 29 */ "pub enum Either { A(ty!(u8)), B } impl Either { pub fn in_enum(p: ty!(u8)) -> "
     "u8 {\n"
     /* 30 */ "    match Either::A(p) { Either::A(q) => unsafe { *p }, Either::B => deref!(p) "
     "} } }\n"},
};

typedef struct {
    const char *fn;
    uint32_t sure, maybe, line; /* of the first unsafe operation */
} body_case;

static const body_case bodies[] = {
    {"sample::f", 1, 0, 3},
    {"sample::g", 1, 0, 4},
    {"sample::h", 0, 0, 0},
    {"sample::k", 2, 0, 8},
    {"sample::s", 1, 0, 11},
    {"sample::t", 1, 0, 14},
    {"sample::r", 1, 0, 16},
    {"sample::lost", 0, 1, 17},
    {"sample::u", 1, 0, 18},
    {"sample::v", 2, 0, 19},
    {"sample::x", 1, 0, 20},
    {"sample::in_param", 1, 0, 23},
    {"sample::in_field", 1, 0, 24},
    {"sample::in_ret", 1, 0, 25},
    {"sample::in_alias", 1, 0, 26},
    {"sample::<impl>::in_const", 1, 0, 28},
    {"sample::<impl>::in_enum", 2, 0, 30},
};

static void one_body(rp_rust_crate *c, const body_case *want)
{
    rp_arena scratch = {0};
    rp_types types;
    rp_body body;
    rp_def_id fn = function(c, want->fn);
    uint32_t sure = 0, maybe = 0, line = 0, column, site;
    assert_int_not_equal(fn, 0);
    assert_true(rp_types_init(&types, c, &scratch));
    assert_true(rp_body_read(&types, fn, &body));
    for (uint32_t i = 0; i < body.ops.n; i++) {
        const rp_unsafe_op *op = &body.ops.items[i];
        if (!op->in_block)
            continue;
        rp_written_span at = rp_written(c, body.file, op->node, &site);
        if (sure + maybe == 0)
            rp_rust_place(c, at.file, at.start, &line, &column);
        sure += op->sure;
        maybe += !op->sure;
    }
    if (sure != want->sure || maybe != want->maybe || line != want->line)
        print_message("%s: %u sure, %u maybe, line %u\n", want->fn, sure, maybe, line);
    assert_int_equal(sure, want->sure);
    assert_int_equal(maybe, want->maybe);
    assert_int_equal(line, want->line);
    rp_arena_free(&scratch);
}

static void test_bodies(void **state)
{
    (void)state;
    rust_texts texts = {.items = body_files, .n = RP_COUNT(body_files)};
    rp_arena arena = {0};
    rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
    assert_non_null(c);
    rp_rust_crate_link(c);
    for (size_t i = 0; i < RP_COUNT(bodies); i++)
        one_body(c, &bodies[i]);
    /* what stands beside a call that stays one is defined */
    assert_int_not_equal(rp_def_body(c, function(c, "sample::y")), 0);
    assert_true(has(c, "sample::y::nested"));
    rp_arena_free(&arena);
}

/* What was given to a macro has its own place; what the macro wrote has the call's. */
static void test_places(void **state)
{
    (void)state;
    static const rust_text files[] = {{"src/lib.rs",
                                       "macro_rules! m { ($e:expr) => { f($e, 1) } }\n"
                                       "fn f(a: u8, b: u8) {}\n"
                                       "fn g() { let a = 1; m!(a + 1); }\n"}};
    rust_texts texts = {.items = files, .n = 1};
    rp_arena arena = {0};
    rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
    assert_non_null(c);
    rp_def_id fn = function(c, "sample::g");
    rp_id body = rp_def_body(c, fn);
    const rp_def *d = rp_def_of(c, fn);
    const rp_ast *ast = rp_def_ast(c, fn);
    const char *text = files[0].text;
    assert_non_null(c->files.items[d->file]->made);
    rp_walk w = rp_walk_start(ast, body, &arena);
    unsigned met = 0;
    for (rp_id id; (id = rp_walk_next(&w)) != 0;) {
        uint32_t site;
        rp_written_span at = rp_written(c, d->file, id, &site), place;
        rp_str got = {text + at.start, at.end - at.start};
        if (!w.entering)
            continue;
        assert_int_equal(at.file, 0);
        if (rp_kind_of(ast, id) == RP_N_BINARY) {
            met++;
            assert_int_equal(site, 0);
            assert_true(rp_str_is(got, "a + 1"));
        } else if (rp_kind_of(ast, id) == RP_N_CALL) {
            met++;
            assert_int_not_equal(site, 0);
            assert_true(rp_str_is(got, "m!(a + 1)"));
            assert_true(rp_macro_place(c, d->file, id, &place));
            assert_memory_equal(text + place.start, "f(", 2);
            assert_true(rp_str_is(rp_macro_site_of(c, site)->name, "m"));
        } else if (rp_kind_of(ast, id) == RP_N_LET) {
            met++;
            assert_true(rp_str_is(got, "let a = 1;"));
        }
    }
    assert_int_equal(met, 3);
    rp_arena_free(&arena);
}

/* Each failing allocation: the crate is refused, or is what it is. */
/* include! of what lies beside the file it is written in; modules there, too: rustc 1.95 agrees. */
static const rust_text include_files[] = {
    {"src/lib.rs", "include!(\"gen/all.rs\");\n"
                   "mod inner { include!(concat!(\"gen\", \"/\", \"few.rs\")); }\n"
                   "mod user { from_include!(); }\n"
                   "struct S; impl S { std::include! { \"gen/methods.in\" } }\n"
                   "macro_rules! take { ($n:expr) => { include!($n); } }\n"
                   "take!(\"gen/taken.rs\");\n"
                   "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));\n"
                   "include!(\"nowhere.rs\");\n"
                   "#[cfg(windows)] include!(\"nowhere_either.rs\");\n"
                   "#[cfg(test)] mod tests { include!(\"tests.rs\"); }\n"
                   "include!(name!());\n"
                   "include!(\"lib.rs\");\n"
                   "include!(\"gen/circle.rs\");\n"},
    {"src/gen/all.rs", "pub mod below;\n"
                       "pub mod within { pub mod deep; }\n"
                       "macro_rules! from_include { () => { fn called() {} } }\n"
                       "fn in_all() {}\n"},
    {"src/gen/below.rs", "pub mod lower;\npub fn found() {}\n"},
    {"src/gen/below/lower.rs", "pub fn found() {}\n"},
    {"src/gen/within/deep.rs", "pub fn found() {}\n"},
    {"src/gen/few.rs", "#![allow(unused)]\nfn in_few() {}\n"},
    {"src/gen/methods.in", "fn method(&self) {}\n"},
    {"src/gen/taken.rs", "fn by_macro() {}\n"},
    {"src/gen/circle.rs", "fn once() {}\ninclude!(\"circle.rs\");\n"},
};

static void test_include(void **state)
{
    (void)state;
    static const char *const want[] = {
        "sample::in_all",        "sample::below::found",        "sample::below::lower::found",
        "sample::inner::in_few", "sample::within::deep::found", "sample::user::called",
        "sample::by_macro",      "sample::<impl>::method",      "sample::once"};
    static const struct {
        uint32_t line;
        const char *why;
    } gaps[] = {{7, "include! of a file that only a build writes (OUT_DIR): cargo build does"},
                {8, "include! of a file that is not there"},
                {11, "include! of a file whose name is not known"},
                {12, "include! of a file that is not there"},
                {2, "include! of a file that is not there"}};
    rust_texts texts = {.items = include_files, .n = RP_COUNT(include_files)};
    rp_arena arena = {0};
    rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
    assert_non_null(c);
    assert_false(rp_rust_crate_refused(c));
    for (size_t i = 0; i < RP_COUNT(want); i++)
        if (!has(c, want[i]))
            fail_msg("%s is not there", want[i]);
    assert_int_equal(c->gaps.n, RP_COUNT(gaps));
    for (uint32_t i = 0; i < c->gaps.n; i++) {
        const rp_rust_gap *gap = &c->gaps.items[i];
        rp_span at = rp_node_bytes(c, gap->file, gap->node);
        uint32_t line, column;
        rp_rust_place(c, at.file, at.start, &line, &column);
        assert_int_equal(line, gaps[i].line);
        assert_string_equal(rp_arena_printf(&arena, "%.*s", RP_FMT(gap->why)).ptr, gaps[i].why);
    }
    rp_arena_free(&arena);
}

/* Two files that include each other's next twice: what they cost is bounded. */
static void test_include_caps(void **state)
{
    (void)state;
    enum { FILES = 40 };
    static char names[FILES][32], contents[FILES][96];
    static rust_text files[FILES];
    for (unsigned i = 0; i < FILES; i++) {
        snprintf(names[i], sizeof names[i], "src/f%u.rs", i);
        snprintf(contents[i], sizeof contents[i],
                 "include!(\"f%u.rs\");\ninclude!(\"f%u.rs\");\nfn f() {}\n", i + 1, i + 1);
        files[i] = (rust_text){names[i], contents[i]};
    }
    rust_texts texts = {.items = files, .n = FILES};
    rp_arena arena = {0};
    rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
    assert_non_null(c);
    assert_true(rp_rust_crate_refused(c));
    assert_true(c->files.n <= RP_MAX_RUST_INCLUDES + 2);
    rp_arena_free(&arena);
}

static void test_memory(void **state)
{
    (void)state;
    static const rust_text files[] = {
        {"src/lib.rs", "macro_rules! m { ($($n:ident: $e:expr),*) => { $(fn $n() { n!($e) })* } }\n"
                       "macro_rules! n { ($e:expr) => { unsafe { let x = $e; *x } } }\n"
                       "m!(a: 1 as *const u8, b: 2 as *const u8); mod c { m!(d: n!(e)); }\n"
                       "include!(\"i.rs\"); include!(\"gone.rs\");"},
        {"src/i.rs", "fn i(p: *const u8) { unsafe { *p }; }\n"}};
    rust_texts texts = {.items = files, .n = RP_COUNT(files)};
    unsigned whole = 0;
    for (uint64_t n = 1; whole < 3; n++) {
        rp_arena arena = {0}, scratch = {0};
        (void)rp_arena_fail_at(n);
        rp_rust_crate *c = rust_crate_of(&texts, RP_EDITION_2021, &arena);
        rp_rule_run run = {0};
        if (c != NULL) {
            rp_rust_crate_link(c);
            rp_rules_run(c, NULL, 0, &arena, &scratch, &run);
        }
        (void)rp_arena_fail_at(0);
        bool good = c != NULL && !run.refused && !rp_rust_crate_refused(c);
        if (good) {
            assert_int_equal(run.inventory.code.sure[RP_UNSAFE_DEREF], 3);
            assert_int_equal(c->gaps.n, 1);
            assert_int_equal(run.inventory.from_macros, 2);
            assert_int_equal(run.inventory.macro_places, 1);
        }
        whole = good ? whole + 1 : 0;
        rp_arena_free(&scratch);
        rp_arena_free(&arena);
        assert_true(n < 5000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scope),        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_cap_is_a_gap), cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_places),       cmocka_unit_test(test_include),
        cmocka_unit_test(test_include_caps), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_chain),        cmocka_unit_test(test_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
