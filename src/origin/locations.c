/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/locations.h"

bool rp_locations_landmarks(const rp_locations *locations, rp_arena *arena, rp_landmarks *map)
{
    for (uint32_t i = 0; i < locations->n; i++) {
        const rp_location *l = &locations->items[i];
        rp_landmark mark = {.addr = l->addr, .id = RP_LM_LOCATION, .index = l->crate};
        if (!rp_landmarks_add(arena, map, mark))
            return false;
    }
    return true;
}
