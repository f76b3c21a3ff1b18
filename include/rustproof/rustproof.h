/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* rustproof: verdicts on the security of Rust artefacts. The whole public API: C99, C++-safe.
 *
 * Objects: a context holds options and may be used for many audits, by one thread at a time; a
 * report is immutable and independent of its context. Strings given out are UTF-8 or bytes from
 * files, not NUL-terminated, borrowed from the report until rp_report_free. Nothing is printed; no
 * global state. */
#ifndef RUSTPROOF_H
#define RUSTPROOF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32) || !defined(__GNUC__)
#define RP_API
#else
#define RP_API __attribute__((visibility("default")))
#endif

typedef struct rustproof_context rustproof_context;
typedef struct rustproof_report rustproof_report;

typedef struct {
    const char *ptr;
    size_t len;
} rustproof_str;

typedef struct {
    int code;        /* RUSTPROOF_E_*, 0 = none */
    uint64_t offset; /* in the input, UINT64_MAX when there is none */
    char text[200];  /* one line; may hold bytes from files */
} rustproof_error;

enum {
    RUSTPROOF_OK = 0,
    RUSTPROOF_E_FORMAT,
    RUSTPROOF_E_MEMORY,
    RUSTPROOF_E_LIMIT,
    RUSTPROOF_E_IO,
    RUSTPROOF_E_UNSUPPORTED,
    RUSTPROOF_E_USAGE,
    RUSTPROOF_E_INTERNAL
};

typedef enum {
    RUSTPROOF_PASS = 1,
    RUSTPROOF_FINDING,
    RUSTPROOF_NOT_APPLICABLE,
    RUSTPROOF_UNKNOWN,
    RUSTPROOF_CHECK_ERROR
} rustproof_outcome;

typedef enum { RUSTPROOF_ALLOW, RUSTPROOF_NOTE, RUSTPROOF_WARN, RUSTPROOF_DENY } rustproof_level;

/* Set size to sizeof(rustproof_options) and zero the rest: zero always means the default. A program
 * that was compiled with an older header passes a smaller size; one that was compiled with a newer
 * header may use an older library as long as it leaves what that does not know zero. */
typedef struct {
    size_t size;
    unsigned jobs;       /* threads; 0 = one per core */
    uint64_t max_memory; /* bytes per artefact; 0 = 512 MiB */
    uint64_t max_file;   /* bytes; 0 = 4 GiB */
    int only_rust;       /* skip artefacts without Rust */
    /* "select=RP21", "ignore=full-relro", "allow=…", "note=…", "warn=…", "deny=…"; later wins. Read
     * by rustproof_context_new only. */
    const char *const *policy;
    size_t npolicy;
    int preview;          /* run checks in preview too */
    const char *fail_on;  /* "deny" (default), "warn", "note", "never": for the exit code */
    int allow_incomplete; /* as the command line's flags of these names: for the exit code */
    int allow_empty;
    int code; /* machine code: 0 = read of files given by path or as bytes, not of what folders and
                 packages hold; 1 = always; 2 = never */
    uint64_t max_unpacked; /* bytes that may come out of the packages in one file; 0 = 8 GiB */
} rustproof_options;

/* Returns how many bytes it took; fewer than len ends the writing with RUSTPROOF_E_IO. */
typedef size_t (*rustproof_write_fn)(void *user, const char *bytes, size_t len);

RP_API const char *rustproof_version(void);

/* options may be NULL. NULL on failure, with *err filled (err may be NULL everywhere). */
RP_API rustproof_context *rustproof_context_new(const rustproof_options *options,
                                                rustproof_error *err);
RP_API void rustproof_context_free(rustproof_context *context); /* NULL is fine */

/* Audits a file, folder or package ("-": standard input); or bytes in memory, named `name` in the
 * report. 0, or a RUSTPROOF_E_ code; *ret is set only on success. Artefacts that cannot be read are
 * part of the report, not failures. */
RP_API int rustproof_audit_path(rustproof_context *context, const char *path,
                                rustproof_report **ret, rustproof_error *err);
RP_API int rustproof_audit_memory(rustproof_context *context, const void *bytes, size_t len,
                                  const char *name, rustproof_report **ret, rustproof_error *err);
RP_API void rustproof_report_free(rustproof_report *report); /* NULL is fine */

/* 0, 1, 3 or 4 as the command line would exit. */
RP_API int rustproof_report_exit_code(const rustproof_report *report);
RP_API size_t rustproof_report_targets(const rustproof_report *report);
RP_API rustproof_str rustproof_target_name(const rustproof_report *report, size_t target);
/* RUSTPROOF_OK, or why this target could not be read; *text is the reason. */
RP_API int rustproof_target_error(const rustproof_report *report, size_t target,
                                  rustproof_str *text);
RP_API size_t rustproof_target_results(const rustproof_report *report, size_t target);

/* Result `result` of target `target`; size is sizeof(rustproof_result), set by the caller. 0 or
 * RUSTPROOF_E_USAGE. */
typedef struct {
    size_t size;
    rustproof_str code; /* "RP2104" */
    rustproof_str name; /* "full-relro" */
    rustproof_str title;
    rustproof_outcome outcome;
    rustproof_level level;
    rustproof_str text;   /* the fact, or the reason of not applicable and unknown */
    rustproof_str verify; /* command that shows it */
    size_t evidence;      /* number of lines */
    size_t fixes;
} rustproof_result;
RP_API int rustproof_result_get(const rustproof_report *report, size_t target, size_t result,
                                rustproof_result *ret);
/* *offset is UINT64_MAX without a place. 0 or RUSTPROOF_E_USAGE. */
RP_API int rustproof_result_evidence(const rustproof_report *report, size_t target, size_t result,
                                     size_t index, uint64_t *offset, rustproof_str *text);
RP_API int rustproof_result_fix(const rustproof_report *report, size_t target, size_t result,
                                size_t index, rustproof_str *file, rustproof_str *key,
                                rustproof_str *value);

/* What machine code is covered by a mitigation: functions, or branches; size is
 * sizeof(rustproof_coverage), set by the caller. 0; RUSTPROOF_E_UNSUPPORTED when the result does
 * not rest on a count of code; RUSTPROOF_E_USAGE. */
typedef struct {
    size_t size;
    size_t covered, total;
    size_t places; /* outside, that are listed: at most 1000 */
} rustproof_coverage;
RP_API int rustproof_result_coverage(const rustproof_report *report, size_t target, size_t result,
                                     rustproof_coverage *ret);

/* One function or branch outside; size is sizeof(rustproof_place), set by the caller. 0 or
 * RUSTPROOF_E_USAGE. */
typedef struct {
    size_t size;
    rustproof_str name;     /* of the function, demangled; "" in stripped files */
    rustproof_str language; /* "Rust", "std", "C", "C++", "assembly", "run-time", "other", "unknown"
                             */
    rustproof_str crate;    /* "" unknown */
    rustproof_str object;   /* object or source file, "" unknown */
    uint64_t address;
    uint64_t offset; /* in the artefact, UINT64_MAX without a place */
    uint32_t detail; /* what the check's page says */
} rustproof_place;
RP_API int rustproof_result_place(const rustproof_report *report, size_t target, size_t result,
                                  size_t index, rustproof_place *ret);

/* Sums over the whole report; size is sizeof(rustproof_totals), set by the caller. 0 or
 * RUSTPROOF_E_USAGE. */
typedef struct {
    size_t size;
    size_t judged;   /* artefacts */
    size_t failed;   /* artefacts and packages that could not be read */
    size_t not_rust; /* artefacts left out by only_rust */
    size_t debug;    /* separate debug files, not judged */
    size_t others;   /* files that are no artefacts */
    size_t pass, finding, not_applicable, unknown, check_error; /* results */
    size_t deny, warn, note;                                    /* findings by level */
    int complete; /* everything was read, and no check at level deny is unknown */
} rustproof_totals;
RP_API int rustproof_report_totals(const rustproof_report *report, rustproof_totals *ret);

/* Writes the report as "text", "short", "table", "full", "json" or "jsonl": byte for byte what the
 * command line writes into a file, but for the command that JSON records. */
RP_API int rustproof_report_write(const rustproof_report *report, const char *format,
                                  rustproof_write_fn write, void *user, rustproof_error *err);

#ifdef __cplusplus
}
#endif
#endif
