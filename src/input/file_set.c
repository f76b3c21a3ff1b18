/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/file_set.h"

static uint64_t mix(uint64_t dev, uint64_t ino)
{
    uint64_t h = (ino + 0x9e3779b97f4a7c15u) ^ (dev * 0xff51afd7ed558ccdu);
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 29);
}

/* The slot that holds the file, or the free one where it belongs. */
static rp_file_slot *slot_of(const rp_file_set *set, uint64_t dev, uint64_t ino)
{
    uint64_t i = mix(dev, ino) & (set->cap - 1);
    while (set->slots[i].used && (set->slots[i].dev != dev || set->slots[i].ino != ino))
        i = (i + 1) & (set->cap - 1);
    return &set->slots[i];
}

static bool grow(rp_arena *arena, rp_file_set *set)
{
    rp_file_set bigger = {.n = set->n, .cap = set->cap ? set->cap * 2 : 64};
    bigger.slots = rp_new(arena, bigger.cap, rp_file_slot);
    if (bigger.slots == NULL)
        return false;
    for (uint64_t i = 0; i < set->cap; i++)
        if (set->slots[i].used)
            *slot_of(&bigger, set->slots[i].dev, set->slots[i].ino) = set->slots[i];
    *set = bigger;
    return true;
}

rp_file_slot *rp_file_set_put(rp_arena *arena, rp_file_set *set, const rp_fs_info *info,
                              bool *ret_new)
{
    if (set->n * 2 >= set->cap && !grow(arena, set))
        return NULL;
    rp_file_slot *slot = slot_of(set, info->dev, info->ino);
    *ret_new = !slot->used;
    if (*ret_new) {
        *slot = (rp_file_slot){.dev = info->dev, .ino = info->ino, .used = true};
        set->n++;
    }
    return slot;
}

const rp_file_slot *rp_file_set_find(const rp_file_set *set, const rp_fs_info *info)
{
    const rp_file_slot *slot = set->cap != 0 ? slot_of(set, info->dev, info->ino) : NULL;
    return slot != NULL && slot->used ? slot : NULL;
}
