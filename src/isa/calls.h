/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who calls whom, as far as the code says so: direct calls and jumps between functions, calls
 * through slots that the loader fills with a function of this artefact, addresses of functions that
 * code forms (it may hand them on: `lang_start(main)`), and uses of tables of functions. Calls
 * through other pointers are not seen, so that no way is found proves nothing. */
#ifndef RP_ISA_CALLS_H
#define RP_ISA_CALLS_H

#include "isa/code.h"
#include "isa/code_tables.h"
#include "obj/functions.h"

typedef struct {
    uint32_t function; /* the first that forms the address; RP_NO_FUNCTION: none was seen to */
} rp_mention;

#define RP_NO_FUNCTION UINT32_MAX

/* A function forms the address of a table, or loads a word of it. */
typedef struct {
    uint32_t function;
    uint64_t table; /* or, where it loads, a place in one */
    bool begins;    /* its address is formed: a table begins there */
} rp_table_use;

/* A call, or jump, to a panic of overflow checks. */
typedef struct {
    uint32_t function; /* that holds it */
    uint64_t addr;     /* of the instruction */
} rp_overflow_site;

typedef struct {
    rp_tri known; /* UNKNOWN: `why` */
    const char *why;
    const uint32_t *first; /* edges of function i: edges[first[i]] … edges[first[i + 1]] */
    const uint32_t *edges; /* rp_edge_to, rp_edge_is_address; ascending, different ones */
    uint32_t nedges;
    const rp_mention *mentions; /* of each address that was asked for */
    const rp_table_use *uses;   /* by function */
    uint32_t nuses;
    const rp_overflow_site *overflow; /* by function, address */
    uint32_t noverflow;
} rp_calls;

/* edge = callee << 1 | whether its address is formed, not called */
static inline uint32_t rp_edge_to(uint32_t edge)
{
    return edge >> 1;
}
static inline bool rp_edge_is_address(uint32_t edge)
{
    return (edge & 1u) != 0;
}

/* The function that begins at `addr`, or holds it; RP_NO_FUNCTION. */
uint32_t rp_function_starting(const rp_functions *functions, uint64_t addr);
uint32_t rp_function_holding(const rp_functions *functions, uint64_t addr);

/* Reads all code, at most RP_MAX_CALL_CODE bytes; into the image's arena. `asked`: addresses of
 * data, ascending, whose mentions are wanted; `tables`: NULL, or those whose uses are. False only
 * when memory ran out. */
RP_MUST_CHECK bool rp_calls_read(rp_image *img, const rp_functions *functions,
                                 const rp_code_tables *tables, const uint64_t *asked,
                                 uint32_t nasked, rp_calls *ret);

#endif
