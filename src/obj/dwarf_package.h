/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where the tables of each unit of a DWARF package (.dwp) begin, between the files of the DWARF
 * reader only. Sources: DWARF 5, 7.3.5.3; GNU's DebugFission, "DWARF package" (version 2). */
#ifndef RP_OBJ_DWARF_PACKAGE_H
#define RP_OBJ_DWARF_PACKAGE_H

#include "obj/dwarf_sections.h"

typedef struct {
    uint64_t info, info_len; /* of the unit */
    uint64_t abbrev, str_offsets, rnglists;
} rp_dwarf_contribution;

typedef struct {
    const rp_dwarf_contribution *rows; /* by info; none in a .dwo file, whose tables begin at 0 */
    uint32_t n;
    bool whole; /* false: the index is malformed */
} rp_dwarf_package;

/* False only when memory ran out. */
RP_MUST_CHECK bool rp_dwarf_package_read(rp_debug_sections *sections, rp_arena *arena,
                                         rp_dwarf_package *ret);
/* Of the unit at this offset of .debug_info.dwo; all zero without an index. */
rp_dwarf_contribution rp_dwarf_contribution_of(const rp_dwarf_package *package, uint64_t at);

#endif
