/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a crate's `cfg` leaves out is known by the words in it, and by the module that lacks it: who
 * does not find a name knows whether there is more to read. */
#ifndef RP_RUST_LEFT_OUT_H
#define RP_RUST_LEFT_OUT_H

#include "rust/resolve.h"

/* An item in `parent` is not defined. */
void rp_leave_out_item(rp_rust_crate *c, const rp_ast *ast, rp_id item, rp_def_id parent);
/* … a module, of which nothing was read. */
void rp_leave_out_module(rp_rust_crate *c, const rp_ast *ast, rp_id declaration, rp_def_id parent);

/* May what was left out anywhere have a name that the path leads to? */
bool rp_crate_may_lack(const rp_rust_crate *c, rp_str path);

/* A path as rp_resolve_inside has it, which that does not find: may it be found with what was left
 * out? Asks further than rp_crate_may_lack: only the modules that the path leads through, and those
 * whose names they bring. */
bool rp_path_may_be_left_out(rp_rust_crate *c, rp_str path, rp_namespace ns);

#endif
