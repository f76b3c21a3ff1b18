/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Checks that a crate is compiled with or without: what its panic locations are called with. A
 * location names the source, so code counts for the crate that wrote it, wherever it was
 * instantiated or inlined. */
#include "base/numbers.h"
#include "facts/code_facts_parts.h"
#include "origin/demangle.h"

#include <stdlib.h>

typedef struct {
    const rp_code_view *v;
    const rp_locations *locations;
    uint64_t *pairs; /* location's file << 32 | crate of the function that names it, sorted */
    uint32_t npairs;
    rp_checked_crate *rows;
    uint32_t n;
    uint32_t main; /* the crate of "crate::main", RP_WHO_NONE */
} crates;

/* ---- what locations call a crate, and what functions do ---- */

static bool sort_pairs(crates *c)
{
    const rp_pass *pass = c->v->pass;
    c->pairs = rp_new(c->v->arena, pass->nfile_votes / 2 + 1u, uint64_t);
    if (c->pairs == NULL)
        return false;
    for (uint32_t i = 0; i + 1 < pass->nfile_votes; i += 2) {
        uint32_t fn = pass->file_votes[i];
        bool named = fn < c->v->functions->n && c->v->functions->items[fn].name.len != 0;
        const rp_code_who *w = named ? &c->v->who[fn] : NULL;
        if (w != NULL && w->owner == RP_OWNER_RUST_USER && w->crate != RP_WHO_NONE)
            c->pairs[c->npairs++] = (uint64_t)pass->file_votes[i + 1] << 32 | w->crate;
    }
    if (c->npairs > 1)
        qsort(c->pairs, c->npairs, sizeof *c->pairs, rp_ascending_u64);
    return true;
}

/* The crate of most named functions that name locations of file `which`; RP_WHO_NONE without. */
static uint32_t crate_by_votes(const crates *c, uint32_t which)
{
    uint32_t best = RP_WHO_NONE, most = 0;
    uint32_t low = 0, high = c->npairs;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (c->pairs[mid] >> 32 < which)
            low = mid + 1;
        else
            high = mid;
    }
    while (low < c->npairs && c->pairs[low] >> 32 == which) {
        uint32_t run = low;
        while (run < c->npairs && c->pairs[run] == c->pairs[low])
            run++;
        if (run - low > most) {
            most = run - low;
            best = (uint32_t)c->pairs[low];
        }
        low = run;
    }
    return best;
}

/* As functions' crates are labelled. Its `ptr` is NULL when memory ran out. */
static rp_str label_of(rp_arena *arena, const rp_crate_path *p)
{
    rp_str s = p->version.len != 0
                   ? rp_arena_printf(arena, "%.*s %.*s", RP_FMT(p->name), RP_FMT(p->version))
                   : rp_arena_str(arena, p->name);
    for (size_t i = 0; s.ptr != NULL && i < p->name.len; i++)
        if (s.ptr[i] == '-')
            ((char *)(uintptr_t)s.ptr)[i] = '_';
    return s;
}

/* A folder's name need not be the crate's, and "src/main.rs" names none: its functions do. */
static bool name_row(const crates *c, uint32_t which, rp_str *ret)
{
    const rp_crate_path *p = &c->locations->crates[c->locations->files[which].crate];
    const rp_code_view *v = c->v;
    rp_str label = label_of(v->arena, p);
    bool folder = p->layout == RP_CRATE_OWN || p->layout == RP_CRATE_UNPLACED;
    uint32_t named = folder ? crate_by_votes(c, which) : RP_WHO_NONE;
    if (named == RP_WHO_NONE && p->name.len == 0)
        named = c->main;
    *ret = named != RP_WHO_NONE ? v->crates[named] : label;
    return label.ptr != NULL;
}

static bool is_main_file(rp_str path)
{
    return rp_str_is(path, "main.rs") || rp_str_ends(path, "/main.rs") ||
           rp_str_ends(path, "\\main.rs");
}

/* Sources of the package that was built lie below its own folder, without a name in front; other
 * members of its workspace and folders elsewhere may be the program's or what it uses. */
static rp_tri own_of(const rp_crate_path *p, rp_str path)
{
    bool folder = p->layout == RP_CRATE_OWN || p->layout == RP_CRATE_UNPLACED;
    if (p->layout != RP_CRATE_STD &&
        (is_main_file(path) || (p->layout == RP_CRATE_OWN && p->name.len == 0)))
        return RP_YES;
    return folder ? RP_UNKNOWN : RP_NO;
}

/* ---- rows ---- */

static bool add_locations(crates *c)
{
    const rp_pass *pass = c->v->pass;
    for (uint32_t i = 0; i < pass->nuses && i < c->locations->nfiles; i++) {
        const rp_location_use *use = &pass->uses[i];
        const rp_crate_path *p = &c->locations->crates[c->locations->files[i].crate];
        rp_checked_crate row = {
            .owner = p->layout == RP_CRATE_STD ? RP_OWNER_RUST_STD : RP_OWNER_RUST_USER,
            .own = own_of(p, c->locations->files[i].path),
            .places = use->places,
            .overflow = use->overflow,
            .bounds = use->bounds,
        };
        if (use->places == 0)
            continue;
        if (!name_row(c, i, &row.name))
            return false;
        c->rows[c->n++] = row;
    }
    return true;
}

/* "crate::main" is the program's. */
static bool is_main(const rp_code_view *v, uint32_t function, bool *ret)
{
    rp_str mangled = v->functions->items[function].name, name;
    *ret = false;
    if (rp_str_find(mangled, RP_STR("4main")) == SIZE_MAX)
        return true;
    if (!rp_code_function_name(v, function, &name))
        return false;
    size_t at = rp_str_find(name, RP_STR("::"));
    *ret = at != SIZE_MAX && rp_str_is(rp_str_sub(name, at, SIZE_MAX), "::main");
    return true;
}

static bool add_functions(crates *c)
{
    const rp_code_view *v = c->v;
    rp_checked_crate *rows = c->rows + c->n;
    for (uint32_t i = 0; i < v->ncrates; i++)
        rows[i] =
            (rp_checked_crate){.name = v->crates[i], .owner = v->crate_owners[i], .own = RP_NO};
    for (uint32_t i = 0; i < v->norder; i++) {
        const rp_code_who *w = &v->who[v->order[i]];
        bool main = false;
        if (w->crate == RP_WHO_NONE)
            continue;
        if (w->owner == RP_OWNER_RUST_USER && !is_main(v, v->order[i], &main))
            return false;
        rows[w->crate].functions++;
        rows[w->crate].overflow += v->pass->fns[v->order[i]].unplaced;
        rows[w->crate].debug_asserts += v->pass->fns[v->order[i]].debug_asserts;
        if (main)
            c->main = w->crate;
    }
    if (c->main != RP_WHO_NONE)
        rows[c->main].own = RP_YES;
    c->n += v->ncrates;
    return true;
}

static int by_row(const void *a, const void *b)
{
    const rp_checked_crate *x = a, *y = b;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    return rp_str_cmp(x->name, y->name);
}

static rp_tri surer(rp_tri a, rp_tri b)
{
    return a == RP_YES || b == RP_YES           ? RP_YES
           : a == RP_UNKNOWN || b == RP_UNKNOWN ? RP_UNKNOWN
                                                : RP_NO;
}

/* Rows of one name become one; other languages' have no such checks. */
static void merge(crates *c)
{
    uint32_t kept = 0;
    if (c->n > 1)
        qsort(c->rows, c->n, sizeof *c->rows, by_row);
    for (uint32_t i = 0; i < c->n; i++) {
        rp_checked_crate *row = &c->rows[i], *last = kept != 0 ? &c->rows[kept - 1] : NULL;
        if (row->owner != RP_OWNER_RUST_USER && row->owner != RP_OWNER_RUST_STD)
            continue;
        if (last == NULL || by_row(row, last) != 0) {
            c->rows[kept++] = *row;
            continue;
        }
        last->own = surer(last->own, row->own);
        last->functions += row->functions;
        last->places += row->places;
        last->overflow += row->overflow;
        last->bounds += row->bounds;
        last->debug_asserts += row->debug_asserts;
    }
    c->n = kept;
}

/* Where no crate is known to be the program's, those from folders are. */
static void settle_own(crates *c)
{
    bool known = false;
    for (uint32_t i = 0; i < c->n; i++)
        known |= c->rows[i].own == RP_YES;
    for (uint32_t i = 0; i < c->n; i++)
        if (c->rows[i].own == RP_UNKNOWN)
            c->rows[i].own = known ? RP_NO : RP_YES;
}

bool rp_code_facts_crates(const rp_code_view *v, const rp_locations *locations, rp_code_facts *ret)
{
    crates c = {.v = v, .locations = locations, .main = RP_WHO_NONE};
    c.rows = rp_new(v->arena, (uint64_t)v->pass->nuses + v->ncrates, rp_checked_crate);
    if (c.rows == NULL || !sort_pairs(&c) || !add_functions(&c) || !add_locations(&c))
        return false;
    merge(&c);
    settle_own(&c);
    ret->checked = c.rows;
    ret->nchecked = c.n;
    return true;
}
