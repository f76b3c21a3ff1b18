/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files and folders, read-only. The only room that opens them. */
#ifndef RP_BASE_FS_H
#define RP_BASE_FS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

typedef enum {
    RP_FS_FILE,
    RP_FS_FOLDER,
    RP_FS_LINK,   /* a symbolic link that was not followed */
    RP_FS_SPECIAL /* device, FIFO, socket */
} rp_fs_kind;

/* What a name stands for. dev and ino together tell whether two names are one file. */
typedef struct {
    rp_fs_kind kind;
    uint64_t dev, ino;
    uint64_t size;
    uint64_t changed; /* nanoseconds since 1970; by the kernel (st_ctime), nobody can set it back */
} rp_fs_info;

typedef struct {
    rp_str name; /* without the folder, NUL-terminated */
    rp_fs_info info;
    const rp_error *err; /* not NULL: the name is there but nothing is known of it */
} rp_fs_entry;

typedef struct {
    RP_VEC(rp_fs_entry) entries; /* without "." and ".."; in the order of full paths by bytes */
    bool generated; /* a folder of a file system that the kernel makes up (proc, sysfs, …) */
} rp_fs_listing;

/* What `path` is; follow: look through a symbolic link. RP_E_IO says why not. */
RP_MUST_CHECK rp_code rp_fs_look(const char *path, bool follow, rp_fs_info *ret, rp_error *err);

/* Whether anything has this name, a link that leads nowhere too. True as well where the system does
 * not tell: what is looked for by its name and cannot be read must not count as absent. */
bool rp_fs_is_there(const char *path);

/* Where a symbolic link leads, as it is written in it; in `arena`. */
RP_MUST_CHECK rp_code rp_fs_link_text(const char *path, rp_arena *arena, rp_str *ret,
                                      rp_error *err);

/* Opens a regular file for reading and says what was opened. Never blocks on a FIFO and never
 * becomes the controlling terminal; follow: false refuses a symbolic link. The caller closes
 * *ret_fd with rp_fs_close. */
RP_MUST_CHECK rp_code rp_fs_open(const char *path, bool follow, int *ret_fd, rp_fs_info *ret,
                                 rp_error *err);
void rp_fs_close(int fd);

/* A folder that is held open to ask for many names below it; rp_fs_close closes it. */
RP_MUST_CHECK rp_code rp_fs_open_folder(const char *path, int *ret_fd, rp_error *err);

/* What `path` below an open folder is, through links. False: nothing is known of it, and no message
 * is made, so that a thousand names that are not there cost little. */
bool rp_fs_look_below(int folder, const char *path, rp_fs_info *ret);

/* The names in a folder, sorted as their full paths sort: a folder "a" comes after "a-b" because
 * "a/" does. In `arena`. follow as above, for the folder itself; its entries are never followed. */
RP_MUST_CHECK rp_code rp_fs_list(const char *path, bool follow, rp_arena *arena, rp_fs_listing *ret,
                                 rp_error *err);

/* The names in a folder, in no order and without a look at each: RP_FS_SPECIAL also stands for what
 * the folder does not tell. visit returns false to stop. */
typedef bool (*rp_fs_name_fn)(void *user, const char *name, rp_fs_kind kind);
RP_MUST_CHECK rp_code rp_fs_names(const char *path, bool follow, rp_fs_name_fn visit, void *user,
                                  rp_error *err);

/* Everything that comes from `fd`, up to `max` bytes, in `arena`. RP_E_LIMIT when there is more. */
RP_MUST_CHECK rp_code rp_fs_read_all(int fd, uint64_t max, rp_arena *arena, rp_bytes *ret,
                                     rp_error *err);

#endif
