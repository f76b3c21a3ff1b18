/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the strings of an artefact tell, from one pass over its read-only data. */
#ifndef RP_ORIGIN_STRINGS_H
#define RP_ORIGIN_STRINGS_H

#include "facts/rust_facts.h"
#include "obj/image.h"

enum { /* bits of rp_strings.overflow: messages that only overflow checks emit */
       RP_OVERFLOW_ADD = 1 << 0,
       RP_OVERFLOW_SUB = 1 << 1,
       RP_OVERFLOW_MUL = 1 << 2,
       RP_OVERFLOW_NEG = 1 << 3,
       RP_OVERFLOW_SHL = 1 << 4,
       RP_OVERFLOW_SHR = 1 << 5
};

typedef struct {
    rp_tri whole;        /* NO: there was nothing to scan; UNKNOWN: bytes could not be read */
    rp_found rust;       /* the first text that only Rust programs carry; empty without */
    uint32_t std_paths;  /* occurrences */
    uint32_t user_files; /* different ".rs" files outside std, RP_STRINGS_FILES at most */
    rp_found commit;     /* 40 hex digits out of /rustc/<commit>/ */
    rp_found version;    /* out of rustc-<version>/ */
    uint32_t messages;   /* one bit per different message of core and std */
    uint32_t overflow;   /* RP_OVERFLOW_ bits */
    rp_found overflow_message, assertion_message;
    rp_found allocator; /* its name, with version where it names itself */
    rp_allocator allocator_kind;
    rp_found sanitizer;    /* "address", …: of a runtime that was linked in */
    bool cpp_runtime;      /* a C++ runtime was linked in */
    bool panic_unwind;     /* std's unwinder is there: its source path */
    const rp_found *leaks; /* different ones, sorted by text, RP_STRINGS_LEAKS at most */
    uint32_t nleaks;
    uint32_t leaks_total;
    uint32_t home_leaks; /* how many of leaks_total lie in a home folder */
    rp_str user;         /* of the first home folder, a person's rather than a service's */
    bool debug_path;     /* …/target/debug/… */
    bool release_path;
} rp_strings;

enum { RP_STRINGS_FILES = 4096, RP_STRINGS_LEAKS = 64 };

/* False only when out of memory. */
RP_MUST_CHECK bool rp_strings_read(rp_image *img, rp_strings *ret);
/* YES as soon as one string says Rust; NO after all of them; UNKNOWN when not all could be read. */
rp_tri rp_strings_say_rust(rp_image *img);

#endif
