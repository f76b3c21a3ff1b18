/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The members of a package, streamed through libarchive. */
#define _GNU_SOURCE /* newlocale, uselocale */
#include "input/job.h"
#include "input/libarchive.h"
#include "input/package.h"

#include <locale.h>
#include <stdio.h>

enum { BUFFER = 64 * 1024, GROW_FROM = 1 << 20 };
#define RATIO_FROM (16ull << 20) /* unpacked bytes up to which no ratio is asked for */

typedef struct {
    rp_job *job;
    rp_source *src;
    rp_str member; /* of the package itself */
    unsigned depth;
    const rp_package_kind *kind;
    rp_libarchive la;
    struct archive *a;
    uint64_t pos;            /* in src, of the next byte that libarchive gets */
    uint8_t *buffer;         /* what it got last */
    uint64_t unpacked;       /* bytes that came out of this package */
    uint64_t entry_unpacked; /* of the current member */
    rp_arena names;          /* of the current member's name */
    bool stop;
} package;

static ssize_t give_bytes(struct archive *a, void *user, const void **ret)
{
    (void)a;
    package *p = user;
    size_t n = rp_source_copy(p->src, p->pos, p->buffer, BUFFER);
    p->pos += n;
    *ret = p->buffer;
    return (ssize_t)n;
}

static int64_t skip_bytes(struct archive *a, void *user, int64_t wanted)
{
    (void)a;
    package *p = user;
    uint64_t left = p->pos < p->src->size ? p->src->size - p->pos : 0;
    uint64_t n = wanted < 0 ? 0 : (uint64_t)wanted < left ? (uint64_t)wanted : left;
    p->pos += n;
    return (int64_t)n;
}

static int64_t seek_bytes(struct archive *a, void *user, int64_t offset, int whence)
{
    (void)a;
    package *p = user;
    uint64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? p->pos : p->src->size;
    if (offset < 0 && (uint64_t) - (offset + 1) + 1 > from)
        return -30; /* ARCHIVE_FATAL */
    uint64_t to = offset < 0 ? from - ((uint64_t) - (offset + 1) + 1) : from + (uint64_t)offset;
    if (to > p->src->size)
        to = p->src->size;
    p->pos = to;
    return (int64_t)to;
}

static rp_code fail_archive(package *p, rp_error *err)
{
    const char *text = p->la.error_string(p->a);
    return rp_fail(err, RP_E_FORMAT, p->pos, "%s: %s", p->kind->name,
                   text ? text : "the archive is damaged");
}

static rp_code open_package(package *p, rp_error *err)
{
    p->buffer = rp_new(p->src->arena, BUFFER, uint8_t);
    p->a = p->buffer ? p->la.read_new() : NULL;
    if (p->a == NULL)
        return rp_fail_memory(err);
    for (size_t i = 0; i < RP_COUNT(p->kind->readers) && p->kind->readers[i] != NULL; i++) {
        rp_code code = rp_libarchive_support(&p->la, p->a, p->kind->readers[i], err);
        if (code != RP_OK)
            return code;
    }
    if (p->la.set_data(p->a, p) != RP_ARCHIVE_OK ||
        p->la.set_read(p->a, give_bytes) != RP_ARCHIVE_OK ||
        p->la.set_skip(p->a, skip_bytes) != RP_ARCHIVE_OK ||
        p->la.set_seek(p->a, seek_bytes) != RP_ARCHIVE_OK || p->la.open(p->a) < RP_ARCHIVE_WARN)
        return fail_archive(p, err);
    return RP_OK;
}

static bool is_zip(const package *p)
{
    return (p->la.format(p->a) & RP_ARCHIVE_FORMAT_MASK) == RP_ARCHIVE_FORMAT_ZIP;
}

/* Counts bytes that were unpacked and holds them against the caps. A zip's members are compressed
 * one by one: each has the whole package's size for its own ratio, and the others can still be had
 * when one is too much. */
static rp_code count_unpacked(package *p, size_t n, rp_error *err)
{
    p->unpacked += n;
    p->entry_unpacked += n;
    p->job->unpacked += n;
    if (p->job->unpacked > RP_MAX_ARCHIVE_TOTAL) {
        p->job->stop = true;
        return rp_fail(err, RP_E_LIMIT, p->pos, "more than %llu GiB come out of one package",
                       RP_MAX_ARCHIVE_TOTAL >> 30);
    }
    uint64_t out = is_zip(p) ? p->entry_unpacked : p->unpacked;
    if (out > RATIO_FROM && out / RP_MAX_ARCHIVE_RATIO > p->src->size) {
        p->stop = !is_zip(p);
        return rp_fail(err, RP_E_LIMIT, p->pos,
                       "unpacks to more than %u times its size: a decompression bomb",
                       RP_MAX_ARCHIVE_RATIO);
    }
    return RP_OK;
}

/* Up to len bytes of the member's data; fewer at its end. */
static rp_code read_some(package *p, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = p->la.read_data(p->a, to + done, len - done);
        if (n == -10) /* ARCHIVE_RETRY */
            continue;
        if (n < 0 && n != RP_ARCHIVE_WARN) {
            p->stop = n < RP_ARCHIVE_FAILED;
            return fail_archive(p, err);
        }
        if (n <= 0)
            break;
        rp_code code = count_unpacked(p, (size_t)n, err);
        if (code != RP_OK)
            return code;
        done += (size_t)n;
    }
    *ret = done;
    return RP_OK;
}

/* A member's declared size must be one that the caps let it have. */
static rp_code check_size(const package *p, uint64_t size, rp_error *err)
{
    if (size > RP_MAX_MEMBER)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "larger than the %llu MiB that are unpacked",
                       RP_MAX_MEMBER >> 20);
    if (size > RATIO_FROM && size / RP_MAX_ARCHIVE_RATIO > p->src->size)
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE,
                       "claims to unpack to more than %u times the package's size",
                       RP_MAX_ARCHIVE_RATIO);
    return RP_OK;
}

/* The whole member, whose first bytes are in `head`; size: as declared, UINT64_MAX when not. */
static rp_code read_member(package *p, rp_arena *arena, rp_bytes head, uint64_t size, rp_bytes *ret,
                           rp_error *err)
{
    bool known = size != UINT64_MAX;
    rp_code code = check_size(p, known ? size : 0, err);
    size_t cap = known && size >= head.len ? (size_t)size : GROW_FROM;
    uint8_t *bytes = code == RP_OK ? rp_new(arena, cap, uint8_t) : NULL;
    size_t len = head.len;
    if (bytes != NULL)
        memcpy(bytes, head.ptr, len);
    while (code == RP_OK && bytes != NULL) {
        size_t got = 0;
        code = read_some(p, bytes + len, cap - len, &got, err);
        len += got;
        if (code != RP_OK || len < cap || known)
            break;
        if (check_size(p, (uint64_t)cap * 2, err) != RP_OK)
            return err->code;
        uint8_t *more = rp_new(arena, (uint64_t)cap * 2, uint8_t);
        if (more != NULL)
            memcpy(more, bytes, len);
        bytes = more;
        cap *= 2;
    }
    if (code != RP_OK)
        return code;
    if (bytes == NULL)
        return rp_fail_memory(err);
    *ret = (rp_bytes){bytes, len};
    return RP_OK;
}

/* Passes over what is left of a member. In a compressed stream that costs as much as reading it,
 * and must be counted; zip knows where the next one is. */
static rp_code skip_member(package *p, rp_error *err)
{
    size_t got = 0;
    uint8_t sink[RP_HEAD];
    if (is_zip(p))
        return RP_OK;
    do {
        rp_code code = read_some(p, sink, sizeof sink, &got, err);
        if (code != RP_OK)
            return code;
    } while (got != 0);
    return RP_OK;
}

/* A file that was compressed alone has no name inside: it is called as without the suffix. */
static rp_str raw_name(const package *p)
{
    rp_str name = p->member.len != 0 ? p->member : p->job->path;
    size_t from = name.len;
    while (from != 0 && name.ptr[from - 1] != '/' && name.ptr[from - 1] != '!')
        from--;
    name = rp_str_sub(name, from, SIZE_MAX);
    for (size_t i = name.len; i > 1; i--)
        if (name.ptr[i - 1] == '.')
            return rp_str_sub(name, 0, i - 1);
    return RP_STR("data");
}

static rp_str entry_name(package *p, struct archive_entry *entry)
{
    const char *path = p->la.pathname(entry);
    if (path == NULL) /* cannot be said in this locale's character set */
        path = p->la.pathname_utf8(entry);
    rp_str name = rp_str_from(path ? path : "");
    bool raw = p->la.format(p->a) == RP_ARCHIVE_FORMAT_RAW;
    p->job->open[p->depth].kind = raw ? RP_STEP_COMPRESSED : RP_STEP_PACKAGE;
    if (raw)
        name = raw_name(p);
    if (name.len > RP_MAX_NAME)
        name.len = RP_MAX_NAME;
    rp_str copy = rp_arena_str(&p->names, name);
    if (copy.ptr == NULL)
        return copy;
    copy.len = rp_package_tidy((char *)(uintptr_t)copy.ptr, copy.len);
    if (copy.len == 0)
        copy = RP_STR("(no name)");
    return rp_member_join(&p->names, p->member, copy);
}

static rp_code visit_artefact(package *p, rp_str name, rp_bytes head, uint64_t size, rp_error *err)
{
    rp_bytes bytes;
    rp_job_allow(p->job, size != UINT64_MAX ? size : RP_MAX_MEMBER * 2);
    rp_code code = read_member(p, &p->job->arena, head, size, &bytes, err);
    if (code != RP_OK)
        return code;
    rp_job_allow(p->job, p->job->arena.used);
    rp_source src = rp_source_memory(bytes, &p->job->arena);
    rp_job_artefact(p->job, &src, name, true);
    return RP_OK;
}

static rp_code visit_container(package *p, rp_str name, rp_bytes head, uint64_t size, rp_error *err)
{
    rp_bytes bytes;
    rp_arena *arena = &p->job->levels[p->depth + 1];
    rp_code code = RP_OK;
    if (p->depth >= RP_MAX_ARCHIVE_DEPTH)
        code = rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "packages are nested more than %u deep",
                       RP_MAX_ARCHIVE_DEPTH);
    if (code == RP_OK)
        code = read_member(p, arena, head, size, &bytes, err);
    if (code == RP_OK) {
        rp_source src = rp_source_memory(bytes, arena);
        rp_job_source(p->job, &src, name, p->depth + 1);
    }
    rp_arena_reset(arena);
    return code;
}

static rp_code visit_entry(package *p, rp_str name, struct archive_entry *entry, rp_error *err)
{
    uint8_t first[RP_HEAD];
    size_t got = 0;
    int64_t declared = p->la.size_is_set(entry) ? p->la.size(entry) : -1;
    uint64_t size = declared >= 0 ? (uint64_t)declared : UINT64_MAX;
    rp_code code = read_some(p, first, sizeof first, &got, err);
    if (code != RP_OK)
        return code;
    rp_bytes head = {first, got};
    rp_thing thing = rp_thing_of(head, size);
    if (thing == RP_THING_OTHER)
        rp_job_other(p->job, name, true);
    else if (thing == RP_THING_ARTEFACT)
        code = visit_artefact(p, name, head, size, err);
    else
        code = visit_container(p, name, head, size, err);
    return code;
}

/* One member, whatever comes of it. Its failures are its own, unless p->stop says otherwise. */
static void one_entry(package *p, struct archive_entry *entry)
{
    rp_error err = {0};
    p->entry_unpacked = 0;
    rp_arena_reset(&p->names);
    if (p->la.filetype(entry) != RP_ARCHIVE_REGULAR || p->la.hardlink(entry) != NULL)
        return; /* folders, links: the file itself is another member */
    rp_str name = entry_name(p, entry);
    if (name.ptr == NULL) {
        (void)rp_fail_memory(&err);
        name = p->member;
    } else {
        (void)visit_entry(p, name, entry, &err);
    }
    if (err.code != RP_OK) {
        rp_arena_reset(&p->job->arena);
        rp_job_allow(p->job, 0);
        rp_job_error(p->job, name, &err);
        err = (rp_error){0};
    }
    if (!p->stop && !p->job->stop && skip_member(p, &err) != RP_OK)
        rp_job_error(p->job, name, &err);
}

static rp_code each_entry(package *p, rp_error *err)
{
    for (uint32_t n = 0; !p->stop && !p->job->stop; n++) {
        struct archive_entry *entry = NULL;
        int code = p->la.next_header(p->a, &entry);
        if (code == RP_ARCHIVE_EOF)
            break;
        if (n == RP_MAX_ENTRIES)
            return rp_fail(err, RP_E_LIMIT, p->pos, "more than %u members", RP_MAX_ENTRIES);
        if (code < RP_ARCHIVE_WARN)
            return fail_archive(p, err);
        one_entry(p, entry);
    }
    return RP_OK;
}

static rp_code read_package(package *p, rp_error *err)
{
    rp_code code = rp_libarchive_load(&p->la, err);
    if (code != RP_OK)
        return code;
    code = open_package(p, err);
    if (code == RP_OK)
        code = each_entry(p, err);
    if (p->a != NULL)
        (void)p->la.read_free(p->a);
    rp_libarchive_unload(&p->la);
    return code;
}

void rp_job_package(rp_job *job, rp_source *src, rp_str member, unsigned depth, rp_bytes head)
{
    rp_error err = {0};
    package p = {.job = job,
                 .src = src,
                 .member = member,
                 .depth = depth,
                 .kind = rp_package_identify(head)};
    /* libarchive converts names to the character set of the thread's locale and drops those that
     * it lacks: this thread's is one that lacks none. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 != (locale_t)0 ? uselocale(utf8) : (locale_t)0;
    rp_code code =
        p.kind != NULL ? read_package(&p, &err) : rp_fail(&err, RP_E_INTERNAL, 0, "not a package");
    if (utf8 != (locale_t)0) {
        (void)uselocale(before);
        freelocale(utf8);
    }
    rp_arena_free(&p.names);
    if (code != RP_OK)
        rp_job_error(job, member, &err);
}
