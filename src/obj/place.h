/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An object laid out and relocated in memory as a linker would, so that its code is read like a
 * linked file's: calls lead somewhere, loads name something. Nothing is optimised away, so what the
 * compiler chose (TLS models, calls through the GOT) is still to be seen.
 *
 * ELF: sections keep their place in the file, which is aligned as they are: address =
 * RP_PLACED_BASE
 * + file offset. COFF and Mach-O: behind a copy of the file lie copies of the sections that are
 * loaded, aligned. Behind that come sections without bytes, one place for each symbol of other
 * files, then the slots of the GOT. */
#ifndef RP_OBJ_PLACE_H
#define RP_OBJ_PLACE_H

#include "obj/image.h"

#define RP_PLACED_BASE 0x100000u

typedef enum { /* what a slot of the GOT holds */
               RP_GOT_ADDRESS,
               RP_GOT_TLS_GD, /* a module and an offset in its block */
               RP_GOT_TLS_LD, /* this module, for all its variables */
               RP_GOT_TLS_IE, /* an offset from the thread pointer */
               RP_GOT_TLS_DESC,
               RP_GOT_KINDS
} rp_got_kind;

typedef struct {
    uint64_t addr;
    uint32_t symbol; /* index into rp_image.symbols, UINT32_MAX none */
    rp_got_kind kind;
} rp_got_slot;

typedef struct rp_placed {
    const rp_got_slot *slots;
    uint32_t nslots;
    const rp_segment *sections; /* that have an address, by address; `offset` is that in the file */
    uint32_t nsections;
    uint64_t externs; /* from here on lie symbols of other files; undefined ones have their addr */
    bool whole;       /* false: a relocation of the code or the data was not understood */
} rp_placed;

/* *ret: a copy of the image with sections, segments and symbols placed and a source of its own
 * (img->placed tells what else), or NULL when it is no object, cannot be placed or its machine's
 * relocations are not known. Lives in the image's arena. False only when memory ran out. */
RP_MUST_CHECK bool rp_place(rp_image *img, rp_image **ret);
/* An address of a placed object as other tools name it: the offset in its section. Of any other
 * image: the address. */
uint64_t rp_placed_offset(const rp_image *img, uint64_t addr);
/* Where the bytes at an address lie in the object's own file; `at` where that is not known. */
uint64_t rp_placed_file_offset(const rp_image *img, uint64_t addr, uint64_t at);

#endif
