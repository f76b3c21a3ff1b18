/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "cli/opt.h"

#include <stdlib.h>
#include <strings.h>

enum { LONGEST_WORD = 40 };

/* ---- the nearest word ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Edit distance with swaps of neighbours (optimal string alignment), letters of any case. */
static size_t distance(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b);
    size_t rows[3][LONGEST_WORD + 1];
    if (na > LONGEST_WORD || nb > LONGEST_WORD)
        return SIZE_MAX;
    for (size_t k = 0; k <= nb; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t k = 1; k <= nb; k++) {
            size_t best = up[k - 1] + (lower(a[i - 1]) != lower(b[k - 1]));
            best = up[k] + 1 < best ? up[k] + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            if (i > 1 && k > 1 && lower(a[i - 1]) == lower(b[k - 2]) &&
                lower(a[i - 2]) == lower(b[k - 1]) && up2[k - 2] + 1 < best)
                best = up2[k - 2] + 1;
            row[k] = best;
        }
    }
    return rows[na % 3][nb];
}

const char *rp_nearest(const char *word, const char *const *words, size_t n)
{
    const char *nearest = NULL;
    size_t best = strlen(word) / 3 + 2; /* one slip in three letters, and one more */
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, words[i]);
        bool begins = strlen(word) >= 3 && strncasecmp(word, words[i], strlen(word)) == 0;
        if (begins && best > 1)
            d = 1;
        if (d < best) {
            best = d;
            nearest = words[i];
        }
    }
    return nearest;
}

/* ---- values ---- */

static bool parse_number(const char *s, uint64_t max, uint64_t *ret, const char **ret_end)
{
    uint64_t v = 0;
    const char *p = s;
    for (; *p >= '0' && *p <= '9'; p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (v > (max - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *ret = v;
    *ret_end = p;
    return p > s;
}

/* 4096, 64k, 512M, 4G, with B or iB behind: powers of 1024. */
static bool parse_size(const char *s, uint64_t *ret)
{
    static const char units[] = "kmgt";
    const char *p;
    uint64_t v;
    if (!parse_number(s, UINT64_MAX, &v, &p))
        return false;
    const char *unit = *p != '\0' ? strchr(units, lower(*p)) : NULL;
    if (unit != NULL) {
        unsigned shift = 10 * (unsigned)(unit - units + 1);
        if (v > UINT64_MAX >> shift)
            return false;
        v <<= shift;
        p++;
        if (*p == 'i')
            p++;
    }
    if (lower(*p) == 'b')
        p++;
    *ret = v;
    return *p == '\0';
}

static bool parse_bool(const char *s, bool *ret)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < RP_COUNT(words); i++) {
        if (strcasecmp(s, words[i]) == 0) {
            *ret = i % 2 == 1;
            return true;
        }
    }
    return false;
}

/* Place of `value` in "a|b|c", or -1. */
static int choice_of(const char *choices, const char *value)
{
    int index = 0;
    for (const char *p = choices; *p != '\0'; index++) {
        size_t n = strcspn(p, "|");
        if (strlen(value) == n && strncmp(p, value, n) == 0)
            return index;
        p += n + (p[n] == '|');
    }
    return -1;
}

static rp_code bad_value(const rp_flag *flag, const char *value, const char *wanted, rp_error *err)
{
    return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "'%.40s' is no value for --%s: %s", value,
                   flag->name, wanted);
}

static void *field_of(rp_cli *cli, const rp_flag *flag)
{
    return (char *)cli + flag->field;
}

static rp_code set_switch(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    bool on;
    if (!parse_bool(value, &on))
        return bad_value(flag, value, "true or false", err);
    if (flag->kind == RP_FLAG_SET)
        *(bool *)field_of(cli, flag) = on;
    else if (flag->kind == RP_FLAG_COUNT)
        *(int *)field_of(cli, flag) += on;
    else
        *(int *)field_of(cli, flag) = on ? RP_SWITCH_ON : RP_SWITCH_OFF;
    return RP_OK;
}

static rp_code set_number(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    const char *end;
    uint64_t v;
    if (!parse_number(value, UINT32_MAX, &v, &end) || *end != '\0')
        return bad_value(flag, value, "a number", err);
    *(unsigned *)field_of(cli, flag) = (unsigned)v;
    return RP_OK;
}

static rp_code set_flag(rp_cli *cli, const rp_flag *flag, const char *value, rp_error *err)
{
    int choice;
    uint64_t *size;
    switch (flag->kind) {
    case RP_FLAG_SET:
    case RP_FLAG_SWITCH:
        return set_switch(cli, flag, value, err);
    case RP_FLAG_COUNT: { /* RUSTPROOF_VERBOSE=2 too */
        bool digit = value[0] >= '2' && value[0] <= '9' && value[1] == '\0';
        if (!digit)
            return set_switch(cli, flag, value, err);
        *(int *)field_of(cli, flag) = value[0] - '0';
        return RP_OK;
    }
    case RP_FLAG_CHOICE:
        choice = choice_of(flag->choices, value);
        if (choice < 0)
            return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "'%.40s' is no value for --%s", value,
                           flag->name);
        *(int *)field_of(cli, flag) = choice;
        break;
    case RP_FLAG_NUMBER:
        if (set_number(cli, flag, value, err) != RP_OK)
            return RP_E_USAGE;
        break;
    case RP_FLAG_SIZE:
        size = field_of(cli, flag);
        if (!parse_size(value, size))
            return bad_value(flag, value, "a size such as 512M or 4GiB", err);
        break;
    case RP_FLAG_TEXT:
        *(const char **)field_of(cli, flag) = value;
        break;
    case RP_FLAG_CALL:
        return flag->set(cli, flag, value, err);
    }
    cli->color_given |= strcmp(flag->name, "color") == 0;
    cli->width_given |= strcmp(flag->name, "width") == 0;
    return RP_OK;
}

/* ---- environment ---- */

void rp_flag_variable(const rp_flag *flag, char *ret, size_t size)
{
    static const char prefix[] = "RUSTPROOF_";
    size_t n = 0;
    for (const char *p = prefix; *p != '\0' && n + 1 < size; p++)
        ret[n++] = *p;
    for (const char *p = flag->name; *p != '\0' && n + 1 < size; p++)
        ret[n++] = *p == '-' ? '_' : *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    ret[n] = '\0';
}

static bool is_from_environment(const rp_flag *flag)
{
    return strcmp(flag->name, "help") != 0 && strcmp(flag->name, "version") != 0;
}

static rp_code parse_environment(rp_cli *cli, const char **ret_hint, rp_error *err)
{
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        char name[64];
        rp_flag_variable(&rp_flags[i], name, sizeof name);
        const char *value = getenv(name);
        if (value == NULL || value[0] == '\0' || !is_from_environment(&rp_flags[i]))
            continue;
        rp_code code = set_flag(cli, &rp_flags[i], value, err);
        if (code != RP_OK) {
            *ret_hint = rp_arena_printf(&cli->arena, "it comes from the variable %s", name).ptr;
            return code;
        }
    }
    return RP_OK;
}

/* ---- arguments ---- */

typedef struct {
    rp_cli *cli;
    int argc;
    char **argv;
    int at; /* the argument being read */
    const char **hint;
    rp_error *err;
    uint64_t given; /* bit i: rp_flags[i] was an argument; held against the command later */
} parser;

/* "--no-x" for a switch "x" too; *ret_no tells. */
static const rp_flag *find_long(rp_str name, bool *ret_no)
{
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        const rp_flag *flag = &rp_flags[i];
        *ret_no = flag->kind == RP_FLAG_SWITCH && rp_str_starts(name, "no-") &&
                  rp_str_is(rp_str_sub(name, 3, SIZE_MAX), flag->name);
        if (*ret_no || rp_str_is(name, flag->name))
            return flag;
    }
    return NULL;
}

static const rp_flag *find_letter(char letter)
{
    for (uint32_t i = 0; i < rp_flags_count; i++)
        if (rp_flags[i].letter == letter)
            return &rp_flags[i];
    return NULL;
}

static rp_code unknown_flag(parser *p, const char *arg)
{
    const char *names[80];
    char word[LONGEST_WORD + 1] = {0};
    size_t n = strcspn(arg + 2, "=");
    for (uint32_t i = 0; i < rp_flags_count && i < RP_COUNT(names); i++)
        names[i] = rp_flags[i].name;
    if (arg[1] == '-' && n <= LONGEST_WORD) {
        memcpy(word, arg + 2, n);
        const char *nearest = rp_nearest(word, names, rp_flags_count);
        if (nearest != NULL)
            *p->hint = rp_arena_printf(&p->cli->arena, "did you mean --%s?", nearest).ptr;
    }
    if (*p->hint == NULL)
        *p->hint = "rustproof --help lists the flags; a path that begins with - goes behind --";
    return rp_fail(p->err, RP_E_USAGE, RP_NOWHERE, "there is no flag %.60s", arg);
}

static rp_code use_flag(parser *p, const rp_flag *flag, const char *value)
{
    p->given |= 1ull << (flag - rp_flags);
    rp_code code = set_flag(p->cli, flag, value, p->err);
    if (code == RP_E_USAGE && flag->choices != NULL && *p->hint == NULL)
        *p->hint = rp_arena_printf(&p->cli->arena, "--%s takes %s", flag->name, flag->choices).ptr;
    return code;
}

/* The value behind the flag in the next argument. */
static rp_code next_value(parser *p, const rp_flag *flag, const char **ret)
{
    if (p->at + 1 >= p->argc)
        return rp_fail(p->err, RP_E_USAGE, RP_NOWHERE, "--%s needs a value: %s", flag->name,
                       flag->value);
    *ret = p->argv[++p->at];
    return RP_OK;
}

static rp_code parse_long(parser *p, const char *arg)
{
    size_t n = strcspn(arg + 2, "=");
    bool no = false;
    const rp_flag *flag = find_long((rp_str){arg + 2, n}, &no);
    const char *value = arg[2 + n] == '=' ? arg + 2 + n + 1 : NULL;
    if (flag == NULL)
        return unknown_flag(p, arg);
    if (no && value != NULL)
        return rp_fail(p->err, RP_E_USAGE, RP_NOWHERE, "--no-%s takes no value", flag->name);
    if (flag->value == NULL)
        return use_flag(p, flag, no ? "false" : value != NULL ? value : "true");
    if (value == NULL) {
        rp_code code = next_value(p, flag, &value);
        if (code != RP_OK)
            return code;
    }
    return use_flag(p, flag, value);
}

/* -qv, -fjson, -f json, -f=json, -j4 */
static rp_code parse_letters(parser *p, const char *arg)
{
    for (const char *c = arg + 1; *c != '\0'; c++) {
        const rp_flag *flag = find_letter(*c);
        rp_code code = RP_OK;
        if (flag == NULL)
            return unknown_flag(p, arg);
        if (flag->value != NULL) {
            const char *value = c[1] == '=' ? c + 2 : c + 1;
            if (c[1] == '\0')
                code = next_value(p, flag, &value);
            return code != RP_OK ? code : use_flag(p, flag, value);
        }
        code = use_flag(p, flag, "true");
        if (code != RP_OK)
            return code;
    }
    return RP_OK;
}

/* The first word may be a command; every other one is an argument of it. */
static rp_code take_word(parser *p, const char *word, bool may_be_command)
{
    rp_cli *cli = p->cli;
    if (cli->command == NULL && may_be_command) {
        cli->command = rp_command_find(word);
        cli->command_given = cli->command != NULL;
        if (cli->command_given)
            return RP_OK;
    }
    if (cli->command == NULL)
        cli->command = &rp_commands[0];
    const char **item = rp_vec_push(&cli->arena, &cli->paths);
    if (item == NULL)
        return rp_fail_memory(p->err);
    *item = word;
    return RP_OK;
}

static rp_code check_command(parser *p)
{
    for (uint32_t i = 0; i < rp_flags_count; i++) {
        if ((p->given & 1ull << i) == 0 || (rp_flags[i].commands & p->cli->command->bits) != 0)
            continue;
        *p->hint = rp_arena_printf(&p->cli->arena, "%s %s --help lists its flags", p->cli->program,
                                   p->cli->command->name)
                       .ptr;
        return rp_fail(p->err, RP_E_USAGE, RP_NOWHERE, "'%s' does not take --%s",
                       p->cli->command->name, rp_flags[i].name);
    }
    return RP_OK;
}

rp_code rp_parse_line(rp_cli *cli, int argc, char **argv, const char **ret_hint, rp_error *err)
{
    parser p = {.cli = cli, .argc = argc, .argv = argv, .hint = ret_hint, .err = err};
    bool only_words = false;
    rp_code code = parse_environment(cli, ret_hint, err);
    for (p.at = 1; code == RP_OK && p.at < argc; p.at++) {
        const char *arg = argv[p.at];
        if (!only_words && strcmp(arg, "--") == 0)
            only_words = true;
        else if (!only_words && arg[0] == '-' && arg[1] == '-')
            code = parse_long(&p, arg);
        else if (!only_words && arg[0] == '-' && arg[1] != '\0')
            code = parse_letters(&p, arg);
        else
            code = take_word(&p, arg, !only_words);
    }
    if (cli->command == NULL)
        cli->command = &rp_commands[0];
    return code == RP_OK && !cli->help && !cli->version ? check_command(&p) : code;
}
