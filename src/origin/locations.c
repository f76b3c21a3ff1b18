/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/locations.h"

#include "obj/pointers.h"
#include "origin/crate_table.h"

#include <stdlib.h>

enum {
    LOCATIONS_MAX = 1 << 20,
    PATHS_MAX = 1 << 17, /* different ones */
    PATH_MIN = 4,
    PATH_MAX = 512,
    LINE_MAX_SEEN = 1 << 20, /* no source file has more lines or columns */
    COLUMN_MAX_SEEN = 1 << 16
};

/* Paths met so far, by address and length: each is looked at once. */
typedef struct {
    uint64_t addr;
    uint32_t len;
    uint32_t crate; /* RP_NO_CRATE: no path */
} known_path;

typedef struct {
    rp_data data;
    rp_arena *arena;
    RP_VEC(rp_location) found;
    rp_crate_table crates; /* disambiguator: the layout */
    known_path *paths;     /* open addressing, 2 * PATHS_MAX slots at most; len 0: free */
    uint32_t mask, npaths;
    bool out_of_memory, full;
} finder;

static bool is_path_text(rp_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.ptr[i] < 0x20 || b.ptr[i] == 0x7f)
            return false;
    return true;
}

/* RP_NO_CRATE: not the path of a Rust source. */
static uint32_t crate_of(finder *f, uint64_t addr, uint32_t len)
{
    rp_bytes b;
    rp_crate_path p;
    if (!rp_data_bytes(&f->data, addr, len, &b) || memcmp(b.ptr + len - 3, ".rs", 3) != 0 ||
        !is_path_text(b) || !rp_crate_of_path((rp_str){(const char *)b.ptr, b.len}, &p))
        return RP_NO_CRATE;
    rp_crate_row row = {.name = p.name, .version = p.version, .disambiguator = (uint64_t)p.layout};
    uint32_t crate = rp_crate_table_row(&f->crates, &row);
    f->out_of_memory |= crate == RP_NO_CRATE;
    return crate;
}

static bool grow(finder *f)
{
    uint32_t n = f->paths != NULL ? (f->mask + 1) * 2 : 1024;
    known_path *old = f->paths;
    uint32_t old_n = old != NULL ? f->mask + 1 : 0;
    known_path *paths = rp_new(f->arena, n, known_path);
    if (paths == NULL)
        return false;
    f->paths = paths;
    f->mask = n - 1;
    for (uint32_t i = 0; i < old_n; i++) {
        uint32_t at = (uint32_t)((old[i].addr * 0x9e3779b97f4a7c15u) >> 32) & f->mask;
        while (old[i].len != 0 && paths[at].len != 0)
            at = (at + 1) & f->mask;
        if (old[i].len != 0)
            paths[at] = old[i];
    }
    return true;
}

static uint32_t path_crate(finder *f, uint64_t addr, uint32_t len)
{
    if (f->npaths >= PATHS_MAX) {
        f->full = true;
        return RP_NO_CRATE;
    }
    if ((f->paths == NULL || f->npaths >= f->mask / 2) && !grow(f)) {
        f->out_of_memory = true;
        return RP_NO_CRATE;
    }
    uint32_t at = (uint32_t)((addr * 0x9e3779b97f4a7c15u) >> 32) & f->mask;
    for (; f->paths[at].len != 0; at = (at + 1) & f->mask)
        if (f->paths[at].addr == addr && f->paths[at].len == len)
            return f->paths[at].crate;
    uint32_t crate = crate_of(f, addr, len);
    f->paths[at] = (known_path){addr, len, crate};
    f->npaths++;
    return crate;
}

/* Behind the pointer: length, line, column. */
static bool record(void *user, uint64_t place, uint64_t target, rp_bytes rest)
{
    finder *f = user;
    rp_reader r = rp_reader_of(rest, 0, f->data.img->big);
    uint64_t len = rp_uint(&r, f->data.word);
    if (len < PATH_MIN || len > PATH_MAX)
        return true;
    uint32_t line = rp_u32(&r), column = rp_u32(&r);
    if (r.bad || line == 0 || line > LINE_MAX_SEEN || column == 0 || column > COLUMN_MAX_SEEN)
        return true;
    uint32_t crate = path_crate(f, target, (uint32_t)len);
    if (crate == RP_NO_CRATE)
        return !f->out_of_memory && !f->full;
    rp_bytes path;
    rp_location *l =
        rp_data_bytes(&f->data, target, len, &path) ? rp_vec_push(f->arena, &f->found) : NULL;
    if (l == NULL) {
        f->out_of_memory = true;
        return false;
    }
    *l = (rp_location){.addr = place,
                       .line = line,
                       .column = column,
                       .crate = crate,
                       .path = {(const char *)path.ptr, path.len}};
    f->full |= f->found.n >= LOCATIONS_MAX;
    return !f->full;
}

static int by_addr(const void *a, const void *b)
{
    const rp_location *x = a, *y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

static uint32_t sort_unique(rp_location *l, uint32_t n)
{
    uint32_t kept = 0;
    if (n > 1)
        qsort(l, n, sizeof *l, by_addr);
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || l[kept - 1].addr != l[i].addr)
            l[kept++] = l[i];
    return kept;
}

bool rp_locations_read(rp_image *img, rp_arena *arena, rp_locations *ret)
{
    finder f = {.arena = arena, .crates = {.arena = arena}};
    *ret = (rp_locations){.whole = RP_YES};
    if (!rp_data_read(img, arena, &f.data))
        return false;
    rp_data_pointers(&f.data, record, &f);
    if (f.out_of_memory)
        return false;
    rp_crate_path *crates = rp_new(arena, f.crates.rows.n, rp_crate_path);
    if (crates == NULL)
        return false;
    for (uint32_t i = 0; i < f.crates.rows.n; i++) {
        const rp_crate_row *row = &f.crates.rows.items[i];
        crates[i] = (rp_crate_path){.name = row->name,
                                    .version = row->version,
                                    .layout = (rp_crate_layout)row->disambiguator};
    }
    ret->items = f.found.items;
    ret->n = sort_unique(f.found.items, f.found.n);
    ret->crates = crates;
    ret->ncrates = f.crates.rows.n;
    if (f.full || !f.data.whole)
        ret->whole = RP_UNKNOWN;
    return true;
}

bool rp_locations_landmarks(const rp_locations *locations, rp_arena *arena, rp_landmarks *map)
{
    for (uint32_t i = 0; i < locations->n; i++) {
        const rp_location *l = &locations->items[i];
        rp_landmark mark = {.addr = l->addr, .id = RP_LM_LOCATION, .index = l->crate};
        if (!rp_landmarks_add(arena, map, mark))
            return false;
    }
    return true;
}
