/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cli/cli.h"
#include "cli/term.h"
#include "origin/origin.h"
#include "report/style.h"
#include "text/json.h"

#include <unistd.h>

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
    rp_buf_printf(out, "%u check%s; rustproof explain CODE says more\n", RP_MANY(rp_checks_count));
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

/* ---- targets ---- */

static const char *tri_word(rp_tri is)
{
    return is == RP_YES ? "yes" : is == RP_NO ? "no" : "?";
}

static void put_sanitizers(rp_buf *out, uint32_t bits)
{
    static const char *const names[] = {"address",           "leak",   "memory",   "thread",
                                        "hwaddress",         "cfi",    "kcfi",     "safestack",
                                        "shadow-call-stack", "memtag", "dataflow", "realtime",
                                        "kernel-address"};
    const char *between = "";
    for (size_t i = 0; i < RP_COUNT(names); i++) {
        if ((bits >> i & 1) == 0)
            continue;
        rp_buf_printf(out, "%s%s", between, names[i]);
        between = " ";
    }
}

static void target_rows(const rp_report_options *opt, rp_buf *out)
{
    static const char *const probes[] = {"?", "none", "inline", "call"};
    const rp_target_facts *t;
    uint32_t n = 0;
    rp_buf_printf(out, "%-34s  %-3s  %-10s  %-5s  %-6s  %s\n", "target", "PIE", "static-PIE",
                  "RELRO", "probes", "sanitizers");
    for (; (t = rp_origin_target_at(n)) != NULL; n++) {
        rp_buf sanitizers = {0};
        rp_buf_printf(out, "%-34s  %-3s  %-10s  %-5s  %-6s  ", t->triple, tri_word(t->pie),
                      tri_word(t->static_pie), tri_word(t->relro_full), probes[t->probes]);
        put_sanitizers(&sanitizers, t->sanitizers);
        rp_put_wrapped(opt, out, rp_buf_str(&sanitizers), 70, 70);
        rp_buf_char(out, '\n');
        out->bad |= sanitizers.bad;
        rp_buf_free(&sanitizers);
    }
    rp_buf_printf(out, "%u target%s, from rustc's own specifications\n", RP_MANY(n));
}

static void target_json(rp_buf *out)
{
    const rp_target_facts *t;
    rp_json j = {.out = out, .pretty = true};
    rp_json_open_list(&j);
    for (size_t i = 0; (t = rp_origin_target_at(i)) != NULL; i++)
        rp_json_target_facts(&j, t);
    rp_json_close_list(&j);
    rp_buf_char(out, '\n');
}

int rp_cmd_list(rp_cli *cli)
{
    rp_buf out = {0};
    rp_report_options opt = rp_term_options(cli, STDOUT_FILENO);
    const char *what = cli->paths.n > 0 ? cli->paths.items[0] : "checks";
    bool targets = strcmp(what, "targets") == 0;
    if (cli->paths.n > 1 || (!targets && strcmp(what, "checks") != 0)) {
        rp_complain(cli, "rustproof list checks, or rustproof list targets",
                    "there is no list of '%.60s'", cli->paths.items[cli->paths.n - 1]);
        return RP_EXIT_USAGE;
    }
    if (rp_wants_json(cli))
        (targets ? target_json : check_json)(&out);
    else
        (targets ? target_rows : check_rows)(&opt, &out);
    return rp_print(cli, &out, RP_EXIT_CLEAN);
}
