/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Finds many strings in one pass: blocks of three bytes at every other place are looked up in a
 * table, most of them in vain (after Wu and Manber 1994, with a fixed step: look-ups that do not
 * depend on each other overlap in the processor, which is worth more than longer steps). */
#ifndef RP_ORIGIN_MATCHER_H
#define RP_ORIGIN_MATCHER_H

#include "base/base.h"

enum {
    RP_NEEDLE_MIN = 4, /* no needle may be shorter */
    RP_NEEDLE_MAX = 96,
    RP_MATCHER_BITS = 13,
    RP_MATCHER_SLOTS = 1 << RP_MATCHER_BITS
};

typedef struct {
    const char *text; /* at least RP_NEEDLE_MIN bytes */
    int id;           /* the caller's */
} rp_needle;

typedef struct {
    const rp_needle *needles;
    uint8_t len[RP_NEEDLE_MAX];
    uint8_t next[RP_NEEDLE_MAX];      /* 1-based: other needles of the same slot */
    uint8_t first[RP_MATCHER_SLOTS];  /* 1-based: needles by their first block */
    uint8_t marked[RP_MATCHER_SLOTS]; /* first or second block of a needle */
} rp_matcher;

/* `needles` is borrowed; n is at most RP_NEEDLE_MAX. */
void rp_matcher_init(rp_matcher *m, const rp_needle *needles, size_t n);

/* A needle begins at bytes.ptr[pos]. Returns where to go on: above pos; SIZE_MAX ends the search.
 */
typedef size_t (*rp_match_fn)(void *user, int id, rp_bytes bytes, size_t pos);
/* Calls `hit` for the needles that begin in [from, to) and lie within `bytes`, in order; where
 * several begin at one place, for the first of them in the table. Returns the first position that
 * was not looked at: `to` or more, or SIZE_MAX when a hit ended it. */
size_t rp_matcher_run(const rp_matcher *m, rp_bytes bytes, size_t from, size_t to, rp_match_fn hit,
                      void *user);

#endif
