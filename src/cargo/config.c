/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/config.h"

#include "base/fs.h"
#include "base/vec.h"
#include "cargo/files.h"

typedef struct {
    rp_arena *arena;
    rp_config *config;
    RP_VEC(rp_config_file) files;
    bool out_of_memory;
} reader;

static bool is_read(const reader *r, rp_str path)
{
    for (uint32_t i = 0; i < r->files.n; i++)
        if (rp_str_eq(r->files.items[i].path, path))
            return true;
    return false;
}

static void read_file(reader *r, rp_str path, rp_str folder)
{
    rp_config_file file = {.path = path, .folder = folder};
    rp_error err = {0};
    rp_code code = rp_read_text(path.ptr, r->arena, &file.text, &err);
    if (code == RP_OK)
        code = rp_toml_parse(file.text, r->arena, &file.root, &err);
    r->out_of_memory |= code == RP_E_MEMORY;
    if (code != RP_OK) {
        r->config->doubt = "a configuration file of Cargo could not be read";
        return;
    }
    rp_config_file *slot = rp_vec_push(r->arena, &r->files);
    if (slot == NULL)
        r->out_of_memory = true;
    else
        *slot = file;
}

/* FOLDER/config, which the name of old stands over, or FOLDER/config.toml. */
static void read_folder(reader *r, rp_str dot_cargo, rp_str folder)
{
    static const char *const names[] = {"config", "config.toml"};
    for (size_t i = 0; i < RP_COUNT(names) && !r->out_of_memory; i++) {
        rp_str path = rp_path_join(r->arena, dot_cargo, rp_str_from(names[i]));
        r->out_of_memory |= path.ptr == NULL;
        if (path.ptr == NULL || is_read(r, path) || !rp_fs_is_there(path.ptr))
            continue;
        read_file(r, path, folder);
        return;
    }
}

/* One folder up: "a/b" → "a", "a" → ".", "." → "..", "/" → none. */
static rp_str above(reader *r, rp_str folder)
{
    rp_str up = rp_path_join(r->arena, folder, RP_STR(".."));
    r->out_of_memory |= up.ptr == NULL;
    if (up.ptr != NULL && rp_str_eq(up, folder))
        up.len = 0;
    return up;
}

/* Whether it is a folder, and not the one that was asked for before: above the root is the root,
 * under ever longer names where the first one was relative. */
static bool is_next_folder(const char *path, rp_fs_info *before)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    if (rp_fs_look(path, true, &info, &err) != RP_OK || info.kind != RP_FS_FOLDER ||
        (info.dev == before->dev && info.ino == before->ino))
        return false;
    *before = info;
    return true;
}

rp_code rp_config_read(rp_str folder, rp_str home, rp_arena *arena, const rp_config **ret,
                       rp_error *err)
{
    enum { DEPTH = 64 };
    reader r = {.arena = arena, .config = rp_new(arena, 1, rp_config)};
    rp_fs_info before = {0};
    rp_str at = rp_path_join(arena, folder, RP_STR("."));
    if (r.config == NULL || at.ptr == NULL)
        return rp_fail_memory(err);
    for (int i = 0; i < DEPTH && at.len != 0 && !r.out_of_memory; i++) {
        if (!is_next_folder(at.ptr, &before))
            break;
        rp_str dot = rp_path_join(arena, at, RP_STR(".cargo"));
        r.out_of_memory |= dot.ptr == NULL;
        if (dot.ptr != NULL)
            read_folder(&r, dot, at);
        at = above(&r, at);
    }
    if (home.len != 0 && !r.out_of_memory)
        read_folder(&r, home, rp_path_folder(home));
    if (r.out_of_memory)
        return rp_fail_memory(err);
    r.config->files = r.files.items;
    r.config->nfiles = r.files.n;
    *ret = r.config;
    return RP_OK;
}

static const rp_toml *child(const rp_toml *table, rp_str key)
{
    for (uint32_t i = 0; table != NULL && table->kind == RP_TOML_TABLE && i < table->n; i++)
        if (rp_str_eq(table->items[i].key, key))
            return table->items[i].value;
    return NULL;
}

const rp_toml *rp_config_get(const rp_config *config, const rp_str *keys, uint32_t n,
                             const rp_config_file **ret_file)
{
    for (uint32_t i = 0; i < config->nfiles; i++) {
        const rp_toml *v = config->files[i].root;
        for (uint32_t k = 0; k < n && v != NULL; k++)
            v = child(v, keys[k]);
        if (v == NULL)
            continue;
        if (ret_file != NULL)
            *ret_file = &config->files[i];
        return v;
    }
    return NULL;
}

rp_str rp_config_target_folder(const rp_config *config, rp_arena *arena)
{
    const rp_str keys[] = {RP_STR("build"), RP_STR("target-dir")};
    const rp_config_file *file = NULL;
    const rp_toml *v = rp_config_get(config, keys, RP_COUNT(keys), &file);
    if (v == NULL || v->kind != RP_TOML_STRING || v->text.len == 0)
        return RP_STR("");
    return rp_path_join(arena, file->folder, v->text);
}

/* ---- source replacement ---- */

static rp_str source_text(const rp_config *config, rp_str name, const char *key,
                          const rp_config_file **ret_file, uint64_t *ret_at)
{
    rp_str keys[] = {RP_STR("source"), name, rp_str_from(key)};
    const rp_toml *v = rp_config_get(config, keys, RP_COUNT(keys), ret_file);
    if (v == NULL || v->kind != RP_TOML_STRING)
        return RP_STR("");
    if (ret_at != NULL)
        *ret_at = v->at;
    return v->text;
}

/* What the source `name` is: a folder, a local registry, another index. */
static bool describe(const rp_config *config, rp_str name, rp_arena *arena, rp_replacement *ret)
{
    const rp_config_file *file = NULL;
    rp_str folder = source_text(config, name, "directory", &file, NULL);
    ret->name = name;
    if (folder.len != 0) {
        ret->kind = RP_REPLACED_FOLDER;
        ret->folder = rp_path_join(arena, file->folder, folder);
        return ret->folder.ptr != NULL;
    }
    ret->kind = RP_REPLACED_REGISTRY;
    ret->url = source_text(config, name, "registry", &file, NULL);
    if (ret->url.len == 0)
        ret->url = source_text(config, name, "git", &file, NULL);
    folder = source_text(config, name, "local-registry", &file, NULL);
    if (folder.len != 0)
        ret->folder = rp_path_join(arena, file->folder, folder);
    return ret->folder.ptr != NULL || folder.len == 0;
}

/* The name of the [source.X] whose `registry` or `git` is this URL; `url` itself without. */
static rp_str named(const rp_config *config, rp_str url)
{
    for (uint32_t i = 0; i < config->nfiles; i++) {
        const rp_toml *sources = rp_toml_get(config->files[i].root, "source");
        for (uint32_t k = 0; sources != NULL && sources->kind == RP_TOML_TABLE && k < sources->n;
             k++) {
            const rp_toml *s = sources->items[k].value;
            if (rp_str_eq(rp_toml_string(s, "git"), url) ||
                rp_str_eq(rp_toml_string(s, "registry"), url))
                return sources->items[k].key;
        }
    }
    return url;
}

bool rp_config_replacement(const rp_config *config, rp_str name, rp_arena *arena,
                           rp_replacement *ret)
{
    enum { HOPS = 8 };
    *ret = (rp_replacement){.kind = RP_REPLACED_NOT};
    name = named(config, name);
    for (int i = 0; i < HOPS; i++) {
        const rp_config_file *file = NULL;
        uint64_t at = 0;
        rp_str next = source_text(config, name, "replace-with", &file, &at);
        if (next.len == 0)
            return ret->kind == RP_REPLACED_NOT || describe(config, name, arena, ret);
        if (ret->kind == RP_REPLACED_NOT) {
            ret->file = file;
            ret->at = at;
        }
        ret->kind = RP_REPLACED_REGISTRY;
        name = next;
    }
    return true;
}
