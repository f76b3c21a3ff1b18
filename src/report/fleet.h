/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is shown of many artefacts together: gathered as reports come, in any order, so that none of
 * them need be kept. */
#ifndef RP_REPORT_FLEET_H
#define RP_REPORT_FLEET_H

#include "base/threads.h"
#include "base/vec.h"
#include "report/table.h"

/* A check's problem of one kind with one subject, over all artefacts. */
typedef struct rp_fleet_problem rp_fleet_problem;
struct rp_fleet_problem {
    const rp_check *check;
    const rp_look *look;
    rp_str subject;
    rp_outcome outcome;
    uint32_t places;
    rp_str where;  /* of the first that came, escaped */
    uint32_t most; /* how many places have… */
    rp_str text;   /* …the commonest wording, of equally common ones the first by bytes */
    uint64_t places_and_texts; /* a sum over all: the same where these are the same */
};

typedef struct {
    uint64_t badness; /* the worst have the most */
    uint64_t file, item;
    rp_table_row row;
    size_t room; /* bytes at row.text.ptr */
} rp_fleet_row;

typedef struct {
    uint64_t file, item;
    const rp_target_report *target; /* a copy */
} rp_fleet_target;

typedef struct {
    uint32_t whole; /* reports are kept while there are no more than this */
    uint32_t worst; /* rows of so many, the worst; UINT32_MAX: of all, in the order of the run */
    bool problems;
} rp_fleet_wants;

typedef struct rp_fleet_entry rp_fleet_entry; /* of its table of problems and wordings */

typedef struct rp_fleet {
    const rp_report_options *opt;
    rp_fleet_wants wants;
    rp_lock lock; /* guards all below */
    rp_arena arena, whole_arena;
    rp_buf scratch;
    uint32_t n, rust, worst[RP_DENY + 1]; /* artefacts; Rust ones; read ones by their worst level */
    RP_VEC(rp_fleet_target) whole;        /* empty when there were more */
    RP_VEC(rp_fleet_row) rows;
    RP_VEC(rp_fleet_problem *) problems;
    rp_fleet_entry **buckets;
    uint32_t nbuckets, nentries;
    bool bad; /* out of memory */
} rp_fleet;

/* NULL when out of memory. `opt` outlives it. */
rp_fleet *rp_fleet_new(const rp_report_options *opt, rp_fleet_wants wants);
void rp_fleet_free(rp_fleet *fleet);
/* On any thread. The order of the run is that of file, then item. */
void rp_fleet_add(rp_fleet *fleet, const rp_target_report *t, uint64_t file, uint64_t item);
/* After the last: everything in its order. */
void rp_fleet_sort(rp_fleet *fleet);

/* "27 artefacts (3 Rust) in 2104 files · 2 with errors, 1 with warnings". */
void rp_put_fleet_totals(const rp_report_options *opt, rp_buf *out, const rp_fleet *fleet,
                         const rp_run_report *run);

#endif
