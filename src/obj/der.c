/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "obj/der.h"

/* X.690 8.1.3: short form, or the number of length bytes that follow; 0x80 (indefinite) is not DER.
 */
static uint64_t length(rp_reader *r)
{
    uint8_t first = rp_u8(r);
    if (first < 0x80)
        return first;
    unsigned n = first & 0x7fu;
    if (n == 0 || n > 4) {
        r->bad = true;
        return 0;
    }
    uint64_t value = 0;
    while (n-- != 0)
        value = value << 8 | rp_u8(r);
    return value;
}

bool rp_der_next(rp_reader *r, uint8_t *ret_tag, rp_reader *ret_body)
{
    if (rp_left(r) == 0)
        return false;
    uint8_t tag = rp_u8(r);
    uint64_t len = length(r);
    if ((tag & 0x1f) == 0x1f || r->bad || !rp_window(r, r->pos, len, ret_body)) {
        r->bad = true;
        return false;
    }
    *ret_tag = tag;
    rp_skip_bytes(r, len);
    return true;
}

bool rp_der_enter(rp_reader *r, uint8_t tag, rp_reader *ret_body)
{
    uint8_t got;
    if (rp_der_next(r, &got, ret_body) && got == tag)
        return true;
    r->bad = true;
    return false;
}

bool rp_der_skip(rp_reader *r)
{
    uint8_t tag;
    rp_reader body;
    return rp_der_next(r, &tag, &body);
}

bool rp_der_is(const rp_reader *body, const uint8_t *bytes, size_t len)
{
    return body->buf.len == len && memcmp(body->buf.ptr, bytes, len) == 0;
}
