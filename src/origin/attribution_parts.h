/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Shared by the files of attribution. Each step fills what the surer ones before it left open. */
#ifndef RP_ORIGIN_ATTRIBUTION_PARTS_H
#define RP_ORIGIN_ATTRIBUTION_PARTS_H

#include "origin/attribution_names.h"
#include "origin/crate_table.h"

typedef struct {
    rp_image *img;
    const rp_functions *functions;
    const rp_locations *locations; /* NULL without */
    rp_dwarf *dwarf;
    rp_arena *arena;
    rp_fn_origin *items; /* crate and defined_in: rows of `table` until the end */
    rp_crate_table table;
    bool units_tell; /* std has codegen units of its own: no fat LTO, a unit's name is its crate */
    bool mixed;      /* names of both Rust schemes */
} rp_attributing;

/* By names and kinds. False when memory ran out, as all of these. */
RP_MUST_CHECK bool rp_attribute_names(rp_attributing *a);
/* Unnamed functions, and versions for named ones, by the panic locations they refer to. */
RP_MUST_CHECK bool rp_attribute_votes(rp_attributing *a, rp_location_votes votes);
/* Microsoft's C runtime in images without names. */
void rp_attribute_runtime(rp_attributing *a);
/* Language by personality routine. */
RP_MUST_CHECK bool rp_attribute_unwind(rp_attributing *a);
/* What lies between functions of one crate, one object, or of std or not. */
RP_MUST_CHECK bool rp_attribute_neighbours(rp_attributing *a);
/* What is left and has a plain name: C's, Rust's, or nobody's. */
RP_MUST_CHECK bool rp_attribute_plain(rp_attributing *a);

#endif
