/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Panic locations, and which crate a source file belongs to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "origin/locations.h"

/* Paths out of real programs: cargo, rustup, Debian's ripgrep and bat, mingw and MSVC builds. */
static const struct {
    const char *path, *name, *version;
    rp_crate_layout layout;
} paths[] = {
    {"/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/regex-automata-0.4.7/src/dfa/"
     "mod.rs",
     "regex-automata", "0.4.7", RP_CRATE_REGISTRY},
    {"C:\\Users\\me\\.cargo\\registry\\src\\github.com-1ecc6299db9ec823\\winapi-0.3.9\\src\\lib.rs",
     "winapi", "0.3.9", RP_CRATE_REGISTRY},
    {"/usr/share/cargo/registry/bstr-0.2.17/src/ext_slice.rs", "bstr", "0.2.17", RP_CRATE_REGISTRY},
    {"/build/x/debian/cargo_registry/clap-2.34.0/src/app.rs", "clap", "2.34.0", RP_CRATE_REGISTRY},
    {"/home/u/p/vendor/serde/src/de.rs", "serde", "", RP_CRATE_REGISTRY},
    {"vendor/time-0.3.36/src/date.rs", "time", "0.3.36", RP_CRATE_REGISTRY},
    {"/rust/deps/hashbrown-0.16.1/src/raw/mod.rs", "hashbrown", "0.16.1", RP_CRATE_STD},
    {"/rust/deps/url-2.5.8/src/lib.rs", "url", "2.5.8", RP_CRATE_REGISTRY},
    {"/rust/deps/toml-0.9.11+spec-1.1.0/src/de.rs", "toml", "0.9.11+spec-1.1.0", RP_CRATE_REGISTRY},
    {"/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/str/pattern.rs", "core", "",
     RP_CRATE_STD},
    {"/rustc/5980/library/std/src/../../backtrace/src/symbolize/gimli.rs", "std", "", RP_CRATE_STD},
    {"/rustc/5980/library\\alloc\\src\\raw_vec.rs", "alloc", "", RP_CRATE_STD},
    {"/rustc/5980/library/compiler-builtins/compiler-builtins/src/lib.rs", "compiler_builtins", "",
     RP_CRATE_STD},
    {"library/core/src/panicking.rs", "core", "", RP_CRATE_STD},
    {"/usr/src/rustc-1.63.0/library/alloc/src/vec/mod.rs", "alloc", "", RP_CRATE_STD},
    {"/usr/src/rustc-1.63.0/vendor/rustc-demangle/src/v0.rs", "rustc-demangle", "", RP_CRATE_STD},
    {"/x/lib/rustlib/src/rust/library/std/src/io/mod.rs", "std", "", RP_CRATE_STD},
    {"/root/.cargo/git/checkouts/tokio-377c595163f99a10/2bd4/tokio-util/src/lib.rs", "tokio-util",
     "", RP_CRATE_GIT},
    {"/root/.cargo/git/checkouts/my-crate-0123456789abcdef/9f1e2d3/src/lib.rs", "my-crate", "",
     RP_CRATE_GIT},
    {"/b/target/release/build/bindings-0123456789abcdef/out/gen.rs", "bindings", "",
     RP_CRATE_BUILT},
    {"/home/u/work/app/src/net/tcp.rs", "app", "", RP_CRATE_UNPLACED},
    {"src/main.rs", "", "", RP_CRATE_OWN},
    {"crates/matcher/src/lib.rs", "matcher", "", RP_CRATE_OWN},
    {"../shared/src/lib.rs", "shared", "", RP_CRATE_OWN},
    {"main.rs", "", "", RP_CRATE_OWN},
};

static void paths_name_crates(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(paths); i++) {
        rp_crate_path p;
        assert_true(rp_crate_of_path(rp_str_from(paths[i].path), &p));
        if (!rp_str_is(p.name, paths[i].name) || !rp_str_is(p.version, paths[i].version) ||
            p.layout != paths[i].layout)
            fail_msg("%s: '%.*s' '%.*s' %d", paths[i].path, RP_FMT(p.name), RP_FMT(p.version),
                     (int)p.layout);
    }
    rp_crate_path p;
    assert_false(rp_crate_of_path(RP_STR("src/main.c"), &p));
    assert_false(rp_crate_of_path(RP_STR(".rs"), &p));
    assert_true(rp_crate_name_eq(RP_STR("a-b"), RP_STR("a_b")));
    assert_false(rp_crate_name_eq(RP_STR("a-b"), RP_STR("a-bc")));
}

enum { SIZE = 512, BASE = 0x10000, RECORDS = 256 };

typedef struct {
    uint8_t bytes[SIZE];
    rp_section section;
    rp_arena arena;
    rp_source src;
    rp_image img;
} file;

static void put(file *f, size_t at, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        f->bytes[at + (f->img.big ? width - 1 - i : i)] = (uint8_t)(v >> (8 * i));
}

/* The record {path at `target`, len, line, column} at `at`. */
static void put_record(file *f, size_t at, uint64_t target, uint64_t len, uint32_t line,
                       uint32_t column)
{
    unsigned word = f->img.bits / 8;
    put(f, at, target, word);
    put(f, at + word, len, word);
    put(f, at + 2 * word, line, 4);
    put(f, at + 2 * word + 4, column, 4);
}

static void start(file *f, uint8_t bits, bool big)
{
    *f = (file){.section = {.kind = RP_SEC_RODATA, .addr = BASE, .size = SIZE, .filesz = SIZE}};
    f->src = rp_source_memory((rp_bytes){f->bytes, SIZE}, &f->arena);
    f->img = (rp_image){.src = &f->src,
                        .arena = &f->arena,
                        .format = RP_FORMAT_ELF,
                        .kind = RP_KIND_EXECUTABLE,
                        .bits = bits,
                        .big = big,
                        .sections = &f->section,
                        .nsections = 1};
    static const char text[] = "src/main.rs/rustc/1/library/core/src/num.rs";
    memcpy(f->bytes, text, sizeof text - 1);
}

static void records_are_found_in_every_layout(void **state)
{
    (void)state;
    for (int n = 0; n < 4; n++) {
        file f;
        start(&f, n & 1 ? 64 : 32, (n & 2) != 0);
        put_record(&f, RECORDS, BASE, 11, 7, 5);
        put_record(&f, RECORDS + 32, BASE + 11, 32, 9, 1);
        put_record(&f, RECORDS + 64, BASE, 11, 8, 5);
        put_record(&f, RECORDS + 96, BASE, 11, 0, 5);             /* no line 0 */
        put_record(&f, RECORDS + 128, BASE, 10, 7, 5);            /* "src/main.r" */
        put_record(&f, RECORDS + 160, BASE + SIZE - 4, 11, 7, 5); /* leaves the file */
        put_record(&f, RECORDS + 192, BASE, 11, 7, 1u << 20);     /* no line is that long */
        rp_locations l;
        assert_true(rp_locations_read(&f.img, &f.arena, &l));
        assert_int_equal(l.whole, RP_YES);
        assert_int_equal(l.n, 3);
        assert_int_equal(l.items[0].addr, BASE + RECORDS);
        assert_int_equal(l.items[0].line, 7);
        assert_int_equal(l.items[0].column, 5);
        assert_true(rp_str_is(l.items[0].path, "src/main.rs"));
        assert_int_equal(l.ncrates, 2);
        assert_int_equal(l.items[0].crate, l.items[2].crate);
        assert_true(rp_str_is(l.crates[l.items[1].crate].name, "core"));
        rp_landmarks map = {0};
        assert_true(rp_locations_landmarks(&l, &f.arena, &map));
        const rp_landmark *mark = rp_landmarks_find(&map, BASE + RECORDS + 32);
        assert_non_null(mark);
        assert_int_equal(mark->id, RP_LM_LOCATION);
        assert_int_equal(mark->index, l.items[1].file);
        rp_arena_free(&f.arena);
    }
}

static void memory_that_runs_out_is_no_answer(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        file f;
        start(&f, 64, false);
        put_record(&f, RECORDS, BASE, 11, 7, 5);
        rp_locations l;
        (void)rp_arena_fail_at(n);
        bool ok = rp_locations_read(&f.img, &f.arena, &l);
        bool failed = f.arena.refused;
        (void)rp_arena_fail_at(0);
        assert_int_equal(ok, !failed);
        rp_arena_free(&f.arena);
        if (ok) {
            assert_in_range(n, 3, 40);
            return;
        }
    }
}

static void objects_have_no_addresses_yet(void **state)
{
    (void)state;
    file f;
    start(&f, 64, false);
    put_record(&f, RECORDS, BASE, 11, 7, 5);
    f.img.kind = RP_KIND_OBJECT;
    rp_locations l;
    assert_true(rp_locations_read(&f.img, &f.arena, &l));
    assert_int_equal(l.n, 0);
    rp_arena_free(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_name_crates),
        cmocka_unit_test(records_are_found_in_every_layout),
        cmocka_unit_test(memory_that_runs_out_is_no_answer),
        cmocka_unit_test(objects_have_no_addresses_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
