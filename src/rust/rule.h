/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A rule about source code: functions that look at a crate, its definitions or its bodies, and what
 * they report. A check holds one (checks/check.h); all rules of a run share one reading of each
 * body. */
#ifndef RP_RUST_RULE_H
#define RP_RUST_RULE_H

#include "rust/unsafe_count.h"
#include "rust/unsafe_flow.h"

typedef enum {
    RP_RULE_CONFIRMED, /* the pattern itself is the mistake */
    RP_RULE_LIKELY,    /* wrong unless something that was not seen holds */
    RP_RULE_REVIEW     /* worth a look; often right */
} rp_rule_confidence;

/* Bytes [start, end) of a file of the crate. */
typedef struct {
    uint32_t file, start, end;
} rp_span;

/* One step of the reason: "the length grows here", "a closure runs here". */
typedef struct {
    rp_span at;
    uint32_t line, column; /* of its start, from 1; filled in by rp_rules_run */
    rp_str text;
} rp_rule_step;

/* Replaces the span by the text. All edits of a note together are the fix. */
typedef struct {
    rp_span at;
    rp_str text;
} rp_rule_edit;

typedef struct {
    uint16_t rule; /* index in the rules of the run */
    uint8_t confidence;
    bool fix_is_safe; /* the edits change no behaviour and need no review */
    bool test;        /* in code that only tests use, or that a build script wrote */
    bool from_macro;  /* what is wrong was written by a macro's definition */
    bool joined;      /* told by the note of another call of that macro */
    bool no_edits;    /* they would change what a macro wrote */
    bool fold;        /* stands for all the others of its rule, where those are not shown */
    rp_span at;
    uint32_t line, column, end_line, end_column; /* from 1, columns in characters */
    rp_def_id def;                               /* what it is in */
    rp_str text;                                 /* one line: what is wrong here */
    rp_str fix; /* one line: what to do; empty when the edits say it all */
    RP_VEC(rp_rule_step) steps;
    RP_VEC(rp_rule_edit) edits;
} rp_rule_note;

typedef struct {
    rp_rust_crate *c;
    rp_types *types;
    rp_arena *arena; /* texts of notes belong here */
    RP_VEC(rp_rule_note) notes;
    rp_unsafe_inventory inventory;
    uint16_t rule;       /* at work */
    const rp_flow *flow; /* of the body in hand, once asked for: rp_rule_flow */
    bool refused;        /* a note is missing: out of memory, or too many */
} rp_rule_run;

typedef struct rp_rust_rule {
    void (*on_crate)(rp_rule_run *run);
    void (*on_def)(rp_rule_run *run, rp_def_id def); /* every definition but those in bodies */
    void (*on_body)(rp_rule_run *run, const rp_body *body);
    void (*on_end)(rp_rule_run *run); /* after all bodies */
    bool every_body;                  /* on_body also for bodies without the word `unsafe` */
} rp_rust_rule;

/* A new note at a node of a file, NULL when there is no room. The text is a constant or lies in
 * run->arena. */
rp_rule_note *rp_rule_at(rp_rule_run *run, rp_def_id def, uint32_t file, rp_id node,
                         rp_rule_confidence confidence, rp_str text);
/* … at a node of the body. */
rp_rule_note *rp_rule_in(rp_rule_run *run, const rp_body *body, rp_id node,
                         rp_rule_confidence confidence, rp_str text);
/* Adds a step or an edit; NULL notes are fine. */
void rp_rule_step_at(rp_rule_run *run, rp_rule_note *note, uint32_t file, rp_id node, rp_str text);
void rp_rule_edit_at(rp_rule_run *run, rp_rule_note *note, rp_span at, rp_str text);
/* Where unknown code runs while something is unsound: walked once for all rules of a run. NULL when
 * out of memory. */
const rp_flow *rp_rule_flow(rp_rule_run *run, const rp_body *body);
/* For on_end: one note for all that the rule has outside of tests, with text `what` behind their
 * number, when there are several; the others should be RP_RULE_REVIEW. One alone is confirmed
 * instead. */
void rp_rule_fold(rp_rule_run *run, const char *what, const char *fix);
rp_span rp_node_bytes(const rp_rust_crate *c, uint32_t file, rp_id node);

/* Runs all rules (those that are not NULL) over a crate and counts its unsafe code: every body with
 * the word `unsafe`, or that a rule wants, is read once and given back before the next. Notes come
 * sorted by rule, file and place, with their lines. `scratch` is used for bodies and is empty
 * afterwards. */
void rp_rules_run(rp_rust_crate *c, const rp_rust_rule *const *rules, uint32_t n, rp_arena *arena,
                  rp_arena *scratch, rp_rule_run *ret);

#endif
