/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Traits that no other crate implements, because it cannot name them or what they ask for
 * ("sealed"): their methods are the crate's own code, whatever type they are called on. */
#ifndef RP_RUST_CLOSED_H
#define RP_RUST_CLOSED_H

#include "rust/types.h"

/* Not exported, or with such a supertrait, and not implemented for every type of a kind. */
bool rp_trait_is_closed(rp_rust_crate *c, rp_def_id trait);
/* Is a bound of the parameter such a trait? */
bool rp_param_is_closed(rp_rust_crate *c, rp_def_id scope, rp_str name);

#endif
