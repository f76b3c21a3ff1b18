/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "origin/attribution.h"

#include "origin/attribution_parts.h"

/* A name that std's dependency and the program's own could share, once all evidence is in. Rustup's
 * std has v0 names though stable compilers give programs legacy ones; what std instantiated is
 * std's; else the copy that panic locations show. */
static rp_owner decide(const rp_attributing *a, const rp_crate_row *row)
{
    bool placed_std = false, placed_other = false;
    if (row->asked_by_std)
        return RP_OWNER_RUST_STD;
    if (a->mixed && row->legacy)
        return RP_OWNER_RUST_USER;
    for (uint32_t i = 0; a->locations != NULL && i < a->locations->ncrates; i++) {
        const rp_crate_path *p = &a->locations->crates[i];
        if (!rp_crate_name_eq(p->name, row->name))
            continue;
        if (p->layout == RP_CRATE_STD)
            placed_std = true;
        else
            placed_other = true;
    }
    return placed_other && !placed_std ? RP_OWNER_RUST_USER : RP_OWNER_RUST_STD;
}

/* The only version that locations know for a crate of that name and owner; "" with none or several.
 */
static rp_str version_of(const rp_attributing *a, const rp_crate_row *row)
{
    rp_str found = {"", 0};
    for (uint32_t i = 0; a->locations != NULL && i < a->locations->ncrates; i++) {
        const rp_crate_path *p = &a->locations->crates[i];
        bool std = p->layout == RP_CRATE_STD;
        if (p->version.len == 0 || std != (row->owner == RP_OWNER_RUST_STD) ||
            !rp_crate_name_eq(p->name, row->name))
            continue;
        if (found.len != 0 && !rp_str_eq(found, p->version))
            return (rp_str){"", 0};
        found = p->version;
    }
    return found;
}

static rp_str with_underscores(rp_arena *arena, rp_str name)
{
    if (memchr(name.ptr, '-', name.len) == NULL)
        return name;
    rp_str copy = rp_arena_str(arena, name);
    for (size_t i = 0; copy.ptr != NULL && i < copy.len; i++)
        if (copy.ptr[i] == '-')
            ((char *)(uintptr_t)copy.ptr)[i] = '_';
    return copy;
}

/* Rows that turn out to be one crate (a disambiguator, then a version) become one. */
static bool merge_rows(rp_attributing *a, rp_crate_table *merged)
{
    for (uint32_t i = 0; i < a->table.rows.n; i++) {
        rp_crate_row *row = &a->table.rows.items[i];
        if (row->owner == RP_OWNER_UNKNOWN)
            row->owner = decide(a, row);
        if (row->version.len == 0)
            row->version = version_of(a, row);
        rp_crate_row plain = {.name = with_underscores(a->arena, row->name),
                              .version = row->version,
                              .owner = row->owner};
        if (plain.name.ptr == NULL)
            return false;
        row->merged = rp_crate_table_row(merged, &plain);
        if (row->merged == RP_NO_CRATE)
            return false;
    }
    return true;
}

static bool finish(rp_attributing *a, rp_attribution *out)
{
    rp_crate_table merged = {.arena = a->arena};
    if (!merge_rows(a, &merged))
        return false;
    rp_crate *crates = rp_new(a->arena, merged.rows.n, rp_crate);
    if (crates == NULL)
        return false;
    for (uint32_t i = 0; i < merged.rows.n; i++) {
        const rp_crate_row *row = &merged.rows.items[i];
        crates[i] = (rp_crate){.name = row->name, .version = row->version, .owner = row->owner};
    }
    for (uint32_t i = 0; i < a->functions->n; i++) {
        rp_fn_origin *o = &a->items[i];
        out->by[o->by]++;
        if (o->defined_in != RP_NO_CRATE)
            o->defined_in = a->table.rows.items[o->defined_in].merged;
        if (o->crate == RP_NO_CRATE)
            continue;
        o->crate = a->table.rows.items[o->crate].merged;
        o->owner = crates[o->crate].owner;
        crates[o->crate].functions++;
        if (o->defined_in == o->crate)
            o->defined_in = RP_NO_CRATE;
    }
    out->items = a->items;
    out->n = a->functions->n;
    out->crates = crates;
    out->ncrates = merged.rows.n;
    return true;
}

rp_code rp_attribution_build(rp_image *img, const rp_functions *functions,
                             const rp_locations *locations, rp_location_votes votes,
                             rp_arena *arena, const rp_attribution **ret, rp_error *err)
{
    rp_attributing a = {.img = img,
                        .functions = functions,
                        .locations = locations,
                        .dwarf = rp_new(arena, 1, rp_dwarf),
                        .arena = arena,
                        .items = rp_new(arena, functions->n, rp_fn_origin),
                        .table = {.arena = arena}};
    rp_attribution *out = rp_new(arena, 1, rp_attribution);
    if (a.items == NULL || out == NULL || a.dwarf == NULL || !rp_dwarf_read(img, arena, a.dwarf))
        return rp_fail_memory(err);
    for (uint32_t i = 0; i < functions->n; i++)
        a.items[i] = (rp_fn_origin){
            .by = RP_ATTR_NONE, .crate = RP_NO_CRATE, .defined_in = RP_NO_CRATE, .object = {"", 0}};
    if (!rp_attribute_names(&a))
        return rp_fail_memory(err);
    if (locations != NULL && votes.n != 0 && !rp_attribute_votes(&a, votes))
        return rp_fail_memory(err);
    rp_attribute_runtime(&a);
    if (!rp_attribute_unwind(&a) || !rp_attribute_neighbours(&a) || !rp_attribute_plain(&a) ||
        !finish(&a, out))
        return rp_fail_memory(err);
    out->dwarf = a.dwarf;
    *ret = out;
    return RP_OK;
}

rp_str rp_attribution_crate(const rp_attribution *a, uint32_t function)
{
    uint32_t crate = function < a->n ? a->items[function].crate : RP_NO_CRATE;
    return crate != RP_NO_CRATE ? a->crates[crate].name : (rp_str){"", 0};
}
