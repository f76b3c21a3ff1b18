/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Growable text for output. Failure is sticky: after a failed growth nothing is added and `bad`
 * stays set. */
#ifndef RP_BASE_BUF_H
#define RP_BASE_BUF_H

#include "base/base.h"

typedef struct {
    char *ptr; /* owned; NUL-terminated whenever len > 0 */
    size_t len;
    size_t cap;
    size_t max; /* 0 = no maximum; a longer text makes it bad */
    bool bad;
} rp_buf;

void rp_buf_put(rp_buf *b, rp_str s);
void rp_buf_puts(rp_buf *b, const char *cstr);
/* Room for n bytes more behind the text, which the caller fills: rp_buf_grew then says how many of
 * them. NULL when there is none. */
char *rp_buf_more(rp_buf *b, size_t n);
static inline char *rp_buf_room(rp_buf *b, size_t n)
{
    bool here = !b->bad && b->max == 0 && b->cap > b->len && n < b->cap - b->len;
    return here ? b->ptr + b->len : rp_buf_more(b, n);
}
void rp_buf_repeat(rp_buf *b, char c, size_t n);
void rp_buf_printf(rp_buf *b, const char *format, ...) RP_PRINTF(2, 3);
void rp_buf_clear(rp_buf *b); /* keeps the memory */
void rp_buf_free(rp_buf *b);

static inline void rp_buf_grew(rp_buf *b, size_t n)
{
    b->len += n;
    b->ptr[b->len] = '\0';
}

static inline void rp_buf_char(rp_buf *b, char c)
{
    char *p = rp_buf_room(b, 1);
    if (p == NULL)
        return;
    *p = c;
    rp_buf_grew(b, 1);
}

static inline rp_str rp_buf_str(const rp_buf *b)
{
    return (rp_str){b->ptr ? b->ptr : "", b->len};
}

#endif
