/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Layouts in which source files of crates lie: paths out of real programs, of every builder that is
 * recognised, and look-alikes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "origin/crate_place.h"

static const struct {
    const char *path;
    rp_place_kind kind;
    const char *name, *version, *more; /* index or revision */
} rows[] = {
    {"/home/u/.cargo/registry/src/github.com-1ecc6299db9ec823/serde-1.0.136/src/de.rs",
     RP_PLACE_CARGO_HOME, "serde", "1.0.136", "github.com-1ecc6299db9ec823"},
    {"\\\\?\\C:\\Users\\u\\.cargo\\registry\\src\\my.host-0123456789abcdef\\a-1.0.0\\src\\lib.rs",
     RP_PLACE_CARGO_HOME, "a", "1.0.0", "my.host-0123456789abcdef"},
    {"\\\\server\\share\\registry\\src\\h-0123456789abcdef\\a-1.0.0\\src\\lib.rs",
     RP_PLACE_CARGO_HOME, "a", "1.0.0", "h-0123456789abcdef"},
    /* what crates.io took before it looked at versions */
    {"/r/registry/src/h-0123456789abcdef/old-0.1/src/lib.rs", RP_PLACE_CARGO_HOME, "old", "0.1",
     "h-0123456789abcdef"},
    {"/c/registry/src/h-1/wasm-registry-1.0.0/src/registry/mod.rs", RP_PLACE_CARGO_HOME,
     "wasm-registry", "1.0.0", "h-1"},
    {"/c/registry/src/h-1/big-1.0.0/vendor/zlib-2.0.0/src/lib.rs", RP_PLACE_CARGO_HOME, "big",
     "1.0.0", "h-1"},
    {"/c/registry/src/h-1/foo-1-2.0.0/src/lib.rs", RP_PLACE_CARGO_HOME, "foo-1", "2.0.0", "h-1"},
    {"/c/registry/src/h-1/x-1.0.0-rc.1-2.0.0/src/lib.rs", RP_PLACE_CARGO_HOME, "x",
     "1.0.0-rc.1-2.0.0", "h-1"},
    {"/c/registry/src/h-1/openssl-src-300.2.1+3.2.0/src/lib.rs", RP_PLACE_CARGO_HOME, "openssl-src",
     "300.2.1+3.2.0", "h-1"},
    {"/c/registry/src/h-1/b-1.0.0-alpha.2+x/src/lib.rs", RP_PLACE_CARGO_HOME, "b",
     "1.0.0-alpha.2+x", "h-1"},
    {"/cargo/registry/25cdd57fae9f0462/addr2line-0.27.1/src/lib.rs", RP_PLACE_TRIMMED, "addr2line",
     "0.27.1", "25cdd57fae9f0462"},
    {"/usr/share/cargo/registry/tokio-1.24.2/src/lib.rs", RP_PLACE_DISTRIBUTION, "tokio", "1.24.2",
     ""},
    {"/build/x-Ab12/x-0.5.0/debian/cargo_registry/clean-path-0.2.1/src/lib.rs",
     RP_PLACE_DISTRIBUTION, "clean-path", "0.2.1", ""},
    {"/builddir/build/BUILD/x-1.0.0/vendor/time-0.3.36/src/date.rs", RP_PLACE_VENDOR, "time",
     "0.3.36", ""},
    {"/home/u/p/vendor/serde/src/de.rs", RP_PLACE_VENDOR, "serde", "", ""},
    {"/build/ripgrep-14.1.0-vendor/regex-1.10.3/src/lib.rs", RP_PLACE_VENDOR, "regex", "1.10.3",
     ""},
    {"/build/cargo-vendor-dir/regex-1.10.3/src/lib.rs", RP_PLACE_VENDOR, "regex", "1.10.3", ""},
    {"/build/fd-vendor/source-registry-0/regex-1.10.3/src/lib.rs", RP_PLACE_VENDOR, "regex",
     "1.10.3", ""},
    {"/tmp/guix-build-x.drv-0/x/guix-vendor/rust-serde-1.0.136.tar.gz/src/lib.rs", RP_PLACE_VENDOR,
     "serde", "1.0.136", ""},
    {"external/crates__serde-1.0.136/src/lib.rs", RP_PLACE_BAZEL, "serde", "1.0.136", ""},
    {"/w/external/rules_rust++crate+crates__serde_json-1.0.1/src/de.rs", RP_PLACE_BAZEL,
     "serde_json", "1.0.1", ""},
    {"/deps/tracing-0.1.44/src/lib.rs", RP_PLACE_DEPS, "tracing", "0.1.44", ""},
    {"/cargo/deps/mine-0.1.0/src/lib.rs", RP_PLACE_CARGO_PATH, "mine", "0.1.0", ""},
    {"/r/.cargo/git/checkouts/tokio-377c595163f99a10/2bd4f1a/tokio-util/src/lib.rs", RP_PLACE_GIT,
     "tokio-util", "", "2bd4f1a"},
    {"/cargo/git/tokio-377c595163f99a10/2bd4f1a/src/lib.rs", RP_PLACE_GIT, "tokio", "", "2bd4f1a"},
    {"/build/alacritty-0.11.0/src/main.rs", RP_PLACE_BUILD_FOLDER, "alacritty", "0.11.0", ""},
    {"/home/u/serde-1.0.0/src/lib.rs", RP_PLACE_FOLDER, "serde", "1.0.0", ""},
    /* look-alikes */
    {"/usr/src/rustc-1.63.0/compiler/x/src/lib.rs", RP_PLACE_NONE, "", "", ""},
    {"src/vendor/mod.rs", RP_PLACE_NONE, "", "", ""},
    {"src/registry/mod.rs", RP_PLACE_NONE, "", "", ""},
    {"/x/llvm-project-17.0.6.src/x/lib.rs", RP_PLACE_NONE, "", "", ""},
    {"/x/1.0.0/src/lib.rs", RP_PLACE_NONE, "", "", ""},
    {"/x/-1.0.0/src/lib.rs", RP_PLACE_NONE, "", "", ""},
    {"/x/a.b-1.0.0/src/lib.rs", RP_PLACE_NONE, "", "", ""},
    {"/x/lib-1.0.0", RP_PLACE_NONE, "", "", ""}, /* a file */
    {"", RP_PLACE_NONE, "", "", ""},
};

static void layouts_name_crates(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        rp_crate_place p;
        bool found = rp_crate_place_of(rp_str_from(rows[i].path), &p);
        rp_str more = p.kind == RP_PLACE_GIT ? p.revision : p.index;
        if (found != (p.kind != RP_PLACE_NONE) || p.kind != rows[i].kind ||
            !rp_str_is(p.name, rows[i].name) || !rp_str_is(p.version, rows[i].version) ||
            !rp_str_is(more, rows[i].more))
            fail_msg("%s: %d '%.*s' '%.*s' '%.*s'", rows[i].path, (int)p.kind, RP_FMT(p.name),
                     RP_FMT(p.version), RP_FMT(more));
    }
}

static void registries(void **state)
{
    (void)state;
    static const struct {
        const char *index;
        rp_place_kind kind;
        rp_tri is;
    } known[] = {
        {"github.com-1ecc6299db9ec823", RP_PLACE_CARGO_HOME, RP_YES},
        {"github.com-0000000000000000", RP_PLACE_CARGO_HOME, RP_UNKNOWN},
        {"registry.example.com-0123456789abcdef", RP_PLACE_CARGO_HOME, RP_NO},
        {"25cdd57fae9f0462", RP_PLACE_TRIMMED, RP_YES},
        {"0123456789abcdef", RP_PLACE_TRIMMED, RP_NO},
        {"", RP_PLACE_VENDOR, RP_UNKNOWN},
    };
    for (size_t i = 0; i < RP_COUNT(known); i++) {
        rp_crate_place p = {.kind = known[i].kind, .index = rp_str_from(known[i].index)};
        assert_int_equal(rp_crate_index_is_crates_io(&p), known[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_name_crates),
        cmocka_unit_test(registries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
