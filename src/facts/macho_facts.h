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
    rp_str name;
    uint64_t at;
    bool weak; /* LC_LOAD_WEAK_DYLIB: may be missing, and whoever can put one there is loaded */
} rp_macho_library;

/* A thread-local variable's descriptor, or a pointer to one in another library. */
typedef struct {
    rp_str name; /* "" stripped */
    uint64_t addr;
    uint64_t at;
    bool imported;
} rp_macho_tls;

typedef struct {
    uint32_t filetype; /* MH_OBJECT 1, EXECUTE 2, DYLIB 6, DYLINKER 7, BUNDLE 8, DSYM 10, KEXT 11 */
    uint32_t flags;
    uint64_t flags_at;
    uint32_t cputype, cpusubtype;
    bool arm64e;
    uint8_t ptrauth_abi; /* version nibble of the arm64e capability byte */
    bool ptrauth_versioned;
    rp_str platform;      /* "macOS", "iOS", …, "" unknown */
    uint32_t min_os, sdk; /* X.Y.Z in nibbles xxxx.yy.zz */
    rp_fact commands;     /* YES: every load command was read; else what is missing is not absent */
    const rp_macho_area *wx; /* segments with W+X in initprot or maxprot */
    uint32_t nwx;
    rp_fact
        pagezero; /* MH_EXECUTE: __PAGEZERO covers the low 4 GiB (64-bit) or one page (32-bit) */
    uint64_t pagezero_size;
    rp_fact data_const;    /* __DATA_CONST with SG_READ_ONLY; NO with a place: without the flag */
    rp_fact writable_got;  /* pointers bound at start-up in a segment that stays writable */
    rp_fact lazy_pointers; /* pointers bound at the first call: they stay writable for that */
    rp_fact restrict_segment; /* __RESTRICT,__restrict */
    const rp_macho_path *rpaths;
    uint32_t nrpaths;
    const rp_macho_library *dylibs; /* in file order, weak ones marked */
    uint32_t ndylibs;
    const rp_macho_path *environment; /* LC_DYLD_ENVIRONMENT: "DYLD_…=…" */
    uint32_t nenvironment;
    rp_fact dylinker;  /* LC_LOAD_DYLINKER: dyld starts the program; NO: static */
    rp_fact encrypted; /* LC_ENCRYPTION_INFO with cryptid != 0: code cannot be read */
    rp_fact tls;       /* sections with descriptors of thread-local variables */
    const rp_macho_tls *tls_variables; /* in file order (RP_NEED_SYMBOLS) */
    uint32_t ntls_variables;
    uint32_t tls_unlisted; /* beyond RP_MAX_TLS_ACCESSES */
    rp_fact chained_fixups;
    uint32_t chained_format; /* DYLD_CHAINED_PTR_*, 0 unknown */
    rp_fact pointers_walked; /* RP_NEED_RELOCS: the next two are the figures of the whole file */
    uint32_t fixup_pointers; /* pointers in arm64e chains */
    uint32_t authenticated_fixups; /* bit 63 set; 0 unless arm64e formats */
    rp_fact function_starts;
    uint32_t functions; /* RP_NEED_SYMBOLS, else 0 */
    rp_str uuid;        /* bytes */

    /* code signature (big-endian blobs) */
    rp_fact signature; /* LC_CODE_SIGNATURE with a readable superblob and code directory */
    rp_fact code_directory;
    uint32_t cd_version, cd_flags; /* CS_ flags: ADHOC 2, HARD 0x100, KILL 0x200, RESTRICT 0x800,
                                      REQUIRE_LV 0x2000, RUNTIME 0x10000, LINKER_SIGNED 0x20000 */
    uint64_t cd_flags_at;
    uint32_t cd_runtime;  /* hardened runtime version, 0 without */
    uint8_t cd_hash_type; /* 1 SHA-1, 2 SHA-256, 3 SHA-256 truncated, 4 SHA-384 */
    rp_str identifier, team;
    uint32_t ncode_directories;
    uint64_t code_limit;  /* bytes from 0 that the page hashes cover */
    rp_fact code_covered; /* they reach up to the signature itself */
    rp_fact cms;          /* a CMS signature that is not empty */
    rp_fact entitlements_present;
    const rp_entitlement *entitlements; /* in file order */
    uint32_t nentitlements;
    rp_fact page_hashes; /* RP_NEED_SIGNATURE: every page hash of the strongest code directory
                            matches the file */
    uint32_t bad_pages;
    uint32_t pages;          /* hashed */
    uint64_t first_bad_page; /* file offset */
    rp_fact blob_hashes; /* RP_NEED_SIGNATURE: the code directory vouches for the requirements and
                            entitlements that are there */
} rp_macho_facts;

#endif
