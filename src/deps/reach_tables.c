/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/reach_tables.h"

#include "base/numbers.h"
#include "base/search.h"

#include <stdlib.h>

enum { MAX_WORDS = 512 }; /* of a table whose end is not known: Iterator's vtable has 80 */

bool rp_table_walk_start(const rp_code_tables *tables, const rp_calls *calls, rp_arena *arena,
                         rp_table_walk *ret)
{
    uint64_t n = (uint64_t)calls->nuses + tables->nlinks;
    uint32_t kept = 0;
    *ret = (rp_table_walk){.tables = tables,
                           .calls = calls,
                           .starts = rp_new(arena, n, uint64_t),
                           .opened = rp_new(arena, n, bool),
                           .todo = rp_new(arena, n, uint32_t)};
    if (ret->starts == NULL || ret->opened == NULL || ret->todo == NULL)
        return false;
    for (uint32_t i = 0; i < calls->nuses; i++)
        ret->starts[i] = calls->uses[i].table;
    for (uint32_t i = 0; i < tables->nlinks; i++)
        ret->starts[calls->nuses + i] = tables->links[i].table;
    if (n > 1)
        qsort(ret->starts, n, sizeof *ret->starts, rp_ascending_u64);
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || ret->starts[kept - 1] != ret->starts[i])
            ret->starts[kept++] = ret->starts[i];
    ret->nstarts = kept;
    return true;
}

static void push(rp_table_walk *w, uint64_t table)
{
    uint32_t low;
    RP_SEARCH(low, w->nstarts, w->starts[low] < table);
    if (low == w->nstarts || w->starts[low] != table || w->opened[low])
        return;
    w->opened[low] = true;
    w->todo[w->ntodo++] = low;
}

static uint64_t end_of(const rp_table_walk *w, uint32_t start)
{
    uint64_t end = w->starts[start] + (uint64_t)MAX_WORDS * w->tables->word;
    return start + 1 < w->nstarts && w->starts[start + 1] < end ? w->starts[start + 1] : end;
}

static uint32_t first_use(const rp_calls *c, uint32_t function)
{
    uint32_t low;
    RP_SEARCH(low, c->nuses, c->uses[low].function < function);
    return low;
}

void rp_table_walk_from(rp_table_walk *w, uint32_t function,
                        void (*give)(void *user, uint32_t to, uint64_t table), void *user)
{
    const rp_code_tables *t = w->tables;
    for (uint32_t i = first_use(w->calls, function);
         i < w->calls->nuses && w->calls->uses[i].function == function; i++)
        push(w, w->calls->uses[i].table);
    while (w->ntodo > 0) {
        uint32_t start = w->todo[--w->ntodo];
        uint64_t at = w->starts[start], end = end_of(w, start);
        for (uint32_t i = rp_code_pointer_from(t, at);
             i < t->npointers && t->pointers[i].place < end; i++)
            give(user, t->pointers[i].function, at);
        for (uint32_t i = rp_table_link_from(t, at); i < t->nlinks && t->links[i].place < end; i++)
            push(w, t->links[i].table);
    }
}
