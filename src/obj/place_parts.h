/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the files that place objects only. */
#ifndef RP_OBJ_PLACE_PARTS_H
#define RP_OBJ_PLACE_PARTS_H

#include "obj/place.h"

enum { RP_EXTERN_SIZE = 16 /* room of a symbol of another file, and of a slot */ };

typedef struct {
    const rp_image *object;
    rp_image *img; /* the placed copy */
    rp_placed *placed;
    uint8_t *bytes; /* of its source */
    uint64_t size;
    rp_section *sections;
    rp_symbol *symbols;
    uint64_t end;                    /* of what has an address so far; then the GOT */
    uint32_t nrecords;               /* of the symbol table */
    uint32_t *slot_of[RP_GOT_KINDS]; /* by symbol: its slot + 1 */
    RP_VEC(rp_got_slot) slots;
    bool out_of_memory;
} rp_placing;

/* All return false only when memory ran out. */

/* A copy of the image, over a copy of its bytes that has `size` bytes, zero behind the file's.
 * *ret_whole false: not all could be read. NULL: memory ran out. */
rp_image *rp_place_bytes(const rp_image *file, uint64_t size, uint8_t **ret, bool *ret_whole);
/* The copy of the image, its sections and its bytes, with `extra` more behind them. */
RP_MUST_CHECK bool rp_place_copy(rp_placing *p, rp_image *object, uint64_t extra);
/* One segment for each run of placed sections with the same rights. */
RP_MUST_CHECK bool rp_place_segments(rp_placing *p);
/* Address of the slot of symbol `index` (1-based, 0 none), made when it is first asked for. */
uint64_t rp_place_slot(rp_placing *p, rp_got_kind kind, uint32_t index);

/* COFF, Mach-O. */
/* Where section `i` goes, in bytes from the first one, when those before it end at `end`. False: it
 * is not loaded. */
typedef bool rp_place_where_fn(const rp_image *object, uint32_t i, uint64_t end, uint64_t *ret);
/* Copies and places the sections that are loaded. *ret false: cannot be placed. */
RP_MUST_CHECK bool rp_place_sections(rp_placing *p, rp_image *object, rp_place_where_fn *where,
                                     bool *ret);
/* Copies the symbols, places those of other files and what has only a size. The GOT follows. */
RP_MUST_CHECK bool rp_place_symbols(rp_placing *p, const rp_image *object);
/* Symbols by the number of their record: index + 1, 0 where there is none. */
RP_MUST_CHECK bool rp_place_records(rp_placing *p, uint64_t at, uint32_t width, uint32_t n,
                                    uint32_t **ret);
void rp_place_finish(rp_placing *p);

/* By format; the image's symbols are read. */
RP_MUST_CHECK bool rp_elf_place(rp_image *img, rp_image **ret);
RP_MUST_CHECK bool rp_coff_place(rp_image *img, rp_image **ret);
RP_MUST_CHECK bool rp_macho_place(rp_image *img, rp_image **ret);

typedef enum { /* what a relocation computes; names of the psABIs: S symbol, A addend, P place */
               RP_PUTS_NOTHING,
               RP_PUTS_ABS,     /* S + A */
               RP_PUTS_PC,      /* S + A - P */
               RP_PUTS_PAGE,    /* Page(S + A) - Page(P), pages of 4 KiB */
               RP_PUTS_SIZE,    /* size of S, + A */
               RP_PUTS_TP,      /* offset of a thread-local variable from the thread pointer */
               RP_PUTS_DTP,     /* … from its module's block */
               RP_PUTS_SLOT,    /* G + A: the address of a slot */
               RP_PUTS_SLOT_PC, /* G + A - P */
               RP_PUTS_SLOT_PAGE,
               RP_PUTS_SLOT_GOT, /* G + A - GOT */
               RP_PUTS_GOT_PC,   /* GOT + A - P */
               RP_PUTS_GOT_REL,  /* S + A - GOT */
               RP_PUTS_LOW       /* RISC-V: what the relocation at S computed */
} rp_puts;

typedef enum { /* where it goes */
               RP_FIELD_8,
               RP_FIELD_16,
               RP_FIELD_32,
               RP_FIELD_64,
               RP_FIELD_PREL31,
               RP_FIELD_A64_B26,
               RP_FIELD_A64_B19,
               RP_FIELD_A64_B14,
               RP_FIELD_A64_ADR,
               RP_FIELD_A64_ADRP,
               RP_FIELD_A64_HIGH12, /* bits 12 to 23 of add */
               RP_FIELD_A64_LOW12,  /* of add, ldrb; the next four scale by 2, 4, 8, 16 */
               RP_FIELD_A64_LOW12_2,
               RP_FIELD_A64_LOW12_4,
               RP_FIELD_A64_LOW12_8,
               RP_FIELD_A64_LOW12_16,
               RP_FIELD_A64_MOV_0, /* movz, movk: bits 0 to 15, … */
               RP_FIELD_A64_MOV_1,
               RP_FIELD_A64_MOV_2,
               RP_FIELD_A64_MOV_3,
               RP_FIELD_ARM_B24,
               RP_FIELD_ARM_MOVW,
               RP_FIELD_ARM_MOVT,
               RP_FIELD_THM_B24,
               RP_FIELD_THM_B19,
               RP_FIELD_THM_MOVW,
               RP_FIELD_THM_MOVT,
               RP_FIELD_RV_B,
               RP_FIELD_RV_J,
               RP_FIELD_RV_CB,
               RP_FIELD_RV_CJ,
               RP_FIELD_RV_U,
               RP_FIELD_RV_I,
               RP_FIELD_RV_S,
               RP_FIELD_RV_CALL, /* auipc and jalr */
               RP_FIELD_RV_ADD8, /* the rest changes what is there */
               RP_FIELD_RV_ADD16,
               RP_FIELD_RV_ADD32,
               RP_FIELD_RV_ADD64,
               RP_FIELD_RV_SUB6,
               RP_FIELD_RV_SUB8,
               RP_FIELD_RV_SUB16,
               RP_FIELD_RV_SUB32,
               RP_FIELD_RV_SUB64,
               RP_FIELD_RV_SET6,
               RP_FIELD_A64_SCALED /* RP_FIELD_A64_LOW12 and on: the instruction tells */
} rp_reloc_field;

typedef struct {
    uint16_t type;
    uint8_t puts;  /* rp_puts */
    uint8_t field; /* rp_reloc_field */
    uint8_t got;   /* rp_got_kind, where a slot is meant */
} rp_reloc_how;

/* How a relocation type of this machine is applied, or NULL. */
const rp_reloc_how *rp_reloc_how_of(rp_arch arch, uint32_t type);
/* COFF and Mach-O have one relocation for the low bits of all loads and stores: the field by the
 * instruction's size. `p` has at least 4 bytes. */
rp_reloc_field rp_reloc_a64_field(const uint8_t *p, rp_reloc_field field);
/* The addend that REL and COFF keep in the field. `p` has at least rp_reloc_room bytes. */
uint64_t rp_reloc_addend(const uint8_t *p, bool big, rp_reloc_field field);
/* Bytes that a field touches. */
unsigned rp_reloc_room(rp_reloc_field field);
void rp_reloc_write(uint8_t *p, bool big, rp_reloc_field field, uint64_t value);

#endif
