/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/queue.h"

enum { AHEAD = 2048 }; /* files: reports of what is ahead wait in memory */
#define LARGE (1ull << 20)

rp_code rp_queue_init(rp_queue *q, const rp_walk_list *list, rp_arena *arena, rp_error *err)
{
    *q = (rp_queue){.n = list->entries.n};
    atomic_init(&q->next, 0);
    atomic_init(&q->next_large, 0);
    for (uint64_t i = 0; i < q->n; i++)
        q->nlarge += list->entries.items[i].size >= LARGE;
    q->taken = rp_arena_array(arena, q->n, sizeof *q->taken);
    uint64_t *large = rp_new(arena, q->nlarge, uint64_t);
    if (q->taken == NULL || large == NULL)
        return rp_fail_memory(err);
    uint64_t n = 0;
    for (uint64_t i = 0; i < q->n; i++) {
        atomic_init(&q->taken[i], 0);
        if (list->entries.items[i].size >= LARGE)
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
