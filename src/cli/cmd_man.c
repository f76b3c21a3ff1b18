/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The manual page (man macros) from the tables of commands and flags. */
#include "cli/opt.h"

#include "report/report.h"

/* roff: '\' and '-' have meanings, a leading '.' or '\'' is a request. */
static void put_roff(rp_buf *out, const char *s)
{
    for (const char *p = s; *p != '\0'; p++) {
        if (*p == '\\')
            rp_buf_puts(out, "\\e");
        else if (*p == '-')
            rp_buf_puts(out, "\\-");
        else if (rp_str_starts(rp_str_from(p), "…")) {
            rp_buf_puts(out, "...");
            p += 2;
        } else
            rp_buf_char(out, *p);
    }
}

static void put_line(rp_buf *out, const char *s)
{
    if (s[0] == '.' || s[0] == '\'')
        rp_buf_puts(out, "\\&");
    put_roff(out, s);
    rp_buf_char(out, '\n');
}

static void put_commands(rp_buf *out)
{
    rp_buf_puts(out, ".SH COMMANDS\n");
    for (uint32_t i = 0; i < rp_commands_count; i++) {
        const rp_command *c = &rp_commands[i];
        rp_buf_puts(out, ".TP\n\\fB");
        put_roff(out, c->name);
        rp_buf_puts(out, "\\fR ");
        put_line(out, c->arguments);
        put_line(out, c->help);
        rp_buf_puts(out, ".IP\n");
        put_line(out, c->text);
    }
}

static void put_flag(rp_buf *out, const rp_flag *flag)
{
    char variable[64];
    rp_flag_variable(flag, variable, sizeof variable);
    rp_buf_puts(out, ".TP\n\\fB");
    if (flag->letter != 0)
        rp_buf_printf(out, "\\-%c\\fR, \\fB", flag->letter);
    rp_buf_puts(out, "\\-\\-");
    put_roff(out, flag->name);
    rp_buf_puts(out, "\\fR");
    if (flag->kind == RP_FLAG_SWITCH) {
        rp_buf_puts(out, ", \\fB\\-\\-no\\-");
        put_roff(out, flag->name);
        rp_buf_puts(out, "\\fR");
    }
    if (flag->value != NULL) {
        rp_buf_puts(out, " \\fI");
        put_roff(out, flag->value);
        rp_buf_puts(out, "\\fR");
    }
    rp_buf_char(out, '\n');
    put_line(out, flag->help);
    if (flag->choices != NULL) {
        rp_buf_puts(out, ".br\nOne of: ");
        put_line(out, flag->choices);
    }
}

static void put_flags(rp_buf *out)
{
    const char *group = NULL;
    rp_buf_puts(out, ".SH OPTIONS\nNot every command takes every flag; \\fBrustproof\\fR "
                     "\\fICOMMAND\\fR \\fB\\-\\-help\\fR lists those that it takes.\n");
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        if (rp_flags[i].group != group) {
            group = rp_flags[i].group;
            rp_buf_puts(out, ".SS ");
            put_line(out, group);
        }
        put_flag(out, &rp_flags[i]);
    }
}

static const char head[] =
    ".TH RUSTPROOF 1 \"\" \"rustproof " RP_VERSION "\" \"User Commands\"\n"
    ".SH NAME\n"
    "rustproof \\- verdicts on the security of Rust programs and libraries\n"
    ".SH SYNOPSIS\n"
    ".B rustproof\n[\\fIFLAGS\\fR] [\\fIPATH\\fR...]\n.br\n"
    ".B rustproof\n\\fICOMMAND\\fR [\\fIFLAGS\\fR] [\\fIARGUMENTS\\fR]\n.br\n"
    ".B cargo rustproof\n\\&...\n"
    ".SH DESCRIPTION\n"
    "Reads executables, libraries, object files, archives and packages (ELF, PE, Mach\\-O) and "
    "says for every mitigation of the Rust security guide whether it holds, does not hold, does "
    "not apply or cannot be known, with the evidence, a command that verifies it and the line to "
    "change.\n";

static const char tail[] =
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBRUSTPROOF_\\fR\\fIFLAG\\fR\n"
    "Sets a flag, in capitals and with _ for \\-: RUSTPROOF_FAIL_ON=warn. Flags given as arguments "
    "win.\n"
    ".TP\n\\fBNO_COLOR\\fR, \\fBCARGO_TERM_COLOR\\fR, \\fBCARGO_TERM_PROGRESS_WHEN\\fR, "
    "\\fBCARGO_TERM_UNICODE\\fR, \\fBCARGO_TERM_HYPERLINKS\\fR, \\fBCARGO_TERM_QUIET\\fR, "
    "\\fBCARGO_TERM_VERBOSE\\fR, \\fBCOLUMNS\\fR\n"
    "As for Cargo.\n"
    ".TP\n\\fBCARGO_TARGET_DIR\\fR, \\fBCARGO_BUILD_TARGET_DIR\\fR\n"
    "Where the artefacts of a Cargo project are.\n"
    ".SH EXIT STATUS\n"
    ".TP\n0\nThe audit is complete and nothing is at or above \\fB\\-\\-fail\\-on\\fR.\n"
    ".TP\n1\nSomething is.\n"
    ".TP\n2\nUsage error.\n"
    ".TP\n3\nThe audit is incomplete, or a report could not be written.\n"
    ".TP\n4\nThere was nothing to audit.\n"
    ".TP\n70\nInternal error.\n"
    ".SH SEE ALSO\n"
    ".BR readelf (1),\n.BR cargo (1)\n";

int rp_cmd_man(rp_cli *cli)
{
    rp_buf out = {0};
    rp_buf_puts(&out, head);
    put_commands(&out);
    put_flags(&out);
    rp_buf_puts(&out, tail);
    return rp_print(cli, &out, RP_EXIT_CLEAN);
}
