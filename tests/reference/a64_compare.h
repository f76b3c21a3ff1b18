/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reads one function both ways: quickly (isa/a64_scan.c) and word by word (a64_reference.c). */
#ifndef A64_COMPARE_H
#define A64_COMPARE_H

#include "a64_reference.h"

#include "isa/a64_scan.h"

#include <stdlib.h>

static inline int a64_by_address(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static inline void a64_empty(rp_code_sink *sink)
{
    sink->branches.n = sink->taken.n = sink->file_votes.n = 0;
    sink->instructions = sink->bytes = sink->bad_bytes = 0;
    memset(sink->set_aside, 0, sizeof sink->set_aside);
}

/* NULL, or what differs. Both sinks have the same landmarks and limits. */
static inline const char *a64_difference(rp_code_sink *quick, rp_code_sink *slow,
                                         const rp_code_range *range)
{
    rp_fn_code a, b;
    a64_empty(quick);
    a64_empty(slow);
    rp_a64_scan(quick, range, &a);
    a64_reference(slow, range, &b);
    if (a.flags != b.flags)
        return "flags";
    if (a.frame != b.frame || a.step != b.step)
        return "frame";
    if (a.overflow != b.overflow || a.bounds != b.bounds || a.panics != b.panics ||
        a.debug_asserts != b.debug_asserts || a.guarded_calls != b.guarded_calls)
        return "calls";
    if (a.sites != b.sites || a.nsites != b.nsites || quick->branches.n != slow->branches.n)
        return "number of branches";
    for (uint32_t i = 0; i < quick->branches.n; i++) {
        const rp_branch *x = &quick->branches.items[i], *y = &slow->branches.items[i];
        if (x->addr != y->addr || x->jump != y->jump || x->edge != y->edge ||
            x->guard != y->guard || x->class_size != y->class_size)
            return "a branch";
    }
    if (quick->instructions != slow->instructions || quick->bad_bytes != slow->bad_bytes ||
        memcmp(quick->set_aside, slow->set_aside, sizeof quick->set_aside) != 0)
        return "a count";
    if (quick->file_votes.n != slow->file_votes.n ||
        (quick->file_votes.n != 0 && memcmp(quick->file_votes.items, slow->file_votes.items,
                                            quick->file_votes.n * sizeof(uint32_t)) != 0))
        return "votes";
    if (quick->taken.n != slow->taken.n)
        return "number of addresses";
    if (quick->taken.n == 0)
        return NULL;
    qsort(quick->taken.items, quick->taken.n, sizeof(uint64_t), a64_by_address);
    qsort(slow->taken.items, slow->taken.n, sizeof(uint64_t), a64_by_address);
    return memcmp(quick->taken.items, slow->taken.items, quick->taken.n * sizeof(uint64_t)) != 0
               ? "an address"
               : NULL;
}

#endif
