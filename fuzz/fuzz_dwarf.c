/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Debug information and panic locations of an ELF file: ranges are sorted and disjoint, each
 * unit's index is valid, lines are asked for at the ends of all ranges. */
#include "obj/dwarf_units.h"
#include "origin/locations.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLACES = 256 };

static void check_ranges(const rp_dwarf *d)
{
    for (uint32_t i = 0; i < d->nranges; i++) {
        REQUIRE(d->ranges[i].unit < d->nunits);
        REQUIRE(i == 0 || d->ranges[i - 1].start <= d->ranges[i].start);
        REQUIRE(i == 0 || d->ranges[i - 1].end <= d->ranges[i].start);
    }
}

static void ask(rp_dwarf *d, rp_arena *arena)
{
    rp_dwarf_place places[PLACES];
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->nranges && n + 1 < PLACES; i++) {
        places[n++].addr = d->ranges[i].start;
        if (d->ranges[i].end > d->ranges[i].start)
            places[n++].addr = d->ranges[i].end - 1;
    }
    if (!rp_dwarf_lines(d, arena, places, n))
        return;
    for (uint32_t i = 0; i < n; i++)
        REQUIRE(places[i].file.len == 0 || places[i].file.ptr != NULL);
}

static void locations(rp_image *img, rp_arena *arena)
{
    rp_locations l;
    if (!rp_locations_read(img, arena, &l))
        return;
    for (uint32_t i = 0; i < l.n; i++) {
        REQUIRE(l.items[i].crate < l.ncrates);
        REQUIRE(i == 0 || l.items[i - 1].addr < l.items[i].addr);
        REQUIRE(rp_str_ends(l.items[i].path, ".rs"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 64u << 20};
    rp_source src = rp_source_memory((rp_bytes){data, size}, &arena);
    rp_image *img = NULL;
    rp_error err;
    rp_dwarf d;
    if (rp_image_open(&src, &arena, &img, &err) == RP_OK) {
        if (rp_dwarf_read(img, &arena, &d)) {
            check_ranges(&d);
            ask(&d, &arena);
        }
        locations(img, &arena);
    }
    rp_arena_free(&arena);
    return 0;
}
