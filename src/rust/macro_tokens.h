/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tokens that were put together from several texts: an expansion is an rp_tokens with a text of
 * its own, and a table that says of each token where it was written and which expansion made it.
 *
 * What stood side by side in one text stays so, with the white space and the comments between;
 * between all others there is one space. */
#ifndef RP_RUST_MACRO_TOKENS_H
#define RP_RUST_MACRO_TOKENS_H

#include "base/vec.h"
#include "rust/token.h"

/* Where a token was written, and by whom: site 0 is the text itself, another one the macro call
 * whose definition holds the token (rp_macro_site). Names with different sites are different names
 * where macro_rules! is hygienic: locals and labels. */
typedef struct {
    uint32_t file, at;
    uint32_t site;
} rp_origin;

/* The tokens of a file, or of an expansion: those have the tables. */
typedef struct {
    const rp_tokens *t;
    const rp_origin *origin;
    const uint8_t *fragment; /* of each RP_T_OPEN_NONE: its rp_macro_fragment */
    uint32_t file;
} rp_token_source;

static inline rp_origin rp_origin_of(const rp_token_source *s, uint32_t i)
{
    return s->origin != NULL ? s->origin[i] : (rp_origin){s->file, s->t->start[i], 0};
}

typedef struct {
    rp_arena *arena;
    uint32_t max; /* tokens */
    char *text;
    uint32_t len, cap_text;
    uint8_t *kind, *fragment;
    uint32_t *start;
    rp_origin *origin;
    uint32_t n, cap;
    RP_VEC(rp_comment) comments;
    const rp_tokens *from; /* the last token copied is from->[last] */
    uint32_t last;
    uint8_t before; /* kind of the last token that has a text; RP_T_EOF: there is none */
    bool refused;   /* out of memory */
    bool full;      /* `max`, or the room of a text, was met */
} rp_token_writer;

/* Copies one token; `site` is put in its place unless it is 0. */
void rp_writer_copy(rp_token_writer *w, const rp_token_source *s, uint32_t i, uint32_t site);
void rp_writer_copy_all(rp_token_writer *w, const rp_token_source *s, uint32_t from, uint32_t to,
                        uint32_t site);
/* A token that nobody wrote: a delimiter around a fragment, or one with this text. */
void rp_writer_put(rp_token_writer *w, rp_token_kind kind, uint8_t fragment, rp_str text,
                   rp_origin origin);
/* Copies [from, to), documentation comments as attributes: so macros see them. */
void rp_writer_copy_input(rp_token_writer *w, const rp_token_source *s, uint32_t from, uint32_t to);
/* Moves what was written into `arena`, where it takes no more room than it needs. */
void rp_writer_move(rp_token_writer *w, rp_arena *arena);
/* The tokens; false when the writer is refused or full. They live in the arena. */
RP_MUST_CHECK bool rp_writer_finish(rp_token_writer *w, rp_edition edition, rp_tokens *ret,
                                    rp_token_source *ret_source);

#endif
