/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From the paths that the user named to a list of files: folders walked, each file once, sorted. */
#ifndef RP_INPUT_WALK_H
#define RP_INPUT_WALK_H

#include "base/error.h"
#include "base/fs.h"
#include "base/vec.h"
#include "input/input.h"

typedef struct {
    rp_str path;         /* NUL-terminated */
    uint64_t size;       /* in bytes, as far as known: to plan by, not to rely on */
    const rp_error *err; /* NULL, or why it could not even be looked at */
    bool named;          /* by the user, not found in a folder */
    bool follow;         /* a symbolic link that is to be looked through */
    bool standard_input;
} rp_walk_entry;

typedef struct {
    RP_VEC(rp_walk_entry) entries; /* by bytes of the path */
} rp_walk_list;

typedef struct {
    unsigned jobs; /* threads that list folders; the list does not depend on their number */
    /* As in rp_input_options: what is wanted by its name and is no file is an error. NULL: nothing.
     */
    bool (*wants)(void *user, const rp_input *item);
    void *user;
} rp_walk_options;

/* Everything under `paths`. A file is listed once, however many names it has: under the name given
 * by the user, else the first real one, else the first symbolic link. Links are looked at after all
 * real files and folders, so that a real name wins, and never lead up to a folder that holds the
 * walk's start. Fails only on out of memory. Counts folders and special files in *totals. */
RP_MUST_CHECK rp_code rp_walk(const rp_walk_options *opt, const char *const *paths, size_t n,
                              rp_arena *arena, rp_walk_list *ret, rp_input_totals *totals,
                              rp_error *err);

#endif
