/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One model of a linked artefact or object file, whatever its format. A format's parser fills it;
 * origin/ and facts/ read it. Everything is borrowed from the source or lives in the image's arena.
 * Offsets are file offsets inside the artefact's source; addresses are virtual (PE: image base +
 * RVA). */
#ifndef RP_OBJ_IMAGE_H
#define RP_OBJ_IMAGE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/source.h"
#include "base/vec.h"

typedef enum {
    RP_FORMAT_NONE,
    RP_FORMAT_ELF,
    RP_FORMAT_PE,
    RP_FORMAT_COFF,
    RP_FORMAT_MACHO
} rp_format;

typedef enum {
    RP_ARCH_OTHER,
    RP_ARCH_X86,
    RP_ARCH_X86_64, /* x32 too: bits is 32 then */
    RP_ARCH_ARM,
    RP_ARCH_AARCH64,
    RP_ARCH_RISCV,
    RP_ARCH_PPC,
    RP_ARCH_PPC64,
    RP_ARCH_S390,
    RP_ARCH_MIPS,
    RP_ARCH_LOONGARCH,
    RP_ARCH_SPARC,
    RP_ARCH_BPF,
    RP_ARCH_WASM,
    RP_ARCH_COUNT
} rp_arch;

/* What kind of file the loader or the linker sees. How sure, and by which rule, is the format's to
 * say. */
typedef enum {
    RP_KIND_UNKNOWN,
    RP_KIND_EXECUTABLE, /* position-dependent or not: see the format's facts */
    RP_KIND_LIBRARY,    /* shared object, DLL, dylib, bundle */
    RP_KIND_OBJECT,     /* input of a linker */
    RP_KIND_DEBUG,      /* separate debug information: recognised, never judged alone */
    RP_KIND_KERNEL, /* kernel, kernel module, driver, firmware image: loaded by something else than
                       the OS loader */
    RP_KIND_CORE
} rp_kind;

enum { RP_R = 1, RP_W = 2, RP_X = 4 }; /* permissions, ORed */

typedef enum {
    RP_SEC_OTHER,
    RP_SEC_CODE,
    RP_SEC_RODATA, /* constants: strings of panic messages live here */
    RP_SEC_DATA,
    RP_SEC_BSS,
    RP_SEC_DEBUG,
    RP_SEC_NOTE,
    RP_SEC_COMMENT,
    RP_SEC_SYMBOLS
} rp_section_kind;

typedef struct {
    rp_str name;     /* Mach-O: "__TEXT,__text"; COFF: long names resolved */
    uint64_t addr;   /* 0 when not loaded */
    uint64_t size;   /* in memory */
    uint64_t offset; /* in the file; RP_NOWHERE when it has no bytes there */
    uint64_t filesz;
    uint64_t at;    /* file offset of its header: evidence */
    uint64_t flags; /* as the format has them (sh_flags, Characteristics, S_ flags) */
    uint32_t type;  /* sh_type; 0 elsewhere */
    uint8_t perm;   /* RP_R | RP_W | RP_X */
    rp_section_kind kind;
} rp_section;

/* What the loader maps: PT_LOAD, PE section, LC_SEGMENT. */
typedef struct {
    rp_str name; /* empty on ELF */
    uint64_t addr;
    uint64_t size;
    uint64_t offset;
    uint64_t filesz;
    uint64_t at; /* file offset of its header */
    uint8_t perm;
    uint8_t max_perm; /* Mach-O maxprot; else = perm */
} rp_segment;

typedef enum {
    RP_SYM_OTHER,
    RP_SYM_FUNC,
    RP_SYM_OBJECT,
    RP_SYM_TLS,
    RP_SYM_FILE,
    RP_SYM_SECTION
} rp_sym_kind;

typedef struct {
    rp_str name;
    uint64_t addr; /* value; ARM: with the Thumb bit */
    uint64_t size; /* 0 when the format does not say */
    uint64_t at;   /* file offset of the record */
    rp_sym_kind kind;
    bool defined;     /* false: an import or an undefined reference */
    bool global;      /* visible to other objects, or exported */
    bool dynamic;     /* from the dynamic symbol table, import or export directory */
    uint32_t section; /* 1-based index into sections, 0 = none or unknown */
} rp_symbol;

/* Something odd in the input that did not stop it from being read. Kept, shown by the RP00xx
 * checks; facts that rest on it are unknown, never absent. `text` lives in the arena or is a
 * literal. */
typedef struct {
    uint64_t at;
    const char *text;
} rp_anomaly;

typedef struct {
    const rp_anomaly *items;
    uint32_t n;       /* kept, at most RP_MAX_ANOMALIES */
    uint32_t dropped; /* met beyond that */
} rp_anomalies;

struct rp_elf;
struct rp_pe;
struct rp_macho;

typedef struct rp_image {
    rp_source *src;
    rp_arena *arena;
    rp_format format;
    rp_arch arch;
    uint32_t machine; /* e_machine, COFF Machine, cputype */
    uint8_t bits;     /* 32, 64 (ILP32 ABIs of 64-bit machines: 32) */
    bool big;         /* byte order of data */
    rp_kind kind;
    uint64_t entry;
    const rp_section *sections;
    uint32_t nsections; /* 0 when the table was removed */
    const rp_segment *segments;
    uint32_t nsegments;
    const rp_symbol *symbols; /* both tables; filled by rp_image_symbols only */
    uint32_t nsymbols;
    rp_tri symbols_known;    /* YES: read whole; UNKNOWN: cut short or not asked for; NO: there are
                                none */
    const rp_str *libraries; /* DT_NEEDED, import DLL names, LC_LOAD_DYLIB, in file order */
    uint32_t nlibraries;
    struct rp_elf *elf; /* exactly one of the three is set */
    struct rp_pe *pe;   /* COFF objects too */
    struct rp_macho *macho;
    const struct rp_placed *placed; /* an object that rp_place laid out (obj/place.h), else NULL */
    const struct rp_loaded *loaded; /* its code is relocated (obj/elf_loaded.h), else NULL */
    struct rp_image *debug; /* separate debug file joined to it (input/debug_file.h), or NULL: what
                               was stripped from this file is read from there */
    rp_str debug_path;      /* its path */
    rp_anomaly *anomaly_items; /* through rp_image_odd */
    uint32_t nanomalies, dropped_anomalies;
    struct rp_crew *crew; /* workers that may help to read it (base/threads.h); NULL: none */
} rp_image;

/* What the first bytes (4 KiB suffice) look like; RP_FORMAT_NONE for anything else. Judges more
 * than the magic: a Java class is no fat Mach-O, an MZ program without a PE header is no PE. `size`
 * is the size of the whole file. */
rp_format rp_image_identify(rp_bytes head, uint64_t size);

/* Reads headers, sections, segments, dynamic data and notes of the artefact in `src`; symbols,
 * relocations and function starts only when asked for later. Fails only when the headers cannot be
 * understood at all. */
RP_MUST_CHECK rp_code rp_image_open(rp_source *src, rp_arena *arena, rp_image **ret, rp_error *err);

/* Reads the symbol tables once; idempotent. Anomalies, not errors: afterwards symbols_known tells.
 */
void rp_image_symbols(rp_image *img);

/* Records an anomaly. `format` as printf. */
void rp_image_odd(rp_image *img, uint64_t at, const char *format, ...) RP_PRINTF(3, 4);

/* File offset of virtual address `addr`, or RP_NOWHERE when no segment maps file bytes there. */
uint64_t rp_image_offset(const rp_image *img, uint64_t addr);
/* Bytes at a virtual address, within one segment's file bytes. */
RP_MUST_CHECK bool rp_image_bytes(rp_image *img, uint64_t addr, uint64_t len, rp_bytes *ret);
/* First section of that name, or NULL. */
const rp_section *rp_image_section(const rp_image *img, const char *name);

const char *rp_format_name(rp_format format); /* "ELF", "PE", "COFF", "Mach-O" */
const char *rp_arch_name(rp_arch arch);       /* "x86-64", "AArch64", … */

#endif
