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
    uint32_t file; /* index into `files`, NO_FILE: no path */
} known_path;

#define NO_FILE UINT32_MAX

typedef struct {
    rp_data data;
    rp_arena *arena;
    RP_VEC(rp_location) found;
    RP_VEC(rp_location_file) files;
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

/* The path of a Rust source as a new row of `files`; NO_FILE when it is none. */
static uint32_t file_of(finder *f, uint64_t addr, uint32_t len, uint64_t place)
{
    rp_bytes b;
    rp_crate_path p;
    if (!rp_data_bytes(&f->data, addr, len, &b) || memcmp(b.ptr + len - 3, ".rs", 3) != 0 ||
        !is_path_text(b) || !rp_crate_of_path((rp_str){(const char *)b.ptr, b.len}, &p))
        return NO_FILE;
    rp_crate_row row = {.name = p.name, .version = p.version, .disambiguator = (uint64_t)p.layout};
    uint32_t crate = rp_crate_table_row(&f->crates, &row);
    rp_location_file *file = crate != RP_NO_CRATE ? rp_vec_push(f->arena, &f->files) : NULL;
    if (file == NULL) {
        f->out_of_memory = true;
        return NO_FILE;
    }
    *file = (rp_location_file){{(const char *)b.ptr, b.len}, crate, place};
    return f->files.n - 1;
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

static uint32_t path_file(finder *f, uint64_t addr, uint32_t len, uint64_t place)
{
    if (f->npaths >= PATHS_MAX) {
        f->full = true;
        return NO_FILE;
    }
    if ((f->paths == NULL || f->npaths >= f->mask / 2) && !grow(f)) {
        f->out_of_memory = true;
        return NO_FILE;
    }
    uint32_t at = (uint32_t)((addr * 0x9e3779b97f4a7c15u) >> 32) & f->mask;
    for (; f->paths[at].len != 0; at = (at + 1) & f->mask)
        if (f->paths[at].addr == addr && f->paths[at].len == len)
            return f->paths[at].file;
    uint32_t file = file_of(f, addr, len, place);
    f->paths[at] = (known_path){addr, len, file};
    f->npaths++;
    return file;
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
    uint32_t file = path_file(f, target, (uint32_t)len, place);
    if (file == NO_FILE)
        return !f->out_of_memory && !f->full;
    rp_location *l = rp_vec_push(f->arena, &f->found);
    if (l == NULL) {
        f->out_of_memory = true;
        return false;
    }
    *l = (rp_location){.addr = place,
                       .line = line,
                       .column = column,
                       .crate = f->files.items[file].crate,
                       .file = file,
                       .path = f->files.items[file].path};
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
    ret->files = f.files.items;
    ret->nfiles = f.files.n;
    if (f.full || !f.data.whole)
        ret->whole = RP_UNKNOWN;
    return true;
}

bool rp_locations_landmarks(const rp_locations *locations, rp_arena *arena, rp_landmarks *map)
{
    for (uint32_t i = 0; i < locations->n; i++) {
        const rp_location *l = &locations->items[i];
        rp_landmark mark = {.addr = l->addr, .id = RP_LM_LOCATION, .index = l->file};
        if (!rp_landmarks_add(arena, map, mark))
            return false;
    }
    return true;
}
