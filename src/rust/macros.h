/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The macros of a crate: which definition a call means (the Rust Reference, "Macros By Example":
 * textual and path-based scope), and what the calls become.
 *
 * Calls in place of items are expanded when the crate is read: their items are definitions of an
 * rp_rust_file that nobody wrote, an expansion. Calls in a body are expanded when the body is
 * read: the function moves to an expansion that is its own text with the calls replaced. Of each
 * token of an expansion it is known where it was written and by which call (rp_origin): so
 * everything that looks at trees works as before, and places are found again by rp_written.
 *
 * What is not known stays a macro call. */
#ifndef RP_RUST_MACROS_H
#define RP_RUST_MACROS_H

#include "rust/crate.h"
#include "rust/macro.h"

/* A call that was expanded. */
typedef struct {
    uint32_t file, start, end; /* where the call is written, outside of all expansions */
    uint32_t outer;            /* the site whose definition holds this call, 0: none */
    uint32_t def_site;         /* the site whose expansion holds the macro's definition, 0: none */
    bool def_in_body;          /* the definition stands in a body: it may see locals there */
    rp_str name;               /* of the macro, in the crate's arena or its text */
    rp_origin def;             /* of the name in the definition */
    bool known;                /* of another crate, or well-known, by a definition of ours: `def`
                                * is no place */
    rp_str krate;              /* … the other crate, "" none */
} rp_macro_site;

typedef struct {
    uint32_t calls;    /* of macros that are defined in the crate or well-known */
    uint32_t expanded; /* … in place of which there is an expansion */
    uint32_t tokens;   /* of all expansions */
} rp_macro_stats;

/* Both are called by rust/crate.h. False when out of memory. */
RP_MUST_CHECK bool rp_macros_expand_items(rp_rust_crate *c);
void rp_macros_expand_body(rp_rust_crate *c, rp_def_id fn);

/* Does the function call a macro whose expansion may have the word `unsafe`, though its own text
 * has not? */
bool rp_macros_bring_unsafe(rp_rust_crate *c, rp_def_id fn);

/* Where a token of a file was written; its site is 0 for what was written where it stands. */
rp_origin rp_token_origin(const rp_rust_crate *c, uint32_t file, uint32_t token);
const rp_macro_site *rp_macro_site_of(const rp_rust_crate *c, uint32_t site);

/* Where a node was written: bytes of a file that was read. What comes out of a macro is placed at
 * the call; *ret_site is its site then, else 0. */
typedef struct {
    uint32_t file, start, end;
} rp_written_span;
rp_written_span rp_written(const rp_rust_crate *c, uint32_t file, rp_id node, uint32_t *ret_site);
/* Where in a macro's definition the first of what a macro wrote of it stands; false: nowhere in a
 * file. */
RP_MUST_CHECK bool rp_macro_place(const rp_rust_crate *c, uint32_t file, rp_id node,
                                  rp_written_span *ret);
/* The same for bytes of a file; false when they are not a piece of one text as it was written. */
RP_MUST_CHECK bool rp_written_bytes(const rp_rust_crate *c, uint32_t file, uint32_t start,
                                    uint32_t end, rp_written_span *ret);

rp_macro_stats rp_macros_stats(const rp_rust_crate *c);

#endif
