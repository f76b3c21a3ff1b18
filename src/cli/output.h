/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where reports go: standard output and files, several in one run, written piece by piece. A file
 * gets its name only when it is complete. */
#ifndef RP_CLI_OUTPUT_H
#define RP_CLI_OUTPUT_H

#include "cli/progress.h"
#include "cli/cli.h"
#include "report/report.h"

typedef struct {
    const rp_reporter *reporter;
    rp_report_options options;
    const char *path;   /* "-": standard output */
    char *final, *temp; /* of a regular file that is written beside and renamed; else NULL */
    int fd;
    rp_buf buf;
    struct rp_fleet *fleet; /* of a format that gathers; NULL */
    uint64_t targets;       /* written so far */
    bool lacks;             /* its format had nothing to say: a file is left as it was */
    int error;              /* errno of the first failure; nothing is written behind it */
} rp_output;

typedef struct {
    rp_cli *cli;
    rp_output *items;
    uint32_t n;
    bool keeps;          /* some reporter needs the whole run in the end */
    bool identity;       /* some reporter shows who made an artefact */
    bool places;         /* some reporter shows where code lacks something */
    const char *lacking; /* format of one that had nothing to say: there is no report; NULL */
    rp_progress *progress;
} rp_outputs;

/* Opens what the flags ask for: standard output unless quiet about it, and each -o. lines: how the
 * JSON formats are called when it is about facts. RP_E_USAGE or RP_E_IO with text. */
RP_MUST_CHECK rp_code rp_outputs_open(rp_cli *cli, bool facts, rp_progress *progress,
                                      rp_outputs *ret, rp_error *err);
void rp_outputs_begin(rp_outputs *o);
/* What a run's reports go into: one stream for each output. */
rp_streams rp_outputs_streams(rp_outputs *o);
void rp_outputs_end(rp_outputs *o, const rp_run_report *run);
/* Closes all; files become visible only when `ok`. False, said on standard error, when something
 * could not be written. */
RP_MUST_CHECK bool rp_outputs_close(rp_outputs *o, bool ok);

/* Writes all of it; 0 or errno. */
int rp_write_all(int fd, rp_str s);

#endif
