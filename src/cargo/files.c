/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cargo/files.h"

#include "base/fs.h"
#include "base/limits.h"

rp_code rp_read_text(const char *path, rp_arena *arena, rp_str *ret, rp_error *err)
{
    int fd = -1;
    rp_fs_info info = {0};
    rp_bytes bytes = {0};
    rp_code code = rp_fs_open(path, true, &fd, &info, err);
    if (code != RP_OK)
        return code;
    code = rp_fs_read_all(fd, RP_MAX_MANIFEST, arena, &bytes, err);
    rp_fs_close(fd);
    if (code == RP_OK)
        *ret = (rp_str){(const char *)bytes.ptr, bytes.len};
    return code;
}

static bool is_kind(const char *path, rp_fs_kind kind)
{
    rp_fs_info info = {0};
    rp_error err = {0};
    return rp_fs_look(path, true, &info, &err) == RP_OK && info.kind == kind;
}

bool rp_is_file(const char *path)
{
    return is_kind(path, RP_FS_FILE);
}

bool rp_is_folder(const char *path)
{
    return is_kind(path, RP_FS_FOLDER);
}
