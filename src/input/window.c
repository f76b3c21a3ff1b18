/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "input/window.h"

#include "base/limits.h"
#include "base/reader.h"

#include <zlib.h>

static rp_code too_large(const char *format, uint64_t at, uint64_t bytes, rp_error *err)
{
    return rp_fail(err, RP_E_LIMIT, at,
                   "%s: unpacking it needs a window of %llu MiB, more than the limit of %llu MiB",
                   format, (unsigned long long)(bytes >> 20), RP_MAX_WINDOW >> 20);
}

/* The .xz File Format 1.2.0, 5.3.1: the dictionary of LZMA2, as one byte. */
static uint64_t xz_dictionary(uint8_t coded)
{
    return coded >= 40 ? UINT32_MAX : (uint64_t)(2 | (coded & 1)) << (coded / 2 + 11);
}

enum { XZ_LZMA2 = 0x21, XZ_SMALL = 30 /* 2^26 */, XZ_FILTERS_MAX = 64, LZIP_HEADER = 6 };

/* Whether a block header that the decoder would take (3.1: its CRC32 is right) starts at `from` and
 * reaches behind `to`. */
static bool xz_block_header(rp_bytes b, size_t from, size_t to)
{
    size_t size = ((size_t)b.ptr[from] + 1) * 4;
    if (b.ptr[from] == 0 || size > b.len - from || from + size < to + 4)
        return false;
    rp_reader r = rp_reader_of((rp_bytes){b.ptr + from + size - 4, 4}, 0, false);
    return crc32(0, b.ptr + from, (uInt)(size - 4)) == rp_u32(&r);
}

/* Wherever the filter's three bytes lie in a header with a right checksum, that is one: blocks
 * cannot be found from the outside without decompressing what is before them. A header has at most
 * two sizes and three other filters in front of its LZMA2. */
static rp_code xz_pass(rp_bytes b, uint64_t at, rp_error *err)
{
    const uint8_t *end = b.ptr + b.len, *p = b.ptr;
    while (end - p >= 3 && (p = memchr(p, XZ_LZMA2, (size_t)(end - p) - 2)) != NULL) {
        size_t i = (size_t)(p - b.ptr);
        p++;
        if (b.ptr[i + 1] != 1 || b.ptr[i + 2] <= XZ_SMALL - 2 || b.ptr[i + 2] > 40 ||
            xz_dictionary(b.ptr[i + 2]) <= RP_MAX_WINDOW)
            continue;
        for (size_t from = i > XZ_FILTERS_MAX ? i - XZ_FILTERS_MAX : 0; from + 2 <= i; from++)
            if (xz_block_header(b, from, i + 3))
                return too_large("xz", at + from, xz_dictionary(b.ptr[i + 2]), err);
    }
    return RP_OK;
}

/* lzip 1.23 manual, "File format": "LZIP", version 1, and the dictionary: 2^n less some 16ths. */
static rp_code lzip_pass(rp_bytes b, uint64_t at, rp_error *err)
{
    for (size_t i = 0; b.len >= LZIP_HEADER && i <= b.len - LZIP_HEADER; i++) {
        if (memcmp(b.ptr + i, "LZIP\1", 5) != 0)
            continue;
        uint64_t size = 1ull << (b.ptr[i + 5] & 31);
        size -= size / 16 * (b.ptr[i + 5] >> 5);
        if (size > RP_MAX_WINDOW)
            return too_large("lzip", at + i, size, err);
    }
    return RP_OK;
}

/* RFC 8878, 3.1.1.1 and 3.1.2: a frame's header. Returns its length, 0 when bytes are missing. */
static size_t zstd_frame(rp_window_guard *g, rp_bytes b, uint64_t *ret_window)
{
    static const unsigned id_bytes[] = {0, 1, 2, 4}, size_bytes[] = {0, 2, 4, 8};
    rp_reader r = rp_reader_of(b, 0, false);
    uint32_t magic = rp_u32(&r);
    *ret_window = 0;
    if (r.bad)
        return 0;
    if ((magic & 0xfffffff0) == 0x184d2a50) { /* skippable */
        g->skip = rp_u32(&r);
        return r.bad ? 0 : r.pos;
    }
    if (magic != 0xfd2fb528) {
        g->done = true;
        return 0;
    }
    uint8_t descriptor = rp_u8(&r);
    bool single = (descriptor & 0x20) != 0;
    uint8_t window = single ? 0 : rp_u8(&r);
    unsigned width = size_bytes[descriptor >> 6];
    rp_skip_bytes(&r, id_bytes[descriptor & 3]);
    uint64_t content = rp_uint(&r, single && width == 0 ? 1 : width);
    uint64_t base = 1ull << (10 + (window >> 3));
    *ret_window = single ? content + (width == 2 ? 256 : 0) : base + base / 8 * (window & 7);
    g->checksum = (descriptor & 4) != 0;
    g->in_frame = !r.bad;
    return r.bad ? 0 : r.pos;
}

/* RFC 8878, 3.1.1.2: a block's header. Returns its length, 0 when bytes are missing. */
static size_t zstd_block(rp_window_guard *g, rp_bytes b)
{
    enum { RLE = 1 };
    if (b.len < 3)
        return 0;
    uint32_t h = b.ptr[0] | (uint32_t)b.ptr[1] << 8 | (uint32_t)b.ptr[2] << 16;
    bool last = (h & 1) != 0;
    g->skip = (h >> 1 & 3) == RLE ? 1 : h >> 3;
    if (last) {
        g->skip += g->checksum ? 4 : 0;
        g->in_frame = false;
    }
    return 3;
}

/* Frames and blocks follow each other by their lengths, as the decompressor reads them. Returns how
 * many bytes are done with. */
static size_t zstd_pass(rp_window_guard *g, rp_bytes b, rp_error *err)
{
    size_t i = 0;
    while (!g->done && i < b.len) {
        if (g->skip != 0) {
            size_t n = g->skip < b.len - i ? (size_t)g->skip : b.len - i;
            g->skip -= n;
            i += n;
            continue;
        }
        rp_bytes rest = {b.ptr + i, b.len - i};
        uint64_t window = 0;
        size_t n = g->in_frame ? zstd_block(g, rest) : zstd_frame(g, rest, &window);
        if (window > RP_MAX_WINDOW && n != 0)
            (void)too_large("zstd", g->at + i, window, err);
        if (n == 0 || window > RP_MAX_WINDOW)
            break;
        i += n;
    }
    return g->done ? b.len : i;
}

/* Looks at `b`, which begins at g->at; returns how many bytes need not be seen again. */
static size_t look(rp_window_guard *g, rp_bytes b, rp_error *err)
{
    size_t again = 0; /* a header may begin in these last ones */
    switch (g->kind) {
    case RP_WINDOW_XZ:
        again = sizeof g->kept;
        (void)xz_pass(b, g->at, err);
        break;
    case RP_WINDOW_LZIP:
        again = LZIP_HEADER - 1;
        (void)lzip_pass(b, g->at, err);
        break;
    case RP_WINDOW_ZSTD:
        return zstd_pass(g, b, err);
    case RP_WINDOW_FIXED:
        break;
    }
    return b.len > again ? b.len - again : 0;
}

static rp_code pass_some(rp_window_guard *g, rp_bytes piece, rp_error *err)
{
    uint8_t joined[3 * sizeof g->kept];
    memcpy(joined, g->kept, g->nkept);
    memcpy(joined + g->nkept, piece.ptr, piece.len);
    rp_bytes b = {joined, g->nkept + piece.len};
    rp_error found = {0};
    size_t done = look(g, b, &found);
    if (found.code != RP_OK)
        return rp_fail(err, found.code, found.offset, "%s", found.text);
    if (b.len - done > sizeof g->kept)
        done = b.len - sizeof g->kept;
    g->nkept = b.len - done;
    memcpy(g->kept, joined + done, g->nkept);
    g->at += done;
    return RP_OK;
}

rp_code rp_window_pass(rp_window_guard *g, rp_bytes piece, rp_error *err)
{
    size_t step = sizeof g->kept;
    rp_code code = RP_OK;
    if (g->kind == RP_WINDOW_FIXED || piece.len == 0)
        return RP_OK;
    if (piece.len <= 2 * step) { /* small: joined with what was kept */
        for (size_t i = 0; code == RP_OK && i < piece.len; i += step)
            code = pass_some(
                g, (rp_bytes){piece.ptr + i, piece.len - i < step ? piece.len - i : step}, err);
        return code;
    }
    code = pass_some(g, (rp_bytes){piece.ptr, 2 * step}, err);
    if (code != RP_OK)
        return code;
    /* the rest where it lies, from where the kept bytes begin in it */
    size_t from = 2 * step - g->nkept;
    rp_bytes b = {piece.ptr + from, piece.len - from};
    rp_error found = {0};
    size_t done = look(g, b, &found);
    if (found.code != RP_OK)
        return rp_fail(err, found.code, found.offset, "%s", found.text);
    g->nkept = b.len - done;
    memcpy(g->kept, b.ptr + done, g->nkept);
    g->at += done;
    return RP_OK;
}
