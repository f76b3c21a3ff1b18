/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which definitions other crates can name (the Rust Reference, "Visibility and privacy"): public
 * items of public modules, and what `pub use` brings there. */
#ifndef RP_RUST_EXPORTS_H
#define RP_RUST_EXPORTS_H

#include "rust/resolve.h"

/* True as well for what is `pub` in a crate whose root exports nothing, as a program's. What macros
 * export is not seen. Looked up once for a crate. */
bool rp_def_is_exported(rp_rust_crate *c, rp_def_id id);
/* … or, for what belongs to a trait or an impl, is that trait, or the type? A type that is not the
 * crate's own counts as seen; so does a trait that it implements. */
bool rp_def_is_seen(rp_rust_crate *c, rp_def_id id);

#endif
