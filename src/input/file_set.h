/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files and folders by device and inode, each with a number that the user gives it. */
#ifndef RP_INPUT_FILE_SET_H
#define RP_INPUT_FILE_SET_H

#include "base/fs.h"

typedef struct {
    uint64_t dev, ino;
    uint32_t number;
    bool used;
} rp_file_slot;

/* Open addressing, at most half full. A zeroed one is empty. */
typedef struct {
    rp_file_slot *slots;
    uint64_t n, cap; /* cap is a power of two */
} rp_file_set;

/* The file's slot, until the next is put in; *ret_new: it was not there. NULL when out of memory.
 */
rp_file_slot *rp_file_set_put(rp_arena *arena, rp_file_set *set, const rp_fs_info *info,
                              bool *ret_new);
/* NULL when it is not there. */
const rp_file_slot *rp_file_set_find(const rp_file_set *set, const rp_fs_info *info);

#endif
