/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What compilers and linkers write into .comment. */
#ifndef RP_ORIGIN_COMMENT_H
#define RP_ORIGIN_COMMENT_H

#include "base/arena.h"

/* All borrowed from the strings handed in; empty without. */
typedef struct {
    rp_str rustc;        /* "1.95.0-nightly" */
    rp_str commit;       /* short, as printed */
    rp_str date;         /* "2026-04-14" */
    rp_str lld, mold;    /* version */
    rp_str other_linker; /* what follows "Linker: " when it is neither */
    rp_str gcc, clang;   /* version, highest of several */
} rp_comment;

/* Takes in one string of .comment. */
void rp_comment_add(rp_comment *c, rp_str text);

/* 1095000 for "1.95.0", "1.95.0-nightly"; 0 when it is no version. */
uint32_t rp_version_number(rp_str version);
/* "stable", "beta", "nightly", "dev"; "" for an empty version. */
rp_str rp_version_channel(rp_str version);

#endif
