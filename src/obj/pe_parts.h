/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The smaller parts of a PE image: debug directory, base relocations, TLS, exception directory, CLR
 * header, Rich header. Each is read on demand and never fails: what is odd is an anomaly and
 * UNKNOWN with a reason. */
#ifndef RP_OBJ_PE_PARTS_H
#define RP_OBJ_PE_PARTS_H

#include "obj/pe.h"

/* Was it there, where, and if that cannot be said, why. */
typedef struct {
    rp_tri is;
    uint64_t at;
    const char *why;
} rp_pe_found;

typedef struct {
    rp_pe_found directory;
    uint32_t entries;
    rp_pe_found codeview; /* RSDS record */
    rp_str pdb_path;
    uint8_t guid[16];
    uint32_t age;
    rp_pe_found repro;              /* type 16: the time stamps are hashes */
    rp_pe_found pogo;               /* type 13 */
    rp_pe_found ex_characteristics; /* type 20 */
    uint32_t ex_value;
} rp_pe_debug;

void rp_pe_read_debug(rp_image *img, rp_pe_debug *ret);

/* YES: a directory whose blocks can all be read; *ret_count of its entries that are no padding. */
rp_pe_found rp_pe_read_relocs(rp_image *img, uint32_t *ret_count);
typedef struct {
    rp_pe_found directory;
    rp_pe_found callbacks; /* at least one */
    uint64_t size;         /* of a thread's block: what is copied, and the zeros behind */
    uint64_t index;        /* address of _tls_index; 0 unknown */
} rp_pe_tls;

/* IMAGE_TLS_DIRECTORY: the thread-local variables of the image. */
void rp_pe_read_tls(rp_image *img, rp_pe_tls *ret);
/* Entries of the exception directory (.pdata). */
rp_pe_found rp_pe_read_exceptions(rp_image *img, uint32_t *ret_count);
/* YES: a .NET image; *ret_flags are its CLR flags (1 = ILONLY). */
rp_pe_found rp_pe_read_clr(rp_image *img, uint32_t *ret_flags);

typedef struct {
    uint16_t product; /* which tool */
    uint16_t build;
    uint32_t objects;
} rp_pe_rich_entry;

/* The Rich header between DOS stub and PE header. YES: there, and its checksum fits; NO with `at`
 * RP_NOWHERE: not there, with an offset: there, but changed after the link. */
rp_pe_found rp_pe_read_rich(rp_image *img, const rp_pe_rich_entry **ret, uint32_t *ret_n);
/* "C++", "C", "MASM", "linker", "import" …; "tool" for one that is not in the table. */
const char *rp_pe_rich_product(uint16_t product);

#endif
