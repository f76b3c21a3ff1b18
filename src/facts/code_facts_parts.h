/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of the code facts share: the functions, what was read in each, and whose it is. */
#ifndef RP_FACTS_CODE_FACTS_PARTS_H
#define RP_FACTS_CODE_FACTS_PARTS_H

#include "base/error.h"
#include "facts/code_facts.h"
#include "isa/pass.h"
#include "origin/attribution.h"

#define RP_WHO_NONE UINT32_MAX

/* Whose code a function is; indexes into rp_code_view.crates and .objects, or RP_WHO_NONE. */
typedef struct {
    uint32_t crate, object;
    rp_owner owner;
} rp_code_who;

typedef struct {
    rp_image *img;
    const rp_functions *functions;
    const rp_pass *pass;
    const rp_code_who *who; /* by function */
    const rp_str *crates;   /* by name; unique */
    const rp_str *objects;  /* by name; unique */
    const rp_owner *crate_owners, *object_owners;
    uint32_t ncrates, nobjects;
    const uint32_t *order; /* functions that count (see rp_code_counts), by owner, crate, address */
    uint32_t norder;
    rp_str *names;       /* demangled, by function; made when first asked for */
    rp_arena *arena;     /* the image's */
    const bool *helpers; /* by function: compilers call it for a mitigation; it needs none itself */
    uint32_t stack_guard;  /* as in rp_code_facts */
    bool met[RP_LM_COUNT]; /* kinds of landmarks that the file has */
    bool nameless;         /* stripped: most functions have no name */
    bool imports;          /* it names what it takes from other files */
} rp_code_view;

/* Whose each function is and in which order to list them. False when out of memory. */
RP_MUST_CHECK bool rp_code_view_build(rp_code_view *v, const rp_attribution *attribution);
/* Read, and neither a linker's stub, start-up code, a compiler's helper nor a KCFI prefix: part of
 * the denominators. */
bool rp_code_counts(const rp_code_view *v, uint32_t function);
/* The demangled name; "" when stripped. False when out of memory. */
RP_MUST_CHECK bool rp_code_function_name(const rp_code_view *v, uint32_t function, rp_str *ret);

typedef struct {
    uint32_t covered, total;
} rp_tally_count;

/* Sums up one coverage: items come in the order of rp_code_view.order. */
typedef struct {
    const rp_code_view *view;
    rp_coverage *ret;
    rp_tally_count owner[RP_OWNER_COUNT], *crate, *object;
    RP_VEC(rp_code_place) outside;
    bool out_of_memory;
} rp_tally;

void rp_tally_start(rp_tally *t, const rp_code_view *v, rp_coverage *ret);
/* One item of function `function`; `addr` and `at` are listed when it is not covered. */
void rp_tally_add(rp_tally *t, uint32_t function, bool covered, uint64_t addr, uint64_t at,
                  uint32_t detail);
/* `n` covered items of a function at once. */
void rp_tally_add_covered(rp_tally *t, uint32_t function, uint32_t n);
/* Makes rows and sorts places; false when out of memory. */
RP_MUST_CHECK bool rp_tally_end(rp_tally *t);

/* What addresses mean in this file. False when out of memory. */
RP_MUST_CHECK bool rp_code_map_of(rp_image *img, const rp_functions *functions, rp_code_map *ret);
/* Parts of the facts; false when out of memory. */
RP_MUST_CHECK bool rp_code_facts_functions(const rp_code_view *v, rp_code_facts *c);
/* Settings of crates, by what their panic locations are called with. */
RP_MUST_CHECK bool rp_code_facts_crates(const rp_code_view *v, const rp_locations *locations,
                                        rp_code_facts *ret);
RP_MUST_CHECK bool rp_code_facts_edges(const rp_code_view *v, rp_code_facts *c);
/* File and line of all places outside; after the others. */
RP_MUST_CHECK bool rp_code_facts_lines(const rp_code_view *v, rp_dwarf *dwarf, rp_code_facts *c);

enum { RP_COVERAGES = 23 };
/* Each coverage of the facts, by number below RP_COVERAGES. */
rp_coverage *rp_code_coverage(rp_code_facts *c, unsigned index);

#endif
