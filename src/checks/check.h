/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* All that a check may use. A check is a pure function of facts: it opens nothing, prints nothing,
 * sees no bytes. It ends in exactly one outcome; an arm that sets none is reported as an error of
 * the check. */
#ifndef RP_CHECKS_CHECK_H
#define RP_CHECKS_CHECK_H

#include "base/arena.h"
#include "facts/facts.h"

typedef enum {
    RP_OUTCOME_NONE,    /* not run: only between start and the first outcome */
    RP_OUTCOME_PASS,    /* holds */
    RP_OUTCOME_FINDING, /* does not hold */
    RP_OUTCOME_NA,      /* does not apply, because … */
    RP_OUTCOME_UNKNOWN, /* cannot be known, because … */
    RP_OUTCOME_ERROR    /* the check itself failed */
} rp_outcome;

typedef enum { RP_ALLOW, RP_NOTE, RP_WARN, RP_DENY } rp_level;

/* May a tool apply the fix by itself? */
typedef enum { RP_FIX_SAFE, RP_FIX_REVIEW, RP_FIX_MANUAL } rp_safety;

/* ALL: every format of artefacts. PROJECT: a lock file or Cargo project. SOURCE: a crate's source.
 */
enum {
    RP_ON_ELF = 1,
    RP_ON_PE = 2,
    RP_ON_MACHO = 4,
    RP_ON_ALL = 7,
    RP_ON_PROJECT = 8,
    RP_ON_SOURCE = 16
};

typedef struct {
    uint64_t at; /* file offset, RP_NOWHERE */
    rp_str text; /* what was read there */
} rp_evidence_line;

typedef struct {
    rp_str file;  /* "Cargo.toml", ".cargo/config.toml", "" : no file */
    rp_str key;   /* "profile.release.overflow-checks", "build.rustflags", "" */
    rp_str value; /* what to write there, or the whole advice when file is empty */
    rp_safety safety;
    bool is_line; /* file is "src/lib.rs:7" or "src/lib.rs:7-9": the line (of several the first)
                   * `key` becomes `value`; key "": value is a new line above it */
} rp_fix;

/* A place in a text file. */
typedef struct {
    rp_str file;           /* as the user would name it; "" none */
    uint32_t line, column; /* from 1, 0 unknown */
} rp_where;

/* What a check says of one artefact. Texts live in the arena given to rp_out_start, or are
 * literals. */
typedef struct rp_out {
    rp_arena *arena;
    rp_outcome outcome;
    rp_level level; /* the check's, or what rp_out_level set for this result */
    rp_str text;    /* the fact in one line; for n/a and unknown: the reason */
    rp_str brief;   /* fleet table cell: "full", "part"; empty = the outcome's sign */
    const rp_evidence_line *evidence;
    uint32_t nevidence, evidence_cap;
    const rp_fix *fixes;
    uint32_t nfixes, fixes_cap;
    rp_str verify;     /* command to verify by hand; "{}" stands for the artefact's path */
    rp_str cause_file; /* the file and key that a person edits, when the artefact tells */
    rp_str cause_key;
    const rp_coverage *coverage; /* n of m, with the places outside; NULL without */
    uint32_t coverage_owners;    /* whose places count: bits 1 << rp_owner */
    const char *coverage_unit;   /* what a place's detail counts, or NULL */
    rp_where where;              /* the line that the result is about */
    rp_str pulled_in_by;         /* members and roots on whose account a crate is there; "" */
    rp_str subject; /* what tells this result from others of the same check on the same target: it
                       stands for the text in the fingerprint; "" for checks without subjects */
    bool out_of_memory;
} rp_out;

struct rp_rust_rule; /* rust/rule.h */

typedef struct rp_check {
    const char *code;  /* "RP2104" */
    const char *name;  /* "full-relro": kebab-case, reads well after "allow" */
    const char *title; /* what holds when it passes: "GOT is read-only after start-up" */
    const char *guide; /* heading of the guide's section */
    const char *since; /* version of rustproof that brought it */
    rp_level level;    /* of its finding by default */
    uint32_t needs;    /* RP_NEED_ bits */
    uint32_t on_doubt; /* RP_NEED_ bits that are read, too, when it neither passes nor is skipped
                          without them: it is run again. What passes without them must pass with
                          them */
    /* Whether outcome, text or level may change with them. Where they do not only fixes do, which
     * not every reader of results shows. NULL: always. */
    bool (*in_doubt)(const rp_facts *facts);
    uint32_t formats; /* RP_ON_ bits; elsewhere the engine says "does not apply: …" by itself */
    bool preview;     /* off unless asked for */
    bool rust_only;   /* judged only when the artefact has Rust in it: else n/a by the engine */
    bool identity;    /* also run on debug files, packed files and the like (RP00xx) */
    void (*run)(const rp_facts *facts, rp_out *out);
    /* A check of many things (each advisory, each crate) says how many have a result of their own,
     * and judges each by run_on; `run` speaks when there is none. NULL: the target is the only
     * subject. */
    uint32_t (*subjects)(const rp_facts *facts);
    void (*run_on)(const rp_facts *facts, uint32_t subject, rp_out *out);
    /* A rule about source: each of its notes is a subject, and judged by the frame (rule_result.h),
     * which also speaks when there is none: then `holds` does, "no lock guard is dropped at once".
     * Such a check has no run. */
    const struct rp_rust_rule *rule;
    const char *holds;
} rp_check;

/* Outcomes. The text is one clause, no full stop. Calling a second one is an error of the check. */
void rp_pass(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
void rp_find(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
void rp_skip(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
void rp_unknown(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);

/* Details, in any order. */
void rp_evidence(rp_out *out, uint64_t at, const char *format, ...) RP_PRINTF(3, 4);
void rp_verify(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
/* One more command, to run after it. */
void rp_verify_also(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
/* A text of the file (a crate's name) as one word of a command: quoted, and never an option. Every
 * such text that goes into rp_verify or rp_fix_command goes through it: the reader copies them. ""
 * when there is no room. */
const char *rp_shell_word(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
/* A part of a text, in the arena; "" when there is no room. */
const char *rp_phrase(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
/* "all 5", "the only": "%s call%s", rp_all(out, n), rp_plural(n) */
const char *rp_all(rp_out *out, uint32_t n);
void rp_brief(rp_out *out, const char *text);
void rp_cause(rp_out *out, const char *file, const char *key);
void rp_out_level(rp_out *out, rp_level level);
/* The coverage that the result rests on: one of facts->code. Reports list its rows, and its places
 * of `owners` (bits 1 << rp_owner); `unit`: what their detail counts ("bytes of frame"), or NULL.
 */
void rp_coverage_of(rp_out *out, const rp_coverage *coverage, uint32_t owners, const char *unit);
void rp_out_where(rp_out *out, rp_str file, uint32_t line, uint32_t column);
void rp_out_subject(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);
/* An edit of one key of a file; a command that makes the edit; and advice that is no edit. */
void rp_fix_line(rp_out *out, rp_safety safety, rp_str at, rp_str before, rp_str after);
void rp_fix_key(rp_out *out, rp_safety safety, const char *file, const char *key,
                const char *value);
void rp_fix_command(rp_out *out, rp_safety safety, const char *format, ...) RP_PRINTF(3, 4);
void rp_fix_advice(rp_out *out, const char *format, ...) RP_PRINTF(2, 3);

/* For the engine and for unit tests: a result before its check has run. */
rp_out rp_out_start(rp_arena *arena, const rp_check *check);

/* The generated registry (tools/gen): sorted by code. */
extern const rp_check *const rp_checks[];
extern const uint32_t rp_checks_count;
/* By code or name, any case; NULL when there is none. */
const rp_check *rp_check_find(rp_str code_or_name);

#endif
