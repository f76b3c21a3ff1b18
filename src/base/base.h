/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What every room may use: attributes, three-valued truth, borrowed strings and byte spans. */
#ifndef RP_BASE_BASE_H
#define RP_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define RP_MUST_CHECK   __attribute__((warn_unused_result))
#define RP_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define RP_LIKELY(x)    __builtin_expect(!!(x), 1)
#define RP_UNLIKELY(x)  __builtin_expect(!!(x), 0)
/* For what is written before it is read, where filling it first with zeroes, as the compiler is
 * told to, takes longer than its use. */
#define RP_UNINITIALIZED __attribute__((uninitialized))
#else
#define RP_UNINITIALIZED
#define RP_MUST_CHECK
#define RP_PRINTF(f, a)
#define RP_LIKELY(x)   (x)
#define RP_UNLIKELY(x) (x)
#endif

#define RP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "No place in the file": the value of an offset that evidence does not have. */
#define RP_NOWHERE UINT64_MAX

/* Unknown is never a pass: each reader of a tri must say what it does with it. */
typedef enum { RP_NO, RP_YES, RP_UNKNOWN } rp_tri;

/* Borrowed text, UTF-8 by convention, not NUL-terminated; from files it is hostile (see report/).
 */
typedef struct {
    const char *ptr;
    size_t len;
} rp_str;

/* Borrowed bytes; immutable. */
typedef struct {
    const uint8_t *ptr;
    size_t len;
} rp_bytes;

#define RP_STR(literal) ((rp_str){.ptr = (literal), .len = sizeof(literal) - 1})
/* for printf: "%.*s", RP_FMT(s) */
#define RP_FMT(s) (int)((s).len > 4096 ? 4096 : (s).len), (s).ptr ? (s).ptr : ""

/* What agrees with a number in a text: "%u of %u page%s %s", …, rp_plural(n), rp_by_count(n, …). */
static inline const char *rp_by_count(uint64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

static inline const char *rp_plural(uint64_t n)
{
    return rp_by_count(n, "", "s");
}

/* for printf: "%u page%s", RP_MANY(n) */
#define RP_MANY(n) (unsigned)(n), rp_plural(n)

static inline rp_str rp_str_from(const char *cstr)
{
    return (rp_str){.ptr = cstr, .len = cstr ? strlen(cstr) : 0};
}

static inline bool rp_str_eq(rp_str a, rp_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool rp_str_is(rp_str a, const char *cstr)
{
    return rp_str_eq(a, rp_str_from(cstr));
}

static inline bool rp_str_starts(rp_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && memcmp(s.ptr, prefix, n) == 0;
}

static inline bool rp_str_ends(rp_str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.len >= n && memcmp(s.ptr + s.len - n, suffix, n) == 0;
}

/* The part of `s` from `from`, at most `len` long; empty when `from` lies past the end. */
static inline rp_str rp_str_sub(rp_str s, size_t from, size_t len)
{
    if (from >= s.len)
        return (rp_str){s.ptr, 0};
    return (rp_str){s.ptr + from, len < s.len - from ? len : s.len - from};
}

/* Offset of the first `needle` in `hay`, or SIZE_MAX. */
size_t rp_bytes_find(rp_bytes hay, rp_str needle);
size_t rp_str_find(rp_str hay, rp_str needle);
/* <0, 0, >0 by bytes, then by length: the order of every sorted output. */
int rp_str_cmp(rp_str a, rp_str b);

#endif
