/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Facts of PE images and COFF objects. Source: Microsoft "PE Format"; load configuration as in
 * LLVM's COFF.h. */
#ifndef RP_FACTS_PE_FACTS_H
#define RP_FACTS_PE_FACTS_H

#include "facts/fact.h"

typedef struct {
    rp_str name;
    uint64_t at; /* its section header */
    uint64_t addr, size;
    uint32_t characteristics;
} rp_pe_area;

typedef struct {
    bool image;         /* false: COFF object */
    bool import_object; /* member of an import library: two names, no sections */
    bool intermediate; /* object of /GL: compiler's intermediate code, its sections are not made yet
                        */
    bool pe32_plus;
    bool dll, driver;     /* driver: native subsystem or WDM_DRIVER */
    bool dotnet, il_only; /* CLR directory; ILONLY */
    bool arm64ec, arm64x; /* by CHPE metadata */
    uint16_t machine;
    uint16_t characteristics;
    uint64_t characteristics_at;
    uint16_t dll_characteristics;
    uint64_t dll_characteristics_at;
    uint16_t subsystem;
    uint8_t linker_major, linker_minor;
    uint64_t image_base;
    uint32_t directories; /* NumberOfRvaAndSizes as used */
    uint32_t timestamp;
    bool reproducible; /* debug type REPRO */

    rp_fact relocs;               /* a non-empty, readable base relocation directory */
    uint32_t relocations;         /* number of base relocations */
    rp_fact anything_to_relocate; /* NO when the image is a resource DLL: no code, no pointers */
    bool sections_cut;            /* the section table is cut short: there may be more sections */
    const rp_pe_area *wx;         /* sections writable and executable */
    uint32_t nwx;
    const rp_pe_area *shared; /* sections shared and writable */
    uint32_t nshared;
    rp_fact imports_executable; /* the import table or IAT lies in an executable section */
    uint32_t section_alignment;

    /* load configuration; sizes by min(Size, directory, bytes there) */
    rp_fact load_config;
    uint32_t load_config_size;
    uint64_t load_config_addr;
    rp_fact cookie; /* SecurityCookie field is there and non-zero */
    uint64_t cookie_addr;
    rp_fact cookie_default; /* the cookie's initial value is the CRT's well-known default */
    uint64_t cookie_value;
    rp_fact safe_seh; /* i386: SEHandlerTable and count */
    uint32_t safe_seh_count;
    rp_fact guard_flags; /* field is there */
    uint32_t guard_flags_value;
    uint64_t guard_check, guard_dispatch; /* pointer fields' values, 0 without */
    uint64_t guard_table;
    uint32_t guard_count;   /* GuardCFFunctionCount */
    rp_fact guard_table_ok; /* all entries readable, sorted, inside executable sections; NO when
                               there is none */
    uint32_t longjmp_count, ehcont_count, iat_count;
    rp_fact ehcont_table;
    rp_fact handlers; /* exception handlers were read: where EHCONT is announced in x64 images */
    uint32_t catching, catching_listed; /* functions with __except or catch; … in that table */
    uint32_t catching_untold;           /* functions whose handlers may be either */
    uint32_t catching_unlisted;         /* RVA of the first that is not in it */
    rp_fact xfg;                        /* GuardFlags XFG_ENABLED and the XFG pointers */
    rp_fact castguard;
    rp_fact retpoline, export_suppression, memcpy_guard;

    /* debug directory */
    rp_fact ex_characteristics;        /* type 20 is there */
    uint32_t ex_characteristics_value; /* CET_COMPAT 1, STRICT 2, …, FORWARD_CFI 0x40 */
    rp_str pdb_path;
    uint64_t pdb_at;
    rp_str pdb_guid;        /* GUID and age in hex, as symbol servers name the folder */
    rp_fact dwarf_sections; /* .debug_* (mingw) */
    bool mingw;             /* built with the GNU runtime: no load configuration to expect */
    rp_fact rich;           /* Rich header, valid checksum */
    rp_str rich_summary;    /* "C++ 14.29 ×12, MASM ×3" */
    uint32_t functions;     /* entries of the exception directory */

    /* signature: presence and, with RP_NEED_SIGNATURE, the hash of the file against the one signed
     */
    rp_fact signature;         /* a WIN_CERTIFICATE of type PKCS #7 */
    rp_fact signature_hash;    /* YES: the signed digest is the file's; NO: it is not */
    rp_fact signature_content; /* YES: the signer's messageDigest is that of the signed content */
    rp_str signature_digest;   /* "sha256:…" computed over the file */
    rp_str signature_signed;   /* digest in SpcIndirectDataContent */
    rp_str signer;             /* subject common name, unverified: no chain is built */
    rp_fact tls;               /* a TLS directory */
    uint64_t tls_size;         /* bytes of a thread's block */
    rp_fact tls_callbacks;
    uint32_t imports, exports, delay_imports;
} rp_pe_facts;

#endif
