/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/walk.h"

#include "base/limits.h"
#include "input/folders.h"

#include <stdlib.h>

typedef struct {
    const rp_walk_options *opt;
    rp_arena *arena;
    rp_walk_list *list;
    rp_input_totals *totals;
    rp_folders folders;
    rp_file_set seen;
    rp_file_set above; /* folders that hold the start of a walk: links to them are loops */
    RP_VEC(rp_str) links;
    rp_error *err;
} walker;

/* Adds a file; *ret_new tells whether it was not there. */
static rp_code set_add(walker *w, rp_file_set *set, const rp_fs_info *info, bool *ret_new)
{
    return rp_file_set_put(w->arena, set, info, ret_new) ? RP_OK : rp_fail_memory(w->err);
}

static rp_code add_entry(walker *w, rp_walk_entry entry)
{
    rp_walk_entry *e = rp_vec_push(w->arena, &w->list->entries);
    if (e == NULL)
        return rp_fail_memory(w->err);
    *e = entry;
    return RP_OK;
}

static rp_code add_error(walker *w, rp_str path, const rp_error *why, bool named)
{
    rp_error *copy = rp_new(w->arena, 1, rp_error);
    if (copy == NULL)
        return rp_fail_memory(w->err);
    *copy = *why;
    return add_entry(w, (rp_walk_entry){.path = path, .err = copy, .named = named});
}

static rp_code add_file(walker *w, rp_str path, const rp_fs_info *info, bool named, bool follow)
{
    bool first = false;
    rp_code code = set_add(w, &w->seen, info, &first);
    if (code != RP_OK || !first)
        return code;
    return add_entry(
        w, (rp_walk_entry){.path = path, .size = info->size, .named = named, .follow = follow});
}

/* A lock file, the root of a crate: whatever else has its name is not passed over. */
static bool wanted(const walker *w, rp_str path, bool named)
{
    rp_input item = {.kind = RP_INPUT_OTHER, .path = path, .named = named};
    return w->opt->wants != NULL && w->opt->wants(w->opt->user, &item);
}

static rp_code add_no_file(walker *w, rp_str path, rp_fs_kind kind, bool named)
{
    rp_error why = {0};
    (void)rp_fail(&why, RP_E_IO, RP_NOWHERE, "%s",
                  kind == RP_FS_FOLDER ? "a folder, not a file"
                                       : "neither a regular file nor a folder");
    return add_error(w, path, &why, named);
}

static rp_code walk_folder(walker *w, rp_str path, const rp_fs_info *info, bool named, bool follow,
                           unsigned depth);

static rp_code walk_subfolder(walker *w, rp_str path, const rp_fs_info *info, unsigned depth)
{
    bool first = false;
    rp_code code = set_add(w, &w->seen, info, &first);
    if (code != RP_OK || !first)
        return code;
    return walk_folder(w, path, info, false, false, depth + 1);
}

static rp_code walk_entry(walker *w, rp_str folder, const rp_fs_entry *entry, unsigned depth)
{
    rp_str path = rp_folder_join(w->arena, folder, entry->name);
    if (path.ptr == NULL)
        return rp_fail_memory(w->err);
    if (entry->err != NULL)
        return add_error(w, path, entry->err, false);
    bool file = entry->info.kind == RP_FS_FILE || entry->info.kind == RP_FS_LINK;
    if (!file && wanted(w, path, false))
        return add_no_file(w, path, entry->info.kind, false);
    switch (entry->info.kind) {
    case RP_FS_FILE:
        return add_file(w, path, &entry->info, false, false);
    case RP_FS_FOLDER:
        return walk_subfolder(w, path, &entry->info, depth);
    case RP_FS_LINK: {
        rp_str *link = rp_vec_push(w->arena, &w->links);
        if (link == NULL)
            return rp_fail_memory(w->err);
        *link = path;
        return RP_OK;
    }
    case RP_FS_SPECIAL:
        break;
    }
    w->totals->skipped_special++;
    return RP_OK;
}

/* Made before, or now, where that failed. */
static rp_code listing_of(walker *w, rp_str path, const rp_fs_info *info, bool follow,
                          rp_fs_listing *ret, rp_error *err)
{
    const rp_fs_listing *made = rp_folders_find(&w->folders, info);
    if (made == NULL)
        return rp_fs_list(path.ptr, follow, w->arena, ret, err);
    *ret = *made;
    return RP_OK;
}

/* depth is at most RP_MAX_WALK_DEPTH: so is the recursion. */
static rp_code walk_folder(walker *w, rp_str path, const rp_fs_info *info, bool named, bool follow,
                           unsigned depth)
{
    rp_error why = {0};
    if (depth > RP_MAX_WALK_DEPTH) {
        (void)rp_fail(&why, RP_E_LIMIT, RP_NOWHERE, "more than %u folders deep", RP_MAX_WALK_DEPTH);
        return add_error(w, path, &why, named);
    }
    rp_fs_listing listing;
    rp_code code = listing_of(w, path, info, follow, &listing, &why);
    if (code == RP_E_MEMORY)
        return rp_fail_memory(w->err);
    if (code != RP_OK)
        return add_error(w, path, &why, named);
    if (listing.generated && !named) {
        w->totals->skipped_special++;
        return RP_OK;
    }
    w->totals->folders++;
    for (uint32_t i = 0; i < listing.entries.n; i++) {
        code = walk_entry(w, path, &listing.entries.items[i], depth);
        if (code != RP_OK)
            return code;
    }
    return RP_OK;
}

/* A folder that may be behind a link, and all below it. */
static rp_code walk_tree(walker *w, rp_str path, const rp_fs_info *info, bool named)
{
    rp_folders_list(&w->folders, path, info, named);
    return walk_folder(w, path, info, named, true, 1);
}

/* Remembers the folders that hold `path`, up to the root. */
static rp_code note_above(walker *w, rp_str path)
{
    rp_str up = path;
    rp_fs_info before = {0};
    for (unsigned i = 0; i < RP_MAX_WALK_DEPTH; i++) {
        up = rp_folder_join(w->arena, up, RP_STR(".."));
        if (up.ptr == NULL)
            return rp_fail_memory(w->err);
        rp_fs_info info;
        if (rp_fs_look(up.ptr, true, &info, NULL) != RP_OK ||
            (info.dev == before.dev && info.ino == before.ino)) /* the root is its own parent */
            return RP_OK;
        bool is_new;
        rp_code code = set_add(w, &w->above, &info, &is_new);
        if (code != RP_OK)
            return code;
        before = info;
    }
    return RP_OK;
}

static rp_code follow_link(walker *w, rp_str path)
{
    rp_fs_info info = {0};
    rp_error why = {0};
    bool first = false;
    rp_code code = rp_fs_look(path.ptr, true, &info, &why);
    if (code == RP_OK && info.kind == RP_FS_FILE)
        return add_file(w, path, &info, false, true);
    if (wanted(w, path, false))
        return code != RP_OK ? add_error(w, path, &why, false)
                             : add_no_file(w, path, info.kind, false);
    if (code != RP_OK || info.kind != RP_FS_FOLDER) {
        w->totals->skipped_special++; /* dangling, or to a device */
        return RP_OK;
    }
    if (rp_file_set_find(&w->above, &info) != NULL)
        return RP_OK;
    code = set_add(w, &w->seen, &info, &first);
    return code == RP_OK && first ? walk_tree(w, path, &info, false) : code;
}

/* Links lead to what was not met under a real name. The list may grow on the way. */
static rp_code follow_links(walker *w)
{
    rp_code code = RP_OK;
    for (uint32_t i = 0; i < w->links.n && code == RP_OK; i++)
        code = follow_link(w, w->links.items[i]);
    return code;
}

/* First pass: what is named itself, so that a folder that holds it does not list it again. */
static rp_code add_named(walker *w, rp_str path)
{
    if (rp_str_is(path, "-"))
        return add_entry(w, (rp_walk_entry){.path = path, .named = true, .standard_input = true});
    rp_error why = {0};
    rp_fs_info info;
    if (rp_fs_look(path.ptr, true, &info, &why) != RP_OK)
        return add_error(w, path, &why, true);
    if (info.kind == RP_FS_FILE)
        return add_file(w, path, &info, true, true);
    if (info.kind == RP_FS_FOLDER && !wanted(w, path, true))
        return RP_OK;
    w->totals->skipped_special += info.kind == RP_FS_SPECIAL;
    return add_no_file(w, path, info.kind, true);
}

static rp_code add_named_folder(walker *w, rp_str path)
{
    rp_fs_info info;
    bool first = false;
    if (rp_str_is(path, "-") || rp_fs_look(path.ptr, true, &info, NULL) != RP_OK ||
        info.kind != RP_FS_FOLDER || wanted(w, path, true))
        return RP_OK;
    rp_code code = set_add(w, &w->seen, &info, &first);
    if (code != RP_OK || !first)
        return code;
    code = note_above(w, path);
    return code == RP_OK ? walk_tree(w, path, &info, true) : code;
}

static int by_path(const void *a, const void *b)
{
    return rp_str_cmp(((const rp_walk_entry *)a)->path, ((const rp_walk_entry *)b)->path);
}

static rp_code walk_all(walker *w, const char *const *paths, size_t n)
{
    rp_code code = RP_OK;
    for (size_t i = 0; i < n && code == RP_OK; i++)
        code = add_named(w, rp_str_from(paths[i]));
    for (size_t i = 0; i < n && code == RP_OK; i++)
        code = add_named_folder(w, rp_str_from(paths[i]));
    return code == RP_OK ? follow_links(w) : code;
}

rp_code rp_walk(const rp_walk_options *opt, const char *const *paths, size_t n, rp_arena *arena,
                rp_walk_list *ret, rp_input_totals *totals, rp_error *err)
{
    rp_walk_list list = {0};
    walker w = {.opt = opt, .arena = arena, .list = &list, .totals = totals, .err = err};
    rp_code code = rp_folders_init(&w.folders, opt->jobs, err);
    if (code != RP_OK)
        return code;
    code = walk_all(&w, paths, n);
    rp_folders_free(&w.folders);
    if (code != RP_OK)
        return code;
    if (list.entries.n > 1)
        qsort(list.entries.items, list.entries.n, sizeof *list.entries.items, by_path);
    *ret = list;
    return RP_OK;
}
