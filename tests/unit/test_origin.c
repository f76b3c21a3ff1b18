/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* memfd_create */
/* clang-format off: cmocka needs these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>
/* clang-format on */
#include "origin/comment.h"
#include "origin/matcher.h"
#include "origin/origin.h"
#include "origin/paths.h"
#include "origin/release.h"
#include "origin/strings.h"

#define HASH "59807616e1fa2540724bfbac14d7976d7e4a3860"

static rp_bytes bytes_of(const char *text)
{
    return (rp_bytes){(const uint8_t *)text, strlen(text)};
}

static rp_path path_at(const char *text, const char *anchor)
{
    rp_path p;
    size_t at = rp_str_find(rp_str_from(text), rp_str_from(anchor));
    assert_true(at != SIZE_MAX);
    rp_path_around(bytes_of(text), at, &p);
    return p;
}

static void assert_str(rp_str s, const char *is)
{
    if (!rp_str_is(s, is))
        fail_msg("'%.*s' is not '%s'", RP_FMT(s), is);
}

static void paths_are_cut_out_of_their_neighbours(void **state)
{
    (void)state;
    static const struct {
        const char *text, *anchor, *path;
        rp_path_kind kind;
    } rows[] = {
        {"a `None` value/home/ada/p/src/a.rs/rustc/x", "/home/", "/home/ada/p/src/a.rs",
         RP_PATH_HOME},
        {"src/lib.rs/rustc/" HASH "/library/core/src/a.rsmore", "rustc/",
         "/rustc/" HASH "/library/core/src/a.rs", RP_PATH_STD},
        {"/usr/src/rustc-1.63.0/library/std/src/io.rsx", "rustc-",
         "/usr/src/rustc-1.63.0/library/std/src/io.rs", RP_PATH_STD},
        {"src/main.rscalled", "src/", "src/main.rs", RP_PATH_OTHER},
        {"C:\\Users\\eve\\p\\src\\main.rs", "\\Users\\", "C:\\Users\\eve\\p\\src\\main.rs",
         RP_PATH_HOME},
        {"valueC:\\Users\\eve\\src\\a.rs", "\\Users\\", "C:\\Users\\eve\\src\\a.rs", RP_PATH_HOME},
        {"D:\\a\\x\\x\\src\\a.rs", "src\\", "D:\\a\\x\\x\\src\\a.rs", RP_PATH_BUILD},
        {"https://github.com/x/src/a.rs", "src/", "//github.com/x/src/a.rs", RP_PATH_OTHER},
        {"http/usr/share/cargo/registry/a-1.0.0/src/l.rs", "src/",
         "/usr/share/cargo/registry/a-1.0.0/src/l.rs", RP_PATH_PACKAGED},
        {"/__w/p/p/src/a.rs", "src/", "/__w/p/p/src/a.rs", RP_PATH_BUILD},
        {"/github/home/.cargo/registry/src/i-1/a-1.0.0/src/l.rs", ".cargo",
         "/github/home/.cargo/registry/src/i-1/a-1.0.0/src/l.rs", RP_PATH_BUILD},
        {"/root/.cargo/registry/src/i-1/a-1.0.0/src/l.rs", "/root/",
         "/root/.cargo/registry/src/i-1/a-1.0.0/src/l.rs", RP_PATH_HOME},
        {"library/core/src/a.rs", "src/", "library/core/src/a.rs", RP_PATH_STD},
        {"/foo/bar/src/a.rs", "src/", "/foo/bar/src/a.rs", RP_PATH_OTHER},
    };
    for (size_t i = 0; i < RP_COUNT(rows); i++) {
        rp_path p = path_at(rows[i].text, rows[i].anchor);
        assert_str((rp_str){rows[i].text + p.start, p.end - p.start}, rows[i].path);
        assert_int_equal(p.kind, rows[i].kind);
    }
}

static void paths_say_who_and_which(void **state)
{
    (void)state;
    rp_path p = path_at("/home/ada/.cargo/registry/src/index-1949/a-1.0.0/src/l.rs", ".cargo");
    assert_str(p.user, "ada");
    assert_str(p.root, "/home/ada/.cargo/registry/src/index-1949/");
    assert_true(p.rust && p.source);
    p = path_at("/home/ada/work/app/src/bin/x.rs", "/home/");
    assert_str(p.root, "/home/ada/work/app/");
    p = path_at("/home/ada/notes", "/home/");
    assert_false(p.source);
    p = path_at("/rustc/" HASH "/library/std/src/a.rs", "rustc/");
    assert_str(p.commit, HASH);
    p = path_at("/builddir/build/BUILD/rustc-1.75.0-src/library/std/src/a.rs", "rustc-");
    assert_str(p.version, "1.75.0");
    assert_int_equal(p.kind, RP_PATH_STD);
    assert_true(rp_path_is_service_user(RP_STR("runner")));
    assert_false(rp_path_is_service_user(RP_STR("ada")));
}

/* Every position of every prefix and suffix: nothing outside the bytes, for ASan to see. */
static void paths_stay_inside(void **state)
{
    (void)state;
    static const char text[] = "x:C:\\Users\\e\\src\\a.rs/home/u/src/b.rs//rustc/" HASH
                               "/library/a/src/c.rsrustc-1.2/vendor/:/root/.cargo/registry/src/";
    for (size_t from = 0; from < sizeof text - 1; from++) {
        for (size_t len = 1; len <= sizeof text - 1 - from; len += 7) {
            rp_arena arena = {0};
            rp_str copy = rp_arena_str(&arena, (rp_str){text + from, len});
            for (size_t at = 0; at < len; at += 3) {
                rp_path p;
                rp_path_around((rp_bytes){(const uint8_t *)copy.ptr, len}, at, &p);
                assert_true(p.start <= p.end && p.end <= len);
            }
            rp_arena_free(&arena);
        }
    }
}

typedef struct {
    size_t at[64];
    int id[64];
    size_t n;
} hits;

static size_t note_hit(void *user, int id, rp_bytes bytes, size_t pos)
{
    (void)bytes;
    hits *h = user;
    if (h->n < 64) {
        h->at[h->n] = pos;
        h->id[h->n++] = id;
    }
    return pos + 1;
}

static void matcher_finds_what_memcmp_finds(void **state)
{
    (void)state;
    static const rp_needle needles[] = {
        {"abab", 1}, {"ababa", 2}, {"bbbb", 3}, {"aaaaaa", 4}, {"babb", 5}};
    rp_matcher m;
    rp_matcher_init(&m, needles, RP_COUNT(needles));
    for (uint32_t seed = 0; seed < 4096; seed++) {
        uint8_t text[12];
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = seed >> i & 1 ? 'b' : 'a';
        hits h = {.n = 0};
        (void)rp_matcher_run(&m, (rp_bytes){text, sizeof text}, 0, sizeof text, note_hit, &h);
        size_t k = 0;
        for (size_t i = 0; i < sizeof text; i++) {
            for (size_t n = 0; n < RP_COUNT(needles); n++) {
                size_t len = strlen(needles[n].text);
                if (len > sizeof text - i || memcmp(text + i, needles[n].text, len) != 0)
                    continue;
                assert_true(k < h.n);
                assert_int_equal(h.at[k], i);
                assert_int_equal(h.id[k++], needles[n].id);
                break;
            }
        }
        assert_int_equal(k, h.n);
    }
}

static void comments(void **state)
{
    (void)state;
    rp_comment c = {0};
    rp_comment_add(&c, RP_STR("GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"));
    rp_comment_add(&c, RP_STR("rustc version 1.63.0"));
    rp_comment_add(&c, RP_STR("rustc version 1.97.0-nightly (e50aa6fba 2026-05-19)"));
    rp_comment_add(&c, RP_STR("rustc version 1.70.0 (Fedora 1.70.0-1)"));
    rp_comment_add(&c, RP_STR("Linker: LLD 22.1.2 (/checkout/x 1cb4)"));
    rp_comment_add(&c, RP_STR("Debian clang version 14.0.6"));
    rp_comment_add(&c, RP_STR("mold 2.4.0 (compatible with GNU ld)"));
    rp_comment_add(&c, RP_STR(""));
    assert_str(c.rustc, "1.97.0-nightly");
    assert_str(c.commit, "e50aa6fba");
    assert_str(c.date, "2026-05-19");
    assert_str(c.lld, "22.1.2");
    assert_str(c.gcc, "12.2.0");
    assert_str(c.clang, "14.0.6");
    assert_str(c.mold, "2.4.0");
    rp_comment fedora = {0};
    rp_comment_add(&fedora, RP_STR("rustc version 1.70.0 (Fedora 1.70.0-1)"));
    assert_str(fedora.rustc, "1.70.0");
    assert_str(fedora.commit, "");
    assert_int_equal(rp_version_number(RP_STR("1.95.0-nightly")), 1095000);
    assert_int_equal(rp_version_number(RP_STR("1.95")), 0);
    assert_int_equal(rp_version_number(RP_STR("9999.1.1")), 0);
    assert_str(rp_version_channel(RP_STR("1.2.3-beta.4")), "beta");
}

static void releases_and_targets(void **state)
{
    (void)state;
    assert_string_equal(rp_release_of(RP_STR(HASH))->version, "1.95.0");
    assert_string_equal(rp_release_of(RP_STR("59807616e"))->date, "2026-04-14");
    assert_null(rp_release_of(RP_STR("59807616")));
    assert_null(rp_release_of(RP_STR("000000000")));
    const rp_target_facts *t = rp_origin_target(RP_STR("x86_64-unknown-linux-gnu"));
    assert_int_equal(t->static_pie, RP_YES);
    assert_int_equal(t->probes, RP_PROBES_INLINE);
    assert_true((t->sanitizers & RP_SAN_CFI) != 0);
    assert_int_equal(rp_origin_target(RP_STR("aarch64-unknown-linux-musl"))->static_pie, RP_NO);
    assert_int_equal(rp_origin_target(RP_STR("x86_64-unknown-none"))->bare, RP_YES);
    assert_string_equal(rp_origin_target(RP_STR("x"))->triple, "");
    assert_int_equal(rp_origin_target(RP_STR(""))->pie, RP_UNKNOWN);
}

/* An image of one read-only section over `text`. */
typedef struct {
    rp_arena arena;
    rp_source src;
    rp_section section;
    rp_image img;
} scene;

static void set_scene(scene *s, const char *text, size_t len)
{
    *s = (scene){.arena = {0}};
    s->src = rp_source_memory((rp_bytes){(const uint8_t *)text, len}, &s->arena);
    s->section = (rp_section){.kind = RP_SEC_RODATA, .offset = 0, .filesz = len, .size = len};
    s->img = (rp_image){.src = &s->src,
                        .arena = &s->arena,
                        .format = RP_FORMAT_ELF,
                        .kind = RP_KIND_EXECUTABLE,
                        .sections = &s->section,
                        .nsections = 1};
}

static const char sample[] =
    "attempt to divide by zeroattempt to shift left with overflowunsafe precondition(s) violated: x"
    "/rustc/" HASH "/library/std/src/io.rs/home/runner/p/src/a.rs/home/ada/p/src/b.rs"
    "called `Option::unwrap()` on a `None` value\0"
    "5.3.0-0-g" HASH "\0"
    "\0ASAN_OPTIONS\0UBSAN_OPTIONS\0symbolize_inline_frames\0src/c.rs";

static void strings_are_read(void **state)
{
    (void)state;
    scene s;
    set_scene(&s, sample, sizeof sample - 1);
    rp_strings f;
    assert_true(rp_strings_read(&s.img, &f));
    assert_int_equal(f.whole, RP_YES);
    assert_int_equal(f.overflow, RP_OVERFLOW_SHL);
    assert_str(f.overflow_message.text, "attempt to shift left with overflow");
    assert_int_equal(f.overflow_message.at, 25);
    assert_str(f.assertion_message.text, "unsafe precondition(s) violated");
    assert_str(f.commit.text, HASH);
    assert_int_equal(f.std_paths, 1);
    assert_int_equal(f.user_files, 3);
    assert_str(f.user, "ada");
    assert_int_equal(f.leaks_total, 2);
    assert_str(f.leaks[0].text, "/home/ada/p/");
    assert_str(f.allocator.text, "jemalloc 5.3.0");
    assert_str(f.sanitizer.text, "address");
    assert_int_equal(rp_strings_say_rust(&s.img), RP_YES);
    rp_arena_free(&s.arena);
}

static void cut_short_data_is_unknown(void **state)
{
    (void)state;
    scene s;
    set_scene(&s, "nothing", 7);
    s.section.filesz = 100;
    rp_strings f;
    assert_true(rp_strings_read(&s.img, &f));
    assert_int_equal(f.whole, RP_UNKNOWN);
    assert_int_equal(rp_strings_say_rust(&s.img), RP_UNKNOWN);
    rp_arena_free(&s.arena);
}

/* Every truncation, and every failing allocation. */
static void strings_survive_everything(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof sample; len++) {
        scene s;
        set_scene(&s, sample, len);
        rp_strings f;
        assert_true(rp_strings_read(&s.img, &f));
        rp_arena_free(&s.arena);
    }
    bool done = false;
    for (uint64_t n = 1; n < 100 && !done; n++) {
        scene s;
        set_scene(&s, sample, sizeof sample - 1);
        rp_strings f;
        rp_arena_fail_at(n);
        done = rp_strings_read(&s.img, &f);
        rp_arena_fail_at(0);
        rp_arena_free(&s.arena);
    }
    assert_true(done);
}

/* A file is read in pieces: what straddles their edges must be found all the same. Every phase of
 * the sample against the edge at 256 KiB is tried. */
static void pieces_and_memory_agree(void **state)
{
    (void)state;
    enum { SIZE = 300 * 1024, EDGE = 256 * 1024 };
    scene s;
    set_scene(&s, "", 0);
    uint8_t *text = rp_new(&s.arena, SIZE, uint8_t);
    int fd = memfd_create("pieces", MFD_CLOEXEC);
    assert_true(text != NULL && fd >= 0);
    for (size_t phase = 0; phase <= sizeof sample; phase += 3) {
        memset(text, '.', SIZE);
        memcpy(text + EDGE - phase, sample, sizeof sample - 1);
        assert_int_equal(pwrite(fd, text, SIZE, 0), SIZE);
        rp_arena arena = {0};
        s.src = rp_source_fd(fd, SIZE, &arena);
        s.img.arena = &arena;
        s.section.filesz = SIZE;
        rp_strings f;
        assert_true(rp_strings_read(&s.img, &f));
        assert_int_equal(f.whole, RP_YES);
        assert_int_equal(f.overflow, RP_OVERFLOW_SHL);
        assert_int_equal(f.overflow_message.at, EDGE - phase + 25);
        assert_int_equal(f.std_paths, 1);
        assert_int_equal(f.user_files, 3);
        assert_int_equal(f.leaks_total, 2);
        assert_str(f.allocator.text, "jemalloc 5.3.0");
        assert_str(f.sanitizer.text, "address");
        rp_arena_free(&arena);
    }
    (void)close(fd);
    rp_arena_free(&s.arena);
}

static void overlapping_sections_are_read_once(void **state)
{
    (void)state;
    scene s;
    set_scene(&s, sample, sizeof sample - 1);
    rp_section twice[3] = {s.section, s.section, s.section};
    twice[1].filesz = 40;
    s.img.sections = twice;
    s.img.nsections = 3;
    rp_strings f;
    assert_true(rp_strings_read(&s.img, &f));
    assert_int_equal(f.std_paths, 1);
    rp_arena_free(&s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_cut_out_of_their_neighbours),
        cmocka_unit_test(paths_say_who_and_which),
        cmocka_unit_test(paths_stay_inside),
        cmocka_unit_test(matcher_finds_what_memcmp_finds),
        cmocka_unit_test(comments),
        cmocka_unit_test(releases_and_targets),
        cmocka_unit_test(strings_are_read),
        cmocka_unit_test(cut_short_data_is_unknown),
        cmocka_unit_test(strings_survive_everything),
        cmocka_unit_test(pieces_and_memory_agree),
        cmocka_unit_test(overlapping_sections_are_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
