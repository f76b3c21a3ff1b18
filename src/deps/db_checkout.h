/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The index that is kept of a database that is a checkout of git: cargo-audit's, cargo-deny's, a
 * private one. It lies in our cache, under the folder's device and inode number.
 *
 * It is never asked for what it does not know any more. Its identity is what git says of the
 * checkout and when the index was begun; from then on every change shows in the time at which the
 * kernel last touched an inode (st_ctime, which nobody can set back): a new package in its
 * collection's, a new or removed advisory in its package's, an edited one in its own. What is not
 * older than the index is read as text. Only the number of all advisories is as of the index. */
#ifndef RP_DEPS_DB_CHECKOUT_H
#define RP_DEPS_DB_CHECKOUT_H

#include "base/arena.h"

/* What git says of the checkout at `folder`, whichever name leads there; false: it is none, or
 * nothing can be told of it. */
RP_MUST_CHECK bool rp_db_checkout_state(const char *folder, rp_arena *arena, rp_str *ret);
/* Path of its index below `cache`; NULL: it is not there, or no memory. */
const char *rp_db_checkout_index(const char *cache, const char *folder, rp_arena *arena);
/* The identity of an index of that state that is begun at that time. */
rp_str rp_db_checkout_identity(rp_str state, uint64_t begun, rp_arena *arena);
/* When the index with that identity was begun if it is one of the checkout as it is now, as far as
 * git and the lists of packages tell; else 0. */
uint64_t rp_db_checkout_begun(const char *folder, rp_str state, rp_str identity, rp_arena *arena);
/* Whether nothing in a package's folder was touched since. */
bool rp_db_checkout_same(const char *package, uint64_t begun);

#endif
