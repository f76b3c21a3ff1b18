/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/queue.h"

enum { AHEAD = 16384 }; /* files: reports of what is ahead wait in memory */
#define LARGE (1ull << 20)

/* Plain archives of objects are not begun early: workers share their members, and the reports of
 * thousands of them would wait. By the name: what is in it is known only when it is open. */
static bool begins_early(const rp_walk_entry *e)
{
    return e->size >= LARGE && !rp_str_ends(e->path, ".a") && !rp_str_ends(e->path, ".rlib") &&
           !rp_str_ends(e->path, ".lib");
}

rp_code rp_queue_init(rp_queue *q, const rp_walk_list *list, rp_arena *arena, rp_error *err)
{
    *q = (rp_queue){.n = list->entries.n};
    atomic_init(&q->next, 0);
    atomic_init(&q->next_large, 0);
    for (uint64_t i = 0; i < q->n; i++)
        q->nlarge += begins_early(&list->entries.items[i]);
    q->taken = rp_arena_array(arena, q->n, sizeof *q->taken);
    uint64_t *large = rp_new(arena, q->nlarge, uint64_t);
    if (q->taken == NULL || large == NULL)
        return rp_fail_memory(err);
    uint64_t n = 0;
    for (uint64_t i = 0; i < q->n; i++) {
        atomic_init(&q->taken[i], 0);
        if (begins_early(&list->entries.items[i]))
            large[n++] = i;
    }
    q->large = large;
    return RP_OK;
}

static bool claim(rp_queue *q, uint64_t i)
{
    return atomic_exchange(&q->taken[i], 1) == 0;
}

static bool take_large(rp_queue *q, uint64_t *ret)
{
    uint_fast64_t k = atomic_load(&q->next_large);
    while (k < q->nlarge && q->large[k] < atomic_load(&q->next) + AHEAD) {
        if (!atomic_compare_exchange_weak(&q->next_large, &k, k + 1))
            continue; /* k is what another worker made of it */
        *ret = q->large[k];
        if (claim(q, *ret))
            return true;
        k++;
    }
    return false;
}

bool rp_queue_take(rp_queue *q, unsigned worker, uint64_t *ret)
{
    if (worker != 0 && take_large(q, ret))
        return true;
    for (;;) {
        *ret = atomic_fetch_add(&q->next, 1);
        if (*ret >= q->n)
            return false;
        if (claim(q, *ret))
            return true;
    }
}
