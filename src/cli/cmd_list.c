/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cli/cli.h"
#include "cli/term.h"
#include "report/style.h"
#include "text/json.h"

#include <unistd.h>

static bool wants_json(const rp_cli *cli)
{
    return cli->format != NULL && rp_str_starts(rp_str_from(cli->format), "json");
}

static const char *formats_of(uint32_t formats)
{
    static const char *const names[] = {
        [0] = "-",
        [RP_ON_ELF] = "ELF",
        [RP_ON_PE] = "PE",
        [RP_ON_ELF | RP_ON_PE] = "ELF PE",
        [RP_ON_MACHO] = "Mach-O",
        [RP_ON_ELF | RP_ON_MACHO] = "ELF Mach-O",
        [RP_ON_PE | RP_ON_MACHO] = "PE Mach-O",
        [RP_ON_ALL] = "all",
    };
    return names[formats & RP_ON_ALL];
}

/* ---- checks ---- */

static void check_rows(const rp_report_options *opt, rp_buf *out)
{
    size_t names = 0;
    for (uint32_t i = 0; i < rp_checks_count; i++)
        names = strlen(rp_checks[i]->name) > names ? strlen(rp_checks[i]->name) : names;
    for (uint32_t i = 0; i < rp_checks_count; i++) {
        const rp_check *c = rp_checks[i];
        size_t column = 6 + 2 + names + 2 + 5 + 1 + 11 + 1;
        rp_put_ink(opt, out, RP_INK_BOLD, c->code);
        rp_buf_printf(out, "  %-*s  %-5s %-11s", (int)names, c->name, rp_level_name(c->level),
                      formats_of(c->formats));
        if (opt->width != 0 && opt->width < column + 24) {
            rp_buf_puts(out, "\n        ");
            column = 8;
        } else {
            rp_buf_char(out, ' ');
        }
        rp_buf_puts(out, c->preview ? "(preview) " : "");
        rp_put_wrapped(opt, out, rp_str_from(c->title), column + (c->preview ? 10 : 0), column);
        rp_buf_char(out, '\n');
    }
    rp_buf_printf(out, "%u checks; rustproof explain CODE says more\n", rp_checks_count);
}

static void check_json(rp_buf *out)
{
    rp_json j = {.out = out, .pretty = true};
    rp_json_open_list(&j);
    for (uint32_t i = 0; i < rp_checks_count; i++)
        rp_json_check(&j, rp_checks[i]);
    rp_json_close_list(&j);
    rp_buf_char(out, '\n');
}

int rp_cmd_list(rp_cli *cli)
{
    rp_buf out = {0};
    rp_report_options opt = rp_term_options(cli, STDOUT_FILENO);
    const char *what = cli->paths.n > 0 ? cli->paths.items[0] : "checks";
    if (cli->paths.n > 1 || strcmp(what, "checks") != 0) {
        rp_complain(cli, "rustproof list checks", "there is no list of '%.60s'",
                    cli->paths.items[cli->paths.n - 1]);
        return RP_EXIT_USAGE;
    }
    if (wants_json(cli))
        check_json(&out);
    else
        check_rows(&opt, &out);
    return rp_print(cli, &out, RP_EXIT_CLEAN);
}
