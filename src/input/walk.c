/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/walk.h"

#include "base/limits.h"

#include <stdlib.h>

/* Files and folders met so far: open addressing, at most half full. */
typedef struct {
    struct {
        uint64_t dev, ino;
        bool used;
    } * slots;
    uint64_t n, cap; /* cap is a power of two */
} seen_set;

typedef struct {
    rp_arena *arena;
    rp_walk_list *list;
    rp_input_totals *totals;
    seen_set seen;
    seen_set above; /* folders that hold the start of a walk: links to them are loops */
    RP_VEC(rp_str) links;
    rp_error *err;
} walker;

static uint64_t mix(uint64_t dev, uint64_t ino)
{
    uint64_t h = (ino + 0x9e3779b97f4a7c15u) ^ (dev * 0xff51afd7ed558ccdu);
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 29);
}

/* The slot that holds the file, or the free one where it belongs. */
static uint64_t slot_of(const seen_set *set, uint64_t dev, uint64_t ino)
{
    uint64_t i = mix(dev, ino) & (set->cap - 1);
    while (set->slots[i].used && (set->slots[i].dev != dev || set->slots[i].ino != ino))
        i = (i + 1) & (set->cap - 1);
    return i;
}

static bool set_grow(rp_arena *arena, seen_set *set)
{
    seen_set bigger = {.n = set->n, .cap = set->cap ? set->cap * 2 : 64};
    bigger.slots = rp_arena_array(arena, bigger.cap, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return false;
    for (uint64_t i = 0; i < set->cap; i++)
        if (set->slots[i].used)
            bigger.slots[slot_of(&bigger, set->slots[i].dev, set->slots[i].ino)] = set->slots[i];
    *set = bigger;
    return true;
}

/* Adds a file; *ret_new tells whether it was not there. */
static rp_code set_add(walker *w, seen_set *set, const rp_fs_info *info, bool *ret_new)
{
    if (set->n * 2 >= set->cap && !set_grow(w->arena, set))
        return rp_fail_memory(w->err);
    uint64_t i = slot_of(set, info->dev, info->ino);
    *ret_new = !set->slots[i].used;
    if (*ret_new) {
        set->slots[i].dev = info->dev;
        set->slots[i].ino = info->ino;
        set->slots[i].used = true;
        set->n++;
    }
    return RP_OK;
}

static bool set_has(const seen_set *set, const rp_fs_info *info)
{
    return set->cap != 0 && set->slots[slot_of(set, info->dev, info->ino)].used;
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

static rp_str join(rp_arena *arena, rp_str folder, rp_str name)
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

static rp_code walk_folder(walker *w, rp_str path, bool named, bool follow, unsigned depth);

static rp_code walk_subfolder(walker *w, rp_str path, const rp_fs_info *info, unsigned depth)
{
    bool first = false;
    rp_code code = set_add(w, &w->seen, info, &first);
    if (code != RP_OK || !first)
        return code;
    return walk_folder(w, path, false, false, depth + 1);
}

static rp_code walk_entry(walker *w, rp_str folder, const rp_fs_entry *entry, unsigned depth)
{
    rp_str path = join(w->arena, folder, entry->name);
    if (path.ptr == NULL)
        return rp_fail_memory(w->err);
    if (entry->err != NULL)
        return add_entry(w, (rp_walk_entry){.path = path, .err = entry->err});
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

/* depth is at most RP_MAX_WALK_DEPTH: so is the recursion. */
static rp_code walk_folder(walker *w, rp_str path, bool named, bool follow, unsigned depth)
{
    rp_error why = {0};
    if (depth > RP_MAX_WALK_DEPTH) {
        (void)rp_fail(&why, RP_E_LIMIT, RP_NOWHERE, "more than %u folders deep", RP_MAX_WALK_DEPTH);
        return add_error(w, path, &why, named);
    }
    rp_fs_listing listing;
    rp_code code = rp_fs_list(path.ptr, follow, w->arena, &listing, &why);
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

/* Remembers the folders that hold `path`, up to the root. */
static rp_code note_above(walker *w, rp_str path)
{
    rp_str up = path;
    rp_fs_info before = {0};
    for (unsigned i = 0; i < RP_MAX_WALK_DEPTH; i++) {
        up = join(w->arena, up, RP_STR(".."));
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

/* Links lead to what was not met under a real name. The list may grow on the way. */
static rp_code follow_links(walker *w)
{
    for (uint32_t i = 0; i < w->links.n; i++) {
        rp_str path = w->links.items[i];
        rp_fs_info info;
        rp_code code = RP_OK;
        if (rp_fs_look(path.ptr, true, &info, NULL) != RP_OK || info.kind == RP_FS_SPECIAL) {
            w->totals->skipped_special++; /* dangling, or to a device */
        } else if (info.kind == RP_FS_FILE) {
            code = add_file(w, path, &info, false, true);
        } else if (info.kind == RP_FS_FOLDER && !set_has(&w->above, &info)) {
            bool first = false;
            code = set_add(w, &w->seen, &info, &first);
            if (code == RP_OK && first)
                code = walk_folder(w, path, false, true, 1);
        }
        if (code != RP_OK)
            return code;
    }
    return RP_OK;
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
    if (info.kind == RP_FS_FOLDER)
        return RP_OK;
    w->totals->skipped_special++;
    (void)rp_fail(&why, RP_E_IO, RP_NOWHERE, "neither a regular file nor a folder");
    return add_error(w, path, &why, true);
}

static rp_code add_named_folder(walker *w, rp_str path)
{
    rp_fs_info info;
    bool first = false;
    if (rp_str_is(path, "-") || rp_fs_look(path.ptr, true, &info, NULL) != RP_OK ||
        info.kind != RP_FS_FOLDER)
        return RP_OK;
    rp_code code = set_add(w, &w->seen, &info, &first);
    if (code != RP_OK || !first)
        return code;
    code = note_above(w, path);
    return code == RP_OK ? walk_folder(w, path, true, true, 1) : code;
}

static int by_path(const void *a, const void *b)
{
    return rp_str_cmp(((const rp_walk_entry *)a)->path, ((const rp_walk_entry *)b)->path);
}

rp_code rp_walk(const char *const *paths, size_t n, rp_arena *arena, rp_walk_list *ret,
                rp_input_totals *totals, rp_error *err)
{
    rp_walk_list list = {0};
    walker w = {.arena = arena, .list = &list, .totals = totals, .err = err};
    rp_code code = RP_OK;
    for (size_t i = 0; i < n && code == RP_OK; i++)
        code = add_named(&w, rp_str_from(paths[i]));
    for (size_t i = 0; i < n && code == RP_OK; i++)
        code = add_named_folder(&w, rp_str_from(paths[i]));
    if (code == RP_OK)
        code = follow_links(&w);
    if (code != RP_OK)
        return code;
    if (list.entries.n > 1)
        qsort(list.entries.items, list.entries.n, sizeof *list.entries.items, by_path);
    *ret = list;
    return RP_OK;
}
