/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the files of the ELF parser only. */
#ifndef RP_OBJ_ELF_PARTS_H
#define RP_OBJ_ELF_PARTS_H

#include "obj/elf.h"

/* Bytes of an address in this file: 8 or 4. */
static inline unsigned rp_elf_word(const rp_image *img)
{
    return img->bits / 8u;
}

/* A reader of [off, off+len); false, with an anomaly at `at` that names `what`, when the bytes lie
 * outside the file or cannot be read. */
RP_MUST_CHECK bool rp_elf_part(rp_image *img, uint64_t off, uint64_t len, uint64_t at,
                               const char *what, rp_reader *ret);
/* The NUL-terminated string at [off, end) of the file, at most RP_MAX_NAME long. Reads little. */
RP_MUST_CHECK bool rp_elf_string(rp_image *img, uint64_t off, uint64_t end, rp_str *ret);

/* The steps of rp_elf_open, in this order. */
RP_MUST_CHECK rp_code rp_elf_read_section_zero(rp_image *img, uint32_t *ret_phnum, rp_error *err);
RP_MUST_CHECK rp_code rp_elf_read_segments(rp_image *img, uint32_t phnum, rp_error *err);
RP_MUST_CHECK rp_code rp_elf_read_sections(rp_image *img, rp_error *err);
/* Anomalies of PT_LOAD; not for separate debug files, whose program headers describe another file.
 */
void rp_elf_check_segments(rp_image *img);
RP_MUST_CHECK rp_code rp_elf_read_dynamic(rp_image *img, rp_error *err);
void rp_elf_read_notes(rp_image *img);
/* Whose loader the file is for, what it is, and rp_image.kind. */
void rp_elf_decide_kind(rp_image *img);
void rp_elf_decide_type(rp_image *img);

/* Needs sections. */
rp_arm_core rp_elf_arm_core(rp_image *img);

/* What a relocation type asks for, on this machine. */
typedef enum {
    RP_RELOC_OTHER,
    RP_RELOC_RELATIVE,
    RP_RELOC_IRELATIVE,
    RP_RELOC_TLS_MOD,
    RP_RELOC_TLS_OFF,
    RP_RELOC_TLS_TP,
    RP_RELOC_TLS_DESC
} rp_elf_reloc_kind;

/* Writes the kinds into a zeroed table of RP_ELF_RELOC_TYPES; false when this machine's types are
 * not known here. */
bool rp_elf_reloc_kinds(rp_arch arch, uint8_t *ret);

/* What a dynamic relocation type stores, on this machine. */
rp_elf_stores rp_elf_reloc_stores(rp_arch arch, uint32_t type);

/* Where the dynamic symbol table lies and how many records it has; n is 0 without one. False when
 * it is there but its length cannot be known. */
RP_MUST_CHECK bool rp_elf_dynsym_extent(rp_image *img, uint64_t *ret_off, uint64_t *ret_n);

#endif
