/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whose code each function is: language, crate with version, object or source file.
 *
 * Generics: `Vec<T>::push` of alloc, asked for by crate `app`, is compiled with app's flags into
 * app's object file. So the crate that asked (v0's instantiating crate, the codegen unit's name)
 * owns it, and the crate that wrote it is kept as `defined_in`. Where only the latter is known
 * (legacy names without file symbols) it stands for both. */
#ifndef RP_ORIGIN_ATTRIBUTION_H
#define RP_ORIGIN_ATTRIBUTION_H

#include "base/error.h"
#include "facts/code_facts.h"
#include "obj/dwarf_units.h"
#include "obj/functions.h"
#include "origin/locations.h"

typedef enum { /* how it is known, surest first */
               RP_ATTR_SYMBOL,
               RP_ATTR_UNIT,       /* DWARF compile unit */
               RP_ATTR_LOCATION,   /* most of the panic locations that it refers to */
               RP_ATTR_UNWIND,     /* the personality routine of its frame: language only */
               RP_ATTR_KIND,       /* PLT, start-up code: by what it is */
               RP_ATTR_NEIGHBOURS, /* likely: linked between functions of one crate */
               RP_ATTR_NONE
} rp_attribution_by;

#define RP_NO_CRATE UINT32_MAX

typedef struct {
    rp_owner owner;
    uint8_t by;          /* rp_attribution_by */
    uint32_t crate;      /* index into rp_attribution.crates, RP_NO_CRATE */
    uint32_t defined_in; /* of a generic or inline function, RP_NO_CRATE when the same */
    rp_str object;       /* object file, codegen unit or source file, "" unknown */
} rp_fn_origin;

typedef struct {
    rp_str name;    /* with '_', as code writes it; "" the program's own, whose name is not told */
    rp_str version; /* "" unknown */
    rp_owner owner; /* RP_OWNER_RUST_USER or RP_OWNER_RUST_STD */
    uint32_t functions; /* that it owns */
} rp_crate;

typedef struct {
    const rp_fn_origin *items; /* parallel to rp_functions.items */
    uint32_t n;
    const rp_crate *crates;
    uint32_t ncrates;
    uint32_t by[RP_ATTR_NONE + 1]; /* functions by rp_attribution_by */
    rp_dwarf *dwarf;               /* debug information, for rp_dwarf_lines; never NULL */
} rp_attribution;

/* What the pass over the code saw (rp_pass.file_votes): pairs of function and location's file. */
typedef struct {
    const uint32_t *items;
    uint32_t n; /* numbers, two per pair */
} rp_location_votes;

/* Without `locations` (NULL) or votes (n is 0) names, debug information and unwind data alone tell.
 * Everything lives in `arena` or is borrowed from the image. Only out of memory fails. */
RP_MUST_CHECK rp_code rp_attribution_build(rp_image *img, const rp_functions *functions,
                                           const rp_locations *locations, rp_location_votes votes,
                                           rp_arena *arena, const rp_attribution **ret,
                                           rp_error *err);
/* The crate's name, "" when it is not known. */
rp_str rp_attribution_crate(const rp_attribution *a, uint32_t function);

#endif
