/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/workspace.h"

#include "base/fs.h"
#include "cargo/files.h"

enum { MAX_PACKAGES = 10000, MAX_GLOB_FOLDERS = 10000 };

typedef struct {
    rp_arena *arena;
    rp_workspace *w;
    RP_VEC(rp_local_package) packages;
    RP_VEC(rp_str) folders; /* of packages and of what was tried */
    const rp_toml *table;   /* [workspace], NULL */
    uint32_t globbed;
    bool out_of_memory;
} reader;

static void doubt(reader *r, const char *why)
{
    if (r->w->doubt == NULL)
        r->w->doubt = why;
}

/* ---- globs: '*' and '?' inside of one part, as Cargo's glob crate reads them ---- */

static bool part_matches(rp_str pattern, rp_str name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, back = 0;
    while (n < name.len) {
        if (p < pattern.len && (pattern.ptr[p] == '?' || pattern.ptr[p] == name.ptr[n]) &&
            pattern.ptr[p] != '*') {
            p++;
            n++;
        } else if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            back = n;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++back;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

static bool is_pattern(rp_str s)
{
    return rp_str_find(s, RP_STR("*")) != SIZE_MAX || rp_str_find(s, RP_STR("?")) != SIZE_MAX ||
           rp_str_find(s, RP_STR("[")) != SIZE_MAX;
}

static void add_package(reader *r, rp_str folder, bool member);

static void expand(reader *r, rp_str folder, rp_str pattern, unsigned depth)
{
    enum { DEPTH = 16 };
    const char *slash = pattern.len != 0 ? memchr(pattern.ptr, '/', pattern.len) : NULL;
    rp_str part = rp_str_sub(pattern, 0, slash ? (size_t)(slash - pattern.ptr) : SIZE_MAX);
    rp_str rest = slash ? rp_str_sub(pattern, part.len + 1, SIZE_MAX) : (rp_str){"", 0};
    rp_fs_listing list = {0};
    if (pattern.len == 0) {
        add_package(r, folder, true);
        return;
    }
    if (depth > DEPTH || ++r->globbed > MAX_GLOB_FOLDERS) {
        doubt(r, "patterns of members lead to too many folders");
        return;
    }
    if (!is_pattern(part)) {
        rp_str next = rp_path_join(r->arena, folder, part);
        r->out_of_memory |= next.ptr == NULL;
        if (next.ptr != NULL)
            expand(r, next, rest, depth + 1);
        return;
    }
    rp_error err = {0};
    rp_str z = rp_arena_str(r->arena, folder); /* the root's is a part of its manifest's path */
    if (z.ptr == NULL) {
        r->out_of_memory = true;
        return;
    }
    if (rp_fs_list(z.ptr, true, r->arena, &list, &err) != RP_OK) {
        r->out_of_memory |= err.code == RP_E_MEMORY;
        if (rp_is_folder(z.ptr))
            doubt(r, "a folder of members could not be read");
        return;
    }
    for (uint32_t i = 0; i < list.entries.n && !r->out_of_memory; i++) {
        const rp_fs_entry *e = &list.entries.items[i];
        rp_str next;
        if (e->info.kind != RP_FS_FOLDER && e->info.kind != RP_FS_LINK)
            continue;
        if (!part_matches(part, e->name))
            continue;
        next = rp_path_join(r->arena, folder, e->name);
        rp_str toml = rp_path_join(r->arena, next, RP_STR("Cargo.toml"));
        r->out_of_memory |= next.ptr == NULL || toml.ptr == NULL;
        if (!r->out_of_memory && (rest.len != 0 || rp_fs_is_there(toml.ptr)))
            expand(r, next, rest, depth + 1);
    }
}

/* ---- packages ---- */

static bool is_excluded(reader *r, rp_str folder)
{
    const rp_toml *list = rp_toml_get(r->table, "exclude");
    for (uint32_t i = 0; list != NULL && list->kind == RP_TOML_ARRAY && i < list->n; i++) {
        if (list->items[i].value->kind != RP_TOML_STRING)
            continue;
        rp_str out = rp_path_join(r->arena, r->w->root->folder, list->items[i].value->text);
        r->out_of_memory |= out.ptr == NULL;
        if (out.ptr != NULL && rp_path_inside(folder, out))
            return true;
    }
    return false;
}

static bool is_known(reader *r, rp_str folder, bool member)
{
    for (uint32_t i = 0; i < r->packages.n; i++)
        if (rp_str_eq(r->packages.items[i].manifest->folder, folder)) {
            r->packages.items[i].member |= member;
            return true;
        }
    for (uint32_t i = 0; i < r->folders.n; i++)
        if (rp_str_eq(r->folders.items[i], folder))
            return true;
    return false;
}

static void add_package(reader *r, rp_str folder, bool member)
{
    const rp_manifest *m = NULL;
    rp_error err = {0};
    rp_str path = rp_path_join(r->arena, folder, RP_STR("Cargo.toml"));
    if (path.ptr == NULL || is_known(r, folder, member)) {
        r->out_of_memory |= path.ptr == NULL;
        return;
    }
    rp_str *tried = rp_vec_push(r->arena, &r->folders);
    if (tried == NULL) {
        r->out_of_memory = true;
        return;
    }
    *tried = folder;
    if (r->packages.n >= MAX_PACKAGES) {
        doubt(r, "more packages by path than are read");
        return;
    }
    rp_code code = rp_manifest_read(path, member ? r->w->root : NULL, r->arena, &m, &err);
    if (code != RP_OK) {
        r->out_of_memory |= code == RP_E_MEMORY;
        doubt(r, "the manifest of a package by path could not be read");
        return;
    }
    rp_local_package *p = rp_vec_push(r->arena, &r->packages);
    if (p == NULL)
        r->out_of_memory = true;
    else
        *p = (rp_local_package){m, member};
}

/* Path dependencies below a workspace's root are members too (Cargo book, "Workspaces"). */
static void follow(reader *r, rp_str path)
{
    if (path.len != 0)
        add_package(r, path,
                    r->table != NULL && rp_path_inside(path, r->w->root->folder) &&
                        !is_excluded(r, path));
}

static void add_patches(reader *r)
{
    const rp_toml *patch = rp_toml_get(r->w->root->root, "patch");
    for (uint32_t i = 0; patch != NULL && patch->kind == RP_TOML_TABLE && i < patch->n; i++) {
        const rp_toml *source = patch->items[i].value;
        for (uint32_t k = 0; source->kind == RP_TOML_TABLE && k < source->n; k++) {
            rp_str path = rp_toml_string(source->items[k].value, "path");
            if (path.len == 0)
                continue;
            path = rp_path_join(r->arena, r->w->root->folder, path);
            r->out_of_memory |= path.ptr == NULL;
            follow(r, path);
        }
    }
}

static void add_members(reader *r)
{
    const rp_toml *list = rp_toml_get(r->table, "members");
    for (uint32_t i = 0; list != NULL && list->kind == RP_TOML_ARRAY && i < list->n; i++) {
        rp_str pattern = list->items[i].value->text;
        while (rp_str_ends(pattern, "/"))
            pattern.len--;
        if (list->items[i].value->kind == RP_TOML_STRING && pattern.len != 0)
            expand(r, r->w->root->folder, pattern, 0);
    }
}

static void drop_excluded(reader *r)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->packages.n; i++)
        if (i == 0 || !r->packages.items[i].member ||
            !is_excluded(r, r->packages.items[i].manifest->folder))
            r->packages.items[n++] = r->packages.items[i];
    r->packages.n = n;
}

rp_code rp_workspace_read(rp_str folder, rp_arena *arena, const rp_workspace **ret, rp_error *err)
{
    reader r = {.arena = arena, .w = rp_new(arena, 1, rp_workspace)};
    rp_str path = rp_path_join(arena, folder, RP_STR("Cargo.toml"));
    if (r.w == NULL || path.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_manifest_read(path, NULL, arena, &r.w->root, err);
    if (code != RP_OK)
        return code;
    r.table = rp_toml_get(r.w->root->root, "workspace");
    if (r.w->root->package) {
        rp_local_package *p = rp_vec_push(arena, &r.packages);
        if (p == NULL)
            return rp_fail_memory(err);
        *p = (rp_local_package){r.w->root, true};
    }
    add_members(&r);
    drop_excluded(&r);
    add_patches(&r);
    for (uint32_t i = 0; i < r.packages.n && !r.out_of_memory; i++) {
        const rp_manifest *m = r.packages.items[i].manifest;
        for (uint32_t k = 0; k < m->ndeps && !r.out_of_memory; k++)
            follow(&r, m->deps[k].path);
    }
    if (r.out_of_memory)
        return rp_fail_memory(err);
    r.w->packages = r.packages.items;
    r.w->npackages = r.packages.n;
    *ret = r.w;
    return RP_OK;
}
