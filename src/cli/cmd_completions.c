/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Completions for shells, from the tables of commands and flags. */
#include "cli/opt.h"

/* "a|b" as "a b" */
static void put_choices(rp_buf *out, const char *choices)
{
    for (const char *p = choices; *p != '\0'; p++)
        rp_buf_char(out, *p == '|' ? ' ' : *p);
}

static void put_command_names(rp_buf *out)
{
    for (uint32_t i = 0; i < rp_commands_count; i++)
        rp_buf_printf(out, "%s%s", i == 0 ? "" : " ", rp_commands[i].name);
}

/* Long and short forms of the flags that a command takes. */
static void put_flag_names(rp_buf *out, uint32_t bits)
{
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        const rp_flag *flag = &rp_flags[i];
        if ((flag->commands & bits) == 0)
            continue;
        rp_buf_printf(out, " --%s", flag->name);
        if (flag->kind == RP_FLAG_SWITCH)
            rp_buf_printf(out, " --no-%s", flag->name);
        if (flag->letter != 0)
            rp_buf_printf(out, " -%c", flag->letter);
    }
}

static bool wants_check(const rp_flag *flag)
{
    return flag->value != NULL && rp_str_starts(rp_str_from(flag->value), "CHECK");
}

static bool wants_file(const rp_flag *flag)
{
    return strcmp(flag->name, "output") == 0 || strcmp(flag->name, "target-dir") == 0;
}

static const char check_words[] =
    "rustproof --color=never --width=0 list 2>/dev/null | "
    "while read -r code name rest; do case $code in RP*) printf \"%s\\n%s\\n\" \"$code\" \"$name\""
    ";; esac; done";

/* ---- bash ---- */

static void bash_values(rp_buf *out)
{
    rp_buf_puts(out, "    case \"$prev\" in\n");
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        const rp_flag *flag = &rp_flags[i];
        if (flag->value == NULL)
            continue;
        rp_buf_printf(out, "    --%s", flag->name);
        if (flag->letter != 0)
            rp_buf_printf(out, "|-%c", flag->letter);
        rp_buf_puts(out, ") ");
        if (flag->choices != NULL) {
            rp_buf_puts(out, "words='");
            put_choices(out, flag->choices);
            rp_buf_puts(out, "'");
        } else if (wants_check(flag)) {
            rp_buf_puts(out, "words=$(_rustproof_checks)");
        } else {
            rp_buf_puts(out, wants_file(flag) ? "files=1" : "words=''");
        }
        rp_buf_puts(out, "; value=1 ;;\n");
    }
    rp_buf_puts(out, "    esac\n");
}

static void bash_commands(rp_buf *out)
{
    rp_buf_puts(out, "        case \"$command\" in\n");
    for (uint32_t i = 0; i < rp_commands_count; i++) {
        const rp_command *c = &rp_commands[i];
        rp_buf_printf(out, "        %s) flags='", c->name);
        put_flag_names(out, c->bits);
        rp_buf_puts(out, "'");
        if (c->words != NULL)
            rp_buf_printf(out, "; words='%s'", c->words);
        else
            rp_buf_puts(out, "; files=1");
        if (c->run == rp_cmd_explain)
            rp_buf_puts(out, "; words=\"$words $(_rustproof_checks)\"");
        rp_buf_puts(out, " ;;\n");
    }
    rp_buf_puts(out, "        *) flags='");
    put_flag_names(out, rp_commands[0].bits);
    rp_buf_puts(out, "'; words='");
    put_command_names(out);
    rp_buf_puts(out, "'; files=1 ;;\n        esac\n");
}

static void put_bash(rp_buf *out)
{
    rp_buf_printf(out,
                  "# bash completion of rustproof: made by `rustproof completions bash`\n"
                  "_rustproof_checks() {\n    %s\n}\n"
                  "_rustproof() {\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} prev='' command='' word i\n"
                  "    local words='' flags='' files='' value=''\n"
                  "    [ \"$COMP_CWORD\" -gt 0 ] && prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                  "        word=${COMP_WORDS[i]}\n"
                  "        case \" ",
                  check_words);
    put_command_names(out);
    rp_buf_puts(out, " \" in *\" $word \"*) command=$word; break ;; esac\n    done\n");
    bash_values(out);
    rp_buf_puts(out, "    if [ -z \"$value\" ]; then\n");
    bash_commands(out);
    rp_buf_puts(out, "        case \"$cur\" in -*) words=$flags; files='' ;; esac\n"
                     "    fi\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                     "    [ -n \"$files\" ] && COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
                     "    return 0\n"
                     "}\n"
                     "complete -o filenames -F _rustproof rustproof\n");
}

/* ---- zsh ---- */

/* Inside '[…]' of _arguments within single quotes. */
static void put_zsh_text(rp_buf *out, const char *s)
{
    for (const char *p = s; *p != '\0'; p++) {
        if (*p == '\'')
            rp_buf_puts(out, "'\\''");
        else {
            if (strchr("[]:\\", *p) != NULL)
                rp_buf_char(out, '\\');
            rp_buf_char(out, *p);
        }
    }
}

static void zsh_flag(rp_buf *out, const char *name, const rp_flag *flag)
{
    rp_buf_printf(out, "        '*%s%s[", name, flag->value != NULL && name[1] == '-' ? "=" : "");
    put_zsh_text(out, flag->help);
    rp_buf_char(out, ']');
    if (flag->value != NULL) {
        rp_buf_char(out, ':');
        put_zsh_text(out, flag->value);
        rp_buf_char(out, ':');
        if (flag->choices != NULL) {
            rp_buf_char(out, '(');
            put_choices(out, flag->choices);
            rp_buf_char(out, ')');
        } else if (wants_check(flag)) {
            rp_buf_puts(out, "_rustproof_checks");
        } else if (wants_file(flag)) {
            rp_buf_puts(out, "_files");
        }
    }
    rp_buf_puts(out, "'\n");
}

static void zsh_flags(rp_buf *out, uint32_t bits)
{
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        const rp_flag *flag = &rp_flags[i];
        rp_buf name = {0};
        if ((flag->commands & bits) == 0)
            continue;
        rp_buf_printf(&name, "--%s", flag->name);
        zsh_flag(out, rp_buf_str(&name).ptr, flag);
        if (flag->kind == RP_FLAG_SWITCH) {
            name.len = 0;
            rp_buf_printf(&name, "--no-%s", flag->name);
            zsh_flag(out, rp_buf_str(&name).ptr, flag);
        }
        if (flag->letter != 0) {
            name.len = 0;
            rp_buf_printf(&name, "-%c", flag->letter);
            zsh_flag(out, rp_buf_str(&name).ptr, flag);
        }
        out->bad |= name.bad;
        rp_buf_free(&name);
    }
}

static void put_zsh(rp_buf *out)
{
    rp_buf_printf(out,
                  "#compdef rustproof\n"
                  "# zsh completion of rustproof: made by `rustproof completions zsh`\n"
                  "_rustproof_checks() {\n    local -a checks\n    checks=(${(f)\"$(%s)\"})\n"
                  "    _values -s , check $checks\n}\n"
                  "_rustproof() {\n    local command=${words[2]}\n    local -a flags\n"
                  "    case $command in\n",
                  check_words);
    for (uint32_t i = 0; i < rp_commands_count; i++) {
        rp_buf_printf(out, "    %s) flags=(\n", rp_commands[i].name);
        zsh_flags(out, rp_commands[i].bits);
        if (rp_commands[i].run == rp_cmd_explain)
            rp_buf_puts(out, "        '*:what:_rustproof_checks'");
        else if (rp_commands[i].words != NULL)
            rp_buf_printf(out, "        '*:what:(%s)'", rp_commands[i].words);
        else
            rp_buf_puts(out, "        '*:path:_files'");
        rp_buf_puts(out, ") ;;\n");
    }
    rp_buf_puts(out, "    *) flags=(\n");
    zsh_flags(out, rp_commands[0].bits);
    rp_buf_puts(out, "        '*:path:_files') ;;\n    esac\n    if (( CURRENT == 2 )); then\n"
                     "        local -a commands\n        commands=(\n");
    for (uint32_t i = 0; i < rp_commands_count; i++) {
        rp_buf_printf(out, "        '%s:", rp_commands[i].name);
        put_zsh_text(out, rp_commands[i].help);
        rp_buf_puts(out, "'\n");
    }
    rp_buf_puts(out, "        )\n        _describe command commands\n    fi\n"
                     "    case $command in\n    ");
    for (uint32_t i = 0; i < rp_commands_count; i++)
        rp_buf_printf(out, "%s%s", i == 0 ? "" : "|", rp_commands[i].name);
    rp_buf_puts(out, ") (( CURRENT > 2 )) && shift words && (( CURRENT-- )) ;;\n    esac\n"
                     "    _arguments -s $flags\n}\n_rustproof \"$@\"\n");
}

/* ---- fish ---- */

static void put_fish_text(rp_buf *out, const char *s)
{
    rp_buf_char(out, '\'');
    for (const char *p = s; *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            rp_buf_char(out, '\\');
        rp_buf_char(out, *p);
    }
    rp_buf_char(out, '\'');
}

/* Which commands take the flag, as a condition; nothing when all do. */
static void fish_condition(rp_buf *out, const rp_flag *flag)
{
    if (flag->commands == RP_CMD_ALL)
        return;
    rp_buf_puts(out, " -n '");
    if (flag->commands & rp_commands[0].bits)
        rp_buf_puts(out, "__rustproof_no_command; or ");
    rp_buf_puts(out, "__fish_seen_subcommand_from");
    for (uint32_t i = 0; i < rp_commands_count; i++)
        if (flag->commands & rp_commands[i].bits)
            rp_buf_printf(out, " %s", rp_commands[i].name);
    rp_buf_char(out, '\'');
}

static void fish_flag(rp_buf *out, const rp_flag *flag, bool no)
{
    rp_buf_puts(out, "complete -c rustproof");
    fish_condition(out, flag);
    rp_buf_printf(out, " -l %s%s", no ? "no-" : "", flag->name);
    if (flag->letter != 0 && !no)
        rp_buf_printf(out, " -s %c", flag->letter);
    if (flag->value != NULL)
        rp_buf_puts(out, wants_file(flag) ? " -r" : " -x");
    if (flag->choices != NULL) {
        rp_buf_puts(out, " -a '");
        put_choices(out, flag->choices);
        rp_buf_char(out, '\'');
    } else if (wants_check(flag)) {
        rp_buf_puts(out, " -a '(__rustproof_checks)'");
    }
    rp_buf_puts(out, " -d ");
    put_fish_text(out, flag->help);
    rp_buf_char(out, '\n');
}

static void put_fish(rp_buf *out)
{
    rp_buf_puts(out, "# fish completion of rustproof: made by `rustproof completions fish`\n"
                     "function __rustproof_checks\n"
                     "    rustproof --color=never --width=0 list 2>/dev/null | "
                     "string match -r '^RP\\d+  \\S+' | string split -n ' '\n"
                     "end\n"
                     "function __rustproof_no_command\n"
                     "    not __fish_seen_subcommand_from ");
    put_command_names(out);
    rp_buf_puts(out, "\nend\n");
    for (uint32_t i = 0; i < rp_commands_count; i++) {
        const rp_command *c = &rp_commands[i];
        rp_buf_printf(out, "complete -c rustproof -n __rustproof_no_command -a %s -d ", c->name);
        put_fish_text(out, c->help);
        rp_buf_char(out, '\n');
        if (c->words == NULL)
            continue;
        rp_buf_printf(out,
                      "complete -c rustproof -f -n '__fish_seen_subcommand_from %s' -a '%s%s'\n",
                      c->name, c->words, c->run == rp_cmd_explain ? " (__rustproof_checks)" : "");
    }
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        fish_flag(out, &rp_flags[i], false);
        if (rp_flags[i].kind == RP_FLAG_SWITCH)
            fish_flag(out, &rp_flags[i], true);
    }
}

int rp_cmd_completions(rp_cli *cli)
{
    static const struct {
        const char *shell;
        void (*put)(rp_buf *);
    } shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};
    rp_buf out = {0};
    for (size_t i = 0; i < RP_COUNT(shells) && cli->paths.n == 1; i++) {
        if (strcmp(shells[i].shell, cli->paths.items[0]) != 0)
            continue;
        shells[i].put(&out);
        return rp_print(cli, &out, RP_EXIT_CLEAN);
    }
    rp_complain(cli, "rustproof completions bash", "completions needs a shell: bash, zsh or fish");
    return RP_EXIT_USAGE;
}
