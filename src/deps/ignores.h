/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Advisories that people decided to live with: read from the files that cargo-audit, cargo-deny,
 * osv-scanner and rustproof itself have for that. */
#ifndef RP_DEPS_IGNORES_H
#define RP_DEPS_IGNORES_H

#include "deps/match.h"

/* Those of the project in `folder`: .cargo/audit.toml, deny.toml, osv-scanner.toml, rustproof.toml.
 * A file that is not there says nothing; one that cannot be read is an entry with `problem`. today:
 * days since 1970; 0 unknown: then what has an end counts as over. Fails on out of memory only. */
RP_MUST_CHECK rp_code rp_ignores_read(rp_str folder, uint32_t today, rp_arena *arena,
                                      rp_dep_ignore **ret, uint32_t *ret_n, rp_error *err);
/* Marks the matches that are ignored, by id or alias, and what was used of the entries; those that
 * have expired do nothing. *ret_kept: how many matches are not ignored. Fails on out of memory. */
RP_MUST_CHECK rp_code rp_ignores_apply(rp_dep_ignore *ignores, uint32_t n, rp_dep_match *matches,
                                       uint32_t nmatches, rp_arena *arena, uint32_t *ret_kept,
                                       rp_error *err);

#endif
