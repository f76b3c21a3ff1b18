/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What PE images and COFF objects share: file header, section table, string table, symbol table;
 * and the objects' own forms: /bigobj, import-library members, link-time code generation. */
#ifndef RP_OBJ_COFF_H
#define RP_OBJ_COFF_H

#include "obj/pe.h"

/* Does the file look like an object? Judges machine, section table and symbol table against `size`.
 */
bool rp_coff_identify(rp_bytes head, uint64_t size);
/* Opens an object file: header, sections. img->pe is set, empty. */
RP_MUST_CHECK rp_code rp_coff_open(rp_image *img, rp_error *err);
/* Architecture and width of a Machine value; false for one that no toolchain writes. */
bool rp_coff_machine(uint16_t machine, rp_arch *ret_arch, uint8_t *ret_bits);
/* Reads `n` section headers at `at` into img->sections. False: out of memory. A table cut short is
 * an anomaly. */
RP_MUST_CHECK bool rp_coff_sections(rp_image *img, uint64_t at, uint32_t n);
/* The COFF symbol table, if any, appended to `ret`, which must have room for pe->symbols_count
 * items. Returns how many were added; *ret_whole is false when the table is cut short. */
uint32_t rp_coff_symbols(rp_image *img, rp_symbol *ret, bool *ret_whole);

#endif
