/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The inside of the inventory's builder: for inventory.c and inventory_graph.c. */
#ifndef RP_DEPS_INVENTORY_BUILD_H
#define RP_DEPS_INVENTORY_BUILD_H

#include "deps/inventory.h"

typedef struct {
    rp_component_kind kind;
    rp_str name, version;
    rp_crate_source source;
    rp_str checksum;
    uint32_t checksum_rank; /* of the witness it comes from; lower is stronger */
    uint8_t kinds;
    bool root, member, from_symbols;
    rp_certainty certainty;
    uint32_t witnesses;
    rp_sighting *sightings; /* room for one, from the second on for RP_MAX_SIGHTINGS */
    uint32_t nsightings;
    uint32_t hash;
    uint32_t into; /* the entry that it was joined with, RP_NO_COMPONENT */
} rp_inventory_entry;

typedef struct {
    uint32_t from, to;
    uint8_t kinds;
} rp_inventory_edge_row;

typedef struct {
    uint32_t component;
    rp_str feature;
} rp_inventory_feature_row;

struct rp_inventory_builder {
    rp_arena *arena;
    RP_VEC(rp_inventory_entry) entries;
    RP_VEC(rp_inventory_edge_row) edges;
    RP_VEC(rp_inventory_feature_row) features;
    uint32_t *slots; /* open addressing, index + 1; size mask + 1 */
    uint32_t mask;
    bool whole;
    bool out_of_memory; /* a sighting was lost: finishing fails */
};

/* Fills `via` and `pulled_by`. False: out of memory. */
RP_MUST_CHECK bool rp_inventory_reach(rp_inventory *inv, rp_arena *arena);

#endif
