/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The command line: what was asked for, and the tables of commands and flags that parsing, help,
 * man page and completions share. */
#ifndef RP_CLI_CLI_H
#define RP_CLI_CLI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"
#include "deps/advisory.h"
#include "engine/engine.h"

/* auto, always, never: the order of the choices of --color */
typedef enum { RP_WHEN_AUTO, RP_WHEN_ALWAYS, RP_WHEN_NEVER } rp_when;
/* switches that decide by themselves unless set */
typedef enum { RP_SWITCH_AUTO, RP_SWITCH_ON, RP_SWITCH_OFF } rp_switch;

typedef struct {
    const char *format; /* NULL: by extension, else by -f */
    const char *path;   /* "-": standard output */
} rp_output_spec;

typedef struct rp_command rp_command;

typedef struct {
    const char *program;       /* "rustproof" or "cargo rustproof" */
    const rp_command *command; /* never NULL after parsing */
    bool command_given;        /* by name; else audit is meant */
    const char *const *args;   /* as given, for reports */
    int nargs;
    rp_arena arena; /* for what parsing makes */

    RP_VEC(const char *) paths; /* what is no flag, in order */
    RP_VEC(rp_output_spec) outputs;
    RP_VEC(rp_policy_entry) policy;

    const char *format;                /* NULL: text */
    int color;                         /* rp_when */
    int unicode, hyperlinks, progress; /* rp_switch */
    bool color_given;                  /* by flag or RUSTPROOF_COLOR: stands over NO_COLOR */
    unsigned width;
    bool width_given;
    bool quiet;
    int verbose;
    bool show_pass, show_na, show_unknown, show_ignored;
    unsigned max_findings;
    bool redact;

    int only_rust, any_language, preview, code; /* rp_switch */
    int by;                                     /* index into none, crate, language, object */
    int fail_on;                                /* index into deny, warn, note, never */
    bool exit_zero, allow_incomplete, allow_empty;
    unsigned jobs;
    uint64_t max_file, max_memory, max_unpacked;

    bool release;
    const char *profile, *target_dir;

    const char *target, *cargo_home; /* deps */
    RP_VEC(rp_str) features;
    bool all_features, no_default_features, tree, verify;

    const rp_advisory_db *advisories; /* that were opened */
    const char *db;                   /* databases of advisories, with ':' between */
    const char *url, *ca_file;        /* of db update */
    unsigned max_age;                 /* of the advisory database, days; 0: any */
    const char *author;               /* vex */
    const char *edition;              /* src */
    bool strict, unsafe_inventory;
    bool all_targets; /* src */

    bool help, version;
} rp_cli;

/* Commands, as bits for the flags that they take. */
enum {
    RP_CMD_AUDIT = 1 << 0, /* audit and bin */
    RP_CMD_PROJECT = 1 << 1,
    RP_CMD_FACTS = 1 << 2,
    RP_CMD_LIST = 1 << 3,
    RP_CMD_EXPLAIN = 1 << 4,
    RP_CMD_DOCTOR = 1 << 5,
    RP_CMD_WRITE = 1 << 6, /* completions, man, help */
    RP_CMD_DEPS = 1 << 7,
    RP_CMD_DB = 1 << 8,
    RP_CMD_SRC = 1 << 9,
    RP_CMD_BOM = 1 << 10, /* sbom, vex */
    RP_CMD_VEX = 1 << 11,
    RP_CMD_ALL = (1 << 12) - 1
};

struct rp_command {
    const char *name;
    uint32_t bits;
    const char *arguments; /* "PATH…" */
    const char *help;      /* one line, lower case, no full stop */
    const char *text;      /* what a person should know, wrapped by help and man */
    const char *words;     /* completions of its arguments: "checks targets"; NULL: files */
    int (*run)(rp_cli *cli);
};

extern const rp_command rp_commands[]; /* the first is audit, which bare paths mean */
extern const uint32_t rp_commands_count;
const rp_command *rp_command_find(const char *name);

int rp_cmd_audit(rp_cli *cli);
int rp_cmd_bin(rp_cli *cli);
int rp_cmd_list(rp_cli *cli);
int rp_cmd_explain(rp_cli *cli);
int rp_cmd_facts(rp_cli *cli);
int rp_cmd_deps(rp_cli *cli);
int rp_cmd_sbom(rp_cli *cli);
int rp_cmd_vex(rp_cli *cli);
int rp_cmd_db(rp_cli *cli);
int rp_cmd_src(rp_cli *cli);
int rp_cmd_doctor(rp_cli *cli);
int rp_cmd_completions(rp_cli *cli);
int rp_cmd_man(rp_cli *cli);
int rp_cmd_help(rp_cli *cli);

/* `error: …` and `hint: …` on standard error; texts may hold bytes from files and arguments. The
 * hint may be NULL. */
void rp_complain(const rp_cli *cli, const char *hint, const char *format, ...) RP_PRINTF(3, 4);
/* `note: …` on standard error, unless quiet. */
void rp_remark(const rp_cli *cli, const char *format, ...) RP_PRINTF(2, 3);
/* A verb in Cargo's form, right-aligned to 12 columns, on standard error, unless quiet. */
void rp_status(const rp_cli *cli, const char *verb, const char *format, ...) RP_PRINTF(3, 4);
/* Exit code of an error of a run that could not be made. */
int rp_exit_of(rp_code code);

/* Was JSON asked for, or JSON lines? */
bool rp_wants_json(const rp_cli *cli);
/* Writes all of `out` to standard output and frees it; the exit code: `exit_code`, or 70 when `out`
 * is bad, or 3 when it could not be written (said on standard error). */
int rp_print(const rp_cli *cli, rp_buf *out, int exit_code);

#endif
