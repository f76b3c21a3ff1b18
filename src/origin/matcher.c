/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/matcher.h"

enum { BLOCK = 2, FAR = RP_NEEDLE_MIN - BLOCK + 1 };

static inline uint32_t slot(const uint8_t *p)
{
    return ((uint32_t)p[0] ^ (uint32_t)p[1] << 4) & (RP_MATCHER_SLOTS - 1);
}

void rp_matcher_init(rp_matcher *m, const rp_needle *needles, size_t n)
{
    *m = (rp_matcher){.needles = needles};
    memset(m->shift, FAR, sizeof m->shift);
    for (size_t i = n; i-- > 0;) { /* backwards: chains then keep the table's order */
        const uint8_t *text = (const uint8_t *)needles[i].text;
        m->len[i] = (uint8_t)strlen(needles[i].text);
        for (unsigned k = 0; k + BLOCK <= RP_NEEDLE_MIN; k++) {
            uint8_t distance = (uint8_t)(RP_NEEDLE_MIN - BLOCK - k);
            uint32_t s = slot(text + k);
            if (distance < m->shift[s])
                m->shift[s] = distance;
        }
        uint32_t last = slot(text + RP_NEEDLE_MIN - BLOCK);
        m->next[i] = m->first[last];
        m->first[last] = (uint8_t)(i + 1);
    }
}

/* 1-based index of the needle at `p`, which has `left` bytes; 0 for none. */
static unsigned needle_at(const rp_matcher *m, uint32_t s, const uint8_t *p, size_t left)
{
    unsigned i = m->first[s];
    while (i != 0 &&
           (m->len[i - 1] > left || memcmp(p, m->needles[i - 1].text, m->len[i - 1]) != 0))
        i = m->next[i - 1];
    return i;
}

size_t rp_matcher_run(const rp_matcher *m, rp_bytes bytes, size_t from, size_t to, rp_match_fn hit,
                      void *user)
{
    size_t i = from;
    size_t end = bytes.len < RP_NEEDLE_MIN ? 0 : bytes.len - RP_NEEDLE_MIN + 1;
    if (end > to)
        end = to;
    while (i < end) {
        uint32_t s = slot(bytes.ptr + i + RP_NEEDLE_MIN - BLOCK);
        if (RP_LIKELY(m->shift[s] != 0)) {
            i += m->shift[s];
            continue;
        }
        unsigned n = needle_at(m, s, bytes.ptr + i, bytes.len - i);
        if (n == 0) {
            i++;
            continue;
        }
        i = hit(user, m->needles[n - 1].id, bytes, i);
        if (i == SIZE_MAX)
            return i;
    }
    return i < to ? to : i;
}
