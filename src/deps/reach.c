/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/reach.h"

#include "deps/reach_parts.h"
#include "obj/elf_loaded.h"
#include "obj/dwarf_functions.h"
#include "origin/attribution_names.h"
#include "origin/crate_paths.h"
#include "origin/demangle.h"

#include <stdlib.h>

enum {
    ROWS_MAX = 4096,   /* functions of all queries */
    NAMES_MAX = 65000, /* mangled names that match one */
    ROWS_OF_NAME = 4,  /* paths that one name can match: several advisories, a type */
    SCRATCH = 64 * 1024
};

typedef rp_reach_row row;

typedef struct {
    rp_str mangled;
    uint32_t rows[ROWS_OF_NAME];
    uint32_t n;
} name;

/* What is there of a queried crate, or of one that has a compile unit with code. */
typedef struct {
    rp_str crate;
    bool named;  /* debug information has a linkage name of it */
    bool unit;   /* …a compile unit with code */
    bool symbol; /* a symbol of it is there */
} presence;

typedef struct {
    rp_image *img;
    rp_arena *arena;
    const rp_reach_query *queries;
    uint32_t nqueries;
    rp_reach *ret;
    row *rows;
    uint32_t nrows;
    RP_VEC(name) names;
    const rp_reach_options *options;
    rp_reach_splits splits;
    rp_reach_panics panics; /* and all places */
    uint32_t *nplaces;      /* by query */
    presence *crates;       /* sorted by name, different ones */
    uint32_t ncrates;
    rp_buf scratch;
    rp_dwarf dwarf;
    rp_dwarf_uses uses;
    bool std_units; /* codegen units of std are left: no fat LTO */
    bool outside;   /* Rust code that is not std's lies outside of all units */
    bool whole;     /* rows and names were all kept */
    bool out_of_memory;
} reader;

/* ---- crates ---- */

static int by_crate(const void *a, const void *b)
{
    const presence *x = a, *y = b;
    size_t n = x->crate.len < y->crate.len ? x->crate.len : y->crate.len;
    for (size_t i = 0; i < n; i++) {
        char c = x->crate.ptr[i] == '-' ? '_' : x->crate.ptr[i];
        char d = y->crate.ptr[i] == '-' ? '_' : y->crate.ptr[i];
        if (c != d)
            return c < d ? -1 : 1;
    }
    return (x->crate.len > y->crate.len) - (x->crate.len < y->crate.len);
}

static presence *presence_of(const reader *r, rp_str crate)
{
    presence key = {.crate = crate};
    if (crate.len == 0 || r->ncrates == 0)
        return NULL;
    return bsearch(&key, r->crates, r->ncrates, sizeof key, by_crate);
}

/* An advisory's path may begin with another name than its package's: the library's. */
static rp_str library_of(const rp_reach_query *q, const row *rows, uint32_t nrows, uint32_t query)
{
    for (uint32_t i = 0; i < nrows; i++)
        if (rows[i].query == query)
            return rows[i].path.segments[0];
    return q->crate;
}

/* The crate that the unit of this range is of; empty for std's, and where the range before it is of
 * the same unit. */
static rp_str unit_with_code(const reader *r, uint32_t range)
{
    const rp_dwarf_range *g = &r->dwarf.ranges[range];
    const rp_dwarf_unit *u = &r->dwarf.units[g->unit];
    rp_str none = {"", 0};
    if (range != 0 && r->dwarf.ranges[range - 1].unit == g->unit)
        return none;
    rp_str crate = u->language == RP_LANG_RUST ? rp_unit_crate(u->name) : none;
    return rp_crate_is_std(crate) || rp_crate_is_std_dependency(crate) ? none : crate;
}

static bool list_crates(reader *r)
{
    uint64_t units = 0;
    for (uint32_t i = 0; i < r->dwarf.nranges; i++)
        units += unit_with_code(r, i).len != 0;
    r->crates = rp_new(r->arena, 2 * (uint64_t)r->nqueries + units, presence);
    if (r->crates == NULL)
        return false;
    for (uint32_t i = 0; i < r->nqueries; i++) {
        r->crates[r->ncrates++].crate = r->queries[i].crate;
        r->crates[r->ncrates++].crate = library_of(&r->queries[i], r->rows, r->nrows, i);
    }
    for (uint32_t i = 0; i < r->dwarf.nranges; i++) {
        rp_str crate = unit_with_code(r, i);
        if (crate.len != 0)
            r->crates[r->ncrates++] = (presence){.crate = crate, .unit = true};
    }
    if (r->ncrates > 1)
        qsort(r->crates, r->ncrates, sizeof *r->crates, by_crate);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->ncrates; i++)
        if (kept == 0 || by_crate(&r->crates[kept - 1], &r->crates[i]) != 0)
            r->crates[kept++] = r->crates[i];
        else
            r->crates[kept - 1].unit |= r->crates[i].unit;
    r->ncrates = kept;
    return true;
}

static bool list_rows(reader *r)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < r->nqueries; i++)
        n += r->queries[i].nfunctions;
    if (n > ROWS_MAX) {
        r->whole = false;
        n = ROWS_MAX;
    }
    r->rows = rp_new(r->arena, n, row);
    if (r->rows == NULL)
        return false;
    for (uint32_t i = 0; i < r->nqueries; i++)
        for (uint32_t k = 0; k < r->queries[i].nfunctions && r->nrows < n; k++)
            if (rp_fn_path_parse(r->queries[i].functions[k], &r->rows[r->nrows].path)) {
                r->rows[r->nrows].query = i;
                r->rows[r->nrows++].function = k;
            }
    return true;
}

/* ---- names ---- */

/* Index of the name when some function is called so, RP_DWARF_UNWANTED else. */
static uint32_t name_of(reader *r, rp_str mangled)
{
    name found = {.mangled = mangled};
    for (uint32_t i = 0; i < r->nrows && found.n < ROWS_OF_NAME; i++)
        if (rp_fn_path_match(&r->rows[i].path, mangled, &r->scratch))
            found.rows[found.n++] = i;
    if (r->scratch.bad) { /* a name of more than SCRATCH bytes, or no memory for it */
        rp_buf_free(&r->scratch);
        r->scratch = (rp_buf){.max = SCRATCH};
        r->whole = false;
    }
    if (found.n == 0)
        return RP_DWARF_UNWANTED;
    if (r->names.n >= NAMES_MAX) {
        r->whole = false;
        return RP_DWARF_UNWANTED;
    }
    name *to = rp_vec_push(r->arena, &r->names);
    if (to == NULL) {
        r->out_of_memory = true;
        return RP_DWARF_UNWANTED;
    }
    *to = found;
    return r->names.n - 1;
}

static void keep_place(reader *r, const rp_reach_place *p)
{
    rp_reach_place *kept = NULL;
    if (r->nplaces[p->query]++ >= RP_REACH_PLACES)
        return;
    kept = rp_vec_push(r->arena, &r->panics.places);
    if (kept == NULL)
        r->out_of_memory = true;
    else
        *kept = *p;
}

static void present_at(rp_reach *to, const rp_reach_place *p)
{
    to->state = RP_REACH_PRESENT;
    to->function = p->function;
    to->symbol = p->symbol;
    to->by = rp_str_from(p->by);
    to->at = p->at;
    to->addr = p->addr;
    to->why = NULL;
}

static void present(reader *r, const name *n, const char *by, uint64_t at, uint64_t addr)
{
    for (uint32_t i = 0; i < n->n; i++) {
        const row *w = &r->rows[n->rows[i]];
        rp_reach_place p = {.query = w->query,
                            .function = r->queries[w->query].functions[w->function],
                            .symbol = n->mangled,
                            .by = by,
                            .at = at,
                            .addr = addr};
        keep_place(r, &p);
        if (r->ret[w->query].state != RP_REACH_PRESENT)
            present_at(&r->ret[w->query], &p);
    }
}

/* ---- witnesses ---- */

static void symbol(reader *r, const rp_symbol *s)
{
    rp_mangled m = rp_mangled_parse(s->name);
    if (m.scheme != RP_MANGLED_RUST_LEGACY && m.scheme != RP_MANGLED_RUST_V0)
        return;
    rp_str crates[] = {m.crate, m.instantiated_in};
    for (size_t i = 0; i < RP_COUNT(crates); i++) {
        presence *p = presence_of(r, crates[i]);
        if (p != NULL)
            p->symbol = true;
        if (crates[i].len != 0 && !rp_crate_is_std(crates[i]) &&
            !rp_crate_is_std_dependency(crates[i]))
            r->outside |= rp_dwarf_unit_at(&r->dwarf, s->addr) == NULL;
    }
    uint32_t id = name_of(r, s->name);
    if (id != RP_DWARF_UNWANTED)
        present(r, &r->names.items[id], "symbol", s->at, s->addr);
}

/* C functions of -sys crates: `libgit2_sys::git_x` is the plain symbol git_x. */
static void plain_symbol(reader *r, const rp_symbol *s)
{
    for (uint32_t i = 0; i < r->nrows; i++) {
        const rp_fn_path *p = &r->rows[i].path;
        if (!rp_str_ends(p->segments[0], "_sys") || !rp_str_eq(s->name, p->segments[p->n - 1]))
            continue;
        name n = {.mangled = s->name, .rows = {i}, .n = 1};
        present(r, &n, "symbol", s->at, s->addr);
    }
}

static void read_symbols(reader *r)
{
    rp_image_symbols(r->img);
    for (uint32_t i = 0; i < r->img->nsymbols && !r->out_of_memory; i++) {
        const rp_symbol *s = &r->img->symbols[i];
        if (s->kind == RP_SYM_FILE) {
            rp_str crate = rp_unit_crate(s->name);
            r->std_units |= rp_crate_is_std(crate);
            continue;
        }
        if (!s->defined || s->addr == 0 || s->kind == RP_SYM_SECTION || s->kind == RP_SYM_OBJECT ||
            s->kind == RP_SYM_TLS)
            continue;
        if (s->name.len > 2 && s->name.ptr[0] == '_')
            symbol(r, s);
        else
            plain_symbol(r, s);
    }
}

static uint32_t wanted(void *user, rp_str mangled)
{
    reader *r = user;
    rp_mangled m = rp_mangled_parse(mangled);
    presence *p = presence_of(r, m.crate), *asker = presence_of(r, m.instantiated_in);
    if (p != NULL)
        p->named = true;
    if (asker != NULL)
        asker->named = true;
    return name_of(r, mangled);
}

static bool read_debug(reader *r)
{
    if (!rp_dwarf_read(r->img, r->arena, &r->dwarf))
        return false;
    if (r->dwarf.known == RP_NO && r->img->debug != NULL &&
        !rp_dwarf_read(r->img->debug, r->arena, &r->dwarf))
        return false;
    return rp_reach_split(&r->dwarf, r->options->path, r->arena, &r->splits);
}

static bool search_one(reader *r, rp_dwarf *dwarf, rp_dwarf_uses *ret)
{
    if (!rp_dwarf_functions(dwarf, r->img, r->arena, wanted, r, ret))
        return false;
    for (uint32_t i = 0; i < ret->nuses; i++) {
        const rp_dwarf_use *u = &ret->uses[i];
        present(r, &r->names.items[u->id], u->inlined ? "inlined call" : "debug information",
                rp_image_offset(r->img, u->addr), u->addr);
    }
    return true;
}

static bool search_debug(reader *r)
{
    if (!search_one(r, &r->dwarf, &r->uses))
        return false;
    for (uint32_t i = 0; i < r->splits.n; i++) {
        rp_dwarf_uses uses;
        if (!search_one(r, &r->splits.items[i], &uses))
            return false;
        if (uses.known != RP_YES && r->uses.known == RP_YES) {
            r->uses.known = RP_UNKNOWN;
            r->uses.why = uses.why;
        }
    }
    return true;
}

/* ---- the answer where nothing was found ---- */

/* One clause, NULL: it is not there. */
static const char *why_unknown(const reader *r, const presence *p)
{
    if (r->dwarf.known == RP_NO && r->img->pe != NULL)
        return "debug information is in another file, which is not read";
    if (r->dwarf.known == RP_NO && r->img->symbols_known != RP_YES)
        return "the file is stripped";
    if (r->dwarf.known == RP_NO)
        return "without debug information calls that were inlined are not seen";
    if (r->dwarf.known != RP_YES || r->uses.known != RP_YES)
        return r->uses.why != NULL ? r->uses.why : "debug information cannot be read";
    for (uint32_t i = 0; i < r->ncrates; i++) /* a call may be inlined into any crate's code */
        if (r->crates[i].unit && !r->crates[i].named)
            return "debug information does not name all functions";
    if (r->outside)
        return "some Rust code was built without debug information";
    if (p != NULL && p->named)
        return NULL;
    if (p == NULL || p->symbol || r->img->symbols_known != RP_YES || !r->std_units)
        return "debug information does not speak of the crate";
    return NULL;
}

static const char *why_of_query(const reader *r, uint32_t query)
{
    const rp_reach_query *q = &r->queries[query];
    if (q->nfunctions == 0)
        return "the advisory names no function";
    uint32_t parsed = 0;
    bool type = false;
    for (uint32_t i = 0; i < r->nrows; i++) {
        parsed += r->rows[i].query == query;
        type |= r->rows[i].query == query && r->rows[i].path.is_type;
    }
    if (parsed != q->nfunctions || !r->whole)
        return "the advisory's path of the function cannot be followed";
    if (type)
        return "the advisory names a type, not a function";
    rp_str lib = library_of(q, r->rows, r->nrows, query);
    return why_unknown(r, presence_of(r, lib));
}

/* Panic sites, where neither symbols nor debug information show the function. */
static bool read_panics(reader *r)
{
    rp_reach_panics *p = &r->panics;
    uint32_t before = p->places.n;
    p->why = rp_new(r->arena, r->nqueries, const char *);
    p->img = r->img;
    p->queries = r->queries;
    p->nqueries = r->nqueries;
    p->rows = r->rows;
    p->nrows = r->nrows;
    p->cargo_home = r->options->cargo_home;
    p->found = r->ret;
    if (p->why == NULL || !rp_reach_panics_read(p))
        return false;
    for (uint32_t i = before; i < p->places.n; i++)
        if (r->ret[p->places.items[i].query].state != RP_REACH_PRESENT)
            present_at(&r->ret[p->places.items[i].query], &p->places.items[i]);
    return true;
}

/* How the functions that were found stand in the code. */
static bool look_around(reader *r)
{
    const rp_reach_place *places = r->panics.places.items;
    uint32_t n = r->panics.places.n;
    rp_reach_code code;
    rp_image *as_run; /* text relocations change calls */
    return n == 0 ||
           (rp_load_code(r->img, &as_run) && rp_reach_code_read(as_run, places, n, &code) &&
            rp_reach_paths(as_run, &code, places, n, r->ret, r->nqueries) &&
            rp_reach_checks(as_run, &code, &r->dwarf, r->queries, places, n, r->ret));
}

static bool conclude(reader *r)
{
    for (uint32_t i = 0; i < r->nqueries; i++) {
        rp_reach *to = &r->ret[i];
        const char *why = why_of_query(r, i);
        if (to->state == RP_REACH_PRESENT) {
            to->overflow_checked = why == NULL && r->nplaces[i] <= RP_REACH_PLACES;
            continue;
        }
        to->why = why;
        to->state = to->why == NULL ? RP_REACH_NOT_EMITTED : RP_REACH_UNKNOWN;
        if (to->why == NULL)
            to->why = "debug information is complete and does not have it";
    }
    if (r->nrows == 0 || !read_panics(r))
        return r->nrows == 0;
    for (uint32_t i = 0; i < r->nqueries; i++)
        if (r->panics.why[i] != NULL && r->ret[i].state == RP_REACH_UNKNOWN) {
            r->ret[i].why =
                rp_arena_printf(r->arena, "%s, and %s", r->ret[i].why, r->panics.why[i]).ptr;
            if (r->ret[i].why == NULL)
                return false;
        }
    return look_around(r);
}

rp_code rp_reach_read(rp_image *img, const rp_reach_query *queries, uint32_t n,
                      const rp_reach_options *options, rp_reach *ret, rp_error *err)
{
    reader r = {.img = img,
                .arena = img->arena,
                .queries = queries,
                .nqueries = n,
                .ret = ret,
                .scratch = {.max = SCRATCH},
                .options = options,
                .whole = true};
    for (uint32_t i = 0; i < n; i++)
        ret[i] = (rp_reach){.state = RP_REACH_UNKNOWN,
                            .function = {"", 0},
                            .symbol = {"", 0},
                            .by = {"", 0},
                            .at = RP_NOWHERE};
    r.nplaces = rp_new(img->arena, n, uint32_t);
    bool ok = r.nplaces != NULL && list_rows(&r) && read_debug(&r) && list_crates(&r);
    if (ok && r.nrows != 0) {
        read_symbols(&r);
        ok = !r.out_of_memory && search_debug(&r);
    }
    ok = ok && !r.out_of_memory && conclude(&r);
    rp_buf_free(&r.scratch);
    return ok ? RP_OK : rp_fail_memory(err);
}
