/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Listings of folders, made by several threads before the walk, which is one thread, comes to them.
 * What is listed does not depend on threads: a folder's listing says nothing of the way to it. */
#ifndef RP_INPUT_FOLDERS_H
#define RP_INPUT_FOLDERS_H

#include "base/fs.h"
#include "base/threads.h"
#include "base/vec.h"
#include "input/file_set.h"

enum { RP_MAX_LISTERS = 16 };

/* A folder that nobody has listed yet. */
typedef struct {
    rp_str path;
    unsigned depth;
    bool named;      /* by the user */
    uint32_t number; /* of its listing */
} rp_folder;

typedef struct {
    rp_fs_listing listing;
    bool done;
} rp_folder_listing;

typedef struct {
    unsigned listers;
    rp_arena listed[RP_MAX_LISTERS]; /* each lister's own */
    rp_lock lock;                    /* guards all below */
    rp_arena arena;
    rp_file_set known; /* folders met, by number of their listing */
    RP_VEC(rp_folder_listing) listings;
    RP_VEC(rp_folder) pending;
    unsigned busy; /* listers that may find more */
} rp_folders;

/* As many threads as `jobs`, within reason. */
RP_MUST_CHECK rp_code rp_folders_init(rp_folders *f, unsigned jobs, rp_error *err);
void rp_folders_free(rp_folders *f);
/* Joins a folder's path and a name in it, NUL-terminated; {NULL, 0} when out of memory. */
rp_str rp_folder_join(rp_arena *arena, rp_str folder, rp_str name);
/* Lists the folder, through a symbolic link too, and all real folders below it that are not known;
 * below one that the kernel makes up only when it was named. What fails is left out. */
void rp_folders_list(rp_folders *f, rp_str path, const rp_fs_info *info, bool named);
/* The folder's listing, until more is listed; NULL when it could not be made. */
const rp_fs_listing *rp_folders_find(const rp_folders *f, const rp_fs_info *info);

#endif
