/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* O_NOFOLLOW, fstatat, fdopendir, statfs, DT_DIR */
#include "base/fs.h"

#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

static rp_code fail_errno(rp_error *err, int number)
{
    char text[128];
    text[0] = '\0';
#ifdef __GLIBC__
    const char *message = strerror_r(number, text, sizeof text); /* the GNU form */
#else
    (void)strerror_r(number, text, sizeof text);
    const char *message = text;
#endif
    return rp_fail(err, RP_E_IO, RP_NOWHERE, "%s", message);
}

static uint64_t nanoseconds(const struct timespec *t)
{
    return t->tv_sec > 0 ? (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec : 0;
}

static rp_fs_info info_of(const struct stat *st)
{
    rp_fs_info info = {.kind = RP_FS_SPECIAL,
                       .dev = (uint64_t)st->st_dev,
                       .ino = (uint64_t)st->st_ino,
                       .size = st->st_size > 0 ? (uint64_t)st->st_size : 0,
                       .changed = nanoseconds(&st->st_ctim)};
    if (S_ISREG(st->st_mode))
        info.kind = RP_FS_FILE;
    else if (S_ISDIR(st->st_mode))
        info.kind = RP_FS_FOLDER;
    else if (S_ISLNK(st->st_mode))
        info.kind = RP_FS_LINK;
    return info;
}

rp_code rp_fs_look(const char *path, bool follow, rp_fs_info *ret, rp_error *err)
{
    if (path == NULL)
        return rp_fail_memory(err);
    struct stat st = {0};
    if (fstatat(AT_FDCWD, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(err, errno);
    *ret = info_of(&st);
    return RP_OK;
}

bool rp_fs_is_there(const char *path)
{
    struct stat st = {0};
    return fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
           (errno != ENOENT && errno != ENOTDIR);
}

rp_code rp_fs_link_text(const char *path, rp_arena *arena, rp_str *ret, rp_error *err)
{
    char text[RP_MAX_NAME];
    ssize_t n = readlink(path, text, sizeof text);
    if (n < 0)
        return fail_errno(err, errno);
    if ((size_t)n == sizeof text)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "a link of more than %zu bytes", sizeof text);
    *ret = rp_arena_str(arena, (rp_str){text, (size_t)n});
    return ret->ptr != NULL ? RP_OK : rp_fail_memory(err);
}

static int open_fd(const char *path, int flags)
{
    int fd = -1;
    do
        fd = open(path, flags | O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (fd < 0 && errno == EINTR);
    return fd;
}

rp_code rp_fs_open(const char *path, bool follow, int *ret_fd, rp_fs_info *ret, rp_error *err)
{
    if (path == NULL) /* there was no memory for it */
        return rp_fail_memory(err);
    int fd = open_fd(path, follow ? 0 : O_NOFOLLOW);
    if (fd < 0 && errno == ELOOP && !follow)
        return rp_fail(err, RP_E_IO, RP_NOWHERE, "a symbolic link, which is not followed");
    if (fd < 0)
        return fail_errno(err, errno);
    struct stat st = {0};
    if (fstat(fd, &st) != 0) {
        int number = errno;
        rp_fs_close(fd);
        return fail_errno(err, number);
    }
    if (!S_ISREG(st.st_mode)) {
        rp_fs_close(fd);
        return rp_fail(err, RP_E_IO, RP_NOWHERE, "not a regular file");
    }
    *ret_fd = fd;
    *ret = info_of(&st);
    return RP_OK;
}

rp_code rp_fs_open_folder(const char *path, int *ret_fd, rp_error *err)
{
    if (path == NULL)
        return rp_fail_memory(err);
    int fd = open_fd(path, O_DIRECTORY);
    if (fd < 0)
        return fail_errno(err, errno);
    *ret_fd = fd;
    return RP_OK;
}

bool rp_fs_look_below(int folder, const char *path, rp_fs_info *ret)
{
    struct stat st = {0};
    if (path == NULL || fstatat(folder, path, &st, 0) != 0)
        return false;
    *ret = info_of(&st);
    return true;
}

void rp_fs_close(int fd)
{
    (void)close(fd); /* nothing was written: there is nothing that could be lost */
}

/* proc, sysfs and the like: endless or changing "files" that are nobody's artefacts. The numbers
 * are in Linux' include/uapi/linux/magic.h. */
static bool is_generated(int fd)
{
#ifdef __linux__
    static const uint64_t magics[] = {0x9fa0 /* proc */,
                                      0x62656572 /* sysfs */,
                                      0x64626720 /* debugfs */,
                                      0x74726163 /* trace */,
                                      0x63677270 /* cgroup2 */,
                                      0x27e0eb /* cgroup */,
                                      0x73636673 /* security */};
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return false;
    for (size_t i = 0; i < RP_COUNT(magics); i++)
        if ((uint64_t)fs.f_type == magics[i])
            return true;
#else
    (void)fd;
#endif
    return false;
}

static rp_code look_at_entry(int folder, rp_arena *arena, rp_fs_entry *entry)
{
    struct stat st = {0};
    if (fstatat(folder, entry->name.ptr, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        entry->info = info_of(&st);
        return RP_OK;
    }
    int number = errno;
    rp_error *why = rp_new(arena, 1, rp_error);
    if (why == NULL)
        return RP_E_MEMORY;
    (void)fail_errno(why, number);
    entry->err = why;
    return RP_OK;
}

/* By the bytes of the full path: what follows a folder's name is '/', a file's nothing. */
static int by_path(const void *a, const void *b)
{
    const rp_fs_entry *x = a;
    const rp_fs_entry *y = b;
    size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
    int c = memcmp(x->name.ptr, y->name.ptr, n);
    if (c != 0)
        return c;
    bool fx = x->info.kind == RP_FS_FOLDER;
    bool fy = y->info.kind == RP_FS_FOLDER;
    unsigned char cx = x->name.len > n ? (unsigned char)x->name.ptr[n] : fx ? '/' : 0;
    unsigned char cy = y->name.len > n ? (unsigned char)y->name.ptr[n] : fy ? '/' : 0;
    return (cx > cy) - (cx < cy);
}

static rp_code read_names(DIR *dir, rp_arena *arena, rp_fs_listing *ret, rp_error *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (d == NULL)
            return errno == 0 ? RP_OK : fail_errno(err, errno);
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
            continue;
        rp_str name = rp_arena_str(arena, rp_str_from(d->d_name));
        rp_fs_entry *entry = name.ptr ? rp_vec_push(arena, &ret->entries) : NULL;
        if (entry == NULL)
            return rp_fail_memory(err);
        entry->name = name;
        if (look_at_entry(dirfd(dir), arena, entry) != RP_OK)
            return rp_fail_memory(err);
    }
}

rp_code rp_fs_list(const char *path, bool follow, rp_arena *arena, rp_fs_listing *ret,
                   rp_error *err)
{
    int fd = open_fd(path, O_DIRECTORY | (follow ? 0 : O_NOFOLLOW));
    if (fd < 0)
        return fail_errno(err, errno);
    rp_fs_listing list = {.generated = is_generated(fd)};
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        int number = errno;
        rp_fs_close(fd);
        return fail_errno(err, number);
    }
    rp_code code = read_names(dir, arena, &list, err);
    (void)closedir(dir); /* closes fd too */
    if (code != RP_OK)
        return code;
    if (list.entries.n > 1)
        qsort(list.entries.items, list.entries.n, sizeof *list.entries.items, by_path);
    *ret = list;
    return RP_OK;
}

/* What the folder itself says of a name; some file systems say nothing. */
static rp_fs_kind told_kind(int folder, const struct dirent *d)
{
    struct stat st = {0};
    switch (d->d_type) {
    case DT_REG:
        return RP_FS_FILE;
    case DT_DIR:
        return RP_FS_FOLDER;
    case DT_LNK:
        return RP_FS_LINK;
    case DT_UNKNOWN:
        return fstatat(folder, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? info_of(&st).kind
                                                                         : RP_FS_SPECIAL;
    default:
        return RP_FS_SPECIAL;
    }
}

rp_code rp_fs_names(const char *path, bool follow, rp_fs_name_fn visit, void *user, rp_error *err)
{
    int fd = open_fd(path, O_DIRECTORY | (follow ? 0 : O_NOFOLLOW));
    if (fd < 0)
        return fail_errno(err, errno);
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        int number = errno;
        rp_fs_close(fd);
        return fail_errno(err, number);
    }
    const struct dirent *d = NULL;
    do {
        errno = 0;
        d = readdir(dir);
    } while (d != NULL && (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
                           visit(user, d->d_name, told_kind(fd, d))));
    int number = d == NULL ? errno : 0;
    (void)closedir(dir); /* closes fd too */
    return number == 0 ? RP_OK : fail_errno(err, number);
}

/* Room for the first read: a file's size and a byte to see its end by, where it tells one. */
static size_t first_room(int fd, uint64_t max)
{
    struct stat st = {0};
    bool sized = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
    return sized && (uint64_t)st.st_size <= max ? (size_t)st.st_size + 1 : 64 * 1024;
}

rp_code rp_fs_read_all(int fd, uint64_t max, rp_arena *arena, rp_bytes *ret, rp_error *err)
{
    size_t cap = first_room(fd, max);
    size_t len = 0;
    uint8_t *bytes = rp_new(arena, cap, uint8_t);
    while (bytes != NULL) {
        if (len == cap) {
            uint8_t *more = cap <= SIZE_MAX / 2 ? rp_new(arena, cap * 2, uint8_t) : NULL;
            if (more != NULL)
                memcpy(more, bytes, len);
            bytes = more;
            cap *= 2;
            continue;
        }
        ssize_t n = read(fd, bytes + len, cap - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(err, errno);
        if (n == 0) {
            *ret = (rp_bytes){bytes, len};
            return RP_OK;
        }
        len += (size_t)n;
        if (len > max)
            return rp_fail(err, RP_E_LIMIT, max, "more than the %llu bytes that are read",
                           (unsigned long long)max);
    }
    return rp_fail_memory(err);
}
