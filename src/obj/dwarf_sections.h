/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bytes of debug sections, unpacked, within a budget. */
#ifndef RP_OBJ_DWARF_SECTIONS_H
#define RP_OBJ_DWARF_SECTIONS_H

#include "obj/image.h"

typedef enum {
    RP_DEBUG_INFO,
    RP_DEBUG_ABBREV,
    RP_DEBUG_STR,
    RP_DEBUG_LINE_STR,
    RP_DEBUG_STR_OFFSETS,
    RP_DEBUG_ADDR,
    RP_DEBUG_RANGES,
    RP_DEBUG_RNGLISTS,
    RP_DEBUG_LINE,
    RP_DEBUG_CU_INDEX,
    RP_DEBUG_COUNT
} rp_debug_section;

typedef struct {
    rp_image *img;
    rp_arena *arena;
    rp_bytes bytes[RP_DEBUG_COUNT];
    uint8_t state[RP_DEBUG_COUNT]; /* 0 not asked for, 1 there, 2 absent, 3 cannot be read */
    uint64_t budget;               /* bytes that may still be loaded */
    bool dwo;                      /* of a .dwo or .dwp file: sections called so */
    bool out_of_memory;
} rp_debug_sections;

rp_debug_sections rp_debug_sections_of(rp_image *img, rp_arena *arena);
/* Reads (and unpacks) the section at the first call. YES: ret is set; NO: there is none; UNKNOWN:
 * it cannot be read, or is larger than the budget. */
rp_tri rp_debug_section_bytes(rp_debug_sections *s, rp_debug_section which, rp_bytes *ret);

#endif
