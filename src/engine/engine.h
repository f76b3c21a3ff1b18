/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runs the enabled checks over everything that input/ hands on. */
#ifndef RP_ENGINE_ENGINE_H
#define RP_ENGINE_ENGINE_H

#include "base/buf.h"
#include "engine/report_model.h"
#include "facts/deps_build.h"
#include "facts/source_build.h"
#include "input/input.h"

/* Later entries win. `what` is a code ("RP2104"), a prefix ("RP21"), a name, a level group
 * ("warnings") or "all". */
typedef enum { RP_POLICY_SELECT, RP_POLICY_IGNORE, RP_POLICY_LEVEL } rp_policy_verb;

typedef struct {
    rp_policy_verb verb;
    rp_level level; /* for RP_POLICY_LEVEL: -A, -W, -D */
    rp_str what;
} rp_policy_entry;

/* Reading machine code takes a second for each 100 MB of it: by default it is done for files that
 * the caller named, at most RP_CODE_NAMED of them, for the
 * first as many programs and libraries of a named package, not for what folders hold. */
typedef enum { RP_CODE_AUTO, RP_CODE_ALWAYS, RP_CODE_NEVER } rp_code_reading;
enum { RP_CODE_NAMED = 16 };

/* Crates whose source is judged; the engine is given their root files as paths. */
typedef struct {
    const rp_source_crate *crates;
    uint32_t ncrates;
    bool strict;                         /* findings to review, and those in tests, count too */
    const struct rp_rust_opener *opener; /* of names in other crates (cargo/crates.h), NULL */
} rp_source_options;

/* Texts that are made of each target report, one for each of `n` streams, on the thread that judged
 * it, several at one time (render: texts[0] … texts[n - 1] are empty), and that go out in output
 * order, one report at a time (emit). */
typedef struct {
    uint32_t n;
    void (*render)(void *user, const rp_target_report *target, rp_buf *texts);
    void (*emit)(void *user, const rp_buf *texts);
    void *user;
} rp_streams;

typedef struct {
    const rp_policy_entry *policy;
    uint32_t npolicy;
    bool preview;
    bool only_rust;    /* folders and packages: skip what is not Rust */
    bool any_language; /* judge named files that are not Rust without a note */
    unsigned jobs;
    uint64_t max_file, max_memory, max_unpacked; /* bytes; 0 = as base/limits.h */
    rp_level fail_on;                            /* RP_DENY by default; RP_ALLOW = never */
    bool allow_incomplete, allow_empty;
    uint32_t needs;              /* facts to read beside those the checks need (facts command) */
    const rp_deps_options *deps; /* NULL: lock files are no targets; else they are, and manifests
                                    that were named and have no lock file */
    bool deps_only;        /* artefacts that were not named only where no lock file is found */
    bool no_projects;      /* lock files are no targets: deps is for artefacts */
    bool no_artefact_deps; /* the other way round */
    bool no_fixes;         /* nobody reads fixes: what only they depend on is not read */
    const rp_source_options *source; /* NULL: no source is judged */
    rp_code_reading code;            /* whether checks that need it get RP_NEED_CODE */
    rp_streams streams;
    void (*on_progress)(void *user, uint64_t done, uint64_t total, rp_str path);
    void *user; /* of on_progress */
    bool keep;  /* keep all target reports for rp_run.report (false for pure streaming) */
} rp_engine_options;

typedef struct rp_run rp_run;

RP_MUST_CHECK rp_code rp_run_paths(const rp_engine_options *opt, const char *const *paths, size_t n,
                                   rp_run **ret, rp_error *err);
RP_MUST_CHECK rp_code rp_run_memory(const rp_engine_options *opt, rp_bytes bytes, const char *name,
                                    rp_run **ret, rp_error *err);
const rp_run_report *rp_run_result(const rp_run *run);
int rp_run_exit_code(const rp_run *run);
void rp_run_free(rp_run *run);

/* One artefact with facts already built: for tests and for the run itself. Results for every
 * enabled check, sorted by code, in `arena`. */
RP_MUST_CHECK rp_code rp_judge(const rp_engine_options *opt, const rp_facts *facts, rp_arena *arena,
                               rp_target_report *ret, rp_error *err);
/* RP_OK, or RP_E_USAGE for a policy that names what does not exist. */
RP_MUST_CHECK rp_code rp_policy_check(const rp_engine_options *opt, rp_error *err);
/* Union of what the enabled checks need. */
uint32_t rp_engine_needs(const rp_engine_options *opt);

#endif
