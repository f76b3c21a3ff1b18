/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool room_for(rp_buf *b, size_t n)
{
    if (b->bad)
        return false;
    if (n > SIZE_MAX / 4 || b->len > SIZE_MAX / 4 || (b->max != 0 && n > b->max - b->len)) {
        b->bad = true;
        return false;
    }
    size_t need = b->len + n + 1;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        cap *= 2;
    char *p = realloc(b->ptr, cap);
    if (p == NULL) {
        b->bad = true;
        return false;
    }
    b->ptr = p;
    b->cap = cap;
    return true;
}

char *rp_buf_more(rp_buf *b, size_t n)
{
    return room_for(b, n) ? b->ptr + b->len : NULL;
}

void rp_buf_put(rp_buf *b, rp_str s)
{
    char *p = s.len != 0 ? rp_buf_room(b, s.len) : NULL;
    if (p == NULL)
        return;
    memcpy(p, s.ptr, s.len);
    rp_buf_grew(b, s.len);
}

void rp_buf_puts(rp_buf *b, const char *cstr)
{
    rp_buf_put(b, rp_str_from(cstr));
}

void rp_buf_repeat(rp_buf *b, char c, size_t n)
{
    if (n == 0 || !room_for(b, n))
        return;
    memset(b->ptr + b->len, c, n);
    rp_buf_grew(b, n);
}

void rp_buf_printf(rp_buf *b, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (n <= 0 || !room_for(b, (size_t)n))
        return;
    va_start(ap, format);
    (void)vsnprintf(b->ptr + b->len, (size_t)n + 1, format, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void rp_buf_clear(rp_buf *b)
{
    b->len = 0;
    b->bad = false;
}

void rp_buf_free(rp_buf *b)
{
    free(b->ptr);
    *b = (rp_buf){.max = b->max};
}
