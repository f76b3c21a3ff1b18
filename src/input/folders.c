/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/folders.h"

#include "base/limits.h"

enum {
    START = 1,    /* depth of a folder that the walk begins at */
    WORTH_IT = 16 /* pending folders for which threads are worth starting */
};
static const uint32_t unlisted = UINT32_MAX; /* no int: clang holds enumerators to ISO C */

rp_code rp_folders_init(rp_folders *f, unsigned jobs, rp_error *err)
{
    *f = (rp_folders){.listers = jobs < RP_MAX_LISTERS ? jobs : RP_MAX_LISTERS};
    return rp_lock_init(&f->lock) ? RP_OK : rp_fail_memory(err);
}

void rp_folders_free(rp_folders *f)
{
    for (size_t i = 0; i < RP_MAX_LISTERS; i++)
        rp_arena_free(&f->listed[i]);
    rp_arena_free(&f->arena);
    rp_lock_free(&f->lock);
}

rp_str rp_folder_join(rp_arena *arena, rp_str folder, rp_str name)
{
    bool slash = folder.len != 0 && folder.ptr[folder.len - 1] != '/';
    size_t len = folder.len + slash + name.len;
    char *p = rp_new(arena, len + 1, char);
    if (p == NULL)
        return (rp_str){NULL, 0};
    memcpy(p, folder.ptr, folder.len);
    if (slash)
        p[folder.len] = '/';
    memcpy(p + folder.len + slash, name.ptr, name.len);
    return (rp_str){p, len};
}

/* Lock held. */
static void add(rp_folders *f, const rp_fs_info *info, rp_folder folder)
{
    bool is_new = false;
    rp_file_slot *slot = rp_file_set_put(&f->arena, &f->known, info, &is_new);
    if (slot == NULL || !is_new)
        return;
    slot->number = unlisted;
    if (folder.path.ptr == NULL || rp_vec_push(&f->arena, &f->listings) == NULL)
        return;
    rp_folder *to = rp_vec_push(&f->arena, &f->pending);
    if (to == NULL)
        return;
    slot->number = folder.number = f->listings.n - 1;
    *to = folder;
}

/* Lock held. */
static void add_subfolders(rp_folders *f, const rp_folder *folder, const rp_fs_listing *listing)
{
    bool deep = folder->depth == RP_MAX_WALK_DEPTH;
    for (uint32_t i = 0; !deep && i < listing->entries.n; i++) {
        const rp_fs_entry *e = &listing->entries.items[i];
        if (e->err == NULL && e->info.kind == RP_FS_FOLDER)
            add(f, &e->info,
                (rp_folder){.path = rp_folder_join(&f->arena, folder->path, e->name),
                            .depth = folder->depth + 1});
    }
}

/* Lists one that is pending. Lock held, but not while it is listed. */
static void list_one(rp_folders *f, unsigned lister)
{
    rp_folder folder = f->pending.items[--f->pending.n];
    rp_fs_listing listing;
    f->busy++;
    rp_lock_give(&f->lock);
    rp_code code =
        rp_fs_list(folder.path.ptr, folder.depth == START, &f->listed[lister], &listing, NULL);
    rp_lock_take(&f->lock);
    f->busy--;
    if (code != RP_OK)
        return;
    f->listings.items[folder.number] = (rp_folder_listing){.listing = listing, .done = true};
    if (!listing.generated || folder.named)
        add_subfolders(f, &folder, &listing);
}

static void list_all(void *user, unsigned lister)
{
    rp_folders *f = user;
    rp_lock_take(&f->lock);
    while (f->pending.n != 0 || f->busy != 0) {
        if (f->pending.n == 0) {
            rp_lock_wait(&f->lock);
        } else {
            list_one(f, lister);
            rp_lock_wake(&f->lock);
        }
    }
    rp_lock_give(&f->lock);
}

void rp_folders_list(rp_folders *f, rp_str path, const rp_fs_info *info, bool named)
{
    rp_lock_take(&f->lock);
    add(f, info, (rp_folder){.path = path, .depth = START, .named = named});
    while (f->pending.n != 0 && (f->listers < 2 || f->pending.n < WORTH_IT))
        list_one(f, 0);
    bool more = f->pending.n != 0;
    rp_lock_give(&f->lock);
    if (more)
        rp_run_workers(f->listers, list_all, f);
}

const rp_fs_listing *rp_folders_find(const rp_folders *f, const rp_fs_info *info)
{
    const rp_file_slot *slot = rp_file_set_find(&f->known, info);
    bool done = slot != NULL && slot->number != unlisted && f->listings.items[slot->number].done;
    return done ? &f->listings.items[slot->number].listing : NULL;
}
