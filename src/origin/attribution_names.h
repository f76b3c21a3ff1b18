/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a function's names and its object's name tell. */
#ifndef RP_ORIGIN_ATTRIBUTION_NAMES_H
#define RP_ORIGIN_ATTRIBUTION_NAMES_H

#include "origin/attribution.h"
#include "origin/demangle.h"

/* "regex.f19dcfa532266295-cgu.0" → "regex": the crate whose code generation made the object; empty
 * for other objects. DWARF's "src/lib.rs/@/regex.f19dcfa532266295-cgu.0" too. */
rp_str rp_unit_crate(rp_str object);
/* Language by the name of an object or source file: "x.c", "x.cpp", "x.S", …; UNKNOWN. */
rp_owner rp_owner_of_file(rp_str file);

typedef struct {
    rp_owner owner;    /* UNKNOWN: the name tells nothing; RUST_USER: some Rust crate */
    rp_mangled parsed; /* of the name that told */
} rp_named;

/* By the function's first name that tells something. */
rp_named rp_owner_of_names(const rp_function *f);

#endif
