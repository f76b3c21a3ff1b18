/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deps/recover.h"

#include "deps/clibs.h"
#include "deps/recover_parts.h"
#include "origin/crate_paths.h"

#include <stdlib.h>

/* ---- from the table to the inventory ---- */

typedef struct {
    const rp_recovery *found;
    rp_inventory_builder *b;
    rp_error *err;
    bool trimmed_users;    /* trim-paths was used for more than std's own dependencies */
    bool one_build_folder; /* then it is the program's own package */
    const rp_str *told;
    uint32_t ntold;
} giver;

static bool is_named(const rp_recovered *c)
{
    return c->place.version.len != 0 || c->place.kind != RP_PLACE_NONE || c->std;
}

static int by_code_name(const void *a, const void *b)
{
    const rp_str *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    for (size_t i = 0; i < n; i++) {
        char c = x->ptr[i] == '-' ? '_' : x->ptr[i], d = y->ptr[i] == '-' ? '_' : y->ptr[i];
        if (c != d)
            return c < d ? -1 : 1;
    }
    return (x->len > y->len) - (x->len < y->len);
}

/* Names of crates that paths tell of, as code writes them, sorted. */
static bool list_told(giver *g)
{
    const rp_recovery *found = g->found;
    rp_str *told = rp_new(found->arena, 2 * (uint64_t)found->rows.n, rp_str);
    if (told == NULL)
        return false;
    for (uint32_t i = 0; i < found->rows.n; i++) {
        const rp_recovered *c = &found->rows.items[i];
        if (!is_named(c) && !c->own)
            continue;
        told[g->ntold++] = c->place.name;
        if (c->lib.len != 0)
            told[g->ntold++] = c->lib;
    }
    if (g->ntold > 1)
        qsort(told, g->ntold, sizeof *told, by_code_name);
    g->told = told;
    return true;
}

/* A crate that paths tell of: symbols and units spell it like its library. */
static bool told_by_path(const giver *g, rp_str lib)
{
    return g->ntold != 0 && bsearch(&lib, g->told, g->ntold, sizeof *g->told, by_code_name) != NULL;
}

static void look_over(giver *g)
{
    uint32_t folders = 0;
    for (uint32_t i = 0; i < g->found->rows.n; i++) {
        const rp_recovered *c = &g->found->rows.items[i];
        folders += c->place.kind == RP_PLACE_BUILD_FOLDER;
        g->trimmed_users |= c->place.kind == RP_PLACE_TRIMMED && !c->std &&
                            !rp_crate_is_std_dependency(c->place.name);
    }
    g->one_build_folder = folders == 1;
}

static rp_crate_source source_of(const giver *g, const rp_recovered *c)
{
    rp_crate_source s = {.url = {"", 0},
                         .reference = {"", 0},
                         .revision = {"", 0},
                         .path = {"", 0},
                         .crates_io = RP_UNKNOWN};
    if (c->std) {
        s.kind = RP_FROM_STD;
        return s;
    }
    switch (c->place.kind) {
    case RP_PLACE_TRIMMED: /* since 1.100 std's dependencies are called so, too */
        if (rp_crate_is_std_dependency(c->place.name)) {
            s.kind = g->trimmed_users ? RP_FROM_UNKNOWN : RP_FROM_STD;
            return s;
        }
        s.kind = RP_FROM_REGISTRY;
        s.crates_io = rp_crate_index_is_crates_io(&c->place);
        break;
    case RP_PLACE_CARGO_HOME:
        s.kind = RP_FROM_REGISTRY;
        s.crates_io = rp_crate_index_is_crates_io(&c->place);
        break;
    case RP_PLACE_DISTRIBUTION:
    case RP_PLACE_VENDOR:
    case RP_PLACE_BAZEL:
    case RP_PLACE_DEPS: /* copies; whether they are changed ones is not told */
        s.kind = RP_FROM_REGISTRY;
        break;
    case RP_PLACE_GIT:
        s.kind = RP_FROM_GIT;
        s.revision = c->place.revision;
        break;
    case RP_PLACE_CARGO_PATH:
    case RP_PLACE_BUILD_FOLDER:
        s.kind = RP_FROM_PATH;
        break;
    case RP_PLACE_FOLDER:
        break;
    case RP_PLACE_NONE:
        s.kind = c->own ? RP_FROM_PATH : RP_FROM_UNKNOWN;
        s.path = c->folder;
    }
    return s;
}

static rp_code give(const giver *g, const rp_recovered *c)
{
    uint32_t id;
    bool symbol = c->place.kind == RP_PLACE_NONE && !c->std && !c->own;
    bool folder = c->place.kind == RP_PLACE_FOLDER || c->place.kind == RP_PLACE_BUILD_FOLDER;
    if (symbol && told_by_path(g, c->place.name))
        return RP_OK;
    rp_seen seen = {.kind = RP_COMPONENT_CRATE,
                    .name = c->place.name,
                    .version = c->place.version,
                    .source = source_of(g, c),
                    .checksum = {"", 0},
                    .kinds = RP_DEP_NORMAL,
                    .root = c->place.kind == RP_PLACE_BUILD_FOLDER && g->one_build_folder,
                    .member = c->own,
                    .certainty = folder || c->place.version.len == 0 ? RP_GUESSED : RP_HIGH,
                    .from_symbols = symbol || c->by == RP_WITNESS_SYMBOL,
                    .seen = {.what = c->by, .file = {"", 0}, .at = c->at, .text = c->text}};
    if (symbol && rp_crate_is_std_dependency(c->place.name))
        seen.source.kind = RP_FROM_STD; /* no path of a copy that the program brings along */
    return rp_inventory_add(g->b, &seen, &id, g->err);
}

static rp_code give_all(const rp_recovery *found, rp_inventory_builder *b, rp_error *err)
{
    giver g = {.found = found, .b = b, .err = err};
    look_over(&g);
    if (!list_told(&g))
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < found->rows.n; i++) {
        rp_code code = give(&g, &found->rows.items[i]);
        if (code != RP_OK)
            return code;
    }
    return RP_OK;
}

static rp_code toolchain(const rp_recover_options *o, rp_inventory_builder *b, rp_error *err)
{
    uint32_t id;
    if (o->rustc.len == 0)
        return RP_OK;
    rp_seen seen = {
        .kind = RP_COMPONENT_TOOLCHAIN,
        .name = RP_STR("rustc"),
        .version = o->rustc,
        .source = {.kind = RP_FROM_STD,
                   .url = {"", 0},
                   .reference = {"", 0},
                   .revision = o->commit,
                   .path = {"", 0},
                   .crates_io = RP_NO},
        .checksum = {"", 0},
        .kinds = RP_DEP_NORMAL,
        .certainty = RP_HIGH,
        .seen = {
            .what = RP_WITNESS_STRING, .file = {"", 0}, .at = o->rustc_at, .text = o->rustc_by}};
    return rp_inventory_add(b, &seen, &id, err);
}

/* ---- entry points ---- */

/* Debug information that was split off is read from the file that was joined. */
static bool debug(rp_recovery *r, rp_image *img)
{
    return rp_recover_debug(r, img) && (img->debug == NULL || rp_recover_debug(r, img->debug));
}

rp_code rp_recover(rp_image *img, const rp_recover_options *o, rp_inventory_builder *b,
                   rp_error *err)
{
    rp_recovery r = {.arena = img->arena};
    if (!rp_recover_locations(&r, img) || (!o->no_strings && !rp_recover_strings(&r, img)) ||
        (!o->no_symbols && !rp_recover_symbols(&r, img)) || (!o->no_debug && !debug(&r, img)))
        return rp_fail_memory(err);
    if (r.full)
        rp_image_odd(img, 0, "names more crates than any program has");
    rp_code code = give_all(&r, b, err);
    if (code == RP_OK)
        code = toolchain(o, b, err);
    return code == RP_OK && !o->no_strings ? rp_clibs(img, b, err) : code;
}

rp_code rp_recover_bytes(rp_source *src, rp_arena *arena, rp_inventory_builder *b, rp_error *err)
{
    rp_recovery r = {.arena = arena};
    if (!rp_recover_range(&r, src, 0, src->size))
        return rp_fail_memory(err);
    return give_all(&r, b, err);
}
