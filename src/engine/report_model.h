/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a run found, immutable once made: the only thing that reporters see. Order: target path by
 * bytes, then members as they lie in their package, then check code. Everything lives in the arenas
 * of the run. */
#ifndef RP_ENGINE_REPORT_MODEL_H
#define RP_ENGINE_REPORT_MODEL_H

#include "checks/check.h"
#include "input/input.h"

typedef struct {
    const rp_check *check;
    rp_out out;   /* as the check left it, level after policy; .arena is NULL */
    bool ignored; /* policy says allow: shown only on request, never fails a run */
} rp_result;

typedef struct {
    rp_str path, member;        /* as in rp_input */
    rp_str name;                /* path, or path!member */
    rp_steps steps;             /* how to come from path to member */
    uint64_t position, ordinal; /* as in rp_input: its place in the run */
    /* Either judged … */
    const rp_facts *facts; /* copied; NULL when it could not be read */
    const rp_result *results;
    uint32_t nresults;
    uint32_t count[RP_OUTCOME_ERROR + 1]; /* by outcome, ignored ones not counted */
    uint32_t findings[RP_DENY + 1];       /* findings by level */
    rp_level worst;                       /* highest level of its findings, RP_ALLOW without */
    bool incomplete;                      /* a deny check is unknown, or it was read in part */
    bool read_in_part; /* reading failed half-way, or a file of the crate is not understood */
    /* … or not, and why */
    rp_error err;
    const char *skipped; /* "separate debug file", "core dump": named by the user, so that it is
                            shown, with the results of the identity checks; NULL when judged */
} rp_target_report;

typedef struct {
    const rp_target_report *const *targets;
    uint32_t ntargets; /* judged, failed, or skipped though named; other skipped ones are only
                          counted; 0 when the run did not keep them */
    uint32_t judged, failed, skipped_not_rust, skipped_debug, others;
    uint32_t in_part;  /* of those that were judged: read in part */
    uint32_t not_rust; /* of those that were judged: surely no Rust in them */
    uint32_t unlisted; /* projects without a lock file */
    uint64_t files;    /* looked at */
    uint32_t count[RP_OUTCOME_ERROR + 1];
    uint32_t findings[RP_DENY + 1];
    uint32_t ignored;
    bool complete;
    uint64_t nanoseconds;
    bool nothing_named;    /* a named path held nothing we understand: exit 4 */
    const rp_str *nothing; /* those paths */
    uint32_t nnothing;
    uint64_t folders, skipped_special; /* folders walked; devices, sockets, dangling links */
} rp_run_report;

/* Exit codes of the design, 2.5. */
enum {
    RP_EXIT_CLEAN = 0,
    RP_EXIT_FINDINGS = 1,
    RP_EXIT_USAGE = 2,
    RP_EXIT_INCOMPLETE = 3,
    RP_EXIT_NOTHING = 4,
    RP_EXIT_INTERNAL = 70
};

#endif
