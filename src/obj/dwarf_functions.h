/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which of some functions are in an artefact, by debug information: as code of their own or inlined
 * into others, at addresses that exist. A linker that throws a function away leaves its entry, so
 * names alone prove nothing.
 *
 * Names are looked for among strings first; only units that hold one of them, or refer to an entry
 * of one, are walked. Sources: DWARF 5, 2.17, 3.3 (subprograms, abstract and concrete instances,
 * inlined calls), 7.5; DWARF 4 and GNU's split form of it. */
#ifndef RP_OBJ_DWARF_FUNCTIONS_H
#define RP_OBJ_DWARF_FUNCTIONS_H

#include "obj/dwarf_units.h"

typedef struct {
    uint32_t id;   /* what `wanted` returned for its name */
    bool inlined;  /* a call that was inlined; else the function's own code */
    uint64_t addr; /* first address of it */
    uint64_t at;   /* offset of the entry in .debug_info */
} rp_dwarf_use;

typedef struct {
    rp_tri known;             /* NO: no debug information; UNKNOWN: some of it could not be read */
    const char *why;          /* UNKNOWN: one clause */
    const rp_dwarf_use *uses; /* at most RP_MAX_DWARF_USES, by id, own code first, address */
    uint32_t nuses;
    uint32_t units, walked; /* how many there are, and were walked */
    uint32_t named;         /* linkage names that were seen */
} rp_dwarf_uses;

/* Is this linkage name one of those that are looked for? Returns its id, RP_DWARF_UNWANTED else.
 * Called once for each different name. */
typedef uint32_t (*rp_dwarf_wanted_fn)(void *user, rp_str linkage_name);
#define RP_DWARF_UNWANTED UINT32_MAX

/* `loaded` is the image whose code runs; `dwarf` was read from it or from its debug file. False
 * only when memory ran out. */
RP_MUST_CHECK bool rp_dwarf_functions(rp_dwarf *dwarf, rp_image *loaded, rp_arena *arena,
                                      rp_dwarf_wanted_fn wanted, void *user, rp_dwarf_uses *ret);

#endif
