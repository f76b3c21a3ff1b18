/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* pread */
#include "base/source.h"

#include <errno.h>
#include <unistd.h>

/* A SMALL file is read as a whole: that costs less than a second call. */
enum { PAGE = 4096, SMALL = 32 * 1024, PIECE = 256 * 1024 };

struct rp_extent {
    rp_extent *next;
    uint64_t off;
    rp_bytes bytes;
};

rp_source rp_source_memory(rp_bytes memory, rp_arena *arena)
{
    if (memory.ptr == NULL)
        memory = (rp_bytes){(const uint8_t *)"", 0};
    return (rp_source){.size = memory.len, .memory = memory, .fd = -1, .arena = arena};
}

rp_source rp_source_fd(int fd, uint64_t size, rp_arena *arena)
{
    return (rp_source){.size = size, .fd = fd, .arena = arena};
}

bool rp_source_slice(const rp_source *whole, uint64_t off, uint64_t len, rp_source *ret)
{
    if (off > whole->size || len > whole->size - off)
        return false;
    rp_source part = *whole;
    part.size = len;
    part.origin += off;
    part.read = NULL;
    part.head = (rp_bytes){NULL, 0};
    if (whole->memory.ptr != NULL)
        part.memory = (rp_bytes){whole->memory.ptr + off, (size_t)len};
    else
        part.base += off;
    *ret = part;
    return true;
}

/* pread until len bytes are there, the file ends or fails; returns how many came. */
static size_t read_fully(int fd, uint8_t *to, size_t len, uint64_t off)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = pread(fd, to + done, len - done, (off_t)(off + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

/* Up to `len` bytes from `off` on; returns how many came. */
static size_t read_range(const rp_source *src, uint64_t off, uint8_t *to, size_t len)
{
    size_t have = off < src->head.len ? src->head.len - (size_t)off : 0;
    have = have < len ? have : len;
    if (have != 0)
        memcpy(to, src->head.ptr + off, have);
    return have + read_fully(src->fd, to + have, len - have, src->base + off + have);
}

/* Reads the pages around [off, off+len) into a new extent. */
static rp_extent *load(rp_source *src, uint64_t off, uint64_t len)
{
    bool small = src->size <= SMALL;
    uint64_t from = small ? 0 : off / PAGE * PAGE;
    uint64_t rest = src->size - off - len, more = (PAGE - (off + len) % PAGE) % PAGE;
    uint64_t to = small || rest < more ? src->size : off + len + more;
    rp_extent *e = rp_new(src->arena, 1, rp_extent);
    uint8_t *bytes = e ? rp_arena_array(src->arena, to - from, 1) : NULL;
    if (bytes == NULL)
        return NULL;
    size_t got = read_range(src, from, bytes, (size_t)(to - from));
    if (got < to - from)
        src->short_read = true;
    *e = (rp_extent){.next = src->read, .off = from, .bytes = {bytes, got}};
    src->read = e;
    return e;
}

static bool within(const rp_extent *e, uint64_t off, uint64_t len)
{
    return off >= e->off && off - e->off <= e->bytes.len && len <= e->bytes.len - (off - e->off);
}

/* Of extents the latest `most` are asked. */
static bool held(const rp_source *src, uint64_t off, uint64_t len, size_t most, rp_bytes *ret)
{
    rp_bytes all = src->memory.ptr != NULL ? src->memory : src->head;
    if (off <= all.len && len <= all.len - off && all.ptr != NULL) {
        *ret = (rp_bytes){all.ptr + off, (size_t)len};
        return true;
    }
    for (const rp_extent *e = src->read; e != NULL && most-- != 0; e = e->next)
        if (within(e, off, len)) {
            *ret = (rp_bytes){e->bytes.ptr + (off - e->off), (size_t)len};
            return true;
        }
    return false;
}

bool rp_source_held(const rp_source *src, uint64_t off, uint64_t len, rp_bytes *ret)
{
    enum { LATEST = 32 }; /* looking through more takes longer than reading */
    return off <= src->size && len <= src->size - off && held(src, off, len, LATEST, ret);
}

bool rp_source_bytes(rp_source *src, uint64_t off, uint64_t len, rp_bytes *ret)
{
    if (off > src->size || len > src->size - off || len > SIZE_MAX)
        return false;
    if (len == 0) {
        *ret = (rp_bytes){(const uint8_t *)"", 0};
        return true;
    }
    return held(src, off, len, SIZE_MAX, ret) ||
           (load(src, off, len) != NULL && held(src, off, len, 1, ret));
}

bool rp_source_upto(rp_source *src, uint64_t off, uint64_t len, rp_bytes *ret)
{
    if (off > src->size)
        return false;
    if (len > src->size - off)
        len = src->size - off;
    return rp_source_bytes(src, off, len, ret);
}

bool rp_source_reader(rp_source *src, uint64_t off, uint64_t len, bool big, rp_reader *ret)
{
    rp_bytes bytes;
    if (!rp_source_bytes(src, off, len, &bytes))
        return false;
    *ret = rp_reader_of(bytes, off, big);
    return true;
}

size_t rp_source_copy(const rp_source *src, uint64_t off, void *to, size_t len)
{
    if (off >= src->size || len == 0)
        return 0;
    if (len > src->size - off)
        len = (size_t)(src->size - off);
    rp_bytes here;
    if (!rp_source_held(src, off, len, &here))
        return read_range(src, off, to, len);
    memcpy(to, here.ptr, len);
    return len;
}

/* The file-backed scan: one buffer is reused for all pieces. */
static bool scan_fd(rp_source *src, uint64_t off, uint64_t len, size_t overlap, rp_visit_fn visit,
                    void *user)
{
    size_t cap = len < PIECE ? (size_t)len : PIECE + overlap;
    uint8_t *buf = rp_arena_array(src->arena, cap, 1);
    if (buf == NULL)
        return false;
    size_t kept = 0;
    uint64_t done = 0;
    while (done < len) {
        size_t want = (size_t)(len - done < cap - kept ? len - done : cap - kept);
        size_t got = read_fully(src->fd, buf + kept, want, src->base + off + done);
        if (got != 0 && !visit(user, (rp_bytes){buf, kept + got}, off + done - kept))
            return true;
        if (got < want) {
            src->short_read = true;
            return false;
        }
        done += got;
        size_t have = kept + got;
        kept = have < overlap ? have : overlap;
        memmove(buf, buf + have - kept, kept);
    }
    return true;
}

bool rp_source_scan(rp_source *src, uint64_t off, uint64_t len, size_t overlap, rp_visit_fn visit,
                    void *user)
{
    if (off > src->size || len > src->size - off || overlap > PIECE)
        return false;
    if (len == 0)
        return true;
    rp_bytes here;
    if (!rp_source_held(src, off, len, &here))
        return scan_fd(src, off, len, overlap, visit, user);
    (void)visit(user, here, off);
    return true;
}
