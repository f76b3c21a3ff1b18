/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/db_place.h"

#include "base/fs.h"
#include "text/toml.h"

/* ---- the stamp ---- */

rp_code rp_db_stamp_read(const char *folder, rp_arena *arena, rp_db_stamp *ret, rp_error *err)
{
    int fd = -1;
    rp_fs_info info;
    rp_bytes bytes = {NULL, 0};
    const rp_toml *root = NULL;
    rp_str path = rp_arena_printf(arena, "%s/%s", folder, RP_DB_STAMP_NAME);
    if (path.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code = rp_fs_open(path.ptr, false, &fd, &info, err);
    if (code != RP_OK)
        return code;
    code = rp_fs_read_all(fd, 64 << 10, arena, &bytes, err);
    rp_fs_close(fd);
    if (code == RP_OK)
        code = rp_toml_parse((rp_str){(const char *)bytes.ptr, bytes.len}, arena, &root, err);
    if (code == RP_OK)
        *ret = (rp_db_stamp){rp_toml_string(root, "url"), rp_toml_string(root, "etag"),
                             rp_toml_string(root, "last-modified"), rp_toml_string(root, "sha256"),
                             rp_toml_string(root, "checked")};
    return code;
}

bool rp_db_identity(const char *folder, rp_arena *arena, rp_str *ret)
{
    rp_db_stamp stamp = {0};
    if (rp_db_stamp_read(folder, arena, &stamp, NULL) != RP_OK)
        return false;
    *ret = stamp.sha256;
    return stamp.sha256.len > 0;
}

/* ---- places ---- */

static const char *joined(rp_arena *arena, const char *a, const char *b)
{
    return rp_arena_printf(arena, "%s/%s", a, b).ptr;
}

/* XDG Base Directory: a relative path in the variable is to be ignored. */
static const char *in_cache(const rp_db_environment *env, const char *name, rp_arena *arena)
{
    if (env->cache_home != NULL && env->cache_home[0] == '/')
        return rp_arena_printf(arena, "%s/rustproof/%s", env->cache_home, name).ptr;
    return env->home != NULL && env->home[0] == '/'
               ? rp_arena_printf(arena, "%s/.cache/rustproof/%s", env->home, name).ptr
               : NULL;
}

const char *rp_db_cache(const rp_db_environment *env, rp_arena *arena)
{
    return in_cache(env, "advisories", arena);
}

const char *rp_db_checkouts(const rp_db_environment *env, rp_arena *arena)
{
    return in_cache(env, "checkouts", arena);
}

const char *rp_db_current(const rp_db_environment *env, rp_arena *arena)
{
    const char *cache = rp_db_cache(env, arena);
    return cache != NULL ? joined(arena, cache, "current") : NULL;
}

static bool is_database(const char *path, rp_arena *arena)
{
    rp_fs_info info;
    const char *crates = path != NULL ? joined(arena, path, "crates") : NULL;
    return crates != NULL && rp_fs_look(crates, true, &info, NULL) == RP_OK &&
           info.kind == RP_FS_FOLDER;
}

static rp_code add(rp_db_paths *to, rp_arena *arena, const char *path, rp_error *err)
{
    const char **item = path != NULL ? rp_vec_push(arena, to) : NULL;
    if (item == NULL)
        return rp_fail_memory(err);
    *item = path;
    return RP_OK;
}

static rp_code add_listed(const char *listed, rp_arena *arena, rp_db_paths *ret, rp_error *err)
{
    rp_code code = RP_OK;
    for (const char *p = listed; code == RP_OK && *p != '\0';) {
        size_t n = strcspn(p, ":");
        if (n > 0)
            code = add(ret, arena, rp_arena_str(arena, (rp_str){p, n}).ptr, err);
        p += n + (p[n] == ':');
    }
    return code;
}

/* cargo-deny: advisory-dbs/NAME-HASH, one for each URL. The first that is a database. */
static const char *of_cargo_deny(const char *cargo_home, rp_arena *arena)
{
    rp_fs_listing list = {0};
    const char *folder = joined(arena, cargo_home, "advisory-dbs");
    if (folder == NULL || rp_fs_list(folder, true, arena, &list, NULL) != RP_OK)
        return NULL;
    for (uint32_t i = 0; i < list.entries.n; i++) {
        const char *path = joined(arena, folder, list.entries.items[i].name.ptr);
        if (is_database(path, arena))
            return path;
    }
    return NULL;
}

rp_code rp_db_find(const rp_db_environment *env, rp_arena *arena, rp_db_paths *ret, rp_error *err)
{
    *ret = (rp_db_paths){0};
    if (env->listed != NULL && env->listed[0] != '\0')
        return add_listed(env->listed, arena, ret, err);
    const char *cargo_home = env->cargo_home;
    if ((cargo_home == NULL || cargo_home[0] == '\0') && env->home != NULL)
        cargo_home = joined(arena, env->home, ".cargo");
    const char *candidates[] = {
        rp_db_current(env, arena),
        cargo_home != NULL ? joined(arena, cargo_home, "advisory-db") : NULL, /* cargo-audit */
        cargo_home != NULL ? of_cargo_deny(cargo_home, arena) : NULL,
    };
    for (size_t i = 0; i < RP_COUNT(candidates); i++)
        if (candidates[i] != NULL && is_database(candidates[i], arena))
            return add(ret, arena, candidates[i], err);
    return RP_OK;
}
