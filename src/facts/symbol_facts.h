/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the symbol tables say: watched names, languages by mangling, fortify wrappers. */
#ifndef RP_FACTS_SYMBOL_FACTS_H
#define RP_FACTS_SYMBOL_FACTS_H

#include "facts/fact.h"

/* Symbols, imports and exports that say something, counted in one pass over the symbol tables
 * (symbols.def lists them). Needs RP_NEED_SYMBOLS. */
typedef enum {
#define RP_SYM(id, text) RP_WATCH_##id,
#include "facts/symbols.def"
#undef RP_SYM
    RP_WATCH_COUNT
} rp_watch;

typedef struct {
    rp_tri known;      /* as rp_image.symbols_known: UNKNOWN makes absence mean nothing */
    bool static_table; /* .symtab, COFF symbols, LC_SYMTAB with locals: not stripped */
    uint32_t defined, undefined, dynamic;
    struct {
        uint32_t defined, undefined;
        uint64_t at; /* record of the first one */
    } watch[RP_WATCH_COUNT];
    /* defined functions by the language that their mangling names */
    uint32_t rust_v0, rust_legacy, cpp, c_or_unknown, go;
    /* what rustc leaves in names; counted over defined symbols unless said otherwise */
    uint32_t rust_units;    /* object files "<crate>.<hash>-cgu.<n>" among the file symbols */
    uint32_t std_units;     /* those of std, core and alloc: absent after fat LTO */
    uint32_t codegen_units; /* highest <n> + 1 of one crate other than std; 0 unknown */
    uint32_t llvm_promoted; /* ".llvm.<digits>": a local made global by thin LTO … */
    uint32_t std_promoted;  /* … of std's crates: thin LTO across crates */
    uint32_t c_units,
        cpp_units;            /* object files by source name, the C run-time's start files aside */
    uint32_t unoptimised;     /* of main's way out, that every optimisation level inlines */
    uint32_t main_shims;      /* std::rt's frame around main: a program, not stripped */
    uint32_t std_functions;   /* defined in std's crates */
    uint32_t overflow_panics; /* core::panicking::panic_const::panic_const_{add,sub,mul,neg,shl,shr}
                                 _overflow, defined or referred to */
    uint64_t overflow_panics_at; /* record of the first one */
    uint32_t checked_panics;     /* the others of panic_const, which are always on */
    uint32_t cfi_suffixed;       /* defined names that end in ".cfi" (LLVM CFI) */
    uint32_t kcfi_prefixed;      /* defined names "__cfi_<function>" (KCFI prologues) */
    uint32_t fortified;          /* undefined or defined *_chk of the fortify family */
    uint32_t fortifiable; /* undefined functions that have a *_chk form and are called without it */
    const rp_str *fortified_names; /* up to RP_MAX_EVIDENCE, sorted */
    uint32_t nfortified_names;
    const rp_str *fortifiable_names;
    uint32_t nfortifiable_names;
} rp_symbol_facts;

#endif
