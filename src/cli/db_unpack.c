/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An archive of the database, unpacked. Of all that it holds only TOP/crates/PACKAGE/FILE.md and
 * TOP/rust/PACKAGE/FILE.md (and licences) are written, as new regular files below one folder, made
 * through its descriptor; links are never made, so no name can lead out of it. An archive that
 * tries to is refused whole: it is not what it says it is. */
#define _XOPEN_SOURCE 700 /* openat, mkdirat */
#include "cli/db_update.h"

#include "cli/output.h"
#include "deps/db_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PART = 128, PARTS = 4 };

typedef struct {
    int folder;
    uint32_t files;
} unpacking;

typedef struct {
    rp_str part[PARTS];
    size_t n;
} parts;

/* false: "..", ".", an empty part, a leading slash, a backslash, a NUL, a control character. */
static bool is_tame(rp_str path)
{
    size_t start = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.ptr[i] != '/') {
            if ((unsigned char)path.ptr[i] < 0x20 || path.ptr[i] == '\\')
                return false;
            continue;
        }
        rp_str part = rp_str_sub(path, start, i - start);
        bool folder = i == path.len && i > 0; /* "name/" */
        if (rp_str_is(part, "..") || rp_str_is(part, ".") || (part.len == 0 && !folder))
            return false;
        start = i + 1;
    }
    return true;
}

/* Letters of package names and advisory ids; no dot in front. */
static bool is_name(rp_str s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-_.";
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\0' || strchr(letters, s.ptr[i]) == NULL)
            return false;
    return s.len > 0 && s.len <= MAX_PART && s.ptr[0] != '.';
}

static bool split(rp_str path, parts *ret)
{
    ret->n = 0;
    for (size_t start = 0; start < path.len;) {
        size_t n = rp_str_find(rp_str_sub(path, start, SIZE_MAX), RP_STR("/"));
        n = n == SIZE_MAX ? path.len - start : n;
        if (ret->n == PARTS)
            return false;
        ret->part[ret->n++] = rp_str_sub(path, start, n);
        start += n + 1;
    }
    return true;
}

static bool in_collection(const parts *p)
{
    return p->n >= 2 && (rp_str_is(p->part[1], "crates") || rp_str_is(p->part[1], "rust"));
}

/* TOP/crates/PACKAGE/ID.md, TOP/LICENSE.txt */
static bool is_wanted(const parts *p)
{
    if (in_collection(p))
        return p->n == 4 && is_name(p->part[2]) && is_name(p->part[3]) &&
               rp_str_ends(p->part[3], ".md");
    return p->n == 2 && rp_str_is(p->part[1], "LICENSE.txt");
}

static rp_code wants(void *user, rp_str path, bool file, bool *ret_wanted, rp_error *err)
{
    (void)user;
    parts p;
    if (!is_tame(path))
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE, "archive: a member leads out of it: %.100s",
                       path.ptr);
    bool fits = split(path, &p);
    if (!file && !rp_str_ends(path, "/") && in_collection(&p))
        return rp_fail(err, RP_E_FORMAT, RP_NOWHERE,
                       "archive: a link or device among the advisories: %.100s", path.ptr);
    *ret_wanted = file && fits && is_wanted(&p);
    return RP_OK;
}

static rp_code fail_errno(rp_error *err, const char *what)
{
    return rp_fail(err, RP_E_IO, RP_NOWHERE, "%s: %s", what, strerror(errno));
}

/* The folder `name` in `in`, made when it is not there; -1. */
static int folder_in(int in, rp_str name)
{
    char text[MAX_PART + 1];
    (void)snprintf(text, sizeof text, "%.*s", RP_FMT(name));
    if (mkdirat(in, text, 0755) != 0 && errno != EEXIST)
        return -1;
    return openat(in, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool write_file(int in, rp_str name, rp_bytes content)
{
    char text[MAX_PART + 1];
    (void)snprintf(text, sizeof text, "%.*s", RP_FMT(name));
    int fd = openat(in, text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return false;
    int number = rp_write_all(fd, (rp_str){(const char *)content.ptr, content.len});
    if (close(fd) != 0 && number == 0)
        number = errno;
    errno = number;
    return number == 0;
}

static rp_code take(void *user, rp_str path, rp_bytes content, rp_error *err)
{
    unpacking *u = user;
    parts p;
    int at = u->folder;
    bool ok = split(path, &p);
    for (size_t i = 1; ok && i + 1 < p.n; i++) {
        int next = folder_in(at, p.part[i]);
        ok = next >= 0;
        if (at != u->folder)
            (void)close(at);
        at = next;
    }
    ok = ok && write_file(at, p.part[p.n - 1], content);
    int number = errno;
    if (at >= 0 && at != u->folder)
        (void)close(at);
    errno = number;
    if (!ok)
        return fail_errno(err, "an advisory could not be written");
    u->files += in_collection(&p);
    return RP_OK;
}

rp_code rp_db_unpack(rp_bytes archive, int folder, uint32_t *ret_files, rp_error *err)
{
    unpacking u = {.folder = folder};
    rp_code code = rp_db_archive_read(archive, wants, take, &u, err);
    *ret_files = u.files;
    return code;
}
