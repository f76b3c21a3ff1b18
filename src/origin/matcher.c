/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/matcher.h"

enum {
    BLOCK = 3,
    STEP = 8,        /* starts that one round of skip() rules out */
    REACH = STEP + 2 /* bytes that it looks at */
};

static inline uint32_t slot(const uint8_t *p)
{
    uint32_t v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
    return v * 0x9e3779b1u >> (32 - RP_MATCHER_BITS);
}

void rp_matcher_init(rp_matcher *m, const rp_needle *needles, size_t n)
{
    *m = (rp_matcher){.needles = needles};
    for (size_t i = n; i-- > 0;) { /* backwards: chains then keep the table's order */
        const uint8_t *text = (const uint8_t *)needles[i].text;
        uint32_t s = slot(text);
        m->len[i] = (uint8_t)strlen(needles[i].text);
        m->next[i] = m->first[s];
        m->first[s] = (uint8_t)(i + 1);
        m->marked[s] = 1;
        m->marked[slot(text + 1)] = 1;
    }
}

/* 1-based index of the needle at `p`, which has `left` bytes; 0 for none. */
static unsigned needle_at(const rp_matcher *m, const uint8_t *p, size_t left)
{
    unsigned i = m->first[slot(p)];
    while (i != 0 &&
           (m->len[i - 1] > left || memcmp(p, m->needles[i - 1].text, m->len[i - 1]) != 0))
        i = m->next[i - 1];
    return i;
}

/* Moves over starts at which no needle can be. A needle of four bytes or more that begins at i or
 * i + 1 has its second or first block of three at i + 1: every other place is enough. The look-ups
 * do not wait for one another. */
static size_t skip(const rp_matcher *m, rp_bytes b, size_t i, size_t end)
{
    for (; i < end && b.len - i >= REACH; i += STEP) {
        const uint8_t *p = b.ptr + i;
        unsigned any = m->marked[slot(p + 1)];
        any |= m->marked[slot(p + 3)];
        any |= m->marked[slot(p + 5)];
        any |= m->marked[slot(p + 7)];
        if (any != 0)
            break;
    }
    return i;
}

size_t rp_matcher_run(const rp_matcher *m, rp_bytes bytes, size_t from, size_t to, rp_match_fn hit,
                      void *user)
{
    size_t i = from;
    size_t end = bytes.len < RP_NEEDLE_MIN ? 0 : bytes.len - RP_NEEDLE_MIN + 1;
    if (end > to)
        end = to;
    while ((i = skip(m, bytes, i, end)) < end) {
        size_t stop = end - i < STEP ? end : i + STEP;
        unsigned n = 0;
        while (i < stop && (n = needle_at(m, bytes.ptr + i, bytes.len - i)) == 0)
            i++;
        if (n == 0)
            continue;
        i = hit(user, m->needles[n - 1].id, bytes, i);
        if (i == SIZE_MAX)
            return i;
    }
    return i < to ? to : i;
}
