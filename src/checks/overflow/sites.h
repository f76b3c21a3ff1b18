/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Checks that rustc compiles in as calls of panic functions: in whose functions they are. A
 * function without arithmetic needs none, so n of m is never a verdict by itself. */
#ifndef RP_CHECKS_OVERFLOW_SITES_H
#define RP_CHECKS_OVERFLOW_SITES_H

#include "checks/coverage.h"

/* std has such checks, and the program's crates, of which code was found, have none. */
bool rp_sites_only_std(const rp_cover *c);
/* "; std, built without, wraps" when crates have checks and std has none, else "". */
const char *rp_sites_std(const rp_cover *c);
/* Evidence: by owner, then the crates without a single one. */
void rp_sites_evidence(const rp_facts *f, rp_out *out, const rp_cover *c, const char *what);

#endif
