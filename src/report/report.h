/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Text out of a report model. Decides nothing; escapes everything that came from files. */
#ifndef RP_REPORT_REPORT_H
#define RP_REPORT_REPORT_H

#include "base/buf.h"
#include "deps/advisory.h"
#include "text/escape.h"
#include "engine/report_model.h"

/* What coverages are split by; the order of the choices of --by. */
typedef enum { RP_BY_NOTHING, RP_BY_CRATE, RP_BY_LANGUAGE, RP_BY_OBJECT } rp_by;

typedef struct {
    unsigned width; /* columns, 0 = unlimited */
    bool color, unicode, hyperlinks;
    int verbose; /* -1 quiet, 0, 1 = all results, 2 = evidence too */
    bool show_pass, show_na, show_unknown, show_ignored;
    rp_by by;           /* a row of coverage for each crate, language or object */
    bool fleet;         /* many files: one row each */
    bool elapsed;       /* print how long it took: never where output is compared */
    bool redact;        /* names of users in paths become "…" */
    unsigned max_shown; /* findings that text formats show, 0 = no limit; never changes a verdict */
    unsigned max_lines; /* of the default screen, 0 = 40 */
    rp_str folder;      /* absolute path of the working folder, for hyperlinks; may be empty */
    rp_str home;        /* home folder of the user, for redact; may be empty */
    rp_str command;     /* how rustproof was called, for reports that record it */
    rp_str created;     /* "2026-08-21T00:00:00Z", as SOURCE_DATE_EPOCH says; "" */
    const char *author; /* who says what a VEX document says; NULL */
    const rp_advisory_db *advisories; /* that were asked, for reports that show all of one; NULL */
} rp_report_options;

typedef struct {
    const char *name; /* "text", "short", "table", "full", "json", "jsonl" */
    const char *help;
    const char *extension; /* of files whose format is not named: ".json"; NULL */
    bool identity;         /* shows who made an artefact, or fixes, which depend on that: it must
                              have been read */
    bool places;           /* shows where code lacks something, with file and line */
    bool keeps;            /* reads run->targets in end: the run must keep them */
    bool may_lack;         /* writes nothing at all where its format has nothing to say */
    const char *between;   /* stands between two targets; NULL */
    /* begin and target may be NULL; target is called once per judged or failed target, on any
     * thread, several at one time; then end with the totals. What is in `out` may be written away
     * and cleared between any two calls. */
    void (*begin)(const rp_report_options *opt, rp_buf *out);
    void (*target)(const rp_report_options *opt, const rp_target_report *target, rp_buf *out);
    void (*end)(const rp_report_options *opt, const rp_run_report *run, rp_buf *out);
    /* Formats that show all artefacts together gather what they need of each (report/fleet.h),
     * instead of target, and have end_fleet instead of end. NULL when out of memory. */
    struct rp_fleet *(*gather)(const rp_report_options *opt);
    void (*end_fleet)(const rp_report_options *opt, const rp_run_report *run,
                      const struct rp_fleet *fleet, rp_buf *out);
} rp_reporter;

const rp_reporter *rp_reporter_find(const char *name); /* NULL when there is none */
/* Target number `index` of a run, with what stands before it. */
void rp_report_target(const rp_reporter *reporter, const rp_report_options *opt,
                      const rp_target_report *target, uint64_t index, rp_buf *out);
/* All that a format that gathers needs of a run whose targets were kept; NULL for other formats,
 * and when out of memory. The caller frees it. */
struct rp_fleet *rp_report_gather(const rp_reporter *reporter, const rp_report_options *opt,
                                  const rp_run_report *run);
/* The end of a run; `fleet`: what was gathered of it, for a format that does so. */
void rp_report_end(const rp_reporter *reporter, const rp_report_options *opt,
                   const rp_run_report *run, struct rp_fleet *fleet, rp_buf *out);
/* A whole run whose targets were kept. */
void rp_report_run(const rp_reporter *reporter, const rp_report_options *opt,
                   const rp_run_report *run, rp_buf *out);
extern const rp_reporter *const rp_reporters[];
extern const uint32_t rp_reporters_count;

/* All facts and no judgement, for the facts command: one JSON document, and one object a line. */
extern const rp_reporter rp_report_facts, rp_report_facts_lines;

#endif
