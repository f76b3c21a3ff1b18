/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The packed list of dependencies, and the WebAssembly file around it: every edge ends at a
 * component, and nothing that cannot be used is counted. The first byte chooses: packed data, JSON
 * that is packed here, or a module. */
#include "deps/auditable.h"
#include "deps/wasm.h"
#include "require.h"

#include <stdlib.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(rp_inventory_builder *b, const rp_auditable *a)
{
    const rp_inventory *inv;
    rp_error err = {.code = RP_OK};
    REQUIRE(a->found == RP_YES || a->packages == 0);
    REQUIRE(a->found != RP_UNKNOWN || a->odd != NULL);
    if (rp_inventory_finish(b, &inv, NULL, &err) != RP_OK)
        return;
    for (uint32_t i = 0; i < inv->ncomponents; i++) {
        const rp_component *c = &inv->components[i];
        REQUIRE(c->name.len != 0);
        for (uint32_t k = 0; k < c->ndeps; k++)
            REQUIRE(c->deps[k].to < inv->ncomponents);
    }
}

static rp_code packed(rp_bytes json, rp_arena *arena, rp_inventory_builder *b, rp_auditable *a,
                      rp_error *err)
{
    uLongf len = compressBound((uLong)json.len);
    uint8_t *to = rp_arena_alloc(arena, len);
    if (to == NULL || compress(to, &len, json.ptr, (uLong)json.len) != Z_OK)
        return RP_E_MEMORY;
    return rp_auditable_bytes((rp_bytes){to, len}, 0, arena, b, a, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 64u << 20};
    rp_error err = {.code = RP_OK};
    rp_auditable a;
    rp_inventory_builder *b = rp_inventory_start(&arena);
    if (b != NULL && size != 0) {
        rp_bytes rest = {data + 1, size - 1};
        rp_source src = rp_source_memory(rest, &arena);
        rp_code code = data[0] == 'p'   ? rp_auditable_bytes(rest, 0, &arena, b, &a, &err)
                       : data[0] == 'j' ? packed(rest, &arena, b, &a, &err)
                                        : rp_wasm_deps(&src, &arena, b, &a, &err);
        if (code == RP_OK)
            check(b, &a);
    }
    rp_arena_free(&arena);
    return 0;
}
