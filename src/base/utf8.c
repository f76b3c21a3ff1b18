/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/utf8.h"

static bool is_scalar(uint32_t c)
{
    return c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
}

size_t rp_utf8_next(rp_str s, uint32_t *ret)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (s.len == 0)
        return 0;
    uint8_t b = (uint8_t)s.ptr[0];
    size_t n = b < 0x80              ? 1
               : (b & 0xe0u) == 0xc0 ? 2
               : (b & 0xf0u) == 0xe0 ? 3
               : (b & 0xf8u) == 0xf0 ? 4
                                     : 0;
    if (n == 0 || n > s.len)
        return 0;
    uint32_t c = n == 1 ? b : b & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        uint8_t next = (uint8_t)s.ptr[i];
        if ((next & 0xc0u) != 0x80)
            return 0;
        c = c << 6 | (next & 0x3fu);
    }
    if (c < least[n] || !is_scalar(c))
        return 0;
    *ret = c;
    return n;
}

size_t rp_ascii_run(rp_str s)
{
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    size_t n = 0;
    for (uint64_t v; s.len - n >= sizeof v; n += sizeof v) {
        memcpy(&v, s.ptr + n, sizeof v);
        if (((v | (v - ones)) & high) != 0) /* a byte above 0x7f, or one that was 0 */
            break;
    }
    return n;
}

bool rp_utf8_put(rp_buf *out, uint32_t c)
{
    if (!is_scalar(c))
        return false;
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        bytes[i] = (char)(0x80u | (c & 0x3fu));
    bytes[0] = (char)(lead[n] | c);
    rp_buf_put(out, (rp_str){bytes, n});
    return true;
}
