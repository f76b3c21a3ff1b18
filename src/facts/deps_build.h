/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Building rp_deps_facts of a project: from its lock file, and what lies around it. */
#ifndef RP_FACTS_DEPS_BUILD_H
#define RP_FACTS_DEPS_BUILD_H

#include "base/arena.h"
#include "base/error.h"
#include "base/source.h"
#include "deps/advisory_match.h"
#include "facts/deps_facts.h"

typedef struct {
    rp_str target;          /* triple; "": every target */
    const rp_str *features; /* of members: "x", or "member/x" */
    uint32_t nfeatures;
    bool all_features, no_default_features;
    rp_str cargo_home; /* "" unknown */
    bool bom;    /* what bills of materials need: SHA-256 of artefacts and modules, licenses */
    bool verify; /* compare sources on disk with what the lock file promises */
    const rp_advisory_db *advisories; /* NULL: none is asked; shared by all threads, not changed */
    const char *no_advisories;        /* why none is, one clause */
    uint32_t max_age;                 /* days that a database may be old; 0 any number */
    uint32_t today;                   /* days since 1970, for ignores with an end; 0 unknown */
} rp_deps_options;

/* From a lock file at `path` with bytes `text` and what lies beside it. Fails only on out of
 * memory: a file that cannot be read ends in facts that say so (read: UNKNOWN) – but RP_E_FORMAT
 * and RP_E_LIMIT are handed on, since nothing is known then. */
RP_MUST_CHECK rp_code rp_deps_of_lock(const rp_deps_options *opt, rp_str path, rp_str text,
                                      rp_arena *arena, const rp_deps_facts **ret, rp_error *err);
/* Matches facts->inventory with the advisories of opt; `target`: the triple that is built for, ""
 * not known. */
RP_MUST_CHECK rp_code rp_deps_ask_advisories(const rp_deps_options *opt, rp_str target,
                                             rp_arena *arena, rp_deps_facts *facts, rp_error *err);
/* From Cargo's SBOM precursor (deps/from_sbom.h). Errors as rp_deps_of_lock. */
RP_MUST_CHECK rp_code rp_deps_of_sbom(const rp_deps_options *opt, rp_str path, rp_str text,
                                      rp_arena *arena, const rp_deps_facts **ret, rp_error *err);
/* From a WebAssembly module or component at `path`: what it says of itself. RP_E_FORMAT: it is
 * none. */
RP_MUST_CHECK rp_code rp_deps_of_module(const rp_deps_options *opt, rp_str path, rp_arena *arena,
                                        const rp_deps_facts **ret, rp_error *err);
/* SHA-256 of all that `src` has, in f->digest; left "" without a library for it, or where bytes
 * cannot be read. Fails on out of memory only. */
RP_MUST_CHECK rp_code rp_deps_digest(rp_source *src, rp_arena *arena, rp_deps_facts *f,
                                     rp_error *err);
/* A project without a lock file: `manifest` is the path of its Cargo.toml. */
RP_MUST_CHECK rp_code rp_deps_of_unlocked(const rp_deps_options *opt, rp_str manifest,
                                          rp_arena *arena, const rp_deps_facts **ret,
                                          rp_error *err);

#endif
