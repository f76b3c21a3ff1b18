/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Commits and trees as git wrote them: whole, with each allocation failing, and with each byte of
 * packs and loose objects changed in turn. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cargo/git_tree.h"

enum { FILES = 32 }; /* 30 that alike, one in a folder below, one link */

static char folder[64];
static char commit[48];

static int shell(const char *command)
{
    char text[2048];
    (void)snprintf(text, sizeof text,
                   "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null; "
                   "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a "
                   "GIT_COMMITTER_EMAIL=a; cd '%s' && { %s; } >/dev/null 2>&1",
                   folder, command);
    return system(text);
}

static void read_line(const char *name, char *to, size_t room)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(to, (int)room, file));
    assert_int_equal(fclose(file), 0);
    to[strcspn(to, "\n")] = '\0';
}

/* Three commits, so that trees are deltas of one another when they are packed. */
static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/rustproof-git-XXXXXX");
    assert_non_null(mkdtemp(folder));
    if (shell("git init -q") != 0)
        return 0; /* the tests are skipped */
    assert_int_equal(
        shell("mkdir below; echo x > below/x; ln -s below/x link; "
              "for i in 1 2 3; do for k in $(seq 10 39); do "
              "echo $((k / 37 * i)) > file-with-a-long-name-$k; done; "
              "git add .; git commit -qm $i; done; git rev-parse HEAD > .git/at; "
              "git repack -adfq --depth=50 && "
              "git verify-pack -v .git/objects/pack/*.pack | grep -q 'chain length' && "
              "chmod -R u+w .git"),
        0);
    read_line(".git/at", commit, sizeof commit);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return shell("rm -rf \"$PWD\"");
}

/* The number of files; -1: an error, whose code is *ret_code. */
static int count(rp_code *ret_code)
{
    rp_arena arena = {0};
    rp_error err = {0};
    rp_git_files files = {0};
    *ret_code = rp_git_files_of(rp_str_from(folder), rp_str_from(commit), &arena, &files, &err);
    int n = *ret_code == RP_OK ? (int)files.n : -1;
    if (n < 0)
        assert_int_not_equal(err.text[0], '\0');
    rp_arena_free(&arena);
    return n;
}

static void files_of_a_commit_are_listed(void **state)
{
    (void)state;
    rp_arena arena = {0};
    rp_code code;
    rp_str head = {"", 0};
    if (commit[0] == '\0')
        skip();
    assert_int_equal(count(&code), FILES);
    assert_true(rp_git_head(rp_str_from(folder), &arena, &head));
    assert_true(rp_str_is(head, commit));
    rp_arena_free(&arena);
}

static void every_failing_allocation_is_told(void **state)
{
    (void)state;
    if (commit[0] == '\0')
        skip();
    for (uint64_t n = 1;; n++) {
        rp_code code;
        (void)rp_arena_fail_at(n);
        int files = count(&code);
        uint64_t asked = rp_arena_fail_at(0);
        if (asked < n) {
            assert_int_equal(files, FILES);
            return;
        }
        assert_int_equal(code, RP_E_MEMORY);
    }
}

/* Each byte of the file in turn: an error, or what was there before (dates and contents of files
 * are not read). */
static void change_bytes(const char *path)
{
    static uint8_t bytes[1 << 16];
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    assert_in_range(n, 1, sizeof bytes - 1);
    for (size_t i = 0; i<n; i += n> 4000 ? 3 : 1) {
        rp_code code;
        for (int back = 0; back < 2; back++) {
            assert_int_equal(fseek(file, (long)i, SEEK_SET), 0);
            assert_int_equal(fputc(back ? bytes[i] : bytes[i] ^ (i % 2 ? 0xff : 0x10), file),
                             back ? bytes[i] : bytes[i] ^ (i % 2 ? 0xff : 0x10));
            assert_int_equal(fflush(file), 0);
            int files = count(&code);
            assert_true(files == FILES || (!back && files == -1));
        }
    }
    assert_int_equal(fclose(file), 0);
}

static void change_all(const char *pattern)
{
    char text[256], path[512];
    (void)snprintf(text, sizeof text, "ls -d %s | head -n 1 > .git/name", pattern);
    assert_int_equal(shell(text), 0);
    read_line(".git/name", text, sizeof text);
    (void)snprintf(path, sizeof path, "%s/%s", folder, text);
    change_bytes(path);
}

static void changed_bytes_give_no_other_files(void **state)
{
    (void)state;
    if (commit[0] == '\0')
        skip();
    change_all(".git/objects/pack/*.pack");
    change_all(".git/objects/pack/*.idx");
    assert_int_equal(shell("mv .git/objects/pack/*.pack . && rm .git/objects/pack/* && "
                           "cat *.pack | git unpack-objects -q && chmod -R u+w .git"),
                     0);
    change_all(".git/objects/$(git rev-parse HEAD^{tree} | sed 's,..,&/,')");
    change_all(".git/objects/$(git rev-parse HEAD | sed 's,..,&/,')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_a_commit_are_listed),
        cmocka_unit_test(every_failing_allocation_is_told),
        cmocka_unit_test(changed_bytes_give_no_other_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
