/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Identity: who made this artefact, and what its strings tell. Built by origin/. */
#ifndef RP_FACTS_RUST_FACTS_H
#define RP_FACTS_RUST_FACTS_H

#include "facts/fact.h"

/* How a thing is known; later is weaker. */
typedef enum { RP_SURE, RP_LIKELY, RP_GUESS } rp_confidence;

typedef struct {
    rp_str text;
    uint64_t at;
} rp_found;

typedef enum {
    RP_PANIC_UNKNOWN,
    RP_PANIC_UNWIND,
    RP_PANIC_ABORT,
    RP_PANIC_IMMEDIATE_ABORT
} rp_panic;
typedef enum {
    RP_ALLOC_UNKNOWN,
    RP_ALLOC_SYSTEM,
    RP_ALLOC_JEMALLOC,
    RP_ALLOC_MIMALLOC,
    RP_ALLOC_TCMALLOC,
    RP_ALLOC_SNMALLOC,
    RP_ALLOC_HARDENED, /* hardened_malloc, scudo */
    RP_ALLOC_OTHER
} rp_allocator;
typedef enum { RP_PROFILE_UNKNOWN, RP_PROFILE_DEBUG, RP_PROFILE_RELEASE } rp_profile;

typedef struct {
    rp_fact is_rust; /* UNKNOWN only when the scan could not be done */
    rp_confidence is_rust_by;
    const char *evidence; /* ".comment", "panic paths of std", "v0 symbols", … */
    /* languages of the code, by symbol, by object or comment; UNKNOWN when nothing tells */
    rp_fact has_c, has_cpp, has_go, has_rust;
    rp_str version;    /* "1.95.0", "" unknown */
    rp_str channel;    /* "stable", "beta", "nightly", "dev", "" */
    rp_str commit;     /* 40 hex digits, "" */
    rp_str date;       /* "2026-04-14" */
    rp_str version_by; /* ".comment", "commit hash in panic paths" */
    uint64_t version_at;
    uint32_t version_number; /* 1095000 for 1.95.0, 0 unknown: to compare */
    rp_str linker;           /* "LLD 22.1.2", "GNU ld", "mold 2.4", "MSVC 14.29", "" */
    rp_str c_compiler;       /* "GCC 12.2.0", "clang 16.0.6", "" */
    rp_str triple;           /* best guess of the target, "" */
    rp_confidence triple_by;
    rp_str crate_type; /* "bin", "cdylib", "dylib", "staticlib", "rlib", "proc-macro", "" */
    rp_profile profile;
    const char *profile_by;
    rp_fact std_dynamic;    /* links libstd-<hash>.so */
    rp_fact lto;            /* evidence of fat or thin LTO */
    uint32_t codegen_units; /* from ".cgu." names or units, 0 unknown */
    rp_panic panic;
    const char *panic_by;
    rp_allocator allocator;
    rp_str allocator_name; /* "jemalloc 5.3.0" */
    uint64_t allocator_at;

    /* panic messages in read-only data; at: the first */
    rp_fact overflow_checks; /* YES: a message that only overflow checks emit; NO: other panic
                                messages but none of these; UNKNOWN: thin evidence */
    rp_found overflow_message;
    rp_fact debug_assertions; /* "unsafe precondition(s) violated" and kin */
    rp_found assertion_message;
    rp_fact location_detail; /* panic locations name files: NO with -Zlocation-detail=none or
                                immediate abort */
    uint32_t panic_messages; /* how many different core panic messages were seen: how thick the
                                evidence is */

    /* local paths that leak who built it and where */
    const rp_found
        *leaks; /* home folders, user names, registry folders, build roots; unique, sorted */
    uint32_t nleaks;
    uint32_t leaks_total;
    uint32_t home_leaks; /* how many of them lie below a home folder */
    rp_str leaked_user;  /* user name inside the first home folder, a person's before a service's */
    bool leaked_user_is_service; /* "runner", "buildozer": nobody's name */
    rp_fact leaks_known;         /* YES: read-only data was read whole, so none means none */

    rp_found auditable;  /* .dep-v0 section, text empty without */
    rp_found sanitizer;  /* runtime that is linked or imported: "address", "thread", …; empty text
                            without */
    uint32_t user_files; /* different Rust source files outside std in panic locations */
    uint32_t std_paths;  /* panic paths below /rustc/<hash>/ or /usr/src/rustc-… */
} rp_rust_facts;

#endif
