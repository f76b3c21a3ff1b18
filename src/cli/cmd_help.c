/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Help, from the tables of commands and flags. */
#include "cli/opt.h"
#include "cli/term.h"
#include "report/style.h"

#include <unistd.h>

enum { COLUMN = 30 };

static void put_heading(const rp_report_options *opt, rp_buf *out, const char *text)
{
    rp_put_ink(opt, out, RP_INK_BOLD, text);
    rp_buf_puts(out, ":\n");
}

/* "  left              right, wrapped" */
static void put_entry(const rp_report_options *opt, rp_buf *out, const char *left, size_t width,
                      const char *right)
{
    size_t column = opt->width != 0 && opt->width < 70 ? 8 : COLUMN;
    rp_buf_puts(out, left);
    if (width + 2 > column) {
        rp_buf_char(out, '\n');
        width = 0;
    }
    rp_buf_repeat(out, ' ', column - width);
    rp_put_wrapped(opt, out, rp_str_from(right), column, column);
    rp_buf_char(out, '\n');
}

static void put_flag(const rp_report_options *opt, rp_buf *out, const rp_flag *flag)
{
    rp_buf left = {0}, right = {0};
    if (flag->letter != 0)
        rp_buf_printf(&left, "  -%c, --", flag->letter);
    else
        rp_buf_puts(&left, "      --");
    rp_buf_printf(&left, "%s%s%s", flag->kind == RP_FLAG_SWITCH ? "[no-]" : "", flag->name,
                  flag->value != NULL ? " " : "");
    rp_buf_puts(&left, flag->value != NULL ? flag->value : "");
    size_t width = left.len;
    for (size_t i = 0; i < left.len; i++)
        width -= (left.ptr[i] & 0xc0) == 0x80; /* "…" is one column */
    rp_buf_puts(&right, flag->help);
    for (const char *p = flag->choices; p != NULL && *p != '\0'; p++) {
        rp_buf_puts(&right, p == flag->choices ? " [" : "");
        rp_buf_puts(&right, *p == '|' ? ", " : (char[]){*p, '\0'});
        rp_buf_puts(&right, p[1] == '\0' ? "]" : "");
    }
    put_entry(opt, out, rp_buf_str(&left).ptr, width, rp_buf_str(&right).ptr);
    out->bad |= left.bad || right.bad;
    rp_buf_free(&left);
    rp_buf_free(&right);
}

static void put_flags(const rp_report_options *opt, rp_buf *out, uint32_t bits)
{
    const char *group = NULL;
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        if ((rp_flags[i].commands & bits) == 0)
            continue;
        if (rp_flags[i].group != group) {
            group = rp_flags[i].group;
            rp_buf_char(out, '\n');
            put_heading(opt, out, group);
        }
        put_flag(opt, out, &rp_flags[i]);
    }
}

static void put_overview(const rp_cli *cli, const rp_report_options *opt, rp_buf *out)
{
    rp_buf_puts(out, "Says of Rust programs and libraries which mitigations of the Rust security "
                     "guide\nthey have, with the evidence, and how to mend what is missing.\n\n");
    rp_put_ink(opt, out, RP_INK_BOLD, "Usage");
    rp_buf_printf(out, ": %s [FLAGS] [PATH%s]\n       %s COMMAND [FLAGS] [ARGUMENTS]\n\n",
                  cli->program, rp_dots(opt), cli->program);
    put_heading(opt, out, "Commands");
    for (uint32_t i = 0; i < rp_commands_count; i++) {
        rp_buf left = {0};
        rp_buf_printf(&left, "  %s", rp_commands[i].name);
        put_entry(opt, out, rp_buf_str(&left).ptr, left.len, rp_commands[i].help);
        out->bad |= left.bad;
        rp_buf_free(&left);
    }
    put_flags(opt, out, RP_CMD_AUDIT | RP_CMD_PROJECT);
    rp_buf_puts(out, "\n");
    rp_put_wrapped(opt, out,
                   RP_STR("Every flag can be set by a variable: RUSTPROOF_FORMAT=short, "
                          "RUSTPROOF_FAIL_ON=warn. Exit codes: rustproof explain exit-codes."),
                   0, 0);
    rp_buf_char(out, '\n');
}

static void put_command(const rp_cli *cli, const rp_report_options *opt, rp_buf *out,
                        const rp_command *c)
{
    rp_buf_printf(out, "%s %s: ", cli->program, c->name);
    rp_put_wrapped(opt, out, rp_str_from(c->help), strlen(cli->program) + strlen(c->name) + 3, 2);
    rp_buf_puts(out, "\n\n");
    rp_put_ink(opt, out, RP_INK_BOLD, "Usage");
    rp_buf_printf(out, ": %s %s [FLAGS]%s%s\n\n", cli->program, c->name,
                  c->arguments[0] != '\0' ? " " : "", c->arguments);
    rp_put_wrapped(opt, out, rp_str_from(c->text), 0, 0);
    rp_buf_char(out, '\n');
    put_flags(opt, out, c->bits);
}

/* The tables hold "…" and nothing else beyond ASCII. */
static void without_unicode(rp_buf *out)
{
    rp_buf plain = {0};
    for (size_t i = 0; i < out->len; i++) {
        if (rp_str_starts(rp_str_sub(rp_buf_str(out), i, 3), "…")) {
            rp_buf_puts(&plain, "...");
            i += 2;
        } else {
            rp_buf_char(&plain, out->ptr[i]);
        }
    }
    plain.bad |= out->bad;
    rp_buf_free(out);
    *out = plain;
}

int rp_cmd_help(rp_cli *cli)
{
    rp_report_options opt = rp_term_options(cli, STDOUT_FILENO);
    rp_buf out = {0};
    const rp_command *c = cli->command;
    if (c->run == rp_cmd_help && cli->paths.n > 0) {
        c = rp_command_find(cli->paths.items[0]);
        if (c == NULL) {
            rp_complain(cli, "rustproof help lists the commands", "there is no command '%.60s'",
                        cli->paths.items[0]);
            return RP_EXIT_USAGE;
        }
    }
    bool overview = (c->run == rp_cmd_help && cli->paths.n == 0) ||
                    (c == &rp_commands[0] && !cli->command_given);
    if (overview)
        put_overview(cli, &opt, &out);
    else
        put_command(cli, &opt, &out, c);
    if (!opt.unicode)
        without_unicode(&out);
    return rp_print(cli, &out, RP_EXIT_CLEAN);
}
