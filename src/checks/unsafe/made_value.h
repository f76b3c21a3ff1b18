/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Values that are made of no bytes, or of zeroes: which type such a call makes, and whether that
 * type allows it (the Rust Reference, "Behavior considered undefined": invalid values). */
#ifndef RP_CHECKS_MADE_VALUE_H
#define RP_CHECKS_MADE_VALUE_H

#include "checks/rule_result.h"

/* The first type among generic arguments (0: there are none); 0 when none is written. */
rp_ty rp_first_type(const rp_body *body, rp_id args);
/* T of a call `f::<T>(…)`, as it is written; 0: unknown. */
rp_ty rp_called_with_type(const rp_body *body, rp_id call);
/* The type that `make::<T>()` makes: its argument, or what the place it goes to says; 0: unknown.
 */
rp_ty rp_made_type(const rp_body *body, rp_id call);
/* Has the type values that are not all zeroes only: references, boxes, function pointers, NonZero?
 */
bool rp_never_zero(const rp_body *body, rp_ty type);

#endif
