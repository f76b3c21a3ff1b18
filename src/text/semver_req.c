/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Requirements as Cargo reads and applies them (The Cargo Book, Specifying Dependencies; the exact
 * grammar and the rule on pre-releases are those of the semver crate). */
#include "text/semver_scan.h"

/* ---- reading ---- */

static void blanks(rp_str *s)
{
    while (rp_semver_eat(s, ' '))
        continue;
}

static bool eat_wildcard(rp_str *s)
{
    return rp_semver_eat(s, '*') || rp_semver_eat(s, 'x') || rp_semver_eat(s, 'X');
}

static rp_semver_op eat_op(rp_str *s)
{
    if (rp_semver_eat(s, '='))
        return RP_SEMVER_EXACT;
    if (rp_semver_eat(s, '>'))
        return rp_semver_eat(s, '=') ? RP_SEMVER_GREATER_EQ : RP_SEMVER_GREATER;
    if (rp_semver_eat(s, '<'))
        return rp_semver_eat(s, '=') ? RP_SEMVER_LESS_EQ : RP_SEMVER_LESS;
    if (rp_semver_eat(s, '~'))
        return RP_SEMVER_TILDE;
    (void)rp_semver_eat(s, '^');
    return RP_SEMVER_CARET;
}

/* ".2", ".*" or nothing. `stars`: a wildcard stood before, so no number may follow. */
static bool eat_part(rp_str *s, rp_semver_comparator *c, uint64_t *number, bool *stars)
{
    if (!rp_semver_eat(s, '.'))
        return true;
    if (eat_wildcard(s)) {
        *stars = true;
        return true;
    }
    if (*stars || !rp_semver_number(s, number))
        return false;
    c->parts++;
    return true;
}

/* "-rc.1", "+build": only behind all three numbers. */
static bool eat_tail(rp_str *s, rp_semver_comparator *c)
{
    rp_str build;
    if (c->parts < 3)
        return true;
    if (rp_semver_eat(s, '-') && !rp_semver_identifiers(s, false, &c->pre))
        return false;
    return !rp_semver_eat(s, '+') || rp_semver_identifiers(s, true, &build);
}

static bool comparator(rp_str *s, rp_semver_comparator *ret)
{
    bool stars = false;
    size_t before = s->len;
    rp_semver_comparator c = {.op = eat_op(s), .parts = 1, .pre = {"", 0}};
    bool plain = s->len == before;
    blanks(s);
    if (!rp_semver_number(s, &c.major))
        return false;
    size_t behind_major = s->len;
    if (!eat_part(s, &c, &c.minor, &stars))
        return false;
    if (s->len != behind_major && !eat_part(s, &c, &c.patch, &stars))
        return false;
    if (!eat_tail(s, &c))
        return false;
    if (stars && plain)
        c.op = RP_SEMVER_WILDCARD;
    blanks(s);
    *ret = c;
    return true;
}

rp_code rp_semver_req_parse(rp_str text, rp_semver_req *ret, rp_error *err)
{
    rp_str s = text;
    ret->n = 0;
    blanks(&s);
    if (eat_wildcard(&s)) {
        blanks(&s);
        return s.len == 0 ? RP_OK
                          : rp_fail(err, RP_E_FORMAT, text.len - s.len,
                                    "requirement: a wildcard stands alone");
    }
    for (;;) {
        if (ret->n == RP_SEMVER_COMPARATORS)
            return rp_fail(err, RP_E_LIMIT, text.len - s.len, "requirement: too many parts");
        if (!comparator(&s, &ret->items[ret->n]))
            return rp_fail(err, RP_E_FORMAT, text.len - s.len, "requirement: no version here");
        ret->n++;
        if (s.len == 0)
            return RP_OK;
        if (!rp_semver_eat(&s, ','))
            return rp_fail(err, RP_E_FORMAT, text.len - s.len, "requirement: a comma is missing");
        blanks(&s);
    }
}

/* ---- applying ---- */

static bool is_exact(const rp_semver_comparator *c, const rp_semver *v)
{
    return v->major == c->major && (c->parts < 2 || v->minor == c->minor) &&
           (c->parts < 3 || v->patch == c->patch) && rp_str_eq(v->pre, c->pre);
}

/* The sign of v against c; 0 as soon as c says no more. */
static int compare(const rp_semver_comparator *c, const rp_semver *v)
{
    if (v->major != c->major)
        return v->major > c->major ? 1 : -1;
    if (c->parts < 2)
        return 0;
    if (v->minor != c->minor)
        return v->minor > c->minor ? 1 : -1;
    if (c->parts < 3)
        return 0;
    if (v->patch != c->patch)
        return v->patch > c->patch ? 1 : -1;
    return rp_semver_cmp_pre(v->pre, c->pre);
}

static bool is_tilde(const rp_semver_comparator *c, const rp_semver *v)
{
    if (v->major != c->major || (c->parts >= 2 && v->minor != c->minor))
        return false;
    if (c->parts >= 3 && v->patch != c->patch)
        return v->patch > c->patch;
    return rp_semver_cmp_pre(v->pre, c->pre) >= 0;
}

/* The leftmost number that is not 0 stays. */
static bool is_caret(const rp_semver_comparator *c, const rp_semver *v)
{
    if (v->major != c->major)
        return false;
    if (c->parts < 2)
        return true;
    if (c->parts < 3)
        return c->major > 0 ? v->minor >= c->minor : v->minor == c->minor;
    if (c->major > 0 && v->minor != c->minor)
        return v->minor > c->minor;
    if (v->minor != c->minor)
        return false;
    if (v->patch != c->patch)
        return (c->major > 0 || c->minor > 0) && v->patch > c->patch;
    return rp_semver_cmp_pre(v->pre, c->pre) >= 0;
}

static bool satisfies(const rp_semver_comparator *c, const rp_semver *v)
{
    switch (c->op) {
    case RP_SEMVER_EXACT:
    case RP_SEMVER_WILDCARD:
        return is_exact(c, v);
    case RP_SEMVER_GREATER:
        return compare(c, v) > 0;
    case RP_SEMVER_GREATER_EQ:
        return is_exact(c, v) || compare(c, v) > 0;
    case RP_SEMVER_LESS:
        return compare(c, v) < 0;
    case RP_SEMVER_LESS_EQ:
        return is_exact(c, v) || compare(c, v) < 0;
    case RP_SEMVER_TILDE:
        return is_tilde(c, v);
    case RP_SEMVER_CARET:
        break;
    }
    return is_caret(c, v);
}

/* A pre-release is taken only where the same three numbers are asked for with a pre-release. */
static bool asks_for_pre(const rp_semver_req *req, const rp_semver *v)
{
    for (uint32_t i = 0; i < req->n; i++) {
        const rp_semver_comparator *c = &req->items[i];
        if (c->parts == 3 && c->pre.len > 0 && c->major == v->major && c->minor == v->minor &&
            c->patch == v->patch)
            return true;
    }
    return false;
}

bool rp_semver_req_matches(const rp_semver_req *req, const rp_semver *v)
{
    for (uint32_t i = 0; i < req->n; i++)
        if (!satisfies(&req->items[i], v))
            return false;
    return v->pre.len == 0 || asks_for_pre(req, v);
}
