/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _DEFAULT_SOURCE /* TIOCGWINSZ */
#include "cli/term.h"

#include <limits.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The variable's value, or "" when it is not set. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

static bool is_true(const char *value)
{
    return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

static bool is_false(const char *value)
{
    return strcmp(value, "false") == 0 || strcmp(value, "0") == 0;
}

static bool dumb(void)
{
    return strcmp(variable("TERM"), "dumb") == 0;
}

/* Flag, then NO_COLOR (no-color.org: any value that is not empty), then Cargo, then the terminal.
 */
bool rp_term_color(const rp_cli *cli, int fd)
{
    if (cli->color != RP_WHEN_AUTO)
        return cli->color == RP_WHEN_ALWAYS;
    if (!cli->color_given) {
        const char *cargo = variable("CARGO_TERM_COLOR");
        if (variable("NO_COLOR")[0] != '\0')
            return false;
        if (strcmp(cargo, "always") == 0 || strcmp(cargo, "never") == 0)
            return cargo[0] == 'a';
    }
    return isatty(fd) != 0 && !dumb();
}

/* POSIX, 8.2: LC_ALL, then LC_CTYPE, then LANG. Read here, because setlocale costs start-up time.
 */
static bool utf8_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < RP_COUNT(names); i++) {
        const char *value = variable(names[i]);
        if (value[0] == '\0')
            continue;
        const char *dot = strchr(value, '.');
        return dot != NULL &&
               (strncasecmp(dot + 1, "UTF-8", 5) == 0 || strncasecmp(dot + 1, "UTF8", 4) == 0);
    }
    return false;
}

bool rp_term_unicode(const rp_cli *cli)
{
    const char *cargo = variable("CARGO_TERM_UNICODE");
    if (cli->unicode != RP_SWITCH_AUTO)
        return cli->unicode == RP_SWITCH_ON;
    if (is_true(cargo) || is_false(cargo))
        return is_true(cargo);
    return utf8_locale();
}

/* Terminals that are known to understand OSC 8; others may print garbage. */
static bool terminal_links(void)
{
    static const char *const programs[] = {"iTerm.app", "WezTerm", "vscode", "ghostty"};
    for (size_t i = 0; i < RP_COUNT(programs); i++)
        if (strcmp(variable("TERM_PROGRAM"), programs[i]) == 0)
            return true;
    return strtol(variable("VTE_VERSION"), NULL, 10) >= 5000 ||
           variable("KITTY_WINDOW_ID")[0] != '\0' || variable("WT_SESSION")[0] != '\0' ||
           variable("KONSOLE_VERSION")[0] != '\0';
}

static bool wants_links(const rp_cli *cli, int fd)
{
    const char *cargo = variable("CARGO_TERM_HYPERLINKS");
    if (cli->hyperlinks != RP_SWITCH_AUTO)
        return cli->hyperlinks == RP_SWITCH_ON;
    if (isatty(fd) == 0 || dumb())
        return false;
    return is_true(cargo) || (!is_false(cargo) && terminal_links());
}

static unsigned columns_variable(void)
{
    const char *value = variable("COLUMNS");
    char *end;
    unsigned long n = strtoul(value, &end, 10);
    return value[0] >= '0' && value[0] <= '9' && *end == '\0' && n <= 10000 ? (unsigned)n : 0;
}

unsigned rp_term_columns(int fd)
{
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* Not a terminal: no limit, so that lines can be searched. COLUMNS is for terminals that do not
 * tell their size and for tests. */
unsigned rp_term_width(const rp_cli *cli, int fd)
{
    if (cli->width_given)
        return cli->width;
    if (columns_variable() != 0)
        return columns_variable();
    return isatty(fd) != 0 ? rp_term_columns(fd) : 0;
}

static rp_str working_folder(rp_arena *arena)
{
    char path[PATH_MAX];
    if (getcwd(path, sizeof path) == NULL)
        return RP_STR("");
    rp_str copy = rp_arena_str(arena, rp_str_from(path));
    return copy.ptr != NULL ? copy : RP_STR("");
}

static rp_str command_line(rp_cli *cli)
{
    rp_buf text = {0};
    rp_buf_puts(&text, cli->program);
    for (int i = 1; i < cli->nargs; i++) {
        rp_buf_char(&text, ' ');
        rp_put_shell(&text, rp_str_from(cli->args[i]));
    }
    rp_str copy = rp_arena_str(&cli->arena, rp_buf_str(&text));
    rp_buf_free(&text);
    return copy.ptr != NULL ? copy : RP_STR("");
}

/* SOURCE_DATE_EPOCH (reproducible-builds.org): seconds since 1970, so that what is written does not
 * depend on when. */
static rp_str build_time(rp_cli *cli)
{
    enum { YEAR_9999 = 12 }; /* digits: 253402300799 */
    const char *text = variable("SOURCE_DATE_EPOCH");
    size_t n = strspn(text, "0123456789");
    struct tm tm;
    if (n == 0 || n > YEAR_9999 || text[n] != '\0')
        return RP_STR("");
    time_t t = (time_t)strtoll(text, NULL, 10);
    if (t > 253402300799 || gmtime_r(&t, &tm) == NULL)
        return RP_STR("");
    rp_str made = rp_arena_printf(&cli->arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                                  tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    return made.ptr != NULL ? made : RP_STR("");
}

rp_report_options rp_term_options(rp_cli *cli, int fd)
{
    bool links = wants_links(cli, fd);
    return (rp_report_options){
        .width = rp_term_width(cli, fd),
        .color = rp_term_color(cli, fd),
        .unicode = rp_term_unicode(cli),
        .hyperlinks = links,
        .verbose = cli->quiet ? -1 : cli->verbose,
        .by = (rp_by)cli->by,
        .show_pass = cli->show_pass,
        .show_na = cli->show_na,
        .show_unknown = cli->show_unknown,
        .show_ignored = cli->show_ignored,
        .elapsed = isatty(fd) != 0,
        .redact = cli->redact,
        .max_shown = cli->max_findings,
        .advisories = cli->advisories,
        .created = build_time(cli),
        .author = cli->author,
        .folder = working_folder(&cli->arena),
        .home = rp_str_from(variable("HOME")),
        .command = command_line(cli),
    };
}

bool rp_term_progress(const rp_cli *cli)
{
    const char *cargo = variable("CARGO_TERM_PROGRESS_WHEN");
    if (cli->progress != RP_SWITCH_AUTO)
        return cli->progress == RP_SWITCH_ON;
    if (cli->quiet || strcmp(cargo, "never") == 0)
        return false;
    return strcmp(cargo, "always") == 0 ||
           (isatty(STDERR_FILENO) != 0 && !dumb() && variable("CI")[0] == '\0');
}

void rp_term_cargo_verbosity(rp_cli *cli)
{
    if (cli->quiet || cli->verbose != 0)
        return;
    cli->quiet = is_true(variable("CARGO_TERM_QUIET"));
    cli->verbose = !cli->quiet && is_true(variable("CARGO_TERM_VERBOSE"));
}
