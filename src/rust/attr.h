/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attributes of items, and what their `cfg` says (the Rust Reference, "Conditional compilation").
 */
#ifndef RP_RUST_ATTR_H
#define RP_RUST_ATTR_H

#include "rust/ast.h"

/* The attribute of `node` whose last path word is `name`, after `from` (0: the first); 0: none. */
rp_id rp_attr_named(const rp_ast *ast, rp_id node, const char *name, rp_id from);
/* Is the word among the tokens of the attribute, at whatever depth? */
bool rp_attr_has_word(const rp_ast *ast, rp_id attr, const char *word);

#endif
