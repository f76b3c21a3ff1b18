/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Crates by the paths of source files: of panic locations, whose lengths are known, and of strings,
 * whose borders are guessed. */
#include "base/limits.h"
#include "deps/recover_parts.h"
#include "origin/locations.h"
#include "origin/paths.h"
#include "origin/rodata.h"

/* ---- the table ---- */

static uint32_t hash_of(const rp_recovered *c)
{
    const rp_str parts[] = {c->place.name, c->place.version, c->place.index, c->place.revision};
    uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)c->place.kind ^ ((uint64_t)c->std << 8) ^
                 ((uint64_t)c->own << 9);
    for (size_t k = 0; k < RP_COUNT(parts); k++) {
        for (size_t i = 0; i < parts[k].len; i++)
            h = (h ^ (uint8_t)parts[k].ptr[i]) * 0x100000001b3u; /* FNV-1a */
        h = (h ^ 0xff) * 0x100000001b3u;
    }
    return (uint32_t)((h * 0x9e3779b97f4a7c15u) >> 32);
}

static bool same(const rp_recovered *a, const rp_recovered *b)
{
    return a->place.kind == b->place.kind && a->std == b->std && a->own == b->own &&
           rp_str_eq(a->place.name, b->place.name) &&
           rp_str_eq(a->place.version, b->place.version) &&
           rp_str_eq(a->place.index, b->place.index) &&
           rp_str_eq(a->place.revision, b->place.revision);
}

static bool grow(rp_recovery *r)
{
    uint32_t n = r->slots != NULL ? (r->mask + 1) * 2 : 512;
    uint32_t *slots = rp_new(r->arena, n, uint32_t);
    if (slots == NULL)
        return false;
    r->slots = slots;
    r->mask = n - 1;
    for (uint32_t i = 0; i < r->rows.n; i++) {
        uint32_t at = hash_of(&r->rows.items[i]) & r->mask;
        while (slots[at] != 0)
            at = (at + 1) & r->mask;
        slots[at] = i + 1;
    }
    return true;
}

bool rp_recovery_add(rp_recovery *r, const rp_recovered *seen)
{
    if ((r->slots == NULL || r->rows.n >= r->mask / 2) && !grow(r))
        return false;
    uint32_t at = hash_of(seen) & r->mask;
    for (; r->slots[at] != 0; at = (at + 1) & r->mask) {
        rp_recovered *old = &r->rows.items[r->slots[at] - 1];
        if (!same(old, seen))
            continue;
        if (old->lib.len == 0)
            old->lib = seen->lib;
        if (seen->by < old->by || (seen->by == old->by && seen->at < old->at)) {
            old->by = seen->by;
            old->at = seen->at;
            old->text = seen->text;
        }
        return true;
    }
    if (r->rows.n >= RP_MAX_COMPONENTS) {
        r->full = true;
        return true;
    }
    rp_recovered *new = rp_vec_push(r->arena, &r->rows);
    if (new == NULL)
        return false;
    *new = *seen;
    r->slots[at] = r->rows.n;
    return true;
}

/* ---- what a path tells ---- */

static bool of_std(rp_recovery *r, const rp_crate_path *p, rp_recovered *row)
{
    if (rp_crate_is_std(p->name))
        return true; /* the toolchain's version stands for core, alloc and std */
    row->std = true;
    row->place.name = p->name;
    row->place.version = p->version;
    return rp_recovery_add(r, row);
}

/* FOLDER/target/…/build/NAME-<hash>/out/x.rs: what the build script of NAME wrote. Target folders
 * lie in the package or workspace that is built, whatever the folder's place says else. */
static bool of_build_script(rp_recovery *r, rp_str path, rp_str name, rp_recovered *row)
{
    rp_crate_place outer;
    size_t target = rp_str_find(path, RP_STR("/target/"));
    if (target != SIZE_MAX && rp_crate_place_of(rp_str_sub(path, 0, target + 1), &outer) &&
        outer.version.len != 0) {
        rp_recovered root = *row;
        root.place = outer;
        root.place.kind = RP_PLACE_BUILD_FOLDER;
        if (!rp_recovery_add(r, &root))
            return false;
        if (rp_crate_name_eq(outer.name, name))
            return true;
    }
    row->place.name = name;
    row->lib = name; /* like a name from symbols: it joins what paths tell */
    return rp_recovery_add(r, row);
}

bool rp_recovery_path(rp_recovery *r, rp_str path, const rp_recovered *seen)
{
    rp_crate_path p;
    rp_recovered row = *seen;
    if (!rp_crate_of_path(path, &p))
        return true;
    if (p.layout == RP_CRATE_BUILT)
        return of_build_script(r, path, p.name, &row);
    if (p.layout == RP_CRATE_STD)
        return of_std(r, &p, &row);
    if (rp_crate_place_of(path, &row.place))
        return rp_recovery_add(r, &row);
    if (p.name.len == 0 || p.layout == RP_CRATE_REGISTRY)
        return true;
    row.place.name = p.name; /* its own folder, or one that git or a build script made */
    row.own = p.layout != RP_CRATE_GIT;
    row.place.kind = row.own ? RP_PLACE_NONE : RP_PLACE_GIT;
    return rp_recovery_add(r, &row);
}

bool rp_recover_locations(rp_recovery *r, rp_image *img)
{
    rp_locations found;
    if (!rp_locations_read(img, r->arena, &found))
        return false;
    for (uint32_t i = 0; i < found.nfiles; i++) {
        const rp_location_file *f = &found.files[i];
        rp_recovered row = {.place = {.version = {"", 0}, .index = {"", 0}, .revision = {"", 0}},
                            .lib = {"", 0},
                            .folder = {"", 0},
                            .by = RP_WITNESS_LOCATION,
                            .at = rp_image_offset(img, f->location),
                            .text = f->path};
        if (!rp_recovery_path(r, f->path, &row))
            return false;
    }
    return true;
}

/* ---- strings ---- */

typedef struct {
    rp_recovery *r;
    uint64_t done; /* file offset behind the last ".rs" that was looked at */
    bool out_of_memory;
} scan;

/* What stands before a compiler's or Cargo's own folder is the end of another string. */
static rp_str from_root(rp_str text)
{
    static const char *const roots[] = {"/rust/deps/", "/rustc/",           "/cargo/registry/",
                                        "/cargo/git/", "/usr/share/cargo/", "/usr/src/rustc-"};
    for (size_t i = 0; i < RP_COUNT(roots); i++) {
        size_t at = rp_str_find(text, rp_str_from(roots[i]));
        if (at != SIZE_MAX)
            return rp_str_sub(text, at, SIZE_MAX);
    }
    return text;
}

/* Strings come after locations and in ascending order, so a crate that is known already keeps what
 * it was seen by, and nothing of `piece` stays in the table but in a new row, which gets a copy.
 * Only layouts that put NAME-VERSION between two separators are believed: where the path begins is
 * a guess, and a folder's name alone is too little. */
static bool path_in(scan *s, rp_bytes piece, size_t anchor, uint64_t at)
{
    rp_path p;
    rp_crate_path std;
    rp_path_around(piece, anchor, &p);
    if (!p.rust)
        return true;
    rp_str text = from_root((rp_str){(const char *)piece.ptr + p.start, p.end - p.start});
    rp_recovered row = {.lib = {"", 0},
                        .folder = {"", 0},
                        .by = RP_WITNESS_PATH,
                        .at = at + (uint64_t)(text.ptr - (const char *)piece.ptr),
                        .text = text};
    bool known = rp_crate_of_path(text, &std) && std.layout != RP_CRATE_BUILT &&
                 (std.layout == RP_CRATE_STD ||
                  (rp_crate_place_of(text, &row.place) && row.place.version.len != 0));
    if (!known)
        return true;
    uint32_t before = s->r->rows.n;
    if (!rp_recovery_path(s->r, text, &row))
        return false;
    if (s->r->rows.n == before)
        return true;
    rp_recovered *new = &s->r->rows.items[before];
    rp_str kept = rp_arena_str(s->r->arena, text);
    if (kept.ptr == NULL)
        return false;
    rp_str *parts[] = {&new->place.name, &new->place.version, &new->place.index,
                       &new->place.revision, &new->text};
    for (size_t i = 0; i < RP_COUNT(parts); i++)
        if (parts[i]->len != 0)
            *parts[i] = rp_str_sub(kept, (size_t)(parts[i]->ptr - text.ptr), parts[i]->len);
    return true;
}

static bool visit(void *user, rp_bytes piece, uint64_t at)
{
    scan *s = user;
    size_t from = s->done > at ? (size_t)(s->done - at) : 0;
    while (from < piece.len) {
        rp_bytes rest = {piece.ptr + from, piece.len - from};
        size_t hit = rp_bytes_find(rest, RP_STR(".rs"));
        if (hit == SIZE_MAX)
            break;
        if (!path_in(s, piece, from + hit, at)) {
            s->out_of_memory = true;
            return false;
        }
        from += hit + 3;
    }
    if (at + from > s->done)
        s->done = at + from;
    return true;
}

bool rp_recover_range(rp_recovery *r, rp_source *src, uint64_t off, uint64_t len)
{
    scan s = {.r = r};
    /* what cannot be read was said by whoever read the headers */
    bool read = rp_source_scan(src, off, len, RP_PATH_REACH + 3, visit, &s);
    return read || !s.out_of_memory;
}

bool rp_recover_strings(rp_recovery *r, rp_image *img)
{
    const rp_range *ranges;
    uint32_t n;
    bool clipped;
    if (!rp_rodata_ranges(img, &ranges, &n, &clipped))
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!rp_recover_range(r, img->src, ranges[i].off, ranges[i].end - ranges[i].off))
            return false;
    return true;
}
