/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE /* memmem: glibc's and musl's are two-way, linear in the worst case */
#include "base/base.h"

enum { SHORT_HAY = 512, SHORT_NEEDLE = 32 };

/* memmem() looks at every byte, which in names of symbols costs more than all else: memchr() does
 * not. Both lengths have a bound, so what a file says cannot make this slow. */
static size_t find_short(rp_bytes hay, rp_str needle)
{
    size_t last = hay.len - needle.len;
    for (size_t i = 0; i <= last; i++) {
        const uint8_t *p = memchr(hay.ptr + i, (uint8_t)needle.ptr[0], last - i + 1);
        if (p == NULL)
            return SIZE_MAX;
        i = (size_t)(p - hay.ptr);
        if (memcmp(p, needle.ptr, needle.len) == 0)
            return i;
    }
    return SIZE_MAX;
}

size_t rp_bytes_find(rp_bytes hay, rp_str needle)
{
    if (needle.len == 0 || hay.len < needle.len)
        return SIZE_MAX;
    if (hay.len <= SHORT_HAY && needle.len <= SHORT_NEEDLE)
        return find_short(hay, needle);
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
