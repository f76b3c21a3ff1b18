/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "text/path.h"

/* Appends one component to out[0..n); ".." takes one away where there is one. */
static size_t add_part(char *out, size_t n, rp_str part)
{
    if (part.len == 0 || rp_str_is(part, "."))
        return n;
    size_t slash = n;
    while (slash > 0 && out[slash - 1] != '/')
        slash--;
    bool up = rp_str_is(part, "..") && n > slash &&
              !(n - slash == 2 && out[slash] == '.' && out[slash + 1] == '.');
    if (up)
        return slash > 1 ? slash - 1 : slash;
    if (rp_str_is(part, "..") && n == 1 && out[0] == '/')
        return n; /* above the root is the root */
    if (n > 0 && out[n - 1] != '/')
        out[n++] = '/';
    memcpy(out + n, part.ptr, part.len);
    return n + part.len;
}

static size_t add_path(char *out, size_t n, rp_str path)
{
    while (path.len != 0) {
        const char *slash = memchr(path.ptr, '/', path.len);
        size_t len = slash != NULL ? (size_t)(slash - path.ptr) : path.len;
        n = add_part(out, n, rp_str_sub(path, 0, len));
        path = rp_str_sub(path, len + 1, SIZE_MAX);
    }
    return n;
}

rp_str rp_path_join(rp_arena *arena, rp_str folder, rp_str name)
{
    bool absolute = rp_str_starts(name, "/");
    rp_str base = absolute ? RP_STR("") : folder;
    char *out = rp_new(arena, (uint64_t)base.len + name.len + 4, char);
    size_t n = 0;
    if (out == NULL)
        return (rp_str){0};
    if (absolute || rp_str_starts(base, "/"))
        out[n++] = '/';
    n = add_path(out, n, base);
    n = add_path(out, n, name);
    if (n == 0)
        out[n++] = '.';
    out[n] = '\0';
    return (rp_str){out, n};
}

rp_str rp_path_folder(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != '/')
        n--;
    if (n == 0)
        return RP_STR(".");
    return rp_str_sub(path, 0, n > 1 ? n - 1 : 1);
}

rp_str rp_path_last(rp_str path)
{
    size_t n = path.len;
    while (n > 0 && path.ptr[n - 1] != '/')
        n--;
    return rp_str_sub(path, n, SIZE_MAX);
}

bool rp_path_inside(rp_str path, rp_str folder)
{
    if (rp_str_is(folder, "."))
        return !rp_str_starts(path, "/") && !rp_str_starts(path, "../") && !rp_str_is(path, "..");
    return path.len >= folder.len && memcmp(path.ptr, folder.ptr, folder.len) == 0 &&
           (path.len == folder.len || path.ptr[folder.len] == '/' || rp_str_is(folder, "/"));
}
