/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which worker reads which file. In their order, but for large files, which are begun early, so
 * that no worker is left with one when the others have finished. */
#ifndef RP_INPUT_QUEUE_H
#define RP_INPUT_QUEUE_H

#include "input/walk.h"

#include <stdatomic.h>

typedef struct {
    uint64_t n;
    atomic_uchar *taken;   /* per file */
    const uint64_t *large; /* numbers of large files, ascending */
    uint64_t nlarge;
    atomic_uint_fast64_t next, next_large;
} rp_queue;

/* `list` and `arena` outlive the queue. */
RP_MUST_CHECK rp_code rp_queue_init(rp_queue *q, const rp_walk_list *list, rp_arena *arena,
                                    rp_error *err);
/* The number of a file that nobody else has; false when there is none left. Worker 0 takes them in
 * their order, so that output comes early; the others take large ones first that are not far ahead.
 */
RP_MUST_CHECK bool rp_queue_take(rp_queue *q, unsigned worker, uint64_t *ret);

#endif
