/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A lock file with all that lies around it (configuration, workspace, vendored sources, what
 * resolving and comparing need), with each allocation failing in turn, and with each file cut. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "cargo/files.h"
#include "facts/deps_build.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct {
    const char *path, *text;
} files[] = {
    {"Cargo.toml",
     "[package]\nname = \"top\"\nversion = \"0.1.0\"\n[features]\nf = [\"dep:opt\"]\n"
     "[dependencies]\nv = \"1\"\nm = { path = \"m/one\", features = [\"x\"] }\n"
     "opt = { version = \"*\", optional = true }\n[dev-dependencies]\nv = \"1\"\n"
     "[workspace]\nmembers = [\"m/*\"]\nexclude = [\"m/no\"]\n"
     "[workspace.dependencies]\nv = \"1\"\n[patch.crates-io]\nm = { path = \"m/one\" }\n"},
    {"m/one/Cargo.toml", "[package]\nname = \"m\"\nversion = \"0.2.0\"\n[features]\nx = [\"v/y\"]\n"
                         "[dependencies]\nv = { workspace = true }\n"
                         "[target.'cfg(windows)'.build-dependencies]\nv = \"1\"\n"},
    {"m/no/Cargo.toml", "[package]\nname = \"no\"\nversion = \"0.2.0\"\n"},
    {".cargo/config.toml", "[source.crates-io]\nreplace-with = \"here\"\n"
                           "[source.here]\ndirectory = \"vendor\"\n"},
    {"vendor/v/Cargo.toml", "[package]\nname = \"v\"\nversion = \"1.0.0\"\n[features]\ny = []\n"},
    {"vendor/v/.cargo-checksum.json",
     "{\"package\":\"" EMPTY "\",\"files\":{\"lib.rs\":\"" EMPTY "\",\"gone.rs\":\"" EMPTY "\"}}"},
    {"vendor/v/lib.rs", ""},
    {"vendor/v/more.rs", "fn f() {}\n"},
};

static const char lock_text[] =
    "version = 4\n[[package]]\nname = \"m\"\nversion = \"0.2.0\"\ndependencies = [\"v\"]\n"
    "[[package]]\nname = \"top\"\nversion = \"0.1.0\"\ndependencies = [\"m\", \"v\"]\n"
    "[[package]]\nname = \"v\"\nversion = \"1.0.0\"\n"
    "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"" EMPTY
    "\"\n";

static char top[] = "/tmp/rp-project-XXXXXX";

static void write_file(const char *name, const char *text, size_t len)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", top, name);
    for (char *slash = path + sizeof top; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0777);
        *slash = '/';
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static int make_project(void **state)
{
    (void)state;
    if (mkdtemp(top) == NULL)
        return -1;
    for (size_t i = 0; i < RP_COUNT(files); i++)
        write_file(files[i].path, files[i].text, strlen(files[i].text));
    return 0;
}

static int remove_project(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    return system(command);
}

static rp_code read_project(rp_arena *a, const rp_deps_facts **ret, rp_error *err)
{
    char path[200];
    rp_deps_options opt = {.target = RP_STR("x86_64-unknown-linux-gnu"),
                           .all_features = true,
                           .cargo_home = RP_STR("/nonexistent"),
                           .verify = true};
    snprintf(path, sizeof path, "%s/Cargo.lock", top);
    rp_str copy = rp_arena_str(a, rp_str_from(path));
    if (copy.ptr == NULL)
        return rp_fail_memory(err);
    return rp_deps_of_lock(&opt, copy, RP_STR(lock_text), a, ret, err);
}

static void whole(void **state)
{
    (void)state;
    rp_arena a = {0};
    const rp_deps_facts *f = NULL;
    assert_int_equal(read_project(&a, &f, NULL), RP_OK);
    assert_int_equal(f->resolved.is, RP_YES);
    assert_int_equal(f->inventory->ncomponents, 3);
    uint32_t missing = 0, unlisted = 0, replaced = 0, wildcard = 0;
    for (uint32_t i = 0; i < f->nsources; i++) {
        missing += rp_str_ends(f->sources[i].file, "gone.rs");
        unlisted += rp_str_ends(f->sources[i].file, "more.rs");
    }
    for (uint32_t i = 0; i < f->nnotes; i++) {
        replaced += f->notes[i].what == RP_LOCK_REPLACED;
        wildcard += f->notes[i].what == RP_LOCK_WILDCARD;
    }
    assert_int_equal(missing, 1);
    assert_int_equal(unlisted, 1);
    assert_int_equal(replaced, 1);
    assert_int_equal(wildcard, 1);
    rp_arena_free(&a);
}

static void each_allocation_fails(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        rp_arena a = {0};
        const rp_deps_facts *f = NULL;
        rp_arena_fail_at(n);
        rp_code code = read_project(&a, &f, NULL);
        uint64_t asked = rp_arena_fail_at(0);
        rp_arena_free(&a);
        if (asked < n) {
            assert_int_equal(code, RP_OK);
            break;
        }
        if (code != RP_E_MEMORY)
            fail_msg("allocation %llu of %llu was forgotten", (unsigned long long)n,
                     (unsigned long long)asked);
    }
}

/* What lies around a lock file makes facts unknown, at worst. */
static void each_file_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < RP_COUNT(files); i++) {
        size_t len = strlen(files[i].text);
        for (size_t n = 0; n < len; n += 3) {
            rp_arena a = {0};
            const rp_deps_facts *f = NULL;
            write_file(files[i].path, files[i].text, n);
            if (read_project(&a, &f, NULL) != RP_OK)
                fail_msg("%s cut at %zu", files[i].path, n);
            assert_int_equal(f->inventory->ncomponents, 3);
            rp_arena_free(&a);
        }
        write_file(files[i].path, files[i].text, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole),
                                       cmocka_unit_test(each_allocation_fails),
                                       cmocka_unit_test(each_file_cut)};
    return cmocka_run_group_tests(tests, make_project, remove_project);
}
