/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/punycode.h"

/* RFC 3492, section 5 */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 0x80 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;
    delta = first ? delta / DAMP : delta / 2;
    for (delta += delta / points; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

/* One variable-length integer; false at the end or on overflow. */
static bool next_delta(rp_str *s, uint32_t bias, uint32_t *ret)
{
    uint64_t delta = 0, weight = 1;
    for (uint32_t k = BASE;; k += BASE) {
        if (s->len == 0)
            return false;
        char c = s->ptr[0];
        *s = rp_str_sub(*s, 1, SIZE_MAX);
        uint32_t d = c >= 'a' && c <= 'z'   ? (uint32_t)(c - 'a')
                     : c >= '0' && c <= '9' ? (uint32_t)(c - '0') + 26
                                            : BASE;
        uint32_t t = k <= bias + TMIN ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
        delta += d * weight;
        if (d == BASE || delta > UINT32_MAX / 2)
            return false;
        if (d < t) {
            *ret = (uint32_t)delta;
            return true;
        }
        weight *= BASE - t;
        if (weight > UINT32_MAX)
            return false;
    }
}

size_t rp_punycode_decode(rp_str basic, rp_str deltas, uint32_t ret[RP_PUNYCODE_MAX])
{
    if (basic.len >= RP_PUNYCODE_MAX || deltas.len == 0)
        return 0;
    size_t n = basic.len;
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)basic.ptr[i];
    uint64_t at = 0, point = FIRST;
    uint32_t bias = BIAS;
    for (bool first = true; deltas.len != 0; first = false) {
        uint32_t delta;
        if (n >= RP_PUNYCODE_MAX || !next_delta(&deltas, bias, &delta))
            return 0;
        at += delta;
        n++;
        point += at / n;
        at %= n;
        if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
            return 0;
        memmove(ret + at + 1, ret + at, (n - 1 - (size_t)at) * sizeof *ret);
        ret[at++] = (uint32_t)point;
        bias = adapt(delta, (uint32_t)n, first);
    }
    return n;
}
