/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* IMAGE_LOAD_CONFIG_DIRECTORY32/64: it grows with every Windows, so each field is there or not by
 * the size. Source: winnt.h, LLVM's Object/COFF.h. */
#ifndef RP_OBJ_PE_LOAD_CONFIG_H
#define RP_OBJ_PE_LOAD_CONFIG_H

#include "obj/pe.h"

typedef enum {
    RP_LC_SECURITY_COOKIE,
    RP_LC_SE_HANDLER_TABLE,
    RP_LC_SE_HANDLER_COUNT,
    RP_LC_CF_CHECK,
    RP_LC_CF_DISPATCH,
    RP_LC_CF_TABLE,
    RP_LC_CF_COUNT,
    RP_LC_GUARD_FLAGS,
    RP_LC_IAT_TABLE,
    RP_LC_IAT_COUNT,
    RP_LC_LONGJMP_TABLE,
    RP_LC_LONGJMP_COUNT,
    RP_LC_CHPE_METADATA,
    RP_LC_EHCONT_TABLE,
    RP_LC_EHCONT_COUNT,
    RP_LC_XFG_CHECK,
    RP_LC_XFG_DISPATCH,
    RP_LC_XFG_TABLE_DISPATCH,
    RP_LC_CASTGUARD,
    RP_LC_MEMCPY,
    RP_LC_FIELDS
} rp_lc_field;

enum { /* GuardFlags */
       RP_GUARD_CF_INSTRUMENTED = 0x100,
       RP_GUARD_CFW_INSTRUMENTED = 0x200,
       RP_GUARD_CF_TABLE = 0x400,
       RP_GUARD_COOKIE_UNUSED = 0x800,
       RP_GUARD_PROTECT_DELAYLOAD_IAT = 0x1000,
       RP_GUARD_DELAYLOAD_IAT_IN_OWN_SECTION = 0x2000,
       RP_GUARD_EXPORT_SUPPRESSION = 0x8000,
       RP_GUARD_LONGJMP_TABLE = 0x10000,
       RP_GUARD_RETPOLINE = 0x100000,
       RP_GUARD_EHCONT_TABLE = 0x400000,
       RP_GUARD_XFG_ENABLED = 0x800000,
       RP_GUARD_CASTGUARD = 0x1000000,
       RP_GUARD_MEMCPY = 0x2000000,
       RP_GUARD_STRIDE_SHIFT = 28 /* top nibble: bytes that follow each RVA of a guard table */
};

typedef struct {
    rp_tri present;  /* NO: no directory entry; UNKNOWN: there, but not readable */
    const char *why; /* unknown */
    uint64_t at;     /* file offset of the structure; of the directory entry when it is not there */
    uint64_t addr;
    uint32_t size; /* bytes that may be read: min(Size, directory, bytes there) */
    struct {
        bool there;
        uint64_t value;
        uint64_t at;
    } field[RP_LC_FIELDS];
} rp_pe_load_config;

/* Reads what is there; never fails. */
void rp_pe_read_load_config(rp_image *img, rp_pe_load_config *ret);

/* One table of code addresses: entries of 4 + (GuardFlags >> 28) bytes. */
typedef struct {
    rp_tri ok; /* YES: all entries readable, ascending, in executable sections */
    const char *why;
    uint64_t at; /* of the table, or of the entry that is wrong */
    uint32_t count;
} rp_pe_guard_table;

/* Reads the table whose address and count are the given fields. NO with count 0 when either is 0 or
 * not there. */
void rp_pe_read_guard_table(rp_image *img, const rp_pe_load_config *lc, rp_lc_field table,
                            rp_lc_field count, rp_pe_guard_table *ret);

#endif
