/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where advisory databases lie, and what belongs to one of ours. */
#ifndef RP_DEPS_DB_PLACE_H
#define RP_DEPS_DB_PLACE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

/* A database of ours: a folder with RustSec's layout, and beside `crates`: */
#define RP_DB_INDEX_NAME "advisories.index"
#define RP_DB_STAMP_NAME "stamp.toml"

/* What the stamp says of where a database came from. Absent things are "". */
typedef struct {
    rp_str url, etag, modified; /* for the next conditional request, as the server sent them */
    rp_str sha256;              /* of the archive, hex: the identity */
    rp_str checked; /* "2026-08-21T12:00:00Z": last time the server said it is current */
} rp_db_stamp;

RP_MUST_CHECK rp_code rp_db_stamp_read(const char *folder, rp_arena *arena, rp_db_stamp *ret,
                                       rp_error *err);
/* What an index has to name to be that of the database in `folder`; false: there is no stamp. */
RP_MUST_CHECK bool rp_db_identity(const char *folder, rp_arena *arena, rp_str *ret);

typedef struct {
    const char *cache_home; /* $XDG_CACHE_HOME, NULL */
    const char *home;       /* $HOME, NULL */
    const char *cargo_home; /* $CARGO_HOME, NULL */
    const char *listed;     /* $RUSTPROOF_DB: paths with ':' between, NULL */
} rp_db_environment;

typedef RP_VEC(const char *) rp_db_paths;

/* Folder of our own databases ("…/rustproof/advisories"), NULL without a home or memory. */
const char *rp_db_cache(const rp_db_environment *env, rp_arena *arena);
/* Folder of the indexes of checkouts of git, beside it. */
const char *rp_db_checkouts(const rp_db_environment *env, rp_arena *arena);
/* The current one of them: a symbolic link that an update replaces. */
const char *rp_db_current(const rp_db_environment *env, rp_arena *arena);
/* The databases to ask: `listed`, all of them; else the first that is there of: our own, those that
 * cargo-audit and cargo-deny keep. None: ret->n is 0. */
RP_MUST_CHECK rp_code rp_db_find(const rp_db_environment *env, rp_arena *arena, rp_db_paths *ret,
                                 rp_error *err);

#endif
