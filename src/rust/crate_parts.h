/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files that read a crate share: crate.c files and names, crate_defs.c items. */
#ifndef RP_RUST_CRATE_PARTS_H
#define RP_RUST_CRATE_PARTS_H

#include "base/limits.h"
#include "rust/crate.h"

/* A `mod x;` whose file is still to be read. */
typedef struct {
    rp_def_id def;
    rp_str path; /* of the file where #[path] names it; else without .rs */
    bool named;
} rp_module_file;

typedef struct {
    RP_VEC(rp_module_file) files;
} rp_pending;

typedef struct {
    rp_rust_crate *c;
    rp_pending *pending; /* NULL: inside a body, where `mod x;` is not followed */
    uint32_t file;
    rp_def_id parent;
    rp_str folder;  /* of the file, with its last / */
    rp_str modules; /* where modules of this one lie, with its last / */
    uint16_t flags; /* that every definition here gets */
} rp_collect;

/* Appends a definition; 0 when there is no room for it. */
rp_def_id rp_def_add(rp_rust_crate *c, rp_def_id parent, const rp_def *def);

/* Makes definitions and imports of the items in a node's slots from `slot` on. */
void rp_collect_items(const rp_collect *at, rp_id node, uint32_t slot);
/* … of one item. */
void rp_collect_item(const rp_collect *at, rp_id item);

#endif
