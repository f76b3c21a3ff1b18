/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cargo.toml: what of it decides which packages are built, with lines. The whole tree stays at hand
 * (`root`) for profiles and lints. */
#ifndef RP_CARGO_MANIFEST_H
#define RP_CARGO_MANIFEST_H

#include "base/error.h"
#include "base/vec.h"
#include "cargo/source.h"
#include "text/toml.h"

typedef struct {
    rp_str key;    /* name in the manifest */
    rp_str name;   /* of the package: differs when renamed */
    rp_str req;    /* version requirement, "" none */
    uint8_t kind;  /* RP_DEP_NORMAL, RP_DEP_BUILD or RP_DEP_DEV */
    rp_str target; /* triple or "cfg(…)", "" everywhere */
    bool optional, default_features;
    const rp_str *features; /* that it asks for */
    uint32_t nfeatures;
    rp_str path; /* of its folder, from the manifest's; "" none */
    rp_str git, branch, tag, rev;
    rp_str registry;     /* name or index of another registry, "" */
    bool inherited;      /* workspace = true */
    const char *missing; /* inherited, but the workspace has none such: why; NULL */
    uint64_t at;         /* offset of its key */
} rp_manifest_dep;

typedef struct {
    rp_str name;
    const rp_str *values; /* "x", "dep:x", "x/y", "x?/y" */
    uint32_t nvalues;
} rp_manifest_feature;

typedef struct rp_manifest {
    rp_str path;   /* of the file */
    rp_str folder; /* that it lies in */
    rp_str text;
    const rp_toml *root;
    bool package;         /* has [package] */
    rp_str name, version; /* inherited values are filled in */
    uint32_t edition;     /* 2015 … */
    rp_str links;
    rp_str license; /* SPDX expression as written, "" none */
    bool proc_macro;
    rp_str build;  /* path of the build script as the manifest names it; "" by default */
    bool no_build; /* build = false */
    const rp_manifest_dep *deps; /* by key, kind, offset */
    uint32_t ndeps;
    const rp_manifest_feature
        *features; /* by name; the implicit ones of optional dependencies too */
    uint32_t nfeatures;
    uint32_t resolver; /* 1 to 3: what this manifest, as a root, asks for */
    bool workspace;    /* has [workspace] */
} rp_manifest;

/* Parses one. `workspace`: the root manifest that `workspace = true` refers to, NULL for none. Text
 * and path are borrowed. RP_E_FORMAT: no TOML. */
RP_MUST_CHECK rp_code rp_manifest_parse(rp_str text, rp_str path,
                                        const struct rp_manifest *workspace, rp_arena *arena,
                                        const rp_manifest **ret, rp_error *err);
/* Reads and parses the file. */
RP_MUST_CHECK rp_code rp_manifest_read(rp_str path, const struct rp_manifest *workspace,
                                       rp_arena *arena, const rp_manifest **ret, rp_error *err);
/* Gives *m dependencies and features that another place tells: sorted, with the implicit features
 * of optional dependencies. False: out of memory. */
RP_MUST_CHECK bool rp_manifest_fill(rp_manifest *m, rp_manifest_dep *deps, uint32_t ndeps,
                                    rp_manifest_feature *features, uint32_t nfeatures,
                                    rp_arena *arena);
/* NULL when there is none. */
const rp_manifest_feature *rp_manifest_feature_of(const rp_manifest *m, rp_str name);
/* First dependency of that key; they stand together. ndeps when there is none. */
uint32_t rp_manifest_dep_of(const rp_manifest *m, rp_str key);

#endif
