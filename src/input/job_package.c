/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The members of a package, one after the other. */
#include "input/cpio.h"
#include "input/job.h"
#include "input/package.h"
#include "input/rpm.h"
#include "input/tar.h"
#include "input/zip.h"

enum { GROW_FROM = 1 << 20 };
/* Unpacked bytes up to which no ratio is asked for: of one package; of all in one file, where
 * packed packages would else multiply their ratios. */
#define RATIO_FROM     (16ull << 20)
#define RATIO_FROM_ALL (2 * RATIO_FROM)

typedef struct {
    rp_job *job;
    rp_source *src;
    rp_str member; /* of the package itself */
    unsigned depth;
    rp_unpack unpack;
    union {
        rp_tar tar;
        rp_cpio cpio;
        rp_zip zip;
    } as;
    const rp_format_reader *reader;
    void *self; /* the reader's */
    rp_package_format format;
    uint64_t unpacked;       /* bytes that came out of this package */
    uint64_t entry_unpacked; /* of the current member */
    rp_arena names;          /* of the current member's name */
    bool given;              /* the one file of a compressed one */
    bool stop;
} package;

/* Counts bytes that were decompressed and holds them against the caps. A zip's members are
 * compressed one by one: each has the whole package's size for its own ratio, and the others can
 * still be had when one is too much. */
static rp_code count_unpacked(void *user, size_t n, rp_error *err)
{
    package *p = user;
    uint64_t max = p->job->opt->max_unpacked ? p->job->opt->max_unpacked : RP_MAX_ARCHIVE_TOTAL;
    p->unpacked += n;
    p->entry_unpacked += n;
    p->job->unpacked += n;
    if (p->job->unpacked > max) {
        p->job->stop = true;
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE,
                       "more than %llu bytes come out of the packages in one file; --max-unpacked "
                       "raises it",
                       (unsigned long long)max);
    }
    if (p->job->unpacked > RATIO_FROM_ALL &&
        p->job->unpacked / RP_MAX_ARCHIVE_RATIO > p->job->file_size) {
        p->job->stop = true;
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE,
                       "the packages in one file unpack to more than %u times its size: a "
                       "decompression bomb",
                       RP_MAX_ARCHIVE_RATIO);
    }
    bool zip = p->format == RP_PACKAGE_ZIP;
    uint64_t out = zip ? p->entry_unpacked : p->unpacked;
    if (out > RATIO_FROM && out / RP_MAX_ARCHIVE_RATIO > p->src->size) {
        p->stop = !zip;
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE,
                       "unpacks to more than %u times its size: a decompression bomb",
                       RP_MAX_ARCHIVE_RATIO);
    }
    return RP_OK;
}

/* Up to len bytes of the member's data; fewer at its end. What fails in a stream is the stream. */
static rp_code read_some(package *p, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    rp_code code = p->reader->read(p->self, to, len, ret, err);
    p->stop = p->stop || (code != RP_OK && p->format != RP_PACKAGE_ZIP);
    return code;
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
        bytes = rp_arena_grow(arena, bytes, len, cap * 2);
        cap *= 2;
    }
    if (code != RP_OK)
        return code;
    if (bytes == NULL)
        return rp_fail_memory(err);
    *ret = (rp_bytes){bytes, len};
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

static rp_str entry_name(package *p, const rp_member *m)
{
    bool alone = p->format == RP_PACKAGE_STREAM;
    p->job->open[p->depth].kind = alone ? RP_STEP_COMPRESSED : RP_STEP_PACKAGE;
    rp_str name = alone ? raw_name(p) : m->name;
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
    p->job->bytes.limit = (size != UINT64_MAX ? size : RP_MAX_MEMBER * 2) + RP_HEAD;
    rp_code code = read_member(p, &p->job->bytes, head, size, &bytes, err);
    if (code != RP_OK)
        return code;
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

/* A member whose bytes lie in the package as they are is a part of it: nothing is copied. */
static bool visit_part(package *p, rp_str name, const rp_member *m)
{
    const rp_source *whole = p->format == RP_PACKAGE_ZIP ? p->src : p->unpack.src;
    uint64_t at = 0;
    rp_source part;
    if (p->reader->where == NULL || !p->reader->where(p->self, &at) ||
        !rp_source_slice(whole, at, m->size, &part))
        return false;
    part.arena = &p->job->levels[p->depth + 1];
    rp_job_source(p->job, &part, name, p->depth + 1);
    rp_arena_reset(part.arena);
    return true;
}

/* What is enough of the member's first bytes to tell what it is. Where each byte has to be
 * inflated, and most members are none of ours, few are read at first. */
static rp_code read_head(package *p, const rp_member *m, uint8_t head[RP_HEAD], size_t *ret_len,
                         rp_error *err)
{
    size_t more = 0;
    rp_code code = read_some(p, head, RP_FIRST, ret_len, err);
    if (code == RP_OK && *ret_len == RP_FIRST &&
        !rp_thing_none((rp_bytes){head, RP_FIRST}, m->size)) {
        code = read_some(p, head + RP_FIRST, RP_HEAD - RP_FIRST, &more, err);
        *ret_len += more;
    }
    return code;
}

static rp_code visit_entry(package *p, rp_str name, const rp_member *m, rp_error *err)
{
    uint8_t first[RP_HEAD];
    size_t got = 0;
    if (m->unread != NULL)
        return rp_fail(err, RP_E_UNSUPPORTED, m->at, "%s", m->unread);
    if (visit_part(p, name, m))
        return RP_OK;
    rp_code code = read_head(p, m, first, &got, err);
    if (code != RP_OK)
        return code;
    rp_bytes head = {first, got};
    rp_thing thing = rp_thing_of(head, m->size);
    if (thing == RP_THING_OTHER)
        rp_job_other(p->job, name, true);
    else if (thing == RP_THING_ARTEFACT)
        code = visit_artefact(p, name, head, m->size, err);
    else
        code = visit_container(p, name, head, m->size, err);
    return code;
}

/* One member, whatever comes of it. Its failures are its own, unless p->stop says otherwise. */
static void one_entry(package *p, const rp_member *m)
{
    rp_error err = {0};
    p->entry_unpacked = 0;
    rp_arena_reset(&p->names);
    rp_str name = entry_name(p, m);
    if (name.ptr == NULL) {
        (void)rp_fail_memory(&err);
        name = p->member;
    } else if (m->file) { /* folders, links: the file itself is another member */
        (void)visit_entry(p, name, m, &err);
    }
    if (err.code != RP_OK) {
        rp_arena_reset(&p->job->bytes);
        rp_job_error(p->job, name, &err);
        err = (rp_error){0};
    }
    if (!p->stop && !p->job->stop && p->reader->skip(p->self, &err) != RP_OK) {
        rp_job_error(p->job, name, &err);
        p->stop = true;
    }
}

static rp_code each_entry(package *p, rp_error *err)
{
    for (uint32_t n = 0; !p->stop && !p->job->stop; n++) {
        rp_member m;
        bool end = false;
        rp_code code = p->reader->next(p->self, &m, &end, err);
        if (code != RP_OK || end)
            return code;
        if (n == RP_MAX_ENTRIES)
            return rp_fail(err, RP_E_LIMIT, m.at, "more than %u members", RP_MAX_ENTRIES);
        one_entry(p, &m);
    }
    return RP_OK;
}

/* One file that was compressed alone: all that comes out, and nothing more. */
static rp_code alone_next(void *self, rp_member *ret, bool *ret_end, rp_error *err)
{
    package *p = self;
    (void)err;
    *ret_end = p->given;
    p->given = true;
    *ret = (rp_member){.size = UINT64_MAX, .file = true};
    return RP_OK;
}

static rp_code alone_read(void *self, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    package *p = self;
    return rp_unpack_read(&p->unpack, to, len, ret, err);
}

static rp_code alone_skip(void *self, rp_error *err)
{
    uint8_t sink[RP_HEAD];
    size_t got = 0;
    rp_code code = RP_OK;
    do
        code = alone_read(self, sink, sizeof sink, &got, err);
    while (code == RP_OK && got != 0);
    return code;
}

static const rp_format_reader alone_reader = {alone_next, alone_read, alone_skip, NULL};

static rp_code read_zip(package *p, rp_error *err)
{
    p->format = RP_PACKAGE_ZIP;
    p->reader = &rp_zip_reader;
    p->self = &p->as.zip;
    rp_code code = rp_zip_open(&p->as.zip, p->src, count_unpacked, p, err);
    if (code == RP_OK)
        code = each_entry(p, err);
    rp_zip_close(&p->as.zip);
    return code;
}

/* What comes out of p->unpack. */
static rp_code read_stream(package *p, rp_error *err)
{
    rp_bytes head;
    rp_code code = rp_unpack_peek(&p->unpack, &head, err);
    if (code != RP_OK || head.len == 0)
        return code;
    p->format = rp_package_content(head);
    if (p->format == RP_PACKAGE_TAR) {
        p->as.tar = (rp_tar){.from = &p->unpack};
        p->reader = &rp_tar_reader;
        p->self = &p->as.tar;
        code = each_entry(p, err);
        rp_tar_free(&p->as.tar);
    } else if (p->format == RP_PACKAGE_CPIO) {
        p->as.cpio = (rp_cpio){.from = &p->unpack};
        p->reader = &rp_cpio_reader;
        p->self = &p->as.cpio;
        code = each_entry(p, err);
        rp_cpio_free(&p->as.cpio);
    } else {
        p->reader = &alone_reader;
        p->self = p;
        code = each_entry(p, err);
    }
    return code;
}

static rp_code read_packed(package *p, const rp_source *src, const rp_package_kind *kind,
                           rp_error *err)
{
    p->format = kind->format;
    const rp_package_kind *compression = kind->format == RP_PACKAGE_STREAM ? kind : NULL;
    rp_code code = rp_unpack_open(&p->unpack, src, compression, count_unpacked, p, err);
    if (code == RP_OK)
        code = read_stream(p, err);
    rp_unpack_close(&p->unpack);
    return code;
}

static rp_code read_rpm(package *p, rp_error *err)
{
    uint8_t head[RP_UNPACK_PEEK];
    rp_source payload;
    rp_code code = rp_rpm_payload(p->src, &payload, err);
    if (code != RP_OK)
        return code;
    size_t n = rp_source_copy(&payload, 0, head, sizeof head);
    const rp_package_kind *kind = rp_package_identify((rp_bytes){head, n});
    if (kind == NULL || (kind->format != RP_PACKAGE_STREAM && kind->format != RP_PACKAGE_CPIO))
        return rp_fail(err, RP_E_UNSUPPORTED, payload.origin,
                       "rpm: what is packed is compressed in a way that is not read");
    return read_packed(p, &payload, kind, err);
}

void rp_job_package(rp_job *job, rp_source *src, rp_str member, unsigned depth, rp_bytes head)
{
    rp_error err = {0};
    const rp_package_kind *kind = rp_package_identify(head);
    package p = {.job = job, .src = src, .member = member, .depth = depth};
    rp_code code = RP_OK;
    if (kind == NULL)
        code = rp_fail(&err, RP_E_INTERNAL, 0, "not a package");
    else if (kind->format == RP_PACKAGE_ZIP)
        code = read_zip(&p, &err);
    else if (kind->format == RP_PACKAGE_RPM)
        code = read_rpm(&p, &err);
    else
        code = read_packed(&p, src, kind, &err);
    rp_arena_free(&p.names);
    if (code != RP_OK)
        rp_job_error(job, member, &err);
}
