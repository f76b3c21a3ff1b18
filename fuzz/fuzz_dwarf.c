/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Debug information and panic locations of an ELF file: ranges are sorted and disjoint, each
 * unit's index is valid, lines are asked for at the ends of all ranges; functions that are found
 * lie at addresses. */
#include "obj/dwarf_functions.h"
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

/* Every third name is looked for. */
static uint32_t wanted(void *user, rp_str name)
{
    uint32_t *n = user;
    REQUIRE(name.len != 0);
    return ++*n % 3 == 0 ? *n / 3 : RP_DWARF_UNWANTED;
}

static void functions(rp_dwarf *d, rp_image *img, rp_arena *arena)
{
    uint32_t n = 0;
    rp_dwarf_uses uses;
    if (!rp_dwarf_functions(d, img, arena, wanted, &n, &uses))
        return;
    REQUIRE(uses.walked <= uses.units);
    for (uint32_t i = 0; i < uses.nuses; i++) {
        REQUIRE(uses.uses[i].id <= n / 3);
        REQUIRE(i == 0 || uses.uses[i - 1].id <= uses.uses[i].id);
        REQUIRE(uses.uses[i].addr >= 2);
    }
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
    rp_error err = {0};
    rp_dwarf d;
    if (rp_image_open(&src, &arena, &img, &err) == RP_OK) {
        if (rp_dwarf_read(img, &arena, &d)) {
            check_ranges(&d);
            ask(&d, &arena);
            functions(&d, img, &arena);
        }
        locations(img, &arena);
    }
    rp_arena_free(&arena);
    return 0;
}
