/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What lies around a lock file: configuration, workspace, sources, index; and what follows for its
 * packages. For deps_build.c. */
#ifndef RP_FACTS_DEPS_PROJECT_H
#define RP_FACTS_DEPS_PROJECT_H

#include "cargo/home.h"
#include "cargo/index.h"
#include "cargo/resolve.h"
#include "facts/deps_build.h"

typedef struct {
    const rp_deps_options *opt;
    rp_arena *arena;
    const rp_lock *lock;
    rp_str lock_path;
    rp_str folder;
    const rp_config *config;
    const rp_workspace *workspace; /* NULL: there is no manifest beside the lock file */
    const char *no_workspace;      /* why */
    bool manifest_there;           /* though it could not be read */
    bool dependents_only;          /* read manifests of packages that depend on something alone */
    const rp_package_place *places;
    const rp_manifest **manifests; /* by package, NULL unknown */
    bool *member;
    rp_index_entry *index; /* by package */
    rp_arena scratch;      /* of the file of the index that is open */
    rp_str index_path;
    rp_bytes index_bytes;
    const rp_resolved *build, *with_dev; /* NULL: not resolved */
    RP_VEC(rp_lock_note) notes;          /* .component is a package */
} rp_deps_project;

/* Reads all of it. Fails only on out of memory. */
RP_MUST_CHECK rp_code rp_deps_project_read(rp_deps_project *p, rp_error *err);
/* Adds what manifests and configuration say wrong. */
RP_MUST_CHECK rp_code rp_deps_project_notes(rp_deps_project *p, rp_error *err);

#endif
