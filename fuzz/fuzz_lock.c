/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Any text as a lock file, a manifest, a file of an index, and Cargo's SBOM. */
#include "cargo/index.h"
#include "cargo/resolve.h"
#include "deps/from_lock.h"
#include "deps/from_sbom.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Resolving with one and the same manifest for every package asks every arm of the resolver. */
static void resolve(const rp_lock *lock, const rp_manifest *m, rp_arena *arena)
{
    const rp_manifest **manifests = rp_new(arena, lock->npackages, const rp_manifest *);
    bool *member = rp_new(arena, lock->npackages, bool);
    const rp_resolved *r = NULL;
    if (manifests == NULL || member == NULL)
        return;
    for (uint32_t i = 0; i < lock->npackages; i++) {
        manifests[i] = i % 3 != 2 ? m : NULL;
        member[i] = i % 4 == 0;
    }
    for (uint32_t version = 1; version <= 3; version++) {
        rp_resolve_options opt = {.target = RP_STR("x86_64-pc-windows-msvc"),
                                  .host = RP_STR("x86_64-unknown-linux-gnu"),
                                  .all_features = version == 2,
                                  .dev = true,
                                  .resolver = version};
        if (rp_resolve(&opt, lock, manifests, member, arena, &r, NULL) != RP_OK)
            return;
        for (uint32_t i = 0; i < lock->npackages; i++)
            REQUIRE(!member[i] || r->kinds[i] != 0);
        for (uint32_t i = 0; i < r->nedges; i++)
            REQUIRE(r->edges[i].from < lock->npackages && r->edges[i].to < lock->npackages);
    }
}

static void require_whole(const rp_inventory *inv, rp_arena *arena)
{
    for (uint32_t i = 0; i < inv->ncomponents; i++) {
        const rp_component *c = &inv->components[i];
        REQUIRE(c->via == RP_NO_COMPONENT || c->via < inv->ncomponents);
        for (uint32_t k = 0; k < c->ndeps; k++)
            REQUIRE(c->deps[k].to < inv->ncomponents);
        for (uint32_t k = 1; k < c->nfeatures; k++)
            REQUIRE(rp_str_cmp(c->features[k - 1], c->features[k]) < 0);
        REQUIRE(rp_inventory_path(inv, i, arena).ptr != NULL);
    }
}

static void inventory(const rp_lock *lock, rp_arena *arena)
{
    rp_inventory_builder *b = rp_inventory_start(arena);
    rp_lock_context context = {.file = RP_STR("Cargo.lock")};
    const rp_inventory *inv = NULL;
    uint32_t *ids = NULL;
    if (b == NULL || rp_inventory_add_lock(b, lock, &context, arena, &ids, NULL) != RP_OK ||
        rp_inventory_finish(b, &inv, NULL, NULL) != RP_OK)
        return;
    REQUIRE(inv->ncomponents <= lock->npackages);
    require_whole(inv, arena);
}

static void sbom(rp_str text, rp_arena *arena)
{
    rp_inventory_builder *b = rp_inventory_start(arena);
    const rp_inventory *inv = NULL;
    rp_sbom s;
    if (b == NULL ||
        rp_inventory_add_sbom(b, text, RP_STR("a.cargo-sbom.json"), arena, &s, NULL) != RP_OK ||
        rp_inventory_finish(b, &inv, NULL, NULL) != RP_OK)
        return;
    REQUIRE(inv->whole == (s.odd == NULL));
    if (inv->ncomponents <= 64)
        require_whole(inv, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rp_arena arena = {.limit = 256 << 20};
    rp_str text = {(const char *)data, size};
    const rp_lock *lock = NULL;
    const rp_manifest *m = NULL;
    rp_index_entry entry;
    rp_code code = rp_manifest_parse(text, RP_STR("Cargo.toml"), NULL, &arena, &m, NULL);
    REQUIRE((code == RP_OK) == (m != NULL));
    if (rp_lock_parse(text, &arena, &lock, NULL) == RP_OK) {
        for (uint32_t i = 0; i < lock->npackages; i++)
            for (uint32_t k = 0; k < lock->packages[i].ndeps; k++)
                REQUIRE(lock->packages[i].deps[k] < lock->npackages);
        if (lock->npackages <= 64)
            inventory(lock, &arena);
        if (m != NULL && lock->npackages <= 64)
            resolve(lock, m, &arena);
    }
    sbom(text, &arena);
    (void)!rp_index_read((rp_bytes){data, size}, RP_STR("1.0.0"), true, &arena, &entry, NULL);
    rp_arena_free(&arena);
    return 0;
}
