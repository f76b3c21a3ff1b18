/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Intervals of versions, as RustSec's export to OSV reads the requirements of an advisory. All of
 * them are closed below and open above, so that a version is in or out by two comparisons. */
#include "text/semver.h"

#include <stdlib.h>

rp_semver rp_semver_lowest(void)
{
    return (rp_semver){.pre = {"0", 1}, .build = {"", 0}};
}

/* M.m.p-0: below it is everything of the version before. */
static rp_semver border(uint64_t major, uint64_t minor, uint64_t patch)
{
    rp_semver v = rp_semver_lowest();
    v.major = major;
    v.minor = minor;
    v.patch = patch;
    return v;
}

static rp_semver version_of(const rp_semver_comparator *c)
{
    return (rp_semver){c->major, c->minor, c->patch, c->pre, {"", 0}};
}

static rp_code too_high(rp_error *err)
{
    return rp_fail(err, RP_E_LIMIT, RP_NOWHERE, "requirement: no version can be above it");
}

/* The next version in the order: 1.2.3 → 1.2.4-0, 1.2.3-rc.1 → 1.2.3-rc.1.0. */
static rp_code increment(const rp_semver *v, rp_arena *arena, rp_semver *ret, rp_error *err)
{
    if (v->pre.len == 0) {
        if (v->patch == UINT64_MAX)
            return too_high(err);
        *ret = border(v->major, v->minor, v->patch + 1);
        return RP_OK;
    }
    *ret = *v;
    char *pre = rp_new(arena, v->pre.len + 2, char);
    if (pre == NULL)
        return rp_fail_memory(err);
    memcpy(pre, v->pre.ptr, v->pre.len);
    memcpy(pre + v->pre.len, ".0", 2);
    ret->pre = (rp_str){pre, v->pre.len + 2};
    return RP_OK;
}

/* The first version that "^" or "~" leaves out. */
static rp_code next_release(const rp_semver_comparator *c, rp_semver *ret, rp_error *err)
{
    bool caret = c->op == RP_SEMVER_CARET;
    if (c->major == UINT64_MAX || c->minor == UINT64_MAX || c->patch == UINT64_MAX)
        return too_high(err);
    if (c->parts == 1 || (caret && c->major > 0))
        *ret = border(c->major + 1, 0, 0);
    else if (!caret || c->parts == 2 || c->minor > 0)
        *ret = border(c->major, c->minor + 1, 0);
    else
        *ret = border(c->major, c->minor, c->patch + 1);
    return RP_OK;
}

typedef struct {
    rp_semver_range range;
    bool lower, upper;
    rp_arena *arena;
    rp_error *err;
} bounds;

static rp_code not_alone(rp_error *err)
{
    return rp_fail(err, RP_E_FORMAT, RP_NOWHERE,
                   "requirement: no interval, one lower and one upper bound at most");
}

static rp_code set_lower(bounds *b, const rp_semver_comparator *c)
{
    if (b->lower)
        return not_alone(b->err);
    b->lower = true;
    b->range.from = version_of(c);
    rp_semver from = b->range.from;
    return c->op == RP_SEMVER_GREATER ? increment(&from, b->arena, &b->range.from, b->err) : RP_OK;
}

static rp_code set_upper(bounds *b, const rp_semver_comparator *c)
{
    if (b->upper)
        return not_alone(b->err);
    b->upper = true;
    b->range.open = false;
    b->range.to = version_of(c);
    rp_semver to = b->range.to;
    return c->op == RP_SEMVER_LESS ? RP_OK : increment(&to, b->arena, &b->range.to, b->err);
}

static rp_code set_both(bounds *b, const rp_semver_comparator *c)
{
    rp_semver v = version_of(c);
    b->range.from = v;
    b->range.open = false;
    return c->op == RP_SEMVER_EXACT ? increment(&v, b->arena, &b->range.to, b->err)
                                    : next_release(c, &b->range.to, b->err);
}

static rp_code apply(bounds *b, const rp_semver_comparator *c, bool alone)
{
    switch (c->op) {
    case RP_SEMVER_GREATER:
    case RP_SEMVER_GREATER_EQ:
        return set_lower(b, c);
    case RP_SEMVER_LESS:
    case RP_SEMVER_LESS_EQ:
        return set_upper(b, c);
    case RP_SEMVER_EXACT:
    case RP_SEMVER_TILDE:
    case RP_SEMVER_CARET:
        return alone ? set_both(b, c) : not_alone(b->err);
    case RP_SEMVER_WILDCARD:
        break;
    }
    return rp_fail(b->err, RP_E_FORMAT, RP_NOWHERE, "requirement: a wildcard is no interval");
}

rp_code rp_semver_range_parse(rp_str text, rp_arena *arena, rp_semver_range *ret, rp_error *err)
{
    rp_semver_req req;
    bounds b = {{rp_semver_lowest(), rp_semver_lowest(), true}, false, false, arena, err};
    rp_code code = rp_semver_req_parse(text, &req, err);
    if (code == RP_OK && (req.n == 0 || req.n > 2))
        return not_alone(err);
    for (uint32_t i = 0; code == RP_OK && i < req.n; i++)
        code = apply(&b, &req.items[i], req.n == 1);
    if (code == RP_OK)
        *ret = b.range;
    return code;
}

bool rp_semver_in(const rp_semver_range *range, const rp_semver *v)
{
    return rp_semver_cmp(&range->from, v) <= 0 && (range->open || rp_semver_cmp(v, &range->to) < 0);
}

static int by_from(const void *a, const void *b)
{
    const rp_semver_range *x = a;
    const rp_semver_range *y = b;
    return rp_semver_cmp(&x->from, &y->from);
}

rp_code rp_semver_complement(rp_semver_range *ranges, uint32_t n, rp_arena *arena,
                             rp_semver_range **ret, uint32_t *ret_n)
{
    rp_semver_range *gaps = rp_new(arena, (uint64_t)n + 1, rp_semver_range);
    rp_semver at = rp_semver_lowest(); /* everything below is covered or in `gaps` */
    bool open = false;
    uint32_t count = 0;
    if (gaps == NULL)
        return RP_E_MEMORY;
    if (n > 1)
        qsort(ranges, n, sizeof *ranges, by_from);
    for (uint32_t i = 0; i < n && !open; i++) {
        if (rp_semver_cmp(&at, &ranges[i].from) < 0)
            gaps[count++] = (rp_semver_range){at, ranges[i].from, false};
        open = ranges[i].open;
        if (!open && rp_semver_cmp(&at, &ranges[i].to) < 0)
            at = ranges[i].to;
    }
    if (!open)
        gaps[count++] = (rp_semver_range){at, rp_semver_lowest(), true};
    *ret = gaps;
    *ret_n = count;
    return RP_OK;
}
