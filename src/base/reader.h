/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading hostile records. Failure is sticky: after the first read past the end each getter returns
 * 0 and `bad` stays set, so a record is read straight through and tested once. No struct is laid
 * over file bytes. */
#ifndef RP_BASE_READER_H
#define RP_BASE_READER_H

#include "base/base.h"

typedef struct {
    rp_bytes buf;    /* the window, fixed at creation */
    uint64_t origin; /* file offset of buf.ptr[0]: evidence */
    size_t pos;      /* invariant: pos <= buf.len */
    bool big;        /* byte order of the data */
    bool bad;        /* sticky */
} rp_reader;

static inline rp_reader rp_reader_of(rp_bytes buf, uint64_t origin, bool big)
{
    return (rp_reader){.buf = buf, .origin = origin, .big = big};
}

static inline size_t rp_left(const rp_reader *r)
{
    return r->bad ? 0 : r->buf.len - r->pos;
}

/* The file offset of the next byte: evidence. */
static inline uint64_t rp_at(const rp_reader *r)
{
    return r->origin + r->pos;
}

/* The only place that turns a position and a length into a pointer. */
static inline const uint8_t *rp_take(rp_reader *r, size_t n)
{
    if (RP_UNLIKELY(n > rp_left(r))) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->buf.ptr + r->pos;
    r->pos += n;
    return p;
}

static inline void rp_skip_bytes(rp_reader *r, uint64_t n)
{
    if (n > rp_left(r))
        r->bad = true;
    else
        r->pos += (size_t)n;
}

/* Moves to `pos` (relative to the window); bad when past the end. */
static inline void rp_seek(rp_reader *r, uint64_t pos)
{
    if (r->bad || pos > r->buf.len)
        r->bad = true;
    else
        r->pos = (size_t)pos;
}

/* Unsigned integer of 1, 2, 4 or 8 bytes in the reader's byte order. */
static inline uint64_t rp_uint(rp_reader *r, unsigned width)
{
    const uint8_t *p = rp_take(r, width);
    uint64_t v = 0;
    if (p == NULL)
        return 0;
    for (unsigned i = 0; i < width; i++)
        v |= (uint64_t)p[r->big ? width - 1 - i : i] << (8 * i);
    return v;
}

static inline uint8_t rp_u8(rp_reader *r)
{
    return (uint8_t)rp_uint(r, 1);
}
static inline uint16_t rp_u16(rp_reader *r)
{
    return (uint16_t)rp_uint(r, 2);
}
static inline uint32_t rp_u32(rp_reader *r)
{
    return (uint32_t)rp_uint(r, 4);
}
static inline uint64_t rp_u64(rp_reader *r)
{
    return rp_uint(r, 8);
}

/* Little-endian base 128 (DWARF 7.6); more than 64 bits makes the reader bad. */
uint64_t rp_uleb(rp_reader *r);
int64_t rp_sleb(rp_reader *r);

/* A sub-reader of [off, off+len) of the window; false, and *ret untouched, when it does not fit. */
RP_MUST_CHECK bool rp_window(const rp_reader *r, uint64_t off, uint64_t len, rp_reader *ret);
/* The NUL-terminated string at window offset `off`; false when off or the NUL lies outside. */
RP_MUST_CHECK bool rp_cstr(const rp_reader *r, uint64_t off, rp_str *ret);
/* The next NUL-terminated string, moving behind the NUL; empty and bad when there is none. */
rp_str rp_next_cstr(rp_reader *r);
/* The next n bytes as text; empty and bad when they are not there. */
rp_str rp_next_str(rp_reader *r, size_t n);

/* A table of NUL-terminated strings that records point into. All of them may point into one long
 * string, so what is read of long ones in all is held against the table's size: the work then stays
 * in proportion to the file. */
typedef struct {
    rp_reader strings;
    uint64_t left; /* bytes of long strings that may still be read; 0: no more strings are given */
} rp_string_table;

rp_string_table rp_string_table_of(rp_reader strings);
/* The string at `off`; false when off or its NUL lies outside, or when nothing is left. */
RP_MUST_CHECK bool rp_string_at(rp_string_table *t, uint64_t off, rp_str *ret);

#endif
