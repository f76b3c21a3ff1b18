/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files that read a crate share: crate.c files and names, crate_defs.c items. */
#ifndef RP_RUST_CRATE_PARTS_H
#define RP_RUST_CRATE_PARTS_H

#include "base/limits.h"
#include "rust/crate.h"

typedef struct {
    rp_rust_crate *c;
    uint32_t file;
    rp_def_id parent;
    uint16_t flags; /* that every definition here gets */
} rp_collect;

/* What an item's own words say; name, node, file, kind, flags are set. */
rp_def rp_def_of_item(const rp_collect *at, rp_id item, rp_def_kind kind);
/* Appends a definition; 0 when there is no room for it. */
rp_def_id rp_def_add(rp_rust_crate *c, rp_def_id parent, const rp_def *def);

/* Source that NODE of a file names is not there. */
void rp_crate_gap(rp_rust_crate *c, uint32_t file, rp_id node, rp_str why);

/* Puts the newest import where rp_import_named finds it. False when out of memory. */
RP_MUST_CHECK bool rp_import_hash(rp_rust_crate *c);

/* Definitions for the modules from index `from` on and all that is in them. False when out of
 * memory. */
RP_MUST_CHECK bool rp_define_modules(rp_rust_crate *c, uint32_t from);

/* RP_DEF_TEST or RP_DEF_CFG, as the attributes of an item say. */
uint16_t rp_item_cfg_flags(const rp_ast *ast, rp_id item);

/* Makes definitions and imports of the items in a node's slots from `slot` on; modules have theirs
 * already. */
void rp_collect_items(const rp_collect *at, rp_id node, uint32_t slot);
/* … of one item. */
void rp_collect_item(const rp_collect *at, rp_id item);

/* `const _: () = { … };` is no more than a place for items. */
bool rp_def_is_unnamed(const rp_def *d);
/* Where those may have impls inside, their items become definitions. */
void rp_open_unnamed(rp_rust_crate *c);
/* Impls among the definitions from `from` on get their type and trait. */
void rp_link_impls(rp_rust_crate *c, rp_def_id from);

#endif
