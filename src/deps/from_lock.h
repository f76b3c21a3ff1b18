/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The inventory of a lock file. */
#ifndef RP_DEPS_FROM_LOCK_H
#define RP_DEPS_FROM_LOCK_H

#include "cargo/lock.h"
#include "deps/inventory.h"

/* Adds every package with its dependencies; `file` is how the user would name the lock file.
 * *ret_ids: the builder's handle of each package, in `arena`. Packages that another one replaces
 * keep no dependant: whoever asked for them asks for the other. Members are, for want of manifests,
 * the packages without a source; roots those of them that nobody asks for (all, when all are asked
 * for). */
RP_MUST_CHECK rp_code rp_inventory_add_lock(rp_inventory_builder *b, const rp_lock *lock,
                                            rp_str file, rp_arena *arena, uint32_t **ret_ids,
                                            rp_error *err);

#endif
