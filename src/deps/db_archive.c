/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/db_archive.h"

#include "input/tar.h"
#include "input/zip.h"

#define RATIO_FROM (16ull << 20) /* unpacked bytes up to which no ratio is asked for */

typedef struct {
    rp_source src;
    const rp_format_reader *reader;
    void *self; /* of the reader */
    uint64_t unpacked;
    uint8_t *buffer; /* member_bytes + 1 */
    size_t member_bytes;
    rp_db_wants_fn wants;
    rp_db_take_fn take;
    void *user;
    rp_error *err;
} reading;

static rp_code count(void *user, size_t n, rp_error *err)
{
    reading *r = user;
    r->unpacked += n;
    if (r->unpacked > RP_DB_UNPACKED ||
        (r->unpacked > RATIO_FROM && r->unpacked / RP_DB_RATIO > r->src.size))
        return rp_fail(err, RP_E_LIMIT, RP_NOWHERE,
                       "archive: %llu bytes unpack to more than %llu: a decompression bomb",
                       (unsigned long long)r->src.size, (unsigned long long)r->unpacked);
    return RP_OK;
}

static rp_code take_member(reading *r, const rp_member *m)
{
    size_t n = 0;
    if (m->unread != NULL)
        return rp_fail(r->err, RP_E_UNSUPPORTED, m->at, "archive: a member is unread: %s",
                       m->unread);
    rp_code code = r->reader->read(r->self, r->buffer, r->member_bytes + 1, &n, r->err);
    if (code == RP_OK && n > r->member_bytes)
        return rp_fail(r->err, RP_E_LIMIT, m->at, "archive: a member is longer than %zu MiB",
                       r->member_bytes >> 20);
    return code == RP_OK ? r->take(r->user, m->name, (rp_bytes){r->buffer, n}, r->err) : code;
}

static rp_code one_member(reading *r, const rp_member *m)
{
    bool wanted = false;
    rp_code code = r->wants(r->user, m->name, m->file, &wanted, r->err);
    if (code == RP_OK && wanted && m->file)
        return take_member(r, m);
    return code == RP_OK ? r->reader->skip(r->self, r->err) : code;
}

static rp_code each_member(reading *r)
{
    for (uint32_t i = 0; i < RP_DB_MEMBERS; i++) {
        rp_member m = {.name = {"", 0}};
        bool end = false;
        rp_code code = r->reader->next(r->self, &m, &end, r->err);
        if (code != RP_OK || end)
            return code;
        code = one_member(r, &m);
        if (code != RP_OK)
            return code;
    }
    return rp_fail(r->err, RP_E_LIMIT, RP_NOWHERE, "archive: too many members");
}

static rp_code read_zip(reading *r)
{
    rp_zip zip = {0};
    rp_code code = rp_zip_open(&zip, &r->src, count, r, r->err);
    r->reader = &rp_zip_reader;
    r->self = &zip;
    if (code == RP_OK)
        code = each_member(r);
    rp_zip_close(&zip);
    return code;
}

/* Compressed or not. */
static rp_code read_tar(reading *r, const rp_package_kind *kind)
{
    rp_unpack unpack = {0};
    rp_bytes head = {NULL, 0};
    rp_code code = rp_unpack_open(&unpack, &r->src, kind, count, r, r->err);
    if (code == RP_OK)
        code = rp_unpack_peek(&unpack, &head, r->err);
    if (code == RP_OK && !rp_tar_identify(head))
        code = rp_fail(r->err, RP_E_FORMAT, 0, "archive: neither a tar archive nor a zip");
    rp_tar tar = {.from = &unpack};
    r->reader = &rp_tar_reader;
    r->self = &tar;
    if (code == RP_OK)
        code = each_member(r);
    rp_tar_free(&tar);
    rp_unpack_close(&unpack);
    return code;
}

rp_code rp_db_archive_read(rp_bytes archive, rp_db_wants_fn wants, rp_db_take_fn take, void *user,
                           rp_error *err)
{
    return rp_archive_members(archive, RP_DB_MEMBER_BYTES, wants, take, user, err);
}

rp_code rp_archive_members(rp_bytes archive, size_t member_bytes, rp_db_wants_fn wants,
                           rp_db_take_fn take, void *user, rp_error *err)
{
    rp_arena arena = {0};
    reading r = {.src = rp_source_memory(archive, &arena),
                 .buffer = rp_new(&arena, (uint64_t)member_bytes + 1, uint8_t),
                 .member_bytes = member_bytes,
                 .wants = wants,
                 .take = take,
                 .user = user,
                 .err = err};
    const rp_package_kind *kind = rp_package_identify(archive);
    bool stream = kind != NULL && kind->format == RP_PACKAGE_STREAM;
    rp_code code = r.buffer == NULL ? rp_fail_memory(err)
                   : kind != NULL && kind->format == RP_PACKAGE_ZIP
                       ? read_zip(&r)
                       : read_tar(&r, stream ? kind : NULL);
    rp_arena_free(&arena);
    return code;
}
