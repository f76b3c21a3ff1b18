/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The inventory of a lock file. */
#ifndef RP_DEPS_FROM_LOCK_H
#define RP_DEPS_FROM_LOCK_H

#include "cargo/lock.h"
#include "cargo/resolve.h"
#include "deps/inventory.h"

/* What is known of the packages beside the lock file. */
typedef struct {
    rp_str file;                 /* how the user would name the lock file */
    const rp_resolved *resolved; /* with dev-dependencies; NULL: not known */
    const bool *member;          /* NULL: not known */
} rp_lock_context;

/* Adds every package with its dependencies.
 * *ret_ids: the builder's handle of each package, in `arena`. Packages that another one replaces
 * keep no dependant: whoever asked for them asks for the other. For want of manifests members are
 * the packages without a source; roots those of them that nobody asks for (all, when all are asked
 * for). */
RP_MUST_CHECK rp_code rp_inventory_add_lock(rp_inventory_builder *b, const rp_lock *lock,
                                            const rp_lock_context *context, rp_arena *arena,
                                            uint32_t **ret_ids, rp_error *err);

#endif
