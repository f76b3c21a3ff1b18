/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PE images and COFF objects. Source of every rule: Microsoft "PE Format", winnt.h; where the
 * loader of Windows differs from the text, the loader counts. rp_pe_open reads headers, sections
 * and DLL names; the other parts are read when asked for, once. What is odd becomes an anomaly of
 * the image. */
#ifndef RP_OBJ_PE_H
#define RP_OBJ_PE_H

#include "obj/image.h"

/* Indices of the data directories. */
enum {
    RP_PE_DIR_EXPORT,
    RP_PE_DIR_IMPORT,
    RP_PE_DIR_RESOURCE,
    RP_PE_DIR_EXCEPTION,
    RP_PE_DIR_SECURITY, /* its "rva" is a file offset */
    RP_PE_DIR_BASERELOC,
    RP_PE_DIR_DEBUG,
    RP_PE_DIR_ARCHITECTURE,
    RP_PE_DIR_GLOBALPTR,
    RP_PE_DIR_TLS,
    RP_PE_DIR_LOAD_CONFIG,
    RP_PE_DIR_BOUND_IMPORT,
    RP_PE_DIR_IAT,
    RP_PE_DIR_DELAY_IMPORT,
    RP_PE_DIR_CLR,
    RP_PE_DIR_RESERVED,
    RP_PE_DIR_COUNT
};

enum { /* Machine */
       RP_PE_I386 = 0x14c,
       RP_PE_AMD64 = 0x8664,
       RP_PE_ARM = 0x1c0,
       RP_PE_THUMB = 0x1c2,
       RP_PE_ARMNT = 0x1c4,
       RP_PE_ARM64 = 0xaa64,
       RP_PE_ARM64EC = 0xa641, /* objects only: images say AMD64 */
       RP_PE_ARM64X = 0xa64e
};

enum { /* Characteristics of the file */
       RP_PE_RELOCS_STRIPPED = 0x1,
       RP_PE_EXECUTABLE = 0x2,
       RP_PE_LARGE_ADDRESS_AWARE = 0x20,
       RP_PE_DLL = 0x2000
};

enum { /* DllCharacteristics */
       RP_PE_HIGH_ENTROPY_VA = 0x20,
       RP_PE_DYNAMIC_BASE = 0x40,
       RP_PE_FORCE_INTEGRITY = 0x80,
       RP_PE_NX_COMPAT = 0x100,
       RP_PE_NO_ISOLATION = 0x200,
       RP_PE_NO_SEH = 0x400,
       RP_PE_NO_BIND = 0x800,
       RP_PE_APPCONTAINER = 0x1000,
       RP_PE_WDM_DRIVER = 0x2000,
       RP_PE_GUARD_CF = 0x4000
};

#define RP_PE_SCN_CODE          0x00000020u
#define RP_PE_SCN_INITIALIZED   0x00000040u
#define RP_PE_SCN_UNINITIALIZED 0x00000080u
#define RP_PE_SCN_NRELOC_OVFL   0x01000000u
#define RP_PE_SCN_DISCARDABLE   0x02000000u
#define RP_PE_SCN_SHARED        0x10000000u
#define RP_PE_SCN_EXECUTE       0x20000000u
#define RP_PE_SCN_READ          0x40000000u
#define RP_PE_SCN_WRITE         0x80000000u

typedef struct {
    uint32_t rva; /* 0 with size 0: not there */
    uint32_t size;
    uint64_t at; /* its entry in the optional header */
} rp_pe_dir;

/* A part of the file that the loader maps, sorted by RVA. */
typedef struct {
    uint32_t rva;
    uint32_t filesz;
    uint64_t size; /* in memory */
    uint64_t offset;
    uint32_t section; /* 1-based, 0 = the headers */
    uint8_t perm;
} rp_pe_span;

typedef struct {
    rp_str dll;
    rp_str name;      /* empty: imported by ordinal */
    uint16_t ordinal; /* hint when there is a name */
    bool delayed;
    uint32_t slot; /* RVA of its entry in the import address table */
    uint64_t at;   /* its entry in the lookup table */
} rp_pe_import;

typedef struct {
    rp_str name; /* empty: exported by ordinal only */
    uint32_t ordinal;
    uint32_t rva;
    bool forwarded; /* to another DLL: rva is that of the forwarder's name */
    uint64_t at;    /* its entry in the export address table */
} rp_pe_export;

typedef RP_VEC(rp_pe_import) rp_pe_imports;
typedef RP_VEC(rp_pe_export) rp_pe_exports;

struct rp_pe {
    bool image;             /* else an object file */
    bool bigobj;            /* /bigobj: 32-bit section numbers */
    bool short_import;      /* member of an import library */
    bool sections_cut;      /* the section table could not be read whole */
    uint64_t promised_size; /* end of the last section, also where the file has fewer bytes */
    uint64_t promised_at;   /* its header */
    bool ltcg; /* anonymous object: compiler's intermediate code, no sections to read */
    bool pe32_plus;
    uint64_t header_at;   /* COFF file header */
    uint64_t optional_at; /* optional header */
    uint64_t checksum_at; /* its CheckSum field */
    uint16_t machine, characteristics;
    uint64_t characteristics_at;
    uint32_t timestamp;
    uint32_t symbols_offset, symbols_count; /* COFF symbol table */
    uint8_t linker_major, linker_minor;
    uint32_t entry_rva;
    uint64_t image_base;
    uint32_t section_alignment, file_alignment, headers_size, image_size;
    uint16_t subsystem, dll_characteristics;
    uint64_t dll_characteristics_at;
    uint32_t directories; /* how many of `dir` were read */
    bool directories_cut; /* more were announced than the file has bytes for */
    rp_pe_dir dir[RP_PE_DIR_COUNT];
    rp_pe_span *spans;
    uint32_t nspans;
    rp_bytes *pages;                /* windows of a file read so far, by place: see pe_map.c */
    rp_str import_dll, import_name; /* short import */

    bool tables_read;      /* by rp_pe_read_tables */
    rp_pe_imports imports; /* delayed ones too */
    rp_pe_exports exports;
    rp_tri imports_known, exports_known; /* as rp_image.symbols_known */
};

/* ---- for rp_image ---- */
rp_format rp_pe_identify(rp_bytes head, uint64_t size);
RP_MUST_CHECK rp_code rp_pe_open(rp_image *img, rp_error *err);
void rp_pe_symbols(rp_image *img);

/* Why a directory without an entry is not known to be absent; NULL when it is. */
const char *rp_pe_why_unknown(const rp_image *img, unsigned dir);

/* ---- addresses (pe_map.c) ---- */
/* Builds the spans from the section table; out of memory fails. */
RP_MUST_CHECK bool rp_pe_map(rp_image *img);
/* The span that holds `rva`, or NULL. */
const rp_pe_span *rp_pe_span_of(const rp_image *img, uint64_t rva);
/* File offset of `rva`, RP_NOWHERE when no file bytes are mapped there. */
uint64_t rp_pe_offset(const rp_image *img, uint64_t rva);
/* How many file bytes are mapped from `rva` to the end of its span. */
uint64_t rp_pe_room(const rp_image *img, uint64_t rva);
/* A word at `place` holds an address of the image. Returns false to stop. */
typedef bool (*rp_pe_reloc_fn)(void *user, uint64_t place);
/* Visits the base relocations of whole words. False: they could not all be read. */
bool rp_pe_relocs_each(rp_image *img, rp_pe_reloc_fn visit, void *user);
/* A reader of the `len` bytes mapped at `rva`; false when they are not all there. */
RP_MUST_CHECK bool rp_pe_reader(rp_image *img, uint64_t rva, uint64_t len, rp_reader *ret);
/* The same by file offset, through the same cache. */
RP_MUST_CHECK bool rp_pe_file_reader(rp_image *img, uint64_t off, uint64_t len, rp_reader *ret);
/* NUL-terminated text at `rva`, at most RP_MAX_NAME long. */
RP_MUST_CHECK bool rp_pe_cstr(rp_image *img, uint64_t rva, rp_str *ret);
/* RVA of a virtual address; false below the image base or 4 GiB above it. */
RP_MUST_CHECK bool rp_pe_rva(const rp_image *img, uint64_t va, uint32_t *ret);

/* ---- tables (pe_tables.c) ---- */
/* Names of the imported DLLs into img->libraries. */
RP_MUST_CHECK bool rp_pe_libraries(rp_image *img);
/* Imports, delayed imports, exports; once. Out of memory leaves them UNKNOWN. */
void rp_pe_read_tables(rp_image *img);

#endif
