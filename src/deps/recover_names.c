/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Crates by symbols (names only) and by debug information (folders that units and line tables
 * name). */
#include "deps/recover_parts.h"
#include "obj/dwarf_units.h"
#include "origin/attribution_names.h"
#include "origin/crate_paths.h"
#include "origin/demangle.h"

static rp_recovered row_of(rp_witness by, uint64_t at, rp_str text)
{
    return (rp_recovered){
        .place = {.name = {"", 0}, .version = {"", 0}, .index = {"", 0}, .revision = {"", 0}},
        .lib = {"", 0},
        .folder = {"", 0},
        .by = by,
        .at = at,
        .text = text};
}

/* Names come in runs of one crate: the last one met is not looked up again. */
static bool by_name(rp_recovery *r, rp_str crate, const rp_symbol *s, rp_str *last)
{
    if (crate.len == 0 || rp_str_eq(crate, *last) || rp_crate_is_std(crate))
        return true;
    *last = crate;
    rp_recovered row = row_of(RP_WITNESS_SYMBOL, s->at, s->name);
    row.place.name = crate;
    row.lib = crate;
    return rp_recovery_add(r, &row);
}

bool rp_recover_symbols(rp_recovery *r, rp_image *img)
{
    rp_str last[2] = {{"", 0}, {"", 0}};
    rp_image_symbols(img);
    for (uint32_t i = 0; i < img->nsymbols; i++) {
        const rp_symbol *s = &img->symbols[i];
        if (!s->defined || s->kind == RP_SYM_FILE || s->kind == RP_SYM_SECTION)
            continue;
        rp_mangled m = rp_mangled_parse(s->name);
        if (m.scheme != RP_MANGLED_RUST_LEGACY && m.scheme != RP_MANGLED_RUST_V0)
            continue;
        if (!by_name(r, m.crate, s, &last[0]) || !by_name(r, m.instantiated_in, s, &last[1]))
            return false;
    }
    return true;
}

/* ---- debug information ---- */

static bool is_absolute(rp_str path)
{
    return path.len > 2 && (path.ptr[0] == '/' || path.ptr[0] == '\\' || path.ptr[1] == ':');
}

/* A unit is called "src/lib.rs/@/regex.0123-cgu.0", relative to the package's folder for what Cargo
 * took from elsewhere and to the workspace for its members. */
static bool unit(rp_recovery *r, const rp_dwarf_unit *u)
{
    rp_str crate = rp_unit_crate(u->name);
    size_t mark = rp_str_find(u->name, RP_STR("/@/"));
    if (u->language != RP_LANG_RUST || mark == SIZE_MAX || crate.len == 0 || rp_crate_is_std(crate))
        return true;
    rp_str file = rp_str_sub(u->name, 0, mark);
    rp_str path = is_absolute(file)
                      ? rp_arena_str(r->arena, file)
                      : rp_arena_printf(r->arena, "%.*s/%.*s", RP_FMT(u->folder), RP_FMT(file));
    if (path.ptr == NULL)
        return false;
    rp_recovered row = row_of(RP_WITNESS_DWARF, RP_NOWHERE, path);
    row.lib = crate;
    rp_crate_path p;
    if (rp_crate_of_path(path, &p) &&
        (p.layout == RP_CRATE_STD || p.layout == RP_CRATE_REGISTRY || p.layout == RP_CRATE_GIT))
        return rp_recovery_path(r, path, &row);
    row.place.name = crate;
    row.folder = u->folder;
    row.own = true;
    return rp_recovery_add(r, &row);
}

/* Folders in line tables: they name crates whose functions were all inlined or instantiated
 * elsewhere. A table that begins with other bytes than text only spoils its first folder. */
static bool folders(rp_recovery *r, rp_bytes table)
{
    enum { SHORTEST = 12, LONGEST = 1024 };
    size_t at = 0;
    while (at < table.len) {
        const uint8_t *end = memchr(table.ptr + at, '\0', table.len - at);
        size_t len = end != NULL ? (size_t)(end - table.ptr) - at : table.len - at;
        rp_str s = {(const char *)table.ptr + at, len};
        at += len + 1;
        if (len < SHORTEST || len > LONGEST || memchr(s.ptr, '-', len) == NULL ||
            (memchr(s.ptr, '/', len) == NULL && memchr(s.ptr, '\\', len) == NULL))
            continue;
        rp_recovered row = row_of(RP_WITNESS_DWARF, RP_NOWHERE, s);
        rp_crate_path std;
        rp_str path = rp_arena_printf(r->arena, "%.*s/x.rs", RP_FMT(s));
        if (path.ptr == NULL)
            return false;
        bool of_std = rp_crate_of_path(path, &std) && std.layout == RP_CRATE_STD;
        if (!of_std &&
            (!rp_crate_place_of(path, &row.place) || row.place.version.len == 0 ||
             row.place.kind == RP_PLACE_FOLDER || row.place.kind == RP_PLACE_BUILD_FOLDER))
            continue;
        if (!rp_recovery_path(r, path, &row))
            return false;
    }
    return true;
}

bool rp_recover_debug(rp_recovery *r, rp_image *img)
{
    rp_dwarf d;
    rp_bytes b;
    if (!rp_dwarf_read(img, r->arena, &d))
        return false;
    for (uint32_t i = 0; i < d.nunits; i++)
        if (!unit(r, &d.units[i]))
            return false;
    static const rp_debug_section tables[] = {RP_DEBUG_LINE_STR, RP_DEBUG_LINE};
    for (size_t i = 0; i < RP_COUNT(tables); i++)
        if (rp_debug_section_bytes(&d.sections, tables[i], &b) == RP_YES && !folders(r, b))
            return false;
    return !d.sections.out_of_memory;
}
