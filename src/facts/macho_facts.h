/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Facts of Mach-O files. Sources: mach-o/loader.h, XNU osfmk/kern/cs_blobs.h. */
#ifndef RP_FACTS_MACHO_FACTS_H
#define RP_FACTS_MACHO_FACTS_H

#include "facts/fact.h"

typedef struct {
    rp_str name;
    uint64_t at;
    uint64_t addr, size;
    uint8_t perm, max_perm;
} rp_macho_area;

typedef struct {
    rp_str name;
    rp_tri value; /* YES: true; NO: false; UNKNOWN: neither boolean */
    uint64_t at;
} rp_entitlement;

typedef struct {
    rp_str text;
    uint64_t at;
} rp_macho_path;

typedef struct {
    uint32_t filetype; /* MH_OBJECT 1, EXECUTE 2, DYLIB 6, DYLINKER 7, BUNDLE 8, DSYM 10, KEXT 11 */
    uint32_t flags;
    uint64_t flags_at;
    uint32_t cputype, cpusubtype;
    bool arm64e;
    uint8_t ptrauth_abi; /* version nibble of the arm64e capability byte */
    bool ptrauth_versioned;
    rp_str platform;         /* "macOS", "iOS", …, "" unknown */
    uint32_t min_os, sdk;    /* X.Y.Z in nibbles xxxx.yy.zz */
    const rp_macho_area *wx; /* segments with W+X in initprot or maxprot */
    uint32_t nwx;
    rp_fact
        pagezero; /* MH_EXECUTE: __PAGEZERO covers the low 4 GiB (64-bit) or one page (32-bit) */
    uint64_t pagezero_size;
    rp_fact data_const;       /* __DATA_CONST with SG_READ_ONLY */
    rp_fact restrict_segment; /* __RESTRICT,__restrict */
    const rp_macho_path *rpaths;
    uint32_t nrpaths;
    rp_fact encrypted; /* LC_ENCRYPTION_INFO with cryptid != 0: code cannot be read */
    rp_fact chained_fixups;
    uint32_t chained_format;       /* DYLD_CHAINED_PTR_*, 0 unknown */
    uint32_t authenticated_fixups; /* bit 63 set; 0 unless arm64e formats */
    rp_fact function_starts;
    uint32_t functions;
    rp_str uuid; /* bytes */

    /* code signature (big-endian blobs) */
    rp_fact signature; /* LC_CODE_SIGNATURE with a readable superblob and code directory */
    rp_fact code_directory;
    uint32_t cd_version, cd_flags; /* CS_ flags: ADHOC 2, HARD 0x100, KILL 0x200, RESTRICT 0x800,
                                      REQUIRE_LV 0x2000, RUNTIME 0x10000, LINKER_SIGNED 0x20000 */
    uint64_t cd_flags_at;
    uint32_t cd_runtime;  /* hardened runtime version, 0 without */
    uint8_t cd_hash_type; /* 1 SHA-1, 2 SHA-256, 3 SHA-256 truncated, 4 SHA-384 */
    rp_str identifier, team;
    rp_fact cms; /* a CMS signature that is not empty */
    rp_fact entitlements_present;
    const rp_entitlement *entitlements; /* in file order */
    uint32_t nentitlements;
    rp_fact page_hashes; /* RP_NEED_SIGNATURE: every page hash of the strongest code directory
                            matches the file */
    uint32_t bad_pages;
    uint64_t first_bad_page; /* file offset */
} rp_macho_facts;

#endif
