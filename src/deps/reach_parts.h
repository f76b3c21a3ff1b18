/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Shared by the files of reachability. */
#ifndef RP_DEPS_REACH_PARTS_H
#define RP_DEPS_REACH_PARTS_H

#include "base/vec.h"
#include "deps/reach.h"
#include "deps/reach_names.h"
#include "isa/calls.h"
#include "obj/dwarf_units.h"

/* A function of a query. */
typedef struct {
    rp_fn_path path;
    uint32_t query, function;
} rp_reach_row;

/* Where one of a query's functions was seen. */
typedef struct {
    uint32_t query;
    rp_str function; /* as the advisory writes it */
    rp_str symbol;   /* what stands in the artefact */
    const char *by;
    uint64_t at, addr;
    bool data; /* addr is of a panic location, not of code */
} rp_reach_place;

enum { RP_REACH_PLACES = 32 }; /* kept of one query: instances of generics, inlined calls */

/* Panic locations in lines of affected functions, for queries that `ret` does not call present.
 * Adds places; for the others sets `why[query]` when it can say more than that nothing was found.
 * False only when memory ran out. */
typedef struct {
    rp_image *img;
    const rp_reach_query *queries;
    uint32_t nqueries;
    const rp_reach_row *rows;
    uint32_t nrows;
    rp_str cargo_home;
    const rp_reach *found;
    const char **why; /* nqueries of them */
    RP_VEC(rp_reach_place) places;
} rp_reach_panics;
RP_MUST_CHECK bool rp_reach_panics_read(rp_reach_panics *p);

/* The code around places. */
typedef struct {
    rp_functions functions;
    rp_code_tables tables;
    rp_calls calls;
    uint64_t *asked; /* addresses of places in data, ascending: calls.mentions are theirs */
    uint32_t nasked;
} rp_reach_code;
/* False only when memory ran out. */
RP_MUST_CHECK bool rp_reach_code_read(rp_image *img, const rp_reach_place *places, uint32_t n,
                                      rp_reach_code *ret);

/* Sets path, npath or no_path of each query that is present, and moves it to the place that the
 * path leads to. False only when memory ran out. */
RP_MUST_CHECK bool rp_reach_paths(rp_image *img, const rp_reach_code *code,
                                  const rp_reach_place *places, uint32_t n, rp_reach *ret,
                                  uint32_t nqueries);

/* Queries come with `overflow_checked` where `places` are all that there are; it stays where each
 * of them holds an overflow check of the query's crate, by the lines of `dwarf`. False only when
 * memory ran out. */
RP_MUST_CHECK bool rp_reach_checks(rp_image *img, const rp_reach_code *code, rp_dwarf *dwarf,
                                   const rp_reach_query *queries, const rp_reach_place *places,
                                   uint32_t n, rp_reach *ret);

/* Debug information that was split off: FILE.dwp beside the artefact at `path`, else the .dwo files
 * that skeletons in `main` name, there or beside the artefact. What was found is joined to `main`.
 * False only when memory ran out. */
typedef struct {
    rp_dwarf *items;
    uint32_t n, cap;
} rp_reach_splits;
RP_MUST_CHECK bool rp_reach_split(rp_dwarf *main, rp_str path, rp_arena *arena,
                                  rp_reach_splits *ret);

#endif
