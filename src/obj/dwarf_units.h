/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The little of DWARF (versions 2 to 5, 32- and 64-bit) that attribution needs: compile units with
 * language, name and addresses, and file:line of a few addresses. Sources: DWARF 5 sections 2.17,
 * 3.1, 6.2, 7.5, 7.28; GNU's split DWARF for version 4. Objects are read once they are laid out
 * (obj/place.h): before that their debug sections are not relocated. */
#ifndef RP_OBJ_DWARF_UNITS_H
#define RP_OBJ_DWARF_UNITS_H

#include "obj/dwarf_sections.h"

enum { /* DW_LANG_ that are told apart; 7.12, table 7.17 and the registry after it */
       RP_LANG_C89 = 0x01,
       RP_LANG_C = 0x02,
       RP_LANG_CPP = 0x04,
       RP_LANG_C99 = 0x0c,
       RP_LANG_GO = 0x16,
       RP_LANG_CPP11 = 0x1a,
       RP_LANG_RUST = 0x1c,
       RP_LANG_C11 = 0x1d,
       RP_LANG_SWIFT = 0x1e,
       RP_LANG_CPP14 = 0x21,
       RP_LANG_CPP17 = 0x2a,
       RP_LANG_CPP20 = 0x2b,
       RP_LANG_C17 = 0x2c,
       RP_LANG_C23 = 0x3e,
       RP_LANG_CPP23 = 0x3a,
       RP_LANG_MIPS_ASSEMBLER = 0x8001 /* what everyone uses for assembly */
};

typedef struct {
    uint64_t at;       /* offset of its header in .debug_info */
    rp_str name;       /* source file; rustc: "src/lib.rs/@/crate.hash-cgu.0" */
    rp_str folder;     /* DW_AT_comp_dir */
    rp_str producer;   /* compiler and flags */
    uint64_t lines_at; /* offset of its line table in .debug_line, RP_NOWHERE without */
    uint16_t language; /* 0 unknown */
    uint8_t version;
    uint8_t address_size;
    bool split;               /* a skeleton: the rest is in a .dwo file that was not read */
    bool wide;                /* 64-bit DWARF */
    uint64_t entries_at, end; /* offsets in .debug_info of its first entry, behind its last */
    uint64_t abbrevs_at;      /* offset of its table in .debug_abbrev */
    uint64_t low_pc, str_offsets_base, addr_base, rnglists_base;
    uint64_t ranges_base; /* GNU's split DWARF 4: of the .dwo's ranges */
    uint64_t dwo_id;      /* 0 none */
    rp_str dwo_name;      /* of a skeleton, "" none */
} rp_dwarf_unit;

typedef struct {
    uint64_t start, end; /* addresses */
    uint32_t unit;
} rp_dwarf_range;

typedef struct {
    rp_tri known; /* NO: no debug information; UNKNOWN: some of it could not be read */
    rp_dwarf_unit *units;
    uint32_t nunits;
    const rp_dwarf_range *ranges; /* by start */
    uint32_t nranges;
    rp_debug_sections sections;
    rp_debug_sections *skeleton; /* of split units: where their addresses are; else NULL */
} rp_dwarf;

/* False only when memory ran out. */
RP_MUST_CHECK bool rp_dwarf_read(rp_image *img, rp_arena *arena, rp_dwarf *ret);
/* The units of a .dwo or .dwp file that belong to skeletons of `main`, which get their names and
 * are not `split` any more. Ranges stay the skeletons'; `main` must outlive *ret. False only when
 * memory ran out. Sources: DWARF 5, 3.1.3, 7.3.5; GNU's DebugFission, "DWARF package". */
RP_MUST_CHECK bool rp_dwarf_read_split(rp_image *dwo, rp_dwarf *main, rp_arena *arena,
                                       rp_dwarf *ret);
/* The unit whose ranges hold `addr`, or NULL. */
const rp_dwarf_unit *rp_dwarf_unit_at(const rp_dwarf *dwarf, uint64_t addr);

typedef struct {
    uint64_t addr; /* in */
    rp_str file;   /* out: folder and name joined; "" unknown */
    uint32_t line; /* out: 0 unknown */
} rp_dwarf_place;

/* Fills file and line of places that are sorted by address. Each line table is read once, all
 * together within a budget: what lies beyond stays unknown. False only when memory ran out. */
RP_MUST_CHECK bool rp_dwarf_lines(rp_dwarf *dwarf, rp_arena *arena, rp_dwarf_place *places,
                                  uint32_t n);

#endif
