/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The bytes of one artefact, in memory or in a file that is read in windows (never mapped: a file
 * that shrinks under a mapping raises SIGBUS). Parsers ask for ranges; what was read stays valid as
 * long as the arena. */
#ifndef RP_BASE_SOURCE_H
#define RP_BASE_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/reader.h"

typedef struct rp_extent rp_extent;

typedef struct {
    uint64_t size;   /* of the artefact, in bytes */
    rp_bytes memory; /* ptr != NULL: all of it is here, borrowed */
    int fd;          /* otherwise read from here, owned by who opened it */
    uint64_t base;   /* offset in fd of the artefact's first byte (a slice, an archive member) */
    rp_bytes head;   /* its first bytes where somebody has read them already, borrowed */
    rp_arena *arena; /* windows live here */
    rp_extent *read; /* windows read so far */
    uint64_t origin; /* added to evidence offsets: the place of a member in its container */
    bool short_read; /* the file ended, or could not be read, before `size` */
} rp_source;

rp_source rp_source_memory(rp_bytes memory, rp_arena *arena);
rp_source rp_source_fd(int fd, uint64_t size, rp_arena *arena);
/* A part of `whole` as a source of its own; false when it does not fit. Offsets start at 0 again;
 * `origin` keeps the place in the whole. */
RP_MUST_CHECK bool rp_source_slice(const rp_source *whole, uint64_t off, uint64_t len,
                                   rp_source *ret);

/* Bytes [off, off+len), or false when they lie outside, could not be read, or memory ran out. */
RP_MUST_CHECK bool rp_source_bytes(rp_source *src, uint64_t off, uint64_t len, rp_bytes *ret);
/* The same, where it takes no reading. */
RP_MUST_CHECK bool rp_source_held(const rp_source *src, uint64_t off, uint64_t len, rp_bytes *ret);
/* Like rp_source_bytes, at most: as many of the bytes as the artefact has (fewer when it is cut
 * short), false only when none could be had though len > 0. */
RP_MUST_CHECK bool rp_source_upto(rp_source *src, uint64_t off, uint64_t len, rp_bytes *ret);
/* A reader of [off, off+len) in byte order `big`. */
RP_MUST_CHECK bool rp_source_reader(rp_source *src, uint64_t off, uint64_t len, bool big,
                                    rp_reader *ret);

/* Copies up to `len` bytes at `off` to `to` without keeping a window: for walks over containers,
 * whose many small reads would else pile up in the arena. Returns how many bytes came. */
size_t rp_source_copy(const rp_source *src, uint64_t off, void *to, size_t len);

/* For long scans (strings in read-only data): calls visit with successive pieces of [off, off+len),
 * each with `overlap` bytes of the one before, without keeping them. `at` is the offset of
 * piece.ptr[0]. visit returns false to stop. Returns false when bytes could not be read. */
typedef bool (*rp_visit_fn)(void *user, rp_bytes piece, uint64_t at);
RP_MUST_CHECK bool rp_source_scan(rp_source *src, uint64_t off, uint64_t len, size_t overlap,
                                  rp_visit_fn visit, void *user);

#endif
