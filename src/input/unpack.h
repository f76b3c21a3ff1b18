/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The bytes of a source one after the other, decompressed or as they are. libarchive does the
 * decompressing, with one filter and no format: what comes out is ours to read. */
#ifndef RP_INPUT_UNPACK_H
#define RP_INPUT_UNPACK_H

#include "base/source.h"
#include "input/libarchive.h"
#include "input/package.h"
#include "input/window.h"

enum { RP_UNPACK_PEEK = 512 };

/* Told how many bytes came out of the decompressor; fails when that is enough. */
typedef rp_code (*rp_unpack_count)(void *user, size_t n, rp_error *err);

typedef struct {
    const rp_source *src;
    const char *what; /* for messages: "gzip" */
    rp_libarchive la;
    struct archive *a; /* NULL: as they are */
    bool ended;        /* nothing more comes out of it */
    uint64_t pos;      /* in src, of the next byte that is taken from it */
    uint64_t out;      /* bytes handed on */
    uint8_t *buffer;   /* of src */
    rp_bytes piece;    /* what came out last and was not handed on */
    rp_bytes peeked;   /* in head, before piece */
    rp_window_guard windows;
    rp_unpack_count count;
    void *user;
    rp_error err; /* of a callback that libarchive calls */
    uint8_t head[RP_UNPACK_PEEK];
} rp_unpack;

/* kind: compressed, or NULL for bytes as they are. Ends with rp_unpack_close, also when it fails.
 */
RP_MUST_CHECK rp_code rp_unpack_open(rp_unpack *u, const rp_source *src,
                                     const rp_package_kind *kind, rp_unpack_count count, void *user,
                                     rp_error *err);
void rp_unpack_close(rp_unpack *u);
/* The first bytes, at most RP_UNPACK_PEEK, which the next read gives once more. Once, at first. */
RP_MUST_CHECK rp_code rp_unpack_peek(rp_unpack *u, rp_bytes *ret, rp_error *err);
/* Up to len bytes; fewer only at the end. */
RP_MUST_CHECK rp_code rp_unpack_read(rp_unpack *u, uint8_t *to, size_t len, size_t *ret,
                                     rp_error *err);
/* Exactly len bytes; RP_E_FORMAT when it ends before. */
RP_MUST_CHECK rp_code rp_unpack_exactly(rp_unpack *u, void *to, size_t len, rp_error *err);
/* Passes over n bytes; RP_E_FORMAT when it ends before. */
RP_MUST_CHECK rp_code rp_unpack_skip(rp_unpack *u, uint64_t n, rp_error *err);
/* Where in the source the next byte lies, when they are given as they are; false otherwise. */
bool rp_unpack_where(const rp_unpack *u, uint64_t *ret);

#endif
