/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The ELF object model: what the header, program headers, dynamic section and notes say, read the
 * way the loader reads them. Section headers are used where nothing else can tell. Sources: gABI,
 * psABI supplements, Linux Documentation/userspace-api/ELF.rst, glibc elf.h. */
#ifndef RP_OBJ_ELF_H
#define RP_OBJ_ELF_H

#include "obj/elf_type.h"
#include "obj/image.h"

/* One program header. Values as in the file: they may point anywhere. */
typedef struct {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
    uint64_t at; /* file offset of the record */
} rp_elf_phdr;

/* What rp_section has no room for; index as in rp_image.sections (the null section is left out). */
typedef struct {
    uint32_t link, info;
    uint64_t entsize;
} rp_elf_shdr;

typedef struct {
    uint64_t tag, value;
    uint64_t at; /* file offset of the record */
} rp_elf_dyn;

/* Why a file is not what an operating system's loader runs. */
typedef enum {
    RP_ELF_HOSTED,
    RP_ELF_BARE,          /* firmware */
    RP_ELF_KERNEL,        /* kernel image */
    RP_ELF_KERNEL_MODULE, /* ET_REL for the kernel's own loader */
    RP_ELF_BPF            /* loaded into the kernel by libbpf or aya */
} rp_elf_host;

/* ARM build attributes; zeros without. */
typedef struct {
    char profile; /* Tag_CPU_arch_profile: 'A', 'R', 'M', 'S' */
    uint8_t arch; /* Tag_CPU_arch: 10 v7, 13 v7E-M, 17 v8-M.main … */
} rp_arm_core;

/* GNU properties (Linux ABI extensions, "Program Property"). Words are those of this machine only.
 */
typedef struct {
    const char *by;  /* "PT_GNU_PROPERTY", "PT_NOTE", ".note.gnu.property"; NULL without a note */
    const char *why; /* the note was malformed: nothing of it is trusted */
    uint64_t at;     /* the note */
    uint32_t
        others; /* further property notes, found in the same way: a linker merges them into one */
    uint64_t x86_feature_at, aarch64_feature_at, riscv_feature_at, pauth_at; /* or RP_NOWHERE */
    uint32_t x86_feature_1, aarch64_feature_1, riscv_feature_1;
    uint64_t pauth_platform, pauth_version;
} rp_elf_properties;

struct rp_elf {
    uint8_t osabi;
    uint16_t e_type;
    uint32_t e_flags;
    uint32_t ehsize;
    uint64_t phoff, shoff;

    const rp_elf_phdr *phdrs;
    uint32_t nphdrs;
    uint32_t phentsize;

    const rp_elf_shdr *shdrs; /* parallel to rp_image.sections */
    uint32_t shnum, shentsize, shstrndx;
    bool has_sections;        /* a section table was there and read */
    const char *sections_why; /* it is there but not whole: absence of a section means nothing */

    const rp_elf_dyn *dyn; /* without DT_NULL */
    uint32_t ndyn;
    const rp_elf_phdr *dynamic; /* the PT_DYNAMIC that was read, NULL without */
    const char *dynamic_why;    /* not whole: absence of a tag means nothing */
    uint64_t strtab;            /* file offset of the dynamic strings, RP_NOWHERE */
    uint64_t strsz;
    const char *strings_why; /* the dynamic strings cannot be read */
    rp_str soname;
    rp_str min_glibc; /* highest GLIBC_x.y of the version needs */

    const char *notes_why; /* a note segment was cut short or malformed */
    rp_str build_id;       /* bytes */
    uint64_t build_id_at;
    rp_elf_properties properties;
    uint64_t android_memtag_at; /* RP_NOWHERE */
    uint32_t android_memtag;    /* the note's word */
    rp_str debuglink;           /* file name in .gnu_debuglink */
    uint32_t debuglink_crc;     /* CRC-32 of the debug file, behind the name */
    bool debuglink_crc_known;

    rp_elf_type type;
    const char *type_rule; /* which rule decided, in words */
    bool type_sure;        /* false: a heuristic, or what would decide could not be read */
    uint64_t type_at;      /* record that decided */

    bool debug_file; /* separate debug information: headers describe the file it belongs to */
    rp_arm_core arm;
    rp_elf_host host;
    const char *host_rule; /* what told, in words */

    const struct rp_elf_relocs *relocs; /* through rp_elf_relocations */
    const uint64_t *starts;             /* through rp_elf_function_starts */
    uint32_t nstarts;
    bool starts_read;
    uint32_t nsymtab, ndynsym;         /* records of each table in rp_image.symbols */
    rp_tri symtab_known, dynsym_known; /* set by rp_elf_symbols */
};

/* Relocation records by what they ask the loader or the linker to do. */
typedef struct rp_elf_relocs {
    const char *why; /* not all could be read: counts are lower bounds, absence means nothing */
    uint64_t why_at;
    bool kinds_known;  /* the counts below by kind mean something on this machine */
    uint32_t total;    /* records of REL, RELA and Android packed tables, without RELR */
    uint32_t relative; /* of them R_*_RELATIVE */
    uint32_t irelative;
    uint32_t relr;    /* relative relocations that RELR tables expand to */
    uint32_t android; /* records in Android packed tables */
    uint32_t text;    /* places in segments without PF_W (linked files) */
    uint64_t text_at; /* file offset of the first such record, RP_NOWHERE */
    uint32_t tls_mod, tls_off, tls_tp, tls_desc; /* by TLS kind, see elf_reloc_kinds.c */
    const uint32_t *by_type; /* RP_ELF_RELOC_TYPES counts, then one for all others */
} rp_elf_relocs;

#define RP_ELF_RELOC_TYPES 2048u

bool rp_elf_identify(rp_bytes head, uint64_t size);
RP_MUST_CHECK rp_code rp_elf_open(rp_image *img, rp_error *err);
/* Whether a PT_LOAD speaks of bytes that the file does not have: rp_segment tells only of those
 * that are there. */
bool rp_elf_loads_cut(const rp_image *img);

/* Fills rp_image.symbols from .symtab, then from the dynamic table; the latter's length comes from
 * DT_HASH or DT_GNU_HASH when no section header tells. */
void rp_elf_symbols(rp_image *img);
/* Defined dynamic symbols that other files can bind to. False when that cannot be known. */
RP_MUST_CHECK bool rp_elf_exports(rp_image *img, uint32_t *ret);

/* Reads all relocation tables once; NULL only when out of memory. */
const rp_elf_relocs *rp_elf_relocations(rp_image *img);

/* What the loader writes at a relocation's place. */
typedef enum {
    RP_STORES_OTHER,
    RP_STORES_SLOT,     /* JUMP_SLOT, GLOB_DAT: the symbol's address, in the GOT */
    RP_STORES_SYMBOL,   /* a word: symbol and addend */
    RP_STORES_BASE,     /* RELATIVE, RELR: the addend, moved with the file */
    RP_STORES_RESOLVED, /* IRELATIVE: what the function at the addend answers */
    RP_STORES_TLS,      /* offset of a thread-local symbol from the thread pointer */
    RP_STORES_TLS_DESC  /* a TLS descriptor: what finds the variable, and its argument */
} rp_elf_stores;

typedef struct {
    uint64_t place;  /* address; objects: offset in a section */
    uint64_t addend; /* two's complement; without has_addend it is the word at the place */
    uint64_t at;     /* file offset of the record */
    uint32_t type;
    uint32_t symbol;  /* index in the table's symbol table, 0 none: see rp_elf_dynamic_symbol */
    uint32_t section; /* objects: the section that `place` is in, as rp_symbol.section; else 0 */
    bool has_addend;
    rp_elf_stores stores;
} rp_elf_reloc;

typedef bool (*rp_elf_reloc_visit)(void *user, const rp_elf_reloc *reloc);

/* Calls visit with each record of the tables that rp_elf_relocations counts, until it answers
 * false. False when it did, or when not all could be read. */
bool rp_elf_relocs_each(rp_image *img, rp_elf_reloc_visit visit, void *user);
/* The model that a relocation asks for: by the type alone, so never RP_TLS_OWN_MODULE. */
rp_elf_tls_model rp_elf_reloc_tls(rp_arch arch, uint32_t type);
/* Record `index` of the dynamic symbol table, or NULL. Needs rp_image_symbols. */
const rp_symbol *rp_elf_dynamic_symbol(const rp_image *img, uint32_t index);

/* Sorted, unique start addresses of functions from the search table of .eh_frame_hdr (found by
 * PT_GNU_EH_FRAME: strip keeps it) or from ARM's .ARM.exidx. Read once; n is 0 without a table. An
 * anomaly says when a table is broken. */
void rp_elf_function_starts(rp_image *img, const uint64_t **ret, uint32_t *ret_n);
/* Number of entries that the search table claims, as far as its bytes are there. */
uint32_t rp_elf_eh_frame_entries(rp_image *img);

/* Last program header of a type (the rule of GNU_STACK, GNU_PROPERTY and RELRO), or NULL. */
const rp_elf_phdr *rp_elf_last_phdr(const struct rp_elf *elf, uint32_t type);
/* First program header of a type (the rule of PT_INTERP), or NULL. */
const rp_elf_phdr *rp_elf_first_phdr(const struct rp_elf *elf, uint32_t type);
/* Last dynamic entry of a tag (ld.so keeps the last), or NULL. */
const rp_elf_dyn *rp_elf_tag(const struct rp_elf *elf, uint64_t tag);
/* A string of the dynamic string table; false when it lies outside or has no end. */
RP_MUST_CHECK bool rp_elf_dynamic_string(rp_image *img, uint64_t index, rp_str *ret);
/* Path in the first PT_INTERP, empty without. */
rp_str rp_elf_interpreter(rp_image *img);

/* YES: packed by UPX, so that headers and code are the stub's; *ret_at: the marker. */
rp_tri rp_elf_packed(rp_image *img, uint64_t *ret_at);
/* gABI SHF_COMPRESSED, or the older .zdebug_ names. */
bool rp_elf_section_compressed(const rp_section *s);
/* Candidate path of the separate debug file below `root` ("/usr/lib/debug"), by build-id; empty
 * without a build-id or memory. */
rp_str rp_elf_debug_path(rp_image *img, const char *root);

#endif
