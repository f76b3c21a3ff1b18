/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/zip.h"

#include "base/limits.h"
#include "base/outside.h"
#include "base/reader.h"

#include <stdlib.h>
#include <zlib.h>

enum {
    END = 22, /* end of central directory record, APPNOTE 4.3.16 */
    END_SEARCH = 65535 + END,
    LOCATOR = 20, /* ZIP64 locator, 4.3.15 */
    END64 = 56,   /* 4.3.14 */
    CENTRAL = 46, /* 4.3.12 */
    LOCAL = 30,   /* 4.3.7 */
    STORED = 0,
    DEFLATED = 8,
    ENCRYPTED = 1,
    UTF8 = 0x800,
    ZIP64_EXTRA = 1,
    BUFFER = 64 * 1024,
    VIEW = 16 * 1024,
    LEAST = 512 /* bytes that are inflated at a time */
};

/* In memory for each entry while the archive is read; names are read again when their turn comes.
 */
struct rp_zip_entry {
    uint64_t local, packed, size; /* where its local header is; compressed; whole */
    uint64_t at;                  /* of its record in the directory */
    uint32_t crc;
    uint16_t method, flags, name;
    bool file;
};

/* The directory may be this long: what it takes in memory stays below what is allowed beside the
 * archive itself. */
#define MAX_DIRECTORY(size) ((16ull << 20) + (size) / 4)

struct rp_inflater {
    z_stream stream;
    rp_arena arena; /* of the stream */
    uint8_t out[BUFFER];
    size_t from, to; /* what is in `out` and was not handed on */
    bool end;
};

typedef struct {
    uint64_t offset, length, entries;
    uint64_t shift; /* bytes that were put before the archive, which no offset counts */
} directory;

/* The bytes at `at`: `want` of them, at most VIEW, or as many as there are; often more. */
static rp_bytes see(const rp_zip *z, rp_zip_view *v, uint64_t at, size_t want)
{
    if (at < v->at || at - v->at > v->n || v->n - (at - v->at) < want) {
        v->at = at;
        v->n = rp_source_copy(z->src, at, v->bytes, VIEW);
    }
    size_t from = (size_t)(at - v->at);
    return (rp_bytes){v->bytes + from, v->n - from};
}

static rp_reader reader_at(const rp_source *src, uint64_t at, uint8_t *buffer, size_t len)
{
    size_t n = rp_source_copy(src, at, buffer, len);
    return rp_reader_of((rp_bytes){buffer, n}, at, false);
}

/* 4.3.14 and 4.3.15: where 16 and 32 bits do not suffice. */
static void read_end64(const rp_source *src, uint64_t end_at, directory *d, uint64_t *end)
{
    uint8_t bytes[END64];
    if (end_at < LOCATOR)
        return;
    rp_reader r = reader_at(src, end_at - LOCATOR, bytes, LOCATOR);
    if (rp_u32(&r) != 0x07064b50)
        return;
    rp_skip_bytes(&r, 4);
    uint64_t at = rp_u64(&r);
    for (int attempt = 0; attempt < 2; attempt++) { /* where it says, or right before the locator */
        r = reader_at(src, at, bytes, END64);
        if (rp_u32(&r) == 0x06064b50 && !r.bad) {
            rp_seek(&r, 32);
            d->entries = rp_u64(&r);
            d->length = rp_u64(&r);
            d->offset = rp_u64(&r);
            *end = at;
            return;
        }
        at = end_at >= LOCATOR + END64 ? end_at - LOCATOR - END64 : 0;
    }
}

/* The end record is the last one that its comment's length takes to the end of the file (or, of a
 * file with something appended, the last at all). SIZE_MAX when there is none. */
static size_t find_end(rp_bytes tail)
{
    size_t any = SIZE_MAX;
    for (size_t i = tail.len >= END ? tail.len - END + 1 : 0; i-- != 0;) {
        if (memcmp(tail.ptr + i, "PK\5\6", 4) != 0)
            continue;
        size_t comment = tail.ptr[i + 20] | (size_t)tail.ptr[i + 21] << 8;
        if (i + END + comment == tail.len)
            return i;
        if (any == SIZE_MAX)
            any = i;
    }
    return any;
}

static rp_code find_directory(const rp_source *src, rp_arena *arena, directory *ret, rp_error *err)
{
    uint64_t from = src->size > END_SEARCH ? src->size - END_SEARCH : 0;
    uint8_t *tail = rp_new(arena, END_SEARCH, uint8_t);
    if (tail == NULL)
        return rp_fail_memory(err);
    size_t n = rp_source_copy(src, from, tail, END_SEARCH);
    size_t i = find_end((rp_bytes){tail, n});
    if (i == SIZE_MAX)
        return rp_fail(err, RP_E_FORMAT, src->size, "zip: truncated: there is no directory");
    rp_reader r = rp_reader_of((rp_bytes){tail + i, n - i}, from + i, false);
    rp_seek(&r, 10);
    *ret = (directory){.entries = rp_u16(&r)};
    ret->length = rp_u32(&r);
    ret->offset = rp_u32(&r);
    uint64_t end = from + i;
    read_end64(src, from + i, ret, &end);
    if (ret->length > end || ret->offset > end - ret->length)
        return rp_fail(err, RP_E_FORMAT, from + i, "zip: its directory lies outside of the file");
    ret->shift = end - ret->length - ret->offset;
    if (ret->length > MAX_DIRECTORY(src->size) || ret->entries > RP_MAX_ENTRIES)
        return rp_fail(err, RP_E_LIMIT, from + i, "zip: more than %u members, or too long a list",
                       RP_MAX_ENTRIES);
    return RP_OK;
}

/* 4.5.3: the numbers that did not fit into 32 bits, in this order. */
static void read_extra64(rp_reader *extra, rp_zip_entry *e)
{
    uint64_t *const wanted[] = {&e->size, &e->packed, &e->local};
    while (rp_left(extra) >= 4) {
        uint16_t id = rp_u16(extra), len = rp_u16(extra);
        rp_reader r;
        if (id == ZIP64_EXTRA && rp_window(extra, extra->pos, len, &r)) {
            for (size_t i = 0; i < RP_COUNT(wanted); i++)
                if (*wanted[i] == UINT32_MAX && rp_left(&r) >= 8)
                    *wanted[i] = rp_u64(&r);
            return;
        }
        rp_skip_bytes(extra, len);
    }
}

/* Folders end in a slash; Unix file types are in the upper half of the external attributes when it
 * was made on Unix (4.4.2, 4.4.15). */
static bool is_file(uint16_t made_by, uint32_t attributes, uint8_t last)
{
    uint32_t type = made_by >> 8 == 3 ? attributes >> 28 : 0;
    return last != '/' && (type == 0 || type == 8);
}

static bool read_central(rp_reader *r, rp_zip_entry *ret)
{
    if (rp_u32(r) != 0x02014b50)
        return false;
    uint16_t made_by = rp_u16(r);
    rp_skip_bytes(r, 2);
    rp_zip_entry e = {.flags = rp_u16(r)};
    e.method = rp_u16(r);
    rp_skip_bytes(r, 4);
    e.crc = rp_u32(r);
    e.packed = rp_u32(r);
    e.size = rp_u32(r);
    e.name = rp_u16(r);
    uint16_t extra = rp_u16(r), comment = rp_u16(r);
    rp_skip_bytes(r, 4);
    uint32_t attributes = rp_u32(r);
    e.local = rp_u32(r);
    const uint8_t *name = rp_take(r, e.name);
    rp_reader more;
    if (name == NULL || !rp_window(r, r->pos, extra, &more))
        return false;
    read_extra64(&more, &e);
    rp_skip_bytes(r, (uint64_t)extra + comment);
    e.file = is_file(made_by, attributes, e.name ? name[e.name - 1] : 0);
    *ret = e;
    return !r->bad;
}

static int by_place(const void *a, const void *b)
{
    const rp_zip_entry *x = a, *y = b;
    if (x->local != y->local)
        return x->local < y->local ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* The directory, read in one piece that is given back at once. */
static rp_code read_directory(rp_zip *z, const directory *d, rp_error *err)
{
    rp_arena whole = {0};
    uint64_t from = d->shift + d->offset;
    uint8_t *bytes = rp_new(&whole, d->length, uint8_t);
    rp_code code = bytes != NULL ? RP_OK : rp_fail_memory(err);
    if (code == RP_OK && rp_source_copy(z->src, from, bytes, (size_t)d->length) != d->length)
        code = rp_fail(err, RP_E_IO, from, "zip: its directory cannot be read");
    rp_reader r = rp_reader_of((rp_bytes){bytes, (size_t)d->length}, from, false);
    while (code == RP_OK && rp_left(&r) != 0) {
        uint64_t at = rp_at(&r);
        rp_zip_entry e;
        rp_zip_entry *slot = NULL;
        if (z->entries.n == RP_MAX_ENTRIES)
            code = rp_fail(err, RP_E_LIMIT, at, "zip: more than %u members", RP_MAX_ENTRIES);
        else if (!read_central(&r, &e))
            code = rp_fail(err, RP_E_FORMAT, at, "zip: its directory is damaged");
        else if ((slot = rp_vec_push(&z->arena, &z->entries)) == NULL)
            code = rp_fail_memory(err);
        if (slot != NULL) {
            *slot = e;
            slot->at = at;
            slot->local += d->shift;
        }
    }
    rp_arena_free(&whole);
    if (z->entries.n != 0)
        qsort(z->entries.items, z->entries.n, sizeof *z->entries.items, by_place);
    return code;
}

rp_code rp_zip_open(rp_zip *z, const rp_source *src, rp_unpack_count count, void *user,
                    rp_error *err)
{
    *z = (rp_zip){.src = src, .count = count, .user = user};
    directory d = {0};
    z->members.bytes = rp_new(&z->arena, VIEW, uint8_t);
    z->directory.bytes = rp_new(&z->arena, VIEW, uint8_t);
    if (z->members.bytes == NULL || z->directory.bytes == NULL)
        return rp_fail_memory(err);
    rp_code code = find_directory(src, &z->arena, &d, err);
    return code == RP_OK ? read_directory(z, &d, err) : code;
}

void rp_zip_close(rp_zip *z)
{
    if (z->inflater != NULL) {
        (void)inflateEnd(&z->inflater->stream);
        rp_arena arena = z->inflater->arena;
        rp_arena_free(&arena);
    }
    rp_arena_free(&z->arena);
    rp_arena_free(&z->names);
}

/* Old zips name in CP437, which differs from ASCII above 127 only: such bytes are shown as they
 * are. */
static rp_code read_name(rp_zip *z, const rp_zip_entry *e, rp_member *ret, rp_error *err)
{
    size_t len = e->name < RP_MAX_NAME ? e->name : RP_MAX_NAME;
    rp_arena_reset(&z->names);
    char *name = rp_new(&z->names, len + 1, char);
    if (name == NULL)
        return rp_fail_memory(err);
    rp_bytes bytes = see(z, &z->directory, e->at + CENTRAL, len);
    if (bytes.len < len)
        return rp_fail(err, RP_E_IO, e->at, "zip: its directory cannot be read");
    memcpy(name, bytes.ptr, len);
    ret->name = rp_str_from(name); /* the NUL behind it is not overwritten */
    return RP_OK;
}

static const char *method_name(uint16_t method)
{
    switch (method) {
    case 9:
        return "it is compressed with Deflate64, which is not read";
    case 12:
        return "it is compressed with bzip2, which is not read in a zip";
    case 14:
        return "it is compressed with LZMA, which is not read in a zip";
    case 93:
        return "it is compressed with zstd, which is not read in a zip";
    case 95:
        return "it is compressed with xz, which is not read in a zip";
    default:
        return "it is compressed in a way that is not read";
    }
}

/* The local header, which tells where the bytes begin; NULL or why not. Two members that share
 * bytes would ask for the same work again and again. */
static const char *find_data(rp_zip *z, const rp_zip_entry *e)
{
    rp_bytes bytes = see(z, &z->members, e->local, LOCAL);
    rp_reader r = rp_reader_of(bytes, e->local, false);
    if (e->flags & ENCRYPTED)
        return "it is encrypted";
    if (rp_u32(&r) != 0x04034b50)
        return "damaged: there is no header where the directory says";
    rp_seek(&r, 26);
    uint64_t header = LOCAL + (uint64_t)rp_u16(&r);
    header += rp_u16(&r);
    if (r.bad || e->local + header > z->src->size || e->packed > z->src->size - e->local - header)
        return "truncated: the archive ends inside of it";
    if (e->local < z->free)
        return "damaged: it shares bytes with another member";
    z->free = e->local + header + e->packed;
    z->pos = e->local + header;
    if (e->method != STORED && e->method != DEFLATED)
        return method_name(e->method);
    return e->method == STORED && e->packed != e->size ? "damaged: two sizes contradict each other"
                                                       : NULL;
}

static rp_code next(void *self, rp_member *ret, bool *ret_end, rp_error *err)
{
    rp_zip *z = self;
    z->begun = false;
    *ret_end = z->n == z->entries.n;
    if (*ret_end)
        return RP_OK;
    const rp_zip_entry *e = &z->entries.items[z->n++];
    rp_member m = {.at = e->local, .size = e->size, .file = e->file};
    rp_code code = read_name(z, e, &m, err);
    if (code != RP_OK)
        return code;
    if (m.file)
        m.unread = find_data(z, e);
    z->packed = e->packed;
    z->left = e->size;
    z->crc = 0;
    z->wanted_crc = e->crc;
    z->deflated = e->method == DEFLATED;
    *ret = m;
    return RP_OK;
}

static voidpf get(voidpf arena, uInt n, uInt size)
{
    return rp_arena_array(arena, n, size);
}

static void give_back(voidpf arena, voidpf p)
{
    (void)arena; /* all at once, with the arena */
    (void)p;
}

static rp_code make_inflater(rp_zip *z, rp_error *err)
{
    rp_arena arena = {0};
    rp_inflater *in = rp_new(&arena, 1, rp_inflater);
    if (in != NULL) {
        in->arena = arena;
        in->stream.zalloc = get;
        in->stream.zfree = give_back;
        in->stream.opaque = &in->arena;
        if (inflateInit2(&in->stream, -MAX_WBITS) == Z_OK) {
            z->inflater = in;
            return RP_OK;
        }
        arena = in->arena;
    }
    rp_arena_free(&arena);
    return rp_fail_memory(err);
}

/* For the current member. */
static rp_code start_inflater(rp_zip *z, rp_error *err)
{
    rp_code code = z->inflater == NULL ? make_inflater(z, err) : RP_OK;
    if (code != RP_OK)
        return code;
    rp_inflater *in = z->inflater;
    in->stream.avail_in = 0;
    in->from = in->to = 0;
    in->end = false;
    z->begun = true;
    return inflateReset(&in->stream) == Z_OK
               ? RP_OK
               : rp_fail(err, RP_E_INTERNAL, z->pos, "zip: the inflater cannot be used again");
}

static void take_packed(rp_zip *z, z_stream *s)
{
    rp_bytes bytes = z->packed != 0 ? see(z, &z->members, z->pos, 1) : (rp_bytes){NULL, 0};
    size_t n = z->packed < bytes.len ? (size_t)z->packed : bytes.len;
    s->next_in = (Bytef *)(uintptr_t)bytes.ptr;
    s->avail_in = (uInt)n;
    z->pos += n;
    z->packed -= n;
}

/* Fills the inflater's output, of which `want` bytes are wanted at once. */
static rp_code inflate_more(rp_zip *z, size_t want, rp_error *err)
{
    rp_inflater *in = z->inflater;
    z_stream *s = &in->stream;
    uInt room = want < LEAST ? LEAST : want < BUFFER ? (uInt)want : BUFFER;
    s->next_out = in->out;
    s->avail_out = room;
    while (s->avail_out == room && !in->end) {
        if (s->avail_in == 0)
            take_packed(z, s);
        int code = inflate(s, Z_NO_FLUSH);
        rp_outside_wrote(in->out, BUFFER - s->avail_out);
        in->end = code == Z_STREAM_END;
        if (code == Z_MEM_ERROR)
            return rp_fail_memory(err);
        if (code != Z_OK && code != Z_STREAM_END)
            return rp_fail(err, RP_E_FORMAT, z->pos - s->avail_in,
                           "zip: damaged: it does not inflate");
    }
    in->from = 0;
    in->to = room - s->avail_out;
    return z->count(z->user, in->to, err);
}

static rp_code read_inflated(rp_zip *z, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    rp_code code = z->begun ? RP_OK : start_inflater(z, err);
    *ret = 0;
    while (code == RP_OK && *ret < len) {
        rp_inflater *in = z->inflater;
        if (in->from == in->to) {
            if (in->end)
                break;
            code = inflate_more(z, len - *ret, err);
            continue;
        }
        size_t n = in->to - in->from < len - *ret ? in->to - in->from : len - *ret;
        memcpy(to + *ret, in->out + in->from, n);
        in->from += n;
        *ret += n;
    }
    if (code == RP_OK && *ret < len)
        code = rp_fail(err, RP_E_FORMAT, z->pos, "zip: damaged: it is shorter than it says");
    return code;
}

static rp_code read_data(void *self, uint8_t *to, size_t len, size_t *ret, rp_error *err)
{
    rp_zip *z = self;
    rp_code code = RP_OK;
    if (len > z->left)
        len = (size_t)z->left;
    *ret = len;
    if (len == 0)
        return RP_OK;
    if (z->deflated)
        code = read_inflated(z, to, len, ret, err);
    else if (rp_source_copy(z->src, z->pos, to, len) != len)
        code = rp_fail(err, RP_E_IO, z->pos, "the bytes cannot be read");
    if (code != RP_OK)
        return code;
    z->pos += z->deflated ? 0 : len;
    z->left -= len;
    z->crc = (uint32_t)crc32_z(z->crc, to, len);
    if (z->left == 0 && z->crc != z->wanted_crc)
        return rp_fail(err, RP_E_FORMAT, z->pos, "zip: damaged: its checksum is wrong");
    return RP_OK;
}

/* The directory tells where the next one is. */
static rp_code skip(void *self, rp_error *err)
{
    (void)self;
    (void)err;
    return RP_OK;
}

static bool where(const void *self, uint64_t *ret)
{
    const rp_zip *z = self;
    *ret = z->pos;
    return !z->deflated;
}

const rp_format_reader rp_zip_reader = {next, read_data, skip, where};
