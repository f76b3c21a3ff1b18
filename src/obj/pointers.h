/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Words of an artefact's data and what they point to once it is loaded: the same question for
 * relocations with addends (ELF RELA), for values that stand in the file already (REL, RELR,
 * position-dependent files, PE) and for Mach-O's chained fixups. */
#ifndef RP_OBJ_POINTERS_H
#define RP_OBJ_POINTERS_H

#include "obj/image.h"

typedef struct {
    uint64_t addr;
    rp_bytes bytes;
} rp_data_area;

typedef struct {
    rp_image *img;
    const rp_data_area *areas; /* loaded bytes without executable sections, by address */
    uint32_t n;
    unsigned word;                /* bytes of a pointer */
    bool whole;                   /* false: data or relocations could not all be read */
    uint64_t code_low, code_high; /* words that point there are visited, too; equal: none are */
} rp_data;

/* Reads them. False only when memory ran out. */
RP_MUST_CHECK bool rp_data_read(rp_image *img, rp_arena *arena, rp_data *ret);
/* `len` bytes at `addr`, within one area. */
RP_MUST_CHECK bool rp_data_bytes(const rp_data *data, uint64_t addr, uint64_t len, rp_bytes *ret);

/* A word at `place` points to `target`; `rest`: the bytes behind the word, to the end of the area.
 * Returns false to stop. */
typedef bool (*rp_pointer_fn)(void *user, uint64_t place, uint64_t target, rp_bytes rest);
/* Visits every aligned word that may be a pointer into the areas: each relative relocation with an
 * addend, and each word whose value is an address there. A place can come twice. With a range of
 * code, of position-independent ELF files with RELA relocations alone only the former: small
 * numbers look like addresses of code. */
void rp_data_pointers(rp_data *data, rp_pointer_fn visit, void *user);

#endif
