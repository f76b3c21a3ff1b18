/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The one table of flags. */
#ifndef RP_CLI_OPT_H
#define RP_CLI_OPT_H

#include "cli/cli.h"

typedef enum {
    RP_FLAG_SET,    /* bool: --x; says no only as --x=false */
    RP_FLAG_SWITCH, /* rp_switch: --x and --no-x */
    RP_FLAG_COUNT,  /* int: may be given more than once */
    RP_FLAG_CHOICE, /* int: index into `choices` */
    RP_FLAG_NUMBER, /* unsigned */
    RP_FLAG_SIZE,   /* uint64_t: 512M, 4GiB */
    RP_FLAG_TEXT,   /* const char * */
    RP_FLAG_CALL    /* set() */
} rp_flag_kind;

typedef struct rp_flag {
    const char *name;
    char letter; /* 0: none */
    rp_flag_kind kind;
    const char *value;   /* what its value is called; NULL when it takes none */
    const char *choices; /* "auto|always|never" */
    uint32_t commands;   /* RP_CMD_ bits that take it */
    const char *group;   /* heading in help */
    const char *help;
    size_t field; /* offset in rp_cli */
    rp_code (*set)(rp_cli *cli, const struct rp_flag *flag, const char *value, rp_error *err);
} rp_flag;

extern const rp_flag rp_flags[];
extern const uint32_t rp_flags_count;

/* Environment first, then arguments: both in *cli. RP_E_USAGE with text, and *ret_hint when there
 * is one (lives in cli->arena). */
RP_MUST_CHECK rp_code rp_parse_line(rp_cli *cli, int argc, char **argv, const char **ret_hint,
                                    rp_error *err);
/* Name of the flag's variable, "RUSTPROOF_MAX_FILE_SIZE". */
void rp_flag_variable(const rp_flag *flag, char *ret, size_t size);
/* The word of `words` (n of them) nearest to `word`, or NULL when none is near. */
const char *rp_nearest(const char *word, const char *const *words, size_t n);

#endif
