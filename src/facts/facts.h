/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is known of one artefact, as plain structs: the only thing that checks see. Built from an
 * rp_image and from origin/. A zeroed struct is a valid "nothing known" for unit tests, except that
 * an rp_fact's zero means NO. */
#ifndef RP_FACTS_FACTS_H
#define RP_FACTS_FACTS_H

#include "facts/code_facts.h"
#include "facts/deps_facts.h"
#include "facts/elf_facts.h"
#include "facts/macho_facts.h"
#include "facts/pe_facts.h"
#include "facts/rust_facts.h"
#include "facts/source_facts.h"
#include "facts/symbol_facts.h"
#include "facts/target_facts.h"
#include "facts/fact.h"
#include "obj/image.h"

/* Groups of facts that cost something to read. The engine asks for the union of what the enabled
 * checks need. */
enum {
    RP_NEED_HEADERS =
        1 << 0, /* headers, segments, sections, dynamic data, notes, load commands: always read */
    RP_NEED_SYMBOLS = 1 << 1, /* symbol tables: rp_symbol_facts */
    RP_NEED_STRINGS =
        1 << 2, /* scan of read-only data: identity of stripped files, panic messages, paths */
    RP_NEED_RELOCS = 1 << 3,    /* relocations: TLS model, text relocations' places */
    RP_NEED_SIGNATURE = 1 << 4, /* hashes of the whole file: Authenticode, code directory */
    RP_NEED_CODE = 1 << 5,      /* machine code, function by function: rp_code_facts */
    RP_NEED_DEPS = 1 << 6,      /* what is inside and what is known against it: rp_deps_facts */
    RP_NEED_SOURCE = 1 << 8,    /* Rust source: rp_source_facts */
    RP_NEED_LINES = 1 << 7,     /* file and line of the places in rp_code_facts; with NEED_CODE */
};

typedef struct {
    rp_str name;   /* as the user named it; members as outer!inner */
    rp_str member; /* member or slice name, empty for a plain file */
    uint64_t size;
    rp_format format;
    rp_arch arch;
    uint32_t machine;
    uint8_t bits;
    bool big;
    rp_kind kind;
    uint64_t entry;
    uint64_t
        promised_size;    /* end of the last part that a header speaks of; above size: cut short */
    uint64_t promised_at; /* the header of that part */
    bool metadata_only;   /* object file that rustc wrapped around a library's metadata: no linker
                             takes it */
    rp_fact packed;       /* UPX or alike: what is seen is the stub's, verdicts are unknown */
    rp_fact debug_info;   /* YES: DWARF or embedded debug data is inside; at: its section */
    rp_str debug_name;    /* ".debug_info", "__DWARF", "CodeView PDB reference", … */
    rp_str debug_file;    /* separate debug file that symbols were read from, "" without */
    rp_fact symbol_table; /* YES: names of non-exported functions are inside */
    const rp_str *libraries;
    uint32_t nlibraries;
    rp_anomalies anomalies;
    uint32_t needs; /* RP_NEED_ bits that were really read: facts of other groups are UNKNOWN */
    const rp_elf_facts *elf; /* exactly one of the three is set */
    const rp_pe_facts *pe;
    const rp_macho_facts *macho;
    const rp_symbol_facts *symbols; /* never NULL; known == UNKNOWN when not read */
    const rp_rust_facts *rust;      /* never NULL: identity and what strings tell */
    const rp_target_facts *target;  /* never NULL: what the toolchain can do on this target */
    const rp_target_facts *target_if_rust; /* the same, but where headers do not tell the target of
                                              what is not Rust and it may be Rust: Rust's */
    const rp_code_facts *code;             /* never NULL; read == UNKNOWN unless asked for */
    const rp_deps_facts *deps;             /* NULL unless asked for */
    const rp_source_facts *source;         /* of a crate's source, else NULL */
} rp_facts;

/* A lock file or Cargo project, no artefact: `deps` is set, none of elf, pe, macho. */
static inline bool rp_facts_project(const rp_facts *f)
{
    return f->deps != NULL && f->elf == NULL && f->pe == NULL && f->macho == NULL;
}

/* The source of a crate, no artefact: `source` is set. */
static inline bool rp_facts_crate(const rp_facts *f)
{
    return f->source != NULL;
}

/* An executable, library, object: something that was compiled. */
static inline bool rp_facts_artefact(const rp_facts *f)
{
    return f->elf != NULL || f->pe != NULL || f->macho != NULL;
}

/* The facts of a crate's source: everything that artefacts have is unknown. NULL when out of
 * memory. */
const rp_facts *rp_facts_of_source(rp_arena *arena, rp_str name, const rp_source_facts *source);
/* The facts of a project: everything that artefacts have is unknown. NULL when out of memory. */
const rp_facts *rp_facts_of_project(rp_arena *arena, rp_str name, const rp_deps_facts *deps);

/* Reads what `needs` asks for. Only out of memory fails: everything else ends in anomalies and
 * unknown facts. */
RP_MUST_CHECK rp_code rp_facts_build(rp_image *img, rp_str name, rp_str member, uint32_t needs,
                                     const rp_facts **ret, rp_error *err);

#endif
