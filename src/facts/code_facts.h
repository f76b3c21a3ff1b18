/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the machine code itself says, as n of m with the functions outside. Needs RP_NEED_CODE. */
#ifndef RP_FACTS_CODE_FACTS_H
#define RP_FACTS_CODE_FACTS_H

#include "facts/fact.h"

typedef enum { /* whose code a function is */
               RP_OWNER_UNKNOWN,
               RP_OWNER_RUST_USER, /* crates of the program: not std, not std's dependencies */
               RP_OWNER_RUST_STD,  /* core, alloc, std, and crates that std brings */
               RP_OWNER_C,
               RP_OWNER_CPP,
               RP_OWNER_ASSEMBLY, /* a symbol without type or unwind information, a known assembly
                                     file */
               RP_OWNER_RUNTIME, /* C start-up code, PLT, thunks, compiler-rt, sanitizer runtimes */
               RP_OWNER_OTHER,   /* Go, Swift, … */
               RP_OWNER_COUNT
} rp_owner;

const char *rp_owner_name(rp_owner owner); /* "Rust", "std", "C++", …, "unknown" */

/* One function outside a mitigation, or one edge (then addr is the branch). */
typedef struct {
    rp_str name;   /* demangled; "" stripped */
    rp_str crate;  /* "" unknown */
    rp_str object; /* object or source file, "" unknown */
    rp_str file;   /* by debug information, "" unknown or not asked for (RP_NEED_LINES) */
    uint32_t line; /* 0 unknown */
    uint64_t addr; /* objects: the offset in its section */
    uint64_t at;
    uint64_t mapped;         /* where it was read: `addr`, but where an object was laid out */
    uint64_t function, size; /* the function's address and length */
    uint32_t detail;         /* frame size, … : what the coverage's doc says */
    rp_owner owner;
} rp_code_place;

typedef struct {
    rp_str name;
    uint32_t covered, total;
    rp_owner owner;
} rp_coverage_row;

typedef struct {
    rp_tri
        known; /* UNKNOWN: `why`; NO: this code cannot have it (other machine); YES: counts hold */
    const char *why;
    uint32_t covered, total;
    const rp_coverage_row *by_owner; /* owners with total != 0 only, in rp_owner's order */
    uint32_t nby_owner;
    const rp_coverage_row *by_crate; /* by name; crates with total != 0 only */
    uint32_t nby_crate;
    const rp_coverage_row *by_object;
    uint32_t nby_object;
    const rp_code_place *outside; /* by owner, crate, name, address; at most RP_MAX_PLACES */
    uint32_t noutside;
} rp_coverage;

/* Indirect branches that an attacker with a write could redirect, by how they stand. */
typedef struct {
    uint32_t guarded, spilled, unguarded, undecided;
    uint32_t aside_read_only, aside_jump_table, aside_constant, aside_plt,
        aside_runtime;  /* not attackable */
    uint32_t typed;     /* of those guarded: by XFG, which compares a hash of the type */
    uint32_t class_max; /* targets that the widest check admits */
    uint64_t class_sum; /* over checks that tell, with class_count: mean */
    uint32_t class_count;
    bool diagnostic, cross_dso; /* LLVM CFI's modes */
    uint32_t jump_table_slots;
} rp_edges;

/* One crate of Rust sources, and the checks in its code, whoever it was compiled for. */
typedef struct {
    rp_str name;        /* "regex 1.10.2"; "" sources of the program whose crate is not named */
    rp_owner owner;     /* RP_OWNER_RUST_USER or RP_OWNER_RUST_STD */
    rp_tri own;         /* YES: of the program that was built; NO: a dependency */
    uint32_t functions; /* that it owns */
    uint32_t places;    /* where code names a panic location in its sources … */
    uint32_t overflow, bounds; /* … and of them those of these checks */
    uint32_t debug_asserts;    /* in functions compiled for it, whoever wrote them */
} rp_checked_crate;

enum { RP_STACK_PAGE = 4096 }; /* what scanners take for a guard page */

typedef struct {
    rp_tri read; /* UNKNOWN: not asked for, or `why`: encrypted, packed, an architecture that is not
                    decoded */
    const char *why;
    uint32_t functions, named, undecodable;
    uint64_t bytes, instructions;
    uint64_t code_bytes, covered_bytes; /* of executable sections; of them inside functions */
    rp_tri whole; /* UNKNOWN: functions may be missing from the counts: a source of their bounds was
                     cut short, or their bytes are not in the file */
    const rp_coverage_row
        *owners; /* functions by owner: covered = those with a known crate or object */
    uint32_t nowners;

    uint32_t stack_guard; /* bytes below a stack that nothing may use: a page, or what the C library
                             keeps */
    rp_coverage probes;   /* of functions whose frame is larger than that: those that touch it in
                             steps of it; detail: frame bytes */
    rp_coverage protector; /* of functions with a frame, or a guard: those that load the guard and
                              can fail */
    rp_coverage landing;   /* of address-taken and exported functions: those that start with endbr,
                              bti, lpad */
    rp_coverage
        signing; /* AArch64: of functions that spill the link register: those that sign it */
    rp_coverage bare_returns; /* AArch64: of returns through a reloaded link register: those that
                                 authenticate */
    rp_coverage shadow_stack; /* of functions that spill the link register: those on the shadow call
                                 stack */
    rp_coverage safe_stack;
    rp_coverage cfi, kcfi, cfg, pauth; /* of attackable forward edges: those guarded by this */
    rp_coverage retpoline, sls;
    rp_coverage fenced_returns; /* x86, of functions that return: those that wait for the return
                                   address; detail: returns that do not */
    rp_coverage fenced_loads;   /* x86, of functions with memory accesses: those with a fence that
                                   is no return's or jump's */
    rp_coverage asan, hwasan, msan,
        tsan;             /* of functions with memory accesses: those instrumented */
    rp_coverage memtag;   /* of functions with a frame: those that tag it */
    rp_coverage overflow; /* of functions: those with overflow-check sites; detail: sites */
    rp_coverage bounds, debug_asserts;
    rp_edges edges;
    uint32_t overflow_sites, bounds_sites, debug_assert_sites;
    const rp_checked_crate *checked; /* by owner and name */
    uint32_t nchecked;
    rp_fact kcfi_traps_agree; /* .kcfi_traps lists exactly the addresses found in code */
    uint32_t kcfi_prefixes;
    uint32_t tls_gd, tls_ld, tls_desc, tls_ie, tls_le, tls_emulated; /* functions by TLS model */
    uint32_t lfences;
} rp_code_facts;

#endif
