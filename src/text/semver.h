/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Versions (Semantic Versioning 2.0.0), Cargo's requirements on them, and the intervals that
 * advisories mean by the same notation.
 *
 * The two readings of a requirement differ on pre-releases. Cargo: 2.0.0-rc.1 does not satisfy
 * ">=1.0", since who asks for 1.0 does not ask for experiments. Advisories: 2.0.0-rc.1 lies behind
 * 1.0, so what was mended there is mended in it. */
#ifndef RP_TEXT_SEMVER_H
#define RP_TEXT_SEMVER_H

#include "base/arena.h"
#include "base/error.h"

typedef struct {
    uint64_t major, minor, patch;
    rp_str pre;   /* "rc.1" of 1.0.0-rc.1; "" for a release */
    rp_str build; /* "3.2.0" of 1.0.0+3.2.0; no part of the order */
} rp_semver;

/* Strict: no leading zeros, all three numbers, numbers below 2^64. Strings are borrowed. False for
 * anything else; *ret is then untouched. */
RP_MUST_CHECK bool rp_semver_parse(rp_str text, rp_semver *ret);
/* <0, 0, >0 by precedence (SemVer 11): build metadata does not count. */
int rp_semver_cmp(const rp_semver *a, const rp_semver *b);
/* "1.2.3-rc.1+build" in the arena, {NULL, 0} when out of memory. */
rp_str rp_semver_text(rp_arena *arena, const rp_semver *v);

/* ---- Cargo's requirements ---- */

typedef enum {
    RP_SEMVER_EXACT,
    RP_SEMVER_GREATER,
    RP_SEMVER_GREATER_EQ,
    RP_SEMVER_LESS,
    RP_SEMVER_LESS_EQ,
    RP_SEMVER_TILDE,
    RP_SEMVER_CARET,
    RP_SEMVER_WILDCARD
} rp_semver_op;

typedef struct {
    rp_semver_op op;
    uint8_t parts; /* how many numbers were written: 1 to 3; the others are 0 */
    uint64_t major, minor, patch;
    rp_str pre;
} rp_semver_comparator;

enum { RP_SEMVER_COMPARATORS = 32 }; /* as the semver crate */

typedef struct {
    rp_semver_comparator items[RP_SEMVER_COMPARATORS];
    uint32_t n; /* 0: "*" */
} rp_semver_req;

/* The grammar of Cargo.toml: "1.2", "^1", "~1.2", "=1.2.3", ">= 1, < 2", "1.*", "*". Strings are
 * borrowed. err->offset is a place in `text`. */
RP_MUST_CHECK rp_code rp_semver_req_parse(rp_str text, rp_semver_req *ret, rp_error *err);
bool rp_semver_req_matches(const rp_semver_req *req, const rp_semver *v);

/* ---- intervals of advisories ---- */

/* From `from` up to, without, `to`. */
typedef struct {
    rp_semver from; /* 0.0.0-0, the lowest there is, when open below */
    rp_semver to;
    bool open; /* above: `to` means nothing */
} rp_semver_range;

/* The interval of one requirement: at most one lower and one upper comparator, or a single "=",
 * "^", "~". "> 1.2.3" begins at 1.2.4-0, the next version after 1.2.3 that could ever be. */
RP_MUST_CHECK rp_code rp_semver_range_parse(rp_str text, rp_arena *arena, rp_semver_range *ret,
                                            rp_error *err);
bool rp_semver_in(const rp_semver_range *range, const rp_semver *v);
/* What none of the n ranges covers, in order; 1 to n + 1 of them or none, in the arena. Sorts
 * `ranges`. RP_E_MEMORY. */
RP_MUST_CHECK rp_code rp_semver_complement(rp_semver_range *ranges, uint32_t n, rp_arena *arena,
                                           rp_semver_range **ret, uint32_t *ret_n);
/* The lowest version of all, 0.0.0-0. */
rp_semver rp_semver_lowest(void);

#endif
