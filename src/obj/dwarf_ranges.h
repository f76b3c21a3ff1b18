/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Addresses and address ranges of debug entries, between the files of the DWARF reader only.
 * Sources: DWARF 4, 2.17.3; DWARF 5, 2.17.3, 7.25 to 7.28. */
#ifndef RP_OBJ_DWARF_RANGES_H
#define RP_OBJ_DWARF_RANGES_H

#include "obj/dwarf_forms.h"
#include "obj/dwarf_sections.h"

/* What a unit's first entry says of where its tables begin. */
typedef struct {
    rp_debug_sections *sections;  /* of ranges */
    rp_debug_sections *addresses; /* of .debug_addr: a split unit's are in the skeleton's file */
    rp_dwarf_encoding e;
    uint64_t addr_base, rnglists_base, ranges_base;
    uint32_t *steps; /* entries that may still be read, all units together */
} rp_dwarf_bases;

/* Entry `index` of a table of offsets or addresses that begins at `base`; 0 when it lies outside.
 */
uint64_t rp_dwarf_table_entry(rp_debug_sections *s, rp_debug_section which, uint64_t base,
                              uint64_t index, unsigned width);
uint64_t rp_dwarf_address(const rp_dwarf_bases *b, rp_dwarf_value v);

/* False: enough. */
typedef bool (*rp_dwarf_range_fn)(void *user, uint64_t start, uint64_t end);
/* The ranges of an entry with these attributes (form 0: not there); `base`: the unit's own. Linkers
 * resolve what they threw away to 0, 1 or the highest addresses: such ranges are left out. */
void rp_dwarf_ranges(const rp_dwarf_bases *b, rp_dwarf_value low, rp_dwarf_value high,
                     rp_dwarf_value ranges, uint64_t base, rp_dwarf_range_fn visit, void *user);

#endif
