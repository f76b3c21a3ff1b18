/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "isa/code.h"

static uint32_t slot_of(const rp_landmarks *map, uint64_t addr)
{
    return rp_landmarks_hash(addr) & map->mask;
}

static bool grow(rp_arena *arena, rp_landmarks *map)
{
    uint32_t n = map->slots ? (map->mask + 1) * 2 : 256;
    rp_landmark *old = map->slots;
    uint32_t old_n = old ? map->mask + 1 : 0;
    if (n == 0)
        return false;
    rp_landmark *slots = rp_new(arena, n, rp_landmark);
    if (slots == NULL)
        return false;
    uint8_t *maybe = rp_new(arena, n, uint8_t);
    if (maybe == NULL)
        return false;
    map->slots = slots;
    map->maybe = maybe;
    map->mask = n - 1;
    for (uint32_t i = 0; i < old_n; i++) {
        if (old[i].id == RP_LM_NONE)
            continue;
        uint32_t at = slot_of(map, old[i].addr);
        maybe[at] |= (uint8_t)(1u << rp_landmarks_bit(old[i].addr));
        while (slots[at].id != RP_LM_NONE)
            at = (at + 1) & map->mask;
        slots[at] = old[i];
    }
    return true;
}

static void mark_near(rp_landmarks *map, uint64_t addr)
{
    for (int i = -2; i <= 1; i++) {
        uint64_t block = (addr >> 16) + (uint64_t)(int64_t)i;
        map->near[block >> 6 & 15u] |= (uint64_t)1 << (block & 63u);
    }
}

bool rp_landmarks_add(rp_arena *arena, rp_landmarks *map, rp_landmark item)
{
    if (map->slots == NULL || map->used >= map->mask / 2) {
        if (!grow(arena, map))
            return false;
    }
    uint32_t at = slot_of(map, item.addr);
    while (map->slots[at].id != RP_LM_NONE) {
        if (map->slots[at].addr == item.addr)
            return true;
        at = (at + 1) & map->mask;
    }
    map->slots[at] = item;
    map->maybe[slot_of(map, item.addr)] |= (uint8_t)(1u << rp_landmarks_bit(item.addr));
    mark_near(map, item.addr);
    if (map->used == 0 || item.addr < map->low)
        map->low = item.addr;
    if (map->used == 0 || item.addr > map->high)
        map->high = item.addr;
    map->used++;
    return true;
}

const rp_landmark *rp_landmarks_search(const rp_landmarks *map, uint64_t addr)
{
    uint32_t at = slot_of(map, addr);
    while (map->slots[at].id != RP_LM_NONE) {
        if (map->slots[at].addr == addr)
            return &map->slots[at];
        at = (at + 1) & map->mask;
    }
    return NULL;
}
