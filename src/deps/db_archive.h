/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The members of an archive of advisories (tar.gz, zip) in memory, read as packages are (input/),
 * with caps: on the size of a member, of all together, on their number, on the ratio. Names are
 * given as they stand in the archive: whoever writes files checks them. */
#ifndef RP_DEPS_DB_ARCHIVE_H
#define RP_DEPS_DB_ARCHIVE_H

#include "base/arena.h"
#include "base/error.h"

enum {
    RP_DB_ARCHIVE_BYTES = 256 << 20, /* of the archive */
    RP_DB_MEMBER_BYTES = 4 << 20,    /* of one member that is wanted */
    RP_DB_MEMBERS = 1 << 20,
    RP_DB_UNPACKED = 512 << 20, /* of all members, wanted or not */
    RP_DB_RATIO = 200           /* unpacked : packed, beyond 16 MiB */
};

/* What to do with a member: *ret_wanted is false when asked. file: a regular one, else a folder, a
 * link, a device. */
typedef rp_code (*rp_db_wants_fn)(void *user, rp_str path, bool file, bool *ret_wanted,
                                  rp_error *err);
typedef rp_code (*rp_db_take_fn)(void *user, rp_str path, rp_bytes content, rp_error *err);

/* Calls `wants` for each member, `take` for the wanted files, whose content and path are borrowed;
 * a result other than RP_OK ends it. RP_E_FORMAT: damaged or cut short; RP_E_LIMIT: a cap was met.
 */
RP_MUST_CHECK rp_code rp_db_archive_read(rp_bytes archive, rp_db_wants_fn wants, rp_db_take_fn take,
                                         void *user, rp_error *err);
/* The same with another cap on the size of a member. */
RP_MUST_CHECK rp_code rp_archive_members(rp_bytes archive, size_t member_bytes,
                                         rp_db_wants_fn wants, rp_db_take_fn take, void *user,
                                         rp_error *err);

#endif
