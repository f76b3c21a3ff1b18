/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/reach_tables.h"

#include "base/search.h"

#include <stdlib.h>

enum { MAX_WORDS = 512 }; /* of a table whose end is not known: Iterator's vtable has 80 */

static int by_place(const void *a, const void *b)
{
    const rp_table_start *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Each place once, with where the next table begins behind it. */
static void join_starts(rp_table_walk *w)
{
    rp_table_start *s = w->starts;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < w->nstarts; i++) {
        if (kept != 0 && s[kept - 1].at == s[i].at)
            s[kept - 1].begins |= s[i].begins;
        else
            s[kept++] = s[i];
    }
    w->nstarts = kept;
    uint64_t next = UINT64_MAX, longest = (uint64_t)MAX_WORDS * w->tables->word;
    for (uint32_t i = kept; i-- > 0;) {
        s[i].end = next - s[i].at < longest ? next : s[i].at + longest;
        next = s[i].begins ? s[i].at : next;
    }
}

bool rp_table_walk_start(const rp_code_tables *tables, const rp_calls *calls, rp_arena *arena,
                         rp_table_walk *ret)
{
    uint64_t n = (uint64_t)calls->nuses + tables->nlinks;
    *ret = (rp_table_walk){.tables = tables,
                           .calls = calls,
                           .starts = rp_new(arena, n, rp_table_start),
                           .todo = rp_new(arena, n, uint32_t),
                           .nstarts = (uint32_t)n};
    if (ret->starts == NULL || ret->todo == NULL)
        return false;
    for (uint32_t i = 0; i < calls->nuses; i++)
        ret->starts[i] =
            (rp_table_start){.at = calls->uses[i].table, .begins = calls->uses[i].begins};
    for (uint32_t i = 0; i < tables->nlinks; i++)
        ret->starts[calls->nuses + i] =
            (rp_table_start){.at = tables->links[i].table, .begins = true};
    if (n > 1)
        qsort(ret->starts, n, sizeof *ret->starts, by_place);
    join_starts(ret);
    return true;
}

static void push(rp_table_walk *w, uint64_t table)
{
    uint32_t low;
    RP_SEARCH(low, w->nstarts, w->starts[low].at < table);
    if (low == w->nstarts || w->starts[low].at != table || w->starts[low].opened)
        return;
    w->starts[low].opened = true;
    w->todo[w->ntodo++] = low;
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
        const rp_table_start *start = &w->starts[w->todo[--w->ntodo]];
        uint64_t at = start->at, end = start->end;
        for (uint32_t i = rp_code_pointer_from(t, at);
             i < t->npointers && t->pointers[i].place < end; i++)
            give(user, t->pointers[i].function, at);
        for (uint32_t i = rp_table_link_from(t, at); i < t->nlinks && t->links[i].place < end; i++)
            push(w, t->links[i].table);
    }
}
