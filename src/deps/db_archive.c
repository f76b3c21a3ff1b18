/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/db_archive.h"

#include "input/libarchive.h"

enum { RATIO_FROM = 16 << 20, FATAL = -30, RETRY = -10 };

typedef struct {
    rp_libarchive la;
    struct archive *a;
    rp_bytes archive;
    bool given;
    uint64_t unpacked;
    uint8_t *buffer; /* RP_DB_MEMBER_BYTES + 1 */
    rp_arena arena;
    rp_db_wants_fn wants;
    rp_db_take_fn take;
    void *user;
    rp_error *err;
} reading;

/* All of it at once, then the end. */
static ssize_t give_bytes(struct archive *a, void *user, const void **ret)
{
    (void)a;
    reading *r = user;
    *ret = r->archive.ptr;
    ssize_t n = r->given ? 0 : (ssize_t)r->archive.len;
    r->given = true;
    return n;
}

static rp_code damaged(const reading *r)
{
    const char *why = r->la.error_string(r->a);
    return rp_fail(r->err, RP_E_FORMAT, RP_NOWHERE, "archive: %s", why ? why : "it is damaged");
}

static rp_code open_archive(reading *r)
{
    static const char *const readers[] = {"format_tar", "format_zip_streamable", "filter_gzip"};
    r->a = r->la.read_new();
    if (r->a == NULL)
        return rp_fail_memory(r->err);
    for (size_t i = 0; i < RP_COUNT(readers); i++) {
        rp_code code = rp_libarchive_support(&r->la, r->a, readers[i], r->err);
        if (code != RP_OK)
            return code;
    }
    if (r->la.set_data(r->a, r) != RP_ARCHIVE_OK ||
        r->la.set_read(r->a, give_bytes) != RP_ARCHIVE_OK || r->la.open(r->a) < RP_ARCHIVE_WARN)
        return damaged(r);
    return RP_OK;
}

static rp_code count(reading *r, size_t n)
{
    r->unpacked += n;
    if (r->unpacked > RP_DB_UNPACKED ||
        (r->unpacked > RATIO_FROM && r->unpacked / RP_DB_RATIO > r->archive.len))
        return rp_fail(r->err, RP_E_LIMIT, RP_NOWHERE,
                       "archive: %llu bytes unpack to more than %llu: a decompression bomb",
                       (unsigned long long)r->archive.len, (unsigned long long)r->unpacked);
    return RP_OK;
}

/* The member's bytes into the buffer; those that are not wanted are counted only. */
static rp_code read_member(reading *r, bool wanted, size_t *ret_n)
{
    size_t done = 0;
    for (;;) {
        size_t at = wanted ? done : 0;
        ssize_t n = r->la.read_data(r->a, r->buffer + at, RP_DB_MEMBER_BYTES + 1 - at);
        if (n == RETRY)
            continue;
        if (n < 0)
            return damaged(r);
        if (n == 0)
            break;
        done += (size_t)n;
        rp_code code = count(r, (size_t)n);
        if (code != RP_OK)
            return code;
        if (wanted && done > RP_DB_MEMBER_BYTES)
            return rp_fail(r->err, RP_E_LIMIT, RP_NOWHERE, "archive: a member is too long");
    }
    *ret_n = done;
    return RP_OK;
}

static rp_db_member_kind kind_of(const reading *r, struct archive_entry *entry)
{
    unsigned type = (unsigned)r->la.filetype(entry);
    if (r->la.hardlink(entry) != NULL || type == 0120000) /* AE_IFLNK */
        return RP_DB_MEMBER_LINK;
    return type == RP_ARCHIVE_REGULAR ? RP_DB_MEMBER_FILE
           : type == 0040000          ? RP_DB_MEMBER_FOLDER /* AE_IFDIR */
                                      : RP_DB_MEMBER_SPECIAL;
}

static rp_code one_member(reading *r, struct archive_entry *entry)
{
    size_t n = 0;
    const char *path = r->la.pathname(entry);
    rp_arena_reset(&r->arena);
    rp_db_member m = {rp_arena_str(&r->arena, rp_str_from(path ? path : "")), kind_of(r, entry)};
    if (m.path.ptr == NULL)
        return rp_fail_memory(r->err);
    bool wanted = r->wants(r->user, &m);
    rp_code code = m.kind == RP_DB_MEMBER_FILE ? read_member(r, wanted, &n) : RP_OK;
    if (code != RP_OK || !wanted)
        return code;
    return r->take(r->user, &m, (rp_bytes){r->buffer, n}, r->err);
}

static rp_code each_member(reading *r)
{
    for (uint32_t i = 0;; i++) {
        struct archive_entry *entry = NULL;
        int code = r->la.next_header(r->a, &entry);
        if (code == RP_ARCHIVE_EOF)
            return RP_OK;
        if (code == RETRY)
            continue;
        if (code < RP_ARCHIVE_WARN)
            return damaged(r);
        if (i >= RP_DB_MEMBERS)
            return rp_fail(r->err, RP_E_LIMIT, RP_NOWHERE, "archive: too many members");
        rp_code done = one_member(r, entry);
        if (done != RP_OK)
            return done;
    }
}

rp_code rp_db_archive_read(rp_bytes archive, rp_db_wants_fn wants, rp_db_take_fn take, void *user,
                           rp_error *err)
{
    reading r = {.archive = archive, .wants = wants, .take = take, .user = user, .err = err};
    rp_code code = rp_libarchive_load(&r.la, err);
    if (code != RP_OK)
        return code;
    rp_arena whole = {0};
    r.buffer = rp_new(&whole, RP_DB_MEMBER_BYTES + 1, uint8_t);
    code = r.buffer != NULL ? open_archive(&r) : rp_fail_memory(err);
    if (code == RP_OK)
        code = each_member(&r);
    if (r.a != NULL)
        (void)r.la.read_free(r.a);
    rp_arena_free(&r.arena);
    rp_arena_free(&whole);
    rp_libarchive_unload(&r.la);
    return code;
}
