/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files that are open while any part of them is in use: by the worker that reads the file, and by
 * those that visit artefacts in it, who may be later. */
#ifndef RP_INPUT_OPEN_FILE_H
#define RP_INPUT_OPEN_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/threads.h"

#include <stdatomic.h>

typedef struct rp_open_file rp_open_file;
struct rp_open_file {
    rp_open_file *next;   /* that is not in use */
    rp_open_file *within; /* of a member that is a file on disk: the archive that names it */
    int fd;               /* -1: none */
    uint64_t sequence;    /* of the top-level file */
    atomic_uint users;
};

typedef struct {
    rp_lock lock;
    rp_open_file *idle;
} rp_open_files;

/* `n` of them, in `arena`. */
RP_MUST_CHECK rp_code rp_open_files_init(rp_open_files *files, size_t n, rp_arena *arena,
                                         rp_error *err);
void rp_open_files_free(rp_open_files *files);
/* One with one user, who also uses `within`; NULL when all are in use. */
rp_open_file *rp_open_file_take(rp_open_files *files, rp_open_file *within, uint64_t sequence);
/* One more user. */
void rp_open_file_use(rp_open_file *file);
/* One user less: the last closes it. True when nothing of the top-level file, *ret_sequence, is in
 * use any more. */
bool rp_open_file_release(rp_open_files *files, rp_open_file *file, uint64_t *ret_sequence);

#endif
