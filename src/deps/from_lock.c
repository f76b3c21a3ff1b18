/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/from_lock.h"

/* The package that is meant when `i` is asked for: [replace] may be chained. */
static uint32_t stand_in(const rp_lock *lock, uint32_t i)
{
    for (uint32_t steps = 0; steps < 8 && lock->packages[i].replaced != RP_NO_PACKAGE; steps++)
        i = lock->packages[i].replaced;
    return i;
}

static bool *find_roots(const rp_lock *lock, rp_arena *arena)
{
    bool *asked = rp_new(arena, lock->npackages, bool);
    bool *root = rp_new(arena, lock->npackages, bool);
    bool any = false;
    if (asked == NULL || root == NULL)
        return NULL;
    for (uint32_t i = 0; i < lock->npackages; i++)
        for (uint32_t k = 0; k < lock->packages[i].ndeps; k++)
            if (lock->packages[i].deps[k] != i)
                asked[lock->packages[i].deps[k]] = true;
    for (uint32_t i = 0; i < lock->npackages; i++) {
        const rp_lock_package *p = &lock->packages[i];
        root[i] = p->root || (p->source_text.len == 0 && !asked[i]);
        any |= root[i];
    }
    for (uint32_t i = 0; i < lock->npackages && !any; i++)
        root[i] = lock->packages[i].source_text.len == 0;
    return root;
}

static rp_seen seen_of(const rp_lock_package *p, rp_str file, bool root)
{
    return (rp_seen){
        .kind = RP_COMPONENT_CRATE,
        .name = p->name,
        .version = p->version,
        .source = p->source,
        .checksum = p->checksum,
        .root = root,
        .member = p->source_text.len == 0,
        .certainty = RP_EXACT,
        .seen = {.what = RP_WITNESS_LOCK,
                 .file = file,
                 .at = p->at,
                 .line = p->line,
                 .text = p->source_text},
    };
}

rp_code rp_inventory_add_lock(rp_inventory_builder *b, const rp_lock *lock, rp_str file,
                              rp_arena *arena, uint32_t **ret_ids, rp_error *err)
{
    uint32_t *ids = rp_new(arena, lock->npackages, uint32_t);
    bool *root = find_roots(lock, arena);
    if (ids == NULL || root == NULL)
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < lock->npackages; i++) {
        rp_seen seen = seen_of(&lock->packages[i], file, root[i]);
        rp_code code = rp_inventory_add(b, &seen, &ids[i], err);
        if (code != RP_OK)
            return code;
    }
    for (uint32_t i = 0; i < lock->npackages; i++)
        for (uint32_t k = 0; k < lock->packages[i].ndeps; k++) {
            uint32_t to = stand_in(lock, lock->packages[i].deps[k]);
            rp_code code = rp_inventory_edge(b, ids[i], ids[to], 0, err);
            if (code != RP_OK)
                return code;
        }
    rp_inventory_whole(b);
    *ret_ids = ids;
    return RP_OK;
}
