/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Checks that rustc compiles in as calls of panic functions: in whose functions they are. A
 * function without arithmetic needs none, so n of m is never a verdict by itself. */
#ifndef RP_CHECKS_OVERFLOW_SITES_H
#define RP_CHECKS_OVERFLOW_SITES_H

#include "checks/coverage.h"

/* How a crate stands. One flag holds for all its code, so one check shows that it was on. */
typedef enum { RP_SITES_UNTOLD, RP_SITES_WITH, RP_SITES_WITHOUT } rp_sites;

/* The program's crates, std left out, by how they stand. Crates of the program that was built are
 * its own; the others are dependencies. */
typedef struct {
    uint32_t own_with, own_without, own_untold;
    uint32_t with, without, untold; /* dependencies */

} rp_sites_sum;

typedef rp_sites rp_sites_fn(const rp_checked_crate *c);
rp_sites rp_sites_overflow(const rp_checked_crate *c);
rp_sites rp_sites_asserts(const rp_checked_crate *c);

rp_sites_sum rp_sites_sum_of(const rp_facts *f, rp_sites_fn *of);
/* "app, regex 1.10.2 and 3 more": crates that stand so, the program's own first. */
const char *rp_sites_names(const rp_facts *f, rp_out *out, rp_sites_fn *of, rp_sites how);

/* std has such checks, and the program's crates, of which code was found, have none. */
bool rp_sites_only_std(const rp_cover *c);
/* "; std, built without, wraps" when crates have checks and std has none, else "". */
const char *rp_sites_std(const rp_cover *c);
/* Evidence: by owner, then each crate that tells, and the program's own. `what`: "functions with
 * overflow checks". */
void rp_sites_evidence(const rp_facts *f, rp_out *out, const rp_cover *c, rp_sites_fn *of,
                       const char *what);

#endif
