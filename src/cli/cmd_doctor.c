/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What this program is, what it finds on this machine, and what it can therefore check. Runs
 * nothing but `rustc -vV` and `cargo -V`. */
#define _DEFAULT_SOURCE
#include "cli/term.h"

#include "base/crypto.h"
#include "base/library.h"
#include "input/libarchive.h"
#include "report/style.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

extern char **environ;

enum { MAX_OUTPUT = 8192 };

static void put_row(const rp_report_options *opt, rp_buf *out, const char *label, rp_str text)
{
    rp_buf escaped = {0};
    rp_buf_printf(out, "  %-14s ", label);
    rp_put_text(opt, &escaped, text);
    rp_put_wrapped(opt, out, rp_buf_str(&escaped), 17, 17);
    rp_buf_char(out, '\n');
    out->bad |= escaped.bad;
    rp_buf_free(&escaped);
}

static void put_heading(const rp_report_options *opt, rp_buf *out, const char *text)
{
    rp_buf_puts(out, out->len > 0 ? "\n" : "");
    rp_put_ink(opt, out, RP_INK_BOLD, text);
    rp_buf_char(out, '\n');
}

/* ---- running a tool ---- */

/* Executable of that name in PATH, as POSIX finds it; false when there is none. */
static bool find_in_path(const char *name, char *ret, size_t size)
{
    const char *path = getenv("PATH");
    for (const char *p = path != NULL ? path : ""; *p != '\0';) {
        size_t n = strcspn(p, ":");
        int len = snprintf(ret, size, "%.*s/%s", (int)(n > 4096 ? 4096 : n), n ? p : ".", name);
        if (len > 0 && (size_t)len < size && access(ret, X_OK) == 0)
            return true;
        p += n + (p[n] == ':');
    }
    return false;
}

static void read_all(int fd, rp_buf *out)
{
    char piece[512];
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        if (out->len < MAX_OUTPUT)
            rp_buf_put(out, (rp_str){piece, (size_t)n});
    }
}

/* Standard output of `program argument`; false when it could not be run or failed. */
static bool run_tool(const char *program, const char *argument, rp_buf *out)
{
    int pipes[2], status = -1;
    pid_t pid;
    posix_spawn_file_actions_t actions;
    char *argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)argument, NULL};
    if (pipe(pipes) != 0)
        return false;
    (void)fcntl(pipes[0], F_SETFD, FD_CLOEXEC);
    bool ok = posix_spawn_file_actions_init(&actions) == 0;
    if (ok) {
        ok = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0 &&
             posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) == 0 &&
             posix_spawn_file_actions_adddup2(&actions, pipes[1], 1) == 0 &&
             posix_spawn_file_actions_addclose(&actions, pipes[1]) == 0 &&
             posix_spawnp(&pid, program, &actions, NULL, argv, environ) == 0;
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)close(pipes[1]);
    if (ok) {
        read_all(pipes[0], out);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    (void)close(pipes[0]);
    return ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- parts ---- */

static void put_program(const rp_cli *cli, const rp_report_options *opt, rp_buf *out)
{
    struct utsname system;
    char path[PATH_MAX];
    put_heading(opt, out, "rustproof " RP_VERSION);
    put_row(opt, out, "compiler",
#if defined(__clang__)
            RP_STR("clang " __clang_version__)
#else
            RP_STR("gcc " __VERSION__)
#endif
    );
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    if (n > 0)
        put_row(opt, out, "program", (rp_str){path, (size_t)n});
    if (uname(&system) == 0) {
        rp_buf text = {0};
        rp_buf_printf(&text, "%s %s %s", system.sysname, system.release, system.machine);
        put_row(opt, out, "system", rp_buf_str(&text));
        rp_buf_free(&text);
    }
    rp_buf text = {0};
    rp_buf_printf(&text, "width %u, colour %s, Unicode %s, hyperlinks %s, progress %s", opt->width,
                  opt->color ? "on" : "off", opt->unicode ? "on" : "off",
                  opt->hyperlinks ? "on" : "off", rp_term_progress(cli) ? "on" : "off");
    put_row(opt, out, "output", rp_buf_str(&text));
    out->bad |= text.bad;
    rp_buf_free(&text);
}

/* Version string of a loaded library, by a function without arguments that gives one. */
static const char *version_of(void *library, const char *function)
{
    const char *(*get)(void) = NULL;
    return library != NULL && rp_library_find(library, function, &get) ? get() : "";
}

static bool put_archive_library(const rp_report_options *opt, rp_buf *out)
{
    rp_libarchive la = {0};
    rp_error err = {0};
    if (rp_libarchive_load(&la, &err) != RP_OK) {
        put_row(opt, out, "libarchive", rp_str_from(err.text));
        return false;
    }
    put_row(opt, out, "libarchive", rp_str_from(version_of(la.library, "archive_version_details")));
    rp_libarchive_unload(&la);
    return true;
}

static bool put_crypto_library(const rp_report_options *opt, rp_buf *out)
{
    rp_hash hash;
    rp_error err = {0};
    if (rp_hash_start(RP_HASH_SHA256, &hash, &err) != RP_OK) {
        put_row(opt, out, "libcrypto", rp_str_from(err.text));
        return false;
    }
    const char *(*version)(int) = NULL;
    bool tells = rp_library_find(hash.library, "OpenSSL_version", &version);
    put_row(opt, out, "libcrypto", rp_str_from(tells ? version(0) : "found"));
    rp_hash_end(&hash);
    return true;
}

static rp_str first_line(const rp_buf *text)
{
    rp_str s = rp_buf_str(text);
    size_t n = 0;
    while (n < s.len && s.ptr[n] != '\n')
        n++;
    return rp_str_sub(s, 0, n);
}

/* The line of `rustc -vV` that begins with `key`, without it. */
static rp_str field_of(const rp_buf *text, const char *key)
{
    rp_str s = rp_buf_str(text);
    size_t at = rp_str_find(s, rp_str_from(key));
    if (at == SIZE_MAX)
        return RP_STR("");
    s = rp_str_sub(s, at + strlen(key), SIZE_MAX);
    size_t n = 0;
    while (n < s.len && s.ptr[n] != '\n')
        n++;
    return rp_str_sub(s, 0, n);
}

static void put_toolchain(const rp_report_options *opt, rp_buf *out)
{
    const char *cargo = getenv("CARGO");
    rp_buf text = {0};
    put_heading(opt, out, "Toolchain");
    if (run_tool("rustc", "-vV", &text)) {
        put_row(opt, out, "rustc", first_line(&text));
        put_row(opt, out, "host", field_of(&text, "host: "));
    } else {
        put_row(opt, out, "rustc", RP_STR("not found"));
    }
    text.len = 0;
    put_row(opt, out, "cargo",
            run_tool(cargo != NULL && cargo[0] != '\0' ? cargo : "cargo", "-V", &text)
                ? first_line(&text)
                : RP_STR("not found"));
    out->bad |= text.bad;
    rp_buf_free(&text);
}

static void put_tools(const rp_report_options *opt, rp_buf *out)
{
    static const char *const tools[] = {"readelf", "llvm-readobj", "llvm-objdump", "objdump",
                                        "nm",      "ar",           "bsdtar",       "strings",
                                        "otool",   "codesign",     "osslsigncode"};
    char path[PATH_MAX];
    rp_buf found = {0}, missing = {0};
    for (size_t i = 0; i < RP_COUNT(tools); i++) {
        rp_buf *list = find_in_path(tools[i], path, sizeof path) ? &found : &missing;
        rp_buf_printf(list, "%s%s", list->len > 0 ? ", " : "", tools[i]);
    }
    put_heading(opt, out, "Tools that the commands for checking by hand use");
    put_row(opt, out, "found", rp_buf_str(&found));
    put_row(opt, out, "not found", rp_buf_str(&missing));
    out->bad |= found.bad || missing.bad;
    rp_buf_free(&found);
    rp_buf_free(&missing);
}

static void put_layers(const rp_report_options *opt, rp_buf *out, bool archives, bool hashes)
{
    uint32_t on[3] = {0};
    rp_buf text = {0};
    for (uint32_t i = 0; i < rp_checks_count; i++)
        for (int f = 0; f < 3; f++)
            on[f] += (rp_checks[i]->formats >> f) & 1;
    rp_buf_printf(&text, "yes: %u check%s (ELF %u, PE %u, Mach-O %u)", RP_MANY(rp_checks_count),
                  on[0], on[1], on[2]);
    put_heading(opt, out, "What can be checked here");
    put_row(opt, out, "artefacts", rp_buf_str(&text));
    put_row(opt, out, "packages",
            archives ? RP_STR("yes: deb, rpm, crate, tar, zip, cpio … by libarchive")
                     : RP_STR("no: libarchive is not installed; .rlib and .a can be read"));
    put_row(opt, out, "signatures",
            hashes ? RP_STR("yes: hashes of Windows and Apple signatures by libcrypto")
                   : RP_STR("no: libcrypto is not installed; presence only"));
    out->bad |= text.bad;
    rp_buf_free(&text);
}

int rp_cmd_doctor(rp_cli *cli)
{
    rp_buf out = {0};
    rp_report_options opt = rp_term_options(cli, STDOUT_FILENO);
    put_program(cli, &opt, &out);
    put_heading(&opt, &out, "Libraries");
    put_row(&opt, &out, "zlib", rp_str_from(zlibVersion()));
    bool archives = put_archive_library(&opt, &out);
    bool hashes = put_crypto_library(&opt, &out);
    put_toolchain(&opt, &out);
    put_tools(&opt, &out);
    put_layers(&opt, &out, archives, hashes);
    return rp_print(cli, &out, RP_EXIT_CLEAN);
}
