/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names of other crates, with an opener that is made up: circles, missing packages, too little
 * memory. What the names mean is held against rustc by tests/rust/externs_rustc.py. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "rust/body.h"
#include "rust/externs.h"
#include "rust/left_out.h"
#include "rust_texts.h"

/* Package 0 is audited; 1 and 2 bring in each other by globs; 3 has no source here. */
static const rust_text texts[] = {
    {"a/lib.rs",
     "use one::*; pub unsafe fn f() { deep(); one::nobody(); gone::x(); one::two::deep();"
     " let s: one::S = one::S::new(); *s.p; s.risky(); s.calm(); one::os::here(); one::os::there();"
     " one::other::deep(); }\n"},
    {"b/lib.rs",
     "pub extern crate two as unused; pub use two::*; pub use two as two;\n"
     "pub struct S { pub p: *const u8 } impl S { pub fn new() -> Self { S { p: 0 as _ } }"
     " pub unsafe fn risky(&self) {} pub fn calm(&self) {} } impl Unpin for S {}\n"
     "#[cfg(windows)] pub mod os { pub fn here() {} pub unsafe fn there() {} }\n"
     "#[cfg(unix)] pub mod os { pub unsafe fn here() {} }\n"
     "#[cfg(windows)] pub mod other { pub unsafe fn deep() {} }\n"},
    {"c/lib.rs", "pub use one::*; pub unsafe fn deep() {}\n"},
    {"d/lib.rs", "#[cfg(windows)] pub struct Handle { raw: usize }\n"
                 "#[cfg(feature = \"in-std\")] extern crate rustc_std_workspace_core as core;\n"
                 "pub use core::ffi::c_void;\n"},
    {"e/lib.rs", "#[cfg(windows)] pub mod win { pub struct Deep; }\n"
                 "#[cfg(unix)] pub mod os { pub struct Here; }\n"
                 "#[cfg(windows)] pub mod os { pub struct There; }\n"
                 "pub mod plain { pub struct A; pub use super::inner::*; }\n"
                 "mod inner { #[cfg(windows)] pub struct Lost; }\n"
                 "pub mod prelude { pub use crate::plain::A; pub use crate::win::Deep; }\n"},
};

typedef struct {
    rp_rust_opener opener;
    char roots[5][96];
    uint32_t opened;
} world;

static void *project(const rp_rust_opener *opener, rp_str manifest, rp_arena *arena,
                     uint32_t *ret_package)
{
    (void)manifest;
    (void)arena;
    *ret_package = 0;
    return (void *)(uintptr_t)opener;
}

static bool package(void *user, uint32_t id, rp_rust_package *ret)
{
    static const rp_rust_link first[] = {{{"one", 3}, 1}, {{"gone", 4}, 3}},
                              second[] = {{{"two", 3}, 2}}, third[] = {{{"one", 3}, 1}};
    static const rp_rust_link *const links[] = {first, second, third};
    static const uint32_t counts[] = {2, 1, 1};
    world *w = user;
    w->opened++;
    if (id > 2)
        return false;
    *ret = (rp_rust_package){.links = links[id], .nlinks = counts[id]};
    ret->source = (rp_rust_source){
        .name = RP_STR("x"), .root = rp_str_from(w->roots[id]), .edition = RP_EDITION_2021};
    return true;
}

/* "call? …" of f; false when memory ran out before there was something to say. */
static bool operations_of(rp_rust_crate *c, rp_arena *arena, char *out, size_t size)
{
    rp_types t;
    rp_body b;
    size_t n = 0;
    rp_rust_crate_link(c);
    rp_def_id f = rp_def_child(c, 1, RP_STR("f"));
    if (f == 0 || !rp_types_init(&t, c, arena) || !rp_body_read(&t, f, &b))
        return false;
    out[0] = 0;
    for (uint32_t i = 0; i < b.ops.n; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%s%s", i ? " " : "",
                              b.ops.items[i].kind == RP_UNSAFE_DEREF ? "deref" : "call",
                              b.ops.items[i].sure ? "" : "?");
    return !b.refused && !t.refused && !rp_rust_crate_refused(c);
}

static const char *operations(const world *w, rp_arena *arena, char *out, size_t size)
{
    rp_rust_crate *c = NULL;
    rp_rust_source source = {.name = RP_STR("a"),
                             .root = rp_str_from(w->roots[0]),
                             .edition = RP_EDITION_2021,
                             .opener = &w->opener,
                             .manifest = RP_STR("Cargo.toml")};
    if (rp_rust_crate_read(&source, arena, &c, NULL) != RP_OK)
        return NULL;
    bool said = operations_of(c, arena, out, size);
    rp_rust_crate_close(c);
    return said ? out : NULL;
}

static world set_up(rust_texts *files)
{
    world w = {.opener = {{"", 0}, NULL, project, package}};
    *files = (rust_texts){.items = texts, .n = 5};
    assert_true(rust_texts_write(files));
    for (size_t i = 0; i < 5; i++)
        snprintf(w.roots[i], sizeof w.roots[i], "%s/%s", files->folder, texts[i].path);
    return w;
}

static const char expected[] = "call call? call? call deref call call call call";

static void circles_end_and_what_is_missing_is_unknown(void **state)
{
    rust_texts files;
    world w = set_up(&files);
    rp_arena arena = {0};
    char out[200];
    const char *got = operations(&w, &arena, out, sizeof out);
    assert_non_null(got);
    assert_string_equal(got, expected);
    assert_in_range(w.opened, 3, 4); /* each once */
    rp_arena_free(&arena);
    rust_texts_remove(&files);
    (void)state;
}

/* With little room outlines are given up and read again; with none none is read. */
static void what_crates_share_is_what_each_would_read(void **state)
{
    static const uint64_t keep[] = {0, 30000, 1 << 20};
    rust_texts files;
    world w = set_up(&files);
    for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++) {
        rp_arena arena = {0};
        w.opener.outlines = rp_outlines_new(&arena, 1 << 20, keep[i]);
        assert_non_null(w.opener.outlines);
        for (unsigned round = 0; round < 3; round++) {
            rp_arena own = {0};
            char out[200];
            const char *got = operations(&w, &own, out, sizeof out);
            assert_non_null(got);
            assert_string_equal(got, expected);
            rp_arena_free(&own);
        }
        rp_outlines_free(w.opener.outlines);
        rp_arena_free(&arena);
    }
    rust_texts_remove(&files);
    (void)state;
}

static void each_shared_allocation_may_fail(void **state)
{
    rust_texts files;
    world w = set_up(&files);
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        rp_arena arena = {0}, own = {0};
        char out[200];
        (void)rp_arena_fail_at(n);
        w.opener.outlines = rp_outlines_new(&arena, 1 << 20, 0);
        const char *got = w.opener.outlines != NULL ? operations(&w, &own, out, sizeof out) : NULL;
        failed = rp_arena_fail_at(0) >= n;
        if (!failed)
            assert_string_equal(got, expected);
        if (w.opener.outlines != NULL)
            rp_outlines_free(w.opener.outlines);
        rp_arena_free(&own);
        rp_arena_free(&arena);
    }
    rust_texts_remove(&files);
    (void)state;
}

static rp_rust_source library(const world *w, size_t i)
{
    return (rp_rust_source){
        .name = RP_STR("x"), .root = rp_str_from(w->roots[i]), .edition = RP_EDITION_2021};
}

static void an_outline_is_read_once(void **state)
{
    rust_texts files;
    world w = set_up(&files);
    rp_arena arena = {0};
    rp_rust_source one = library(&w, 1), none = library(&w, 0);
    none.root = RP_STR("/nowhere/lib.rs");
    rp_outlines *all = rp_outlines_new(&arena, 1 << 20, 1 << 20);
    rp_outline *a = rp_outline_take(all, &one, false), *b = rp_outline_take(all, &one, true);
    assert_ptr_not_equal(a, b);
    assert_ptr_equal(rp_outline_take(all, &one, false), a);
    const rp_rust_crate *c = rp_outline_crate(a);
    assert_non_null(c);
    assert_true(!c->linked && c->dependency);
    rp_outline *missing = rp_outline_take(all, &none, false);
    assert_null(rp_outline_crate(missing));
    rp_outline_give(all, missing);
    rp_outline_give(all, a);
    rp_outline_give(all, a);
    rp_outline_give(all, b);
    assert_ptr_equal(rp_outline_take(all, &one, false), a); /* while nobody used it it was kept */
    assert_ptr_equal(rp_outline_crate(a), c);
    rp_outline_give(all, a);
    rp_outlines_free(all);
    rp_arena_free(&arena);
    rust_texts_remove(&files);
    (void)state;
}

static void a_view_changes_nothing_of_its_outline(void **state)
{
    rust_texts files;
    world w = set_up(&files);
    rp_arena arena = {0}, own = {0};
    rp_rust_source one = library(&w, 1);
    rp_outlines *all = rp_outlines_new(&arena, 1 << 20, 0);
    rp_outline *o = rp_outline_take(all, &one, false);
    const rp_rust_crate *c = rp_outline_crate(o);
    rp_rust_crate *view = rp_outline_view(c, &own);
    assert_non_null(view);
    rp_outline_view_link(view);
    rp_def_id s = rp_def_child(c, 1, RP_STR("S"));
    assert_int_not_equal(rp_def_of(view, s)->impls, 0);
    assert_int_equal(rp_def_of(c, s)->impls, 0);
    assert_ptr_not_equal(view->names, c->names);
    assert_int_equal(rp_resolve_inside(view, RP_STR("S::risky"), RP_NS_VALUE).kind, RP_RES_DEF);
    rp_outline_give(all, o);
    rp_outlines_free(all);
    rp_arena_free(&own);
    rp_arena_free(&arena);
    rust_texts_remove(&files);
    (void)state;
}

static void each_allocation_may_fail(void **state)
{
    rust_texts files;
    world w = set_up(&files);
    char out[200];
    bool failed = true;
    uint64_t n = 1;
    for (; failed; n++) {
        rp_arena arena = {0};
        (void)rp_arena_fail_at(n);
        const char *got = operations(&w, &arena, out, sizeof out);
        failed = rp_arena_fail_at(0) >= n;
        if (!failed)
            assert_string_equal(got, expected);
        rp_arena_free(&arena);
    }
    assert_true(n > 20);
    rust_texts_remove(&files);
    (void)state;
}

/* Too little for the others: they are unknown, and the crate itself is read as ever. */
static void a_dependency_takes_only_its_share_of_memory(void **state)
{
    rust_texts files;
    world w = set_up(&files);
    bool unknown = false, known = false;
    for (uint64_t limit = 20000; limit < 1000000; limit += 2000) {
        rp_arena arena = {.limit = limit};
        char out[200];
        const char *got = operations(&w, &arena, out, sizeof out);
        if (got != NULL && strcmp(got, expected) == 0)
            known = true;
        else if (got != NULL) {
            assert_false(known);
            unknown |= strchr(got, '?') != NULL;
        }
        rp_arena_free(&arena);
    }
    assert_true(known && unknown);
    rust_texts_remove(&files);
    (void)state;
}

/* The whole of a crate is read for names that may be in what was left out, and no others. */
static void what_is_left_out_is_known_by_its_words(void **state)
{
    rust_texts files;
    world w = set_up(&files);
    rp_arena arena = {0};
    rp_rust_source some = library(&w, 3), any = library(&w, 1);
    rp_outlines *all = rp_outlines_new(&arena, 1 << 20, 0);
    rp_outline *o = rp_outline_take(all, &some, false), *p = rp_outline_take(all, &any, false),
               *whole = rp_outline_take(all, &some, true);
    const rp_rust_crate *c = rp_outline_crate(o);
    assert_true(rp_crate_may_lack(c, RP_STR("Handle")));
    assert_true(rp_crate_may_lack(c, RP_STR("Handle::new")));
    assert_false(rp_crate_may_lack(c, RP_STR("c_void")));
    assert_false(rp_crate_may_lack(c, RP_STR("")));
    assert_true(rp_crate_may_lack(rp_outline_crate(p), RP_STR("c_void"))); /* a module */
    assert_false(rp_crate_may_lack(rp_outline_crate(whole), RP_STR("Handle")));
    rp_rust_crate *view = rp_outline_view(c, &arena);
    rp_res r = rp_resolve_inside(view, RP_STR("c_void"), RP_NS_TYPE);
    assert_int_equal(r.kind, RP_RES_STD);
    assert_true(rp_str_is(r.path, "std::ffi::c_void"));
    rp_outline_give(all, o);
    rp_outline_give(all, p);
    rp_outline_give(all, whole);
    rp_outlines_free(all);
    rp_arena_free(&arena);
    rust_texts_remove(&files);
    (void)state;
}

/* … and only for the modules that lack them, or bring the names of such. */
static void what_one_module_lacks_no_other_does(void **state)
{
    static const struct {
        const char *path;
        bool may;
    } rows[] = {
        {"win::Deep", true},      {"win", true},
        {"os::There", true},      {"plain::Lost", true},
        {"plain::A::new", true},  {"prelude::Deep", true},
        {"plain::Nobody", false}, {"prelude::Lost", false},
        {"prelude::win", false},  {"Nobody", false},
    };
    rust_texts files;
    world w = set_up(&files);
    rp_arena arena = {0};
    rp_rust_source some = library(&w, 4);
    rp_outlines *all = rp_outlines_new(&arena, 1 << 20, 0);
    rp_outline *o = rp_outline_take(all, &some, false), *whole = rp_outline_take(all, &some, true);
    rp_rust_crate *c = rp_outline_view(rp_outline_crate(o), &arena);
    rp_rust_crate *everything = rp_outline_view(rp_outline_crate(whole), &arena);
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        rp_str path = rp_str_from(rows[i].path);
        assert_true(rp_crate_may_lack(c, path));
        if (rp_path_may_be_left_out(c, path, RP_NS_TYPE) != rows[i].may)
            fail_msg("%s", rows[i].path);
        assert_false(rp_path_may_be_left_out(everything, path, RP_NS_TYPE));
    }
    rp_outline_give(all, o);
    rp_outline_give(all, whole);
    rp_outlines_free(all);
    rp_arena_free(&arena);
    rust_texts_remove(&files);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(circles_end_and_what_is_missing_is_unknown),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(what_crates_share_is_what_each_would_read),
        cmocka_unit_test(each_shared_allocation_may_fail),
        cmocka_unit_test(an_outline_is_read_once),
        cmocka_unit_test(a_view_changes_nothing_of_its_outline),
        cmocka_unit_test(what_is_left_out_is_known_by_its_words),
        cmocka_unit_test(what_one_module_lacks_no_other_does),
        cmocka_unit_test(a_dependency_takes_only_its_share_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
