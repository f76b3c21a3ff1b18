/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Getting a database of advisories: fetched by a helper program, unpacked beside the current one,
 * parsed, indexed, and only then put in its place. Whatever fails leaves the current one as it is.
 */
#ifndef RP_CLI_DB_UPDATE_H
#define RP_CLI_DB_UPDATE_H

#include "deps/db_place.h"

/* RustSec's database as GitHub packs it. */
#define RP_DB_URL "https://github.com/rustsec/advisory-db/archive/refs/heads/main.tar.gz"

typedef struct {
    const char *url;     /* NULL: RP_DB_URL */
    const char *ca_file; /* certificates to trust, NULL: the system's */
    const char *cache;   /* folder of our databases; made when it is not there */
    const char *fetcher; /* the helper program */
} rp_db_update_options;

typedef struct {
    bool unchanged; /* the server says that ours is current */
    uint32_t advisories, faults;
    rp_db_stamp stamp;
    const char *path;
} rp_db_update_result;

RP_MUST_CHECK rp_code rp_db_update(const rp_db_update_options *options, rp_arena *arena,
                                   rp_db_update_result *ret, rp_error *err);
/* The helper program: beside this one (build tree), or where it was installed; NULL, none. */
const char *rp_db_fetcher(rp_arena *arena);

/* ---- between the files of the update only ---- */

/* Writes the advisories of an archive below `folder` (a descriptor of an empty one): names of
 * members are checked letter by letter; nothing but regular files is made. */
/* Makes the folder and those above it. */
RP_MUST_CHECK bool rp_make_folders(const char *path, rp_arena *arena);
RP_MUST_CHECK rp_code rp_db_unpack(rp_bytes archive, int folder, uint32_t *ret_files,
                                   rp_error *err);

#endif
