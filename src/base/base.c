/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* memmem: glibc's and musl's are two-way, linear in the worst case */
#include "base/base.h"

size_t rp_bytes_find(rp_bytes hay, rp_str needle)
{
    if (needle.len == 0 || hay.len < needle.len)
        return SIZE_MAX;
    const uint8_t *hit = memmem(hay.ptr, hay.len, needle.ptr, needle.len);
    return hit ? (size_t)(hit - hay.ptr) : SIZE_MAX;
}

size_t rp_str_find(rp_str hay, rp_str needle)
{
    return rp_bytes_find((rp_bytes){(const uint8_t *)hay.ptr, hay.len}, needle);
}

int rp_str_cmp(rp_str a, rp_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}
