/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How much memory a compressed stream asks its decompressor for: the size of its window, which xz,
 * lzip and zstd write into headers of a few bytes (up to 4 GiB). Held against a cap as the bytes
 * pass by, before the decompressor sees them. */
#ifndef RP_INPUT_WINDOW_H
#define RP_INPUT_WINDOW_H

#include "base/error.h"

typedef enum { RP_WINDOW_FIXED, RP_WINDOW_XZ, RP_WINDOW_LZIP, RP_WINDOW_ZSTD } rp_window_kind;

typedef struct {
    rp_window_kind kind;
    uint64_t at;   /* of the next byte that is looked at */
    uint64_t skip; /* zstd: bytes up to the next header */
    bool in_frame; /* zstd: what follows is a block, not a frame */
    bool checksum; /* zstd: of the current frame */
    bool done;     /* zstd: what follows is no frame */
    /* the end of what passed: headers (of up to 1024 bytes) may lie across two pieces */
    uint8_t kept[1152];
    size_t nkept;
} rp_window_guard;

/* RP_E_LIMIT when a header in `piece`, which follows what was passed before, asks for more than
 * RP_MAX_WINDOW. */
RP_MUST_CHECK rp_code rp_window_pass(rp_window_guard *g, rp_bytes piece, rp_error *err);

#endif
