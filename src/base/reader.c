/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/reader.h"

uint64_t rp_uleb(rp_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t b = rp_u8(r);
        uint64_t part = b & 0x7fu;
        if (r->bad || shift > 63 || (shift == 63 && part > 1)) {
            r->bad = true;
            return 0;
        }
        v |= part << shift;
        if ((b & 0x80u) == 0)
            return v;
    }
}

int64_t rp_sleb(rp_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t b = rp_u8(r);
        if (r->bad || shift > 63) {
            r->bad = true;
            return 0;
        }
        v |= (uint64_t)(b & 0x7fu) << shift;
        if ((b & 0x80u) == 0) {
            if ((b & 0x40u) != 0 && shift + 7 < 64)
                v |= UINT64_MAX << (shift + 7);
            return (int64_t)v;
        }
    }
}

bool rp_window(const rp_reader *r, uint64_t off, uint64_t len, rp_reader *ret)
{
    if (off > r->buf.len || len > r->buf.len - off)
        return false;
    rp_bytes part = {r->buf.ptr ? r->buf.ptr + off : NULL, (size_t)len};
    *ret = rp_reader_of(part, r->origin + off, r->big);
    return true;
}

bool rp_cstr(const rp_reader *r, uint64_t off, rp_str *ret)
{
    if (off >= r->buf.len)
        return false;
    const uint8_t *p = r->buf.ptr + off;
    const uint8_t *end = memchr(p, 0, r->buf.len - (size_t)off);
    if (end == NULL)
        return false;
    *ret = (rp_str){(const char *)p, (size_t)(end - p)};
    return true;
}

/* A string this short costs about what the record does that names it. */
enum { SHORT_STRING = 64, READINGS = 16 };

rp_string_table rp_string_table_of(rp_reader strings)
{
    return (rp_string_table){strings, READINGS * (uint64_t)strings.buf.len + 1};
}

bool rp_string_at(rp_string_table *t, uint64_t off, rp_str *ret)
{
    if (t->left == 0 || off >= t->strings.buf.len)
        return false;
    bool found = rp_cstr(&t->strings, off, ret);
    uint64_t cost = found ? ret->len : t->strings.buf.len - off;
    if (cost > SHORT_STRING)
        t->left -= cost < t->left ? cost : t->left;
    return found;
}

rp_str rp_next_cstr(rp_reader *r)
{
    rp_str s = {"", 0};
    if (r->bad || !rp_cstr(r, r->pos, &s)) {
        r->bad = true;
        return s;
    }
    r->pos += s.len + 1;
    return s;
}

rp_str rp_next_str(rp_reader *r, size_t n)
{
    const uint8_t *p = rp_take(r, n);
    return p ? (rp_str){(const char *)p, n} : (rp_str){"", 0};
}
