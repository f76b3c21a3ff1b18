/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mach-O files: header and load commands at once, symbols, function starts and fixups when asked
 * for. Fat files are slices of these: obj/fat.h. Signatures: obj/codesign.h. */
#ifndef RP_OBJ_MACHO_H
#define RP_OBJ_MACHO_H

#include "obj/image.h"

/* A path or text of a load command, and the command's place. */
typedef struct {
    rp_str text; /* len 0: not there */
    uint64_t at;
} rp_macho_text;

typedef struct {
    rp_str name;
    uint64_t at;
    uint32_t command; /* RP_LC_LOAD_DYLIB and its kin */
    uint32_t version; /* current version, xxxx.yy.zz */
    bool weak;        /* may be missing at run time */
} rp_macho_dylib;

/* What a load command points at in the rest of the file. */
typedef struct {
    uint64_t at; /* of the command; RP_NOWHERE when there is none */
    uint64_t off, size;
    bool twice; /* more such commands follow: which one counts is not for us to guess */
} rp_macho_range;

typedef struct {
    uint32_t tool, version; /* LC_BUILD_VERSION: 1 clang, 2 swift, 3 ld, 4 lld */
} rp_macho_tool;

typedef struct rp_macho {
    uint32_t filetype, flags, cpusubtype;
    uint64_t flags_at;
    uint32_t ncommands;            /* read */
    bool commands_whole;           /* every load command was read: what is not there is absent */
    const uint32_t *segment_flags; /* SG_, one per image segment */
    const rp_macho_dylib *dylibs;  /* one per image library */
    rp_macho_text install_name, dylinker;
    const rp_macho_text *rpaths;
    uint32_t nrpaths;
    const rp_macho_text *environment; /* LC_DYLD_ENVIRONMENT: "DYLD_…=…" */
    uint32_t nenvironment;
    rp_bytes uuid;                  /* 16 bytes, or none */
    uint32_t platform, min_os, sdk; /* platform 0: not said; versions xxxx.yy.zz */
    uint64_t version_at;
    const rp_macho_tool *tools;
    uint32_t ntools;
    uint64_t main_at, main_offset, stack_size; /* LC_MAIN; main_at RP_NOWHERE without */
    uint64_t thread_at, thread_pc;             /* LC_UNIXTHREAD; RP_NOWHERE without */
    rp_macho_range symtab;                     /* size in bytes of the nlist records */
    rp_macho_range strings;
    uint64_t dysymtab_at;                     /* RP_NOWHERE without */
    uint32_t nlocal, nextdefined, nundefined; /* LC_DYSYMTAB's figures */
    rp_macho_range dyld_info;                 /* off and size of the export trie in it */
    uint32_t lazy_bind_size;
    rp_macho_range exports_trie, chained_fixups, function_starts, data_in_code, code_signature;
    uint64_t encryption_at; /* RP_NOWHERE without */
    uint32_t cryptid;
    bool symbols_read;
    uint32_t stabs;  /* debug map entries met by rp_macho_symbols */
    uint32_t locals; /* names of functions and data that are not exported, met there */
} rp_macho;

bool rp_macho_identify(rp_bytes head, uint64_t size);
RP_MUST_CHECK rp_code rp_macho_open(rp_image *img, rp_error *err);
void rp_macho_symbols(rp_image *img);

/* The address that the start of the file is mapped to, 0 when none: exports and function starts
 * count from it. */
uint64_t rp_macho_base(const rp_image *img);
/* The segment flags (SG_) of image segment i. */
uint32_t rp_macho_segment_flags(const rp_image *img, uint32_t i);
/* "macOS", "iOS", …; "" when unknown. */
const char *rp_macho_platform(uint32_t platform);

/* LC_FUNCTION_STARTS: addresses in rising order, NULL when only the count is wanted. RP_UNKNOWN:
 * cut short or impossible (an anomaly says what), RP_NO: there are none. */
typedef struct {
    rp_tri known;
    const uint64_t *addresses;
    uint32_t n;
} rp_macho_functions;
RP_MUST_CHECK rp_code rp_macho_function_starts(rp_image *img, bool addresses,
                                               rp_macho_functions *ret, rp_error *err);

/* LC_DYLD_CHAINED_FIXUPS. The chains are walked only when `walk` and the format can authenticate.
 */
typedef struct {
    rp_tri known;    /* UNKNOWN: impossible data, see the anomalies; NO: none */
    uint32_t format; /* DYLD_CHAINED_PTR_ of the first segment that has fixups; 0: none has */
    uint32_t nimports;
    bool can_authenticate; /* an arm64e format */
    rp_tri walked;         /* YES: the figures below are whole */
    uint32_t pointers, authenticated;
} rp_macho_fixups;
void rp_macho_chained_fixups(rp_image *img, bool walk, rp_macho_fixups *ret);

#endif
