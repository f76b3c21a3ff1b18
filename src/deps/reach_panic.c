/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Panic locations name file and line. Where the source of exactly that version of the crate is in
 * Cargo's home, its functions' lines tell whether one lies in an affected function: that function's
 * code is there then, wherever it was inlined. A function may have no place that panics, so that
 * none is found proves nothing. */
#include "deps/reach_parts.h"

#include "base/fs.h"
#include "base/limits.h"
#include "cargo/files.h"
#include "origin/crate_paths.h"
#include "origin/crate_place.h"
#include "origin/locations.h"
#include "rust/parse.h"

#include <stdlib.h>

/* A file that locations name; several may be the same source, under other folders. */
typedef struct {
    rp_str inner; /* its path below the package's folder */
    uint32_t file;
} source;

enum { TEXT_MAX = 64 << 20, NAME_PARTS = 64 }; /* bytes of sources that are read for one artefact */

typedef struct {
    rp_reach_panics *p;
    rp_arena *arena;
    rp_locations locations;
    uint32_t *by_file; /* locations of file i: by_file[first[i]] up to by_file[first[i + 1]] */
    uint32_t *first;
    source *sources; /* of the query: room for all files */
    rp_fs_listing registries;
    bool listed;
    uint64_t read; /* bytes of sources */
    uint32_t query;
    const source *from; /* those that are the source in hand */
    uint32_t nfrom;
    uint32_t *kept; /* places by query */
    bool out_of_memory;
} reader;

/* ---- sources ---- */

/* Packages lie in FOLDER-OF-THE-REGISTRY/NAME-VERSION; crates.io's folder has had two names. */
static bool is_crates_io(rp_str folder)
{
    return rp_str_starts(folder, "index.crates.io-") ||
           rp_str_starts(folder, "github.com-1ecc6299db9ec823");
}

static void list_registries(reader *r)
{
    rp_error why = {0};
    if (r->listed || r->p->cargo_home.len == 0)
        return;
    r->listed = true;
    rp_str folder = rp_path_join(r->arena, r->p->cargo_home, RP_STR("registry/src"));
    if (folder.ptr == NULL)
        r->out_of_memory = true;
    else if (rp_fs_list(folder.ptr, true, r->arena, &r->registries, &why) != RP_OK)
        r->registries.entries.n = 0;
}

/* The package's folder, NULL when it is not on this machine. */
static const char *sources_of(reader *r, const rp_reach_query *q)
{
    list_registries(r);
    for (uint32_t i = 0; i < r->registries.entries.n && !r->out_of_memory; i++) {
        rp_str registry = r->registries.entries.items[i].name;
        if (!is_crates_io(registry))
            continue;
        rp_str folder =
            rp_arena_printf(r->arena, "%.*s/registry/src/%.*s/%.*s-%.*s", RP_FMT(r->p->cargo_home),
                            RP_FMT(registry), RP_FMT(q->crate), RP_FMT(q->version));
        r->out_of_memory |= folder.ptr == NULL;
        if (folder.ptr != NULL && rp_is_folder(folder.ptr))
            return folder.ptr;
    }
    return NULL;
}

/* What follows NAME-VERSION/ in a path; empty when it leads elsewhere, or may be written otherwise:
 * no compiler writes such paths. */
static rp_str below(rp_str path, const rp_crate_place *place)
{
    size_t at = (size_t)(place->version.ptr - path.ptr) + place->version.len;
    rp_str rest = rp_str_sub(path, at + 1, SIZE_MAX);
    static const char *const detours[] = {"..", "./", "//", "\\"};
    bool odd = rp_str_starts(rest, "/");
    for (size_t i = 0; i < RP_COUNT(detours); i++)
        odd |= rp_str_find(rest, rp_str_from(detours[i])) != SIZE_MAX;
    return odd ? RP_STR("") : rest;
}

/* ---- names of functions in a file ---- */

typedef struct {
    rp_str parts[NAME_PARTS];
    uint32_t n;
} words;

static void add(words *w, rp_str s)
{
    if (s.len != 0 && w->n < NAME_PARTS)
        w->parts[w->n++] = s;
}

/* Modules by the file's place: src/a/b.rs and src/a/b/mod.rs are a::b. */
static void modules_of(rp_str inner, words *to)
{
    size_t from = rp_str_starts(inner, "src/") ? 4 : 0;
    for (size_t i = from; i <= inner.len; i++) {
        if (i != inner.len && inner.ptr[i] != '/')
            continue;
        rp_str part = rp_str_sub(inner, from, i - from);
        if (i == inner.len) {
            part.len -= part.len > 3 ? 3 : part.len; /* ".rs" */
            if (rp_str_is(part, "lib") || rp_str_is(part, "mod") || rp_str_is(part, "main"))
                return;
        }
        add(to, part);
        from = i + 1;
    }
}

/* The last word of a type or trait, "" when it has none: `&'a mut a::B<T>` → B. */
static rp_str word_of(const rp_ast *ast, rp_id type)
{
    for (int i = 0; i < 4 && (rp_kind_of(ast, type) == RP_N_TYPE_REF ||
                              rp_kind_of(ast, type) == RP_N_TYPE_PTR);
         i++)
        type = rp_kid(ast, type, rp_kind_of(ast, type) == RP_N_TYPE_REF ? 1 : 0);
    rp_node_kind kind = rp_kind_of(ast, type);
    return kind == RP_N_PATH_TYPE || kind == RP_N_PATH ? rp_node_word(ast, type) : RP_STR("");
}

/* Modules and types around the function in hand, outermost first. `trait`: of an impl of a trait
 * the trait stands for the type. False: there is no trait. */
static bool words_of(const rp_walk *w, rp_str crate, rp_str inner, bool trait, words *to)
{
    rp_id around[NAME_PARTS];
    uint32_t n = 0;
    bool met = !trait;
    to->n = 0;
    add(to, crate);
    modules_of(inner, to);
    for (rp_id id; n < NAME_PARTS && (id = rp_walk_parent(w, n + 1)) != 0; n++)
        around[n] = id;
    while (n-- > 0) {
        rp_node_kind kind = rp_kind_of(w->ast, around[n]);
        rp_id of_trait = kind == RP_N_IMPL ? rp_kid(w->ast, around[n], RP_IMPL_TRAIT) : 0;
        if (kind == RP_N_MODULE || kind == RP_N_TRAIT)
            add(to, rp_node_word(w->ast, around[n]));
        else if (kind == RP_N_IMPL && trait && of_trait != 0)
            add(to, word_of(w->ast, of_trait));
        else if (kind == RP_N_IMPL)
            add(to, word_of(w->ast, rp_kid(w->ast, around[n], RP_IMPL_SELF)));
        met |= of_trait != 0;
    }
    return met;
}

static bool names(reader *r, const rp_walk *w, rp_id fn, const rp_fn_path *path, bool trait)
{
    words parts;
    rp_buf text = {.max = RP_MAX_NAME};
    if (!words_of(w, path->segments[0], r->from->inner, trait, &parts))
        return false;
    add(&parts, rp_node_word(w->ast, fn));
    for (uint32_t i = 0; i < parts.n; i++)
        rp_buf_printf(&text, "%s%.*s", i != 0 ? "::" : "", RP_FMT(parts.parts[i]));
    bool match = !text.bad && rp_fn_path_match_readable(path, rp_buf_str(&text));
    rp_buf_free(&text);
    return match;
}

/* ---- locations ---- */

static bool group_by_file(reader *r)
{
    const rp_locations *all = &r->locations;
    r->first = rp_new(r->arena, (uint64_t)all->nfiles + 2, uint32_t);
    r->by_file = rp_new(r->arena, all->n, uint32_t);
    if (r->first == NULL || r->by_file == NULL)
        return false;
    for (uint32_t i = 0; i < all->n; i++)
        r->first[all->items[i].file + 2]++;
    for (uint32_t i = 0; i < all->nfiles; i++)
        r->first[i + 2] += r->first[i + 1];
    for (uint32_t i = 0; i < all->n; i++) /* first[i + 1] goes from the start of i to its end */
        r->by_file[r->first[all->items[i].file + 1]++] = i;
    return true;
}

static void keep(reader *r, const rp_reach_row *row, const rp_location *l)
{
    rp_reach_panics *p = r->p;
    if (r->kept[row->query]++ >= RP_REACH_PLACES)
        return;
    rp_str symbol =
        rp_arena_printf(r->arena, "%.*s:%u:%u", RP_FMT(r->from->inner), l->line, l->column);
    rp_reach_place *to = symbol.ptr != NULL ? rp_vec_push(r->arena, &p->places) : NULL;
    if (to == NULL) {
        r->out_of_memory = true;
        return;
    }
    *to = (rp_reach_place){.query = row->query,
                           .function = p->queries[row->query].functions[row->function],
                           .symbol = symbol,
                           .by = "panic location",
                           .at = rp_image_offset(p->img, l->addr),
                           .addr = l->addr,
                           .data = true};
}

/* Locations in lines `first` to `last` of the source in hand. */
static void keep_lines(reader *r, const rp_reach_row *row, uint32_t first, uint32_t last)
{
    for (uint32_t i = 0; i < r->nfrom; i++) {
        uint32_t file = r->from[i].file;
        for (uint32_t k = r->first[file]; k < r->first[file + 1]; k++) {
            const rp_location *l = &r->locations.items[r->by_file[k]];
            if (l->line >= first && l->line <= last)
                keep(r, row, l);
        }
    }
}

static void function(reader *r, const rp_walk *w, rp_id fn, const rp_lines *lines)
{
    uint32_t start, end;
    rp_node_span(w->ast, fn, &start, &end);
    uint32_t first = rp_lines_line(lines, start), last = rp_lines_line(lines, end);
    for (uint32_t i = 0; i < r->p->nrows; i++) {
        const rp_reach_row *row = &r->p->rows[i];
        if (row->query == r->query &&
            (names(r, w, fn, &row->path, false) || names(r, w, fn, &row->path, true)))
            keep_lines(r, row, first, last);
    }
}

/* A file that cannot be read, or is no Rust, shows nothing: that is unknown anyway. */
static void read_file(reader *r, const char *folder)
{
    rp_padded text;
    rp_tokens tokens;
    rp_lines lines;
    rp_ast ast;
    rp_error why = {0};
    rp_fs_info info;
    rp_str path = rp_path_join(r->arena, rp_str_from(folder), r->from->inner);
    if (path.ptr == NULL) {
        r->out_of_memory = true;
        return;
    }
    if (rp_fs_look(path.ptr, false, &info, &why) != RP_OK || info.size > TEXT_MAX - r->read)
        return;
    r->read += info.size;
    rp_code code = rp_pad_read(path.ptr, false, r->arena, &text, &why);
    if (code == RP_OK)
        code = rp_lex(text, RP_EDITION_2021, r->arena, &tokens, &why);
    if (code == RP_OK)
        code = rp_parse(&tokens, RP_PARSE_ITEMS, r->arena, &ast, &why);
    if (code == RP_OK)
        code = rp_lines_make(text.s, r->arena, &lines, &why);
    r->out_of_memory |= code == RP_E_MEMORY;
    if (code != RP_OK)
        return;
    rp_walk w = rp_walk_start(&ast, ast.root, r->arena);
    for (rp_id id; (id = rp_walk_next(&w)) != 0 && !r->out_of_memory;)
        if (w.entering && rp_kind_of(&ast, id) == RP_N_FN)
            function(r, &w, id, &lines);
    r->out_of_memory |= w.refused || ast.refused;
}

/* Only crates.io's packages: what others built from may have other lines. */
static bool is_of(const reader *r, const rp_location_file *f, rp_crate_place *place)
{
    const rp_reach_query *q = &r->p->queries[r->query];
    return rp_crate_place_of(f->path, place) && rp_crate_index_is_crates_io(place) == RP_YES &&
           rp_str_eq(place->name, q->crate) && rp_str_eq(place->version, q->version);
}

static int by_inner(const void *a, const void *b)
{
    const source *x = a, *y = b;
    int order = rp_str_cmp(x->inner, y->inner);
    return order != 0 ? order : (x->file > y->file) - (x->file < y->file);
}

/* The files of the query's crate that lie below its folder, by their place there. */
static uint32_t list_sources(reader *r, uint32_t *ret_files)
{
    uint32_t n = 0;
    *ret_files = 0;
    for (uint32_t i = 0; i < r->locations.nfiles; i++) {
        rp_crate_place place;
        if (!is_of(r, &r->locations.files[i], &place))
            continue;
        ++*ret_files;
        r->sources[n] = (source){below(r->locations.files[i].path, &place), i};
        n += r->sources[n].inner.len != 0;
    }
    if (n > 1)
        qsort(r->sources, n, sizeof *r->sources, by_inner);
    return n;
}

static void read_query(reader *r)
{
    uint32_t files, before = r->p->places.n, n = list_sources(r, &files);
    const char *folder = files != 0 ? sources_of(r, &r->p->queries[r->query]) : NULL;
    for (uint32_t i = 0; folder != NULL && i < n && !r->out_of_memory; i += r->nfrom) {
        r->from = &r->sources[i];
        r->nfrom = 1;
        while (i + r->nfrom < n && rp_str_eq(r->from->inner, r->sources[i + r->nfrom].inner))
            r->nfrom++;
        read_file(r, folder);
    }
    if (r->p->places.n != before)
        return;
    r->p->why[r->query] =
        files == 0 ? "no panic location of that version is in it"
        : folder == NULL
            ? "the crate's sources are not in Cargo's home to tell which function panics where"
            : "none of its panic locations lies in the function's lines";
}

bool rp_reach_panics_read(rp_reach_panics *p)
{
    reader r = {.p = p, .arena = p->img->arena};
    bool any = false;
    for (uint32_t i = 0; i < p->nqueries; i++)
        any |= p->found[i].state == RP_REACH_UNKNOWN && p->queries[i].nfunctions != 0 &&
               p->queries[i].version.len != 0;
    if (!any)
        return true;
    r.kept = rp_new(r.arena, p->nqueries, uint32_t);
    if (r.kept == NULL || !rp_locations_read(p->img, r.arena, &r.locations) || !group_by_file(&r))
        return false;
    r.sources = rp_new(r.arena, r.locations.nfiles, source);
    if (r.sources == NULL)
        return false;
    for (r.query = 0; r.query < p->nqueries && !r.out_of_memory; r.query++)
        if (p->found[r.query].state == RP_REACH_UNKNOWN && p->queries[r.query].nfunctions != 0 &&
            p->queries[r.query].version.len != 0)
            read_query(&r);
    return !r.out_of_memory;
}
