/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the files that place objects only. */
#ifndef RP_OBJ_ELF_PLACE_PARTS_H
#define RP_OBJ_ELF_PLACE_PARTS_H

#include "obj/elf_place.h"

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
               RP_FIELD_RV_SET6
} rp_reloc_field;

typedef struct {
    uint16_t type;
    uint8_t puts;  /* rp_puts */
    uint8_t field; /* rp_reloc_field */
    uint8_t got;   /* rp_got_kind, where a slot is meant */
} rp_reloc_how;

/* How a relocation type of this machine is applied, or NULL. */
const rp_reloc_how *rp_reloc_how_of(rp_arch arch, uint32_t type);
/* The addend that REL keeps in the field. `p` has at least rp_reloc_room bytes. */
uint64_t rp_reloc_addend(const uint8_t *p, bool big, rp_reloc_field field);
/* Bytes that a field touches. */
unsigned rp_reloc_room(rp_reloc_field field);
void rp_reloc_write(uint8_t *p, bool big, rp_reloc_field field, uint64_t value);

#endif
