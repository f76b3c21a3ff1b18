/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Crates out of a binary, or out of bytes that are none: names and versions have the shapes that
 * Cargo gives them, and reading twice gives the same. */
#include "deps/reach.h"
#include "deps/recover.h"
#include "origin/crate_place.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rp_code recover(rp_bytes bytes, rp_arena *arena, const rp_inventory **ret)
{
    rp_source src = rp_source_memory(bytes, arena);
    rp_image *img = NULL;
    rp_error err = {.code = RP_OK};
    rp_recover_options o = {.rustc = {"", 0}, .commit = {"", 0}, .rustc_by = {"", 0}};
    rp_inventory_builder *b = rp_inventory_start(arena);
    if (b == NULL)
        return RP_E_MEMORY;
    rp_code code = rp_image_open(&src, arena, &img, &err) == RP_OK
                       ? rp_recover(img, &o, b, &err)
                       : rp_recover_bytes(&src, arena, b, &err);
    return code == RP_OK ? rp_inventory_finish(b, ret, NULL, &err) : code;
}

static void ask(rp_bytes bytes, rp_arena *arena)
{
    static const rp_str functions[] = {{"app::main", 9}, {"a::B::c", 7}, {"app::T", 6}};
    static const rp_reach_options options = {{"/nowhere", 8}, {"", 0}};
    static const rp_reach_query queries[] = {{{"app", 3}, functions, 3, {"1.0.0", 5}},
                                             {{"a", 1}, functions, 2, {"", 0}}};
    rp_reach found[RP_COUNT(queries)];
    rp_source src = rp_source_memory(bytes, arena);
    rp_image *img = NULL;
    rp_error err = {.code = RP_OK};
    if (rp_image_open(&src, arena, &img, &err) != RP_OK ||
        rp_reach_read(img, queries, RP_COUNT(queries), &options, found, &err) != RP_OK)
        return;
    for (size_t i = 0; i < RP_COUNT(queries); i++)
        REQUIRE((found[i].state == RP_REACH_PRESENT) == (found[i].why == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arenas[2] = {{.limit = 64u << 20}, {.limit = 64u << 20}};
    rp_bytes bytes = {data, size};
    const rp_inventory *a, *b;
    rp_code first = recover(bytes, &arenas[0], &a), second = recover(bytes, &arenas[1], &b);
    REQUIRE(first == second);
    if (first == RP_OK) {
        REQUIRE(a->ncomponents == b->ncomponents);
        for (uint32_t i = 0; i < a->ncomponents; i++) {
            REQUIRE(rp_str_eq(a->components[i].name, b->components[i].name));
            REQUIRE(rp_str_eq(a->components[i].version, b->components[i].version));
            REQUIRE(a->components[i].name.len != 0);
        }
    }
    rp_arena_free(&arenas[0]);
    ask(bytes, &arenas[1]);
    rp_arena_free(&arenas[1]);
    return 0;
}
