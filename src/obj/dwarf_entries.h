/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Debug entries of one unit in a row, for dwarf_functions.c only. */
#ifndef RP_OBJ_DWARF_ENTRIES_H
#define RP_OBJ_DWARF_ENTRIES_H

#include "obj/dwarf_ranges.h"
#include "obj/dwarf_units.h"

typedef struct {
    uint64_t at; /* offset in .debug_info */
    uint64_t tag;
    uint32_t depth;
    rp_dwarf_value linkage_name, low_pc, high_pc, ranges;
    uint64_t origin; /* offset of the abstract origin or specification, RP_NOWHERE without */
    bool elsewhere;  /* …it lies in another file, or is a type's signature */
} rp_dwarf_entry;

typedef struct rp_dwarf_abbrevs rp_dwarf_abbrevs;

/* Walks units; keeps the table of abbreviations that was read last. */
typedef struct {
    rp_debug_sections *sections;
    rp_arena *arena;
    rp_dwarf_abbrevs *abbrevs;
    uint64_t steps; /* attributes that may still be read, all walks together */
    bool out_of_memory, malformed;
} rp_dwarf_walker;

typedef bool (*rp_dwarf_entry_fn)(void *user, const rp_dwarf_entry *entry);
/* Calls visit for subprograms and inlined calls; false stops. False: malformed, out of steps or of
 * memory. */
bool rp_dwarf_walk(rp_dwarf_walker *w, const rp_dwarf_unit *unit, rp_dwarf_entry_fn visit,
                   void *user);

enum { RP_DW_TAG_inlined_subroutine = 0x1d, RP_DW_TAG_subprogram = 0x2e };

#endif
