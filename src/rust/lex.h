/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Rust text to tokens, at a few bytes per nanosecond; any bytes are accepted, what is no Rust is an
 * error in the result (and, where it has to be something, an RP_T_ERROR token). */
#ifndef RP_RUST_LEX_H
#define RP_RUST_LEX_H

#include "rust/token.h"

enum { RP_LEX_PAD = 32 };

/* Text with RP_LEX_PAD zero bytes behind it, which the lexer reads ahead into: made by rp_pad or
 * rp_pad_read only. */
typedef struct {
    rp_str s;
} rp_padded;

/* A padded copy. RP_E_LIMIT beyond RP_MAX_RUST_TEXT. */
RP_MUST_CHECK rp_code rp_pad(rp_str text, rp_arena *arena, rp_padded *ret, rp_error *err);
/* A file, read once into padded memory. `follow` as rp_fs_open. */
RP_MUST_CHECK rp_code rp_pad_read(const char *path, bool follow, rp_arena *arena, rp_padded *ret,
                                  rp_error *err);

/* The tokens of `text`, which must outlive them; the tables lie in `arena`. Takes time and memory
 * linear in the text. RP_E_MEMORY is the only error: see ret->errors for the others. */
RP_MUST_CHECK rp_code rp_lex(rp_padded text, rp_edition edition, rp_arena *arena, rp_tokens *ret,
                             rp_error *err);
/* The same, but of bodies of functions that no macro writes there are the braces alone: their
 * tokens, comments and errors are left out. Not when the braces do not end. */
RP_MUST_CHECK rp_code rp_lex_bare(rp_padded text, rp_edition edition, rp_arena *arena,
                                  rp_tokens *ret, rp_error *err);
/* Moves the tables into `arena`, where they take no more room than they need; false when there is
 * none. The text stays where it is. */
RP_MUST_CHECK bool rp_tokens_move(rp_tokens *tokens, rp_arena *arena);

#endif
