/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Layout of the cache: folders db-XXXXXX, each a whole database, and `current`, a symbolic link to
 * one of them. A new one is complete before the link is renamed over the old link. */
#define _XOPEN_SOURCE 700 /* mkdtemp, openat, symlink, utimensat */
#define _DEFAULT_SOURCE
#include "cli/db_update.h"

#include "base/crypto.h"
#include "base/fs.h"
#include "cli/output.h"
#include "deps/advisory_parts.h"
#include "deps/db_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef RP_LIBEXECDIR
#define RP_LIBEXECDIR "/usr/libexec/rustproof"
#endif

extern char **environ;

enum { SECONDS = 600 };
static const char helper[] = "rustproof-fetch";

typedef struct {
    const rp_db_update_options *options;
    rp_arena *arena;
    rp_error *err;
    rp_db_stamp old; /* of the current database; empty when there is none */
    rp_db_stamp new;
    const char *current; /* the link */
    char *folder;        /* the new database's; removed unless it becomes current */
    int lock;
    long status;
    rp_bytes archive;
} update;

/* NULL, with errno: out of memory. */
static const char *joined(update *u, const char *a, const char *b)
{
    const char *path = rp_arena_printf(u->arena, "%s/%s", a, b).ptr;
    if (path == NULL)
        errno = ENOMEM;
    return path;
}

static rp_code fail_errno(update *u, const char *what)
{
    if (errno == ENOMEM)
        return rp_fail_memory(u->err);
    return rp_fail(u->err, RP_E_IO, RP_NOWHERE, "%s: %s", what, strerror(errno));
}

/* ---- the cache ---- */

bool rp_make_folders(const char *folder, rp_arena *arena)
{
    char *path = (char *)(uintptr_t)rp_arena_str(arena, rp_str_from(folder)).ptr;
    if (path == NULL)
        errno = ENOMEM;
    for (char *p = path != NULL ? path + 1 : NULL; p != NULL; p++) {
        char c = *p;
        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        bool ok = mkdir(path, 0755) == 0 || errno == EEXIST;
        *p = c;
        if (!ok || c == '\0')
            return ok;
    }
    return false;
}

/* One update at a time. */
static rp_code open_cache(update *u)
{
    const char *lock = joined(u, u->options->cache, "lock");
    u->current = joined(u, u->options->cache, "current");
    if (lock == NULL || u->current == NULL)
        return rp_fail_memory(u->err);
    if (!rp_make_folders(u->options->cache, u->arena))
        return fail_errno(u, u->options->cache);
    u->lock = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (u->lock < 0)
        return fail_errno(u, lock);
    if (flock(u->lock, LOCK_EX | LOCK_NB) != 0)
        return rp_fail(u->err, RP_E_IO, RP_NOWHERE, "another update is running");
    return RP_OK;
}

/* rm -r of a folder of ours: as deep as a database is, links are removed, never followed. */
static void remove_tree(int in, const char *name, unsigned depth)
{
    rp_arena arena = {0};
    rp_fs_listing list = {0};
    char path[64];
    int fd = openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd >= 0 && depth < 6 && rp_fs_list(path, true, &arena, &list, NULL) == RP_OK) {
        for (uint32_t i = 0; i < list.entries.n; i++) {
            const rp_fs_entry *e = &list.entries.items[i];
            if (e->info.kind == RP_FS_FOLDER)
                remove_tree(fd, e->name.ptr, depth + 1);
            else
                (void)unlinkat(fd, e->name.ptr, 0);
        }
    }
    if (fd >= 0)
        (void)close(fd);
    (void)unlinkat(in, name, AT_REMOVEDIR);
    rp_arena_free(&arena);
}

/* Databases that are not current: old ones, and what an update that was killed left. */
static void remove_others(update *u)
{
    char now[PATH_MAX];
    rp_fs_listing list = {0};
    ssize_t n = readlink(u->current, now, sizeof now - 1);
    int cache = open(u->options->cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (n >= 0 && cache >= 0 &&
        rp_fs_list(u->options->cache, true, u->arena, &list, NULL) == RP_OK) {
        now[n] = '\0';
        for (uint32_t i = 0; i < list.entries.n; i++) {
            const rp_fs_entry *e = &list.entries.items[i];
            if (rp_str_starts(e->name, "db-") && !rp_str_is(e->name, now))
                remove_tree(cache, e->name.ptr, 0);
        }
    }
    if (cache >= 0)
        (void)close(cache);
}

/* ---- fetching ---- */

/* A new file in the new database's folder, for the helper to write into. */
static int new_file(update *u, const char *name)
{
    const char *path = joined(u, u->folder, name);
    return path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static rp_code run_helper(update *u, int body, int report)
{
    char most[32], seconds[16];
    pid_t pid = 0;
    int status = -1;
    posix_spawn_file_actions_t actions;
    rp_str etag = rp_arena_str(u->arena, u->old.etag);
    rp_str modified = rp_arena_str(u->arena, u->old.modified);
    const char *const args[] = {u->options->fetcher,
                                u->options->url,
                                etag.ptr,
                                modified.ptr,
                                u->options->ca_file != NULL ? u->options->ca_file : "",
                                most,
                                seconds,
                                NULL};
    (void)snprintf(most, sizeof most, "%u", (unsigned)RP_DB_ARCHIVE_BYTES);
    (void)snprintf(seconds, sizeof seconds, "%u", (unsigned)SECONDS);
    if (etag.ptr == NULL || modified.ptr == NULL || posix_spawn_file_actions_init(&actions) != 0)
        return rp_fail_memory(u->err);
    bool ok = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, body, 1) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, report, 2) == 0;
    int number =
        ok ? posix_spawn(&pid, args[0], &actions, NULL, (char **)(uintptr_t)args, environ) : ENOMEM;
    (void)posix_spawn_file_actions_destroy(&actions);
    if (number != 0)
        return rp_fail(u->err, RP_E_IO, RP_NOWHERE, "%s: %s", args[0], strerror(number));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!WIFEXITED(status))
        return rp_fail(u->err, RP_E_IO, RP_NOWHERE, "%s was killed", helper);
    return RP_OK;
}

static rp_str value_of(rp_str report, const char *key)
{
    size_t n = strlen(key);
    while (report.len > 0) {
        size_t end = rp_str_find(report, RP_STR("\n"));
        rp_str line = rp_str_sub(report, 0, end);
        if (rp_str_starts(line, key) && line.len > n && line.ptr[n] == '\t')
            return rp_str_sub(line, n + 1, SIZE_MAX);
        report = rp_str_sub(report, end == SIZE_MAX ? report.len : end + 1, SIZE_MAX);
    }
    return (rp_str){"", 0};
}

static rp_code read_back(update *u, int fd, uint64_t max, rp_bytes *ret)
{
    if (lseek(fd, 0, SEEK_SET) != 0)
        return fail_errno(u, "what was fetched could not be read");
    return rp_fs_read_all(fd, max, u->arena, ret, u->err);
}

static rp_code take_report(update *u, int fd)
{
    rp_bytes bytes = {NULL, 0};
    rp_code code = read_back(u, fd, 64 << 10, &bytes);
    rp_str report = {(const char *)bytes.ptr, bytes.len};
    rp_str status = value_of(report, "status"), why = value_of(report, "error");
    if (code != RP_OK)
        return code;
    if (why.len > 0 || status.len == 0)
        return rp_fail(u->err, RP_E_IO, RP_NOWHERE, "%.100s: %.*s", u->options->url,
                       (int)(why.len > 90 ? 90 : why.len), why.len > 0 ? why.ptr : "no answer");
    u->status = 0;
    for (size_t i = 0; i < status.len && i < 4 && status.ptr[i] >= '0' && status.ptr[i] <= '9'; i++)
        u->status = u->status * 10 + (status.ptr[i] - '0');
    u->new.etag = value_of(report, "etag");
    u->new.modified = value_of(report, "last-modified");
    if (u->status == 200 || (u->status == 304 && u->old.sha256.len > 0))
        return RP_OK;
    return rp_fail(u->err, RP_E_IO, RP_NOWHERE, "%.100s: the server answers with status %ld",
                   u->options->url, u->status);
}

static rp_code fetch(update *u)
{
    int body = new_file(u, "archive"), report = new_file(u, "report");
    rp_code code = body < 0 || report < 0 ? fail_errno(u, u->folder) : run_helper(u, body, report);
    if (code == RP_OK)
        code = take_report(u, report);
    if (code == RP_OK && u->status == 200)
        code = read_back(u, body, RP_DB_ARCHIVE_BYTES, &u->archive);
    if (body >= 0)
        (void)close(body);
    if (report >= 0)
        (void)close(report);
    return code;
}

/* ---- the new database ---- */

static rp_code identify(update *u)
{
    rp_hash h;
    uint8_t digest[RP_HASH_MAX];
    time_t now = time(NULL);
    struct tm tm;
    char date[32];
    rp_code code = rp_hash_start(RP_HASH_SHA256, &h, u->err);
    if (code != RP_OK)
        return code;
    rp_hash_add(&h, u->archive);
    bool ok = rp_hash_finish(&h, digest);
    rp_hash_end(&h);
    if (!ok || gmtime_r(&now, &tm) == NULL ||
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return rp_fail(u->err, RP_E_INTERNAL, RP_NOWHERE, "no digest or time");
    if (u->status == 200)
        u->new.sha256 = rp_str_sub(rp_hash_text(u->arena, RP_HASH_SHA256, digest), 7, SIZE_MAX);
    else
        u->new.sha256 = u->old.sha256;
    u->new.checked = rp_arena_str(u->arena, rp_str_from(date));
    u->new.url = rp_str_from(u->options->url);
    return u->new.sha256.ptr != NULL && u->new.checked.ptr != NULL ? RP_OK : rp_fail_memory(u->err);
}

static void put_key(rp_buf *out, const char *key, rp_str value)
{
    rp_buf_printf(out, "%s = \"", key);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < 0x20 || c >= 0x7f)
            continue; /* header fields are printable ASCII (RFC 9110, 5.5) */
        if (c == '"' || c == '\\')
            rp_buf_char(out, '\\');
        rp_buf_char(out, (char)c);
    }
    rp_buf_puts(out, "\"\n");
}

/* Written beside and renamed: a stamp is whole or not there. */
static rp_code write_file(update *u, const char *folder, const char *name, rp_str text)
{
    const char *path = joined(u, folder, name);
    const char *temp = path != NULL ? rp_arena_printf(u->arena, "%s.new", path).ptr : NULL;
    if (temp == NULL)
        return rp_fail_memory(u->err);
    (void)unlink(temp);
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int number = fd < 0 ? errno : rp_write_all(fd, text);
    if (fd >= 0 && number == 0 && fsync(fd) != 0)
        number = errno;
    if (fd >= 0 && close(fd) != 0 && number == 0)
        number = errno;
    if (number == 0 && rename(temp, path) != 0)
        number = errno;
    if (number == 0)
        return RP_OK;
    (void)unlink(temp);
    return rp_fail(u->err, RP_E_IO, RP_NOWHERE, "%.150s: %s", path, strerror(number));
}

static rp_code write_stamp(update *u, const char *folder)
{
    rp_buf out = {0};
    rp_buf_puts(&out, "# where this database came from; written by rustproof db update\n");
    put_key(&out, "url", u->new.url);
    put_key(&out, "etag", u->new.etag);
    put_key(&out, "last-modified", u->new.modified);
    put_key(&out, "sha256", u->new.sha256);
    put_key(&out, "checked", u->new.checked);
    rp_code code = out.bad ? rp_fail_memory(u->err)
                           : write_file(u, folder, RP_DB_STAMP_NAME, rp_buf_str(&out));
    rp_buf_free(&out);
    return code;
}

/* What cannot be parsed as a database never becomes one: at least half of its files have to be
 * advisories, and there have to be some. */
static rp_code parse(update *u, uint32_t files, rp_db_update_result *ret)
{
    rp_advisory_loader l = {.arena = u->arena};
    rp_buf index = {0};
    rp_code code = rp_advisory_load_path(&l, u->folder, u->err);
    if (code != RP_OK || l.no_memory)
        return code != RP_OK ? code : rp_fail_memory(u->err);
    if (l.items.n == 0 || l.items.n < files / 2)
        return rp_fail(u->err, RP_E_FORMAT, RP_NOWHERE,
                       "no database of advisories: %u of its %u file%s can be read", l.items.n,
                       RP_MANY(files));
    rp_advisory_index_put(&l, u->new.sha256, &index);
    code = index.bad ? rp_fail_memory(u->err)
                     : write_file(u, u->folder, RP_DB_INDEX_NAME, rp_buf_str(&index));
    rp_buf_free(&index);
    ret->advisories = l.items.n;
    ret->faults = l.faults_in_all;
    return code;
}

static rp_code build(update *u, rp_db_update_result *ret)
{
    uint32_t files = 0;
    int folder = open(u->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return fail_errno(u, u->folder);
    (void)unlinkat(folder, "archive", 0);
    (void)unlinkat(folder, "report", 0);
    (void)fchmod(folder, 0755);
    rp_code code = rp_db_unpack(u->archive, folder, &files, u->err);
    (void)close(folder);
    if (code == RP_OK)
        code = parse(u, files, ret);
    return code == RP_OK ? write_stamp(u, u->folder) : code;
}

/* rename(2) over the old link: at each moment there is one whole database under the name. */
static rp_code swap(update *u)
{
    const char *name = strrchr(u->folder, '/') + 1;
    const char *link = joined(u, u->options->cache, "current.new");
    if (link == NULL)
        return rp_fail_memory(u->err);
    (void)unlink(link);
    if (symlink(name, link) != 0 || rename(link, u->current) != 0)
        return fail_errno(u, u->current);
    return RP_OK;
}

static rp_code update_in(update *u, rp_db_update_result *ret)
{
    rp_db_stamp stamp;
    rp_str name = rp_arena_printf(u->arena, "%s/db-XXXXXX", u->options->cache);
    if (name.ptr == NULL)
        return rp_fail_memory(u->err);
    if (rp_db_stamp_read(u->current, u->arena, &stamp, NULL) == RP_OK &&
        rp_str_is(stamp.url, u->options->url))
        u->old = stamp;
    u->folder = mkdtemp((char *)(uintptr_t)name.ptr);
    if (u->folder == NULL)
        return fail_errno(u, u->options->cache);
    rp_code code = fetch(u);
    if (code == RP_OK)
        code = identify(u);
    if (code != RP_OK)
        return code;
    ret->unchanged = u->status == 304;
    if (ret->unchanged) {
        u->new.etag = u->old.etag;
        u->new.modified = u->old.modified;
        return write_stamp(u, u->current);
    }
    code = build(u, ret);
    return code == RP_OK ? swap(u) : code;
}

rp_code rp_db_update(const rp_db_update_options *options, rp_arena *arena, rp_db_update_result *ret,
                     rp_error *err)
{
    rp_db_update_options full = *options;
    full.url = options->url != NULL ? options->url : RP_DB_URL;
    update u = {.options = &full, .arena = arena, .err = err, .lock = -1};
    *ret = (rp_db_update_result){0};
    if (!rp_str_starts(rp_str_from(full.url), "https://"))
        return rp_fail(err, RP_E_USAGE, RP_NOWHERE, "%.100s: only https:// is fetched", full.url);
    if (full.fetcher == NULL)
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE,
                       "the helper %s, which needs libcurl, is not installed", helper);
    rp_code code = open_cache(&u);
    if (code == RP_OK) {
        remove_others(&u); /* the one replaced now stays for who is reading it */
        code = update_in(&u, ret);
    }
    if ((code != RP_OK || ret->unchanged) && u.folder != NULL) {
        int cache = open(full.cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (cache >= 0) {
            remove_tree(cache, strrchr(u.folder, '/') + 1, 0);
            (void)close(cache);
        }
    }
    if (u.lock >= 0)
        (void)close(u.lock);
    ret->stamp = u.new;
    ret->path = u.current;
    return code;
}

/* ---- the helper ---- */

const char *rp_db_fetcher(rp_arena *arena)
{
    char self[PATH_MAX];
    const char *places[3] = {RP_LIBEXECDIR "/rustproof-fetch", NULL, NULL};
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        *strrchr(self, '/') = '\0';
        places[1] = rp_arena_printf(arena, "%s/../libexec/rustproof/%s", self, helper).ptr;
        places[2] = rp_arena_printf(arena, "%s/libexec/%s", self, helper).ptr; /* build tree */
    }
    for (size_t i = RP_COUNT(places); i > 0; i--)
        if (places[i - 1] != NULL && access(places[i - 1], X_OK) == 0)
            return places[i - 1];
    return NULL;
}
