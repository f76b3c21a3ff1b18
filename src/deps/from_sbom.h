/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The inventory of Cargo's SBOM precursor: ARTEFACT.cargo-sbom.json, which Cargo writes beside what
 * it builds (-Zsbom, build.sbom; RFC 3553). It is exact: packages, features and kinds of one
 * artefact as they were built. Version 1 is read. */
#ifndef RP_DEPS_FROM_SBOM_H
#define RP_DEPS_FROM_SBOM_H

#include "deps/inventory.h"

#define RP_SBOM_ENDING ".cargo-sbom.json"

typedef struct {
    rp_str target;   /* triple that it was built for, "" unknown */
    rp_str rustc;    /* version of the compiler, "" unknown */
    rp_str commit;   /* of the compiler, 40 hex digits, "" unknown */
    const char *odd; /* what is wrong with it, one clause; NULL. Then it is not taken for whole */
} rp_sbom;

/* Adds crates, features, edges and the compiler of the document; texts are copied into `arena`.
 * `file`: how the user would name it. Kinds follow Cargo's resolver (cargo/resolve.h): of a build
 * script it is what it needs that counts as RP_DEP_BUILD. RP_E_FORMAT: no such document, nothing
 * was added; RP_E_UNSUPPORTED: no JSON reader is installed, or an unknown version. */
RP_MUST_CHECK rp_code rp_inventory_add_sbom(rp_inventory_builder *b, rp_str text, rp_str file,
                                            rp_arena *arena, rp_sbom *ret, rp_error *err);

#endif
