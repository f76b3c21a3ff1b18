/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "engine/project.h"

#include "base/fs.h"
#include "base/limits.h"

static rp_str last_name(rp_str path)
{
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    return rp_str_sub(path, from, SIZE_MAX);
}

bool rp_is_project_file(const rp_input *item)
{
    rp_str name = last_name(item->path);
    return item->member.len == 0 &&
           (rp_str_is(name, "Cargo.lock") || (item->named && rp_str_is(name, "Cargo.toml")));
}

static rp_code read_file(const char *path, rp_arena *arena, rp_bytes *ret, rp_error *err)
{
    int fd = -1;
    rp_fs_info info = {0};
    rp_code code = rp_fs_open(path, true, &fd, &info, err);
    if (code != RP_OK)
        return code;
    code = rp_fs_read_all(fd, RP_MAX_MANIFEST, arena, ret, err);
    rp_fs_close(fd);
    return code;
}

rp_code rp_project_facts(const rp_deps_options *opt, const rp_input *item, rp_str name,
                         const rp_facts **ret, rp_error *err)
{
    const rp_deps_facts *deps = NULL;
    rp_str path = rp_arena_str(item->arena, item->path);
    rp_bytes bytes = {0};
    if (path.ptr == NULL)
        return rp_fail_memory(err);
    rp_code code;
    if (rp_str_is(last_name(path), "Cargo.toml")) {
        code = rp_deps_of_unlocked(opt, path, item->arena, &deps, err);
    } else {
        code = read_file(path.ptr, item->arena, &bytes, err);
        if (code == RP_OK)
            code = rp_deps_of_lock(opt, path, (rp_str){(const char *)bytes.ptr, bytes.len},
                                   item->arena, &deps, err);
    }
    if (code != RP_OK)
        return code;
    *ret = rp_facts_of_project(item->arena, name, deps);
    return *ret != NULL ? RP_OK : rp_fail_memory(err);
}
