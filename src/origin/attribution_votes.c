/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attribution of code without names: panic locations and personality routines. */
#include "base/numbers.h"
#include "origin/attribution_parts.h"

#include <stdlib.h>

/* ---- panic locations ---- */

/* Pairs as function << 32 | crate, sorted; what lies outside both tables is left out. */
static bool sorted_pairs(const rp_attributing *a, rp_location_votes votes, uint64_t **ret,
                         uint32_t *ret_n)
{
    uint64_t *pairs = rp_new(a->arena, votes.n / 2 + 1u, uint64_t);
    uint32_t n = 0;
    if (pairs == NULL)
        return false;
    for (uint32_t i = 0; i + 1 < votes.n; i += 2)
        if (votes.items[i] < a->functions->n && votes.items[i + 1] < a->locations->nfiles)
            pairs[n++] =
                (uint64_t)votes.items[i] << 32 | a->locations->files[votes.items[i + 1]].crate;
    qsort(pairs, n, sizeof *pairs, rp_ascending_u64);
    *ret = pairs;
    *ret_n = n;
    return true;
}

static bool is_std_path(const rp_crate_path *p)
{
    return p->layout == RP_CRATE_STD;
}

/* The crate that most locations of one function name. Code of std is inlined everywhere and brings
 * its locations along, so any other crate's count more. */
static uint32_t winner(const rp_attributing *a, const uint64_t *pairs, uint32_t n)
{
    uint32_t best = RP_NO_CRATE, most = 0;
    for (uint32_t i = 0; i < n;) {
        uint32_t crate = (uint32_t)pairs[i], run = 0;
        while (i < n && (uint32_t)pairs[i] == crate) {
            i++;
            run++;
        }
        bool std = is_std_path(&a->locations->crates[crate]);
        bool best_std = best == RP_NO_CRATE || is_std_path(&a->locations->crates[best]);
        if (best == RP_NO_CRATE || (best_std && !std) || (best_std == std && run > most)) {
            best = crate;
            most = run;
        }
    }
    return best;
}

static uint32_t row_of_path(rp_attributing *a, const rp_crate_path *p)
{
    rp_crate_row row = {.name = p->name,
                        .version = p->version,
                        .owner = is_std_path(p) ? RP_OWNER_RUST_STD : RP_OWNER_RUST_USER};
    return rp_crate_table_row(&a->table, &row);
}

/* The winner names what has no name. A named function keeps its crate; the location adds the
 * version, and tells a crate of the program from std's of the same name. */
static bool cast(rp_attributing *a, rp_fn_origin *o, const rp_crate_path *p)
{
    bool open = o->by == RP_ATTR_NONE;
    if (!open) {
        if (o->crate == RP_NO_CRATE ||
            !rp_crate_name_eq(a->table.rows.items[o->crate].name, p->name))
            return true;
    }
    uint32_t row = row_of_path(a, p);
    if (row == RP_NO_CRATE)
        return false;
    o->crate = row;
    if (open) {
        o->by = RP_ATTR_LOCATION;
        o->owner = a->table.rows.items[row].owner;
    }
    return true;
}

bool rp_attribute_votes(rp_attributing *a, rp_location_votes votes)
{
    uint64_t *pairs = NULL;
    uint32_t n = 0;
    if (!sorted_pairs(a, votes, &pairs, &n))
        return false;
    for (uint32_t i = 0; i < n;) {
        uint32_t fn = (uint32_t)(pairs[i] >> 32), from = i;
        while (i < n && (uint32_t)(pairs[i] >> 32) == fn)
            i++;
        uint32_t best = winner(a, pairs + from, i - from);
        if (!cast(a, &a->items[fn], &a->locations->crates[best]))
            return false;
    }
    return true;
}

/* ---- personality routines ---- */

/* A program has one routine per language, few slots that hold its address. */
enum { PERSONALITIES = 8 };

typedef struct {
    uint64_t addr;
    uint32_t rust, cpp, c; /* functions of known owner under it */
    rp_owner owner;
} personality;

typedef struct {
    personality items[PERSONALITIES];
    uint32_t n;
} personalities;

static personality *personality_of(personalities *p, const rp_attributing *a, uint32_t fn)
{
    const rp_function *f = &a->functions->items[fn];
    if (f->frame >= a->functions->frames.n)
        return NULL;
    uint64_t addr = a->functions->frames.items[f->frame].personality;
    for (uint32_t i = 0; i < p->n; i++)
        if (p->items[i].addr == addr)
            return &p->items[i];
    if (addr == 0 || p->n == PERSONALITIES)
        return NULL;
    p->items[p->n] = (personality){.addr = addr};
    return &p->items[p->n++];
}

static rp_owner owner_of_routine(rp_str name)
{
    if (rp_str_find(name, RP_STR("rust_eh_personality")) != SIZE_MAX)
        return RP_OWNER_RUST_USER;
    if (rp_str_find(name, RP_STR("__gxx_personality")) != SIZE_MAX)
        return RP_OWNER_CPP;
    return rp_str_find(name, RP_STR("__gcc_personality")) != SIZE_MAX ? RP_OWNER_C
                                                                      : RP_OWNER_UNKNOWN;
}

/* By the routine's symbol, that of the slot ("DW.ref.rust_eh_personality"). */
static void name_personalities(rp_attributing *a, personalities *p)
{
    for (uint32_t i = 0; i < a->img->nsymbols; i++) {
        const rp_symbol *s = &a->img->symbols[i];
        for (uint32_t k = 0; s->defined && k < p->n; k++)
            if (p->items[k].addr == s->addr && p->items[k].owner == RP_OWNER_UNKNOWN)
                p->items[k].owner = owner_of_routine(s->name);
    }
}

/* Without symbols: the routine of most functions whose locations say Rust is Rust's. */
static void vote_personalities(rp_attributing *a, personalities *p)
{
    for (uint32_t i = 0; i < a->functions->n; i++) {
        personality *r = personality_of(p, a, i);
        rp_owner owner = a->items[i].owner;
        if (r == NULL || a->items[i].by == RP_ATTR_NONE)
            continue;
        r->rust += owner == RP_OWNER_RUST_USER || owner == RP_OWNER_RUST_STD;
        r->cpp += owner == RP_OWNER_CPP;
        r->c += owner == RP_OWNER_C;
    }
    for (uint32_t k = 0; k < p->n; k++) {
        personality *r = &p->items[k];
        if (r->owner == RP_OWNER_UNKNOWN && r->rust > 2 && r->rust > 20 * (r->cpp + r->c))
            r->owner = RP_OWNER_RUST_USER;
        else if (r->owner == RP_OWNER_UNKNOWN && r->cpp > 2 && r->cpp > 20 * (r->rust + r->c))
            r->owner = RP_OWNER_CPP;
    }
}

bool rp_attribute_unwind(rp_attributing *a)
{
    personalities p = {.n = 0};
    for (uint32_t i = 0; i < a->functions->n; i++)
        (void)personality_of(&p, a, i);
    name_personalities(a, &p);
    vote_personalities(a, &p);
    for (uint32_t i = 0; i < a->functions->n; i++) {
        const personality *r = personality_of(&p, a, i);
        if (a->items[i].by != RP_ATTR_NONE || r == NULL || r->owner == RP_OWNER_UNKNOWN)
            continue;
        a->items[i].owner = r->owner;
        a->items[i].by = RP_ATTR_UNWIND;
    }
    return true;
}
