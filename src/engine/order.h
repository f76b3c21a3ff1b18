/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reports come in from workers in any order and go out in the order of the files, one at a time.
 * What goes out is made by the worker and waits for its turn, within bounds. */
#ifndef RP_ENGINE_ORDER_H
#define RP_ENGINE_ORDER_H

#include "base/threads.h"
#include "base/vec.h"
#include "engine/engine.h"

typedef struct rp_outgoing rp_outgoing; /* what goes out of a report, or items that have none */
typedef struct rp_keeper rp_keeper;     /* memory for reports that are kept */

typedef struct {
    rp_outgoing *first, *last; /* by ordinal */
    uint64_t next;             /* ordinal of the first item that is not out */
    rp_str path;
    bool begun, named, done;
    bool understood; /* something in it was judged, failed, or skipped for a reason we can name */
} rp_order_file;

enum { RP_ORDER_PART = 1024 };
typedef struct { /* RP_ORDER_PART files in a row, kept while one of them is not out */
    rp_arena arena;
    rp_order_file *files;
} rp_order_part;

typedef struct {
    rp_streams streams;
    bool keep;
    uint64_t budget; /* bytes of waiting texts beyond which other files' workers wait */

    rp_lock lock; /* guards all below */
    rp_arena arena;
    RP_VEC(rp_order_part) parts;
    uint64_t turn;     /* number of the first file that is not out */
    bool emitting;     /* a thread is handing out */
    uint64_t waiting;  /* bytes of texts that wait */
    rp_crew *asleep;   /* workers of it wait for less to wait, or for the turn of… */
    uint64_t awaited;  /* …this file, the first of theirs */
    rp_outgoing *idle; /* free, with memory for texts: the one used last first */
    uint32_t nidle;
    rp_outgoing *bare;  /* free, without */
    rp_keeper *keepers; /* that no thread has in hand */
    RP_VEC(const rp_target_report *) kept;
    rp_run_report totals; /* sums; targets are filled at the end */
    RP_VEC(rp_str) nothing;
    bool lost; /* out of memory where nothing could be reported any more */
} rp_order;

RP_MUST_CHECK rp_code rp_order_init(rp_order *o, rp_error *err);
void rp_order_free(rp_order *o);

/* File number n begins. */
void rp_order_start(rp_order *o, uint64_t n, rp_str path, bool named);
/* Whether too much waits for file n to make more of it: never of the file whose turn it is, nor
 * while that has not begun. The crew is woken when it may be so no longer. */
bool rp_order_full(rp_order *o, uint64_t n, rp_crew *crew);
/* Of each item of file n, by its ordinal 0, 1, 2 …, in any order, one of the next three. A report:
 * what goes out of it is made at once, on this thread. */
void rp_order_report(rp_order *o, uint64_t n, uint64_t ordinal, const rp_target_report *report);
typedef enum { RP_SKIP_NOT_RUST, RP_SKIP_DEBUG, RP_SKIP_OTHER } rp_skip_reason;
/* An item that has no report: counted. */
void rp_order_skip(rp_order *o, uint64_t n, uint64_t ordinal, rp_skip_reason reason);
/* An item that could not even be reported: the run will fail with RP_E_MEMORY. */
void rp_order_lose(rp_order *o);
/* Nothing more comes of file n. */
void rp_order_done(rp_order *o, uint64_t n);
/* After the last file: the sums, with the kept reports. */
RP_MUST_CHECK rp_code rp_order_finish(rp_order *o, rp_error *err);

#endif
