/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Requirements that keep an upgrade from being taken. */
#ifndef RP_FACTS_DEPS_PINS_H
#define RP_FACTS_DEPS_PINS_H

#include "deps/match.h"
#include "facts/deps_project.h"

/* Fills pinned_by of the matches: `cargo update --precise` refuses a version that a manifest's
 * requirement leaves out. `component`: of each package of the lock file. */
RP_MUST_CHECK rp_code rp_deps_pins(const rp_deps_project *p, const uint32_t *component,
                                   uint32_t ncomponents, rp_dep_match *matches, uint32_t n,
                                   rp_error *err);

#endif
