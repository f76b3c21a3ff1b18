/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/open_file.h"

#include "base/fs.h"

static void put_back(rp_open_files *files, rp_open_file *file)
{
    rp_lock_take(&files->lock);
    file->next = files->idle;
    files->idle = file;
    rp_lock_give(&files->lock);
}

rp_code rp_open_files_init(rp_open_files *files, size_t n, rp_arena *arena, rp_error *err)
{
    rp_open_file *all = rp_new(arena, n, rp_open_file);
    *files = (rp_open_files){.idle = NULL};
    if (all == NULL || !rp_lock_init(&files->lock))
        return rp_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        put_back(files, &all[i]);
    return RP_OK;
}

void rp_open_files_free(rp_open_files *files)
{
    rp_lock_free(&files->lock);
}

rp_open_file *rp_open_file_take(rp_open_files *files, rp_open_file *within, uint64_t sequence)
{
    rp_lock_take(&files->lock);
    rp_open_file *file = files->idle;
    if (file != NULL)
        files->idle = file->next;
    rp_lock_give(&files->lock);
    if (file == NULL)
        return NULL;
    file->within = within;
    file->fd = -1;
    file->sequence = sequence;
    atomic_init(&file->users, 1);
    if (within != NULL)
        rp_open_file_use(within);
    return file;
}

void rp_open_file_use(rp_open_file *file)
{
    atomic_fetch_add(&file->users, 1);
}

bool rp_open_file_release(rp_open_files *files, rp_open_file *file, uint64_t *ret_sequence)
{
    while (file != NULL && atomic_fetch_sub(&file->users, 1) == 1) {
        rp_open_file *within = file->within;
        *ret_sequence = file->sequence;
        if (file->fd >= 0)
            rp_fs_close(file->fd);
        put_back(files, file);
        if (within == NULL)
            return true;
        file = within;
    }
    return false;
}
