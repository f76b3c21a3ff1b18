/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/crate_table.h"

/* FNV-1a; '-' and '_' are the same letter in crate names. */
static uint64_t hash_text(uint64_t h, rp_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i] == '-' ? '_' : (uint8_t)s.ptr[i];
        h = (h ^ c) * 0x100000001b3u;
    }
    return (h ^ 0xff) * 0x100000001b3u;
}

static uint64_t hash_row(const rp_crate_row *row)
{
    uint64_t h = hash_text(hash_text(0xcbf29ce484222325u, row->name), row->version);
    h = (h ^ row->disambiguator ^ (uint64_t)row->legacy ^ ((uint64_t)row->owner << 8)) *
        0x9e3779b97f4a7c15u;
    return h >> 32;
}

static bool same(const rp_crate_row *a, const rp_crate_row *b)
{
    return a->disambiguator == b->disambiguator && a->legacy == b->legacy && a->owner == b->owner &&
           rp_crate_name_eq(a->name, b->name) && rp_str_eq(a->version, b->version);
}

static bool grow(rp_crate_table *t)
{
    uint32_t n = t->slots != NULL ? (t->mask + 1) * 2 : 256;
    uint32_t *slots = n != 0 ? rp_new(t->arena, n, uint32_t) : NULL;
    if (slots == NULL)
        return false;
    t->slots = slots;
    t->mask = n - 1;
    for (uint32_t i = 0; i < t->rows.n; i++) {
        uint32_t at = (uint32_t)hash_row(&t->rows.items[i]) & t->mask;
        while (t->slots[at] != 0)
            at = (at + 1) & t->mask;
        t->slots[at] = i + 1;
    }
    return true;
}

uint32_t rp_crate_table_row(rp_crate_table *t, const rp_crate_row *row)
{
    if ((t->slots == NULL || t->rows.n >= t->mask / 2) && !grow(t))
        return RP_NO_CRATE;
    uint32_t at = (uint32_t)hash_row(row) & t->mask;
    for (; t->slots[at] != 0; at = (at + 1) & t->mask)
        if (same(&t->rows.items[t->slots[at] - 1], row))
            return t->slots[at] - 1;
    rp_crate_row *new = rp_vec_push(t->arena, &t->rows);
    if (new == NULL)
        return RP_NO_CRATE;
    *new = *row;
    t->slots[at] = t->rows.n;
    return t->rows.n - 1;
}
