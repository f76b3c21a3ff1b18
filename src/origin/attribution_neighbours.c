/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attribution by link order. A linker puts one object's functions one behind the other, and the
 * objects of one library, too: std's prebuilt code is one block (or few), the program's another.
 * Measured against unstripped twins, see docs/internals/origin.md: that a function between two of
 * one crate is of that crate holds in half of the cases only (what lies there are instances of
 * other crates' generics), so crates are not inferred; that it is of std or of the program holds in
 * more than 95 of 100. */
#include "origin/attribution_parts.h"

/* ---- plain names ---- */

static bool same_origin(const rp_fn_origin *x, const rp_fn_origin *y)
{
    return x->crate == y->crate && x->owner == y->owner && x->crate != RP_NO_CRATE &&
           rp_str_eq(x->object, y->object);
}

/* Unmangled functions inside one codegen unit are #[no_mangle]. */
static void fill_named(rp_attributing *a)
{
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < a->functions->n; i++) {
        const rp_fn_origin *o = &a->items[i];
        if (o->by == RP_ATTR_NONE || o->by == RP_ATTR_UNWIND)
            continue;
        bool same = last != UINT32_MAX && o->by == RP_ATTR_SYMBOL &&
                    a->items[last].by == RP_ATTR_SYMBOL && same_origin(&a->items[last], o);
        for (uint32_t k = last + 1; same && k < i; k++) {
            if (a->items[k].owner != RP_OWNER_UNKNOWN && a->items[k].owner != RP_OWNER_RUST_USER)
                continue;
            a->items[k].owner = o->owner;
            a->items[k].crate = o->crate;
            a->items[k].by = RP_ATTR_NEIGHBOURS;
        }
        last = i;
    }
}

/* ---- std or program ---- */

enum {
    PROGRAM, /* the blocks that a function can lie in */
    STD,
    BLOCKS,
    MAX_GAP = 64 /* functions without evidence between two with it: C code is longer */
};

/* What evidence costs where it does not fit, in tenths: code of std is instantiated in the program,
 * code of the program never in std; blocks are long. Locations of core, alloc and hashbrown, whose
 * generics are everywhere, say nothing. */
enum { STD_IN_PROGRAM = 10, PROGRAM_IN_STD = 80, CHANGE = 150, CHANGE_COLD = 30 };

typedef struct {
    uint32_t fn;
    uint8_t block;        /* in the end */
    uint8_t from[BLOCKS]; /* the block before, when this one is … */
} anchor;

typedef struct {
    rp_attributing *a;
    anchor *items;
    uint32_t n;
    uint32_t entry; /* index of the entry point's function, 0 unknown */
} chain;

static bool is_rust(rp_owner owner)
{
    return owner == RP_OWNER_RUST_USER || owner == RP_OWNER_RUST_STD;
}

/* Locations, names and rust_eh_personality say Rust. */
static bool is_anchor(const rp_fn_origin *o)
{
    return is_rust(o->owner) && o->by != RP_ATTR_NONE && o->by != RP_ATTR_NEIGHBOURS;
}

static bool is_everywhere(rp_str crate)
{
    return rp_str_is(crate, "core") || rp_str_is(crate, "alloc") || rp_str_is(crate, "hashbrown");
}

static void price(const rp_attributing *a, const rp_fn_origin *o, uint32_t cost[BLOCKS])
{
    bool std = o->owner == RP_OWNER_RUST_STD;
    cost[PROGRAM] = cost[STD] = 0;
    if (o->by == RP_ATTR_UNWIND || o->crate == RP_NO_CRATE)
        return;
    if (!std)
        cost[STD] = PROGRAM_IN_STD;
    else if (!is_everywhere(a->table.rows.items[o->crate].name))
        cost[PROGRAM] = STD_IN_PROGRAM;
}

/* GNU ld's scripts put .text.unlikely.* before all other code: what is cold of the program, then of
 * std; the rest begins with crt1.o, which has the entry point. In files of other linkers nothing
 * stands before that. */
static uint32_t entry_of(const rp_attributing *a)
{
    for (uint32_t i = 0; a->img->format == RP_FORMAT_ELF && i < a->functions->n; i++)
        if (a->functions->items[i].start == a->img->entry)
            return i;
    return 0;
}

/* One step of the walk: the costs of being in each block at anchor `i`. Behind the entry point the
 * program's block begins anew; in the short runs of cold code a change is worth less. */
static void next_anchor(chain *c, uint32_t i, const uint64_t total[BLOCKS], uint64_t next[BLOCKS])
{
    anchor *x = &c->items[i];
    uint32_t cost[BLOCKS], price_of_change = x->fn < c->entry ? CHANGE_COLD : CHANGE;
    bool anew = i > 0 && x->fn > c->entry && c->items[i - 1].fn < c->entry;
    price(c->a, &c->a->items[x->fn], cost);
    for (uint8_t b = 0; b < BLOCKS; b++) {
        uint8_t other = (uint8_t)(BLOCKS - 1 - b);
        /* what says nothing before the first of std is the program's */
        bool change = total[other] + price_of_change < total[b] + (b == STD ? 1 : 0);
        uint64_t paid = price_of_change;
        if (anew) {
            change = total[other] < total[b];
            paid = 0;
        }
        x->from[b] = change ? other : b;
        next[b] = (change ? total[other] + paid : total[b]) + cost[b];
        if (anew && b == STD)
            next[b] += CHANGE;
    }
}

/* The cheapest way through all anchors (Viterbi 1967). rustc puts the program's own objects first
 * on the linker's command line. */
static void walk(chain *c)
{
    uint64_t total[BLOCKS] = {[PROGRAM] = 0, [STD] = CHANGE};
    c->entry = entry_of(c->a);
    if (c->n != 0 && c->items[0].fn < c->entry)
        total[STD] = CHANGE_COLD;
    for (uint32_t i = 0; i < c->n; i++) {
        uint64_t next[BLOCKS];
        next_anchor(c, i, total, next);
        memcpy(total, next, sizeof total);
    }
    uint8_t block = total[STD] < total[PROGRAM] ? STD : PROGRAM;
    for (uint32_t i = c->n; i > 0; i--) {
        c->items[i - 1].block = block;
        block = c->items[i - 1].from[block];
    }
}

static rp_owner owner_of(uint8_t block)
{
    return block == STD ? RP_OWNER_RUST_STD : RP_OWNER_RUST_USER;
}

/* A location of std in the program's block: an instance of std's code that the program asked for;
 * which of its crates did is not told. */
static void settle(rp_attributing *a, const anchor *x)
{
    rp_fn_origin *o = &a->items[x->fn];
    if (o->by == RP_ATTR_UNWIND)
        o->owner = owner_of(x->block);
    if (o->by != RP_ATTR_LOCATION || x->block != PROGRAM || o->owner != RP_OWNER_RUST_STD)
        return;
    o->defined_in = o->crate;
    o->crate = RP_NO_CRATE;
    o->owner = RP_OWNER_RUST_USER;
}

static void fill_gap(rp_attributing *a, const anchor *x, const anchor *y)
{
    if (x->block != y->block || y->fn - x->fn - 1 > MAX_GAP)
        return;
    for (uint32_t i = x->fn + 1; i < y->fn; i++)
        if (a->items[i].by != RP_ATTR_NONE)
            return; /* C++, a stub, a C function with a name */
    for (uint32_t i = x->fn + 1; i < y->fn; i++) {
        a->items[i].owner = owner_of(x->block);
        a->items[i].by = RP_ATTR_NEIGHBOURS;
    }
}

/* Blocks are looked for only where names do not tell everything. */
static bool is_stripped(const rp_attributing *a)
{
    for (uint32_t i = 0; i < a->functions->n; i++)
        if (a->items[i].by == RP_ATTR_LOCATION)
            return true;
    return false;
}

bool rp_attribute_neighbours(rp_attributing *a)
{
    fill_named(a);
    if (!is_stripped(a))
        return true;
    chain c = {.a = a, .items = rp_new(a->arena, a->functions->n, anchor)};
    if (c.items == NULL)
        return false;
    for (uint32_t i = 0; i < a->functions->n; i++)
        if (is_anchor(&a->items[i]))
            c.items[c.n++].fn = i;
    walk(&c);
    for (uint32_t i = 0; i < c.n; i++)
        settle(a, &c.items[i]);
    for (uint32_t i = 0; i + 1 < c.n; i++)
        fill_gap(a, &c.items[i], &c.items[i + 1]);
    return true;
}
