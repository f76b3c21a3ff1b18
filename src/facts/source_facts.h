/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is known of the Rust source of one crate: where its unsafe code is, and what the rules of
 * rust/rule.h found. */
#ifndef RP_FACTS_SOURCE_FACTS_H
#define RP_FACTS_SOURCE_FACTS_H

#include "facts/fact.h"

/* A place in a file of the crate; lines and columns from 1, columns in characters. */
typedef struct {
    rp_str file;
    uint32_t line, column;
    rp_str text;
} rp_rust_step;

/* Lines of a file, and what the edits of a finding make of them: the first of each, cut where it is
 * long, blanks at its ends left out. `before` "": `after` is a new line above. */
typedef struct {
    rp_str file;
    uint32_t line, last_line;
    rp_str before, after;
} rp_rust_change;

typedef struct {
    uint32_t rule;       /* index of its check in the registry */
    uint32_t confidence; /* rp_rule_confidence: 0 confirmed, 1 likely, 2 review */
    bool fold;           /* stands for several; the steps are the first of them */
    bool test;           /* in code that only tests use */
    bool fix_is_safe;
    rp_str file;
    uint32_t line, column, end_line, end_column;
    rp_str code;     /* the line of the text that it begins on, without its indentation */
    rp_str function; /* path of what it is in */
    rp_str text;     /* what is wrong */
    rp_str fix;      /* what to do, "" where the edits say it all */
    bool allowed;    /* by a comment in the source … */
    rp_str reason;   /* … for this reason */
    const rp_rust_step *steps;
    uint32_t nsteps;
    const rp_rust_change *changes;
    uint32_t nchanges;
} rp_rust_note;

/* `rustproof: allow(CODE) reason` in a comment; one for each code in it. */
typedef struct {
    rp_str file;
    uint32_t line, column; /* of the comment */
    rp_str code;           /* as it is written: code or name of a check */
    rp_str reason;         /* "" when there is none: then it allows nothing */
    uint32_t target;       /* the line that it is about */
    bool known;            /* a rule has this code or name */
    bool judged;           /* … and was run over the whole file */
    bool used; /* a finding, shown or not, is allowed by it, or would be with a reason */
} rp_rust_allow;

/* Unsafe operations by kind; `maybe`: those that may be unsafe, for all that is known. */
typedef struct {
    uint32_t derefs, calls, foreign_calls, mutable_statics, foreign_statics, union_fields, assembly,
        feature_calls;
    uint32_t maybe;
    uint32_t blocks;      /* unsafe blocks */
    uint32_t idle_blocks; /* … that need none */
} rp_unsafe_sum;

typedef struct {
    rp_str path; /* of the function, constant or static */
    rp_str file;
    uint32_t line;
    bool test;
    bool is_unsafe; /* an unsafe fn */
    bool is_value;  /* of a constant or static */
    rp_unsafe_sum sum;
} rp_unsafe_function;

/* A file that could not be read or has errors: what it holds is not known. */
typedef struct {
    rp_str file;
    rp_str why;
    uint32_t line; /* 0 unknown */
} rp_unknown_source;

typedef struct {
    rp_fact read;     /* YES, or UNKNOWN and why */
    rp_str crate;     /* its name */
    rp_str root;      /* path of its root file */
    rp_str manifest;  /* path of its Cargo.toml, "" unknown */
    uint32_t edition; /* 2015 to 2024 */
    bool strict;      /* findings to review, and those in tests, count too */
    uint32_t files, lines;
    uint64_t bytes;
    const rp_unknown_source *unknown;
    uint32_t nunknown;
    uint32_t functions, unsafe_functions; /* with a body, tests left out */
    uint32_t unsafe_traits, unsafe_impls;
    uint32_t foreign_functions, foreign_items, mutable_statics, unsafe_attributes;
    rp_fact forbidden; /* YES: unsafe_code is forbidden at the root */
    /* of the operations in `code`: those that macros wrote, and at how many places */
    uint32_t from_macros, macro_places;
    rp_unsafe_sum code, tests;
    const rp_unsafe_function *unsafe_in; /* functions with unsafe code, by file and line */
    uint32_t nunsafe_in;
    const rp_rust_allow *allows; /* by file and line */
    uint32_t nallows;
    const rp_rust_note *notes; /* by rule, file, place; to review, in tests: if strict */
    uint32_t nnotes;
    uint32_t left_out; /* findings to review and in tests, unless strict */
} rp_source_facts;

#endif
