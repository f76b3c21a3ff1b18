/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where unsafe code is in a crate, by kind and by function. */
#ifndef RP_RUST_UNSAFE_COUNT_H
#define RP_RUST_UNSAFE_COUNT_H

#include "rust/body.h"

enum { RP_UNSAFE_KINDS = RP_UNSAFE_MACRO + 1 };

/* Operations by rp_unsafe_kind: those that are unsafe for sure, and those that may be. */
typedef struct {
    uint32_t sure[RP_UNSAFE_KINDS], maybe[RP_UNSAFE_KINDS];
    uint32_t blocks;      /* unsafe blocks */
    uint32_t idle_blocks; /* … without any operation that is or may be unsafe */
} rp_unsafe_count;

typedef struct {
    rp_def_id fn;
    rp_unsafe_count count;
} rp_unsafe_fn;

typedef struct {
    RP_VEC(rp_unsafe_fn)
    fns;                   /* functions with unsafe blocks, or unsafe themselves; by definition */
    rp_unsafe_count code;  /* all of them together, tests left out */
    rp_unsafe_count tests; /* in code that only tests use */
    uint32_t functions, unsafe_functions; /* with a body; tests left out, as below */
    uint32_t unsafe_traits, unsafe_impls;
    uint32_t foreign_functions, foreign_statics, mutable_statics;
    uint32_t unsafe_attributes; /* no_mangle, export_name, link_section */
    uint32_t files, lines;
    uint32_t unknown_files; /* unread, or with errors: what they hold is not known */
    /* Of the sure operations in `code`: those that macros wrote, each call's counted, and the
     * places in definitions where they stand. */
    uint32_t from_macros, macro_places;
    RP_VEC(uint64_t) places; /* file << 32 | byte, until rp_unsafe_count_end */
    bool forbidden;          /* #![forbid(unsafe_code)] at the root */
    /* By file: the first one that was read from the same place; NULL: no file is several modules.
     * What is in the others counts once. */
    const uint32_t *first_file;
} rp_unsafe_inventory;

/* What definitions and files tell; bodies are added one by one. False when memory ran out. */
RP_MUST_CHECK bool rp_unsafe_count_start(rp_rust_crate *c, rp_unsafe_inventory *ret);
RP_MUST_CHECK bool rp_unsafe_count_add(rp_unsafe_inventory *inv, const rp_body *body,
                                       rp_arena *arena);
/* After the last body. */
void rp_unsafe_count_end(rp_unsafe_inventory *inv);
uint32_t rp_unsafe_total(const rp_unsafe_count *count, bool sure);

#endif
