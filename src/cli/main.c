/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "base/heap.h"
#include "cli/opt.h"
#include "cli/output.h"
#include "cli/term.h"
#include "report/style.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- messages ---- */

static void put_message(const rp_cli *cli, rp_buf *out, const char *escape, const char *label,
                        rp_str text)
{
    bool color = rp_term_color(cli, STDERR_FILENO);
    rp_buf_printf(out, "%s%s%s%s: ", color ? "\x1b[1m" : "", color ? escape : "", label,
                  color ? "\x1b[0m" : "");
    rp_buf escaped = {0};
    rp_put_escaped(&escaped, text);
    size_t column = strlen(label) + 2;
    const rp_report_options screen = {.width = rp_term_width(cli, STDERR_FILENO)};
    rp_put_wrapped(&screen, out, rp_buf_str(&escaped), column, column);
    rp_buf_char(out, '\n');
    out->bad |= escaped.bad;
    rp_buf_free(&escaped);
}

/* Nobody is left to tell when standard error cannot be written. */
static void put_stderr(rp_buf *out)
{
    int error = out->bad ? ENOMEM : rp_write_all(STDERR_FILENO, rp_buf_str(out));
    (void)error;
    rp_buf_free(out);
}

static rp_str format_line(char *line, size_t size, const char *format, va_list ap)
{
    int n = vsnprintf(line, size, format, ap);
    return (rp_str){line, n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1};
}

void rp_complain(const rp_cli *cli, const char *hint, const char *format, ...)
{
    char line[1024];
    rp_buf out = {0};
    va_list ap;
    va_start(ap, format);
    put_message(cli, &out, "\x1b[31m", "error", format_line(line, sizeof line, format, ap));
    va_end(ap);
    if (hint != NULL)
        put_message(cli, &out, "\x1b[36m", "hint", rp_str_from(hint));
    put_stderr(&out);
}

void rp_remark(const rp_cli *cli, const char *format, ...)
{
    char line[1024];
    rp_buf out = {0};
    va_list ap;
    if (cli->quiet)
        return;
    va_start(ap, format);
    put_message(cli, &out, "\x1b[36m", "note", format_line(line, sizeof line, format, ap));
    va_end(ap);
    put_stderr(&out);
}

void rp_status(const rp_cli *cli, const char *verb, const char *format, ...)
{
    char line[1024];
    rp_buf out = {0};
    va_list ap;
    bool color = rp_term_color(cli, STDERR_FILENO);
    if (cli->quiet)
        return;
    va_start(ap, format);
    rp_buf_printf(&out, "%s%12s%s ", color ? "\x1b[1;32m" : "", verb, color ? "\x1b[0m" : "");
    rp_put_escaped(&out, format_line(line, sizeof line, format, ap));
    va_end(ap);
    rp_buf_char(&out, '\n');
    put_stderr(&out);
}

int rp_exit_of(rp_code code)
{
    switch (code) {
    case RP_OK:
        return RP_EXIT_CLEAN;
    case RP_E_USAGE:
        return RP_EXIT_USAGE;
    case RP_E_FORMAT:
    case RP_E_LIMIT:
    case RP_E_IO:
    case RP_E_UNSUPPORTED:
        return RP_EXIT_INCOMPLETE;
    case RP_E_MEMORY:
    case RP_E_INTERNAL:
        break;
    }
    return RP_EXIT_INTERNAL;
}

bool rp_wants_json(const rp_cli *cli)
{
    return cli->format != NULL && rp_str_starts(rp_str_from(cli->format), "json");
}

int rp_print(const rp_cli *cli, rp_buf *out, int exit_code)
{
    int error = out->bad ? ENOMEM : rp_write_all(STDOUT_FILENO, rp_buf_str(out));
    rp_buf_free(out);
    if (error == EPIPE) {
        (void)signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    if (error == 0)
        return exit_code;
    rp_complain(cli, NULL, "cannot write to standard output: %s", strerror(error));
    return error == ENOMEM ? RP_EXIT_INTERNAL : RP_EXIT_INCOMPLETE;
}

/* ---- start ---- */

/* A descriptor that is closed at start would be given to the first file we open; then a report
 * could be written into it. The wrong direction makes each use of it fail with EBADF. */
static void hold_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
            continue;
        int got = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
        if (got > fd)
            (void)close(got);
    }
}

/* Cargo runs `cargo-rustproof rustproof ARGS…`: the name comes twice. */
static bool from_cargo(int argc, char **argv)
{
    const char *name = argc > 0 && argv[0] != NULL ? argv[0] : "";
    const char *slash = strrchr(name, '/');
    rp_str base = rp_str_from(slash != NULL ? slash + 1 : name);
    return rp_str_starts(base, "cargo-rustproof");
}

static int print_version(rp_cli *cli)
{
    rp_buf out = {0};
    rp_buf_puts(&out, "rustproof " RP_VERSION "\n");
    return rp_print(cli, &out, 0);
}

static int dispatch(rp_cli *cli, int argc, char **argv)
{
    rp_error err = {0};
    const char *hint = NULL;
    rp_code code = rp_parse_line(cli, argc, argv, &hint, &err);
    if (code != RP_OK) {
        rp_complain(cli, hint, "%s", err.text);
        return rp_exit_of(code);
    }
    rp_term_cargo_verbosity(cli);
    if (cli->version)
        return print_version(cli);
    if (cli->help)
        return rp_cmd_help(cli);
    if (cli->command->arguments[0] == '\0' && cli->paths.n > 0) {
        rp_complain(cli, NULL, "%s takes no path or other word", cli->command->name);
        return RP_EXIT_USAGE;
    }
    return cli->command->run(cli);
}

int main(int argc, char **argv)
{
    rp_cli cli = {.program = "rustproof", .max_age = 90};
    hold_standard_descriptors();
    /* Where TZ is unset, the C library looks at this file at each time stamp of a package; set,
     * once. */
    (void)setenv("TZ", ":/etc/localtime", 0);
    (void)signal(SIGPIPE, SIG_IGN);
    rp_heap_hoard();
    if (from_cargo(argc, argv)) {
        cli.program = "cargo rustproof";
        if (argc > 1 && strcmp(argv[1], "rustproof") == 0) {
            argc--;
            argv++;
        }
    }
    cli.args = (const char *const *)argv;
    cli.nargs = argc;
    int code = dispatch(&cli, argc, argv);
    rp_advisory_db_close(cli.advisories);
    rp_arena_free(&cli.arena);
    return code;
}
