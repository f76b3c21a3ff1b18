/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One of the workers of a pass: reads the functions of one chunk after the other. */
#ifndef RP_ISA_PASS_WORKER_H
#define RP_ISA_PASS_WORKER_H

#include "isa/pass.h"
#include "isa/pass_decoders.h"

/* What all workers read, and write for their own functions only. */
typedef struct {
    rp_image *img;
    const rp_functions *functions;
    const rp_code_map *map;
    const rp_decoder *decoder;
    uint64_t longest; /* function, in bytes */
    rp_fn_code *fns;  /* sites: index in the worker's branches */
    uint8_t *scanned;
    uint64_t *starts;  /* of functions: their addresses, close together */
    uint32_t *buckets; /* by (address - the lowest) >> bucket_shift: the first function there or
                          behind; one more than there are */
    uint32_t nbuckets;
    unsigned bucket_shift;
} rp_pass_common;

/* Functions that are read in one go. */
typedef struct {
    uint32_t first, last; /* functions [first, last) */
    uint64_t done;        /* code below this address belongs to the chunks before */
    struct rp_pass_worker *worker;
    uint32_t branches, nbranches; /* of the worker's */
    uint32_t votes, nvotes;       /* likewise; numbers, two to a vote */
    uint32_t nscanned, nmissing;
} rp_pass_chunk;

typedef struct {
    rp_source *src;
    uint8_t *buf;
    size_t cap;
    uint64_t at; /* file offset of buf[0] */
    size_t len;
} rp_pass_window;

typedef struct rp_pass_worker {
    struct rp_pass_worker *next;
    const rp_pass_common *common;
    rp_source src; /* copies of the image's own: what is read for this worker lives in `kept` */
    rp_image img;
    rp_code_sink sink;
    rp_flow_env env;
    rp_arena scratch, kept; /* reset after each function; not */
    rp_ways_room room;
    rp_pass_window window;
    uint8_t *taken;             /* by function */
    RP_VEC(uint64_t) crossings; /* as pass_parts.h says */
    /* of the chunk at hand */
    rp_pass_chunk *out;
    uint32_t data_at; /* first entry of functions->data that may still matter */
    uint64_t done;    /* code below this address has been read */
    uint32_t npieces; /* of the function at hand */
} rp_pass_worker;

/* All return false only when memory ran out; `close` is due in any case. */
RP_MUST_CHECK bool rp_pass_worker_open(rp_pass_worker *w, const rp_pass_common *c);
RP_MUST_CHECK bool rp_pass_worker_run(rp_pass_worker *w, rp_pass_chunk *chunk);
void rp_pass_worker_close(rp_pass_worker *w);

/* Makes what finds the function that starts at an address; false when memory ran out. */
RP_MUST_CHECK bool rp_pass_index_starts(rp_pass_common *c);
/* Marks the function that starts at each address in `addrs`. */
void rp_pass_mark_taken(const rp_pass_common *c, uint8_t *taken, const uint64_t *addrs, uint32_t n);

/* Linkers' stubs are not read, nor what begins inside the function before. */
static inline bool rp_pass_reads(const rp_function *f, uint64_t done)
{
    bool stub = f->kind == RP_FN_PLT || f->kind == RP_FN_THUNK || f->kind == RP_FN_CFI_TABLE;
    return !stub && f->end > f->start && f->start >= done;
}

#endif
