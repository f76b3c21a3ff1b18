/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/unpack.h"

#include "base/outside.h"

enum { BUFFER = 64 * 1024 };

static ssize_t give_bytes(struct archive *a, void *user, const void **ret)
{
    (void)a;
    rp_outside_wrote(&user, sizeof user);
    rp_outside_wrote(&ret, sizeof ret);
    rp_unpack *u = user;
    size_t n = rp_source_copy(u->src, u->pos, u->buffer, BUFFER);
    if (rp_window_pass(&u->windows, (rp_bytes){u->buffer, n}, &u->err) != RP_OK)
        return RP_ARCHIVE_FATAL;
    u->pos += n;
    *ret = u->buffer;
    return (ssize_t)n;
}

static rp_code fail_archive(rp_unpack *u, rp_error *err)
{
    const char *text = u->a != NULL ? u->la.error_string(u->a) : NULL;
    rp_outside_wrote_text(text);
    if (u->err.code != RP_OK)
        return rp_fail(err, u->err.code, u->err.offset, "%s", u->err.text);
    return rp_fail(err, RP_E_FORMAT, u->pos, "%s: %s", u->what,
                   text ? text : "the archive is damaged");
}

/* One filter and no more: libarchive would detect compression in compression by itself, and pass
 * what is between the two by all caps. */
static rp_code set_up(rp_unpack *u, const rp_package_kind *kind, rp_error *err)
{
    static const char *const formats[] = {"format_raw", "format_empty"};
    for (size_t i = 0; i < RP_COUNT(formats); i++) {
        rp_code code = rp_libarchive_support(&u->la, u->a, formats[i], err);
        if (code != RP_OK)
            return code;
    }
    if (kind->support != NULL)
        return rp_libarchive_support(&u->la, u->a, kind->support, err);
    if (u->la.append_filter(u->a, kind->filter) != RP_ARCHIVE_OK)
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "libarchive was built without %s",
                       kind->name);
    return RP_OK;
}

/* Detecting the format reads the first bytes: what fails then looks like an empty stream later, but
 * for the error that it left. */
static rp_code start(rp_unpack *u, rp_error *err)
{
    struct archive_entry *entry = NULL;
    if (u->la.set_data(u->a, u) != RP_ARCHIVE_OK ||
        u->la.set_read(u->a, give_bytes) != RP_ARCHIVE_OK || u->la.open(u->a) < RP_ARCHIVE_WARN ||
        u->err.code != RP_OK || u->la.error_string(u->a) != NULL)
        return fail_archive(u, err);
    if (u->la.filter_count(u->a) > 2) /* its own and the one that reads */
        return rp_fail(err, RP_E_UNSUPPORTED, RP_NOWHERE, "%s: compressed more than once", u->what);
    int code = u->la.next_header(u->a, &entry);
    u->ended = code == RP_ARCHIVE_EOF; /* there is nothing inside */
    return code < RP_ARCHIVE_WARN ? fail_archive(u, err) : RP_OK;
}

rp_code rp_unpack_open(rp_unpack *u, const rp_source *src, const rp_package_kind *kind,
                       rp_unpack_count count, void *user, rp_error *err)
{
    *u = (rp_unpack){.src = src, .what = "archive", .count = count, .user = user};
    u->buffer = rp_new(src->arena, BUFFER, uint8_t);
    if (u->buffer == NULL)
        return rp_fail_memory(err);
    if (kind == NULL)
        return RP_OK;
    u->what = kind->name;
    u->windows.kind = kind->window;
    rp_code code = rp_libarchive_load(&u->la, err);
    if (code != RP_OK)
        return code;
    u->a = u->la.read_new();
    if (u->a == NULL)
        return rp_fail_memory(err);
    rp_outside_enter();
    code = set_up(u, kind, err);
    if (code == RP_OK)
        code = start(u, err);
    rp_outside_leave();
    return code;
}

void rp_unpack_close(rp_unpack *u)
{
    if (u->a != NULL)
        (void)u->la.read_free(u->a);
    u->a = NULL;
    rp_libarchive_unload(&u->la);
}

static rp_code more_plain(rp_unpack *u, rp_error *err)
{
    size_t n = rp_source_copy(u->src, u->pos, u->buffer, BUFFER);
    if (n == 0 && u->pos < u->src->size)
        return rp_fail(err, RP_E_IO, u->pos, "the bytes cannot be read");
    u->pos += n;
    u->piece = (rp_bytes){u->buffer, n};
    return RP_OK;
}

/* Makes u->piece the next bytes; empty at the end. */
static rp_code more(rp_unpack *u, rp_error *err)
{
    const void *block = NULL;
    size_t len = 0;
    int64_t offset = 0;
    u->piece = (rp_bytes){NULL, 0};
    if (u->a == NULL)
        return more_plain(u, err);
    if (u->ended)
        return RP_OK;
    int code = RP_ARCHIVE_OK;
    rp_outside_enter();
    do
        code = u->la.read_block(u->a, &block, &len, &offset);
    while (code == RP_ARCHIVE_OK && len == 0);
    rp_outside_leave();
    u->ended = code == RP_ARCHIVE_EOF;
    if (u->ended)
        return RP_OK;
    if (code < RP_ARCHIVE_WARN)
        return fail_archive(u, err);
    rp_outside_wrote(block, len);
    u->piece = (rp_bytes){block, len};
    return u->count(u->user, len, err);
}

static size_t take(rp_bytes *from, uint8_t *to, uint64_t len)
{
    size_t n = from->len < len ? from->len : (size_t)len;
    if (n != 0 && to != NULL)
        memcpy(to, from->ptr, n);
    from->ptr += n;
    from->len -= n;
    return n;
}

/* Up to len bytes to `to`, or nowhere when it is NULL. */
static rp_code pull(rp_unpack *u, uint8_t *to, uint64_t len, uint64_t *ret, rp_error *err)
{
    uint64_t done = 0;
    while (done < len) {
        rp_bytes *from = u->peeked.len != 0 ? &u->peeked : &u->piece;
        if (from->len == 0) {
            rp_code code = more(u, err);
            if (code != RP_OK)
                return code;
            if (u->piece.len == 0)
                break;
        }
        done += take(from, to ? to + done : NULL, len - done);
    }
    u->out += done;
    *ret = done;
    return RP_OK;
}

rp_code rp_unpack_read(rp_unpack *u, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    uint64_t n = 0;
    rp_code code = pull(u, to, len, &n, err);
    *ret = (size_t)n;
    return code;
}

rp_code rp_unpack_peek(rp_unpack *u, rp_bytes *ret, rp_error *err)
{
    size_t n = 0;
    rp_code code = rp_unpack_read(u, u->head, sizeof u->head, &n, err);
    u->out -= n;
    u->peeked = (rp_bytes){u->head, n};
    *ret = u->peeked;
    return code;
}

bool rp_unpack_where(const rp_unpack *u, uint64_t *ret)
{
    *ret = u->pos - u->piece.len - u->peeked.len;
    return u->a == NULL;
}

static rp_code ends_early(const rp_unpack *u, rp_error *err)
{
    return rp_fail(err, RP_E_FORMAT, u->out, "truncated: the archive ends in the middle");
}

rp_code rp_unpack_exactly(rp_unpack *u, void *to, size_t len, rp_error *err)
{
    size_t n = 0;
    rp_code code = rp_unpack_read(u, to, len, &n, err);
    return code == RP_OK && n < len ? ends_early(u, err) : code;
}

rp_code rp_unpack_skip(rp_unpack *u, uint64_t n, rp_error *err)
{
    uint64_t done = take(&u->peeked, NULL, n);
    done += take(&u->piece, NULL, n - done);
    u->out += done;
    if (u->a == NULL) { /* as they are: the rest need not be read */
        if (n - done > u->src->size - u->pos)
            return ends_early(u, err);
        u->pos += n - done;
        u->out += n - done;
        return RP_OK;
    }
    uint64_t rest = 0;
    rp_code code = pull(u, NULL, n - done, &rest, err);
    return code == RP_OK && rest < n - done ? ends_early(u, err) : code;
}
